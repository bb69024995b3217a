"""The outbox and the Telegram adapter, in real time and over real sockets: how fast calls go out."""

from __future__ import annotations

import asyncio
import contextvars
from collections import defaultdict
from datetime import datetime, timedelta

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
from tests.servers.telegram_faults import slow_down

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Watch(RealClock):
    """Real time, and when each call went. How long it is on its way to a server of the same busy machine is
    not the outbox's doing, so what counts is the time that its own task was told last before the call.
    """

    def __init__(self) -> None:
        self.went: dict[str, list[datetime]] = defaultdict(list)  # by chat
        self._told = contextvars.ContextVar[datetime]("told")

    def now(self) -> datetime:
        now = super().now()
        self._told.set(now)
        return now

    def follow(self, adapter) -> None:
        send = adapter.send

        async def noted(chat, message):
            self.went[chat.id].append(self._told.get())
            return await send(chat, message)

        adapter.send = noted

    def most(self, span: timedelta) -> int:
        """The most calls in any such span of time."""
        return most([at for times in self.went.values() for at in times], span)

    def most_in_a_chat(self, span: timedelta) -> int:
        return max(most(times, span) for times in self.went.values())


def most(times: list[datetime], span: timedelta) -> int:
    return max(sum(first <= at < first + span for at in times) for first in times)


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


def sender(stage, store, watch: Watch) -> Outbox:
    adapter = stage.adapter
    watch.follow(adapter)
    network = Network("tg", "Telegram", chat=adapter.capabilities, rates=adapter.rates)
    return Outbox(store, {"tg": adapter}, House({"tg": network}, Texts()), watch)


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


async def delivered(store, outbox: Outbox) -> None:
    """Run the outbox until nothing is left to deliver."""
    running = asyncio.create_task(outbox.run())
    try:
        async with asyncio.timeout(120):
            while await store.read(lambda tx, now: deliveries.counts(tx)):
                await asyncio.sleep(0.05)
    finally:
        running.cancel()


async def test_a_fan_out_is_never_too_fast_for_telegram(stage, store):
    server, watch = stage.remote.server, Watch()
    people = [server.person(f"P{n}").met() for n in range(60)]
    places = await chats(store, *[one.id for one in people], stage.remote.group.id)
    again = [news(places[n], "more") for n in range(5)] + [news(places[-1], f"group {n}") for n in range(3)]
    await queue(store, *[news(one, "news") for one in places], *again)
    await delivered(store, sender(stage, store, watch))
    assert len(calls(stage, "sendMessage")) == 69
    assert watch.most(SECOND) <= 30
    assert watch.most_in_a_chat(SECOND) == 1
    assert watch.most_in_a_chat(MINUTE) == 4
    assert watch.most(SECOND) > 5, "one chat does not wait for another"


async def test_a_429_in_one_chat_delays_no_other(stage, store):
    server, watch = stage.remote.server, Watch()
    people = [server.person(f"P{n}").met() for n in range(10)]
    slow = str(people[0].id)
    server.faults.order(slow_down(3), "sendMessage", chat=people[0].id)
    places = await chats(store, *[one.id for one in people])
    await queue(store, *[news(one, "news", ANSWER) for one in places])
    await delivered(store, sender(stage, store, watch))
    refused, again = watch.went.pop(slow)
    assert again - refused >= timedelta(seconds=3)
    assert [len(times) for times in watch.went.values()] == [1] * 9
    assert max(times[0] for times in watch.went.values()) < again, "the others did not wait for it"
    assert len(calls(stage, "sendMessage")) == 11
