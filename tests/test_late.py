"""What was written long before it reached the bot: one question for each chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot import dialog
from bridgebot.errors import Rejected
from bridgebot.model import Audience
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse


@pytest.fixture
async def ada(tmp_path):
    """Ada posts on North without questions."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


def north(house) -> list[str]:
    return house.social("north").texts()


def late(house, text: str, *, minutes: float = 20, **more) -> str:
    """A line that was written long ago comes now."""
    return house.chat.say(text, sender="ada", sent_at=house.clock.now() - timedelta(minutes=minutes), **more)


def asked(house) -> list[str]:
    return [
        line for line in house.chat.lines() if line.startswith(("While I was away", "This reached me late"))
    ]


async def test_messages_that_come_late_together_are_asked_about_once(ada):
    for n in range(7):
        late(ada, f"late {n}", minutes=40 - n)
    await ada.settle()
    await ada.wait(3)
    [question] = asked(ada)
    assert question.startswith(
        "While I was away you wrote 7 messages. Nothing was posted yet; post them still?"
    )
    assert "To North (public):" in question
    assert all(f"· late {n}" in question for n in range(7))
    assert north(ada) == []
    ada.chat.press("Post all")
    await ada.settle()
    assert north(ada) == [f"late {n}" for n in range(7)]


async def test_one_that_comes_after_the_question_changes_it_where_it_stands(ada):
    late(ada, "one")
    await ada.settle()
    await ada.wait(3)
    [question] = asked(ada)
    assert question.startswith("This reached me late")
    for n in (2, 3):
        late(ada, f"number {n}")
        await ada.settle()
    await ada.wait(3)
    [question] = asked(ada)
    assert "you wrote 3 messages" in question
    assert ada.chat.count("edit") == 1
    ada.chat.press("Post all")
    await ada.settle()
    assert north(ada) == ["one", "number 2", "number 3"]


async def test_where_messages_cannot_change_the_question_waits_a_moment_and_is_asked_anew(tmp_path):
    able = replace(MemoryChat().capabilities, edit=False, buttons=False)
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=able)) as house:
        await house.user("ada", "north")
        for n in (1, 2):
            late(house, f"number {n}")
            await house.settle()
            await house.wait(4)
        assert asked(house) == []
        await house.wait(6)
        assert "(answer: Post all · Choose · Drop)" in house.chat.last()
        late(house, "number 3")
        await house.settle()
        await house.wait(6)
        assert ["2 messages" in line or "3 messages" in line for line in asked(house)] == [True, True]
        await house.says("post all")
        assert north(house) == ["number 1", "number 2", "number 3"]
        await house.says("fresh again")
        assert north(house)[-1] == "fresh again"


async def test_where_the_question_itself_was_taken_away_it_is_asked_anew(ada):
    late(ada, "one")
    await ada.settle()
    await ada.wait(3)
    ada.chat.fail("edit", Rejected())
    late(ada, "two")
    await ada.settle()
    await ada.wait(3)
    late(ada, "three")
    await ada.settle()
    await ada.wait(3)
    assert "3 messages" in asked(ada)[-1]
    ada.chat.press("Post all")
    await ada.settle()
    assert north(ada) == ["one", "two", "three"]


async def test_each_can_be_chosen_and_the_order_is_kept(ada):
    for word in ("first", "second", "third", "fourth"):
        late(ada, word)
    await ada.settle()
    await ada.wait(3)
    ada.chat.press("Choose")
    await ada.settle()
    assert ada.chat.last().endswith("To North (public):\nfirst")
    await ada.says("drop")
    assert ada.chat.last().startswith("3 wait. Post this one?")
    await ada.says("post")
    await ada.says("post the rest")
    assert north(ada) == ["second", "third", "fourth"]


async def test_dropped_ones_are_never_posted(ada):
    late(ada, "one")
    late(ada, "two")
    await ada.settle()
    await ada.wait(3)
    await ada.says("drop")
    assert ada.chat.last() == "Nothing was posted."
    await ada.says("post all")
    assert north(ada) == ["post all"]  # there is no question any more


async def test_an_edit_or_deletion_before_the_answer_changes_what_is_asked_about(ada):
    lines = [late(ada, word) for word in ("wrogn", "gone", "kept")]
    await ada.settle()
    await ada.wait(3)
    ada.chat.edit_line(lines[0], "right")
    ada.chat.delete_line(lines[1])
    await ada.settle()
    await ada.wait(3)
    [question] = asked(ada)
    assert "· right\n· kept" in question
    assert "2 messages" in question
    ada.chat.press("Post all")
    await ada.settle()
    assert north(ada) == ["right", "kept"]


@pytest.mark.parametrize("edited", ["/help", "ghp_" + "a1B2c3D4e5" * 4])
async def test_what_is_edited_into_something_else_is_not_posted(ada, edited):
    line = late(ada, "a post")
    late(ada, "another")
    await ada.settle()
    await ada.wait(3)
    ada.chat.edit_line(line, edited)
    await ada.settle()
    await ada.wait(3)
    ada.chat.press("Post")
    await ada.settle()
    assert north(ada) == ["another"]


async def test_the_last_one_taken_back_ends_the_question(ada):
    line = late(ada, "a post")
    await ada.settle()
    ada.chat.delete_line(line)
    await ada.settle()
    before = ada.chat.lines()
    await ada.wait(3)
    assert ada.chat.lines() == before
    line = late(ada, "another")
    await ada.settle()
    await ada.wait(3)
    ada.chat.delete_line(line)
    await ada.settle()
    assert ada.chat.last() == "Nothing was posted."


async def test_each_is_undone_by_itself(ada):
    late(ada, "stays")
    late(ada, "goes")
    await ada.settle()
    await ada.wait(3)
    ada.chat.press("Post all")
    await ada.settle()
    await ada.wait(3)
    await ada.says("/undo")
    assert north(ada) == ["stays"]


async def test_what_was_chosen_for_the_next_post_is_of_the_one_that_came_next(ada):
    late(ada, "/vis followers")
    late(ada, "for friends")
    late(ada, "for all")
    await ada.settle()
    await ada.wait(3)
    assert "· for friends → North (followers only)\n· for all → North (public)" in asked(ada)[0]
    ada.chat.press("Post all")
    await ada.settle()
    audiences = [post.audience for post in ada.social("north").posts]
    assert audiences == [Audience.FOLLOWERS, Audience.PUBLIC]


async def test_an_answer_to_one_that_waited_beside_it_is_its_answer(ada):
    parent = late(ada, "question?")
    late(ada, "answer!", reply_to=parent)
    await ada.settle()
    await ada.wait(3)
    ada.chat.press("Post all")
    await ada.settle()
    first, second = ada.social("north").posts
    assert second.reply_to == first.id


async def test_late_words_answer_no_question_and_cancel_none(ada):
    late(ada, "one")
    await ada.settle()
    await ada.wait(3)
    late(ada, "yes")
    late(ada, "/cancel")
    await ada.settle()
    await ada.wait(3)
    assert north(ada) == []
    assert ada.chat.lines()[-1] == "There is no open question."
    assert "· one\n· yes" in asked(ada)[0]


async def test_late_commands_that_publish_or_undo_wait_and_others_run(ada):
    await ada.says("in time")
    shown = await ada.shows("of Lin")
    ada.clock.skip(1)
    late(ada, "/post by command")
    late(ada, "/boost", reply_to=shown)
    late(ada, "/undo")
    late(ada, "/fav", reply_to=shown)
    await ada.settle()
    await ada.wait(3)
    social = ada.social("north")
    assert (social.count("favourite"), social.count("boost")) == (1, 0)
    assert "in time" in social.texts()
    assert "3 messages" in asked(ada)[0]
    ada.chat.press("Post all")
    await ada.settle()
    await ada.wait(3)
    assert social.count("boost") >= 1
    assert "in time" in social.texts()  # undone is what came just before, as it was meant
    assert "by command" in social.texts()


async def test_what_was_not_shown_when_the_answer_came_is_asked_about(ada):
    late(ada, "seen")
    await ada.settle()
    await ada.wait(3)
    late(ada, "not seen yet")
    await ada.settle()
    ada.chat.press("Post")
    await ada.settle()
    await ada.wait(3)
    assert north(ada) == ["seen"]
    assert ada.chat.last().endswith("not seen yet")
    await ada.says("yes")
    assert north(ada) == ["seen", "not seen yet"]


async def test_the_question_survives_a_restart(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        late(house, "before")
        await house.settle()
    async with TestHouse(tmp_path, chat=house.chat, socials=house.socials, clock=house.clock) as again:
        late(again, "after")
        await again.settle()
        await again.wait(3)
        assert "2 messages" in asked(again)[0]
        again.chat.press("Post all")
        await again.settle()
        assert north(again) == ["before", "after"]


async def test_when_nobody_answers_for_a_day_that_is_said_and_nothing_is_posted(ada):
    late(ada, "one")
    await ada.settle()
    await ada.wait(3)
    ada.clock.skip(86_500)
    await ada.store.run(lambda tx, now: dialog.expire(tx, now, ada.house))
    await ada.settle()
    assert ada.chat.last().startswith("Nobody answered for a day")
    assert north(ada) == []


async def test_a_hundred_and_more_are_asked_about_a_hundred_at_a_time(ada):
    for n in range(103):
        late(ada, f"number {n}")
    await ada.settle()
    await ada.wait(20)
    hundred, three = asked(ada)
    assert "100 messages" in hundred
    assert "… and 90 more" in hundred
    assert "3 messages" in three
    kept = await ada.store.read(lambda tx, now: tx.scalars(sa.select(t.question.c.arguments)))
    assert not any("number 42" in arguments for arguments in kept)  # what waits is encrypted
