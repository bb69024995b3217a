"""Posts for later, as a person sees them; and direct messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridgebot.model import Audience
from bridgebot.store import people
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

NOON = "12:00"


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


@pytest.fixture
async def ada(house):
    """Ada posts on North, in Shanghai."""
    await house.user("ada", "north")
    await house.says("/timezone Asia/Shanghai")
    return house


def north(house) -> list[str]:
    return house.social("north").texts()


async def test_a_post_waits_for_its_time_and_is_shown_with_it(ada):
    await ada.says("/schedule in 2h good evening")
    at = (ada.clock.now() + timedelta(hours=10)).strftime("%H:%M")
    assert ada.chat.last().startswith("⏰ 1: ")
    assert f"at {at}, to North (public):\ngood evening\n" in ada.chat.last()
    await ada.wait(7100)
    assert north(ada) == []
    await ada.wait(120)
    assert north(ada) == ["good evening"]
    await ada.wait(2)
    assert "✓ North" in ada.chat.last()
    await ada.wait(90000)
    assert north(ada) == ["good evening"]


async def test_in_chinese_it_is_the_same(house):
    house.chat.person("ada", language="zh-CN")
    await house.user("ada", "north")
    await house.says("/定时 30分钟后 喝水")
    assert "发到 North（公开）：\n喝水" in house.chat.last()
    await house.wait(1801)
    assert north(house) == ["喝水"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("good evening", "Say when and what"),
        ("18:30", "Say when and what"),
        ("2020-01-01 9:00 x", "That is over already"),
        ("2099-01-01 9:00 x", "I can keep a post for a year at most"),
        ("", "Say when and what"),
    ],
)
async def test_what_cannot_be_scheduled_is_said(ada, typed, answer):
    await ada.says(f"/schedule {typed}")
    assert ada.chat.last().startswith(answer)
    await ada.says("/scheduled")
    assert ada.chat.last().startswith("Nothing waits")


async def test_a_button_cancels_it_and_another_sends_it_now(ada):
    await ada.says("/schedule in 2h one")
    ada.chat.press("Cancel")
    await ada.settle()
    assert ada.chat.last().startswith("Cancelled: nothing is posted")
    await ada.says("/schedule in 2h two")
    ada.chat.press("Now")
    await ada.settle()
    assert north(ada) == ["two"]
    await ada.wait(7300)
    assert north(ada) == ["two"]


async def test_what_waits_is_listed_and_named_by_its_number(ada):
    for hours, text in ((3, "later"), (2, "sooner")):
        await ada.says(f"/schedule in {hours}h {text}")
    await ada.says("/scheduled")
    assert [line.split(": ")[-1] for line in ada.chat.last().splitlines()[1:3]] == ["sooner", "later"]
    await ada.says("/scheduled cancel 2")
    await ada.says("/scheduled now 1")
    assert north(ada) == ["later"]
    await ada.says("/scheduled")
    assert ada.chat.last().startswith("Nothing waits")


async def test_editing_the_message_changes_what_waits_and_when(ada):
    line = await ada.says("/schedule in 2h good evning")
    ada.chat.edit_line(line, "/schedule in 3h good evening")
    await ada.settle()
    await ada.wait(7300)
    assert north(ada) == []
    await ada.wait(3600)
    assert north(ada) == ["good evening"]
    ada.chat.edit_line(line, "/schedule in 3h good evening, all")
    await ada.settle()
    await ada.wait(2)
    assert north(ada) == ["good evening, all"]


async def test_taking_the_message_back_cancels_it(ada):
    line = await ada.says("/schedule in 2h never mind")
    ada.chat.delete_line(line)
    await ada.settle()
    assert ada.chat.last().startswith("Cancelled: nothing is posted")
    await ada.wait(7300)
    assert north(ada) == []


async def test_it_goes_where_and_to_whom_it_was_meant_when_it_was_written(ada):
    await ada.says("/vis followers")
    await ada.says("/schedule in 2h for friends")
    await ada.says("/vis direct")
    await ada.says("/cw later")
    await ada.wait(7300)
    [post] = ada.social("north").posts
    assert (post.audience, post.warning) == (Audience.FOLLOWERS, None)
    await ada.says("and this is direct")
    assert (ada.social("north").posts[-1].audience, ada.social("north").posts[-1].warning) == (
        Audience.DIRECT,
        "later",
    )


@pytest.mark.parametrize(("late", "posted"), [(3500, True), (3700, False)])
async def test_what_comes_much_too_late_is_asked_about(ada, late, posted):
    await ada.says("/schedule in 2h good evening")
    await ada.wait(7200 + late)  # as if the bot had been away
    assert north(ada) == (["good evening"] if posted else [])
    if not posted:
        assert ada.chat.last().startswith("This was to be posted a while ago")
        await ada.wait(3600)
        await ada.says("yes")
        assert north(ada) == ["good evening"]


async def test_it_survives_a_restart(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("/schedule in 2h good evening")
    again = TestHouse(tmp_path, chat=house.chat, socials=house.socials, clock=house.clock)
    async with again:
        await again.wait(7300)
        assert north(again) == ["good evening"]


async def test_a_paused_user_posts_nothing_and_is_asked(ada):
    await ada.says("/schedule in 2h good evening")
    await ada.says("/pause")
    await ada.wait(7300)
    assert north(ada) == []
    await ada.says("/resume")
    assert "good evening" in ada.chat.last()
    assert north(ada) == []


async def test_what_waits_is_not_asked_about_by_a_resume_before_its_time(ada):
    await ada.says("/schedule in 2h good evening")
    await ada.says("/pause")
    await ada.says("/resume")
    await ada.wait(7300)
    assert north(ada) == ["good evening"]


async def test_who_was_blocked_posts_nothing(ada):
    await ada.says("/schedule in 2h spam")
    await ada.store.run(lambda tx, now: people.set_user(tx, 1, role="blocked"))
    await ada.wait(7300)
    assert north(ada) == []


async def test_undo_takes_back_what_came_of_it(ada):
    await ada.says("/schedule in 5 min good evening")
    await ada.wait(310)
    assert north(ada) == ["good evening"]
    await ada.says("/undo")
    if ada.chat.last().startswith("That was a while ago"):
        await ada.says("undo")
    assert north(ada) == []


# --- in private --------------------------------------------------------------------------------


async def test_a_private_message_is_shown_with_its_reader_before_it_leaves(ada):
    ada.social("north").network.person("lin")
    await ada.says("/dm @lin@north.example see you at 8")
    assert ada.chat.last().startswith("To @lin alone, with @ada@north.example (North):\nsee you at 8")
    assert north(ada) == []
    await ada.says("send")
    [post] = ada.social("north").posts
    assert (post.text, post.audience) == ("@lin see you at 8", Audience.DIRECT)


@pytest.mark.parametrize("typed", ["/dm @lin@north.example", "/d lin", "/dm", "/私信 @lin@north.example  "])
async def test_without_its_text_nothing_is_published(ada, typed):
    await ada.says(typed)
    assert ada.chat.last().endswith("Nothing was sent.")
    await ada.says("yes")
    assert north(ada) in ([], ["yes"])
    assert ada.social("north").texts("ada") != [typed]


async def test_plain_text_that_begins_like_one_is_asked_about(ada):
    for typed in ("d bob", "dm @lin hello"):
        await ada.says(typed)
        assert north(ada) == []
        await ada.says("no")


async def test_a_bare_name_on_several_networks_is_asked_about(house):
    await house.user("ada", "north", "south")
    await house.says("/dm @lin hello")
    assert house.chat.last().startswith("Which @lin?")
    assert house.social("north").posts == house.social("south").posts == []


async def test_who_else_will_read_it_is_said(ada):
    await ada.says("/dm @lin@north.example tell @bob@north.example")
    assert "@bob@north.example will read it too" in ada.chat.last()


async def test_it_goes_by_the_account_on_the_server_that_the_handle_names(house):
    await house.user("ada", "north", "south")
    await house.says("/dm @lin@south.example hello")
    await house.says("send")
    assert house.social("north").posts == []
    assert house.social("south").texts() == ["@lin hello"]


async def test_where_nobody_can_be_written_to_alone_nothing_is_sent(tmp_path):
    from dataclasses import replace

    from bridgebot.testing.social_side import EVERYTHING

    public = replace(EVERYTHING, audiences=frozenset({Audience.PUBLIC}))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=public),)) as house:
        await house.user("ada", "north")
        await house.says("/dm @lin@north.example hello")
        assert house.chat.last().startswith("None of your accounts")
        assert north(house) == []


async def test_an_answer_to_a_direct_post_is_direct(ada):
    line = await ada.shows("psst @ada", audience=Audience.DIRECT)
    await ada.says("what?", reply_to=line)
    assert ada.social("north").posts[-1].audience is Audience.DIRECT


async def test_an_edited_message_stays_with_whom_it_was_to(ada):
    line = await ada.says("/dm @lin@north.example see you at 9")
    await ada.says("send")
    ada.chat.edit_line(line, "/dm @lin@north.example see you at 8")
    await ada.settle()
    await ada.wait(2)
    assert north(ada) == ["@lin see you at 8"]
    ada.chat.edit_line(line, "/dm @max@north.example see you at 7")
    await ada.settle()
    await ada.wait(2)
    assert north(ada) == ["@lin see you at 8"]
    assert ada.social("north").posts[0].audience is Audience.DIRECT


async def test_where_the_days_posts_are_used_up_it_waits_and_is_not_lost(ada):
    from bridgebot.store import quotas

    await ada.says("/schedule in 2h good evening")
    await ada.store.run(lambda tx, now: quotas.set_for(tx, 1, "posts", 1))
    ada.house.allowances.forget()
    await ada.wait(7000)
    await ada.says("the only one today")
    await ada.wait(300)
    assert north(ada) == ["the only one today"]
    told = len(ada.chat.messages())
    await ada.wait(80000)
    assert len(ada.chat.messages()) == told
    await ada.wait(6300)
    assert north(ada) == ["the only one today", "good evening"]


async def test_an_hour_that_the_clocks_skip_is_told(ada):
    await ada.says("/timezone Europe/Berlin")
    await ada.says("/schedule 2026-03-29 2:30 early birds")
    assert "Sunday, 2026-03-29 at 03:30" in ada.chat.last()
    assert "The clocks go forward then" in ada.chat.last()
