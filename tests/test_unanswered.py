"""What had no answer may be out: how often it is tried again, what goes before it and what waits, and that a
change, a deletion or an undo that comes meanwhile does not forget it.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import StoreError, Temporary, Unconfirmed
from bridgebot.outbox import outcome
from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


@pytest.fixture
async def looking(tmp_path):
    """Where North knows no key: there the house looks whether a post is there."""
    able = replace(MemorySocial().capabilities, on_unconfirmed=OnUnconfirmed.LOOK)
    north = MemorySocial(name="north", capabilities=able)
    async with TestHouse(tmp_path, socials=(north,)) as house:
        await house.user("ada", "north")
        yield house


async def unanswered(house, text: str) -> str:
    """A post that is there, though its network never said so; it will be repeated with its key."""
    house.social("north").fail("publish", Unconfirmed(), acted=True)
    return await house.says(text)


async def test_an_edit_meanwhile_does_not_post_it_twice(house):
    line = await unanswered(house, "good dya")
    house.chat.edit_line(line, "good day")
    await house.settle()
    await house.wait(10)
    assert house.social("north").texts() == ["good day"]


async def test_a_deletion_meanwhile_takes_it_away(house):
    line = await unanswered(house, "better not")
    house.chat.delete_line(line)
    await house.settle()
    await house.wait(10)
    assert house.social("north").texts() == []


async def test_an_undo_meanwhile_takes_back_a_favourite(house):
    social = house.social("north")
    social.network.follows.add((social.network.person("ada").id, social.network.person("lin").id))
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    social.add_post("lin", "like this one")
    await house.poll()
    social.fail("favourite", Unconfirmed(), acted=True)
    await house.says("/fav 2k7")
    await house.says("/undo")
    await house.wait(10)
    assert [call.arguments[-1] for call in social.calls if call.name == "favourite"] == [True, True, False]


async def test_a_receipt_that_waited_tells_what_is_true_when_it_leaves(house):
    house.social("north").fail("publish", Temporary(retry_after=6))
    await house.says("slowly, slowly")
    house.chat.fail("send", Temporary(retry_after=8))  # the first attempt, while the post still waits
    for _ in range(12):
        await house.wait(1)
    assert house.social("north").texts() == ["slowly, slowly"]
    assert [line for line in house.chat.lines() if line.startswith("#2k7")] == [house.chat.last()]
    assert "✓ North" in house.chat.last()


# --- on a network where the house must look --------------------------------------------------------


async def state(house) -> str:
    query = sa.select(t.delivery.c.state).where(t.delivery.c.action == "create")
    [found] = await house.store.read(lambda tx, now: tx.scalars(query))
    return found


async def test_what_is_never_answered_and_never_there_is_put_aside_after_an_hour(looking):
    """A server that breaks off each publication but shows its timelines is not published to for ever."""
    north, tried = looking.social("north"), []
    north.fail("publish", Unconfirmed(), times=100)
    await looking.says("never")
    begun = looking.clock.now()
    while await state(looking) != "parked":
        tried += [looking.clock.now()] * (north.count("publish") - len(tried))
        await looking.wait(10)
        assert looking.clock.now() - begun < timedelta(seconds=4800)
    assert looking.clock.now() - begun > timedelta(seconds=2700)
    assert north.count("publish") == outcome.MOST_ATTEMPTS
    gaps = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(tried)]
    assert max(gaps[:5]) < 50 < 200 < min(gaps[10:]), "later and later"
    assert len([line for line in looking.chat.lines() if "A delivery to North" in line]) == 1
    await looking.wait(7200)
    assert north.count("publish") == outcome.MOST_ATTEMPTS
    north._faults.clear()
    looking.chat.press("Retry")
    await looking.settle()
    assert north.texts() == ["never"]


async def test_who_wrote_it_is_told_which_one_when_nobody_can_look(looking):
    north = looking.social("north")
    north.fail("publish", Unconfirmed(), acted=True)
    north.fail("find", Temporary(), times=100)
    await looking.says("just before the server went away")
    for _ in range(30):
        await looking.wait(400)
    assert await state(looking) == "unconfirmed"
    [told] = [line for line in looking.chat.lines() if line.startswith("A delivery to North")]
    assert "“just before the server went away”" in told
    north._faults.clear()
    looking.chat.press("Retry")
    await looking.settle()
    assert await state(looking) == "sent"
    assert (north.count("publish"), north.texts()) == (1, ["just before the server went away"])


async def test_the_next_ones_go_before_it_and_what_answers_it_waits(looking):
    north = looking.social("north")
    north.fail("publish", Unconfirmed())
    first = await looking.says("first")
    await looking.says("an answer to it", reply_to=first)
    await looking.says("something else")
    assert north.texts() == ["something else"]
    for _ in range(3):
        await looking.wait(31)
    assert north.texts() == ["something else", "first", "an answer to it"]
    _, root, answer = north.posts
    assert answer.reply_to == root.id


# --- in a chat -------------------------------------------------------------------------------------


@pytest.mark.parametrize("acted", [True, False])
async def test_what_stays_unanswered_a_second_time_is_let_be(house, acted):
    def tells(text: str):
        one = Order("notice", "chat:1", chat_id=1, arguments={"text": text, "language": "en"})
        return lambda tx, now: deliveries.queue(tx, now, one)

    lines, sent = house.chat.lines(), house.chat.count("send")
    house.chat.fail("send", Unconfirmed(), acted=acted, times=2)
    await house.store.run(tells("perhaps not at all"))
    await house.settle()
    await house.wait(4.9)
    assert house.chat.count("send") == sent + 1
    await house.wait(0.2)
    assert house.chat.count("send") == sent + 2
    await house.store.run(tells("the next one"))
    await house.settle()
    await house.wait(7200)
    assert house.chat.lines() == [*lines, *["perhaps not at all"] * (2 if acted else 0), "the next one"]
    assert house.chat.count("send") == sent + 3


async def test_of_two_messages_the_second_is_the_one_that_changes(house):
    """Nobody knows under which id the first one stands, or whether it does."""
    social = house.social("north")
    social.network.follows.add((social.network.person("ada").id, social.network.person("lin").id))
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    house.chat.fail("send", Unconfirmed(), acted=True)
    post = social.add_post("lin", "frist")
    await house.poll()
    await house.wait(10)
    social.edit_post(post.id, "first")
    await house.poll()
    items = [line.rpartition(": ")[2] for line in house.chat.lines() if line.startswith("@lin")]
    assert items == ["frist", "first"]


async def test_wrong_sql_is_a_bug_and_no_failing_store(house):
    def wrong(tx, now):
        tx.connection.exec_driver_sql("UPDATE nothing SET")

    with pytest.raises(Exception, match=r"syntax|incomplete") as raised:
        await house.store.run(wrong)
    assert not isinstance(raised.value, StoreError)
