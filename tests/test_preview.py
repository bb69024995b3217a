"""/preview: what a post would be on each network, before anything leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgebot.model import Audience
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.store.rows import plain
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.pictures import png
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

SMALL = replace(
    EVERYTHING,
    limits=replace(EVERYTHING.limits, max_length=80, files=None),
    audiences=frozenset({Audience.PUBLIC}),
    warnings=False,
    polls=False,
    quotes=False,
    uploads=False,
    markup=frozenset(),
    federated=False,
)


@pytest.fixture
async def house(tmp_path):
    """North can do everything, South little: 80 characters, public, no warnings."""
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=SMALL))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        limits = {"north": EVERYTHING.limits, "south": SMALL.limits}

        def said(tx, now):
            for account in people.accounts(tx, 1):
                tx.change(t.account, account.id, limits=plain(limits[account.name]))

        await house.store.run(said)
        yield house


def published(house) -> list[list[str]]:
    return [house.social(name).texts("ada") for name in ("north", "south")]


async def test_every_network_is_shown_with_its_parts_and_lengths_and_nothing_leaves(house):
    await house.says("/preview " + "five words in this one. " * 5)
    shown = house.chat.last()
    assert shown.startswith(
        "Nothing is posted yet. This is how it would be (public):\n\nNorth · 120 of 500\n│ five"
    )
    assert "\n\nSouth: a thread of 2\n1/2 · 77 of 80\n│ five words" in shown
    await house.wait(30)
    assert published(house) == [[], []]
    before = shown
    await house.says("post")
    await house.wait(2)
    for text in (*house.social("north").texts("ada"), *house.social("south").texts("ada")):
        assert f"│ {text}" in before


async def test_what_is_shown_is_what_is_frozen(house):
    await house.says("/alias @lin@north.example = @stone@south.example")
    await house.says("/preview *good* news, @lin@north.example and @max@far.example")
    shown = house.chat.last()
    assert "│ *good* news, @stone@south.example and @\u2060max@far.example" in shown
    assert "South: somebody whom you name is not called there" in shown
    await house.says("yes")
    await house.wait(2)
    for name in ("north", "south"):
        [text] = house.social(name).texts("ada")
        assert f"│ {text}" in shown


async def test_it_goes_where_it_is_named_and_no_leaves_nothing(house):
    await house.says("/预览 +south 好消息")
    assert "North" not in house.chat.last()
    assert "South · 3 of 80\n│ 好消息" in house.chat.last()
    await house.says("no")
    assert house.chat.last() == "Nothing was posted."
    await house.wait(30)
    assert published(house) == [[], []]


async def test_who_would_be_left_out_is_named_with_the_reason(house):
    await house.says("/cw soup")
    await house.says("/preview very hot")
    shown = house.chat.last()
    assert "North · 12 of 500\n│ ⚠ soup\n│ very hot" in shown
    assert "✗ South: " in shown
    assert published(house) == [[], []]


async def test_pictures_and_their_descriptions_are_looked_at_too(house):
    await house.says("/preview look\nalt: a red stone", files=[png((200, 30, 30))])
    shown = house.chat.last()
    assert "North · 4 of 500\n│ look\n  with 1 picture or file" in shown
    assert "South: takes no pictures, films or sounds" in shown
    await house.says("post")
    await house.wait(3)
    [post] = house.social("north").posts
    assert [one.alt for one in post.media] == ["a red stone"]


async def test_what_waits_for_an_answer_can_be_looked_at_and_is_posted_once(house):
    await house.says("/poll Tea? | yes | no")
    await house.says("/preview")
    shown = house.chat.last()
    assert "│ Tea?\n│ ○ yes\n│ ○ no" in shown
    assert "South: the poll is there in words" in shown
    await house.says("post")
    await house.wait(5)
    assert [len(texts) for texts in published(house)] == [1, 1]
    await house.says("post")
    await house.wait(5)
    assert [len(texts) for texts in published(house)] == [1, 1]


async def test_an_answer_is_shown_as_one(house):
    item = await house.shows("what did you use?")
    await house.says("/preview a chat", reply_to=item)
    assert "North · 6 of 500\n│ a chat" in house.chat.last()
    assert "South" not in house.chat.last()
    await house.says("post")
    await house.wait(2)
    assert house.social("north").posts[-1].reply_to == house.social("north").posts[-2].id


async def test_without_anything_to_show_it_says_how_it_is_used(house):
    await house.says("/preview")
    assert house.chat.last().startswith("/preview TEXT")
    await house.says("/preview ghp_" + "a1B2" * 9)
    assert "That looks like" in house.chat.last()


async def test_an_edited_message_edits_what_was_posted_by_it(house):
    line = await house.says("/preview good nwes")
    await house.says("post")
    await house.wait(2)
    house.chat.edit_line(line, "/preview good news")
    await house.settle()
    await house.wait(2)
    assert published(house) == [["good news"], ["good news"]]


async def test_what_waits_for_its_time_is_looked_at_and_goes_on_waiting(house):
    await house.says("/schedule in 2h good news")
    await house.says("/preview")
    assert "North · 9 of 500\n│ good news" in house.chat.last()
    await house.wait(3600)
    assert published(house) == [[], []]
    await house.wait(3700)
    assert published(house) == [["good news"], ["good news"]]


async def test_a_channel_is_named_among_the_targets_and_may_be_the_only_one(house):
    house.chat.person("ada", name="Ada", admin=True)
    house.chat.broadcast("notes", title="Ada's notes")
    await house.says("/sync here to “Ada's notes”")
    await house.says("/preview good news")
    assert "\n\nchannel “Ada's notes”: as it is" in house.chat.last()
    await house.says("no")
    await house.says("/routes stop 1")
    await house.says("/routes stop 1")
    await house.says("/vis followers")
    await house.says("/preview only friends")
    assert house.chat.last().startswith("Nothing is posted yet. This is how it would be (followers only):")
    assert "✗ channel “Ada's notes”: " in house.chat.last()
