"""More comes in than a chat can carry: a digest, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.adapter import Per, Rate
from bridgebot.model import Chat, Person, Press
from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

SLOW = Rate("chat", Per.CHAT, 1, 10)  # a message in ten seconds


def chat(**less) -> MemoryChat:
    return MemoryChat(name="chat", capabilities=replace(EVERYTHING, rates=(SLOW,), **less))


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path, chat=chat()) as house:
        yield await following(house)


async def following(house: TestHouse) -> TestHouse:
    """Ada reads Lin's posts."""
    await house.user("ada", "north")
    await house.says("/home on north")
    await house.poll()
    north = house.social("north")
    north.network.follows.add((north.network.person("ada").id, north.network.person("lin").id))
    await minutes(house, 1)
    return house


async def flood(house: TestHouse, number: int, first: int = 1) -> None:
    for n in range(first, first + number):
        house.social("north").add_post("lin", f"item {n}")
    await house.poll()


async def minutes(house: TestHouse, number: float) -> None:
    """Time passes, and the house looks after it as it does."""
    for _ in range(round(number * 6)):
        await house.digests.step()
        await house.wait(10)


def shown(house: TestHouse) -> list[str]:
    """The items that stand in the chat."""
    return [
        word
        for line in house.chat.lines()
        for word in [line.split("item ")[-1].split("\n")[0]]
        if "item " in line
    ]


def told(house: TestHouse) -> list[str]:
    return [line for line in house.chat.lines() if "more than I can show" in line]


async def press_show(house: TestHouse) -> None:
    line = next(one for one in reversed(house.chat.messages()) if any(b.label == "Show" for b in one.buttons))
    data = next(button.data for button in line.buttons if button.label == "Show")
    house.chat.network.press(line.id, data, sender="ada")
    await house.settle()
    await minutes(house, 1)


async def waiting(house: TestHouse) -> int:
    query = sa.select(sa.func.count()).where(t.delivery.c.state == "queued")
    return await house.store.read(lambda tx, now: tx.scalar(query))


async def test_a_flood_becomes_one_line_that_says_how_much_there_is(house):
    await flood(house, 60)
    await minutes(house, 2)
    [line] = told(house)
    before = len(shown(house))
    assert 6 <= before < 20
    assert line.startswith(f"{60 - before} posts in 1 min")
    await minutes(house, 3)
    assert len(shown(house)) == before
    assert len(told(house)) == 1


async def test_what_is_kept_is_shown_a_few_at_a_time_and_nothing_is_lost(house):
    await flood(house, 40)
    await minutes(house, 2)
    for _ in range(12):
        await press_show(house)
        if "Nothing is kept" in house.chat.last():
            break
    assert shown(house) == [str(n) for n in range(1, 41)]
    assert await waiting(house) == 0


async def test_every_item_that_is_shown_has_its_short_id(house):
    await flood(house, 40)
    await minutes(house, 2)
    await press_show(house)
    newest = next(line for line in reversed(house.chat.messages()) if "item " in line.text)
    await house.says("/fav", reply_to=newest.id)
    await minutes(house, 1)
    assert len(house.social("north").network.favourites) == 1


async def test_a_little_that_waits_is_no_flood(house):
    await flood(house, 18)
    await minutes(house, 4)
    assert (told(house), len(shown(house))) == ([], 18)


async def test_while_it_goes_on_there_is_one_line_in_ten_minutes(house):
    for n in range(12):
        await flood(house, 30, first=1 + 30 * n)
        await minutes(house, 2)
    assert len(told(house)) == 3


async def test_when_little_comes_again_it_is_shown_at_once(house):
    await flood(house, 60)
    await minutes(house, 12)
    await flood(house, 2, first=100)
    await minutes(house, 1)
    assert shown(house)[-2:] == ["100", "101"]


async def test_answers_come_while_items_are_kept(house):
    await flood(house, 60)
    await minutes(house, 2)
    await house.says("/whois @lin")
    await minutes(house, 0.5)
    assert "@lin" in house.chat.last()


async def test_an_edit_of_a_kept_item_shows_the_new_words_and_a_deleted_one_is_left_out(house):
    await flood(house, 40)
    await minutes(house, 2)
    north = house.social("north")
    by_text = {post.text: post.id for post in north.posts}
    first = len(shown(house)) + 1
    north.edit_post(by_text[f"item {first}"], "item edited")
    north.delete_post(by_text[f"item {first + 1}"])
    await house.poll()
    await press_show(house)
    assert shown(house)[first - 1 : first + 1] == ["edited", str(first + 2)]


async def test_a_restart_keeps_what_is_kept(tmp_path):
    async with TestHouse(tmp_path, chat=chat()) as house:
        await following(house)
        await flood(house, 40)
        await minutes(house, 2)
        network, clock, north, count = house.chat.network, house.clock, house.socials, len(shown(house))
    again = MemoryChat(name="chat", capabilities=replace(EVERYTHING, rates=(SLOW,)), network=network)
    async with TestHouse(tmp_path, chat=again, socials=north, clock=clock) as house:
        await minutes(house, 1)
        assert len(shown(house)) == count
        await press_show(house)
        assert len(shown(house)) == count + 5


async def test_without_buttons_a_command_shows_it(tmp_path):
    async with TestHouse(tmp_path, chat=chat(buttons=False)) as house:
        await following(house)
        await flood(house, 40)
        await minutes(house, 2)
        before = len(shown(house))
        assert "/digest shows them" in told(house)[0]
        await house.says("/digest")
        await minutes(house, 1)
        assert len(shown(house)) == before + 5
        await house.says("/digest all")
        await minutes(house, 7)
        assert shown(house) == [str(n) for n in range(1, 41)]
        await house.says("/digest")
        await minutes(house, 1)
        assert house.chat.last() == "Nothing is kept here."


async def test_what_is_kept_is_no_work_that_is_open(house):
    await flood(house, 60)
    await minutes(house, 2)
    assert await house.store.read(lambda tx, now: deliveries.oldest_open(tx)) is None


async def test_only_the_chat_itself_can_ask_for_what_it_keeps(house):
    await flood(house, 60)
    await minutes(house, 2)
    before = await waiting(house)
    token = await house.store.read(lambda tx, now: tx.scalar(sa.select(t.digest.c.token)))
    await house.user("bo")
    stolen = Press("stolen", Chat("bo", direct=True), Person("bo"), "m1", f"{token}:show")
    await house.inbox.receive("chat", stolen)
    await house.wait(30)
    assert await waiting(house) == before
