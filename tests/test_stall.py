"""Servers that never answer, over real sockets: what is for others goes on as if they were not there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bridgebot import outbox, poller, traffic
from tests.servers.prosody import free_port
from tests.servers.stalled import Server, Works, running, serving, working


@pytest.fixture(params=["", "one.example"], ids=["servers", "hosts of one realm"])
async def works(tmp_path, request) -> AsyncIterator[Works]:
    async with working(tmp_path, request.param) as works:
        yield works


async def until(done: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not done():
            await asyncio.sleep(0.01)


async def test_all_else_is_delivered_while_one_server_holds_all_that_it_may(works):
    async with serving(hangs=True) as dead, serving() as good:
        await works.calls(await works.accounts(dead, outbox.MOST_RUNNING + 100))
        async with running(works.outbox):
            await until(lambda: dead.waiting >= outbox.CLAIM)
            await works.calls(await works.accounts(good, 300))
            await until(lambda: good.answered == 300)
            assert dead.answered == 0
            assert dead.most_waiting <= outbox.SHARE


async def test_a_server_that_comes_back_gets_what_waited_for_it(works):
    async with serving(hangs=True) as dead:
        await works.calls(await works.accounts(dead, outbox.SHARE + 50))
        async with running(works.outbox):
            await until(lambda: dead.waiting >= outbox.CLAIM)
            dead.mended.set()
            await until(lambda: dead.answered == outbox.SHARE + 50)


async def test_a_server_that_always_fails_is_tried_by_few(works):
    """Nobody listens there: 500 accounts of it do not make 500 calls, and the others go on."""
    gone = Server()
    async with serving() as good:
        gone.address = f"127.0.0.1:{free_port()}"
        await works.calls(await works.accounts(gone, 500))
        await works.calls(await works.accounts(good, 300))
        async with running(works.outbox):
            await until(lambda: good.answered == 300)
            await asyncio.sleep(0.5)
        assert await works.attempts() - 300 < 2 * outbox.CLAIM + 100


async def test_timelines_of_others_are_read_while_dead_servers_are_asked(works, monkeypatch):
    monkeypatch.setattr(traffic, "PATIENCE", timedelta(seconds=0.5))
    async with contextlib.AsyncExitStack() as stack:
        dead = [await stack.enter_async_context(serving(hangs=True)) for _ in range(4)]
        good = await stack.enter_async_context(serving())
        for server in dead:
            await works.timelines(server, await works.accounts(server, 10))
        await works.timelines(good, await works.accounts(good, 40))
        async with running(works.poller):
            await until(lambda: good.answered >= 40)
            assert good.answered == 40, "each once"
            assert [server.answered for server in dead] == [0] * 4
            assert max(server.most_waiting for server in dead) <= poller.SHARE
