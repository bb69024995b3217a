"""Bookmarks, searches, lists, the language of a post, and edits that change nothing."""

from __future__ import annotations

import pytest

from bridgebot.model import TimelineKind
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


async def test_a_bookmark_is_set_taken_off_and_undone(house):
    line = await house.shows("keep this")
    await house.says("/bookmark", reply_to=line)
    assert house.chat.last() == "🔖 2k7"
    assert len(house.social("north").network.bookmarks) == 1
    await house.says("/unbookmark 2k7")
    assert house.chat.last() == "✓ no more 🔖 2k7"
    await house.says("/书签 2k7")
    await house.says("/undo")
    assert house.chat.last() == "✓ took back 🔖 2k7"
    assert not house.social("north").network.bookmarks


async def test_search_shows_posts_with_their_addresses(house):
    house.social("north").add_post("lin", "an octarine stone\nand more")
    await house.says("/search octarine")
    head, line = house.chat.last().split("\n")
    assert head == "“octarine” on North:"
    assert line.startswith("│ @lin@north.example: an octarine stone and more https://")
    await house.says("/search plaid")
    assert house.chat.last() == "Nothing on North with “plaid”."


async def test_a_list_is_read_into_the_chat_and_stopped(house):
    network = house.social("north").network
    lin = network.person("lin")
    network.follows.add((network.person("ada").id, lin.id))
    await house.says("/list")
    assert house.chat.last() == "Your lists on North (/list NAME):\n  Lin"
    await house.says("/list lin")
    assert house.chat.last().startswith("What the people of “Lin” post on North arrives here")
    house.social("north").add_post("lin", "from the list")
    await house.poll()
    assert house.chat.last().endswith("from the list")
    await house.says("/list Lin off")
    assert house.chat.last() == "“Lin” no longer arrives here."
    before = len(house.chat.messages())
    house.social("north").add_post("lin", "unread")
    await house.poll()
    assert len(house.chat.messages()) == before


async def test_a_list_that_is_not_there_is_named(house):
    await house.says("/list stones")
    assert house.chat.last() == "There is no list “stones” on North."
    await house.says("/list stones off")
    assert house.chat.last() == "No list “stones” arrives here."


async def test_the_language_is_told_with_the_next_post_only(house):
    await house.says("/lang zh")
    assert house.chat.last() == "The next post is in: zh."
    await house.says("今天天气真好")
    await house.says("two hours of rain")
    await house.wait(2)
    assert [post.language for post in house.social("north").posts] == ["zh", None]
    await house.says("/lang klingon of old")
    assert house.chat.last().startswith("/lang and a language")


async def test_an_edit_that_changes_nothing_is_nothing(house):
    """Telegram tells of an edit when a preview of a link was added."""
    line = await house.says("look https://example.org/a")
    command = await house.says("/status")
    await house.wait(2)
    before = house.chat.messages()
    for said, text in ((line, "look https://example.org/a"), (command, "/status")):
        house.chat.edit_line(said, text)
    await house.settle()
    await house.wait(2)
    assert house.chat.messages() == before
    assert [call for call in house.social("north").calls if call.name == "edit"] == []
    house.chat.edit_line(line, "look https://example.org/b")
    await house.settle()
    await house.wait(2)
    assert house.social("north").posts[-1].text == "look https://example.org/b"
    house.chat.edit_line(line, "look https://example.org/a")
    await house.settle()
    await house.wait(2)
    assert house.social("north").posts[-1].text == "look https://example.org/a"


async def test_a_server_that_lacks_streams_is_polled_at_the_usual_pace(house):
    from bridgebot.errors import Unsupported

    social = house.social("north")
    await house.says("/home on")
    await house.poll()

    async def none(timeline, account):
        raise Unsupported()
        yield

    social.listen = none
    house.poller._streams.clear()
    timeline = next(one for one in house.poller._known.values() if one.kind == TimelineKind.HOME)
    assert house.poller._subscribe(timeline)
    await house.poller._streams[timeline.id]
    assert not house.poller._subscribe(timeline)
    house.clock.skip(4000)
    assert house.poller._subscribe(timeline)
    await house.poller._streams[timeline.id]
