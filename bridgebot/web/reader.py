"""The reading page: each user's own, signed in from the chat. To look at its addresses changes nothing.

    GET  /read              everything that this person follows, newest first
    GET  /read/in/TOKEN     who is about to sign in
    POST /read/in/TOKEN     signs this browser in, once
    POST /read/out          signs it out
    POST /read/to           notes how far was read
    GET  /read/post/N       one post with its thread
    POST /read/post/N       does something with it: see `asking`

A browser is known by one cookie. Before it is signed in that is a number which means nothing; signing in puts
another one in its place, of which only the digest is stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs

from aiohttp import web
from yarl import URL

from bridgebot import dialog, flow
from bridgebot.adapter import Routes
from bridgebot.commands import connecting, signing
from bridgebot.commands.signing import PAGE
from bridgebot.dialog import House, Talk
from bridgebot.model import Message
from bridgebot.store import Store, Tx, items, keep, people, reading, sessions, unread
from bridgebot.store.items import Entry
from bridgebot.store.reading import NEWEST, Found, Place, Sighted, Source
from bridgebot.store.rows import Account
from bridgebot.store.sessions import SESSION, SIGN_IN, Session
from bridgebot.store.unread import OLDEST
from bridgebot.texts import Voice, negotiate
from bridgebot.web import asking, frames
from bridgebot.web.browsers import Browsers, came_from_form, proof_of, wishes
from bridgebot.web.frames import READER_HASH, READER_STYLE, Answering
from bridgebot.web.leaves import Look, picture_of
from bridgebot.web.sheets import Sheet, document, over
from bridgebot.web.views import View, place_of
from bridgebot.web.words import origin_of

MOST = 40  # posts on one page
FORM = "reading page"  # what the proofs of its forms are made for
_SECRET = "[A-Za-z0-9_-]{43}"  # noqa: S105 - its pattern
_POST = "[0-9]{1,15}"
Receive = Callable[[str, Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Guest:
    """Who reads, by the session of their browser."""

    session: Session
    exchange: Talk  # on the bot's own accord, in the chat that they signed in from; good within its unit
    owner: str  # the chat identity whose page it is, by what cannot be chosen
    sources: list[Source]
    networks: frozenset[str]  # adapters of what they read, and of their accounts


@dataclass(frozen=True, slots=True)
class Listed:
    """What there is to show of the list."""

    guest: Guest
    found: Found
    entries: list[Entry]
    new: frozenset[int]  # those of the posts that came since the reader was here
    said: str | None


@dataclass(frozen=True, slots=True)
class Single:
    """What there is to show of one post."""

    guest: Guest
    above: list[Entry]
    entry: Entry
    below: list[Entry]
    answering: Answering
    said: str | None


class ReadingPage:
    """Declares its routes; `house` is asked for at each request, for it may change."""

    def __init__(
        self,
        routes: Routes,
        store: Store,
        house: Callable[[], House],
        receive: Receive,
        delivered: Callable[[], None],
        site: str,
    ) -> None:
        """`receive` is the door for what is written in chats; `site` is where people reach the pages."""
        self._store = store
        self._house = house
        self._receive = receive
        self._delivered = delivered
        self._browsers = Browsers(site, "read")
        routes.add("GET", PAGE, self.list_)
        routes.add("GET", f"{PAGE}/in/{{token:{_SECRET}}}", self.ask)
        routes.add("POST", f"{PAGE}/in/{{token:{_SECRET}}}", self.enter)
        routes.add("POST", f"{PAGE}/out", self.leave)
        routes.add("POST", f"{PAGE}/to", self.reached)
        routes.add("GET", f"{PAGE}/post/{{post:{_POST}}}", self.one)
        routes.add("POST", f"{PAGE}/post/{{post:{_POST}}}", self.act)

    # --- signing in and out ---

    async def ask(self, request: web.Request) -> web.Response:
        """Who is signing in. Chats look at addresses before people do: nothing happens yet."""
        token = request.match_info["token"]
        browser = self._browsers.known(request)
        guest = await self._store.read(lambda tx, now: self._guest(tx, now, token, SIGN_IN))
        if guest is None:
            return self._plain(request, "page-over", 404)
        fresh = browser or secrets.token_urlsafe(32)
        sheet = frames.enter(self._voice(guest), guest.owner, f"{PAGE}/in/{token}", proof_of(token, fresh))
        response = self._page(self._voice(guest), sheet)
        if browser is None:
            self._browsers.remember(response, fresh, int(sessions.LIVES[SIGN_IN].total_seconds()))
        return response

    async def enter(self, request: web.Request) -> web.Response:
        """The button: the address becomes a session of this browser, and is worth nothing any more."""
        token, browser = request.match_info["token"], self._browsers.known(request)
        if browser is None or not await came_from_form(request, self._browsers.origin, token, browser):
            return self._plain(request, "page-forged", 403)
        secret = await self._store.run(lambda tx, now: self._entered(tx, now, token, browser))
        if secret is None:
            return self._plain(request, "page-over", 404)
        self._delivered()
        response = _elsewhere(PAGE)
        self._browsers.remember(response, secret, int(sessions.LIVES[SESSION].total_seconds()))
        return response

    def _entered(self, tx: Tx, now: datetime, token: str, before: str) -> str | None:
        made = sessions.enter(tx, now, token, before)
        if made is None:
            return None
        session, secret = made
        keep.audit(tx, now, session.user_id, "reading-page", "in")
        unread.begin(tx, now, session.user_id)
        signing.signed_in(self._talk(tx, now, session))
        return secret

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out, by this page's own form."""
        browser = self._browsers.known(request)
        if browser is None or not await came_from_form(request, self._browsers.origin, FORM, browser):
            return self._plain(request, "page-forged", 403)
        await self._store.run(lambda tx, now: sessions.end(tx, browser))
        response = _elsewhere(PAGE)
        self._browsers.forget(response)
        return response

    # --- reading ---

    async def list_(self, request: web.Request) -> web.Response:
        """The list, or how one comes to see it."""
        browser, view = self._browsers.known(request), View.read(request.query)
        event = request.query.get("done", "")
        listed = await self._store.read(lambda tx, now: self._listed(tx, now, browser, view, event))
        if listed is None or browser is None:
            return self._plain(request, "page-out", 403)
        house, look = self._house(), self._look(listed.guest, view, browser, new=listed.new)
        networks = {name: house.title(name) for name in sorted(listed.guest.networks)}
        sheet = frames.timeline(
            look, listed.entries, listed.guest.sources, networks, listed.found.further, listed.said
        )
        return self._page(look.voice, sheet, pictures=listed.entries if view.pictures else ())

    def _listed(self, tx: Tx, now: datetime, browser: str | None, view: View, event: str) -> Listed | None:
        guest = self._guest(tx, now, browser, SESSION)
        if guest is None:
            return None
        user_id, wanted = guest.session.user_id, view.wanted(guest.sources)
        read = unread.floors(tx, now, user_id, wanted.sources)
        if view.is_new:
            found = unread.page(tx, user_id, read, view.edge or OLDEST, MOST)
        else:
            look = reading.search if view.is_searched else reading.page
            found = look(tx, user_id, wanted, view.edge or NEWEST, MOST)
        shown = items.entries(tx, user_id, found.posts, guest.sources)
        new = frozenset() if view.is_new else _new(shown, read)
        return Listed(guest, found, shown, new, asking.said(tx, user_id, event))

    async def one(self, request: web.Request) -> web.Response:
        """One post with its thread. What is not for this reader is as if it were not there."""
        browser, post_id = self._browsers.known(request), int(request.match_info["post"])
        event, view = request.query.get("done", ""), View.read(request.query)
        guest, single = await self._store.read(lambda tx, now: self._single(tx, now, browser, post_id, event))
        if guest is None or browser is None:
            return self._plain(request, "page-out", 403)
        if single is None:
            return self._plain(request, "page-no-post", 404)
        look = self._look(guest, View(pictures=view.pictures), browser, page_of=post_id)
        sheet = frames.one_post(look, single.above, single.entry, single.below, single.answering, single.said)
        shown = [*single.above, single.entry, *single.below]
        return self._page(look.voice, sheet, pictures=shown if view.pictures else ())

    def _single(
        self, tx: Tx, now: datetime, browser: str | None, post_id: int, event: str
    ) -> tuple[Guest | None, Single | None]:
        guest = self._guest(tx, now, browser, SESSION)
        if guest is None:
            return None, None
        user_id = guest.session.user_id
        if post_id not in reading.readable(tx, user_id, [post_id]):
            return guest, None
        above, below = reading.thread(tx, post_id)
        sighted = [Sighted(Place(0, one)) for one in (*above, post_id, *below)]
        shown = {one.post.id: one for one in items.entries(tx, user_id, sighted, guest.sources, around=True)}
        if post_id not in shown:
            return guest, None
        there = [[shown[one] for one in some if one in shown] for some in (above, below)]
        answering = asking.answering(guest.exchange, shown[post_id].post)
        said = asking.said(tx, user_id, event)
        return guest, Single(guest, there[0], shown[post_id], there[1], answering, said)

    # --- acting ---

    async def act(self, request: web.Request) -> web.Response:
        """What a form asks for is said in the chat's own words, at the door for what is written there."""
        browser, post_id = self._browsers.known(request), int(request.match_info["post"])
        if browser is None or not await came_from_form(request, self._browsers.origin, FORM, browser):
            return self._plain(request, "page-forged", 403)
        wish = asking.Wish.read(post_id, _fields(await request.read()))
        if wish is None:
            return self._plain(request, "page-nothing-to-say", 400)
        said = await self._store.run(lambda tx, now: self._said(tx, now, browser, wish))
        if isinstance(said, str):
            return self._plain(request, said, 404 if said == "page-no-post" else 403)
        adapter, message = said
        await self._receive(adapter, message)
        view = View.of(wish.back)
        path = PAGE if wish.page_of is None else f"{PAGE}/post/{wish.page_of}"
        return _elsewhere(f"{view.address(path, done=message.event)}#p{post_id}")

    async def reached(self, request: web.Request) -> web.Response:
        """How far was read of what the page before shows a part of."""
        browser = self._browsers.known(request)
        if browser is None or not await came_from_form(request, self._browsers.origin, FORM, browser):
            return self._plain(request, "page-forged", 403)
        fields = _fields(await request.read())
        place, view = place_of(fields.get("to", "")), View.of(fields.get("back", ""))
        if place is None:
            return self._plain(request, "page-nothing-to-say", 400)
        known = await self._store.run(lambda tx, now: self._reached(tx, now, browser, view, place))
        return _elsewhere(view.at(None).address()) if known else self._plain(request, "page-out", 403)

    def _reached(self, tx: Tx, now: datetime, browser: str, view: View, place: Place) -> bool:
        guest = self._guest(tx, now, browser, SESSION)
        if guest is not None:
            lines = view.wanted(guest.sources).sources
            unread.reach(tx, now, guest.session.user_id, lines, place)
        return guest is not None

    def _said(self, tx: Tx, now: datetime, browser: str, wish: asking.Wish) -> tuple[str, Message] | str:
        """The message that says it, or why there is none, as a key."""
        guest = self._guest(tx, now, browser, SESSION)
        if guest is None:
            return "page-out"
        if wish.post_id not in reading.readable(tx, guest.session.user_id, [wish.post_id]):
            return "page-no-post"
        return asking.message(guest.exchange, wish, browser) or "page-no-chat"

    # --- who it is ---

    def _guest(self, tx: Tx, now: datetime, secret: str | None, kind: str) -> Guest | None:
        session = sessions.whose(tx, now, secret, kind)
        if session is None:
            return None
        exchange, sources = self._talk(tx, now, session), reading.sources(tx, session.user_id)
        person, accounts = people.person_in(tx, exchange.chat), people.accounts(tx, session.user_id)
        owner = connecting.named(self._house(), exchange.chat.adapter, person.native_id) if person else "?"
        networks = frozenset([*(one.adapter for one in sources), *(one.adapter for one in accounts)])
        return Guest(session, exchange, owner, sources, networks)

    def _talk(self, tx: Tx, now: datetime, session: Session) -> Talk:
        chat = people.chat_by_id(tx, session.chat_id)
        return dialog.on_its_own(tx, now, self._house(), chat, session.user_id)

    # --- how it looks ---

    def _voice(self, guest: Guest) -> Voice:
        return Voice(guest.exchange.language, self._house().texts)

    def _look(
        self,
        guest: Guest,
        view: View,
        browser: str,
        *,
        page_of: int | None = None,
        new: frozenset[int] = frozenset(),
    ) -> Look:
        house, exchange = self._house(), guest.exchange
        return Look(
            self._voice(guest),
            view,
            exchange.now,
            exchange.user.timezone or house.timezone,
            house.title,
            partial(_able, house),
            proof_of(FORM, browser),
            secrets.token_urlsafe(16),
            page_of,
            new,
        )

    def _plain(self, request: web.Request, key: str, status: int) -> web.Response:
        """One sentence, in the language of whoever asks: nobody knows who that is."""
        language = negotiate(*wishes(request.headers.get("Accept-Language", "")), self._house().language)
        voice = Voice(language, self._house().texts)
        words = over(voice, key)
        return self._page(voice, Sheet(voice("page-title"), words.body), status=status)

    def _page(
        self, voice: Voice, sheet: Sheet, *, status: int = 200, pictures: list[Entry] | tuple[()] = ()
    ) -> web.Response:
        hosts = _hosts(pictures)
        images = f"img-src {' '.join(hosts)}; " if hosts else ""
        policy = (
            f"default-src 'none'; style-src {READER_HASH}; {images}form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Content-Language": voice.language,
            "Vary": "Accept-Language, Cookie",
        }
        body = document(voice, URL(self._browsers.origin).authority, sheet, style=READER_STYLE)
        return web.Response(
            status=status, body=body.encode(), content_type="text/html", charset="utf-8", headers=headers
        )


def _able(house: House, account: Account, what: str) -> bool:
    return flow.able(account, house.network(account.adapter), what)


def _new(entries: list[Entry], read: Mapping[int, Place]) -> frozenset[int]:
    """Those that came since the reader was here."""
    places = ((one, read.get(one.source.id)) for one in entries if one.source is not None)
    return frozenset(one.post.id for one, floor in places if floor is not None and one.sighted.place > floor)


def _fields(body: bytes) -> dict[str, str]:
    """What a form says, each of its fields once."""
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _hosts(entries: list[Entry] | tuple[()]) -> list[str]:
    """The servers of the pictures on a page, and no others: only from there something may be loaded."""
    addresses = [picture_of(one) for entry in entries for one in entry.post.attachments]
    return sorted({host for address in addresses if address and (host := origin_of(address))})


def _elsewhere(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
