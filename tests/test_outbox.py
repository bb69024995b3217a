"""Going out: each numbered sentence of docs/architecture.md on what goes out, on memory networks."""

from __future__ import annotations

import ast
import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebot import outbox
from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Limits
from bridgebot.outbox import outcome
from bridgebot.store import deliveries, lanes, people, put_off
from bridgebot.store import tables as t
from bridgebot.store.deliveries import FOLLOW_UP, MIRRORED, Order
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


@pytest.fixture
def settling(tmp_path):
    """A house whose network settles what is unconfirmed in a given way."""

    def make(way: OnUnconfirmed, **more) -> TestHouse:
        able = replace(MemorySocial().capabilities, on_unconfirmed=way)
        return TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=able),), **more)

    return make


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


async def called(adapter, method: str) -> None:
    """Wait until a call of the adapter is under way."""
    async with asyncio.timeout(60):
        while not adapter.count(method):
            await asyncio.sleep(0.01)


async def creates(house):
    return await rows(house, t.delivery, t.delivery.c.action == "create")


def north(house) -> MemorySocial:
    return house.social("north")


async def queue(house, *orders: Order) -> list[int]:
    return await house.store.run(lambda tx, now: [deliveries.queue(tx, now, order) for order in orders])


def order(text: str, *, lane: str = "chat:1", **more) -> Order:
    return Order(action="notice", lane=lane, chat_id=1, arguments={"text": text, "language": "en"}, **more)


# --- 8 ---


async def test_8_a_lane_goes_by_urgency_then_by_order(house):
    await queue(
        house,
        order("mirrored 1", urgency=MIRRORED),
        order("mirrored 2", urgency=MIRRORED),
        order("receipt", urgency=FOLLOW_UP),
        order("answer 1"),
        order("answer 2"),
    )
    await house.settle()
    assert house.chat.lines()[-5:] == ["answer 1", "answer 2", "receipt", "mirrored 1", "mirrored 2"]


async def test_8_a_flood_of_answers_leaves_half_of_the_room_to_receipts_that_wait_too_long(house):
    answers = [order("answer", lane=f"answer:{n}") for n in range(9)]
    receipts = [order("receipt", lane=f"receipt:{n}", urgency=FOLLOW_UP) for n in range(3)]
    await queue(house, *answers, *receipts)

    async def claimed(later: timedelta) -> list[str]:
        found = await house.store.run(lambda tx, now: lanes.claim(tx, now + later, outbox.LEASE, 4))
        return [one.arguments["text"] for one, _ in found]

    assert await claimed(timedelta(0)) == ["answer"] * 4
    assert await claimed(lanes.PATIENCE) == ["receipt"] * 2 + ["answer"] * 2
    assert await claimed(lanes.PATIENCE) == ["receipt"] + ["answer"] * 3


async def test_8_a_delivery_never_overtakes_what_it_stands_after(house):
    [late] = await queue(house, order("first", lane="chat:x", due_at=house.clock.now().replace(year=2027)))
    await queue(house, order("second", after_id=late), order("unrelated"))
    await house.settle()
    assert house.chat.lines()[-1] == "unrelated"
    await house.store.run(lambda tx, now: deliveries.change(tx, late, due_at=now))
    await house.settle()
    assert house.chat.lines()[-2:] == ["first", "second"]


async def test_8_what_stands_after_a_failure_fails_with_a_sentence(house):
    north(house).fail("publish", Rejected())
    line = await house.says("too bold")
    assert "✗ North" in house.chat.last()
    [first] = await creates(house)
    await house.says("and further", reply_to=line)
    assert first["state"] == "failed"
    assert north(house).texts() == []
    assert "Nothing was posted" in house.chat.last()


async def test_8_one_stalled_lane_does_not_hold_another(house):
    await house.user("bo", "north")
    release = north(house).hang("publish")
    house.chat.say("stuck", sender="ada")
    await house.chat.settled()
    stuck = asyncio.create_task(house.outbox.step())
    await called(north(house), "publish")
    house.chat.say("goes on", sender="bo")
    await house.chat.settled()
    async with asyncio.timeout(60):
        while not north(house).texts():
            await house.outbox._start_due()
            await asyncio.sleep(0.02)
    assert north(house).texts() == ["goes on"]
    release.set()
    await stuck
    await house.settle()
    assert sorted(north(house).texts()) == ["goes on", "stuck"]


async def test_8_what_is_due_later_is_known_by_the_time_of_the_look(house):
    """Claim and the next due time come from one look: nothing falls between two."""
    due = house.clock.now() + timedelta(seconds=5)
    await queue(house, order("later", due_at=due))
    assert await house.outbox._start_due() == 0
    assert house.outbox._next_look == due
    house.clock.skip(5)
    await house.settle()
    assert house.chat.last() == "later"


# --- 9 ---


async def test_9_a_claim_that_was_not_started_is_simply_due_again(house):
    [made] = await queue(house, order("claimed, then the process died"))
    claimed = await house.store.run(lambda tx, now: lanes.claim(tx, now, outbox.LEASE, 50))
    assert [d.id for d, _ in claimed] == [made]
    assert await house.outbox.step() == 0
    house.clock.skip(outbox.LEASE.total_seconds() + 1)
    await house.settle()
    assert house.chat.last() == "claimed, then the process died"
    assert (await rows(house, t.delivery, t.delivery.c.id == made))[0]["attempts"] == 1


async def test_9_a_call_that_was_interrupted_is_unconfirmed(settling):
    async with settling(OnUnconfirmed.ASK) as house:
        await house.user("ada", "north")
        house.chat.say("half sent")
        await house.chat.settled()
        [(claimed, _)] = await house.store.run(lambda tx, now: lanes.claim(tx, now, outbox.LEASE, 50))
        await house.store.run(
            lambda tx, now: house.outbox._beginner.begin(
                tx, now, [claimed], house.outbox._budgets.gate(tx, now)
            )
        )
        await house.store.run(lambda tx, now: outbox.recover(tx, now, house.house))
        assert [row["state"] for row in await creates(house)] == ["unconfirmed"]
        await house.settle()
        assert "Is it there" in " ".join(house.chat.lines())


async def test_9_a_lost_lease_starts_no_call(house):
    await queue(house, order("once"))
    [(stale, _)] = await house.store.run(lambda tx, now: lanes.claim(tx, now, outbox.LEASE, 50))
    house.clock.skip(outbox.LEASE.total_seconds() + 1)
    [(fresh, _)] = await house.store.run(lambda tx, now: lanes.claim(tx, now, outbox.LEASE, 50))
    assert not await house.store.run(lambda tx, now: deliveries.start(tx, [stale]))
    assert await house.store.run(lambda tx, now: deliveries.start(tx, [fresh]))


# --- 10 ---


async def test_10_parts_are_frozen_and_a_retry_sends_the_same_with_the_same_key(house):
    north(house).fail("publish", Temporary())
    await house.says("frozen")
    await house.wait(5)
    first, second = [call.arguments for call in north(house).calls if call.name == "publish"]
    assert (first[1], first[2]) == (second[1], second[2])


async def test_10_a_retry_goes_on_at_the_part_that_failed(tmp_path):
    short = replace(MemorySocial().capabilities, limits=Limits(100))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=short),)) as house:
        user = await house.user("ada", "north")
        await house.store.run(lambda tx, now: tx.update(t.account, limits={"max_length": 100}))
        north(house).fail("publish", Temporary(), at=2)
        await house.says("word " * 50)
        await house.wait(10)
        made = north(house).posts
        assert len(made) == 3
        assert [post.reply_to for post in made] == [None, made[0].id, made[1].id]
        assert [post.text[-5:] for post in made] == ["(1/3)", "(2/3)", "(3/3)"]
        assert user


# --- 11 ---


async def test_11_sent_notes_copy_and_receipt(house):
    await house.says("a fine day")
    post = north(house).posts[0]
    copies = await rows(house, t.copy, t.copy.c.realm == "north.example")
    assert [(c["native_id"], c["role"], c["url"]) for c in copies] == [(post.id, "mirror", post.url)]
    assert house.chat.last().startswith(f"#2k7 public ✓ North {post.url}")


async def test_11_temporary_makes_the_lane_wait_in_order(house):
    north(house).fail("publish", Temporary(retry_after=30))
    await house.says("first")
    await house.says("second")
    assert north(house).texts() == []
    await house.wait(31)
    assert north(house).texts() == ["first", "second"]


async def test_11_what_a_network_put_off_goes_when_its_limits_are_others(house):
    north(house).fail("publish", Temporary(retry_after=3000))
    await house.says("first")
    await house.says("second")
    await house.wait(600)
    assert await house.store.run(lambda tx, now: put_off.try_now(tx, now, "south")) == 0
    await house.settle()
    assert north(house).texts() == []
    assert await house.store.run(lambda tx, now: put_off.try_now(tx, now, "north")) == 1
    await house.settle()
    assert north(house).texts() == ["first", "second"]
    assert await house.store.run(lambda tx, now: put_off.try_now(tx, now, "north")) == 0


async def test_11_rejected_fails_and_the_next_goes_on(house):
    north(house).fail("publish", Rejected("skip-read-only"))
    await house.says("refused")
    assert "✗ North" in house.chat.last()
    assert "read" in house.chat.last()
    await house.says("accepted")
    assert north(house).texts() == ["accepted"]


async def test_11_an_expired_account_is_held_until_it_is_linked_again(house):
    account = north(house).account("ada")
    north(house).expire(account)
    await house.says("keep this")
    await house.says("and this")
    told = [line for line in house.chat.lines() if "/relink north" in line and "no longer accepts" in line]
    assert len(told) == 1
    north(house).network.tokens["token-ada"] = account.id
    await house.says("/relink north")
    await house.says("token-ada")
    assert north(house).texts() == ["keep this", "and this"]


async def test_11_a_chat_that_is_gone_is_held_until_it_is_back(house):
    house.chat.fail("send", TargetGone())
    await queue(house, order("while away"))
    await house.settle()
    assert "while away" not in house.chat.lines()
    await house.says("/status")
    assert "while away" in house.chat.lines()


async def test_11_too_many_attempts_park_it_with_a_notice(house):
    north(house).fail("publish", Temporary(), times=100)
    await house.says("never")
    for _ in range(25):
        await house.wait(400)
    assert [row["state"] for row in await creates(house)] == ["parked"]
    assert len([line for line in house.chat.lines() if "A delivery to North" in line]) == 1
    north(house)._faults.clear()
    await house.says("the next one")
    assert north(house).texts() == ["the next one"]


async def test_11_what_is_away_is_tried_for_about_an_hour(house):
    waits = [outcome.backoff(attempts) for attempts in range(1, outcome.MOST_ATTEMPTS)]
    assert 2700 < sum(waits) < 4500
    assert len({outcome.backoff(5) for _ in range(20)}) > 10, "not all at the same moment"
    assert max(outcome.backoff(1000) for _ in range(20)) <= 360
    assert outcome.backoff(1, 600) == 600
    north(house).fail("publish", Temporary(retry_after=1), times=100)
    await house.says("it says in a second, for minutes")
    for _ in range(30):
        await house.wait(2)
    assert [row["state"] for row in await creates(house)] == ["queued"]
    assert north(house).count("publish") < 9


async def test_11_a_429_that_says_no_time_is_not_asked_again_at_once(house):
    north(house).fail("publish", Temporary(retry_after=0, rate=""), times=100)
    await house.says("at once")
    await house.wait(0.1)
    assert north(house).count("publish") == 1


# --- 12 ---


async def test_12_repeat_with_the_same_key(house):
    north(house).fail("publish", Unconfirmed(), acted=True)
    await house.says("only once")
    await house.wait(10)
    assert north(house).count("publish") == 2
    assert north(house).texts() == ["only once"]
    assert "✓ North" in house.chat.last()


async def test_12_look_finds_it(settling):
    async with settling(OnUnconfirmed.LOOK) as house:
        await house.user("ada", "north")
        north(house).fail("publish", Unconfirmed(), acted=True)
        await house.says("is it there?")
        await house.wait(6)
        assert (north(house).count("publish"), north(house).count("find")) == (1, 1)
        assert north(house).texts() == ["is it there?"]
        assert [row["state"] for row in await creates(house)] == ["sent"]


async def test_12_look_finds_nothing_and_it_is_sent_again(settling):
    async with settling(OnUnconfirmed.LOOK) as house:
        await house.user("ada", "north")
        north(house).fail("publish", Unconfirmed())
        await house.says("lost on the way")
        for _ in range(3):
            await house.wait(31)
        assert (north(house).count("publish"), north(house).count("find")) == (2, 2)
        assert north(house).texts() == ["lost on the way"]


async def test_12_of_two_alike_the_lost_one_is_not_taken_for_the_other(settling):
    """The second has its answer, so it is not what became of the first."""
    async with settling(OnUnconfirmed.LOOK) as house:
        await house.user("ada", "north")
        north(house).fail("publish", Unconfirmed())
        await house.says("again")
        await house.says("again")
        house.chat.press("Post")
        await house.settle()
        assert north(house).texts() == ["again"]
        for _ in range(3):
            await house.wait(31)
        assert north(house).texts() == ["again", "again"]
        assert [row["state"] for row in await creates(house)] == ["sent", "sent"]


@pytest.mark.parametrize(("answer", "acted"), [("It is there", True), ("Send again", False)])
async def test_12_ask_and_do_as_told(settling, answer, acted):
    async with settling(OnUnconfirmed.ASK) as house:
        await house.user("ada", "north")
        north(house).fail("publish", Unconfirmed(), acted=acted)
        await house.says("who knows")
        assert "?" in house.chat.lines()[-1] or "?" in house.chat.lines()[-2]
        house.chat.press(answer)
        await house.settle()
        assert north(house).texts() == ["who knows"]
        assert [row["state"] for row in await creates(house)] == ["sent"]


@pytest.mark.parametrize("acted", [True, False])
async def test_12_in_a_chat_an_unanswered_item_is_repeated_once(house, acted):
    house.chat.fail("send", Unconfirmed(), acted=acted)
    await queue(house, order("perhaps twice"))
    await house.settle()
    await house.wait(10)
    await house.wait(100)
    assert house.chat.lines().count("perhaps twice") == (2 if acted else 1)


async def frozen(house, text: str) -> int:
    """A message that was tried once, and surely not sent."""
    house.chat.fail("send", Temporary())
    [made] = await queue(house, order(text))
    await house.settle()
    return made


async def ends_while_sending(house, delivery_id: int, attempts: int) -> str:
    """The process ends during this attempt and comes back; the delivery's state then."""

    def unit(tx, now):
        deliveries.change(tx, delivery_id, state="sending", attempts=attempts)
        outbox.recover(tx, now, house.house)
        return deliveries.delivery(tx, delivery_id).state

    return await house.store.run(unit)


async def test_12_after_the_process_ended_twice_a_message_still_comes(house):
    made = await frozen(house, "at least once")
    assert [await ends_while_sending(house, made, attempts) for attempts in (1, 2)] == ["queued"] * 2
    await house.wait(10)
    assert house.chat.lines().count("at least once") == 1


async def test_12_what_may_end_the_process_is_let_be_after_many_attempts(house):
    made = await frozen(house, "perhaps the reason")
    states = [await ends_while_sending(house, made, n + 1) for n in range(outcome.MOST_ATTEMPTS)]
    assert states == ["queued"] * (outcome.MOST_ATTEMPTS - 1) + ["failed"]


async def test_12_harmless_actions_are_simply_repeated(settling):
    async with settling(OnUnconfirmed.ASK) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poll()
        await house.wait(1)
        social = north(house)
        social.network.follows.add((social.network.person("ada").id, social.network.person("lin").id))
        social.add_post("lin", "like me")
        await house.poll()
        social.fail("favourite", Unconfirmed(), acted=True)
        await house.says("/fav 2k7")
        await house.wait(5)
        assert social.count("favourite") == 2
        assert house.chat.last() == "★ 2k7"


# --- 13 ---


async def test_13_the_receipt_waits_for_all_then_says_how_it_ended(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("to both")
        receipts = [line for line in house.chat.lines() if line.startswith("#")]
        assert len(receipts) == 1
        assert receipts[0].count("✓") == 2


async def test_13_after_a_moment_it_says_what_it_knows_and_is_edited_to_the_end(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        house.social("south").fail("publish", Temporary(retry_after=60))
        await house.says("to both")
        await house.wait(2)
        assert "✓ North" in house.chat.last()
        assert "… South" in house.chat.last()
        await house.wait(60)
        receipts = [line for line in house.chat.lines() if line.startswith("#")]
        assert len(receipts) == 1
        assert "✓ South" in receipts[0]


async def test_13_where_messages_cannot_change_there_is_a_final_line(tmp_path):
    plain = MemoryChat(name="chat", capabilities=replace(MemoryChat().capabilities, edit=False, delete=False))
    async with TestHouse(tmp_path, chat=plain) as house:
        await house.user("ada", "north", "south")
        house.social("south").fail("publish", Temporary(retry_after=60))
        await house.says("to both")
        await house.wait(2)
        await house.wait(60)
        receipts = [line for line in house.chat.lines() if line.startswith("#")]
        assert len(receipts) == 2
        assert "✓ South" in receipts[-1]


async def test_13_it_never_says_posted_before_the_id_is_stored(house):
    release = north(house).hang("publish", acted=True)
    house.chat.say("on its way")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    await called(north(house), "publish")
    house.clock.skip(2)
    await house.outbox._start_due()
    await asyncio.sleep(0.05)
    assert "✓" not in house.chat.last()
    release.set()
    await step
    await house.settle()
    assert "✓ North" in house.chat.last()


# --- 15 ---


@pytest.mark.parametrize(("command", "routed"), [("/follow @lin", 1), ("/list Lin", 1), ("/whois @lin", 0)])
async def test_whoever_is_followed_is_read_at_once(house, command, routed):
    """What makes a route wakes the poller: nothing else may happen for a minute."""
    await house.user("ada", "north")
    network = north(house).network
    network.follows.add((network.person("ada").id, network.person("lin").id))
    woken = []
    house.outbox._routed = lambda: woken.append(command)
    await house.says(command)
    assert len(woken) == routed


async def test_15_a_look_up_is_queued_and_answers_when_it_ends(house):
    north(house).network.person("lin")
    north(house).hang("whois")
    house.chat.say("/whois @lin")
    await house.chat.settled()
    looks = await rows(house, t.delivery, t.delivery.c.action == "whois")
    assert [row["state"] for row in looks] == ["queued"]
    assert north(house).count("whois") == 0


async def test_15_undo_takes_back_what_one_message_did(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("first")
        await house.says("second")
        await house.says("/undo")
        assert house.social("north").texts() == ["first"] == house.social("south").texts()
        await house.says("/undo")
        assert house.social("north").texts() == [] == house.social("south").texts()
        await house.says("/undo")
        assert house.chat.last() == "There is nothing to take back."


# --- 16 ---


def test_16_adapters_are_called_by_five_modules_only():
    """And by the demo, which plays the other people of its network."""
    network = {
        "send", "publish", "fetch", "favourite", "boost", "follow", "whois", "describe", "listen", "link",
        "requests", "approve", "thread", "reports", "suspend", "check",
    }  # fmt: skip
    package = Path(outbox.__file__).parent.parent
    callers = set()
    for path in package.rglob("*.py"):
        module = path.relative_to(package).parts[0].removesuffix(".py")
        if module in ("testing", "scaffold"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
                function = node.value.func
                if isinstance(function, ast.Attribute) and function.attr in network:
                    callers.add(module)
    assert callers <= {"supervisor", "outbox", "poller", "linking", "watchdog", "demo"}
    assert {"outbox", "poller", "linking"} <= callers


async def test_what_a_blocked_user_had_queued_does_not_leave(house):
    await house.says("/pause")
    await house.says("spam")
    await house.store.run(lambda tx, now: tx.update(t.user, role="blocked", paused_at=None))
    await house.settle()
    assert north(house).texts() == []
    [user] = await rows(house, t.user)
    await house.store.run(lambda tx, now: people.let_go(tx, now, user["id"], role="user"))
    await house.settle()
    assert north(house).texts() == ["spam"]


# --- how much it costs ---


async def test_statements_and_commits_of_one_message(house):
    """Structural cost, exact and without noise: it may only shrink."""
    statements = []
    raw = house.store.database.engine().raw_connection()
    raw.driver_connection.set_trace_callback(statements.append)
    before = house.store.database.commits
    await house.says("count me")
    assert len(statements) <= 106
    assert house.store.database.commits - before <= 9
