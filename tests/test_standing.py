"""/accounts and /devices: how it stands with what is linked, and who may act for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridgebot.adapter import Per, Rate
from bridgebot.errors import Temporary
from bridgebot.model import Press
from bridgebot.store import people, persons
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from bridgebot.texts import Texts
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


def block(house, name: str, chat: str = "ada") -> str:
    """What the last answer says of one account."""
    text = house.chat.last(chat)
    found = [part for part in text.replace("\n○", "\n●").split("\n● ") if part.lstrip("● ").startswith(name)]
    assert found, text
    return found[0]


# --- accounts ----------------------------------------------------------------------------------


async def test_each_account_says_how_it_stands(house):
    await house.says("of today")
    await house.wait(2)
    await house.says("/accounts")
    assert "@ada@north.example (North) · works" in block(house, "north")
    assert "last post: #2k7, 12:03" in block(house, "north")
    assert "●" in house.chat.last().splitlines()[1]
    await house.says("/default south")
    await house.says("/accounts")
    assert house.chat.last().splitlines()[1].startswith("○ north")


async def test_a_server_in_trouble_is_named_with_its_time(house):
    house.social("north").fail("publish", Temporary(), times=3)
    await house.says("waits for the server")
    await house.says("/accounts")
    assert "its server has been failing since 12:03" in block(house, "north")
    assert "works" in block(house, "south")
    for _ in range(4):
        await house.wait(10)
    await house.says("/accounts")
    assert "works" in block(house, "north")


async def test_a_renewal_that_does_not_end_is_trouble_too(house):
    house.social("north").lapse(house.social("north").account("ada"))
    house.social("north").fail("refresh", Temporary(), times=9)
    await house.says("waits for the renewal")
    await house.wait(60)
    await house.says("/accounts")
    assert "failing since 12:03" in block(house, "north")


async def test_reads_that_fail_are_told_apart(house):
    await house.says("/home on north")
    await house.poll()
    house.social("north").fail("fetch", Temporary())
    await house.poll()
    await house.says("/accounts")
    assert "reading fails at the moment" in block(house, "north")


async def test_an_expired_account_has_its_button(house):
    house.social("north").expire(house.social("north").account("ada"))
    await house.says("it waits")
    await house.says("/accounts")
    assert "/relink" in block(house, "north")
    house.chat.press("Re-link")
    await house.settle()
    await house.says("/accounts")
    assert "being linked" in block(house, "north")


async def test_what_is_being_linked_for_the_first_time_is_shown(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada")
        await house.says("/link north")
        await house.says("/accounts")
        assert "○ North · being linked" in house.chat.last()


async def test_what_was_granted_is_said_in_plain_words(house):
    said = {"en": ["memory_social-scope = do everything in your name"]}
    house.inbox.use(replace(house.house, texts=Texts(said)))
    await house.store.run(lambda tx, now: people.set_account(tx, 1, scopes=["everything", "push"]))
    await house.says("/accounts")
    assert "allowed there: do everything in your name · push" in block(house, "north")
    assert "allowed" not in block(house, "south")


async def test_what_is_left_is_said_where_it_is_counted(tmp_path):
    rates = (Rate("calls", Per.ACCOUNT, 100, 300, burst=50),)
    able = replace(MemorySocial().capabilities, rates=rates)
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=able),)) as house:
        await house.user("ada", "north")
        await house.says("/accounts")
        assert "left at the network" not in house.chat.last()
        for number in range(10):
            await house.says(f"number {number}")
        await house.says("/accounts")
        assert "of 100 calls in 5 minutes" in house.chat.last()
        left = int(house.chat.last().partition("about ")[2].split()[0])
        assert 85 <= left <= 92
        house.social("north").fail("publish", Temporary(retry_after=600, rate="calls"))
        await house.says("one too many")
        await house.says("/accounts")
        assert "lets nothing through before 12:13" in house.chat.last()


async def test_one_account_has_buttons_that_ask_before_they_act(house):
    await house.says("/accounts south")
    assert "/relink south" in house.chat.last()
    house.chat.press("Unlink")
    await house.settle()
    assert house.chat.last().startswith("Forget @ada@south.example")
    house.chat.press("Forget it")
    await house.settle()
    await house.says("/accounts")
    assert "south" not in house.chat.last()


async def test_a_button_acts_for_nobody_but_the_owner_of_now(house):
    await house.user("bo")
    await house.says("/accounts north")
    line = house.chat.messages()[-1]
    data = line.buttons[1].data
    bo, chat = house.chat.network.person("bo"), house.chat.network.chat("ada")
    await house.inbox.receive("chat", Press("foreign", chat, bo, line.id, data))
    await house.settle()
    assert house.chat.messages()[-1].id == line.id
    await house.store.run(lambda tx, now: tx.update(t.account, t.account.c.id == 1, user_id=2))
    house.chat.network.press(line.id, data, sender="ada")
    await house.settle()
    assert house.chat.last().startswith("That question is too old")


# --- devices -----------------------------------------------------------------------------------


async def test_chats_and_logins_are_listed_with_their_times(house):
    await house.says("/devices")
    text = house.chat.last()
    assert "1. Chat ada (this chat), since" in text
    assert "I write to you here" in text
    assert "2. @ada@north.example on North, linked" in text
    assert "3. @ada@south.example on South, linked" in text


async def test_a_login_is_ended_by_number_and_by_button(house):
    await house.says("/devices revoke 3")
    assert house.chat.last().startswith("Forget @ada@south.example")
    await house.says("no")
    await house.says("/devices")
    house.chat.press("End 2")
    await house.settle()
    assert house.chat.last().startswith("Forget @ada@north.example")
    house.chat.press("Forget it")
    await house.settle()
    assert house.social("north").count("unlink") == 1
    await house.says("/devices revoke 9")
    assert "no number 9" in house.chat.last()


async def test_another_chat_is_ended_from_the_list(house):
    await house.says("/help", sender="second")
    await house.store.run(_second_is_adas)
    await house.says("/devices")
    assert "2. Chat second, since" in house.chat.last()
    assert "last heard of 12:0" in house.chat.last()
    house.chat.press("End 2")
    await house.settle()
    assert "no longer connected" in house.chat.last("second")
    assert await house.store.read(lambda tx, now: len(persons.of_user(tx, 1))) == 1


def _second_is_adas(tx, now) -> None:
    [second] = [p for p in (people.person_by_id(tx, "chat", "second"),) if p]
    people.set_person(tx, second.id, user_id=1)
    persons.joined(tx, second.id, now + timedelta(seconds=1))


async def test_one_says_where_the_bot_speaks(house):
    await house.says("/help", sender="second")
    await house.store.run(_second_is_adas)
    await house.says("/devices here")
    assert "comes into this chat" in house.chat.last()
    await house.wait(60)
    await house.says("/status", sender="second")  # used last
    house.social("north").expire(house.social("north").account("ada"))
    await house.says("it waits", sender="second")
    await house.says("+north so does this", sender="second")
    assert any("no longer accepts" in line for line in house.chat.lines())
    assert not any("no longer accepts north" in line for line in house.chat.lines("second"))
