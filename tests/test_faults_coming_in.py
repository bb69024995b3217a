"""What people write while polling goes wrong in every way: each message is taken in once, none is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from adapters import telegram
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.inbox import Inbox
from bridgebot.store import Store
from bridgebot.store import tables as t
from bridgebot.supervisor import Supervisor
from bridgebot.testing.clock import RealClock
from bridgebot.testing.context import house
from bridgebot.texts import Texts
from tests.house import KEY
from tests.journeys.faults.test_faults_of_calls import table
from tests.servers.http_relay import HttpRelay
from tests.servers.telegram import serve


class Hasty(RealClock):
    """Nobody waits long: the waits themselves are the supervisor's tests' business."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


async def taken_in(store: Store) -> list[str]:
    """The messages that were committed, by their ids."""
    query = sa.select(t.inbox.c.native_id).where(t.inbox.c.kind == "message").order_by(t.inbox.c.id)
    return await store.read(lambda tx, now: tx.scalars(query))


@pytest.mark.parametrize("one", table(), ids=lambda one: one.name)
async def test_every_message_is_taken_in_once_though_a_poll_met(tmp_path, one):
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve())
        relay = await stack.enter_async_context(HttpRelay(int(server.url.rpartition(":")[2])))
        context = await stack.enter_async_context(house(telegram))
        config = telegram.Config(token=server.token, api=relay.url, poll_timeout=1)
        adapter, store = telegram.Adapter(config, context), Store(tmp_path / "in.db", [KEY], RealClock())
        await store.open()
        stack.push_async_callback(store.close)
        own = House({"tg": Network("tg", "Telegram", chat=adapter.capabilities)}, Texts(), access="open")
        inbox, supervisor = Inbox(store, own, lambda: None), Supervisor(Hasty())

        async def receive(thing, *, state: Mapping[str, str] | None = None) -> None:
            await inbox.receive("tg", thing, state=state)

        supervisor.start("tg", lambda: adapter.run(receive))
        stack.push_async_callback(supervisor.stop)
        ada = server.person("Ada").met()
        said = [ada.says("before")]
        for _ in range(2):
            relay.order(one.fault, "POST", "/getUpdates$", seconds=0.3, headers=one.headers)
            said += [ada.says("while"), ada.says("it goes wrong")]
            async with asyncio.timeout(60):
                while len(await taken_in(store)) < len(said) or relay.orders:
                    await asyncio.sleep(0.02)
        said.append(ada.says("after"))
        async with asyncio.timeout(60):
            while server.updates:  # confirmed, so committed
                await asyncio.sleep(0.02)
        assert await taken_in(store) == [str(id) for id in said]
        assert [fault for fault, *_ in relay.met] == [one.fault] * 2
