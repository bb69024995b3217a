"""Linking in a browser: four addresses for each attempt. To look at any of them changes nothing.

    GET  /l/TOKEN      what is asked for, and who will own it
    POST /l/TOKEN      binds this browser to the attempt, and leads to the network
    GET  /l/BACK/back  where the network sends the browser back to
    GET  /l/BACK/code  what became of it: the code to type in the chat

The first address is known to whoever the chat sent it to; the cookie that the first browser gets with it is
what all the others ask for. Nothing here calls a network: `Linking` takes the steps.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from yarl import URL

from bridgebot import dialog
from bridgebot.adapter import Routes
from bridgebot.commands import proving
from bridgebot.dialog import House
from bridgebot.store import Store, Tx, visits
from bridgebot.store.links import LinkRequest
from bridgebot.texts import Voice, negotiate
from bridgebot.web import sheets
from bridgebot.web.browsers import (
    Answer,
    Browsers,
    answer_in,
    came_from_form,
    is_bound,
    proof_of,
    refusal,
    wishes,
)
from bridgebot.web.sheets import STYLE_HASH, Sheet

COOKIE_LIFE = 3600  # seconds; longer than any attempt
WAIT, SHOWN = 2, 5  # seconds until a page looks again
_NAME = "[A-Za-z0-9_-]{32}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to show."""

    request: LinkRequest | None
    now: datetime
    language: str = "en"  # of whoever asked for the link
    problem: str | None = None  # a text: why nothing was done


class LinkPages:
    """The pages, where people can reach them."""

    def __init__(
        self, routes: Routes, store: Store, house: House, delivered: Callable[[], None], site: str
    ) -> None:
        """`site` is where people reach them, without a slash at the end."""
        self._store = store
        self._house = house
        self._delivered = delivered
        self._browsers = Browsers(site, "link")
        routes.add("GET", f"/l/{{token:{_NAME}}}", self.first)
        routes.add("POST", f"/l/{{token:{_NAME}}}", self.go)
        routes.add("GET", f"/l/{{back:{_NAME}}}/back", self.back)
        routes.add("GET", f"/l/{{back:{_NAME}}}/code", self.code)

    # --- the four addresses ---

    async def first(self, request: web.Request) -> web.Response:
        """Who asks for what. Chats and mail look at addresses before people do."""
        token = request.match_info["token"]
        browser = self._browsers.known(request) or secrets.token_urlsafe(32)
        seen = await self._store.read(lambda tx, now: self._seen(tx, now, visits.by_page(tx, token)))
        response = self._first_page(request, seen, token, browser)
        self._browsers.remember(response, browser, COOKIE_LIFE)
        return response

    async def go(self, request: web.Request) -> web.Response:
        """The button: the first browser in which it is pressed is the only one that may go on."""
        token, browser = request.match_info["token"], self._browsers.known(request)
        if browser is None or not await came_from_form(request, self._browsers.origin, token, browser):
            return self._page(request, self._house.language, "link-page-forged", 403)

        def unit(tx: Tx, now: datetime) -> tuple[Seen, bool]:
            found = visits.by_page(tx, token)
            bound = found is not None and visits.bind(tx, now, found, browser)
            return self._seen(tx, now, found), bound

        seen, bound = await self._store.run(unit)
        consent = seen.request.kept.consent if seen.request else None
        if bound and consent is not None:
            return _elsewhere(consent.url)
        return self._first_page(request, seen, token, browser)

    async def back(self, request: web.Request) -> web.Response:
        """The network sent the browser back: what it brought is kept for the adapter's next step."""
        if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            return web.Response(status=503, headers={"Cache-Control": "no-store"})  # nobody is there yet
        back, browser, answer = request.match_info["back"], self._browsers.known(request), answer_in(request)
        # What changes nothing does not wait for the writer, nor hold it up.
        seen = await self._store.read(lambda tx, now: self._brought(tx, now, back, browser, answer))
        if seen.problem is None:
            seen = await self._store.run(lambda tx, now: self._came_back(tx, now, back, browser, answer))
            self._delivered()
        if seen.problem is not None:
            return self._page(request, seen.language, seen.problem, 404 if seen.request is None else 403)
        return _elsewhere(f"/l/{back}/code")

    async def code(self, request: web.Request) -> web.Response:
        """What became of it, for the browser that is bound to it."""
        back, browser = request.match_info["back"], self._browsers.known(request)
        seen = await self._store.read(lambda tx, now: self._seen(tx, now, visits.by_redirect(tx, back)))
        if seen.request is None:
            return self._page(request, seen.language, "link-page-unknown", 404)
        if not is_bound(seen.request, browser):
            return self._page(request, seen.language, "link-page-browser", 403)
        return self._progress(request, seen, seen.request)

    # --- units of work ---

    def _seen(self, tx: Tx, now: datetime, found: LinkRequest | None, problem: str | None = None) -> Seen:
        language = dialog.language_of(tx, self._house, found.user_id) if found else self._house.language
        return Seen(found, now, language, problem)

    def _brought(self, tx: Tx, now: datetime, back: str, browser: str | None, answer: Answer) -> Seen:
        found = visits.by_redirect(tx, back)
        return self._seen(tx, now, found, refusal(found, now, browser, answer))

    def _came_back(self, tx: Tx, now: datetime, back: str, browser: str | None, answer: Answer) -> Seen:
        seen = self._brought(tx, now, back, browser, answer)
        found = seen.request
        if found is None or seen.problem is not None or found.state != "sent":
            return seen
        if answer.error:
            key = "link-page-denied" if answer.error == "access_denied" else "link-page-network-error"
            exchange = proving.conversation(tx, now, self._house, found)
            proving.failed(exchange, found, key, {"error": answer.error})
        else:
            visits.came_back(tx, found, answer.code)
        return seen

    # --- what is shown ---

    def _first_page(self, request: web.Request, seen: Seen, token: str, browser: str) -> web.Response:
        found = seen.request
        if found is None or found.kept.consent is None:
            return self._page(request, seen.language, "link-page-unknown", 404)
        if found.expires_at <= seen.now:
            return self._page(request, seen.language, "link-page-late", 410)
        if found.browser is not None and not is_bound(found, browser):
            return self._page(request, seen.language, "link-page-elsewhere", 403)
        if found.state != "sent":
            return _elsewhere(f"/l/{found.kept.back}/code")
        voice = self._voice(request, seen.language)
        sheet = sheets.consent(voice, self._asked(voice, found), f"/l/{token}", proof_of(token, browser))
        return self._answer(voice, sheet, form=f"'self' {URL(found.kept.consent.url).origin()}")

    def _asked(self, voice: Voice, found: LinkRequest) -> sheets.Asked:
        consent = found.kept.consent
        return sheets.Asked(
            network=self._house.title(found.adapter),
            host=URL(consent.url).authority if consent else "",
            owner=proving.owner_of(self._house, found),
            scopes=tuple(voice(scope) for scope in consent.scopes) if consent else (),
        )

    def _progress(self, request: web.Request, seen: Seen, found: LinkRequest) -> web.Response:
        voice, kept = self._voice(request, seen.language), found.kept
        ended = found.state in ("done", "ended", "revoke")
        if not ended and found.expires_at <= seen.now:
            return self._page(request, seen.language, "link-page-late", 410)
        if ended:
            key, arguments = kept.why or ("link-page-unknown", {})
            sheet = sheets.over(voice, key, done=found.state == "done", **arguments)
            return self._answer(voice, sheet)
        if found.state == "code":
            owner = proving.owner_of(self._house, found)
            return self._answer(voice, sheets.code(voice, kept.code, owner), again=SHOWN)
        if found.state == "confirm" and kept.account is not None:
            return self._answer(voice, sheets.confirm(voice, kept.account.handle), again=SHOWN)
        return self._answer(voice, sheets.wait(voice, self._house.title(found.adapter)), again=WAIT)

    def _page(self, request: web.Request, language: str, key: str, status: int) -> web.Response:
        voice = self._voice(request, language)
        return self._answer(voice, sheets.over(voice, key), status=status)

    def _answer(
        self,
        voice: Voice,
        sheet: Sheet,
        *,
        status: int = 200,
        form: str = "'none'",
        again: int | None = None,
    ) -> web.Response:
        """One page with its own guard. `form` is where its form may lead, by itself or sent on from there."""
        policy = (
            f"default-src 'none'; style-src {STYLE_HASH}; form-action {form}; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Content-Language": voice.language,
            "Vary": "Accept-Language, Cookie",
        }
        if again is not None:
            headers["Refresh"] = str(again)
        body = sheets.document(voice, URL(self._browsers.origin).authority, sheet)
        return web.Response(
            status=status, body=body.encode(), content_type="text/html", charset="utf-8", headers=headers
        )

    def _voice(self, request: web.Request, language: str) -> Voice:
        """In the reader's language, who may be somebody else; else in that of whoever asked for the link."""
        wanted = wishes(request.headers.get("Accept-Language", ""))
        return Voice(negotiate(*wanted, language), self._house.texts)


def _elsewhere(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
