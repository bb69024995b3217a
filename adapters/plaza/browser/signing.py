"""Signing a browser in by an address from the chat, and out again.

The address is opened by prefetchers too, so opening it changes nothing: a button does.
"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from adapters.plaza.browser.cookies import fresh
from adapters.plaza.browser.desk import Desk
from adapters.plaza.browser.forms import button, form
from adapters.plaza.html import element
from adapters.plaza.store import browsers
from adapters.plaza.throttle import Cap
from bridgebot.adapter import Context

PATH = "/plaza/signin"
TRIES = Cap("signin", 60, timedelta(minutes=10))  # of one caller: addresses are not to be guessed


class Signing:
    """The pages around a session."""

    def __init__(self, context: Context, desk: Desk) -> None:
        self._desk = desk
        context.routes.add("GET", PATH + r"/{secret:[\w-]{20,80}}", self.ask)
        context.routes.add("POST", PATH + r"/{secret:[\w-]{20,80}}", self.begin)
        context.routes.add("POST", "/plaza/signout", self.end)

    async def ask(self, request: web.Request) -> web.Response:
        """Whether to sign this browser in as whom the address is for."""
        desk, secret = self._desk, request.match_info["secret"]
        if desk.too_many(request, TRIES):
            return desk.refusal(request, "too-often", 429)
        who = await desk.read(lambda connection, now: browsers.offered_to(connection, now, secret))
        if who is None:
            return desk.refusal(request, "signin-over", 404)
        words, cookie = desk.words(request), desk.cookie(request)
        return desk.page(
            request,
            words("signin-title", name=f"@{who.name}"),
            element("p", words("signin-what")),
            element("p", words("signin-not-you"), class_="hint"),
            form(request.path, cookie, {}, button(words("signin-button", name=f"@{who.name}"))),
            cookie=cookie,
        )

    async def begin(self, request: web.Request) -> web.Response:
        """Sign in, with another cookie than the browser had."""
        desk, secret, cookie = self._desk, request.match_info["secret"], fresh()
        if await desk.form(request) is None:
            return desk.refusal(request, "form-strange", 403)
        browser = request.headers.get("User-Agent", "").encode("ascii", "replace").decode()
        who = await desk.run(lambda connection, now: browsers.begin(connection, now, secret, cookie, browser))
        if who is None:
            return desk.refusal(request, "signin-over", 404)
        answer = desk.onward("/plaza/apps")
        desk.cookies.set(answer, cookie)
        return answer

    async def end(self, request: web.Request) -> web.Response:
        """Sign out."""
        desk = self._desk
        if await desk.form(request) is None:
            return desk.refusal(request, "form-strange", 403)
        here = await desk.session(request)
        if here is not None:
            member, session_id = here.member, here.id
            await desk.run(lambda connection, now: browsers.end(connection, now, member, session_id))
        answer = desk.onward("/")
        desk.cookies.drop(answer)
        return answer
