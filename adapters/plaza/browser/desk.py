"""What every page with a form shares: who is signed in, the frame, headers, the check of what is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from adapters.plaza.browser.cookies import Cookies, fits, fresh
from adapters.plaza.html import Html, element, joined
from adapters.plaza.responses import GUARD, POLICY
from adapters.plaza.store import browsers
from adapters.plaza.store.browsers import Session
from adapters.plaza.throttle import Cap, Throttle, caller
from adapters.plaza.views import Frame, Sheet, document
from adapters.plaza.voice import Voice, voice
from bridgebot.adapter import Context

T = TypeVar("T")


class Desk:
    """Pages with forms. None of them is kept by anybody, framed, or sent anywhere but to this site."""

    def __init__(self, context: Context, frame: Frame, throttle: Throttle) -> None:
        self._context = context
        self._frame = frame
        self._throttle = throttle

    # --- who is there ---

    @property
    def cookies(self) -> Cookies:
        return Cookies(urlsplit(self._context.routes.url("/")).scheme == "https")

    def cookie(self, request: web.Request) -> str:
        """The browser's cookie; a new one where it has none."""
        return self.cookies.shown(request) or fresh()

    async def session(self, request: web.Request) -> Session | None:
        """Who is signed in."""
        cookie = self.cookies.shown(request)
        if cookie is None:
            return None
        return await self.read(lambda connection, now: browsers.signed_in(connection, now, cookie))

    async def form(self, request: web.Request) -> Mapping[str, str] | None:
        """What was sent; None where it did not come from a page of this site in this browser."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return None
        if request.content_type != "application/x-www-form-urlencoded":
            return None
        try:
            sent = {name: str(value) for name, value in (await request.post()).items()}
        except (ValueError, LookupError):  # a charset that nobody knows
            return None
        return sent if fits(self.cookies.shown(request), sent.get("sign", "")) else None

    def too_many(self, request: web.Request, cap: Cap) -> bool:
        """Note a call of this caller; whether it was one too many."""
        return not self._throttle.take(cap, caller(request), self._context.clock.now()).allowed

    # --- units of work ---

    async def read(self, unit: Callable[..., T]) -> T:
        return await self._context.database.read(unit)

    async def run(self, unit: Callable[..., T]) -> T:
        return await self._context.database.run(unit)

    # --- answers ---

    def words(self, request: web.Request) -> Voice:
        return voice(request, self._context.texts)

    def page(
        self,
        request: web.Request,
        title: str,
        *body: Html | None,
        status: int = 200,
        leads_to: str = "",
        cookie: str | None = None,
    ) -> web.Response:
        """A page. `leads_to` is where a form may take the browser besides this site; `cookie` is set."""
        words = self.words(request)
        main = element("section", element("h1", title), joined(body), class_="desk")
        path = request.path_qs
        sheet = Sheet(f"{title} · {self._frame.site}", main, path, listed=False, plain=True)
        answer = web.Response(
            status=status,
            text=document(self._frame, words, sheet),
            content_type="text/html",
            headers=self._headers(leads_to),
        )
        if cookie is not None and cookie != self.cookies.shown(request):
            self.cookies.set(answer, cookie)
        return answer

    def refusal(self, request: web.Request, key: str, status: int = 400) -> web.Response:
        """A page that says why not."""
        words = self.words(request)
        return self.page(request, words("not-done"), element("p", words(key)), status=status)

    def onward(self, address: str) -> web.Response:
        """Go on there, with a GET."""
        return web.Response(status=303, headers={**self._headers(), "Location": address})

    @staticmethod
    def _headers(leads_to: str = "") -> dict[str, Any]:
        action = f"form-action 'self' {leads_to}".rstrip()
        policy = POLICY.replace("form-action 'none'", action)
        for kind in ("script-src", "connect-src"):
            policy = policy.replace(f"{kind} 'self'", f"{kind} 'none'")
        return {**GUARD, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
