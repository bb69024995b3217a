"""`/oauth/authorize`: the person reads who wants to act for them, and says yes or no.

Opening the page changes nothing. Whether something is wrong with the request is told to the app only
from a browser in which somebody is signed in: else anybody could make this site send people elsewhere.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from adapters.plaza.api import params
from adapters.plaza.browser.acting import PATH as APPS
from adapters.plaza.browser.acting import sign_in_first
from adapters.plaza.browser.desk import Desk
from adapters.plaza.browser.forms import button, form
from adapters.plaza.browser.speaking import scope_list
from adapters.plaza.html import Html, element
from adapters.plaza.oauth.asking import Asked, Strange, asked
from adapters.plaza.oauth.redirects import shown, source, with_answer
from adapters.plaza.store import apps, browsers, tokens
from adapters.plaza.store.browsers import Session
from adapters.plaza.store.people import Budget, spend
from adapters.plaza.store.tokens import Yes
from adapters.plaza.throttle import Cap
from adapters.plaza.voice import Voice
from bridgebot.adapter import Context

PATH = "/oauth/authorize"
LOOKS = Cap("authorize", 120, timedelta(minutes=10))
_ERRORS = {  # for those whose app gets no answer by the browser
    "access_denied": "oauth-access-denied",
    "invalid_request": "oauth-invalid-request",
    "invalid_scope": "oauth-invalid-scope",
    "unsupported_response_type": "oauth-unsupported-response-type",
}
CODES = Budget("code", 60, timedelta(hours=1))  # of one person


class Consent:
    """The page between an app and a person."""

    def __init__(self, context: Context, desk: Desk) -> None:
        self._context = context
        self._desk = desk
        context.routes.add("GET", PATH, self.ask)
        context.routes.add("POST", PATH, self.decide)

    async def ask(self, request: web.Request) -> web.Response:
        desk = self._desk
        if desk.too_many(request, LOOKS):
            return desk.refusal(request, "too-often", 429)
        try:
            wish = await self._asked(await params.read(request))
        except Strange as error:
            return desk.refusal(request, error.key)
        here = await desk.session(request)
        if here is None:
            return self._stranger(request, wish)
        if wish.error:
            return self._told(request, wish, {"error": wish.error})
        return self._question(request, wish, here)

    async def decide(self, request: web.Request) -> web.Response:
        """Yes or no, from the page and from nowhere else."""
        desk = self._desk
        here, sent = await desk.session(request), await desk.form(request)
        if here is None or sent is None:
            return desk.refusal(request, "form-strange", 403)
        try:
            wish = await self._asked(params.Params(sent))
        except Strange as error:
            return desk.refusal(request, error.key)
        if wish.error:
            return self._told(request, wish, {"error": wish.error})
        if sent.get("decision") != "yes":
            return self._told(request, wish, {"error": "access_denied"})
        return await self._agreed(request, wish, self._desk.cookie(request))

    async def _asked(self, given: params.Params) -> Asked:
        app = await self._desk.read(lambda connection, now: apps.known(connection, given.one("client_id")))
        return asked(given, app)

    async def _agreed(self, request: web.Request, wish: Asked, cookie: str) -> web.Response:
        """Who says yes is asked once more in the unit that keeps it: a session may end at any moment."""
        code = secrets.token_urlsafe(32)
        yes = Yes(wish.app.id, wish.redirect, wish.scopes, wish.challenge)

        def unit(connection: Any, now: datetime) -> tuple[str, int] | None:
            here = browsers.signed_in(connection, now, cookie)
            if here is None:
                return "form-strange", 403
            if spend(connection, now, here.member, CODES) is not None:
                return "too-often", 429
            tokens.say_yes(connection, now, here.member, yes, code)
            return None

        refused = await self._desk.run(unit)
        if refused is not None:
            return self._desk.refusal(request, *refused)
        if wish.shows_code:
            return self._code(request, wish, code)
        return self._told(request, wish, {"code": code})

    # --- answers ---

    def _told(self, request: web.Request, wish: Asked, answer: dict[str, str]) -> web.Response:
        """Back to the app, with its `state` and who answers (RFC 9207)."""
        if wish.shows_code:
            return self._desk.refusal(request, _ERRORS[answer["error"]])
        state = {} if wish.state is None else {"state": wish.state}
        issuer = {"iss": self._context.routes.url("/")}
        return self._desk.onward(with_answer(wish.redirect, answer | state | issuer))

    def _stranger(self, request: web.Request, wish: Asked) -> web.Response:
        words = self._desk.words(request)
        again = element("a", words("signin-done"), href=request.path_qs, class_="button")
        title = words("consent-title", app=wish.app.name)
        return self._desk.page(request, title, *sign_in_first(words), element("p", again), status=401)

    def _question(self, request: web.Request, wish: Asked, here: Session) -> web.Response:
        words, cookie = self._desk.words(request), self._desk.cookie(request)
        return self._desk.page(
            request,
            words("consent-title", app=wish.app.name),
            element("p", words("consent-who", name=f"@{here.member.name}"), class_="lead"),
            scope_list(words, wish.scopes),
            element(
                "p",
                words("consent-where", where=shown(wish.redirect))
                if not wish.shows_code
                else words("consent-code"),
                class_="hint",
            ),
            _website(wish),
            element("p", words("consent-not-you"), " ", _apps_link(words), class_="hint"),
            form(
                PATH,
                cookie,
                wish.fields,
                button(words("consent-yes"), name="decision", value="yes"),
                button(words("consent-no"), name="decision", value="no", soft=True),
            ),
            leads_to=source(wish.redirect),
        )

    def _code(self, request: web.Request, wish: Asked, code: str) -> web.Response:
        words = self._desk.words(request)
        return self._desk.page(
            request,
            words("code-title"),
            element("p", words("code-what", app=wish.app.name)),
            element("p", element("code", code, id="code"), class_="join"),
            element("p", words("code-warning"), class_="hint"),
        )


def _apps_link(words: Voice) -> Html:
    return element("a", words("apps-title"), href=APPS)


def _website(wish: Asked) -> Html | None:
    if wish.app.website is None:
        return None
    return element("p", element("span", wish.app.website), class_="hint")
