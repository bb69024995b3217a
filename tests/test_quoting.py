"""Quotes: posts that show other posts, as people write, read and carry them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgebot.errors import Rejected, TargetGone, Unconfirmed
from bridgebot.model import Audience
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    """North can show posts, South cannot."""
    south = MemorySocial(name="south", capabilities=replace(EVERYTHING, polls=False, quotes=False))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north"), south)) as house:
        yield house


@pytest.fixture
async def ada(house):
    await house.user("ada", "north", "south")
    return house


async def test_a_post_is_quoted_where_that_can_be_and_named_by_its_address_elsewhere(ada):
    line = await ada.shows("worth reading")
    shown = ada.social("north").posts[-1]
    await ada.says("/quote so true", reply_to=line)
    await ada.wait(2)
    [mine] = [post for post in ada.social("north").posts if post.text == "so true"]
    assert (mine.quote.id, mine.reply_to) == (shown.id, None)
    assert ada.social("south").texts("ada") == [f"so true\nRE: {shown.url}"]
    assert "South: the quoted post is there as a link" in ada.chat.last()


async def test_a_post_is_quoted_by_its_id(ada):
    await ada.shows("worth reading")
    code = ada.chat.last().partition("[")[2].partition("]")[0]
    await ada.says(f"/引用{code} 说得好")
    await ada.wait(2)
    assert ada.social("north").posts[-1].text == "说得好"
    assert ada.social("north").posts[-1].quote.text == "worth reading"


async def test_ones_own_post_is_quoted_on_each_network_by_its_copy_there(ada):
    first = await ada.says("my first")
    await ada.wait(2)
    await ada.says("/quote again", reply_to=first)
    await ada.wait(2)
    there = ada.social("south").texts("ada")[-1]
    assert there == f"again\nRE: {ada.social('south').posts[0].url}"
    assert ada.social("north").posts[-1].quote.id == ada.social("north").posts[0].id


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.DIRECT])
async def test_what_is_not_for_everybody_is_never_shown_to_others(ada, audience):
    line = await ada.shows("between us @ada", audience=audience)
    await ada.says("/quote look what she said", reply_to=line)
    assert ada.chat.last().endswith("so it is not shown to others. Nothing was posted.")
    await ada.wait(5)
    assert ada.social("north").count("publish") == ada.social("south").count("publish") == 0


async def test_ones_own_post_for_followers_is_shown_to_followers_alone(ada):
    await ada.says("/vis followers")
    first = await ada.says("for friends")
    await ada.wait(2)
    await ada.says("/quote more for friends", reply_to=first)
    await ada.wait(2)
    assert ada.social("north").posts[-1].text == "more for friends"
    assert ada.social("north").posts[-1].audience is Audience.FOLLOWERS


async def test_without_words_nothing_is_posted(ada):
    line = await ada.shows("worth reading")
    await ada.says("/quote", reply_to=line)
    assert "Nothing was posted" in ada.chat.last()
    assert ada.social("north").count("publish") == 0


async def test_an_edited_quote_goes_on_showing_what_it_showed(ada):
    line = await ada.shows("worth reading")
    said = await ada.says("/quote so ture", reply_to=line)
    await ada.wait(2)
    ada.chat.edit_line(said, "/quote so true")
    await ada.settle()
    await ada.wait(2)
    shown = ada.social("north").posts[0]
    [mine] = [post for post in ada.social("north").posts if post.text == "so true"]
    assert mine.quote.id == shown.id
    assert ada.social("south").texts("ada") == [f"so true\nRE: {shown.url}"]


async def test_a_quoted_post_stands_in_one_line_with_its_address(ada):
    north = ada.social("north")
    await ada.shows("first")
    shown = north.add_post("max", "a line\nand one more: ✓ Plaza")
    north.add_post("lin", "look", quote=shown.id)
    await ada.poll()
    assert ada.chat.last().endswith(f": look\n↪ @max@north.example: a line and one more: ✓ Plaza {shown.url}")


async def test_a_group_is_told_of_a_quoted_post_only_what_anybody_may_see(ada):
    """What is not known here may be for few; its address tells those who may."""
    from bridgebot.outbox import shown
    from bridgebot.store import people, posts

    north = ada.social("north")
    await ada.shows("first")
    hidden = north.add_post("max", "between us", audience=Audience.FOLLOWERS)
    north.add_post("lin", "look", quote=hidden.id)
    await ada.poll()
    assert "between us" in ada.chat.last()

    def in_group(tx, now):
        post = next(p for p in (posts.by_number(tx, 1, n) for n in range(9, 0, -1)) if p)
        chat = replace_row(people.chat_by_id(tx, 1), direct=False)
        return shown.item(tx, ada.house, post, chat, "en")[0].text

    from bridgebot.store.rows import replace as replace_row

    text = await ada.store.run(in_group)
    assert "look" in text
    assert "between us" not in text
    assert hidden.url in text


async def test_a_rule_carries_a_quote_as_an_address(ada):
    await ada.says("/sync north to south")
    await ada.poll()
    await ada.wait(1)
    north = ada.social("north")
    shown = north.add_post("lin", "worth reading")
    north.add_post("ada", "so true", quote=shown.id)
    await ada.poll()
    await ada.wait(2)
    assert ada.social("south").texts("ada") == [f"so true\nRE: {shown.url}"]


# --- who does not want it -----------------------------------------------------------------------


@pytest.mark.parametrize("error", [Rejected(), TargetGone()])
async def test_a_refused_quote_is_posted_with_the_address_instead(ada, error):
    line = await ada.shows("worth reading")
    shown = ada.social("north").posts[-1]
    ada.social("north").fail("publish", error)
    said = await ada.says("/quote so ture", reply_to=line)
    await ada.wait(2)
    assert ada.social("north").texts("ada") == [f"so ture\nRE: {shown.url}"]
    assert "North, South: the quoted post is there as a link" in ada.chat.last()
    ada.chat.edit_line(said, "/quote so true")
    await ada.settle()
    await ada.wait(2)
    assert ada.social("north").texts("ada") == [f"so true\nRE: {shown.url}"]
    assert ada.social("north").posts[-1].quote is None


async def test_what_is_refused_for_another_reason_is_tried_once_more_and_fails(ada):
    line = await ada.shows("worth reading")
    ada.social("north").fail("publish", Rejected(), times=5)
    await ada.says("/quote so true", reply_to=line)
    await ada.wait(2)
    assert ada.social("north").count("publish") == 2
    assert "✗ North" in ada.chat.last()


async def test_after_a_call_without_an_answer_nothing_else_is_posted(ada):
    """It may have been heard: what is refused now is the second one."""
    line = await ada.shows("worth reading")
    ada.social("north").fail("publish", Unconfirmed(), acted=True)
    ada.social("north").fail("publish", Rejected(), at=2)
    await ada.says("/quote so true", reply_to=line)
    await ada.wait(2)
    await ada.wait(10)
    assert ada.social("north").texts("ada") == ["so true"]
    assert ada.social("north").count("publish") == 2
