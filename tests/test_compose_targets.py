"""Where a post goes and who may read it: names, audiences, answers, memos."""

from __future__ import annotations

import pytest

from bridgebot.model import Audience
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


# --- names in front ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["/post +nroth only there", "-noth 别发到那里", "/post +north -nort hm"])
async def test_a_name_with_a_slip_is_asked_about_and_not_posted_everywhere(ada, text):
    await ada.says(text)
    assert ada.chat.last().startswith("No account of yours is called so (/accounts). Post this")
    assert north(ada) == []
    await ada.says("post")
    assert north(ada) == [text.removeprefix("/post ").removeprefix("+north ")]


@pytest.mark.parametrize(
    "text", ["+1 for north", "-20°C up north", "- north", "+northern lights", "a -nroth"]
)
async def test_what_is_no_slip_in_a_name_is_posted(ada, text):
    await ada.says(f"/post {text}")
    assert north(ada) == [text]


# --- for the next post only -------------------------------------------------------------------


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


# --- where it goes ----------------------------------------------------------------------------


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


# --- answers to posts -------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["native", "id", "handle", "/re without id"])
async def test_a_reply_is_never_seen_by_more_people_than_what_it_answers(ada, way):
    parent = await ada.shows("between friends", audience=Audience.FOLLOWERS, warning="family")
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
    parent = await ada.shows("to everybody")
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


# --- memos ------------------------------------------------------------------------------------


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
    await house.says("+north good")
    await house.wait(2)
    code = house.chat.last().split()[0].lstrip("#")
    await house.says(f"/share {code} to south")
    assert house.social("south").texts() == ["good"]
    await house.says("/undo")
    assert house.chat.last() == f"{code} is being taken back from South."
    assert (north(house), house.social("south").texts()) == (["good"], [])


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
