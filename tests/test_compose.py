"""Posting from a direct chat, as a person sees it: what is asked, what is shown, what is never posted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot import dialog
from bridgebot.model import Audience
from bridgebot.store import people
from bridgebot.store import tables as t
from tests.house import TestHouse

LANGUAGES = ("en", "zh-CN")


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


def follow(house, who: str, whom: str) -> None:
    network = house.social("north").network
    network.follows.add((network.person(who).id, network.person(whom).id))


async def shows(house, text: str, **more) -> str:
    """A post of Lin's is shown in Ada's chat; the id of the message that shows it."""
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    follow(house, "ada", "lin")
    house.social("north").add_post("lin", text, **more)
    await house.poll()
    shown = [
        line for line in house.chat.messages() if text in line.text or more.get("warning", "∅") in line.text
    ]
    return shown[-1].id


async def expire(house) -> None:
    house.clock.skip(601)
    await house.store.run(lambda tx, now: dialog.expire(tx, now, house.house))
    await house.settle()


async def rows(house, table):
    return await house.store.read(
        lambda tx, now: [dict(row) for row in tx.connection.execute(sa.select(table)).mappings()]
    )


# --- what plain text is ------------------------------------------------------------------------


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


# --- doubts ------------------------------------------------------------------------------------


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


# --- nearly a command, or one without its prefix -----------------------------------------------


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
    parent = await shows(ada, "between friends", audience=Audience.FOLLOWERS)
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
    shown = await shows(ada, "likeable")
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


# --- secrets -----------------------------------------------------------------------------------

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


# --- the message changes -----------------------------------------------------------------------


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


async def test_an_edit_while_a_question_waits_keeps_what_it_answers(house):
    await house.user("ada", "north", plain="ask")
    parent = await shows(house, "question?", audience=Audience.FOLLOWERS)
    line = await house.says("anwser", reply_to=parent)
    house.chat.edit_line(line, "answer")
    await house.settle()
    assert "(followers only)" in house.chat.last()
    await house.says("yes")
    answer = house.social("north").posts[-1]
    assert (answer.text, answer.audience) == ("answer", Audience.FOLLOWERS)
    assert answer.reply_to is not None


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


# --- questions ---------------------------------------------------------------------------------


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
    await expire(house)
    assert house.chat.last() == told
    house.chat.press("Post" if language == "en" else "发布")
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
    parent = await shows(house, "tea?")
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


# --- for the next post only --------------------------------------------------------------------


async def test_vis_and_cw_are_for_the_next_post_only(ada):
    await ada.says("/vis unlisted")
    assert ada.chat.last() == "The next post: unlisted."
    await ada.says("/cw spoilers")
    assert ada.chat.last() == "The next post is folded behind: spoilers"
    await ada.says("one")
    await ada.says("two")
    told = [(p.text, p.audience, p.warning) for p in ada.social("north").posts]
    assert told == [("one", Audience.UNLISTED, "spoilers"), ("two", Audience.PUBLIC, None)]


@pytest.mark.parametrize("word", ["followers", "private", "粉丝", "仅关注者"])
async def test_a_memo_does_not_use_up_what_was_chosen_for_the_next_post(ada, word):
    await ada.says(f"/vis {word}")
    await ada.says("/memo milk")
    await ada.says("for friends")
    assert [p.audience for p in ada.social("north").posts] == [Audience.FOLLOWERS]


async def test_a_wrong_audience_names_the_right_ones(ada):
    await ada.says("/vis everybody")
    assert ada.chat.last() == "/vis public, unlisted, followers or direct"


async def test_cw_without_words_takes_the_warning_away(ada):
    await ada.says("/cw spoilers")
    await ada.says("/cw")
    await ada.says("open")
    assert ada.social("north").posts[0].warning is None


# --- where it goes -----------------------------------------------------------------------------


async def test_names_in_front_choose_accounts(house):
    await house.user("ada", "north", "south")
    await house.says("+south there")
    await house.says("-south here")
    await house.says("+nobody everywhere")
    assert north(house) == ["here", "+nobody everywhere"]
    assert house.social("south").texts() == ["there", "+nobody everywhere"]


@pytest.mark.parametrize("names", ["north,south", "north, south", "north，south", "+north,+south"])
async def test_to_takes_several_names(house, names):
    await house.user("ada", "north", "south")
    await house.says("/default north")
    await house.says(f"/to {names} to both")
    assert north(house) == ["to both"] == house.social("south").texts()


async def test_to_keeps_the_lines_of_the_text(ada):
    await ada.says("/to north\nfirst\nsecond")
    assert north(ada) == ["first\nsecond"]


@pytest.mark.parametrize("typed", ["/to", "/to north", "/to nowhere text", "/to north,nowhere text"])
async def test_to_with_a_wrong_name_posts_nothing_and_names_the_right_ones(ada, typed):
    await ada.says(typed)
    assert ada.chat.last() == "/to NAME TEXT with your account names: north"
    assert north(ada) == []


async def test_two_accounts_on_one_network_are_told_apart_when_asked(house):
    from tests.house import _link

    user = await house.user("ada", "north", plain="ask")
    second = house.social("north").account("ada_too")
    await house.store.run(lambda tx, now: _link(tx, now, user, "north", second))
    await house.says("which?")
    assert "To North (north), North (north2) (public):" in house.chat.last()


# --- answers to posts --------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["native", "id", "handle", "/re without id"])
async def test_a_reply_is_never_seen_by_more_people_than_what_it_answers(ada, way):
    parent = await shows(ada, "between friends", audience=Audience.FOLLOWERS, warning="family")
    typed = {
        "native": "same here",
        "id": "/re 2k7 same here",
        "handle": "/re @lin@north.example same here",
        "/re without id": "/re same here",
    }[way]
    await ada.says("/vis public")
    await ada.says(typed, reply_to=parent if way in ("native", "/re without id") else None)
    answer = ada.social("north").posts[-1]
    assert (answer.text, answer.audience, answer.warning) == ("same here", Audience.FOLLOWERS, "family")
    await ada.wait(2)
    assert "replied to @lin@north.example on North" in ada.chat.last()


async def test_a_narrower_audience_is_kept_in_an_answer(ada):
    parent = await shows(ada, "to everybody")
    await ada.says("/vis followers")
    await ada.says("to friends", reply_to=parent)
    assert ada.social("north").posts[-1].audience is Audience.FOLLOWERS


async def test_a_reply_to_nothing_says_what_to_name(ada):
    await ada.says("/re")
    assert ada.chat.last().startswith("Which post?")
    await ada.says("/re 7zz hm")
    assert ada.chat.last().startswith("I know no post “7zz” in this chat.")
    await ada.says("/re 7zz" + " long" * 500)
    assert len(ada.chat.last()) < 200
    assert north(ada) == []


# --- memos -------------------------------------------------------------------------------------


async def test_a_memo_is_kept_found_and_shared_later(ada):
    await ada.says("/memo milk and bread")
    await ada.says("/memo call Lin")
    await ada.wait(2)
    assert north(ada) == []
    await ada.says("/memos")
    head, *lines = ada.chat.last().split("\n")
    assert head == "2 memos:"
    assert [line.split("  ")[1] for line in lines] == ["call Lin", "milk and bread"]
    await ada.says("/memos milk")
    code = ada.chat.last().split("\n")[1].split()[0]
    await ada.says("/vis unlisted")
    await ada.says(f"/share {code}")
    await ada.wait(2)
    assert [(p.text, p.audience) for p in ada.social("north").posts] == [
        ("milk and bread", Audience.UNLISTED)
    ]
    await ada.says("/memos")
    assert ada.chat.last().startswith("One memo:")
    await ada.says(f"/share {code}")
    assert ada.chat.last() == f"{code} is there already."


async def test_share_brings_a_post_to_more_accounts_and_undo_takes_only_that_back(house):
    await house.user("ada", "north", "south")
    line = await house.says("+north good")
    await house.wait(2)
    code = house.chat.last().split()[0].lstrip("#")
    await house.says(f"/share {code} to south")
    assert house.social("south").texts() == ["good"]
    await house.says("/undo")
    assert (north(house), house.social("south").texts()) == (["good"], [])
    assert line


async def test_a_shared_memo_that_is_taken_back_is_a_memo_again(ada):
    await ada.says("/memo not yet")
    await ada.says("/share 2k7")
    assert north(ada) == ["not yet"]
    await ada.says("/undo")
    assert north(ada) == []
    await ada.says("/memos")
    assert "not yet" in ada.chat.last()


@pytest.mark.parametrize("typed", ["/share", "/share 7zz", "/share nothing"])
async def test_sharing_nothing_says_what_can_be_shared(ada, typed):
    await ada.says(typed)
    assert ada.chat.last() == "/share ID: a memo or post of your own, from this chat."


# --- strange texts -----------------------------------------------------------------------------


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
