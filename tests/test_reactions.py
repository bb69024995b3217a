"""Reactions to what the bot shows: they set and take off marks, for whoever switched that on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot.adapter import SocialCapabilities
from bridgebot.errors import Rejected
from bridgebot.model import Audience, Chat, Person, Reaction, TimelineKind
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

ADA = Chat("ada", direct=True)


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("/settings reactions on")
        yield house


async def react(house, line: str, *emojis: str, sender: str = "ada") -> None:
    house.chat.react(line, *emojis, sender=sender)
    await house.settle()


def marks(house, name: str = "north") -> tuple[int, int, int]:
    network = house.social(name).network
    return len(network.favourites), len(network.boosts), len(network.bookmarks)


async def queued(house) -> list[tuple[str, bool]]:
    """Every mark that was queued, in its order: what, and on or off."""
    d = t.delivery.c
    query = sa.select(d.action, d.arguments).where(d.action.in_(("favourite", "boost", "bookmark")))
    rows = await house.store.read(lambda tx, now: tx.connection.execute(query.order_by(d.id)).all())
    return [(action, arguments["on"]) for action, arguments in rows]


# --- what they do ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("emoji", "expected"),
    [
        *((emoji, (1, 0, 0)) for emoji in ("⭐", "⭐️", "❤", "❤️", "👍", "👍🏽")),
        *((emoji, (0, 1, 0)) for emoji in ("🔁", "⚡")),
        *((emoji, (0, 0, 1)) for emoji in ("🔖", "✍️", "✍🏿")),
        *((emoji, (0, 0, 0)) for emoji in ("👎", "🔥", "❤️‍🔥", "💔", "x", "")),
    ],
)
async def test_an_emoji_sets_its_mark(house, emoji, expected):
    item = await house.shows("欢迎 👋")
    before = len(house.chat.lines())
    await react(house, item, emoji)
    assert marks(house) == expected
    assert len(house.chat.lines()) - before == sum(expected)


async def test_the_answer_is_that_of_the_button(house):
    item = await house.shows("hello")
    house.chat.press("⭐")
    await house.settle()
    by_button = house.chat.last()
    house.chat.press("⭐")
    await house.settle()
    await react(house, item, "⭐")
    assert house.chat.last() == by_button


async def test_what_is_taken_away_takes_the_mark_off(house):
    item = await house.shows("hello")
    await react(house, item, "⭐", "🔁")
    assert marks(house) == (1, 1, 0)
    await react(house, item, "🔁")
    assert marks(house) == (0, 1, 0)
    await react(house, item)
    assert marks(house) == (0, 0, 0)
    await react(house, item, "⭐")
    assert marks(house) == (1, 0, 0)


async def test_another_emoji_of_the_same_meaning_changes_nothing(house):
    item = await house.shows("hello")
    for emojis in (("⭐",), ("❤",), ("❤", "👍", "😂")):
        await react(house, item, *emojis)
    assert await queued(house) == [("favourite", True)]


async def test_undo_takes_it_back(house):
    item = await house.shows("hello")
    await react(house, item, "⭐")
    await house.says("/undo")
    assert marks(house) == (0, 0, 0)
    await react(house, item, "⭐", "😂")  # it stands there since before
    assert marks(house) == (0, 0, 0)
    await react(house, item)
    await react(house, item, "⭐")
    assert marks(house) == (1, 0, 0)


async def test_what_a_button_or_a_command_set_stays(house):
    item = await house.shows("hello")
    await house.says("/fav", reply_to=item)
    await react(house, item, "⭐")
    await react(house, item)
    assert await queued(house) == [("favourite", True)]
    await house.says("/unfav", reply_to=item)
    await react(house, item, "⭐")
    await house.says("/unfav", reply_to=item)
    await house.says("/fav", reply_to=item)
    await react(house, item)
    assert marks(house) == (1, 0, 0)


async def test_what_a_command_took_off_is_set_by_what_is_given_now_alone(house):
    item = await house.shows("hello")
    await react(house, item, "⭐")
    await house.says("/unfav", reply_to=item)
    await react(house, item, "⭐", "😂")
    assert marks(house) == (0, 0, 0)
    await react(house, item)
    assert await queued(house) == [("favourite", True), ("favourite", False)]
    await react(house, item, "⭐")
    await house.says("/unfav", reply_to=item)
    await react(house, item, "❤")  # but one of the same meaning that is given now sets it
    assert marks(house) == (1, 0, 0)


async def test_what_failed_can_be_tried_again(house):
    item = await house.shows("hello")
    house.social("north").fail("favourite", Rejected())
    await react(house, item, "⭐")
    assert marks(house) == (0, 0, 0)
    await react(house, item)
    await react(house, item, "⭐")
    assert marks(house) == (1, 0, 0)


# --- repeats, order, crashes -------------------------------------------------------------------


def reaction(house, event: str, line: str, *emojis: str, late: float | None = None) -> Reaction:
    at = None if late is None else house.clock.now() - timedelta(seconds=late)
    return Reaction(event, ADA, Person("ada"), line, emojis, at)


async def test_what_comes_twice_is_done_once(house):
    item = await house.shows("hello")
    for event in ("r1", "r1", "r2"):
        await house.inbox.receive("chat", reaction(house, event, item, "⭐"))
    await house.settle()
    assert await queued(house) == [("favourite", True)]
    await house.inbox.receive("chat", reaction(house, "r3", item))
    for event in ("r1", "r2", "r3"):  # the network hands all of it out again
        await house.inbox.receive("chat", reaction(house, event, item, *(["⭐"] if event != "r3" else [])))
    await house.settle()
    assert await queued(house) == [("favourite", True), ("favourite", False)]


async def test_what_was_so_earlier_and_comes_later_is_past(house):
    item = await house.shows("hello")
    await house.inbox.receive("chat", reaction(house, "r2", item, late=1))
    await house.inbox.receive("chat", reaction(house, "r1", item, "⭐", late=2))
    await house.settle()
    assert await queued(house) == []
    await house.inbox.receive("chat", reaction(house, "r3", item, "🔁", late=0))
    await house.inbox.receive("chat", reaction(house, "r4", item, "🔁", "⭐", late=0))  # in the same second
    await house.settle()
    assert await queued(house) == [("boost", True), ("favourite", True)]
    await house.says("/unfav", reply_to=item)
    await house.inbox.receive("chat", reaction(house, "r0", item, late=3000))
    await house.inbox.receive("chat", reaction(house, "r5", item, "🔁", "⭐", "😂", late=0))
    await house.settle()
    assert marks(house) == (0, 1, 0)


async def test_off_is_done_after_on_that_waits(house):
    item = await house.shows("hello")
    await house.inbox.receive("chat", reaction(house, "r1", item, "⭐"))
    await house.inbox.receive("chat", reaction(house, "r2", item))
    await house.settle()
    assert await queued(house) == [("favourite", True), ("favourite", False)]
    assert marks(house) == (0, 0, 0)


async def test_a_crash_between_loses_and_repeats_nothing(tmp_path):
    chat, socials = MemoryChat(name="chat"), (MemorySocial(name="north"),)
    async with TestHouse(tmp_path, chat=chat, socials=socials) as house:
        await house.user("ada", "north")
        await house.says("/settings reactions on")
        item = await house.shows("hello")
        await house.inbox.receive("chat", reaction(house, "r1", item, "⭐"))  # committed, and not carried out
    again = MemoryChat(name="chat", network=chat.network)
    async with TestHouse(tmp_path, chat=again, socials=socials, clock=house.clock) as house:
        await house.inbox.receive("chat", reaction(house, "r1", item, "⭐"))  # it was not acknowledged
        await house.settle()
        assert await queued(house) == [("favourite", True)]
        assert marks(house) == (1, 0, 0)
        await house.inbox.receive("chat", reaction(house, "r2", item))
        await house.settle()
        assert marks(house) == (0, 0, 0)


# --- what does nothing -------------------------------------------------------------------------


async def test_they_do_nothing_before_they_are_switched_on(house):
    item = await house.shows("hello")
    await house.says("/settings reactions off")
    assert house.chat.last() == "Your reactions do nothing any more; what they did stays."
    before = house.chat.lines()
    await react(house, item, "⭐")
    assert (await queued(house), house.chat.lines()) == ([], before)
    await house.says("/settings reactions on")
    await react(house, item, "⭐", "😂")  # the star was given when it meant nothing
    assert await queued(house) == []
    await react(house, item, "❤")  # given now, in its place
    assert await queued(house) == [("favourite", True)]


async def test_switched_off_what_they_did_stays(house):
    item = await house.shows("hello")
    await react(house, item, "⭐")
    await house.says("/settings 回应 关")
    await react(house, item)
    assert marks(house) == (1, 0, 0)


async def test_on_what_is_no_item_they_do_nothing(house):
    await house.shows("hello")
    own = await house.says("my own words")
    await house.wait(3)
    receipt = house.chat.messages()[-1].id
    await house.says("/help")
    said = house.chat.messages()[-1].id
    before = house.chat.lines()
    for line in (own, receipt, said):
        await react(house, line, "⭐", "🔁")
    await house.inbox.receive("chat", reaction(house, "x", "never-sent", "⭐"))
    await house.settle()
    assert (await queued(house), house.chat.lines()) == ([], before)


async def test_on_ones_own_post_they_do_nothing(house):
    await house.says("/sync north to south")
    for text in ("", "written with another app"):
        if text:
            house.social("north").add_post("ada", text)
        await house.poll()
        await house.wait(3)
    item = next(line.id for line in house.chat.messages() if line.text.startswith("↔"))
    await react(house, item, "⭐", "🔁", "🔖")
    assert (await queued(house), marks(house)) == ([], (0, 0, 0))


async def test_a_deleted_item_is_none(house):
    item = await house.shows("hello")
    await react(house, item, "⭐")
    social = house.social("north")
    social.network.remove(social.posts[-1].id)
    before = house.chat.lines()
    await house.poll()
    await house.inbox.receive("chat", reaction(house, "x", item, "🔁"))
    await house.inbox.receive("chat", reaction(house, "y", item))
    await house.settle()
    assert await queued(house) == [("favourite", True)]
    assert set(house.chat.lines()) <= set(before)


async def test_without_the_account_nothing_is_said(house):
    item = await house.shows("hello")
    await react(house, item, "⭐")
    gone = {"state": "unlinked"}
    await house.store.run(lambda tx, now: tx.update(t.account, t.account.c.adapter == "north", **gone))
    before = house.chat.lines()
    await react(house, item, "🔁")
    assert (await queued(house), house.chat.lines()) == ([("favourite", True)], before)


async def test_a_followers_only_post_is_not_boosted(house):
    item = await house.shows("among us", audience=Audience.FOLLOWERS)
    before = len(house.chat.lines())
    await react(house, item, "⚡")
    assert (await queued(house), len(house.chat.lines())) == ([], before)


async def test_what_the_network_cannot_is_passed_over(tmp_path):
    bare = SocialCapabilities(publish=True, boost=True, timelines=frozenset({TimelineKind.HOME}))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=bare),)) as house:
        await house.user("ada", "north")
        await house.says("/settings reactions on")
        item = await house.shows("hello")
        await react(house, item, "⭐", "🔖", "🔁")
        assert await queued(house) == [("boost", True)]


# --- whose they are ----------------------------------------------------------------------------


async def test_in_a_group_they_do_nothing(house):
    house.chat.person("ada", admin=True)
    den = house.chat.group("den")
    line = house.chat.say("/mirror north home", chat="den")
    await house.settle()
    kept = await house.store.read(lambda tx, now: tx.scalar(sa.select(sa.func.count()).select_from(t.inbox)))
    await react(house, line, "⭐")
    await house.inbox.receive("chat", Reaction("x", den, Person("ada"), line, ("⭐",)))
    await house.inbox.receive("chat", Reaction("y", den, Person("den/ada", weak=True), line, ("⭐",)))
    assert await queued(house) == []
    assert kept == await house.store.read(
        lambda tx, now: tx.scalar(sa.select(sa.func.count()).select_from(t.inbox))
    )


async def test_to_another_users_item_they_do_nothing(house):
    await house.user("bo", "north")
    await house.says("/settings reactions on", sender="bo")
    item = await house.shows("hello")
    spoken = house.chat.lines("bo")
    for chat in (Chat("bo", direct=True), ADA):
        await house.inbox.receive("chat", Reaction(f"x{chat.id}", chat, Person("bo"), item, ("⭐",)))
    await house.settle()
    assert (await queued(house), house.chat.lines("bo")) == ([], spoken)


async def test_a_stranger_does_nothing(house):
    item = await house.shows("hello")
    await house.inbox.receive("chat", Reaction("x", Chat("zed", direct=True), Person("zed"), item, ("⭐",)))
    await house.settle()
    assert (await queued(house), house.chat.lines("zed")) == ([], [])


async def test_one_that_stands_in_another_chat_keeps_its_mark(tmp_path):
    phone = MemoryChat(name="phone")
    async with TestHouse(tmp_path, chats=(phone,)) as house:
        await house.user("ada", "north")
        await house.meets()
        await house.says("/settings reactions on")
        item = await house.shows("hello")
        phone.say("/home on north")
        await house.settle()
        await house.poll()
        house.social("north").add_post("lin", "both see it")
        await house.poll()
        here, there = house.chat.messages()[-1].id, phone.messages()[-1].id
        assert here != item
        await react(house, here, "⭐")
        for emojis in (("⭐", "😂"), ("😂",), ()):
            phone.react(there, *emojis)
            await house.settle()
        assert marks(house) == (1, 0, 0)
        await react(house, here)
        assert marks(house) == (0, 0, 0)


# --- the setting -------------------------------------------------------------------------------


async def test_the_setting_says_what_it_does(house):
    assert "⭐ ❤ 👍 favourite, 🔁 ⚡ boost, 🔖 ✍ bookmark" in house.chat.last()
    await house.says("/settings")
    assert "Your reactions to what I show: ⭐ ❤ 👍 favourite" in house.chat.last()
    await house.says("/settings reactions off")
    await house.says("/settings")
    assert "Your reactions to what I show: they do nothing (" in house.chat.last()


async def test_where_the_network_tells_of_none_that_is_said(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, reactions_in=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        await house.says("/settings reactions on")
        assert house.chat.last() == "But this chat network does not tell me of any."
        item = await house.shows("hello")
        await react(house, item, "⭐")
        assert await queued(house) == []


async def test_an_edit_that_changes_nothing_is_still_noticed_after_a_reaction(house):
    line = await house.says("hello all")
    await house.wait(3)
    house.chat.edit_line(line, "hello, all")
    await house.settle()
    await react(house, line, "👍")
    house.chat.edit_line(line, "hello, all")
    await house.settle()
    assert house.social("north").count("edit") == 1
    assert house.social("north").posts[-1].text == "hello, all"
