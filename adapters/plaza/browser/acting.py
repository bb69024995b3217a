"""The page "apps that act for you": what holds a token, where one is signed in, and how either ends."""

from __future__ import annotations

from aiohttp import web

from adapters.plaza.browser.desk import Desk
from adapters.plaza.browser.forms import button, form
from adapters.plaza.browser.speaking import called, scope_list
from adapters.plaza.html import Html, element
from adapters.plaza.markup import number
from adapters.plaza.store import browsers, tokens
from adapters.plaza.store.browsers import Session
from adapters.plaza.store.tokens import Held
from adapters.plaza.views import moment
from adapters.plaza.voice import Voice
from bridgebot.adapter import Context

PATH = "/plaza/apps"


class Acting:
    """What acts for the person who is signed in."""

    def __init__(self, context: Context, desk: Desk) -> None:
        self._desk = desk
        context.routes.add("GET", PATH, self.show)
        context.routes.add("POST", PATH, self.end)

    async def show(self, request: web.Request) -> web.Response:
        desk, words = self._desk, self._desk.words(request)
        here = await desk.session(request)
        if here is None:
            return desk.page(request, words("apps-title"), *sign_in_first(words), status=401)
        me = here.member
        held = await desk.read(lambda connection, now: tokens.of_person(connection, me))
        open_ = await desk.read(lambda connection, now: browsers.of_person(connection, now, me))
        cookie = desk.cookie(request)
        return desk.page(
            request,
            words("apps-title"),
            element("p", words("apps-who", name=f"@{me.name}")),
            _apps(words, cookie, held),
            element("h2", words("browsers-title")),
            element("ul", [_browser(words, cookie, one, one.id == here.id) for one in open_], class_="held"),
            form("/plaza/signout", cookie, {}, button(words("signout"), soft=True)),
        )

    async def end(self, request: web.Request) -> web.Response:
        """Revoke a token, or sign a browser out; only one's own, which the unit of work asks."""
        desk = self._desk
        here, sent = await desk.session(request), await desk.form(request)
        if here is None or sent is None:
            return desk.refusal(request, "form-strange", 403)
        me, which = here.member, number(sent.get("id", ""))
        end = tokens.revoke_one if sent.get("kind") == "app" else browsers.end
        await desk.run(lambda connection, now: end(connection, now, me, which))
        return desk.onward(PATH)


def sign_in_first(words: Voice) -> tuple[Html, ...]:
    """How to sign in, for whoever is not."""
    return (
        element("p", words("signin-first")),
        element("p", element("code", "/signin"), class_="join"),
        element("p", words("signin-then"), class_="hint"),
    )


def _apps(words: Voice, cookie: str, held: tuple[Held, ...]) -> Html:
    if not held:
        return element("p", words("apps-none"), class_="empty")
    return element("ul", [_app(words, cookie, one) for one in held], class_="held")


def _app(words: Voice, cookie: str, held: Held) -> Html:
    used = (words("app-used"), " ", moment(held.used_at)) if held.used_at else words("app-unused")
    since = (words("app-since"), " ", moment(held.created_at))
    return element(
        "li",
        element("h3", element("bdi", held.app)),
        element("p", element("span", since), " · ", element("span", used), class_="hint"),
        scope_list(words, held.scopes),
        _ending(cookie, "app", held.id, words("app-end")),
    )


def _browser(words: Voice, cookie: str, session: Session, here: bool) -> Html:
    name = called(session.browser) or words("browser-unknown")
    return element(
        "li",
        element("p", element("bdi", name), (" · ", words("browser-here")) if here else None),
        element("p", words("app-since"), " ", moment(session.created_at), class_="hint"),
        None if here else _ending(cookie, "browser", session.id, words("browser-end")),
    )


def _ending(cookie: str, kind: str, which: int, words: str) -> Html:
    return form(PATH, cookie, {"kind": kind, "id": str(which)}, button(words, soft=True))
