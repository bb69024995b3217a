"""What the site answers: routes, and what is read for each. Everybody here is anonymous."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from adapters.plaza import feeds, sheets
from adapters.plaza.live import Live
from adapters.plaza.markup import folded_tag
from adapters.plaza.responses import FOR_EVER, answer, has_picture, picture
from adapters.plaza.settings import Config
from adapters.plaza.signal import Signal
from adapters.plaza.store import listing, people, pictures
from adapters.plaza.store.listing import Scope, Slice
from adapters.plaza.store.rows import PICTURES, Seen
from adapters.plaza.views import Frame, Sheet, document
from adapters.plaza.voice import Voice, voice
from bridgebot.adapter import Context, Handler
from bridgebot.errors import TargetGone

T = TypeVar("T")

_STATIC = Path(__file__).parent / "static"
_FILES = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}
_HTML = "text/html"


class Pages:
    """Plaza's site."""

    def __init__(self, context: Context, config: Config, signal: Signal) -> None:
        self._context = context
        self._config = config
        self._files = {name: (_STATIC / name).read_bytes() for name in _FILES}
        self.frame = Frame(
            config.title, self._address("style.css"), self._address("live.js"), self._address("icon.svg")
        )
        self._declare(Live(context, signal))

    def _declare(self, live: Live) -> None:
        routes: dict[str, Handler] = {
            "/": self.front,
            "/@{name}": self.person,
            "/@{name}/feed.atom": self.atom,
            "/@{name}/feed.json": self.json_feed,
            r"/@{name}/{number:\d{1,9}}": self.post,
            "/tags/{tag}": self.tag,
            "/plaza/{file:style.css|live.js|icon.svg}": self.file,
            PICTURES + r"/{file:[\w-]{20,60}\.[a-z]{3,4}}": self.picture,
            sheets.EVENTS: live.events,
        }
        for path, handler in routes.items():
            self._context.routes.add("GET", path, handler)

    def _address(self, name: str) -> str:
        return f"/plaza/{name}?v={hashlib.sha256(self._files[name]).hexdigest()[:12]}"

    # --- pages ---

    async def front(self, request: web.Request) -> web.Response:
        words = self._voice(request)
        piece, first = await self._slice(request, Scope())
        return self._page(request, sheets.front(words, self._config, piece, first))

    async def person(self, request: web.Request) -> web.Response:
        seen = await self._seen(request)
        if seen is None:
            return self._missing(request)
        piece, first = await self._slice(request, Scope(name=seen.member.name))
        sheet = sheets.person(self._voice(request), self._config.title, seen, piece, first)
        return self._page(request, sheet)

    async def post(self, request: web.Request) -> web.Response:
        name, number = request.match_info["name"], int(request.match_info["number"])
        found = await self._read(lambda connection, now: listing.conversation(connection, None, name, number))
        if found is None:
            return self._missing(request)
        return self._page(request, sheets.thread(self._voice(request), self._config.title, *found))

    async def tag(self, request: web.Request) -> web.Response:
        word = folded_tag(request.match_info["tag"])
        piece, first = await self._slice(request, Scope(tag=word))
        return self._page(request, sheets.tag(self._voice(request), self._config.title, word, piece, first))

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        return answer(request, self._files[name], _FILES[name], keep=FOR_EVER)

    async def picture(self, request: web.Request) -> web.Response:
        """A picture, to whoever has its address: it cannot be guessed, and stands with the post alone."""
        name = request.match_info["file"]
        given = await self._read(lambda connection, now: pictures.at(connection, now, name))
        if given is None:
            return self._missing(request)
        known, which = has_picture(request, name), given.picture.id
        content = None if known else await self._read(lambda c, now: pictures.content(c, which))
        if content is None and not known:
            return self._missing(request)
        return picture(name, content, given.picture.type, open=given.open)

    # --- feeds ---

    async def atom(self, request: web.Request) -> web.Response:
        feed = await self._feed(request)
        if feed is None:
            return self._missing(request)
        return answer(request, feeds.atom(feed), feeds.ATOM, modified=feed.updated)

    async def json_feed(self, request: web.Request) -> web.Response:
        feed = await self._feed(request)
        if feed is None:
            return self._missing(request)
        return answer(request, feeds.json_feed(feed), feeds.JSON, modified=feed.updated)

    async def _feed(self, request: web.Request) -> feeds.Feed | None:
        seen = await self._seen(request)
        if seen is None:
            return None
        member = seen.member
        piece = await self._read(lambda connection, now: listing.recent(connection, None, Scope(member.name)))
        changed = await self._read(lambda connection, now: listing.changed_at(connection, member.name))
        return feeds.Feed(
            member=member,
            shown=piece.shown,
            url=self._context.routes.url,
            voice=self._voice(request),
            site=self._config.title,
            updated=changed or member.created_at,
        )

    # --- reading and answering ---

    async def _read(self, unit: Callable[..., T]) -> T:
        return await self._context.database.read(unit)

    async def _slice(self, request: web.Request, scope: Scope) -> tuple[Slice, bool]:
        """The piece of a listing that is asked for, and whether it is the first."""
        asked = request.query.get("before", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
        piece = await self._read(lambda connection, now: listing.recent(connection, None, scope, before))
        return piece, before is None

    async def _seen(self, request: web.Request) -> Seen | None:
        name = request.match_info["name"]

        def unit(connection: object, _now: datetime) -> Seen | None:
            try:
                return people.seen(connection, None, people.named(connection, name))  # type: ignore[arg-type]
            except TargetGone:
                return None

        return await self._read(unit)

    def _voice(self, request: web.Request) -> Voice:
        return voice(request, self._context.texts)

    def _page(self, request: web.Request, sheet: Sheet) -> web.Response:
        return answer(request, document(self.frame, self._voice(request), sheet), _HTML)

    def _missing(self, request: web.Request) -> web.Response:
        words = self._voice(request)
        body = document(self.frame, words, sheets.missing(words, self._config.title))
        return answer(request, body, _HTML, status=404)
