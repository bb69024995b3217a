"""Deliveries that begin and end together: one unit of work for all of them, and no harm by one to another."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot import outbox
from bridgebot.adapter import Per, Rate
from bridgebot.outbox import frozen, outcome
from bridgebot.outbox.turns import Turns
from bridgebot.store import deliveries
from bridgebot.store import parts as frozen_parts
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order
from bridgebot.store.needs import Need, Slot
from bridgebot.testing.fakes import ManualClock, MemoryChat
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


async def queue(house, *texts: str, lane: str | None = None) -> dict[str, int]:
    """A notice with each of these texts, all into one chat, each in a lane of its own or all in this one."""

    def unit(tx, now):
        orders = [
            Order("notice", lane or f"chat:{n}", chat_id=1, arguments={"text": text, "language": "en"})
            for n, text in enumerate(texts, 100)
        ]
        return {text: deliveries.queue(tx, now, order) for text, order in zip(texts, orders, strict=True)}

    return await house.store.run(unit)


async def states(house, made: dict[str, int]) -> dict[str, str]:
    def unit(tx, now):
        return {text: deliveries.delivery(tx, one).state for text, one in made.items()}

    return await house.store.read(unit)


def breaking(monkeypatch, module, name: str, text: str) -> None:
    """This function has a bug that shows with one delivery alone."""
    real = getattr(module, name)

    def broken(*given):
        if any(getattr(one, "arguments", {}).get("text") == text for one in given):
            raise RuntimeError("a bug")
        return real(*given)

    monkeypatch.setattr(module, name, broken)


async def test_ten_are_claimed_and_settled_in_a_few_commits(house):
    made = await queue(house, *[f"news {n}" for n in range(10)])
    before = house.store.database.stats.units
    await house.outbox.step()
    assert set((await states(house, made)).values()) == {"sent"}
    assert house.store.database.stats.units - before <= 6


@contextlib.asynccontextmanager
async def running(house):
    """The outbox, as it goes on by itself."""
    task = asyncio.create_task(house.outbox.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def stand(house, number: int) -> None:
    """Until so many of the bot's messages stand in the chat."""
    await until(lambda: len(house.chat.lines()) >= number)


async def until(seen) -> None:
    """Long before the outbox would look of its own accord."""
    async with asyncio.timeout(outbox.LONGEST_WAIT.total_seconds() / 3):
        while not seen():
            await asyncio.sleep(0.005)


async def test_an_outcome_and_the_look_for_what_follows_from_it_are_one_commit(house):
    commits = []
    async with running(house):
        for number in range(5):
            house.chat.say(f"words {number}", sender="ada")
            await house.chat.settled(5)
            stood, before = len(house.chat.lines()), house.store.database.commits
            house.outbox.wake()
            await stand(house, stood + 1)
            await asyncio.sleep(0.1)  # the outcome of the receipt itself
            commits.append(house.store.database.commits - before)
    # The post begins; it ended and its receipt begins; that ended. More where a thread was slow for once.
    assert min(commits) == 3


async def test_what_waited_for_an_outcome_goes_out_although_that_was_written_late(house, monkeypatch):
    real = house.store.insist

    async def insist(unit):
        await asyncio.sleep(0.2)  # the database was in trouble, and the look at the queue came before it
        return await real(unit)

    monkeypatch.setattr(house.store, "insist", insist)
    stood = len(house.chat.lines())
    await queue(house, "one", "two", lane="chat:100")
    async with running(house):
        await stand(house, stood + 2)
    assert house.chat.lines()[stood:] == ["one", "two"]


async def test_what_a_full_server_kept_back_goes_out_as_soon_as_a_call_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(outbox, "SHARE", outbox.CLAIM)  # full as soon as there is one call
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        told = {text: asyncio.Event() for text in ("one", "two", "three")}
        begun, send = [], house.chat.send

        async def answered_when_told(chat, message):
            begun.append(message.text)
            await told[message.text].wait()
            return await send(chat, message)

        monkeypatch.setattr(house.chat, "send", answered_when_told)
        await queue(house, "one", "two")
        async with running(house):
            await until(lambda: len(begun) == 2)
            await queue(house, "three", lane="chat:200")
            house.outbox.wake()
            await house.store.run(lambda tx, now: None)
            writing = asyncio.create_task(house.store.run(lambda tx, now: time.sleep(0.5)))
            await asyncio.sleep(0.1)
            told["one"].set()
            await asyncio.sleep(
                0.1
            )  # its outcome waits for the writer, and behind it a look at a full server
            told["two"].set()
            await writing
            await until(lambda: "three" in begun)


async def test_what_cannot_be_frozen_by_a_bug_takes_no_other_with_it(house, monkeypatch):
    breaking(monkeypatch, frozen, "freeze", "two")
    made = await queue(house, "one", "two", "three")
    await house.outbox.step()
    assert await states(house, made) == {"one": "sent", "two": "queued", "three": "sent"}
    assert house.chat.lines()[-2:] == ["one", "three"]


async def test_what_json_cannot_say_takes_no_other_with_it(house, monkeypatch):
    real = frozen.freeze

    def freeze(tx, place, delivery):
        calls = real(tx, place, delivery)
        return calls if delivery.arguments["text"] != "two" else [calls[0] | {"op": object()}]

    monkeypatch.setattr(frozen, "freeze", freeze)
    made = await queue(house, "one", "two", "three")
    await house.outbox.step()
    assert await states(house, made) == {"one": "sent", "two": "queued", "three": "sent"}


async def test_an_outcome_that_cannot_be_written_by_a_bug_harms_no_other(house, monkeypatch):
    breaking(monkeypatch, outcome, "_follows", "two")
    made = await queue(house, "one", "two", "three")
    await house.outbox.step()
    assert await states(house, made) == {"one": "sent", "two": "queued", "three": "sent"}
    assert sorted(house.chat.lines()[-3:]) == ["one", "three", "two"]  # each was called once


async def test_keys_are_never_the_same():
    made = [part.key for n in range(200) for part in frozen_parts.freeze(n, [{}, {}], frozen_parts.keys())]
    assert len(set(made)) == 400


async def test_parts_that_were_frozen_before_are_sent_again_to_the_letter(house):
    [made] = (await queue(house, "first words")).values()
    house.chat.fail("send", RuntimeError("a bug in the adapter"))
    await house.outbox.step()

    def key(tx, now):
        return tx.scalars(sa.select(t.part.c.key).where(t.part.c.delivery_id == made))

    before = await house.store.read(key)
    house.clock.skip(60)
    await house.settle()
    assert (await states(house, {"": made}))[""] == "sent"
    assert await house.store.read(key) == before
    assert house.chat.last() == "first words"


# --- when a call may have arrived --------------------------------------------------------------

TWO = Need(("net", "", "", "two"), Rate("two", Per.BOT, 2, 1))


class Turning:
    """Turns by a clock that goes on while somebody sleeps."""

    def __init__(self, monkeypatch) -> None:
        self.clock = ManualClock()
        self.turns = Turns(self.clock)
        self.began = self.clock.now()

        async def sleep(seconds: float) -> None:
            self.clock.skip(seconds + 1e-6)

        monkeypatch.setattr(asyncio, "sleep", sleep)

    async def call(self, took: float) -> float:
        """A call whose slot is now; seconds from the beginning until it left."""
        call = await self.turns.mine(Slot(self.clock.now(), (TWO,)))
        left = self.seconds()
        self.clock.skip(took)
        self.turns.over(call)
        return left

    def seconds(self) -> float:
        return (self.clock.now() - self.began) / timedelta(seconds=1)


async def test_a_call_waits_until_those_before_have_surely_been_counted(monkeypatch):
    turning = Turning(monkeypatch)
    assert [await turning.call(0.01) for _ in range(2)] == [0, 0.01]
    assert 1 <= await turning.call(0.01) < 1.02


async def test_one_that_took_long_is_taken_to_have_arrived_late(monkeypatch):
    turning = Turning(monkeypatch)
    assert [await turning.call(0.31), await turning.call(0.01)] == [0, 0.31]
    assert 1.3 <= await turning.call(0.01) < 1.32


async def test_what_is_let_through_next_comes_after_what_is_late(monkeypatch):
    turning = Turning(monkeypatch)
    for _ in range(3):
        await turning.call(0.01)
    assert turning.turns.booked[TWO.key] >= turning.began + timedelta(seconds=1)


async def test_a_clock_that_was_set_back_books_nothing_for_long(tmp_path):
    able = replace(MemoryChat().capabilities, rates=(TWO.rate,))
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=able)) as house:
        await house.says("/help")
        key = ("chat", "", "", "two")
        house.outbox._budgets.booked[key] = house.clock.now() + timedelta(hours=3)
        house.clock.skip(5)
        await queue(house, "after all")
        await house.settle()
        await house.wait(1)
        assert house.chat.last() == "after all"
