"""Many servers of one network in one process, some of which never answer; and a core that calls them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import sqlalchemy as sa
from aiohttp import web

from bridgebot.adapter import AdapterConfig, Network, SocialAdapter, SocialCapabilities
from bridgebot.dialog import House
from bridgebot.http import call
from bridgebot.model import Account, Limits, Page, Timeline, TimelineKind
from bridgebot.outbox import Outbox
from bridgebot.poller import Poller
from bridgebot.store import Store, people, routes
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order, queue
from bridgebot.testing.bare import bare_context
from bridgebot.testing.clock import RealClock
from bridgebot.texts import Texts
from tests.house import KEY


class Wired(SocialAdapter[AdapterConfig]):
    """A network of many servers: where an account is kept is its address."""

    title = "Wired"
    capabilities = SocialCapabilities(
        limits=Limits(500), approve=True, timelines=frozenset({TimelineKind.OWN})
    )

    def __init__(self, http: aiohttp.ClientSession) -> None:
        super().__init__(AdapterConfig(), bare_context("wired"))
        self.http = http

    async def lock(self, account: Account, on: bool) -> None:
        await call(self.http, "POST", f"http://{account.kept_at}/lock", idempotent=True)

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        assert account is not None
        await call(self.http, "GET", f"http://{account.kept_at}/posts")
        return Page((), "1")


class Server:
    """Counts what it is asked; until it is mended it answers nothing."""

    def __init__(self) -> None:
        self.mended = asyncio.Event()
        self.asked = self.answered = self.waiting = self.most_waiting = 0
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        try:
            await self.mended.wait()
        finally:
            self.waiting -= 1
        self.answered += 1
        return web.json_response({})


@contextlib.asynccontextmanager
async def serving(*, hangs: bool = False) -> AsyncIterator[Server]:
    server, app = Server(), web.Application()
    if not hangs:
        server.mended.set()
    app.router.add_route("*", "/{path}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.address = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.mended.set()
        await runner.cleanup()


class Works:
    """A store with people and their accounts, and the two that call servers."""

    def __init__(self, folder: Path, http: aiohttp.ClientSession, realm: str = "") -> None:
        self.realm = realm  # of all its hosts; "": each is a realm of its own
        clock, wired = RealClock(), Wired(http)
        house = House({"wired": Network("wired", "Wired", social=wired.capabilities)}, Texts())
        self.store = Store(folder / "works.db", [KEY], clock)
        self.outbox = Outbox(self.store, {"wired": wired}, house, clock, call_timeout=20)
        self.poller = Poller(self.store, {"wired": wired}, house, clock, lambda: None, fetch_timeout=20)
        self.people = 0

    async def accounts(self, server: Server, count: int) -> list[int]:
        """So many people, each with an account on this server."""
        first, self.people = self.people, self.people + count

        def unit(tx, now):
            for number in range(first, first + count):
                user = people.new_user(tx, now, "user")
                where = (self.realm, server.address) if self.realm else (server.address, None)
                native = Account(str(number), f"@p{number}", where[0], credentials="secret", host=where[1])
                yield people.link(tx, now, user.id, "wired", native, Limits(500)).id

        return await self.store.run(lambda tx, now: list(unit(tx, now)))

    async def calls(self, accounts: list[int]) -> None:
        """One delivery for each account, queued in this order."""

        def order(account_id: int) -> Order:
            return Order("lock", f"account:{account_id}", account_id=account_id, arguments={"on": True})

        await self.store.run(lambda tx, now: [queue(tx, now, order(one)) for one in accounts])
        self.outbox.wake()

    async def timelines(self, server: Server, accounts: list[int]) -> None:
        """Each account's own posts are wanted."""
        native = Timeline(TimelineKind.OWN, self.realm or server.address)

        def unit(tx, now):
            for id in accounts:
                found = routes.timeline(tx, now, "wired", native, id, "own")
                user_id = people.account(tx, id).user_id
                routes.add(tx, now, user_id, "sync", timeline_id=found.id, account_id=id)

        await self.store.run(unit)
        self.poller.wake()

    async def sent(self) -> int:
        query = sa.select(sa.func.count()).where(t.delivery.c.state == "sent")
        return await self.store.read(lambda tx, now: tx.scalar(query))

    async def attempts(self) -> int:
        return await self.store.read(lambda tx, now: tx.scalar(sa.select(sa.func.sum(t.delivery.c.attempts))))


@contextlib.asynccontextmanager
async def running(loop: Outbox | Poller) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def working(folder: Path, realm: str = "") -> AsyncIterator[Works]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        works = Works(folder, http, realm)
        await works.store.open()
        try:
            yield works
        finally:
            await works.store.close()
