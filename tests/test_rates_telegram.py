"""The outbox and the Telegram adapter over real sockets, against a server that enforces its limits."""

from __future__ import annotations

import asyncio
import time

import pytest

from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.outbox import Outbox
from bridgebot.store import Store, deliveries
from bridgebot.store import tables as t
from bridgebot.store.deliveries import ANSWER, MIRRORED, Order
from bridgebot.testing.clock import RealClock
from bridgebot.texts import Texts
from tests.house import KEY
from tests.servers.telegram_bot import calls, staged
from tests.servers.telegram_faults import Limits, slow_down


@pytest.fixture
async def stage():
    async with staged() as stage:
        yield stage


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "rates.db", [KEY], RealClock())
    await store.open()
    yield store
    await store.close()


def sender(stage, store) -> Outbox:
    adapter = stage.adapter
    network = Network("tg", "Telegram", chat=adapter.capabilities, rates=adapter.rates)
    return Outbox(store, {"tg": adapter}, House({"tg": network}, Texts()), RealClock())


async def chats(store, *native: int) -> list[int]:
    fixed = {"adapter": "tg", "topic": "", "title": "", "open": True}

    def unit(tx, now):
        rows = [fixed | {"native_id": str(one), "direct": one > 0} for one in native]
        return [tx.insert(t.chat, row) for row in rows]

    return await store.run(unit)


def news(chat_id: int, text: str, urgency: int = MIRRORED) -> Order:
    arguments = {"text": text, "language": "en"}
    return Order("notice", f"chat:{chat_id}", urgency, chat_id=chat_id, arguments=arguments)


async def queue(store, *orders: Order) -> None:
    await store.run(lambda tx, now: [deliveries.queue(tx, now, one) for one in orders])


async def delivered(stage, store, outbox: Outbox, number: int, seconds: float) -> None:
    """Run the outbox until so many messages stand in the chats."""
    running = asyncio.create_task(outbox.run())
    try:
        async with asyncio.timeout(seconds):
            while await store.read(lambda tx, now: deliveries.counts(tx)):
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
    assert len([one for one in stage.remote.server.calls if one.method == "sendMessage"]) == number


async def test_a_fan_out_is_never_too_fast_for_telegram_and_uses_what_it_allows(stage, store):
    server = stage.remote.server
    people = [server.person(f"P{n}").met() for n in range(60)]
    server.limits = Limits(overall=33)  # thirty, and three for how unevenly calls arrive
    places = await chats(store, *[one.id for one in people], stage.remote.group.id)
    again = [news(places[n], "more") for n in range(5)] + [news(places[-1], f"group {n}") for n in range(3)]
    await queue(store, *[news(one, "news") for one in places], *again)
    began = time.monotonic()
    await delivered(stage, store, sender(stage, store), 69, seconds=90)
    assert server.limits.refused == 0
    assert server.limits.most() <= 33
    assert time.monotonic() - began < 30


async def test_a_429_in_one_chat_delays_no_other(stage, store):
    server = stage.remote.server
    people = [server.person(f"P{n}").met() for n in range(10)]
    server.faults.order(slow_down(3), "sendMessage", chat=people[0].id)
    places = await chats(store, *[one.id for one in people])
    await queue(store, *[news(one, "news", ANSWER) for one in places])
    began = time.monotonic()
    running = asyncio.create_task(sender(stage, store).run())
    async with asyncio.timeout(20):
        while len(calls(stage, "sendMessage")) < 10:
            await asyncio.sleep(0.02)
    others = time.monotonic() - began
    async with asyncio.timeout(20):
        while await store.read(lambda tx, now: deliveries.counts(tx)):
            await asyncio.sleep(0.02)
    running.cancel()
    assert others < 3
    assert time.monotonic() - began >= 3
    assert len(calls(stage, "sendMessage")) == 11
