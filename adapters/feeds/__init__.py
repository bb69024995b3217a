"""Feeds: any RSS, Atom or JSON Feed, followed like a person.

`addresses` is what people write, `finding` and `pages` the way from a page to its feeds. `wire` makes one
read, `parsing` (over `xml`, `jsonfeed`, `html`) understands it, `known` tells what of it is new, `reading`
makes posts of that, `pace` says when to read again, and `hubs` has it read sooner.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
from pydantic import Field
from yarl import URL

from adapters.feeds import addresses, finding, pace, reading
from adapters.feeds import cursor as cursors
from adapters.feeds.cursor import Cursor
from adapters.feeds.entities import Feed
from adapters.feeds.hubs import Hub, Hubs
from adapters.feeds.reading import Reading
from adapters.feeds.wire import MISSING, Wire
from bridgebot.adapter import (
    AdapterConfig,
    Address,
    Context,
    Per,
    Rate,
    SocialAdapter,
    SocialCapabilities,
)
from bridgebot.errors import TargetGone, Temporary, Unsupported
from bridgebot.http.addresses import is_name
from bridgebot.model import (
    Account,
    Browser,
    Consent,
    Hint,
    Page,
    Post,
    Question,
    Redirect,
    Source,
    Timeline,
    TimelineKind,
)

__all__ = ["Adapter", "Config"]

_FEEDS = frozenset({TimelineKind.FEED})
_REMEMBERED = 20_000  # feeds of which it is remembered when they were read last
_MISSING_WAIT = 3600.0  # seconds until a feed that is missing is looked for again
_KEY = "key"  # of `state`: what the names of feeds and the addresses for their hubs are made with


class Config(AdapterConfig):
    """People may follow any feed on the web; these options are for what is nearer."""

    sites: tuple[str, ...] = ()  # addresses of sites in one's own network whose feeds people may name
    quickest: float = Field(default=300.0, ge=0)  # seconds between two reads of a feed, at least
    hubs: bool | None = None  # subscribe at hubs; not set: where people reach the bot by a name over https


class Adapter(SocialAdapter[Config]):
    title = "Feeds"
    plain_http = True
    capabilities = SocialCapabilities(
        timelines=_FEEDS,
        anonymous=_FEEDS,
        accountless=True,
        latest=True,
        listen=True,
        addresses=(Address(r"(?i:feed):\S+", sure=True), Address(r"(?i:https?)://\S+")),
        # One site may have thousands of feeds, and a 429 is about all of them.
        rates=(Rate("site", Per.SERVER, 120, 60, burst=20),),
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._wire = Wire(context.http)
        self._hubs = Hubs(context.http)
        self._read: dict[str, datetime] = {}  # when each feed was read last
        self._key: bytes | None = None
        self._asked_for_key = asyncio.Lock()
        self._half_read: tuple[str, str, Feed] | None = None  # what there are more pages of, where it stands
        path = f"/hub/{context.name}/{{id:[0-9a-f]{{32}}}}"
        context.routes.add("GET", path, self._hubs.verify)
        context.routes.add("POST", path, self._hubs.deliver)

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Consent | Account:
        raise Unsupported()

    async def sources(self, address: str) -> tuple[Source, ...]:
        return await finding.find(self._wire, address)

    # --- reading ---

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        if timeline.kind not in self.capabilities.timelines:
            raise Unsupported()
        address = timeline.argument
        if cursor is None:
            return await self._first(address)
        return await self._on(address, cursors.decoded(cursor, address))

    async def latest(self, timeline: Timeline, account: Account | None) -> tuple[Post, ...]:
        if timeline.kind not in self.capabilities.timelines:
            raise Unsupported()
        about = await self._anew(timeline.argument)
        feed, id = await self._understood(about), await self.name_of(timeline.argument)
        return await self._wire.beside(lambda: reading.latest(about, feed, id))

    async def _anew(self, address: str) -> Reading:
        """A read of which nothing is known."""
        answer = await self._wire.get(address)
        if answer.status == MISSING:
            raise TargetGone()
        return Reading(address, answer, self.context.clock.now())

    async def _first(self, address: str) -> Page:
        about = await self._anew(address)
        feed, id = await self._understood(about), await self.name_of(address)
        return self._page(
            about, Page((), ""), await self._wire.beside(lambda: reading.first(about, feed, id))
        )

    async def _on(self, address: str, before: Cursor) -> Page:
        answer = await self._wire.get(address, before.validators())
        about = Reading(address, answer, self.context.clock.now(), self._read.get(before.feed))
        if answer.status == MISSING:
            return self._missing(about, before)
        digest = reading.digest(answer.body)
        if answer.status == 304 or digest == before.body:
            return self._page(about, Page((), ""), msgspec.structs.replace(before, lost=0))
        half = self._half_read
        known = half is not None and half[:2] == (answer.url, digest)
        feed = half[2] if half is not None and known else await self._understood(about)
        page, after = await self._wire.beside(lambda: reading.on(about, feed, before))
        if known or page.more:
            self._half_read = (answer.url, digest, feed) if page.more else None
        return self._page(about, page, after)

    async def _understood(self, about: Reading) -> Feed:
        feed = await self._wire.understood(about.answer)
        if feed is None:
            raise Temporary("feeds-unreadable", host=addresses.host(about.address))
        return feed

    def _missing(self, about: Reading, before: Cursor) -> Page:
        """A site that is being rebuilt says 404 for a day; one that says so for a week means it."""
        now = int(about.now.timestamp())
        lost = before.lost or now
        if now - lost >= reading.GIVEN_UP:
            raise TargetGone()
        after = msgspec.structs.replace(before, lost=lost)
        patience = max(_MISSING_WAIT, self.config.quickest)
        return Page((), cursors.encoded(after, about.address), next_in=patience)

    def _page(self, about: Reading, page: Page, after: Cursor) -> Page:
        """A page as it is handed on: with its cursor, and when and where to read next."""
        self._note(after.feed, about.now)
        private = addresses.is_private(about.address)
        self._hubs.tell(about.address, Hub(after.hub, after.topic) if after.hub and not private else None)
        asked = max(after.asked, pace.kept(about.answer.headers))
        return Page(
            page.posts,
            cursors.encoded(after, about.answer.moved),
            more=page.more,
            next_in=pace.wait(after.times, about.now, asked, self.config.quickest),
            moved=about.answer.moved if about.answer.moved != about.address else None,
        )

    def _note(self, feed: str, now: datetime) -> None:
        if len(self._read) >= _REMEMBERED and feed not in self._read:
            self._read.pop(next(iter(self._read)))
        self._read[feed] = now

    # --- hubs ---

    async def listen(self, timeline: Timeline, account: Account | None) -> AsyncIterator[Hint]:
        if timeline.kind not in self.capabilities.timelines or not self._is_reached():
            raise Unsupported()
        address = timeline.argument
        id, secret = (await self._digest("hub", address))[:32], await self._digest("secret", address)
        callback = self.context.routes.url(f"/hub/{self.context.name}/{id}")
        async for hint in self._hubs.listen(address, callback, secret):
            yield hint

    def _is_reached(self) -> bool:
        if self.config.hubs is not None:
            return self.config.hubs
        url = URL(self.context.routes.url("/"))
        return url.scheme == "https" and is_name(url.raw_host or "")

    async def name_of(self, address: str) -> str:
        """What the posts of a feed, and its author, are called by that was first read at this address."""
        return (await self._digest("feed", address))[:16]

    async def _digest(self, what: str, address: str) -> str:
        """A name for something of a feed, from which nobody learns its address."""
        async with self._asked_for_key:
            if self._key is None:
                kept = await self.context.state.get(_KEY) or secrets.token_hex(32)
                await self.context.state.set(_KEY, kept)
                self._key = kept.encode()
        return hmac.new(self._key, f"{what} {address}".encode(), hashlib.sha256).hexdigest()
