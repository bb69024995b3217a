"""Rates: the arithmetic of slots, budgets in the claim, and what a network says of its limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgebot.adapter import Per, Rate
from bridgebot.errors import Temporary
from bridgebot.http.retry import Left
from bridgebot.model import Media, changed
from bridgebot.outbox import LEASE
from bridgebot.store import deliveries, lanes
from bridgebot.store import tables as t
from bridgebot.store.budgets import Budgets, Ear
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.gcra import pace
from bridgebot.store.hints import Hints
from bridgebot.store.needs import method
from bridgebot.store.reads import Reads
from bridgebot.testing.fakes import ManualClock, MemoryChat, MemorySocial
from bridgebot.testing.pictures import png
from bridgebot.testing.social_side import MemorySocialConfig
from tests.house import TestHouse

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OVERALL = Rate("overall", Per.BOT, 30, 1)
CHAT = Rate("chat", Per.CHAT, 1, 1)
GROUP = Rate("group", Per.GROUP, 20, 60, burst=5)
CALLS = Rate("calls", Per.ACCOUNT, 300, 300, burst=150)
DELETES = Rate("deletes", Per.ACCOUNT, 2, 600, operations=frozenset({"delete"}))


def most_in(times: list[datetime], span: timedelta) -> int:
    """The most calls in any half-open span."""
    return max(sum(first <= at < first + span for at in times) for first in times)


# --- the arithmetic ----------------------------------------------------------------------------


def greedy(rate: Rate, arrivals: list[float], *, answer: bool = True) -> list[datetime]:
    """Everything that came goes as soon as it may."""
    speed, next_at, gone = pace(rate), NOW, []
    for seconds in sorted(arrivals):
        slot = speed.ready(next_at, NOW + timedelta(seconds=seconds), answer=answer)
        next_at = speed.taken(next_at, slot)
        gone.append(slot)
    return gone


@given(
    amount=st.integers(1, 60),
    seconds=st.sampled_from([1.0, 10.0, 61.0, 300.0]),
    share=st.floats(0, 1),
    arrivals=st.lists(st.floats(0, 700), min_size=1, max_size=150),
)
@settings(max_examples=150, deadline=None)
def test_no_pattern_of_arrivals_puts_more_than_the_amount_into_any_span(amount, seconds, share, arrivals):
    rate = Rate("any", Per.BOT, amount, seconds, burst=1 + int(share * (amount - 1)))
    late = amount // 20 if rate.burst == 1 else 0
    # Microseconds are rounded: a span is a hair shorter than it says.
    span = timedelta(seconds=seconds) - timedelta(microseconds=amount)
    assert most_in(greedy(rate, arrivals), span) <= amount + late


def test_all_of_the_limit_is_used():
    gone = greedy(OVERALL, [0.0] * 301)
    assert abs((gone[-1] - gone[2]).total_seconds() - 298 / 30) < 0.01


def test_a_burst_is_for_answers_and_half_of_it_for_items():
    at_once = [slot for slot in greedy(GROUP, [0.0] * 8) if slot == NOW]
    items = [slot for slot in greedy(GROUP, [0.0] * 8, answer=False) if slot == NOW]
    assert (len(at_once), len(items)) == (5, 3)


def test_a_rate_at_another_pace():
    assert (OVERALL.at(10).amount, OVERALL.at(10).seconds) == (300, 1)
    assert pace(OVERALL.at(0.5)).interval == timedelta(seconds=1 / 15)
    assert MemorySocial(config=MemorySocialConfig(pace=0)).rates == ()


async def test_8_a_clock_that_was_set_back_stops_nothing_for_long(tmp_path):
    async with paced(tmp_path, OVERALL, CHAT) as house:
        [one] = await chats(house, 1)
        await queue(house, order(one, "1"))
        assert len(await claim(house)) == 1
        ahead = house.clock.now() + timedelta(hours=3)
        await house.store.run(lambda tx, now: tx.update(t.budget, sa.true(), next_at=ahead))
        await queue(house, order(one, "2"))
        for _ in range(2):  # first over all, then in the chat
            assert await claim(house) == []
            house.clock.skip(3)
        assert len(await claim(house)) == 1


# --- in the claim ------------------------------------------------------------------------------


def chatty(*rates: Rate) -> MemoryChat:
    return MemoryChat(name="chat", capabilities=replace(MemoryChat().capabilities, rates=rates))


def paced(tmp_path, *rates: Rate, social: tuple[Rate, ...] = ()) -> TestHouse:
    able = replace(MemorySocial().capabilities, rates=social)
    return TestHouse(tmp_path, chat=chatty(*rates), socials=(MemorySocial(name="north", capabilities=able),))


def order(chat_id: int, text: str, urgency: int = MIRRORED, **more) -> Order:
    arguments = {"text": text, "language": "en"}
    return Order("notice", f"chat:{chat_id}", urgency, chat_id=chat_id, arguments=arguments, **more)


async def chats(house, number: int, *, direct: bool = True) -> list[int]:
    """So many chats that nobody has written in."""

    def unit(tx, now):
        fixed = {"adapter": "chat", "topic": "", "direct": direct, "title": "", "open": True}
        return [tx.insert(t.chat, fixed | {"native_id": f"c{n}"}) for n in range(number)]

    return await house.store.run(unit)


async def queue(house, *orders: Order) -> list[int]:
    return await house.store.run(lambda tx, now: [deliveries.queue(tx, now, one) for one in orders])


async def rows(house, *where):
    query = sa.select(t.delivery).where(*where).order_by(t.delivery.c.id)
    return await house.store.read(lambda tx, now: tx.connection.execute(query).all())


async def claim(house, most: int = 50) -> list[int]:
    """What claims let through now."""

    def unit(tx, now):
        gate = house.outbox._budgets.gate(tx, now)
        claimed = [one for one, _ in lanes.claim(tx, now, LEASE, most, gate=gate)]
        for one in claimed:
            deliveries.end(tx, now, one.id, "sent")
            lanes.release(tx, one)
        gate.keep()
        return [one.id for one in claimed]

    looked = [one for _ in range(8) for one in await house.store.run(unit)]
    return sorted(looked)


async def next_due(house) -> float | None:
    """Seconds until something is to be looked at, if it is by a budget that was found used up."""

    def unit(tx, now):
        gate = house.outbox._budgets.gate(tx, now)
        return house.outbox._look_around(tx, now, gate, house.outbox._traffic.look(50, now))

    at = await house.store.run(unit)
    return None if at is None else (at - house.clock.now()).total_seconds()


async def test_8_a_delivery_without_a_slot_is_not_claimed_and_its_lane_stays_free(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        first, second = await queue(house, order(one, "1"), order(one, "2"))
        assert await claim(house) == [first]
        assert await claim(house) == []
        lane = await house.store.read(
            lambda tx, now: tx.connection.execute(
                sa.select(t.lane).where(t.lane.c.name == f"chat:{one}")
            ).one()
        )
        assert (lane.leased_until, lane.wait_until) == (None, None)
        assert await next_due(house) == pytest.approx(1)
        house.clock.skip(1)
        assert await claim(house) == [second]


async def test_8_slots_survive_a_restart(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        await queue(house, order(one, "1"), order(one, "2"))
        assert len(await claim(house)) == 1
        clock = house.clock
    async with TestHouse(tmp_path, chat=chatty(CHAT), clock=clock) as house:
        assert await claim(house) == []
        house.clock.skip(1)
        assert len(await claim(house)) == 1


async def test_8_a_fan_out_keeps_to_the_rate_over_all_and_uses_it(tmp_path):
    async with paced(tmp_path, OVERALL, CHAT) as house:
        await queue(house, *[order(one, "news") for one in await chats(house, 300)])
        gone, start = [], house.clock.now()
        while len(gone) < 300:
            gone += [house.clock.now()] * len(await claim(house))
            wait = await next_due(house)
            house.clock.skip(max(wait if wait is not None else 0.0, 0.001))
        assert (gone[-1] - start).total_seconds() <= 10 / 0.98
        assert most_in(gone, timedelta(seconds=1)) <= 33


async def test_8_an_answer_waits_two_slots_at_most_while_items_are_sent(tmp_path):
    async with paced(tmp_path, OVERALL, CHAT) as house:
        places = await chats(house, 201)
        await queue(house, *[order(one, "news") for one in places[:200]])
        for _ in range(40):  # the fan-out is well under way
            await claim(house)
            house.clock.skip(0.013)
        await claim(house)
        [answer] = await queue(house, order(places[200], "you asked", urgency=deliveries.ANSWER))
        asked = house.clock.now()
        while answer not in await claim(house):
            house.clock.skip(0.005)
        assert (house.clock.now() - asked).total_seconds() <= 2 / 30


async def test_8_a_chat_that_must_wait_holds_no_other(tmp_path):
    async with paced(tmp_path, GROUP) as house:
        busy, *others = await chats(house, 60, direct=False)
        await queue(house, *[order(busy, str(n)) for n in range(10)])
        for _ in range(4):
            await claim(house)
        await queue(house, *[order(one, "elsewhere") for one in others])
        assert len(await claim(house)) == len(others)


async def test_8_more_waiting_lanes_than_a_claim_looks_at_hide_nothing(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        places = await chats(house, 130)
        await queue(house, *[order(one, "1") for one in places[:120]])
        while await claim(house):
            pass
        await queue(house, *[order(one, "2") for one in places[:120]])
        last = await queue(house, *[order(one, "first here") for one in places[120:]])
        assert await claim(house) == last


async def test_8_topics_of_one_group_share_its_budget(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        fixed = {
            "adapter": "chat",
            "native_id": "g",
            "direct": False,
            "title": "",
            "open": True,
        }
        one, two = await house.store.run(
            lambda tx, now: [tx.insert(t.chat, fixed | {"topic": topic}) for topic in ("a", "b")]
        )
        await queue(house, order(one, "in one"), order(two, "in another"))
        assert len(await claim(house)) == 1
        assert await claim(house) == []


async def test_8_a_deletion_without_a_slot_steps_aside_for_the_rest_of_its_lane(tmp_path):
    async with paced(tmp_path, social=(DELETES,)) as house:
        await house.user("ada", "north")
        deletes = [Order("delete", "account:1", account_id=1) for _ in range(2)]
        first, second = await queue(house, *deletes)
        [favourite] = await queue(
            house, Order("favourite", "account:1", account_id=1, arguments={"on": True})
        )
        assert await claim(house) == [first, favourite]
        assert await next_due(house) == pytest.approx(300)
        house.clock.skip(300)
        assert await claim(house) == [second]


async def test_8_every_part_of_a_long_message_takes_a_slot(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        await queue(house, order(one, "word " * 2000, urgency=deliveries.ANSWER))
        await house.settle()
        sent = [house.chat.count("send")]
        for _ in range(3):
            await house.wait(1)
            sent.append(house.chat.count("send"))
        assert sent == [1, 2, 3, 3]
        [row] = await rows(house, t.delivery.c.chat_id == one)
        assert (row.state, row.attempts) == ("sent", 1)


FILES = Rate("files", Per.ACCOUNT, 3, 600, burst=3, operations=frozenset({"upload"}))
POSTS = Rate("posts", Per.ACCOUNT, 1, 600, operations=frozenset({"publish"}))
RED = png((200, 30, 30))


async def test_8_an_upload_is_no_publication(tmp_path):
    async with paced(tmp_path, social=(POSTS,)) as house:
        await house.user("ada", "north")
        await house.says("stones", files=[RED, RED])
        north = house.social("north")
        assert (north.count("upload"), north.count("publish")) == (2, 1)
        await house.says("more")
        assert north.count("publish") == 1
        await house.wait(601)
        assert north.count("publish") == 2


async def test_8_files_wait_for_their_own_rate_and_words_go_on(tmp_path):
    async with paced(tmp_path, social=(FILES,)) as house:
        await house.user("ada", "north")
        north = house.social("north")
        await house.says("stones", files=[RED, RED])
        await house.says("two more", files=[RED, RED])
        assert north.count("upload") == 3
        await house.says("words")
        assert north.texts() == ["stones", "words"], "what needs no file waits for none"
        await house.wait(599)
        assert north.count("upload") == 3
        await house.wait(2)
        assert north.texts() == ["stones", "words", "two more"]
        found = await rows(house, t.delivery.c.action == "create")
        assert [(row.state, row.attempts) for row in found] == [("sent", 1)] * 3


async def test_8_a_call_that_carries_files_has_more_time_and_a_longer_lease(tmp_path):
    async with paced(tmp_path) as house:
        await house.user("ada", "north")
        gate = house.social("north").hang("upload")
        large = Media("image", "", "image/png", 64 * 1024 * 90)
        house.chat.say("a stone", files=[(RED, large)])
        await house.chat.settled()
        step = asyncio.create_task(house.outbox.step())
        while house.social("north").count("upload") == 0:
            await asyncio.sleep(0.001)
        lease = await house.store.read(
            lambda tx, now: tx.scalars(sa.select(t.lane.c.leased_until).where(t.lane.c.name == "account:1"))
        )
        assert lease[0] - house.clock.now() == LEASE + timedelta(seconds=90)
        gate.set()
        await step
        assert house.social("north").texts() == ["a stone"]


async def test_8_bytes_are_counted_by_what_was_rendered(tmp_path):
    stream = Rate("stream", Per.BOT, 1000, 1, unit="bytes")
    async with paced(tmp_path, stream) as house:
        one, two = await chats(house, 2)
        await queue(house, order(one, "x" * 3800))
        await house.settle()
        await queue(house, order(two, "short"))
        await house.wait(3.8)
        assert house.chat.count("send") == 1
        await house.wait(0.25)
        assert house.chat.count("send") == 2


async def test_8_nothing_is_looked_for_when_nothing_waits(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        await queue(house, order(one, "1"))
        await claim(house)
        assert await next_due(house) is None


# --- 11: a 429 ---------------------------------------------------------------------------------


async def test_11_a_429_moves_the_budget_and_not_the_lane(tmp_path):
    async with paced(tmp_path, OVERALL, CHAT) as house:
        busy, other = await chats(house, 2)
        house.chat.fail("send", Temporary(retry_after=30, rate=""))
        [slowed] = await queue(house, order(busy, "too fast"))
        await house.settle()
        await queue(house, order(other, "goes on"))
        await house.wait(1)
        assert house.chat.count("send") == 2
        [row] = await rows(house, t.delivery.c.id == slowed)
        assert (row.state, row.attempts) == ("queued", 0)
        await house.wait(28)
        assert house.chat.count("send") == 2
        await house.wait(1.1)
        assert (await rows(house, t.delivery.c.id == slowed))[0].state == "sent"


async def test_11_a_429_never_counts_towards_parking(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        [made] = await queue(house, order(one, "patience"))
        for _ in range(25):
            house.chat.fail("send", Temporary(retry_after=2, rate="chat"))
            await house.wait(2)
        assert (await rows(house, t.delivery.c.id == made))[0].state == "queued"
        await house.wait(2)
        [row] = await rows(house, t.delivery.c.id == made)
        assert (row.state, row.attempts) == ("sent", 1)


async def test_11_many_429s_at_once_are_about_the_bot(tmp_path):
    """A network that refuses everywhere means all: five chats, and no sixth is tried for a while."""
    async with paced(tmp_path, OVERALL, CHAT) as house:
        places = await chats(house, 8)
        house.chat.fail("send", Temporary(retry_after=60, rate=""), times=5)
        await queue(house, *[order(one, "news") for one in places])
        await house.settle()
        for _ in range(20):
            await house.wait(0.1)
        assert house.chat.count("send") <= 6
        await house.wait(5)
        for _ in range(10):
            await house.wait(0.1)
        assert house.chat.count("send") == 8


async def test_11_without_a_declared_rate_a_429_stops_its_place_only(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        house.social("north").fail("publish", Temporary(retry_after=60, rate=""))
        await house.says("to both")
        assert (house.social("north").texts(), house.social("south").texts()) == ([], ["to both"])
        await house.wait(59)
        assert house.social("north").texts() == []
        await house.wait(2)
        assert house.social("north").texts() == ["to both"]


async def test_11_a_429_without_a_time_is_asked_again_later_and_later(tmp_path):
    async with paced(tmp_path, CHAT) as house:
        [one] = await chats(house, 1)
        await queue(house, order(one, "patience"))
        waits = []
        for _ in range(4):
            house.chat.fail("send", Temporary(rate=""))
            await house.settle()
            at = await house.store.read(lambda tx, now: tx.scalar(sa.select(t.budget.c.held_until)))
            waits.append((at - house.clock.now()).total_seconds())
            house.clock.skip(max(waits[-1], 1))
        assert [round(wait) for wait in sorted(waits)] == [round(wait) for wait in waits]
        assert waits[-1] > 5 * waits[0]


# --- what networks say -------------------------------------------------------------------------


async def test_little_that_is_left_slows_down_before_the_429(tmp_path):
    async with paced(tmp_path, social=(CALLS,)) as house:
        await house.user("ada", "north")
        account = house.social("north").account("ada")
        ear = Ear("north", house.outbox._budgets, house.clock)
        ear.heard("calls", account, Left(0, 2, 100))
        actions = [Order("favourite", f"look:{n}", account_id=1, arguments={"on": True}) for n in range(5)]
        made = await queue(house, *actions)
        assert await claim(house) == made[:2]
        assert await claim(house) == []
        assert await next_due(house) == pytest.approx(100, abs=0.1)
        house.clock.skip(100)
        assert await claim(house) == made[2:]


async def test_what_is_said_of_a_longer_span_is_about_another_limit(tmp_path):
    """Mastodon tells of 300 posts in three hours as of 300 calls in five minutes."""
    async with paced(tmp_path, social=(CALLS,)) as house:
        await house.user("ada", "north")
        ear = Ear("north", house.outbox._budgets, house.clock)
        account = house.social("north").account("ada")
        ear.heard("calls", account, Left(CALLS.amount, 0, CALLS.seconds * 30))
        made = await queue(house, Order("favourite", "look:1", account_id=1, arguments={"on": True}))
        assert await claim(house) == made
        assert Reads(house.outbox._budgets).wait("north", account.server, account, house.clock.now()) == 0


async def test_how_much_is_little_is_told_by_the_networks_own_number():
    kept = Budgets({"north": (CALLS.at(100),)})
    account = MemorySocial(name="north").account("ada")
    Ear("north", kept, ManualClock(NOW)).heard("calls", account, Left(300, 299, 100))
    assert Reads(kept).wait("north", account.server, account, NOW) == 0


def test_what_is_over_is_forgotten_without_a_look_at_all_for_each_word(monkeypatch):
    monkeypatch.setattr("bridgebot.store.hints.MOST", 10)
    hints, now = Hints(_room=10), datetime(2026, 11, 26, tzinfo=UTC)
    for number in range(40):
        hints.note(("a", "s", str(number), "r"), Left(300, 100, 300), now)
    assert (len(hints._said), hints._room) == (40, 40)
    hints.note(("a", "s", "new", "r"), Left(300, 100, 300), now + timedelta(seconds=301))
    assert (len(hints._said), hints._room) == (1, 10)


async def test_the_last_tenth_that_is_left_is_kept_for_answers(tmp_path):
    async with paced(tmp_path, social=(CALLS,)) as house:
        await house.user("ada", "north")
        ear = Ear("north", house.outbox._budgets, house.clock)
        ear.heard("calls", house.social("north").account("ada"), Left(0, 30, 100))
        item = Order("favourite", "look:item", MIRRORED, account_id=1, arguments={"on": True})
        [mirrored] = await queue(house, item)
        assert await claim(house) == []
        [answer] = await queue(house, changed(item, lane="look:answer", urgency=deliveries.ANSWER))
        assert await claim(house) == [answer]
        house.clock.skip(100)
        assert await claim(house) == [mirrored]


async def test_reading_leaves_half_of_the_rate_to_writing_and_stops_when_little_is_left():
    kept = Budgets({"north": (CALLS,)})
    reads, account = Reads(kept), MemorySocial(name="north").account("ada")
    taken = sum(reads.wait("north", account.server, account, NOW) == 0 for _ in range(300))
    assert 50 <= taken <= 150
    assert reads.wait("north", account.server, account, NOW) > 0
    other = replace(account, id="another")
    assert reads.wait("north", account.server, other, NOW) == 0
    reads.refused("north", other.server, other, "", NOW, 60)
    assert reads.wait("north", other.server, other, NOW) == pytest.approx(60)


async def test_a_timeline_that_may_not_be_read_yet_is_put_off(tmp_path):
    few = Rate("calls", Per.ACCOUNT, 2, 600)
    async with paced(tmp_path, social=(few,)) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poller.step()
        before = house.social("north").count("fetch")
        await house.poller.step()
        assert house.social("north").count("fetch") == before
        due = min(house.poller._schedule.due.values())
        assert due > house.clock.now() + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (Order("create", "l", chat_id=1), "send"),
        (Order("receipt-change", "l", chat_id=1), "edit"),
        (Order("delete", "l", account_id=1), "delete"),
        (Order("delete-original", "l", account_id=1), "delete"),
        (Order("edit-original", "l", account_id=1), "edit"),
        (Order("create", "l", account_id=1), "publish"),
        (Order("boost", "l", account_id=1, arguments={"on": False}), "unboost"),
    ],
)
def test_a_delivery_is_counted_as_the_method_that_it_calls(made, name):
    assert method(made) == name


# --- the loop ----------------------------------------------------------------------------------


async def test_the_outbox_keeps_the_rate_in_real_time(tmp_path):
    """The loop itself, by the machine's clock: 60 messages at 60 a second, evenly."""
    from bridgebot.testing.clock import RealClock

    fast = Rate("overall", Per.BOT, 60, 1)
    house = TestHouse(tmp_path, chat=chatty(fast), clock=RealClock())
    sent = []

    async def send(chat, message):
        sent.append(house.clock.now())
        return (f"m{len(sent)}",)

    house.chat.send = send
    async with house:
        await queue(house, *[order(one, "news") for one in await chats(house, 90)])
        running = asyncio.create_task(house.outbox.run())
        async with asyncio.timeout(60):
            while len(sent) < 90:
                await asyncio.sleep(0.05)
        running.cancel()
    assert most_in(sent, timedelta(seconds=1)) <= 63
