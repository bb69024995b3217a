"""What a channel forwards is somebody else's: it is carried as a boost is, or its rule's owner is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridgebot.model import Origin
from tests.test_rules import rule
from tests.test_rules_chats import airs, house

__all__ = ["house"]  # a fixture

STONES = Origin("Stone News", "-1007", "https://t.example/stones/5")
TOLD = "channel “Ada's notes” forwarded what"


def told(house) -> list[str]:
    return [line for line in house.chat.lines() if "forwarded what" in line]


async def test_what_a_channel_forwards_is_not_carried_and_that_is_told_once(house):
    await rule(house, "/sync “Ada's notes” to north")
    await airs(house, "stones for sale", origin=STONES)
    await airs(house, "more stones", origin=Origin("Lin"))
    await airs(house, "its own")
    assert house.social("north").texts() == ["its own"]
    [line] = told(house)
    assert line.startswith(f"{TOLD} Stone News wrote. It is somebody else’s, so it was not carried on")


async def test_with_the_option_it_goes_on_with_its_writers_name_and_address(house):
    await rule(house, "/sync “Ada's notes” to north boosts")
    await airs(house, "stones for @lin", origin=STONES)
    await airs(house, "a secret kept well", origin=Origin("Lin Wu", "u-lin"))
    await airs(house, "nobody knows who", origin=Origin())
    assert house.social("north").texts() == [
        "🔁 Stone News: stones for @\u2060lin\nhttps://t.example/stones/5",
        "🔁 Lin Wu: a secret kept well",
        "🔁 somebody: nobody knows who",
    ]
    assert told(house) == []


@pytest.mark.parametrize("origin", [Origin("Ada", "ada"), Origin("Ada's notes", "notes")])
async def test_ones_own_words_and_the_channels_are_carried_as_any_post(house, origin):
    await rule(house, "/sync “Ada's notes” to north")
    await airs(house, "said before", origin=origin)
    assert house.social("north").texts() == ["said before"]


async def test_what_no_rule_takes_anyway_is_not_told(house):
    await rule(house, "/sync “Ada's notes” to north without #ads")
    await airs(house, "buy stones #ads", origin=STONES)
    late = house.clock.now() - timedelta(minutes=5)
    await airs(house, "from before the rule", origin=STONES, sent_at=late)
    assert told(house) == []


async def test_what_is_forwarded_is_nobodys_here_and_goes_when_it_is_taken_back(house):
    await rule(house, "/sync “Ada's notes” to north, Den boosts")
    line = await airs(house, "stones for sale", origin=STONES)
    assert house.social("north").texts() == ["🔁 Stone News: stones for sale\nhttps://t.example/stones/5"]
    assert "stones for sale" in house.chat.last("den")
    assert "Stone News" in house.chat.last("den")
    await house.says("/history")
    assert "stones for sale" not in house.chat.last()
    assert (
        len([line for line in house.chat.lines() if line.startswith("🔁 A rule carried what Stone News")])
        == 1
    )
    house.chat.delete_line(line)
    await house.settle()
    await house.wait(2)
    assert house.social("north").texts() == []


async def test_the_same_forwarded_into_two_channels_comes_once(house):
    house.chat.broadcast("news", title="News")
    for source in ("“Ada's notes”", "“News”"):
        await rule(house, f"/sync {source} to north boosts")
    words = "Stones of every colour lie along the river, and nobody counts them"
    await airs(house, words, origin=STONES)
    house.chat.say(words, sender="news", chat="news", origin=STONES)
    await house.settle()
    await house.wait(2)
    assert house.social("north").texts() == [f"🔁 Stone News: {words}\n{STONES.url}"]
    assert "A rule did not carry “Stones of every colour lie along the river" in house.chat.last()
