"""Networks on which nothing can be edited: a post is replaced by itself only while nobody can mind."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from adapters import pebble
from bridgebot.errors import Rejected, Temporary, Unconfirmed
from bridgebot.store import tables as t
from bridgebot.testing.bare import bare_context
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

ASKS = "North cannot change a post"


def town(folder, **more) -> TestHouse:
    able = replace(MemorySocial().capabilities, edit=False, **more)
    return TestHouse(folder, socials=(MemorySocial(name="north", capabilities=able),))


@pytest.fixture
async def house(tmp_path):
    async with town(tmp_path) as house:
        await house.user("ada", "north")
        yield house


def north(house) -> MemorySocial:
    return house.social("north")


def receipt(house):
    return next(line for line in reversed(house.chat.messages()) if line.text.startswith("#"))


async def edits(house, line: str, text: str) -> None:
    house.chat.edit_line(line, text)
    await house.settle()
    await house.wait(2)


def asked(house) -> bool:
    return any(line.text.startswith(ASKS) and line.buttons for line in house.chat.messages())


async def press(house, label: str) -> None:
    house.chat.press(label)
    await house.settle()
    await house.wait(2)


async def test_within_five_minutes_it_is_posted_anew(house):
    line = await house.says("frist")
    old = north(house).posts[0]
    await edits(house, line, "first")
    assert north(house).texts() == ["first"]
    assert north(house).posts[0].id != old.id
    assert "posted anew, for nothing can be changed there" in receipt(house).text
    assert old.url not in receipt(house).text
    assert not asked(house)
    first, second = [call.arguments[2] for call in north(house).calls if call.name == "publish"]
    assert first != second


async def test_it_is_deleted_before_it_is_posted_anew(house):
    line = await house.says("frist")
    await edits(house, line, "first")
    calls = [call.name for call in north(house).calls if call.name in ("publish", "delete", "thread")]
    assert calls == ["publish", "thread", "delete", "publish"]


async def later(house):
    await house.wait(301)


async def answered(house):
    north(house).add_post("lin", "oh?", reply_to=north(house).posts[0].id)


async def continued(house):
    await house.says("and more", reply_to=house.chat.messages()[-1].id)


async def liked(house):
    await house.says("/mentions on")
    await house.poll()
    await house.wait(1)
    social = north(house)
    await social.favourite(social.account("lin"), social.posts[0].id, True)
    await house.poll()


@pytest.mark.parametrize("happened", [later, answered, continued, liked])
async def test_else_its_writer_is_asked(tmp_path, happened):
    async with town(tmp_path) as house:
        await house.user("ada", "north")
        await house.user("lin", "north")
        line = await house.says("frist")
        await house.wait(2)
        await happened(house)
        await edits(house, line, "first")
        assert asked(house)
        assert north(house).texts()[0] == "frist"
        assert "the old text stands" in "\n".join(house.chat.lines())


@pytest.mark.parametrize("words", [None, "delete and post anew", "删除并重发", "anew"])
async def test_who_wants_it_anew_gets_it(house, words):
    line = await house.says("frist")
    await house.wait(400)
    await edits(house, line, "first")
    if words is None:
        await press(house, "Delete and post anew")
    else:
        await house.says(words)
        await house.wait(2)
    assert north(house).texts() == ["first"]
    assert not asked(house)


async def test_who_leaves_it_keeps_it(house):
    line = await house.says("frist")
    await house.wait(400)
    await edits(house, line, "first")
    await press(house, "Leave it")
    assert north(house).texts() == ["frist"]
    assert house.chat.last() == "2k7 stays as it is there."
    await house.wait(1000)
    assert north(house).texts() == ["frist"]


async def test_a_second_edit_asks_once_more_and_the_older_question_goes(house):
    line = await house.says("frist")
    await house.wait(400)
    await edits(house, line, "firts")
    await edits(house, line, "first")
    open_ones = [one for one in house.chat.messages() if one.text.startswith(ASKS) and one.buttons]
    assert len(open_ones) == 1
    await press(house, "Delete and post anew")
    assert north(house).texts() == ["first"]


async def test_two_presses_replace_it_once(house):
    line = await house.says("frist")
    await house.wait(400)
    await edits(house, line, "first")
    shown = next(one for one in house.chat.messages() if one.text.startswith(ASKS))
    for button in (*shown.buttons, *shown.buttons):
        house.chat.network.press(shown.id, button.data)
    await house.settle()
    await house.wait(2)
    assert north(house).count("publish") == 2
    assert north(house).texts() == ["first"]


async def test_answers_go_under_the_new_one(house):
    line = await house.says("frist")
    house.chat.edit_line(line, "first")
    await house.chat.settled()
    north(house).fail("delete", Temporary(retry_after=30))
    await house.settle()
    await house.says("and further", reply_to=line)
    await house.wait(31)
    await house.wait(31)
    first, second = north(house).posts
    assert (first.text, second.text) == ("first", "and further")
    assert second.reply_to == first.id


async def test_answers_go_under_the_old_one_if_that_stays(house):
    line = await house.says("frist")
    north(house).fail("delete", Temporary(retry_after=30))
    await edits(house, line, "first")
    await house.says("and further", reply_to=line)
    north(house).fail("delete", Rejected())
    await house.wait(31)
    await house.wait(31)
    first, second = north(house).posts
    assert (first.text, second.text) == ("frist", "and further")
    assert second.reply_to == first.id


@pytest.mark.parametrize("error", [Temporary(), Unconfirmed()])
async def test_a_crash_between_the_two_loses_nothing_and_posts_nothing_twice(tmp_path, error):
    """The create is queued in the unit in which the deletion ended; the next process goes on there."""
    async with town(tmp_path) as house:
        await house.user("ada", "north")
        social, chat = north(house), house.chat
        line = await house.says("frist")
        social.fail("publish", error)
        await edits(house, line, "first")
        assert social.texts() in ([], ["first"])
    async with TestHouse(tmp_path, chat=chat, socials=(social,), clock=house.clock) as house:
        for _ in range(4):
            await house.wait(61)
        assert social.texts() == ["first"]


async def test_undo_in_the_middle_leaves_nothing(house):
    line = await house.says("frist")
    north(house).fail("delete", Temporary(retry_after=30))
    await edits(house, line, "first")
    await house.says("/undo")
    for _ in range(3):
        await house.wait(61)
    assert north(house).texts() == []
    assert north(house).count("publish") == 1


async def test_an_edit_in_the_middle_goes_with_the_new_one(house):
    line = await house.says("frist")
    north(house).fail("delete", Temporary(retry_after=30))
    await edits(house, line, "firts")
    await edits(house, line, "first")
    for _ in range(3):
        await house.wait(61)
    assert north(house).texts() == ["first"]
    assert north(house).count("publish") == 2


async def test_where_nothing_can_be_deleted_either_that_is_said(tmp_path):
    async with town(tmp_path, delete=False) as house:
        await house.user("ada", "north")
        line = await house.says("frist")
        await edits(house, line, "first")
        assert north(house).texts() == ["frist"]
        assert "This network cannot do that" in receipt(house).text
        assert [button.label for button in receipt(house).buttons] == ["Undo"]


async def test_pebble_cannot_edit_and_is_replaced(tmp_path):
    """The pretend network of the demo, which nobody can ask for answers."""
    context = bare_context("pebble")
    made = pebble.Adapter(pebble.Config(), context)
    made.network = _Clocked()
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north"), made)) as house:
        await house.says("/help")
        await house.says("/join ada pebble")
        await house.says("/settings plain post")
        await house.store.run(lambda tx, now: tx.update(t.user, asks_left=0))
        line = await house.says("frist 在路上")
        await edits(house, line, "first 在路上")
        assert [post.text for post in made.standing.values()] == ["first 在路上"]


class _Clocked:
    """What the house sets the clock of."""

    clock = None


async def test_every_part_of_a_thread_is_replaced(tmp_path):
    from bridgebot.model import Limits

    async with town(tmp_path, limits=Limits(100)) as house:
        await house.user("ada", "north")
        await house.store.run(lambda tx, now: tx.update(t.account, limits={"max_length": 100}))
        line = await house.says("word " * 50)
        assert len(north(house).posts) == 3
        await edits(house, line, "short")
        assert north(house).texts() == ["short"]
        made = await house.store.read(
            lambda tx, now: tx.scalars(sa.select(t.copy.c.gone_at).where(t.copy.c.realm == "north.example"))
        )
        assert len(made) == 4
        assert made.count(None) == 1
