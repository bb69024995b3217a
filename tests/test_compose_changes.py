"""A message changes or is taken back, and the questions that wait meanwhile."""

from __future__ import annotations

import pytest

from bridgebot import dialog
from bridgebot.model import Audience, Press
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


@pytest.fixture
async def ada(house):
    """Ada posts on North without questions."""
    await house.user("ada", "north")
    return house


def north(house) -> list[str]:
    return house.social("north").texts()


def receipt_changes(house) -> list[str]:
    return [call.arguments[2].text for call in house.chat.calls if call.name == "edit"]


async def expire(house) -> None:
    house.clock.skip(601)
    await house.store.run(lambda tx, now: dialog.expire(tx, now, house.house))
    await house.settle()


# --- the message changes ----------------------------------------------------------------------


async def test_an_edit_while_a_question_waits_is_asked_about_anew(house):
    await house.user("ada", "north", plain="ask")
    line = await house.says("frist")
    house.chat.edit_line(line, "first")
    await house.settle()
    assert house.chat.last().endswith("\nfirst")
    await house.says("yes")
    assert north(house) == ["first"]
    await house.says("yes")
    assert "frist" not in north(house)


async def test_a_mistyped_command_is_mended_by_editing_the_message(ada):
    line = await ada.says("/pots mended")
    ada.chat.edit_line(line, "/post mended")
    await ada.settle()
    assert north(ada) == ["mended"]


async def test_a_receipt_that_would_say_the_same_is_not_said_again(ada):
    line = await ada.says("/post frist")
    receipt = ada.chat.last()
    ada.chat.edit_line(line, "/post first")
    await ada.settle()
    assert north(ada) == ["first"]
    assert receipt_changes(ada) == []
    await ada.says("/undo")
    await ada.says("/redo")
    assert north(ada) == ["first"]
    undone, again = receipt_changes(ada)
    assert receipt not in (undone, again)


async def test_an_edit_while_a_question_waits_keeps_what_it_answers(house):
    await house.user("ada", "north", plain="ask")
    parent = await house.shows("question?", audience=Audience.FOLLOWERS)
    line = await house.says("anwser", reply_to=parent)
    house.chat.edit_line(line, "answer")
    await house.settle()
    assert "(followers only)" in house.chat.last()
    await house.says("yes")
    answer = house.social("north").posts[-1]
    assert (answer.text, answer.audience) == ("answer", Audience.FOLLOWERS)
    assert answer.reply_to is not None


async def test_an_edit_of_an_answer_to_what_is_no_post_is_asked_about_as_the_answer_was(ada):
    await ada.says("/help")
    line = await ada.says("whta is that?", reply_to=ada.chat.messages()[-1].id)
    ada.chat.edit_line(line, "what is that?")
    await ada.settle()
    assert north(ada) == []
    asked = ada.chat.last()
    assert asked.startswith("You answered something that is no post.")
    assert "what is that?" in asked
    await ada.says("post")
    assert north(ada) == ["what is that?"]


async def test_an_edit_leaves_out_the_account_names_and_the_command(house):
    await house.user("ada", "north", "south")
    one = await house.says("+north only here")
    two = await house.says("/post by command")
    three = await house.says("/to south there")
    for line, text in ((one, "+north only here!"), (two, "/post by command!"), (three, "/to south there!")):
        house.chat.edit_line(line, text)
    await house.settle()
    assert north(house) == ["only here!", "by command!"]
    assert house.social("south").texts() == ["by command!", "there!"]


@pytest.mark.parametrize("text", ["/undo", "/pots me", "   ", "/fav 7k2"])
async def test_a_post_is_not_edited_into_a_command_or_nothing(ada, text):
    line = await ada.says("stays")
    ada.chat.edit_line(line, text)
    await ada.settle()
    assert "was not passed on" in ada.chat.last()
    assert north(ada) == ["stays"]


async def test_an_edited_command_is_not_run_and_says_so(ada):
    await ada.says("stays")
    line = await ada.says("/status")
    ada.chat.edit_line(line, "/undo")
    await ada.settle()
    assert ada.chat.last() == "An edited command is not run. Please send it anew."
    assert north(ada) == ["stays"]


async def test_taking_back_a_message_that_waits_closes_its_question(house):
    await house.user("ada", "north", plain="ask")
    first = await house.says("not this")
    await house.says("but this")
    house.chat.delete_line(first)
    await house.settle()
    assert house.chat.last() == "Nothing was posted."
    await house.says("yes")
    await house.says("yes")
    assert north(house) == ["but this"]


async def test_taking_back_a_memo_deletes_it(ada):
    line = await ada.says("/memo milk")
    ada.chat.delete_line(line)
    await ada.settle()
    await ada.says("/memos")
    assert ada.chat.last() == "No memos. /memo TEXT keeps one."


# --- questions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "No answer for ten minutes: that text was not posted."),
        ("zh-CN", "十分钟没有回答：那段文字没有发布。"),
    ],
)
async def test_a_question_ends_after_ten_minutes_and_says_so(house, language, told):
    house.chat.person("ada", language=language)
    await house.user("ada", "north", plain="ask")
    await house.says("never mind")
    data = house.chat.messages()[-1].buttons[0].data
    await expire(house)
    await house.wait(2)
    assert house.chat.last() == told
    assert [line.text for line in house.chat.messages() if line.buttons] == []
    chat, person = house.chat.network.chat("ada"), house.chat.network.person("ada")
    await house.inbox.receive("chat", Press("late-press", chat, person, "1", data))  # not noticed yet
    await house.settle()
    assert house.chat.last() == house.house.texts(language, "question-over")
    assert north(house) == []


async def test_cancel_leaves_the_question(house):
    await house.user("ada", "north", plain="ask")
    await house.says("never mind")
    await house.says("/cancel")
    assert house.chat.last() == "Cancelled. Nothing was posted."
    await house.says("/cancel")
    assert house.chat.last() == "There is no open question."
    assert north(house) == []


async def test_a_button_counts_once_and_a_second_press_says_so(house):
    await house.user("ada", "north", plain="ask")
    await house.says("once")
    house.chat.press("Post")
    house.chat.press("Post")
    house.chat.press("No")
    await house.settle()
    assert north(house) == ["once"]
    assert house.chat.lines().count("That was answered already.") == 2


async def test_what_was_asked_is_posted_as_it_was_shown(house):
    """A post in between takes the chosen audience; the one that waits keeps it all the same."""
    await house.user("ada", "north", plain="ask")
    await house.says("/vis followers")
    await house.says("for friends")
    assert "(followers only)" in house.chat.last()
    await house.says("/post in between")
    ada_posts = house.social("north").posts
    assert ada_posts[0].audience is Audience.FOLLOWERS
    await house.says("yes")
    assert {p.text: p.audience for p in house.social("north").posts}["for friends"] is Audience.FOLLOWERS


async def test_an_audience_chosen_while_the_question_waits_counts_too(house):
    await house.user("ada", "north", plain="ask")
    await house.says("oh, for friends only")
    await house.says("/vis followers")
    await house.says("yes")
    assert house.social("north").posts[0].audience is Audience.FOLLOWERS


async def test_a_native_answer_to_a_post_never_answers_a_question(house):
    await house.user("ada", "north", plain="ask")
    parent = await house.shows("tea?")
    await house.says("pending")
    await house.says("yes", reply_to=parent)
    assert "pending" not in north(house)


async def test_an_account_that_was_unlinked_meanwhile_gets_nothing(house):
    await house.user("ada", "north", plain="ask")
    await house.says("+north for later")
    await house.says("/unlink north")
    await house.says("forget it")
    await house.says("post")
    assert north(house) == []
    assert house.chat.last().startswith("Nothing was posted: you have no account here yet.")
