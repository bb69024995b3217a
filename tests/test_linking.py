"""Linking and joining, step by step: wrong answers, restarts, second thoughts, and what is left over."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import dialog
from bridgebot.errors import Rejected, Temporary
from bridgebot.linking import Describing
from bridgebot.model import FileLimits, Limits
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

NAME, TOKEN = "memory_social-name", "memory_social-token"  # the adapters' questions
TAKEN, WRONG = "memory_social-name-taken", "memory_social-token-wrong"


def plaza() -> MemorySocial:
    """A network on which the bot makes accounts."""
    return MemorySocial(name="plaza", capabilities=replace(MemorySocial().capabilities, join=True))


def networks() -> tuple[MemorySocial, ...]:
    north = MemorySocial(name="north")
    north.network.person("ada")
    return plaza(), north


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path, socials=networks()) as house:
        await house.says("/start")
        await house.store.run(lambda tx, now: people.set_user(tx, 1, plain="post", asks_left=0))
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


async def links(house) -> list[tuple[str, str]]:
    return [(row["name"], row["state"]) for row in await rows(house, t.account)]


# --- joining -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "@ada@plaza.example on Plaza is yours here, under the name plaza. "
            "Plain posts go there, and what mentions it comes here.",
        ),
        (
            "zh-CN",
            "Plaza 上的 @ada@plaza.example 在这里归你了，名称是 plaza。"
            "普通帖子发到那里，提到它的会送到这里。",
        ),
    ],
)
async def test_join_makes_an_account_that_is_a_default_target_and_brings_mentions(house, language, told):
    house.chat.person("ada", language=language)
    await house.says("/join ada")
    assert house.chat.last() == told
    assert await links(house) == [("plaza", "active")]
    routes = [(row["verb"], row["state"]) for row in await rows(house, t.route)]
    assert sorted(routes) == [("default", "active"), ("follow", "active")]
    await house.says("/post first words")
    assert house.social("plaza").texts() == ["first words"]


async def test_a_name_that_is_taken_is_asked_again(house):
    house.social("plaza").network.person("ada")
    await house.says("/join ada")
    assert house.chat.last() == f"{TAKEN} Try again, or /cancel."
    await house.says("not a name")
    assert house.chat.last() == f"{TAKEN} Try again, or /cancel."
    await house.says("  ada_2 ")
    assert house.chat.last().startswith("@ada_2@plaza.example on Plaza is yours here")


async def test_there_is_one_account_each_on_a_network_that_makes_them(house):
    await house.says("/join ada")
    for typed in ("/join ada_two", "/link plaza", "/link plaza ada_two"):
        await house.says(typed)
        assert house.chat.last() == "You are @ada@plaza.example on Plaza already; one account each."
    await house.says("/relink plaza")
    assert house.chat.last().startswith("@ada@plaza.example was made here on Plaza")
    assert len(await links(house)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/join", "/join and the name that you want, on Plaza"),
        ("/join ada nowhere", "No network here makes accounts."),
        ("/link", "/link and one of: Plaza, North"),
        ("/link nowhere", "/link and one of: Plaza, North"),
        ("/relink nowhere", "There is no account of that name. Yours: –"),
        ("/unlink", "There is no account of that name. Yours: –"),
    ],
)
async def test_wrong_use_is_explained(house, typed, told):
    await house.says(typed)
    assert house.chat.last().startswith(told)
    assert await rows(house, t.link_request) == []


async def test_linking_is_for_direct_chats(house):
    house.chat.group("den")
    for command in ("join", "relink", "unlink"):
        await house.says(f"/{command} plaza ada", chat="den")
        assert house.chat.last("den") == f"/{command} works in a direct chat with me only."
    assert await rows(house, t.link_request) == []


@pytest.mark.parametrize(("language", "told"), [("en", "I wrote you in private."), ("zh-CN", "我私信你了。")])
async def test_linking_in_a_group_goes_on_in_private_and_says_nothing_there(house, language, told):
    house.chat.person("ada", language=language)
    house.chat.group("den")
    await house.says("/link north token-ada", chat="den")
    assert house.chat.last("den") == told
    assert house.chat.last() == TOKEN, "what stood in the group is no answer: it is asked for in private"
    await house.says("token-ada")
    assert await links(house) == [("north", "active")]
    assert house.chat.last("den") == told


async def test_who_has_no_direct_chat_is_told_where_linking_is(house):
    house.chat.group("den")
    await house.store.run(lambda tx, now: people.set_chat(tx, 1, open=False))
    await house.says("/link north", chat="den")
    assert house.chat.last("den") == "/link works in a direct chat with me only."
    assert await rows(house, t.link_request) == []


async def test_one_slow_server_holds_up_nobody_else(house):
    """Steps of different people go side by side."""
    slow, free = asyncio.Event(), house.social("north").link

    async def link(progress, answer, **more):
        if answer == "token-slow":
            await slow.wait()
        return await free(progress, answer, **more)

    house.social("north").link = link
    await house.says("/start", sender="lin")
    house.chat.say("/link north token-slow", sender="lin")
    await house.chat.settled()
    under_way = asyncio.create_task(house.linking.step())
    await asyncio.sleep(0.05)
    await house.says("/link north token-ada")
    assert await links(house) == [("north", "active")]
    slow.set()
    assert await under_way == 1


# --- linking -----------------------------------------------------------------------------------


async def test_a_wrong_answer_is_asked_again_and_the_right_one_links(house):
    await house.says("/link North")
    assert house.chat.last() == TOKEN
    await house.says("token-of-nobody")
    assert house.chat.last() == f"{WRONG} Try again, or /cancel."
    await house.says("token-ada")
    assert house.chat.last().startswith("@ada@north.example on North is yours here, under the name north.")
    await house.says("/post it works")
    assert house.social("north").texts() == ["it works"]


async def test_what_is_typed_for_a_step_is_never_posted_and_stands_nowhere_in_the_clear(house):
    await house.says("/join ada")
    await house.says("/link north")
    await house.says("token-of-nobody")
    await house.says("token-ada")
    assert house.social("plaza").posts == house.social("north").posts == []
    for file in house.folder.glob("house.db*"):
        assert b"token-ada" not in file.read_bytes(), file
        assert b"token-of-nobody" not in file.read_bytes(), file


async def test_a_question_that_comes_in_between_does_not_publish_the_answer(house):
    """The token belongs to the older question, though a newer one is open."""
    await house.says("/join ada")
    await house.says("/link north")
    await house.says("/unlink plaza")
    await house.says("token-ada")
    assert house.chat.last().startswith("@ada@north.example on North is yours here")
    assert house.social("plaza").posts == []
    await house.says("no")
    assert house.chat.last() == "Nothing was changed."


async def test_a_mistyped_command_is_no_answer(house):
    await house.says("/link north")
    await house.says("/cancle")
    assert house.chat.last() == "Did you mean /cancel? Nothing was posted."
    await house.says("token-ada")
    assert house.chat.last().startswith("@ada@north.example on North is yours here")


async def test_cancel_ends_the_attempt(house):
    await house.says("/link north")
    await house.says("/cancel")
    assert house.chat.last() == "Linking was cancelled."
    await house.says("token-ada")
    assert house.chat.last().startswith("Nothing was posted: you have no account here yet.")
    assert [row["state"] for row in await rows(house, t.link_request)] == ["ended"]


async def test_an_attempt_that_is_begun_anew_leaves_no_question_behind(house):
    house.social("plaza").network.person("taken")
    await house.says("/link north")
    await house.says("/link north")
    await house.says("token-ada")
    await house.says("/join taken")
    await house.says("/join ada")
    await house.says("a post, and no answer")
    assert house.social("north").texts() == ["a post, and no answer"]
    assert {row["state"] for row in await rows(house, t.link_request)} == {"ended", "done"}


async def test_a_step_that_nobody_answers_ends_after_ten_minutes_and_says_so(house):
    await house.says("/link north")
    house.clock.skip(601)
    await house.store.run(lambda tx, now: dialog.expire(tx, now, house.house))
    await house.settle()
    assert house.chat.last() == "No answer for ten minutes: linking was ended. /link or /join starts again."
    await house.says("token-ada")
    assert await links(house) == []


@pytest.mark.parametrize("error", [Temporary(), RuntimeError("insides"), Rejected()])
async def test_a_network_that_fails_is_told_and_the_person_can_try_again(house, error):
    house.social("north").fail("link", error)
    await house.says("/link north")
    said = house.chat.last()
    assert "insides" not in said
    assert "North was not linked:" in said or "Try again, or /cancel." in said
    await house.says("/link north")
    await house.says("token-ada")
    assert house.chat.last().startswith("@ada@north.example on North is yours here")


async def test_the_steps_survive_restarts(tmp_path):
    socials, network = networks(), None
    texts = ["/link north", "token-of-nobody", "token-ada"]
    said = []
    for text in texts:
        chat = MemoryChat(name="chat", network=network)
        again = tuple(
            MemorySocial(name=s.context.name, capabilities=s.capabilities, network=s.network) for s in socials
        )
        async with TestHouse(tmp_path, chat=chat, socials=again) as house:
            await house.says(text)
            said.append(house.chat.last())
            network = chat.network
    assert said[:2] == [TOKEN, f"{WRONG} Try again, or /cancel."]
    assert said[2].startswith("@ada@north.example on North is yours here")


async def test_a_step_that_was_committed_before_the_end_is_taken_at_the_next_start(tmp_path):
    socials = networks()
    async with TestHouse(tmp_path, socials=socials) as house:
        house.chat.say("/link north")
        await house.chat.settled()
        assert house.chat.lines() != [TOKEN]
    chat = MemoryChat(name="chat", network=house.chat.network)
    async with TestHouse(tmp_path, chat=chat, socials=socials) as house:
        await house.settle()
        assert house.chat.last() == TOKEN


async def test_an_impatient_second_attempt_makes_no_second_account(house):
    release = house.social("plaza").hang("link")
    house.chat.say("/join ada")
    await house.chat.settled()
    step = asyncio.create_task(house.linking.step())
    async with asyncio.timeout(60):
        while "link" not in [call.name for call in house.social("plaza").calls]:
            await asyncio.sleep(0.01)
    house.chat.say("/join ada")
    await house.chat.settled()
    release.set()
    await step
    await house.settle()
    assert await links(house) == [("plaza", "active")]
    assert house.chat.last().startswith("@ada@plaza.example on Plaza is yours here")
    await house.says("a post, and no answer")
    assert house.social("plaza").texts() == ["a post, and no answer"]


async def test_an_attempt_that_fails_after_a_new_one_began_asks_nothing(house):
    release = house.social("plaza").hang("link")
    house.social("plaza").network.person("ada")
    house.chat.say("/join ada")
    await house.chat.settled()
    step = asyncio.create_task(house.linking.step())
    async with asyncio.timeout(60):
        while "link" not in [call.name for call in house.social("plaza").calls]:
            await asyncio.sleep(0.01)
    house.chat.say("/join ada_two")
    await house.chat.settled()
    release.set()
    await step
    await house.settle()
    assert not [line for line in house.chat.lines() if TAKEN in line]
    assert house.chat.last().startswith("@ada_two@plaza.example on Plaza is yours here")


# --- linking again -----------------------------------------------------------------------------


async def linked(house) -> None:
    await house.says("/link north")
    await house.says("token-ada")


async def test_relinking_sends_what_waited_and_changes_no_default(house):
    await house.says("/join ada")
    await linked(house)
    await house.says("/mentions off north")
    network = house.social("north").network
    network.tokens.pop("token-ada")
    await house.says("waits")
    await house.wait(2)
    assert house.chat.lines()[-2].startswith("North no longer accepts north. Your posts wait: /relink north")
    assert "it waits: /relink north" in house.chat.last()
    await house.says("/default plaza")
    await house.says("/relink north")
    network.tokens["token-new"] = "u-ada"
    await house.says("token-new")
    await house.wait(2)
    assert "@ada@north.example on North works again. What waited is sent now." in house.chat.lines()
    assert house.social("north").texts() == ["waits"]
    await house.says("plaza only")
    assert house.social("north").texts() == ["waits"]
    reading = [row for row in await rows(house, t.route) if row["timeline_id"] and row["state"] == "active"]
    assert len(reading) == 1  # Plaza's mentions, and not again those that were switched off


async def test_relinking_is_told_in_chinese_too(house):
    house.chat.person("ada", language="zh-CN")
    await linked(house)
    await house.says("/重新关联 north")
    await house.says("token-ada")
    assert house.chat.last() == "North 上的 @ada@north.example 又可以用了。等待的内容现在发出。"


async def test_an_account_that_comes_back_bears_a_name_of_its_own(house):
    house.social("north").network.person("bo")
    await linked(house)
    await house.says("/unlink north")
    await house.says("forget it")
    await house.says("/link north")
    await house.says("token-bo")
    house.social("north").network.person("ada")
    await house.says("/link north")
    await house.says("token-ada")
    assert sorted(await links(house)) == [("north", "active"), ("north2", "active")]


async def test_a_revocation_that_waits_does_not_hit_the_account_that_came_back(house):
    await linked(house)
    house.social("north").fail("unlink", Temporary(retry_after=60))
    await house.says("/unlink north")
    await house.says("forget it")
    await house.says("/link north")
    await house.says("token-ada")
    await house.wait(120)
    assert "token-ada" in house.social("north").network.tokens
    await house.says("still here")
    assert house.social("north").texts() == ["still here"]


# --- secrets -----------------------------------------------------------------------------------


async def test_a_secret_that_was_asked_for_does_not_stay_in_the_chat(house):
    await house.says("/link north")
    for typed in ("wrong", "token-ada"):
        await house.says(typed)
    assert house.chat.last().startswith("@ada@north.example on North is yours here")
    said = [line.text for line in house.chat.network.lines("ada", sender="ada")]
    assert "/link north" in said
    assert not {"wrong", "token-ada"} & set(said)


async def test_where_a_bot_cannot_delete_what_people_wrote_linking_goes_on_all_the_same(house):
    house.chat.capabilities = replace(house.chat.capabilities, delete_theirs=False)
    house.house.networks["chat"] = replace(house.house.networks["chat"], chat=house.chat.capabilities)
    await house.says("/link north")
    await house.says("token-ada")
    assert house.chat.last().startswith("@ada@north.example on North is yours here")
    assert "token-ada" in [line.text for line in house.chat.network.lines("ada", sender="ada")]


# --- what a server accepts ---------------------------------------------------------------------


async def test_each_server_is_asked_once_a_day_what_it_accepts(house):
    await house.says("/join ada")
    north, ada = house.social("north"), house.social("north").account("ada")
    north.network.person("lin")
    other = house.social("north").account("lin")
    old = Limits(100)
    linked = [
        await house.store.run(lambda tx, now, who=who: people.link(tx, now, 1, "north", who, old))
        for who in (ada, other)
    ]
    asked = []

    async def describe(account):
        asked.append(account.handle)
        return Limits(5000, files=FileLimits(count=8))

    north.describe = describe
    describing = Describing(house.store, {"north": north, "plaza": house.social("plaza")}, house.clock)
    running = asyncio.create_task(describing.run())
    await house.clock.advance(60)
    async with asyncio.timeout(60):
        while (await house.store.read(lambda tx, now: people.account(tx, linked[0].id).fits)) == old:
            await asyncio.sleep(0.01)
    assert asked == [other.handle]  # one of those who have an account there
    for row in linked:
        now_has = await house.store.read(lambda tx, now, id=row.id: people.account(tx, id).fits)
        assert (now_has.max_length, now_has.files.count) == (5000, 8)
    await house.clock.advance(80_000)
    assert len(asked) == 1
    running.cancel()
