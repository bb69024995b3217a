"""Rules: what is posted in one place goes to others, as far as their options say, and never what is old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bridgebot.model import Audience, Draft
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

NAMES = ("north", "south", "west")


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path, socials=tuple(MemorySocial(name=name) for name in NAMES)) as house:
        await house.user("ada", *NAMES)
        yield house


async def rule(house, text: str) -> str:
    """Say it; the timelines were read once, and time went on."""
    await house.says(text)
    said = house.chat.last()
    await house.poll()
    await house.wait(1)
    return said


async def posted(house, text: str, *, on: str = "north", **more) -> None:
    """Ada posts from another app, and that is read."""
    network = house.social(on).network
    network.add(network.person("ada"), Draft(text, **more))
    await house.poll()
    await house.wait(2)


# --- from accounts to accounts -----------------------------------------------------------------


async def test_a_rule_carries_what_is_posted_elsewhere_until_it_is_off(house):
    said = await rule(house, "/sync north to south")
    assert said.startswith("What you post on north goes to south too, from now on.")
    await posted(house, "from another app")
    assert house.social("south").texts() == ["from another app"]
    await house.says("/sync off north to south")
    assert house.chat.last() == "north is no longer copied to south."
    await posted(house, "not this")
    assert house.social("south").texts() == ["from another app"]
    await house.says("/sync off north")
    assert house.chat.last() == "No rule carries that on any more."


@pytest.mark.parametrize(
    "typed", ["/sync north to south, west", "/sync north -> south west", "/同步 north 到 south，west"]
)
async def test_one_rule_leads_to_several_places(house, typed):
    await rule(house, typed)
    await posted(house, "to all")
    assert house.social("south").texts() == ["to all"] == house.social("west").texts()
    await house.says("/sync off north")
    assert house.chat.lines()[-2:] == [
        f"Ended: North @ada@north.example → {to} @ada@{to.lower()}.example" for to in ("South", "West")
    ]


CHOSEN = [
    ("", "plain words", "only here #local"),
    ("", "#localhost", "still here #NoSync"),
    ("only #art #music", "my #Art", "my cat"),
    ("without #private", "#public", "#private"),
    ("without #private", "words", "stays #local"),
    ("only #local", "here #local", "elsewhere"),
    ('only cat, "new moon"', "a New moon tonight", "concatenate"),
    ("只要 猫", "小猫咪", "小狗"),
    ("without cat", "concatenate", "A cat!"),
    ("不含#私", "公开", "#私 的"),
]


async def test_tags_and_words_say_what_stays_at_home(house):
    for options, goes, stays in CHOSEN:
        await rule(house, f"/sync north to south {options}")
        await posted(house, goes)
        await posted(house, stays)
    assert house.social("south").texts() == [goes for _, goes, _ in CHOSEN]


async def test_audiences_beyond_the_public_are_an_option(house):
    await rule(house, "/sync north to south followers")
    for audience in (Audience.FOLLOWERS, Audience.UNLISTED):
        await posted(house, audience.value, audience=audience)
    assert [(p.text, p.audience) for p in house.social("south").posts] == [("followers", Audience.FOLLOWERS)]


async def test_a_rule_said_again_is_another_that_starts_now(house):
    await rule(house, "/sync north to south only #art")
    await posted(house, "old and plain")
    await rule(house, "/sync north south")
    await posted(house, "new and plain")
    assert house.social("south").texts() == ["new and plain"]


async def test_without_answers_a_thread_stays_where_it_is(house):
    await rule(house, "/sync north to south without answers")
    await rule(house, "/sync north to west")
    network = house.social("north").network
    first = network.add(network.person("ada"), Draft("first"))
    await house.poll()
    await house.wait(2)
    network.add(network.person("ada"), Draft("second", reply_to=first.id))
    await house.poll()
    await house.wait(2)
    assert house.social("south").texts() == ["first"]
    assert house.social("west").texts() == ["first", "second"]


SENSELESS = [
    ("/sync", "/sync FROM to TO, TO [options]"),
    ("/sync north", "/sync FROM to TO, TO [options]"),
    ("/sync north to north", "/sync FROM to TO, TO [options]"),
    ("/sync north to here, north", "/sync FROM to TO, TO [options]"),
    ("/sync north to south prefix", "These options there are; nothing was changed."),
    ("/sync north to south cap 0", "These options there are; nothing was changed."),
    ("/sync north to south only", "These options there are; nothing was changed."),
    ("/sync north to south #art", "These options there are; nothing was changed."),
    ("/sync north to nowhere", "“nowhere” is no account of yours ("),
    ("/sync nowhere to south", "“nowhere” is no account of yours"),
    ("/routes stop 9", "There is no route 9."),
    ("/routes whatever", "/routes, /routes stop NUMBER"),
    ("/filter", "/filter NUMBER OPTIONS"),
    ("/filter 9 only #art", "There is no route 9."),
    ("/filter 1 nonsense", "These options there are; nothing was changed."),
]


async def test_what_makes_no_sense_is_answered_with_what_is_possible(house):
    await house.says("/routes")
    before = house.chat.last()
    for typed, told in SENSELESS:
        await house.says(typed)
        assert house.chat.last().startswith(told), typed
    await house.says("/routes")
    assert house.chat.last() == before


async def test_a_network_whose_own_posts_cannot_be_read_is_not_synced(tmp_path):
    blind = replace(MemorySocial().capabilities, timelines=frozenset())
    socials = (MemorySocial(name="north", capabilities=blind), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        await house.says("/sync north to south")
        assert house.chat.last() == "North cannot do that."


# --- nothing old, and nothing lost -------------------------------------------------------------


async def test_what_was_posted_before_a_rule_is_never_sent(house):
    network = house.social("north").network
    for n in range(30):
        network.add(network.person("ada"), Draft(f"old {n}"))
    await house.wait(60)
    await rule(house, "/sync north to south")
    for _ in range(3):
        await house.poll()
        await house.wait(120)
    assert house.social("south").texts() == []


async def test_nothing_of_a_pause_is_sent_afterwards(house):
    await rule(house, "/sync north to south")
    await house.says("/routes pause 4")
    assert house.chat.last().startswith("Paused: North @ada@north.example → South @ada@south.example.")
    await house.says("/routes pause 4")
    assert house.chat.last().startswith("It rests already:")
    await house.wait(3600)
    await posted(house, "meanwhile")
    await house.wait(86400)
    await house.says("/routes")
    assert "  4 → South @ada@south.example   paused since 20" in house.chat.last()
    await house.says("/routes on 4")
    assert house.chat.last().startswith("Goes on from now:")
    await house.wait(1)
    await posted(house, "afterwards")
    assert house.social("south").texts() == ["afterwards"]


async def test_a_change_of_options_brings_nothing_old_and_loses_nothing_new(house):
    await rule(house, "/sync north to south only #art")
    network = house.social("north").network
    network.add(network.person("ada"), Draft("written before, plain"))
    network.add(network.person("ada"), Draft("written before, #art"))
    await house.wait(1)
    await house.says("/filter 4 everything")  # neither has been read yet
    assert house.chat.last() == "North @ada@north.example → South @ada@south.example: everything"
    await house.wait(1)
    await posted(house, "written afterwards, plain")
    assert house.social("south").texts() == ["written before, #art", "written afterwards, plain"]
    await house.says("/filter 4 only #music")
    await house.says("/filter 4 只要 #画 最多 5/时")
    assert house.chat.last().endswith(": only #画 · at most 5 an hour")
    await house.wait(1)
    await posted(house, "again plain")
    await posted(house, "再来 #画")
    assert house.social("south").texts()[2:] == ["再来 #画"]


async def test_what_one_follows_can_be_filtered_too(house):
    await rule(house, "/home north")
    network = house.social("north").network
    network.follows.add((network.person("ada").id, network.person("lin").id))
    await house.says("/filter 4 without spoiler")
    await house.wait(1)
    for text in ("no harm", "a spoiler"):
        house.social("north").add_post("lin", text)
    await house.poll()
    shown = "\n".join(house.chat.lines())
    assert ": no harm" in shown
    assert ": a spoiler" not in shown
    await house.says("/filter 4 all")
    await house.wait(1)
    house.social("north").add_post("lin", "another spoiler")
    await house.poll()
    assert house.chat.last().endswith(": another spoiler")


# --- all of them -------------------------------------------------------------------------------


DRAWN = {
    "en": """What goes where:
↔ this chat
  1 → North @ada@north.example
  2 → South @ada@south.example
  3 → West @ada@west.example
↔ North @ada@north.example
  4 → South @ada@south.example   only #art · without “dull” · boosts too · at most 10 an hour
  5 → West @ada@west.example   “via North:” in front · in de · paused since 12:00: /routes on 5
↓ @ada@north.example: home (North)
  6 → this chat   only with files
↓ #bridge (North)
  7 → this chat
/routes stop NUMBER ends one, /routes pause NUMBER lets it rest, /filter NUMBER says what it takes.""",
    "zh-CN": """什么送到哪里：
↔ 这个聊天
  1 → North @ada@north.example
  2 → South @ada@south.example
  3 → West @ada@west.example
↔ North @ada@north.example
  4 → South @ada@south.example   只要 #art · 不含 “dull” · 连同转发 · 每小时最多 10 条
  5 → West @ada@west.example   开头加“via North:” · 语言 de · 从 12:00 起暂停：/routes on 5
↓ @ada@north.example：首页（North）
  6 → 这个聊天   只要带文件的
↓ #bridge（North）
  7 → 这个聊天
/routes stop 序号 停止一项，/routes pause 序号 暂停，/filter 序号 设定收什么。""",
}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_rules_are_drawn_by_where_they_begin(house, language):
    house.chat.person("ada", language=language)
    for typed in (
        "/home north",
        "/tag bridge",
        "/sync north to south only #art without dull boosts cap 10/h",
        '/sync north to west prefix "via North: " language de',
        "/filter 6 only media",
    ):
        await house.says(typed)
    noon = house.clock.now().replace(hour=12, minute=0) + timedelta(days=1)
    await house.wait((noon - house.clock.now()).total_seconds())
    await house.says("/routes pause 5")
    await house.says("/routes")
    assert house.chat.last() == DRAWN[language]
    await house.says("/routes stop 7")
    await house.says("/routes")
    assert "#bridge" not in house.chat.last()


@pytest.mark.parametrize(
    "typed", ["/filter 1 only #art", "/routes pause 1", "/sync here to west without #art"]
)
async def test_defaults_of_a_chat_are_rules_too(house, typed):
    await house.says("/default north")
    await house.says(typed)
    await house.says("plain #art" if "without" in typed else "plain")
    await house.wait(2)
    assert house.social("north").texts() == (["plain #art"] if "without" in typed else [])
    assert house.social("west").texts() == []
    if "without" not in typed:
        assert house.chat.last().startswith("Nothing was posted: no")


async def test_which_accounts_are_defaults_changes_nothing_about_those_that_stay_so(house):
    await house.says("/filter 1 only #art")
    await house.says("/default north, south")
    await house.says("/routes")
    assert house.chat.last().split("\n")[2:4] == [
        "  1 → North @ada@north.example   only #art",
        "  2 → South @ada@south.example",
    ]
    assert "West" not in house.chat.last()
