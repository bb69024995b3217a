"""The fake web of feeds as the social contract sees a network: people write into feeds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from aiohttp import web

from adapters import feeds
from adapters.feeds import known
from bridgebot.model import Account, Audience, Author, Post, Timeline, TimelineKind
from bridgebot.testing.social_base import RETRY_AFTER, SocialFailure
from tests.servers.feeds import Document, FeedServer
from tests.servers.feeds_hub import Hub
from tests.servers.feeds_written import TYPES, Channel, Format, Item, write

OWN, OTHER = "/own.xml", "/other.xml"


@dataclass
class FeedRemote:
    """Two feeds: the one that is read, and a stranger's."""

    server: FeedServer
    hub: Hub
    format: Format
    items: dict[str, list[Item]] = field(default_factory=lambda: {OWN: [], OTHER: []})
    adapter: feeds.Adapter | None = None
    number: int = 0
    moved: dict[str, str] = field(default_factory=dict)  # where what stood at a path stands now
    headers: dict[str, str] = field(default_factory=dict)  # with all feeds

    failures = frozenset(SocialFailure) - {SocialFailure.AUTH}
    secrets: tuple[str, ...] = ()

    def write(self, path: str) -> None:
        here = self.moved.get(path, path)
        channel = Channel(own=self.server.url(here), hub=self.server.url("/hub"))
        body = write(self.format, channel, list(reversed(self.items[path])))
        self.server.documents[here] = Document(body, TYPES[self.format], headers=self.headers)

    async def id_of(self, path: str, guid: str) -> str:
        assert self.adapter is not None
        feed = await self.adapter.name_of(self.server.url(path))
        return f"{feed}.{known.digest(guid)}"

    # --- what the contract asks for ---

    async def answer(self, step: object, who: str = "ada", *, right: bool = True) -> str:
        raise AssertionError("there is nothing to link")

    async def person(self) -> str:
        return "@nobody"

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        return Timeline(kind, "127.0.0.1", self.server.url(OWN))

    async def written(self, timeline: Timeline) -> Sequence[str]:
        page = f'<html><link rel="alternate" type="{TYPES[self.format]}" href="{OWN}" title="Stones">'
        self.server.documents["/"] = Document(page.encode(), "text/html")
        plain = self.server.url(OWN).removeprefix("http:")
        return (self.server.url(OWN), f"feed:http:{plain}", f"feed:{plain}", self.server.url("/"))

    async def nowhere(self) -> Sequence[str]:
        self.server.documents["/page"] = Document(b"<html><title>no feeds", "text/html")
        return (self.server.url("/nothing"), self.server.url("/page"))

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        path = OTHER if timeline is None else OWN
        self.number += 1
        guid = f"tag:stones.example,2026:{self.number}"
        link = f"https://stones.example/{self.number}"
        self.items[path].append(Item(guid, text=text, link=link, published=datetime.now(UTC)))
        self.write(path)
        here = self.moved.get(path, path)
        await self.hub.publish(self.server.url(here), self.server.documents[here].body)
        return await self.id_of(path, guid)

    async def leave_alone(self, timeline: Timeline, seconds: float) -> None:
        self.headers = {"Cache-Control": f"max-age={seconds:.0f}"}
        self.write(OWN)

    async def move(self, timeline: Timeline) -> str:
        self.moved[OWN] = "/elsewhere.xml"
        self.server.redirects[OWN] = (301, "/elsewhere.xml")
        self.write(OWN)
        return self.server.url("/elsewhere.xml")

    async def edit(self, post_id: str, text: str) -> None:
        for path, items in self.items.items():
            ids = [await self.id_of(path, item.guid) for item in items]
            if post_id in ids:
                place = ids.index(post_id)
                items[place] = replace(items[place], text=text, updated=datetime.now(UTC))
                self.write(path)

    async def delete(self, post_id: str) -> None:
        for path, items in self.items.items():
            kept = [item for item in items if await self.id_of(path, item.guid) != post_id]
            self.items[path] = kept
            self.write(path)

    async def posts(self) -> list[Post]:
        return [
            Post(
                await self.id_of(path, item.guid),
                Author(path, path),
                item.text,
                Audience.PUBLIC,
                item.published or datetime.now(UTC),
            )
            for path, items in self.items.items()
            for item in items
        ]

    async def marked(self, mark: str, account: Account, target: str) -> bool:
        return False

    async def fail(self, failure: SocialFailure) -> None:
        server = self.server
        match failure:
            case SocialFailure.RATE:
                server.once = web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER)})
            case SocialFailure.REJECTED:
                server.once = web.Response(status=400, text="no")
            case SocialFailure.BROKEN:
                server.once = web.Response(status=500)
            case SocialFailure.NONSENSE:
                server.once = web.Response(text="<html>We are moving!</html>", content_type="text/html")
            case SocialFailure.REFUSED:
                await server.deaf()
            case SocialFailure.CUT | SocialFailure.LOST:
                server.cut = failure

    async def heal(self) -> None:
        await self.server.heal()


@contextlib.asynccontextmanager
async def staged(format: Format = "rss") -> AsyncIterator[FeedRemote]:
    """A server with a hub and two empty feeds."""
    server, hub = FeedServer(), Hub()
    server.routes += hub.routes()
    await server.open()
    remote = FeedRemote(server, hub, format)
    for path in remote.items:
        remote.write(path)
    try:
        yield remote
        assert server.complaints == []
        assert hub.complaints == []
    finally:
        await server.close()
