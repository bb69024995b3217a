"""What a route adds to what it brings: words in front and behind, and a language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Unconfirmed
from bridgebot.model import Audience, canonical
from bridgebot.store import people, routes
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

TINY = replace(EVERYTHING, limits=replace(EVERYTHING.limits, max_length=60))


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


async def says_of(house, name: str, **options) -> None:
    """The chat's default for an account has these options."""

    def change(tx, now):
        account = people.account_named(tx, 1, name)
        [route] = [one for one in routes.of_account(tx, account.id) if one.verb == "default"]
        tx.change(t.route, route.id, filters=options)

    await house.store.run(change)


async def syncs(house, options: str) -> None:
    """A rule from North to South with these options."""
    await house.says(f"/sync north to south {options}")
    await house.poll()
    await house.wait(1)


async def test_words_stand_in_front_and_behind_where_the_default_says_so(house):
    await says_of(house, "south", prefix="[EN]", suffix="#fromchat")
    await house.says("good news")
    await house.wait(2)
    assert house.social("north").texts("ada") == ["good news"]
    assert house.social("south").texts("ada") == ["[EN] good news #fromchat"]


async def test_an_edit_keeps_them_and_says_them_once(house):
    await says_of(house, "south", prefix="[EN]", suffix="#fromchat")
    line = await house.says("helo")
    await house.wait(2)
    house.chat.edit_line(line, "hello")
    await house.settle()
    await house.wait(2)
    assert house.social("south").texts("ada") == ["[EN] hello #fromchat"]


async def test_of_a_thread_the_first_part_has_the_one_and_the_last_the_other(tmp_path):
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=TINY))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        limits = {"max_length": 60, "unit": "characters"}
        await house.store.run(
            lambda tx, now: tx.change(t.account, people.account_named(tx, 1, "south").id, limits=limits)
        )
        await says_of(house, "south", prefix="[EN]", suffix="#fromchat")
        await house.says("one word after another, " * 6)
        await house.wait(2)
        parts = house.social("south").texts("ada")
        assert len(parts) > 2
        assert parts[0].startswith("[EN] one word")
        assert f"#fromchat ({len(parts)}/{len(parts)})" in parts[-1]
        assert "".join(parts).count("[EN]") == "".join(parts).count("#fromchat") == 1
        assert max(map(len, parts)) <= 60


async def test_a_rule_has_words_and_a_language_of_its_own(house):
    await syncs(house, "prefix “From North:” language de")
    house.social("north").add_post("ada", "hallo", language="en")
    await house.poll()
    await house.wait(2)
    [copy] = house.social("south").posts
    assert (copy.text, copy.language) == ("From North: hallo", "de")


async def test_a_language_said_for_one_post_goes_before_that_of_the_chat(house):
    await says_of(house, "south", language="zh")
    await house.says("one")
    await house.says("/lang en")
    await house.says("two")
    await house.wait(2)
    assert [post.language for post in house.social("south").posts] == ["zh", "en"]
    assert [post.language for post in house.social("north").posts] == [None, "en"]


async def test_neither_answers_to_somebody_nor_private_words_get_them(house):
    await says_of(house, "north", prefix="[EN]")
    item = await house.shows("hello")
    await house.says("hi Lin", reply_to=item)
    await house.says("/vis direct")
    await house.says("psst")
    await house.wait(2)
    mine = [post for post in house.social("north").posts if post.author.name == "Ada"]
    assert [(post.text, post.audience) for post in mine] == [
        ("hi Lin", Audience.PUBLIC),
        ("psst", Audience.DIRECT),
    ]


async def test_ones_own_copy_is_known_with_them_though_no_answer_told_its_name(tmp_path):
    south = MemorySocial(name="south", capabilities=replace(EVERYTHING, on_unconfirmed=OnUnconfirmed.ASK))
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north"), south)) as house:
        await house.user("ada", "south")
        await says_of(house, "south", prefix="[EN]", suffix="#fromchat")
        await house.says("/home on south")
        await house.poll()
        house.social("south").fail("publish", Unconfirmed(), acted=True)
        await house.says("hello @lin")
        await house.wait(2)
        await house.poll()
        await house.wait(60)
        await house.poll()
        assert house.social("south").count("publish") == 1
        assert canonical(house.social("south").texts("ada")[0]) == "[EN] hello @lin #fromchat"
        assert "✓ South" in house.chat.last()
        assert len([line for line in house.chat.messages() if "hello" in line.text]) == 1


async def test_what_answers_in_a_thread_of_ones_own_gets_them_too(house):
    await says_of(house, "south", suffix="#fromchat")
    line = await house.says("one")
    await house.wait(2)
    await house.says("two", reply_to=line)
    await house.wait(2)
    assert house.social("south").texts("ada") == ["one #fromchat", "two #fromchat"]


async def test_a_preview_shows_and_counts_them(house):
    await says_of(house, "south", prefix="[EN]", language="en")
    await house.says("/preview good news")
    assert (
        "North · 9 of 500\n│ good news\n\nSouth · 14 of 500\n│ [EN] good news\n  language: en"
        in house.chat.last()
    )


async def test_a_chat_without_options_of_its_own_adds_nothing(tmp_path):
    async with TestHouse(tmp_path, chats=(MemoryChat(name="second"),)) as house:
        await house.user("ada", "north")
        await house.meets()
        await says_of(house, "north", prefix="[phone]")

        def default_there(tx, now):
            chat = people.direct_chat_at(tx, 1, "second")
            account = people.account_named(tx, 1, "north")
            routes.add(tx, now, 1, "default", source_chat_id=chat.id, account_id=account.id)

        await house.store.run(default_there)
        await house.says("one more")
        house.second.say("and another", sender="ada")
        await house.settle()
        await house.wait(2)
        assert house.social("north").texts("ada") == ["[phone] one more", "and another"]
