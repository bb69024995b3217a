"""Answers that come before the bot knows under which id stands what they answer."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bridgebot import outbox
from bridgebot.store import deliveries, people
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order
from bridgebot.testing.fakes import ManualClock, MemoryChat, MemorySocial
from tests.house import TestHouse

NO_POST = "You answered something that is no post."
LONGEST = 3.1  # seconds that an answer is kept


class SlowChat(MemoryChat):
    """A chat where people see a message, and the bot hears of it only when `hears` is set."""

    def __init__(self) -> None:
        super().__init__(name="chat")
        self.hears = asyncio.Event()
        self.hears.set()

    async def send(self, chat, message):
        ids = await super().send(chat, message)
        await self.hears.wait()
        return ids


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path, chat=SlowChat()) as house:
        await house.user("ada", "north")
        await house.shows("the first of all")
        yield house


@pytest.fixture
async def sending(house):
    """Something is being sent into Ada's chat, and nothing comes of it."""
    house.under_way = await something_under_way(house)
    return house


async def something_under_way(house) -> int:
    def unit(tx, now):
        chat = people.direct_chat(tx, 1)
        words = {"text": "one moment", "language": "en"}
        order = Order(action="notice", lane=f"chat:{chat.id}", chat_id=chat.id, user_id=1, arguments=words)
        made = deliveries.queue(tx, now, order)
        deliveries.change(tx, made, state="sending")
        return made

    return await house.store.run(unit)


async def passes(house, seconds: float) -> None:
    """Time passes in small steps, and what comes due happens."""
    for _ in range(round(seconds / 0.1)):
        await house.wait(0.1)


async def kept(house) -> list[bytes]:
    query = sa.select(t.inbox.c.kept).where(t.inbox.c.kept.is_not(None))
    return await house.store.read(lambda tx, now: tx.scalars(query))


def north(house) -> list[str]:
    return house.social("north").texts()


async def seen(house, text: str) -> str:
    """The id of the message that shows this, as soon as people see it."""
    for _ in range(1000):
        found = [line.id for line in house.chat.messages() if text in line.text]
        if found:
            return found[0]
        await asyncio.sleep(0.01)
    raise AssertionError(text)


async def test_an_answer_to_what_is_just_being_sent_is_a_reply(house):
    """Meanwhile others are heard, and so is the same person."""
    post = house.social("north").add_post("lin", "who is quick?")
    await house.poller.step()
    house.chat.hears.clear()
    delivering = asyncio.create_task(house.outbox.step())
    shown = await seen(house, "who is quick?")
    house.chat.say("I am", reply_to=shown)
    house.chat.say("something else")
    house.chat.say("/help", sender="kim")
    await house.chat.settled(60)
    assert [found["text"] for found in await posts(house)][-1:] == ["something else"]
    house.chat.hears.set()
    await delivering
    await passes(house, 2)
    answer = next(one for one in house.social("north").posts if one.text == "I am")
    assert answer.reply_to == post.id
    assert house.chat.lines("kim") != []
    assert not any(NO_POST in line for line in house.chat.lines())
    assert await kept(house) == []


@pytest.mark.parametrize(
    ("reactions", "marks"),
    [
        ([("⭐",)], ["favourite"]),
        ([("⭐",), ("⭐", "🔁"), ("⭐", "😂")], ["favourite"]),
        ([("⭐",), ()], []),
        ([("⭐",), (), ("⭐",)], ["favourite"]),
        ([("⭐",), ("🔁",)], ["boost"]),
    ],
)
@pytest.mark.parametrize("early", [1, 3])
async def test_reactions_to_what_is_just_being_sent_count_as_they_are_in_the_end(
    house, reactions, marks, early
):
    await house.says("/settings reactions on")
    house.social("north").add_post("lin", "who is quick?")
    await house.poller.step()
    house.chat.hears.clear()
    delivering = asyncio.create_task(house.outbox.step())
    shown = await seen(house, "who is quick?")
    for emojis in reactions[:early]:
        house.chat.react(shown, *emojis)
    await house.chat.settled(60)
    house.chat.hears.set()
    await delivering
    for emojis in reactions[early:]:
        house.chat.react(shown, *emojis)
    await passes(house, 4)
    network = house.social("north").network
    assert [name for name in ("favourite", "boost") if getattr(network, f"{name}s")] == marks
    assert len([line for line in house.chat.lines() if line.startswith("★")]) == marks.count("favourite")
    assert await kept(house) == []


async def posts(house) -> list[dict]:
    query = sa.select(t.post).order_by(t.post.c.id)
    return await house.store.read(lambda tx, now: [dict(r) for r in tx.connection.execute(query).mappings()])


async def test_after_three_seconds_it_is_read_as_it_is(sending):
    before = len(sending.chat.lines())
    await sending.says("what is that?", reply_to="nobody-knows")
    await passes(sending, LONGEST - 0.2)
    assert len(sending.chat.lines()) == before
    assert len(await kept(sending)) == 1
    await passes(sending, 0.4)
    assert sending.chat.last().startswith(NO_POST)
    assert await kept(sending) == []


async def test_it_is_read_at_once_when_what_was_being_sent_has_ended(sending):
    await sending.says("what is that?", reply_to="nobody-knows")
    await sending.store.run(lambda tx, now: deliveries.end(tx, now, sending.under_way, "cancelled"))
    await passes(sending, 0.2)
    assert sending.chat.last().startswith(NO_POST)


async def test_what_answers_nothing_or_what_is_known_does_not_wait(sending):
    shown = await seen(sending, "the first of all")
    await sending.says("plain")
    await sending.says("known", reply_to=shown)
    assert north(sending)[-2:] == ["plain", "known"]


async def test_an_answer_that_is_changed_meanwhile_is_read_as_it_stands_then(sending):
    line = await sending.says("waht is that?", reply_to="nobody-knows")
    sending.chat.edit_line(line, "what is that?")
    await passes(sending, LONGEST + 0.2)
    assert sending.chat.last().startswith(NO_POST)
    assert "what is that?" in sending.chat.last()
    assert not any("waht" in line for line in sending.chat.lines())


async def test_an_answer_that_is_taken_back_meanwhile_is_never_read(sending):
    before = sending.chat.lines()
    line = await sending.says("no, nothing", reply_to="nobody-knows")
    sending.chat.delete_line(line)
    await passes(sending, LONGEST + 0.2)
    assert sending.chat.lines() == before
    assert await kept(sending) == []


async def test_one_that_cannot_be_handled_is_told(sending, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("a bug of the house")

    await sending.says("what is that?", reply_to="nobody-knows")
    monkeypatch.setattr("bridgebot.commands.hearing._read", broken)
    await passes(sending, LONGEST + 0.2)
    assert sending.chat.last().startswith("Something went wrong here while I handled that message")
    failed = sa.select(t.inbox.c.state).where(t.inbox.c.problem == "error-bug")
    assert await sending.store.read(lambda tx, now: tx.scalars(failed)) == ["failed"]
    assert await kept(sending) == []


async def test_what_is_kept_can_be_read_by_nobody_else(sending):
    await sending.says("hush-hush", reply_to="nobody-knows")
    [secret] = await kept(sending)
    assert "hush" not in str(secret)


async def test_a_restart_reads_what_was_kept(tmp_path):
    chat, clock, socials = MemoryChat(name="chat"), ManualClock(), (MemorySocial(name="north"),)
    async with TestHouse(tmp_path, chat=chat, clock=clock, socials=socials) as house:
        await house.user("ada", "north")
        await something_under_way(house)
        await house.says("and that?", reply_to="nobody-knows")
        assert len(await kept(house)) == 1
    async with TestHouse(tmp_path, chat=chat, clock=clock, socials=socials) as house:
        await house.store.run(lambda tx, now: outbox.recover(tx, now, house.house))
        await passes(house, LONGEST)
        assert [line for line in house.chat.lines() if line.startswith(NO_POST)] != []
        assert await kept(house) == []
