"""Polls from the chat: asking, voting, what is shown of them, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bridgebot.commands.grammar import polls
from bridgebot.commands.grammar.polls import Asked
from bridgebot.errors import Rejected, Temporary, Unconfirmed
from bridgebot.model import Ballot
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.testing.pictures import png
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

TEA = Ballot(("tea", "coffee", "water"), seconds=7200)
MANY = replace(TEA, multiple=True)


@pytest.fixture
async def house(tmp_path):
    """North has polls, South has none."""
    south = MemorySocial(name="south", capabilities=replace(EVERYTHING, polls=False, quotes=False))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north"), south)) as house:
        yield house


@pytest.fixture
async def ada(house):
    await house.user("ada", "north")
    return house


async def columns(house, table) -> list[dict]:
    return await house.store.read(
        lambda tx, now: [dict(row) for row in tx.connection.execute(sa.select(table)).mappings()]
    )


def poll_of(house, number: int = -1):
    north = house.social("north")
    return north.network.seen(north.posts[number], None).poll


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Tea? | yes | no", Asked("Tea?", ("yes", "no"))),
        ("Tea? | yes | no | 2h", Asked("Tea?", ("yes", "no"), 7200)),
        ("Tea? | yes | no | multiple | 1 week", Asked("Tea?", ("yes", "no"), 604800, True)),
        ("Tea?\nyes\nno\n30 min", Asked("Tea?", ("yes", "no"), 1800)),
        ("喝茶？｜喝｜不喝｜1天｜多选", Asked("喝茶？", ("喝", "不喝"), 86400, True)),
        ("喝茶？\n喝\n不喝\n半小时", Asked("喝茶？", ("喝", "不喝"), 1800)),
        ("How long?\nor: | 1d | 2d", Asked("How long?\nor:", ("1d", "2d"))),
        ("How long? | 1d | 2d | 3d", Asked("How long?", ("1d", "2d"), 259200)),
        ("Which? | multiple | one", Asked("Which?", ("multiple", "one"))),
        ("Tea? | yes ||  no  |", Asked("Tea?", ("yes", "no"))),
        ("Tea? | yes", None),
        ("| yes | no", None),
        ("Tea?", None),
        ("", None),
    ],
)
def test_a_poll_is_read_as_it_was_meant(text, asked):
    assert polls.poll(text) == asked


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2", (2,)), ("3 1 3", (1, 3)), ("1，2、3", (1, 2, 3)), ("", None), ("two", None), ("-1", None)],
)
def test_numbers_are_read_and_nothing_else(text, numbers):
    assert polls.numbers(text) == numbers


# --- asking ------------------------------------------------------------------------------------


async def test_a_poll_is_shown_with_its_targets_and_leaves_when_that_is_confirmed(ada):
    await ada.says("/poll Tea or coffee? | tea | coffee | 2h | multiple")
    assert ada.social("north").posts == []
    asked = ada.chat.last()
    assert "To North (public):\nTea or coffee?\n○ tea\n○ coffee\n📊 until " in asked
    assert asked.endswith("several choices")
    await ada.says("yes")
    await ada.wait(2)
    assert ada.social("north").texts() == ["Tea or coffee?"]
    poll = poll_of(ada)
    assert (poll.choices, poll.multiple) == (("tea", "coffee"), True)
    assert poll.ends_at - ada.clock.now() == pytest.approx(timedelta(hours=2), abs=timedelta(minutes=1))
    assert "✓ North" in ada.chat.last()


async def test_a_network_without_polls_gets_it_in_words_with_the_address_of_one_that_has_it(house):
    await house.user("ada", "south", "north")
    await house.says("/poll Tea? | yes | no")
    assert "South: the poll is there in words" in house.chat.last()
    await house.says("yes")
    await house.wait(5)
    [post] = house.social("north").posts
    assert house.social("south").texts() == [f"Tea?\n○ yes\n○ no\n{post.url}"]
    assert house.chat.last().endswith("South: the poll is there in words, and nobody can vote there")


async def test_in_words_it_does_not_wait_for_a_network_that_is_silent(house):
    await house.user("ada", "south", "north")
    house.social("north").fail("publish", Temporary(), times=30)
    await house.says("/poll Tea? | yes | no")
    await house.says("yes")
    await house.wait(5)
    assert house.social("south").texts() == ["Tea?\n○ yes\n○ no"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (f"Tea? | yes | {'n' * 24}", "Choice 2 is too long by 4 for North. Nothing was posted."),
        ("Tea? | 1 | 2 | 3 | 4", "North takes 3 choices, and these are 4. Nothing was posted."),
        ("Tea? | yes | Yes", "Choice 2 says the same as choice 1. Nothing was posted."),
        (
            "Tea? | yes | no | 2m",
            "North keeps a poll open for 10 minutes at least and 7 days at most. Nothing was",
        ),
        ("Tea? | yes | no | 8d", "North keeps a poll open for 10 minutes at least"),
        ("Tea? | yes | no | 400d", "A poll is open for a minute at least and a year at most"),
        ("Tea? | yes", "Put the question first"),
        ("Token? | ghp_" + "a1B2" * 9 + " | no", "That looks like"),
    ],
)
async def test_what_no_network_would_take_is_said_before_anything_leaves(ada, typed, answer):
    limits = {"max_length": 500, "choices": 3, "choice_length": 20}
    limits |= {"poll_shortest": 600, "poll_longest": 7 * 86400}
    await ada.store.run(
        lambda tx, now: tx.change(t.account, people.accounts(tx, 1)[0].id, limits={"lacks": [], **limits})
    )
    await ada.says(f"/poll {typed}")
    assert ada.chat.last().startswith(answer)
    await ada.says("yes")
    assert ada.social("north").count("publish") == 0


async def test_the_question_of_a_poll_is_edited_and_its_choices_never(ada):
    line = await ada.says("/poll Tae? | yes | no")
    await ada.says("yes")
    await ada.wait(2)
    ada.social("north").vote_in(ada.social("north").posts[0].id, "lin", 1)
    ada.chat.edit_line(line, "/poll Tea? | yes | no")
    await ada.settle()
    await ada.wait(2)
    assert ada.social("north").texts() == ["Tea?"]
    assert poll_of(ada).votes == (0, 1)
    ada.chat.edit_line(line, "/poll Tea? | no | yes")
    await ada.settle()
    assert poll_of(ada).choices == ("yes", "no")
    assert ada.social("north").count("edit") == 1
    await ada.poll()
    await ada.wait(60)
    await ada.poll()
    assert ada.social("north").count("edit") == 1


async def test_a_poll_longer_than_a_post_is_asked_once_in_its_first_part(ada):
    await ada.says(f"/poll {'why ' * 200}? | yes | no")
    await ada.says("yes")
    await ada.wait(2)
    found = [post.poll for post in ada.social("north").posts]
    assert len(found) > 1
    assert [poll is not None for poll in found] == [True] + [False] * (len(found) - 1)


async def test_the_result_of_ones_own_poll_is_told_once(ada):
    await ada.says("/poll Tea? | yes | no | 1h")
    await ada.says("yes")
    await ada.wait(2)
    post = ada.social("north").posts[0]
    for name, choice in (("lin", 1), ("grete", 1), ("max", 0)):
        ada.social("north").vote_in(post.id, name, choice)
    await ada.wait(3500)
    assert "over" not in ada.chat.last()
    await ada.wait(200)
    assert ada.chat.last().startswith("📊 The poll ")
    assert ada.chat.last().endswith("on North is over: yes 33 % · no 67 %")
    count = len(ada.chat.messages())
    await ada.wait(7200)
    assert len(ada.chat.messages()) == count


async def test_a_poll_goes_without_pictures(ada):
    await ada.says("/poll Tea? | yes | no", files=[png((200, 30, 30))])
    assert ada.chat.last() == "A poll goes without pictures and files. Nothing was posted."
    await ada.says("yes")
    assert all(post.poll is None for post in ada.social("north").posts)


# --- what is shown -----------------------------------------------------------------------------


def item(house, line: str):
    return next(one for one in house.chat.messages() if one.id == line)


async def test_a_poll_is_shown_with_numbered_choices_its_end_and_buttons(ada):
    await ada.says("/timezone Asia/Shanghai")
    line = item(ada, await ada.shows("which?", poll=TEA))
    ends = (ada.social("north").posts[-1].poll.ends_at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    assert line.text.endswith(f": which?\n│ ○ 1 tea\n│ ○ 2 coffee\n│ ○ 3 water\n📊 until {ends}")
    assert [button.label for button in line.buttons][:3] == ["1", "2", "3"]


async def test_votes_are_shown_as_shares_once_the_network_shows_them(ada):
    north = ada.social("north")
    await ada.shows("first")
    post = north.add_post("lin", "which?", poll=TEA)
    for name, choice in (("a", 0), ("b", 0), ("c", 2)):
        north.vote_in(post.id, name, choice)
    await ada.poll()
    assert "│ ○ 1 tea ▰▰▰▰▰▰▰▱▱▱ 67 %\n│ ○ 2 coffee ▱▱▱▱▱▱▱▱▱▱ 0 %" in ada.chat.last()
    assert "📊 3 people voted · until" in ada.chat.last()


async def test_without_buttons_it_is_said_how_to_vote(tmp_path):
    chat = MemoryChat(name="chat")
    chat.capabilities = replace(chat.capabilities, buttons=False)
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        line = item(house, await house.shows("which?", poll=TEA))
        code = line.text.partition("[")[2].partition("]")[0]
        assert line.text.endswith(f"· /vote {code} 1")


async def test_choices_cannot_pass_for_lines_of_the_bot(ada):
    hostile = Ballot(("yes\n✓ Plaza", "\u202eno"), seconds=7200)
    line = item(ada, await ada.shows("which?", poll=hostile))
    assert "│ ○ 1 yes ✓ Plaza\n│ ○ 2 no" in line.text


async def test_of_very_many_choices_some_are_shown(ada):
    many = Ballot(tuple(f"choice {n}" for n in range(1, 31)), seconds=7200)
    line = item(ada, await ada.shows("which?", poll=many))
    assert "│ ○ 20 choice 20\n… +10\n📊" in line.text


async def test_a_poll_without_a_sensible_end_harms_nothing(ada):
    north = ada.social("north")
    await ada.shows("first")
    post = north.add_post("lin", "which?", poll=TEA)
    end = datetime.max.replace(tzinfo=UTC)
    north.network.polls.open[post.id] = replace(north.network.polls.open[post.id], ends_at=end)
    await ada.says("/timezone Asia/Shanghai")
    await ada.poll()
    assert "│ ○ 1 tea" in ada.chat.last()
    ada.chat.press("1")
    await ada.settle()
    assert north.network.polls.open[post.id].votes == (1, 0, 0)
    assert "You have voted in" in ada.chat.last()


async def test_a_poll_is_carried_by_a_rule_as_a_poll_or_in_words(house):
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("ada", "which?", poll=TEA)
    await house.poll()
    await house.wait(5)
    post = house.social("north").posts[-1]
    assert house.social("south").texts("ada") == [f"which?\n○ tea\n○ coffee\n○ water\n{post.url}"]
    for _ in range(3):
        house.social("north").vote_in(post.id, f"v{_}", _)
        await house.wait(60)
        await house.poll()
    assert house.social("south").count("edit") == 0


# --- voting ------------------------------------------------------------------------------------


async def test_a_vote_by_number_counts_once_and_the_item_shows_the_result(ada):
    line = await ada.shows("which?", poll=TEA)
    await ada.says("/vote 2", reply_to=line)
    await ada.wait(1)
    north = ada.social("north")
    assert poll_of(ada).votes == (0, 1, 0)
    assert "You have voted in" in ada.chat.last()
    assert "│ ● 2 coffee ▰▰▰▰▰▰▰▰▰▰ 100 %" in item(ada, line).text
    assert [b.label for b in item(ada, line).buttons if b.label.isdigit()] == []
    await ada.says("/vote 1", reply_to=line)
    assert "You have voted in" in ada.chat.last()
    assert "A vote cannot be changed" in ada.chat.last()
    assert north.count("vote") == 1


async def test_a_button_votes(ada):
    line = await ada.shows("which?", poll=TEA)
    ada.chat.press("3")
    await ada.settle()
    assert poll_of(ada).votes == (0, 0, 1)
    assert "● 3 water" in item(ada, line).text


async def test_where_several_may_be_chosen_one_button_is_asked_about(ada):
    await ada.shows("which?", poll=MANY)
    ada.chat.press("3")
    await ada.settle()
    assert "you may choose several" in ada.chat.last()
    assert poll_of(ada).votes == (0, 0, 0)
    await ada.says("vote")
    assert poll_of(ada).votes == (0, 0, 1)


@pytest.mark.parametrize(
    ("poll", "typed", "answer"),
    [
        (TEA, "4", "This poll has choices 1 to 3."),
        (TEA, "0", "This poll has choices 1 to 3."),
        (TEA, "1 2", "In this poll you can choose one only."),
        (TEA, "tea", "/vote ID and the number"),
        (None, "1", "has no poll"),
    ],
)
async def test_what_cannot_be_voted_is_said_and_not_sent(ada, poll, typed, answer):
    line = await ada.shows("which?", poll=poll)
    await ada.says(f"/vote {typed}", reply_to=line)
    assert answer in ada.chat.last()
    assert ada.social("north").count("vote") == 0


async def test_several_choices_where_they_are_allowed(ada):
    line = await ada.shows("which?", poll=MANY)
    await ada.says("/vote 3 1", reply_to=line)
    assert poll_of(ada).votes == (1, 0, 1)


async def test_a_poll_that_is_over_takes_no_vote(ada):
    line = await ada.shows("which?", poll=TEA)
    await ada.wait(7300)
    await ada.says("/vote 1", reply_to=line)
    assert ada.chat.last().endswith("is over.")
    assert ada.social("north").count("vote") == 0


async def test_a_vote_whose_answer_got_lost_is_looked_for_and_not_cast_twice(ada):
    north = ada.social("north")
    line = await ada.shows("which?", poll=TEA)
    north.fail("vote", Unconfirmed(), acted=True)
    await ada.says("/vote 1", reply_to=line)
    await ada.wait(6)
    assert north.count("vote") == 1
    assert "You have voted in" in ada.chat.last()
    assert "● 1 tea ▰▰▰▰▰▰▰▰▰▰ 100 %" in item(ada, line).text


async def test_a_vote_that_did_not_arrive_is_cast_again(ada):
    north = ada.social("north")
    line = await ada.shows("which?", poll=TEA)
    north.fail("vote", Unconfirmed())
    await ada.says("/vote 1", reply_to=line)
    for _ in range(4):
        await ada.wait(31)
    assert north.count("vote") == 2
    assert poll_of(ada).votes == (1, 0, 0)


async def test_where_nobody_can_look_whoever_voted_is_asked(tmp_path):
    north = MemorySocial(name="north", capabilities=replace(EVERYTHING, get=False))
    async with TestHouse(tmp_path, socials=(north,)) as house:
        await house.user("ada", "north")
        line = await house.shows("which?", poll=TEA)
        north.fail("vote", Unconfirmed(), acted=True)
        await house.says("/vote 1", reply_to=line)
        assert "never answered whether it counted your vote" in house.chat.last()
        await house.says("1")
        await house.wait(60)
        assert north.count("vote") == 1


async def test_a_vote_that_the_network_refused_may_be_tried_again(ada):
    line = await ada.shows("which?", poll=TEA)
    ada.social("north").fail("vote", Rejected())
    await ada.says("/vote 1", reply_to=line)
    await ada.says("/vote 1", reply_to=line)
    assert poll_of(ada).votes == (1, 0, 0)


async def test_the_result_of_a_poll_that_one_voted_in_comes_once(ada):
    north = ada.social("north")
    line = await ada.shows("which?", poll=TEA)
    await ada.says("/vote 1", reply_to=line)
    north.vote_in(north.posts[-1].id, "grete", 2)
    await ada.wait(7300)
    assert ada.chat.last().startswith("📊 The poll ")
    assert ada.chat.last().endswith("is over: tea 50 % · coffee 0 % · water 50 %")
    assert "📊 2 people voted · over" in item(ada, line).text
    count = len(ada.chat.messages())
    await ada.wait(90000)
    assert len(ada.chat.messages()) == count


async def test_a_poll_that_was_deleted_before_its_end_is_not_spoken_of(ada):
    north = ada.social("north")
    line = await ada.shows("which?", poll=TEA)
    await ada.says("/vote 1", reply_to=line)
    north.delete_post(north.posts[-1].id)
    count = len(ada.chat.messages())
    await ada.wait(7300)
    assert len(ada.chat.messages()) == count


async def test_what_one_person_chose_is_not_shown_to_another(ada):
    await ada.user("bob", "north")
    line = await ada.shows("which?", poll=TEA)
    await ada.says("/vote 1", reply_to=line)
    [row] = [one for one in await columns(ada, t.post) if one["poll"]]
    assert row["poll"]["voted"] == []


async def test_a_poll_is_forgotten_with_the_words_of_its_post(ada):
    from bridgebot.store import posts

    await ada.shows("which?", poll=TEA)
    later = ada.clock.now() + timedelta(days=31)
    await ada.store.run(lambda tx, now: posts.forget_old(tx, later))
    assert [row for row in await columns(ada, t.post) if row["poll"]] == []
