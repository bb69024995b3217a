"""Plain text in a direct chat, as a person sees it: what is asked, and what is never posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot.model import Audience
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
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


async def rows(house, table):
    return await house.store.read(
        lambda tx, now: [dict(row) for row in tx.connection.execute(sa.select(table)).mappings()]
    )


# --- what plain text is -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "question", "mode", "shown", "answer"),
    [
        (
            "en",
            "What should plain text be?",
            "Post",
            "Shall I post this?\nTo North (public):\ngood day",
            "yes",
        ),
        ("zh-CN", "纯文字要怎么处理？", "发布", "要发布这条吗？\n发到 North（公开）：\ngood day", "是"),
    ],
)
async def test_the_first_text_asks_what_plain_text_is_and_is_not_forgotten(
    house, language, question, mode, shown, answer
):
    house.chat.person("ada", language=language)
    await house.user("ada", "north", plain=None)
    await house.says("good day")
    assert house.chat.last().startswith(question)
    assert north(house) == []
    house.chat.press(mode)
    await house.settle()
    assert house.chat.last() == shown
    assert north(house) == []
    await house.says(answer)
    assert north(house) == ["good day"]
    await house.wait(2)
    assert house.chat.last().startswith("#")
    assert "✓ North https://north.example/" in house.chat.last()


async def test_the_first_three_posts_are_shown_and_the_fourth_is_simply_posted(house):
    user = await house.user("ada", "north", plain=None)
    await house.store.run(lambda tx, now: people.set_user(tx, user, asks_left=people.FIRST_ASKS))
    await house.says("one")
    await house.says("post")
    for text in ("one", "two", "three"):
        if text != "one":
            await house.says(text)
        assert house.chat.last() == f"Shall I post this?\nTo North (public):\n{text}"
        await house.says("post")
    await house.says("four")
    assert north(house) == ["one", "two", "three", "four"]


async def test_what_will_be_left_out_is_named_before_it_is_posted(tmp_path):
    narrow = replace(MemorySocial().capabilities, audiences=frozenset({Audience.PUBLIC}))
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=narrow))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south", plain="ask")
        await house.says("/vis followers")
        await house.says("between us")
        left_out = (
            "✗ South: it cannot keep a post to your followers, so it is left out; "
            "what may be public there is written with /vis public"
        )
        assert house.chat.last() == f"Shall I post this?\nTo North, {left_out} (followers only):\nbetween us"


async def test_ask_each_time_asks_each_time(house):
    await house.user("ada", "north", plain="ask")
    for text in ("one", "two"):
        await house.says(text)
        assert house.chat.last().startswith("Shall I post this?")
        await house.says("no")
        assert house.chat.last() == "Nothing was posted."
    assert north(house) == []


async def test_only_the_command_posts_where_that_was_chosen(house):
    await house.user("ada", "north", plain="command")
    await house.says("plain")
    assert house.chat.last().startswith("Only /post publishes, as you chose.")
    await house.says("no")
    await house.says("/post by command")
    assert north(house) == ["by command"]


async def test_without_an_account_nothing_is_posted_and_the_way_is_shown(house):
    await house.says("/start")
    await house.says("good day")
    assert house.chat.last().startswith("Nothing was posted: you have no account here yet. /join NAME")
    assert await rows(house, t.post) == []


async def test_without_a_default_target_the_names_are_given(ada):
    await ada.says("/routes stop 1")
    await ada.says("good day")
    assert "/default north" in ada.chat.last()
    assert north(ada) == []


# --- doubts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hi", "thanks", "在吗", "谢谢！", "Hello!"])
async def test_a_bare_greeting_is_always_asked_about(ada, text):
    await ada.says(text)
    assert ada.chat.last().startswith("Is that for me, or a post?")
    assert north(ada) == []
    await ada.says("post")
    assert north(ada) == [text]


@pytest.mark.parametrize("form", ["late words", "/post late words", "/to north late words"])
async def test_a_message_that_came_late_is_asked_about(ada, form):
    await ada.says(form, sent_at=ada.clock.now() - timedelta(minutes=11))
    await ada.wait(2)
    assert ada.chat.last().startswith("This reached me late")
    assert north(ada) == []
    ada.chat.press("Post")
    await ada.settle()
    assert north(ada) == ["late words"]


async def test_nine_minutes_are_not_late(ada):
    await ada.says("in time", sent_at=ada.clock.now() - timedelta(minutes=9))
    assert north(ada) == ["in time"]


@pytest.mark.parametrize("form", ["again", "/post again"])
async def test_the_same_twice_within_two_minutes_is_asked_about(ada, form):
    await ada.says(form)
    await ada.wait(60)
    await ada.says(form)
    assert ada.chat.last().startswith("You wrote the same a moment ago.")
    await ada.says("no")
    assert north(ada) == ["again"]
    await ada.wait(121)
    await ada.says(form)
    assert north(ada) == ["again", "again"]


async def test_a_native_answer_to_something_that_is_no_post_is_asked_about(ada):
    await ada.says("/help")
    await ada.says("what?", reply_to=ada.chat.messages()[-1].id)
    assert ada.chat.last().startswith("You answered something that is no post.")
    assert north(ada) == []


# --- nearly a command, or one without its prefix ----------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/pots typo", "Did you mean /post? Nothing was posted."),
        ("/fav7k2", "Did you mean /fav 7k2? Nothing was posted."),
        ("！folow @lin", "Did you mean /follow? Nothing was posted."),
        ("/msg lin for your eyes", "Did you mean /help? Nothing was posted."),
    ],
)
async def test_a_mistyped_command_is_never_posted_unless_said_so(ada, typed, said):
    await ada.says(typed)
    assert ada.chat.last() == said
    assert north(ada) == []
    ada.chat.press("Post it anyway")
    await ada.settle()
    assert north(ada) == [typed]


async def test_post_it_anyway_can_be_said_in_words(ada):
    await ada.says("/pots typo")
    await ada.says("post it anyway")
    assert north(ada) == ["/pots typo"]


async def test_a_mistyped_command_as_an_answer_stays_an_answer_when_posted_anyway(ada):
    parent = await ada.shows("between friends", audience=Audience.FOLLOWERS)
    await ada.says("/pots that", reply_to=parent)
    ada.chat.press("Post it anyway")
    await ada.settle()
    answers = [post for post in ada.social("north").posts if post.author.handle.startswith("@ada")]
    assert {post.audience for post in answers} == {Audience.FOLLOWERS}
    assert all(post.reply_to for post in answers)


@pytest.mark.parametrize("typed", ["undo", "fav 7k2", "follow ada@example.social", "撤销"])
async def test_plain_words_that_are_a_command_are_asked_about(ada, typed):
    await ada.says(typed)
    assert ada.chat.last().startswith("Is that the command /")
    await ada.says("no")
    assert ada.chat.last() == "Nothing was posted."
    await ada.says(typed + " ")
    ada.chat.press("Post")
    await ada.settle()
    assert north(ada) == [typed + " "]


async def test_plain_words_run_as_the_command_that_they_are(ada):
    await ada.says("to be undone")
    await ada.says("undo")
    await ada.says("command")
    await ada.wait(2)
    assert north(ada) == []


async def test_a_bare_fav_as_a_native_answer_runs_on_that_post(ada):
    shown = await ada.shows("likeable")
    await ada.says("fav", reply_to=shown)
    ada.chat.press("Command")
    await ada.settle()
    assert ada.chat.last().startswith("★ ")
    assert len(ada.social("north").network.favourites) == 1


@pytest.mark.parametrize(
    "text", ["on the way home", "get well soon", "/me waves", "1/2", "-20°C", "！！！太好了"]
)
async def test_what_only_begins_like_a_command_is_simply_a_post(ada, text):
    await ada.says(text)
    assert north(ada) == [text]


async def test_a_second_slash_posts_what_begins_with_one(ada):
    await ada.says("//undo is my favourite command")
    assert north(ada) == ["/undo is my favourite command"]


# --- secrets ----------------------------------------------------------------------------------

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3 + "abcd"


@pytest.mark.parametrize("form", ["{}", "/post {}", "/memo {}", "/cw {}", "look: {} nice"])
async def test_a_secret_is_refused_and_kept_nowhere(ada, form):
    await ada.says(form.format(TOKEN))
    await ada.wait(2)
    assert ada.chat.last().startswith("That looks like an access token: it was not posted and is not kept.")
    assert north(ada) == []
    assert await rows(ada, t.post) == []
    for file in ada.folder.glob("house.db*"):
        assert TOKEN.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("way", ["edit", "command"])
async def test_a_post_is_never_edited_into_a_secret(ada, way):
    line = await ada.says("harmless")
    if way == "edit":
        ada.chat.edit_line(line, TOKEN)
        await ada.settle()
        assert "was not passed on" in ada.chat.last()
    else:
        await ada.says(f"/edit {TOKEN}", reply_to=line)
        assert ada.chat.last().startswith("That looks like an access token")
    assert north(ada) == ["harmless"]
    for file in ada.folder.glob("house.db*"):
        assert TOKEN.encode() not in file.read_bytes(), file


# --- strange texts ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["   ", "\n\n", "\u3000", "\u200b\u200d", "\ufeff"])
async def test_white_space_is_no_post_and_is_answered(ada, text):
    await ada.says(text)
    assert ada.chat.last() == "There is nothing in it to post."
    assert await rows(ada, t.post) == []


async def test_ten_thousand_characters_become_a_thread(ada):
    await ada.says("word " * 2000)
    posts = ada.social("north").posts
    assert len(posts) > 20
    assert posts[0].text.endswith(f"(1/{len(posts)})")
    assert [post.reply_to for post in posts[1:]] == [post.id for post in posts[:-1]]
    await ada.wait(2)
    assert f"(thread of {len(posts)})" in ada.chat.last()


async def test_ten_thousand_characters_in_a_question_fit_the_chat(house):
    await house.user("ada", "north", plain="ask")
    await house.says("word " * 2000)
    assert house.chat.messages()[-1].buttons
    await house.says("no")
    assert north(house) == []


async def test_a_hundred_emoji_are_a_post(ada):
    await ada.says("😀" * 100)
    await ada.says("👨‍👩‍👧‍👦" * 10)
    assert north(ada) == ["😀" * 100, "👨‍👩‍👧‍👦" * 10]
