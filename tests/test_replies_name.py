"""Where only who is named hears of an answer, the bot names whom it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgebot.flow.targets import named
from bridgebot.model import Audience
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

LIN = "@lin@north.example"


@pytest.fixture
async def house(tmp_path):
    naming = replace(EVERYTHING, replies_name=True)
    socials = (MemorySocial(name="north", capabilities=naming), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        yield house


async def answers(house, item: str, text: str) -> str:
    """What stands on North after a native reply."""
    await house.says(text, reply_to=item)
    await house.wait(2)
    return house.social("north").posts[-1].text


async def test_an_answer_begins_with_the_handle_of_whom_it_answers(house):
    item = await house.shows("what did you use?")
    assert await answers(house, item, "a chat 😀") == f"{LIN} a chat 😀"
    assert house.chat.last().endswith(f"replied to {LIN} on North")


async def test_who_is_named_already_is_not_named_twice(house):
    item = await house.shows("hello")
    assert await answers(house, item, f"hi {LIN.title()}, how are you?") == f"hi {LIN.title()}, how are you?"


async def test_all_who_are_named_there_are_named_but_oneself(house):
    """Else an answer in a talk of several reaches only one of them; a direct one is read by nobody else."""
    item = await house.shows("@ada@north.example @Bo@far.example, and @cy@south.example: what did you use?")
    assert await answers(house, item, "a chat") == f"{LIN} @Bo@far.example @cy@south.example a chat"
    item = await house.shows("@bo@far.example again")
    said = await answers(house, item, "both @BO@far.example and me")
    assert said == f"{LIN} both @BO@far.example and me"


def test_addresses_and_crowds_are_not_called():
    crowd = " ".join(f"@p{number}@far.example" for number in range(50))
    assert named(
        "@lin@a.example", "see https://b.example/@bo@c.example or me@d.example, @eve", "@me@x.example"
    ) == ("@lin@a.example",)
    assert named("@me", "@lin, psst: @bo@far.example.", "@me", anybody=True) == ("@lin", "@bo@far.example")
    assert len(named("@lin@a.example", crowd, "@me@x.example")) == 10


async def test_an_edited_answer_still_names_them(house):
    item = await house.shows("hello")
    line = await house.says("helo", reply_to=item)
    await house.wait(2)
    house.chat.network.edit(line, "hello yourself")
    await house.settle()
    await house.wait(2)
    assert house.social("north").posts[-1].text == f"{LIN} hello yourself"


async def test_ones_own_thread_names_nobody(house):
    line = await house.says("one")
    await house.wait(2)
    await house.says("two", reply_to=line)
    await house.wait(2)
    for network in ("north", "south"):
        assert [post.text for post in house.social(network).posts] == ["one", "two"]
        assert house.social(network).posts[-1].reply_to == house.social(network).posts[0].id


async def test_ones_own_direct_thread_goes_on_to_the_same_people(house):
    house.social("north").network.person("lin")
    line = await house.says("/dm @lin@north.example see you at 8")
    await house.wait(2)
    await house.says("send")
    await house.wait(2)
    assert await answers(house, line, "bring tea") == "@lin bring tea"
    assert house.social("north").posts[-1].audience is Audience.DIRECT


async def test_somebody_else_who_uses_this_bot_is_named_by_the_account_there(house):
    await house.user("bo", "north")
    network = house.social("north").network
    network.follows.add((network.person("bo").id, network.person("ada").id))
    await house.says("/home on north", sender="bo")
    await house.poll()
    await house.wait(1)
    await house.says("from Ada")
    await house.wait(2)
    await house.poll()
    item = next(line for line in house.chat.messages("bo") if "from Ada" in line.text)
    await house.says("nice one", sender="bo", reply_to=item.id)
    await house.wait(2)
    answer = house.social("north").posts[-1]
    assert (answer.author.name.lower(), answer.text) == ("bo", "@ada@north.example nice one")
