"""A Bluesky on this machine, the adapter, and accounts that are linked to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from adapters import bluesky
from bridgebot.adapter import Clock, Context
from bridgebot.model import Account, Question
from bridgebot.testing.context import house
from tests.servers.bluesky import BlueskyServer, serve
from tests.servers.bluesky_world import Stored


@dataclass
class Sky:
    """What a test needs."""

    server: BlueskyServer
    adapter: bluesky.Adapter
    context: Context
    ada: Account

    def standing(self, collection: str = "app.bsky.feed.post", name: str = "ada") -> list[Stored]:
        """Somebody's records, oldest first."""
        did = self.server.person(name).did
        found = [
            one
            for one in self.server.world.records.values()
            if one.collection == collection and one.did == did
        ]
        return sorted(found, key=lambda one: one.number)

    def record(self) -> dict[str, Any]:
        """The one post that ada has."""
        (stored,) = self.standing()
        return stored.value


@contextlib.asynccontextmanager
async def sky(*, clock: Clock | None = None, **options: Any) -> AsyncIterator[Sky]:
    """The servers, and ada linked."""
    async with serve() as server, house(bluesky, clock=clock) as context:
        adapter = bluesky.Adapter(bluesky.Config(**{**server.options, **options}), context)
        yield Sky(server, adapter, context, await linked(adapter, server, "ada"))


async def linked(adapter: bluesky.Adapter, server: BlueskyServer, name: str) -> Account:
    """Somebody, linked as people do it."""
    person = server.person(name)
    step = await adapter.link(None, person.handle)
    assert isinstance(step, Question)
    account = await adapter.link(step.progress, person.password)
    assert isinstance(account, Account)
    return account


@contextlib.asynccontextmanager
async def site(pages: dict[str, tuple[str, bytes]]) -> AsyncIterator[str]:
    """A web site: what stands at each path, and of which kind; gives its address."""

    async def answer(request: web.Request) -> web.Response:
        if request.path not in pages:
            return web.Response(status=404)
        kind, body = pages[request.path]
        return web.Response(body=body, headers={"Content-Type": kind})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def secrets_of(account: Account) -> dict[str, Any]:
    """What is kept for an account."""
    kept: dict[str, Any] = json.loads(account.credentials)
    return kept
