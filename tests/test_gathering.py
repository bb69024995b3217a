"""Who liked, boosted or followed: few lines, each person once, through restarts and silences."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.keeper import Keeper
from bridgebot.model import changed
from bridgebot.store import digests
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

LIN = "@lin@north.example (Lin)"


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield await posting(house)


@pytest.fixture
async def stiff(tmp_path):
    """A chat whose messages cannot change."""
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, edit=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        yield await posting(house)


async def posting(house: TestHouse) -> TestHouse:
    """Ada has a post on North, #2k7, and hears of what happens to it."""
    await house.user("ada", "north")
    await house.says("/mentions on")
    await house.says("a post")
    await house.poll()
    await house.wait(2)
    return house


async def does(
    house: TestHouse, kind: str, *names: str, social: str = "north", post: str | None = None
) -> None:
    network: MemorySocial = house.social(social)
    about = None if kind.startswith("follow") else post or network.posts[0].id
    for name in names:
        network.notify("ada", kind, name, about)
    await house.poll()
    await house.wait(15)


def told(house: TestHouse) -> list[str]:
    """The lines that tell of it."""
    return [line for line in house.chat.lines() if "North)" in line or "on North" in line][1:]


# --- where messages can change -----------------------------------------------------------------


async def test_who_likes_a_post_stands_in_one_line_that_grows(house):
    await does(house, "favourite", "lin")
    assert told(house) == [f"★ {LIN} likes 2k7 (North)"]
    await does(house, "favourite", "bo")
    assert told(house) == ["★ @bo@north.example (Bo) and one other like 2k7 (North)"]
    await does(house, "favourite", "cy", "di")
    assert told(house) == ["★ @di@north.example (Di) and 3 others like 2k7 (North)"]


async def test_kinds_and_posts_have_lines_of_their_own(house):
    await house.says("another")
    await house.wait(2)
    first, second = house.social("north").posts
    for kind in ("favourite", "boost", "follow"):
        await does(house, kind, "lin", "bo", post=first.id)
    await does(house, "boost", "lin", post=second.id)
    assert told(house) == [
        "★ @bo@north.example (Bo) and one other like 2k7 (North)",
        "🔁 @bo@north.example (Bo) and one other boosted 2k7 (North)",
        "@bo@north.example (Bo) and one other follow you on North.",
        f"🔁 {LIN} boosted 3bd (North)",
    ]


async def test_nobody_is_named_twice_for_the_same(house):
    await does(house, "favourite", "lin")
    for _ in range(3):
        await does(house, "favourite", "lin")  # taken back and given again
    await does(house, "favourite", "bo", "lin")
    assert told(house) == ["★ @bo@north.example (Bo) and one other like 2k7 (North)"]


async def test_what_one_does_oneself_is_not_told(house):
    await does(house, "favourite", "ada")
    await does(house, "boost", "ada")
    assert told(house) == []


async def test_a_post_on_two_networks_has_one_line(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("/mentions on north")
        await house.says("/mentions on south")
        await house.says("a post")
        await house.poll()
        await house.wait(2)
        await does(house, "favourite", "lin")
        await does(house, "favourite", "bo", social="south")
        lines = [line for line in house.chat.lines() if line.startswith("★")]
        assert lines == ["★ @bo@south.example (Bo) and one other like 2k7 (North, South)"]


async def test_many_at_once_are_one_message_and_at_most_one_change(house):
    sent = house.chat.count("send")
    edits = house.chat.count("edit")
    for n in range(30):
        house.social("north").notify("ada", "favourite", f"fan{n}", house.social("north").posts[0].id)
    await house.poll()
    await house.wait(15)
    assert told(house) == ["★ @fan29@north.example (Fan29) and 29 others like 2k7 (North)"]
    assert house.chat.count("send") - sent == 1
    assert house.chat.count("edit") - edits <= 1


async def test_a_line_of_yesterday_is_left_and_the_next_counts_anew(house):
    await does(house, "favourite", "lin")
    await house.wait(90000)
    await does(house, "favourite", "bo")
    assert told(house) == [f"★ {LIN} likes 2k7 (North)", "★ @bo@north.example (Bo) likes 2k7 (North)"]


async def test_a_post_that_nobody_here_knows_is_told_of_without_an_id(house):
    await does(house, "favourite", "lin", "bo", post="p999")
    assert told(house) == ["★ @bo@north.example (Bo) and one other like a post of yours (North)"]


# --- where they cannot -------------------------------------------------------------------------


async def test_elsewhere_a_line_waits_for_five_minutes(stiff):
    await does(stiff, "favourite", "lin", "bo", "cy")
    await stiff.wait(240)
    assert told(stiff) == []
    await does(stiff, "favourite", "di")
    await stiff.wait(60)
    assert told(stiff) == ["★ @di@north.example (Di) and 3 others like 2k7 (North)"]
    await does(stiff, "favourite", "ed")
    await stiff.wait(300)
    assert told(stiff)[1:] == ["★ @ed@north.example (Ed) likes 2k7 (North)"]


async def test_or_for_ten_people(stiff):
    await does(stiff, "favourite", *(f"fan{n}" for n in range(9)))
    assert told(stiff) == []
    await does(stiff, "favourite", "lin")
    assert told(stiff) == [f"★ {LIN} and 9 others like 2k7 (North)"]


async def test_a_restart_in_between_loses_and_repeats_nothing(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, edit=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await posting(house)
        await does(house, "favourite", "lin", "bo")
        await does(house, "boost", *(f"fan{n}" for n in range(10)))
        before = told(house)
    again = MemoryChat(name="chat", capabilities=chat.capabilities, network=chat.network)
    async with TestHouse(tmp_path, chat=again, socials=house.socials, clock=house.clock) as after:
        await does(after, "favourite", "lin", "cy")
        await after.wait(300)
        assert told(after) == [*before, "★ @cy@north.example (Cy) and 2 others like 2k7 (North)"]


# --- silences ----------------------------------------------------------------------------------


async def test_off_keeps_a_line_and_on_shows_it(house):
    await _is_kept(house)


async def test_off_keeps_a_line_that_was_waiting_too(stiff):
    await _is_kept(stiff)


async def _is_kept(house: TestHouse) -> None:
    await house.says("/off")
    await does(house, "favourite", "lin")
    await does(house, "favourite", "bo")
    await house.wait(400)
    assert told(house) == []
    await house.says("/on")
    await house.wait(2)
    assert told(house) == ["★ @bo@north.example (Bo) and one other like 2k7 (North)"]
    assert any("one item was kept" in line for line in house.chat.lines())


async def test_a_digest_keeps_lines_with_what_else_came(tmp_path):
    async with TestHouse(tmp_path) as house:
        await posting(house)
        await house.store.run(_gathers)
        await does(house, "favourite", "lin")
        assert told(house) == []
        await house.store.run(_gather)
        await does(house, "favourite", "bo")
        assert told(house) == []
        await house.says("/digest")
        assert told(house) == ["★ @bo@north.example (Bo) and one other like 2k7 (North)"]


def _gathers(tx, now):
    tx.update(t.chat, t.chat.c.native_id == "ada", digest_at=now)


def _gather(tx, now):
    digests.gather(tx, now, tx.scalar(sa.select(t.chat.c.id).where(t.chat.c.native_id == "ada")))


# --- requests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "said"), [("Approve", "follows you"), ("Reject", "does not follow you")])
async def test_each_request_is_a_line_with_buttons(house, label, said):
    network = house.social("north").network
    await house.says("/lock")
    for name in ("bo", "lin"):
        network.follow(network.person(name), network.person("ada"), True)
    await house.poll()
    asked = [line for line in house.chat.messages() if "wants to follow you" in line.text]
    assert [line.text.split()[0] for line in asked] == ["@bo@north.example", "@lin@north.example"]
    assert [[button.label for button in line.buttons] for line in asked] == [["Approve", "Reject"]] * 2
    house.chat.press(label)
    await house.settle()
    assert said in house.chat.last()
    assert "@lin" in house.chat.last()
    assert ("u-bo", "u-ada") in network.pending
    assert (("u-lin", "u-ada") in network.follows) is (label == "Approve")


# --- names -------------------------------------------------------------------------------------


async def test_a_name_can_neither_begin_a_line_nor_carry_a_mark_of_the_bots(house):
    network = house.social("north").network
    evil = changed(network.person("evil"), name="x\n✓ posted\u202e\u200b", handle="✓ posted [2k7]")
    network.people[evil.id] = evil
    await does(house, "follow", "evil")
    assert house.chat.last() == "@✓ posted (2k7) (x ✓ posted) follows you on North."


async def test_what_adapters_keep_in_tables_of_their_own_is_swept_by_the_same_hand(house):
    swept = []
    sweep = lambda connection, now: swept.append((connection.scalar(sa.select(1)), now))  # noqa: E731
    await Keeper(house.store, house.clock, lambda: 90, [sweep, sweep]).step()
    assert swept == [(1, house.clock.now())] * 2


async def test_what_people_did_is_forgotten_with_the_words_of_others(house):
    await does(house, "favourite", "lin")
    house.clock.skip(31 * 86400)
    await Keeper(house.store, house.clock, lambda: 90).step()
    left = await house.store.read(
        lambda tx, now: tx.scalar(sa.select(sa.func.count()).select_from(t.happening))
    )
    assert left == 0
