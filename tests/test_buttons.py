"""Buttons under what the bot shows: what they do, and that only those may press them who may."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.model import Audience
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


def labels(house, line: str | None = None, place: str = "ada") -> list[str]:
    lines = house.chat.messages(place)
    shown = next(one for one in lines if one.id == line) if line else lines[-1]
    return [button.label for button in shown.buttons]


def data(house, line: str, label: str, place: str = "ada") -> str:
    shown = next(one for one in house.chat.messages(place) if one.id == line)
    return next(button.data for button in shown.buttons if button.label == label)


async def press(house, line: str, label: str, *, sender: str = "ada", place: str = "ada") -> None:
    house.chat.network.press(line, data(house, line, label, place), sender=sender)
    await house.settle()


# --- items -------------------------------------------------------------------------------------


async def test_an_item_can_be_answered_favourited_and_boosted(house):
    item = await house.shows("欢迎 👋")
    assert labels(house, item) == ["↩ Reply", "⭐", "🔁"]
    await press(house, item, "⭐")
    assert house.chat.last().startswith("★ ")
    await press(house, item, "🔁")
    assert house.chat.last().startswith("🔁 ")
    network = house.social("north").network
    assert (len(network.favourites), len(network.boosts)) == (1, 1)


async def test_the_same_button_takes_the_mark_off_again(house):
    item = await house.shows("hello")
    for count in (1, 0, 1):
        await press(house, item, "⭐")
        assert len(house.social("north").network.favourites) == count


async def test_reply_asks_for_the_words_and_posts_them_under_the_item(house):
    item = await house.shows("what did you use?")
    await press(house, item, "↩ Reply")
    assert house.chat.last().startswith("What do you answer to ")
    await house.says("just a chat window 😀")
    await house.wait(2)
    answer = house.social("north").posts[-1]
    assert answer.text == "just a chat window 😀"
    assert answer.reply_to == house.social("north").posts[-2].id
    assert house.social("south").posts == []


async def test_a_reply_that_is_not_written_posts_nothing(house):
    item = await house.shows("hello")
    before = len(house.social("north").posts)
    await press(house, item, "↩ Reply")
    await house.says("/cancel")
    assert house.chat.last() == "Cancelled. Nothing was posted."
    await press(house, item, "↩ Reply")
    await house.wait(700)
    await house.wait(1)
    assert house.chat.last() == "No answer for ten minutes: nothing was posted."
    assert len(house.social("north").posts) == before


async def test_what_looks_like_a_secret_is_no_reply(house):
    item = await house.shows("hello")
    before = len(house.social("north").posts)
    await press(house, item, "↩ Reply")
    await house.says("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1")
    assert len(house.social("north").posts) == before
    assert "looks like" in house.chat.last()


async def test_a_followers_only_post_has_no_boost_button(house):
    item = await house.shows("among us", audience=Audience.FOLLOWERS)
    assert labels(house, item) == ["↩ Reply", "⭐"]


async def test_an_edited_item_keeps_its_buttons_and_a_deleted_one_has_none(house):
    item = await house.shows("first")
    social = house.social("north")
    before = data(house, item, "⭐")
    social.network.change(social.posts[-1].id, "second", None)
    await house.poll()
    assert data(house, item, "⭐") == before
    social.network.remove(social.posts[-1].id)
    await house.poll()
    assert all(one.id != item or not one.buttons for one in house.chat.messages())


async def test_only_what_the_network_can_is_offered(tmp_path):
    from bridgebot.adapter import SocialCapabilities
    from bridgebot.model import TimelineKind

    bare = SocialCapabilities(publish=True, boost=True, timelines=frozenset({TimelineKind.HOME}))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=bare),)) as house:
        await house.user("ada", "north")
        assert labels(house, await house.shows("hello")) == ["🔁"]


async def test_only_what_the_server_has_is_offered(house):
    await house.store.run(
        lambda tx, now: tx.update(
            t.account, t.account.c.adapter == "north", limits={"max_length": 500, "lacks": ["favourite"]}
        )
    )
    assert labels(house, await house.shows("hello")) == ["↩ Reply", "🔁"]


async def test_without_buttons_there_are_the_words(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, buttons=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        item = await house.shows("hello")
        assert labels(house, item) == []
        await house.says("a post")
        await house.wait(2)
        assert house.chat.last().endswith("undo: /undo")


# --- who may press -----------------------------------------------------------------------------


async def test_somebody_elses_button_does_nothing(house):
    """Who learns another's data and presses it in a chat of their own reaches nothing."""
    item = await house.shows("hello")
    stolen = data(house, item, "⭐")
    await house.user("bo", "north")
    mine = house.chat.network.put("bo", "a message", None, [])
    house.chat.network._lines[mine] = replace(
        house.chat.network._lines[mine], buttons=house.chat.messages("ada")[-1].buttons
    )
    house.chat.network.press(mine, stolen, sender="bo")
    await house.settle()
    assert house.social("north").network.favourites == set()


async def test_in_a_group_only_the_writer_takes_back(house):
    house.chat.group("den")
    await house.user("bo", "north")
    await house.says("/post from the den", chat="den")
    await house.wait(2)
    receipt = house.chat.messages("den")[-1].id
    before = house.social("north").posts[-1].text
    await press(house, receipt, "Undo", sender="bo", place="den")
    assert house.social("north").posts[-1].text == before == "from the den"
    assert "is not your post" in house.chat.messages("den")[-1].text
    await press(house, receipt, "Undo", place="den")
    await house.wait(2)
    assert house.social("north").posts == []


async def test_an_item_in_a_group_has_no_buttons(house):
    house.chat.group("den")
    house.chat.person("ada", admin=True)
    house.social("north").network.person("lin")
    await house.says("/mirror north @lin", chat="den")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("lin", "for all")
    await house.poll()
    shown = house.chat.messages("den")[-1]
    assert "for all" in shown.text
    assert shown.buttons == ()


@pytest.mark.parametrize("nonsense", ["", "x", "no-such-token:undo", ":", "💥:favourite"])
async def test_an_unknown_button_is_nothing(house, nonsense):
    from bridgebot.model import Button

    line = house.chat.network.put("ada", "old", None, [Button(nonsense, "?")])
    house.chat.network.press(line, nonsense)
    await house.settle()
    assert await failed(house) == []


async def failed(house) -> list[str]:
    return await house.store.read(
        lambda tx, now: list(
            tx.connection.execute(sa.select(t.inbox.c.problem).where(t.inbox.c.state == "failed")).scalars()
        )
    )


# --- receipts ----------------------------------------------------------------------------------


async def receipt(house, text: str) -> str:
    await house.says(text)
    await house.wait(2)
    return house.chat.messages()[-1].id


async def test_undo_under_a_receipt_takes_its_own_post_back_and_no_other(house):
    first = await receipt(house, "first")
    await receipt(house, "second")
    await press(house, first, "Undo")
    await house.wait(2)
    assert [post.text for post in house.social("north").posts] == ["second"]
    assert labels(house, first) == []


async def test_undo_of_an_old_post_asks_first(house):
    first = await receipt(house, "first")
    await house.wait(1200)
    await press(house, first, "Undo")
    assert "Take back" in house.chat.last()
    assert len(house.social("north").posts) == 1
    house.chat.press("Take it back")
    await house.wait(2)
    assert house.social("north").posts == []


async def test_a_memo_can_be_undone_by_its_button(house):
    memo = await receipt(house, "/memo milk")
    await press(house, memo, "Undo")
    assert "memo deleted" in "\n".join(house.chat.lines())


async def test_undo_by_id_is_the_same_in_words(house):
    await receipt(house, "first")
    await receipt(house, "second")
    await house.says("/undo 2k7")
    await house.wait(2)
    assert [post.text for post in house.social("north").posts] == ["second"]


# --- a post that a rule carried on ---------------------------------------------------------------


async def synced(house) -> str:
    """A post written on North in another app, which a rule carried to South; its item's message."""
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("ada", "a walk 🌲")
    await house.poll()
    await house.wait(2)
    shown = [line for line in house.chat.messages() if line.text.startswith("↔")]
    assert len(shown) == 1
    return shown[0].id


async def test_it_is_shown_once_with_what_became_of_its_copies(house):
    line = await synced(house)
    shown = next(one for one in house.chat.messages() if one.id == line)
    assert shown.text.startswith("↔ #")
    assert "from North: a walk 🌲 ✓ South https://" in shown.text
    assert [button.label for button in shown.buttons] == ["Undo copies", "Stop this rule", "Where…"]
    await house.poll()
    await house.wait(2)
    assert len([one for one in house.chat.messages() if "a walk" in one.text]) == 1


async def test_undo_copies_takes_the_copies_and_leaves_the_original(house):
    await press(house, await synced(house), "Undo copies")
    await house.wait(2)
    assert [post.text for post in house.social("north").posts] == ["a walk 🌲"]
    assert house.social("south").posts == []
    await house.poll()
    await house.wait(2)
    assert house.social("south").posts == []


async def test_stop_this_rule_ends_it_and_what_is_there_stays(house):
    line = await synced(house)
    await press(house, line, "Stop this rule")
    assert house.chat.last().startswith("Ended: North @ada@north.example → South")
    house.social("north").add_post("ada", "another")
    await house.poll()
    await house.wait(2)
    assert [post.text for post in house.social("south").posts] == ["a walk 🌲"]
    await press(house, line, "Stop this rule")
    assert house.chat.last() == "No rule carries that on any more."


async def test_where_there_are_no_buttons_the_words_do_it(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, buttons=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north", "south")
        await synced(house)
        hint = next(one.text for one in house.chat.messages() if one.text.startswith("↔")).split("copies: ")[
            1
        ]
        undo, _, stop = hint.partition(" · stop: ")
        await house.says(undo)
        await house.wait(2)
        assert house.social("south").posts == []
        assert len(house.social("north").posts) == 1
        await house.says(stop)
        assert "Ended: North @ada@north.example → South" in house.chat.last()
