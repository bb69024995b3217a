"""Timelines into chats, mirrors in groups, delivery on and off."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise as pairs

import pytest

from bridgebot.model import Audience
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


def follow(house, who: str, whom: str) -> None:
    network = house.social("north").network
    network.follows.add((network.person(who).id, network.person(whom).id))


async def started(house) -> None:
    """Every timeline was read once, and time went on."""
    await house.poll()
    await house.wait(1)


def has(house, text: str, chat: str = "ada") -> bool:
    return any(text in line for line in house.chat.lines(chat))


# --- timelines ---------------------------------------------------------------------------------


async def test_home_on_and_off(house):
    await house.says("/home")
    assert house.chat.last().startswith("Everything that you follow on North arrives here from now on.")
    await started(house)
    follow(house, "ada", "lin")
    house.social("north").add_post("lin", "one")
    await house.poll()
    assert has(house, ": one")
    await house.says("/home off")
    assert house.chat.last() == "Your home timeline on North no longer arrives here."
    house.social("north").add_post("lin", "two")
    await house.poll()
    assert not has(house, ": two")


async def test_mentions_on_and_off(house):
    await house.says("/mentions on south")
    assert house.chat.last() == "Mentions on South arrive here."
    await started(house)
    house.social("south").add_post("mei", "@ada hello")
    await house.poll()
    assert has(house, "@ada hello")
    await house.says("/提及 关 south")
    house.social("south").add_post("mei", "@ada again")
    await house.poll()
    assert not has(house, "@ada again")


@pytest.mark.parametrize("typed", ["/tag bridge", "/tag #bridge", "/话题 ＃bridge"])
async def test_tag_on_and_off(house, typed):
    await house.says(typed)
    assert house.chat.last() == "Posts on North with #bridge arrive here from now on."
    await started(house)
    house.social("north").add_post("lin", "the #bridge")
    await house.poll()
    assert has(house, "the #bridge")
    await house.says("/tag bridge off")
    house.social("north").add_post("lin", "again #bridge")
    await house.poll()
    assert not has(house, "again #bridge")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/home on nowhere", "There is no account of that name. Yours: north, south"),
        ("/tag", "/tag WORD"),
        ("/mirror", "/mirror @name, /mirror home"),
        ("/mirror north south", "/mirror @name, /mirror home"),
    ],
)
async def test_wrong_use_is_explained(house, typed, told):
    await house.says(typed)
    assert house.chat.last().startswith(told)


@pytest.mark.parametrize(
    "typed", ["/home", "/mentions", "/tag x", "/mirror home", "/follow @lin", "/requests"]
)
async def test_who_has_no_account_is_told_how_to_get_one(house, typed):
    await house.says("/start", sender="bo")
    await house.says(typed, sender="bo")
    assert house.chat.last("bo").startswith("You have no account here yet. /join NAME makes one")


# --- groups ------------------------------------------------------------------------------------


@pytest.fixture
def den(house):
    house.chat.group("den", title="Den")
    return house


async def test_only_administrators_mirror_into_a_group(den):
    await den.says("/mirror #bridge", chat="den")
    assert den.chat.last("den") == "Only the administrators of this group can do that."
    den.chat.person("ada", admin=True)
    await den.says("/mirror #bridge", chat="den")
    assert den.chat.last("den").startswith("Public posts of #bridge on North arrive here from now on.")
    den.chat.person("ada", admin=False)
    for command in ("/mirror @lin", "/off", "/on"):
        await den.says(command, chat="den")
        assert den.chat.last("den") == "Only the administrators of this group can do that.", command


async def test_a_person_is_mirrored_with_public_posts_alone_and_without_pings(den):
    den.chat.person("ada", admin=True)
    den.social("north").network.person("lin")
    await den.says("/mirror north @lin", chat="den")
    assert den.chat.last("den").startswith(
        "Public posts of @\u2060lin@north.example (Lin) on North arrive here"
    )
    await started(den)
    follow(den, "ada", "lin")
    for audience in Audience:
        den.social("north").add_post("lin", f"for {audience}", audience=audience)
    await den.poll()
    assert [line for line in den.chat.lines("den") if "for " in line and "Public posts" not in line] == [
        "@\u2060lin@north.example on North [2k7]: for public"
    ]


async def test_nobody_is_mirrored_who_is_not_there(den):
    den.chat.person("ada", admin=True)
    await den.says("/mirror @ghost", chat="den")
    assert den.chat.last("den").startswith("✗ North: It is not there any more")


async def test_what_is_mirrored_can_be_stopped_in_the_direct_chat(den):
    den.chat.person("ada", admin=True)
    den.social("north").network.person("lin")
    await den.says("/mirror @lin", chat="den")
    await started(den)
    await den.says("/routes")
    [above, line] = next(lines for lines in pairs(den.chat.last().split("\n")) if "Den" in lines[1])
    assert above == "↓ @lin@north.example (North)"
    assert line == "  3 → group “Den”"
    await den.says("/routes stop 3")
    den.social("north").add_post("lin", "not here")
    await den.poll()
    assert not has(den, "not here", "den")


async def test_posting_in_a_group_uses_the_writers_accounts(den):
    await den.says("/post from the den", chat="den")
    await den.wait(2)
    assert den.social("north").texts() == ["from the den"] == den.social("south").texts()
    assert den.chat.last("den").startswith("#2k7 public ✓ North")


async def test_a_late_post_in_a_group_is_asked_about_and_the_answer_counts_there(den):
    from datetime import timedelta

    await den.user("bo", "north")
    await den.says("/post late", chat="den", sent_at=den.clock.now() - timedelta(minutes=20))
    await den.wait(2)
    assert den.chat.last("den").startswith("This reached me late")
    await den.says("yes", sender="bo", chat="den", addressed=False)
    assert den.social("north").texts() == []
    await den.says("yes", chat="den", addressed=False)
    assert den.social("north").texts() == ["late"]


async def test_a_network_without_a_home_is_read_nowhere(tmp_path):
    blind = replace(MemorySocial().capabilities, timelines=frozenset())
    socials = (MemorySocial(name="north", capabilities=blind), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        await house.says("/home on north")
        assert house.chat.last() == "North cannot do that."
        await house.says("/home")
        assert "on South arrives here" in house.chat.last()


# --- on and off --------------------------------------------------------------------------------


async def test_off_keeps_and_on_delivers(house):
    await house.says("/home north")
    await started(house)
    follow(house, "ada", "lin")
    await house.says("/off")
    assert house.chat.last() == "I deliver nothing here until /on; it is kept."
    for n in (1, 2):
        house.social("north").add_post("lin", f"kept {n}")
    await house.poll()
    assert not has(house, "kept 1")
    await house.says("still answered")
    await house.wait(2)
    assert house.chat.last().startswith("#")
    await house.says("/on")
    assert has(house, "I deliver here again; 2 items were kept and come now.")
    assert house.chat.lines()[-1].endswith(": kept 2")
    await house.says("/on")
    assert house.chat.last() == "I deliver here again. Nothing was missed."


async def test_pause_keeps_and_resume_sends(house):
    await house.says("/pause")
    assert house.chat.last().startswith("Paused: nothing of yours leaves until /resume.")
    await house.says("waits")
    await house.wait(5)
    assert house.social("north").texts() == []
    await house.says("/status")
    assert "2 deliveries wait." in house.chat.last()
    assert "You paused everything outgoing" in house.chat.last()
    await house.says("/resume")
    assert has(house, "Goes on. 2 things had waited; I ask before they are sent.")
    assert house.social("north").texts() == []
    for network in ("South", "North"):
        assert has(house, f"One thing waited for {network} ({network.lower()}) and was not sent.")
        await house.says("send all")
    assert house.social("north").texts() == ["waits"] == house.social("south").texts()
