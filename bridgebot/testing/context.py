"""A house for one adapter: everything a `Context` promises, on this machine, for the length of a test."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import aiohttp
from aiohttp import web

from bridgebot.adapter import Clock, Context, Database, Handler
from bridgebot.store.migrate import upgrade
from bridgebot.store.writer import Writer
from bridgebot.testing.bare import MemoryState, bare_context
from bridgebot.testing.clock import RealClock
from bridgebot.testing.shelf import Shelf


class LoopbackRoutes:
    """`Routes` that are really served, on a free port of the loopback address."""

    def __init__(self) -> None:
        self._table: list[web.RouteDef] = []
        self._runner: web.AppRunner | None = None
        self._sites = web.Application()
        self._address = ""

    async def open(self) -> None:
        """Take a port: `url` is known from here on."""
        self._sites.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(self._sites, auto_decompress=False)  # as the house's
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._address = f"http://{host}:{port}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def add(self, method: str, path: str, handler: Handler) -> None:
        self._table.append(web.route(method, path, handler))

    def url(self, path: str) -> str:
        return f"{self._address}{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        # Adapters declare routes after the port is open, and aiohttp freezes what it serves:
        # so each request is looked up among what is declared by now.
        router = web.UrlDispatcher()
        router.add_routes(self._table)
        match = await router.resolve(request)
        request._match_info = match
        match.add_app(self._sites)
        return await match.handler(request)


@contextlib.asynccontextmanager
async def house(
    module: ModuleType,
    *,
    name: str | None = None,
    state: dict[str, str] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Context]:
    """A context for the adapter in `module`: texts from its files, routes on the loopback address,
    an aiohttp session without the address guard, and a database if it declares `migrations`.

    `state` is kept by the caller, so that a second house with it is the house after a restart.
    """
    name = name or module.__name__.rpartition(".")[2]
    async with contextlib.AsyncExitStack() as stack:
        routes = LoopbackRoutes()
        await routes.open()
        stack.push_async_callback(routes.close)
        bare = bare_context(name, clock=clock or RealClock())
        timeout = aiohttp.ClientTimeout(total=10)
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        database = await stack.enter_async_context(_database(module, name, bare))
        yield replace(
            bare,
            http=http,
            state=MemoryState(state),
            routes=routes,
            texts=Shelf(str(module.__file__)),
            database=database,
        )


@contextlib.asynccontextmanager
async def _database(module: ModuleType, name: str, bare: Context) -> AsyncIterator[Database]:
    versions = getattr(getattr(module, "Adapter", None), "migrations", None)
    if versions is None:
        yield bare.database
        return
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder) / "adapter.sqlite", bare.clock)
        upgrade(writer.engine(), {name: Path(str(module.__file__)).parent / versions})
        await writer.open()
        try:
            yield writer
        finally:
            await writer.close()
