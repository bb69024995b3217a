"""What a rule carries of somebody else's says whose it is, and never comes back to where it was written."""

from __future__ import annotations

import pytest

from bridgebot.model import Ballot, Draft
from tests.foreign import world
from tests.house import TestHouse
from tests.test_rules import rule

WORDS = "Stones of every colour lie along the river, and nobody counts them"
LIN = "🔁 @\u2060lin@north.example:"


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


async def boosts(house, draft: Draft, *, by: str = "lin") -> str:
    """Ada boosts in an app on North what somebody wrote there, and that is read; its address."""
    network = house.social("north").network
    post = network.add(network.person(by), draft)
    house.clock.skip(1)
    network.boost(network.person("ada"), post.id, True)
    await house.poll()
    await house.wait(4)
    return post.url


async def test_a_boost_says_whose_words_they_are_and_where_they_stand(house):
    await rule(house, "/sync north to south boosts")
    url = await boosts(house, Draft(WORDS))
    assert house.social("south").texts() == [f"{LIN} {WORDS}\n{url}"]


async def test_its_owner_is_told_and_takes_it_back(house):
    await rule(house, "/sync north to south boosts")
    await boosts(house, Draft(WORDS))
    [line] = [line for line in house.chat.lines() if line.startswith("🔁 A rule carried")]
    copy = house.social("south").posts[0]
    assert line.startswith(
        "🔁 A rule carried what @lin@north.example wrote to South: “Stones of every colour"
    )
    assert line.endswith(f"…” {copy.url}")
    assert [one.label for one in house.chat.messages()[-1].buttons] == ["Take it back", "Stop this rule"]
    house.chat.press("Take it back")
    await house.settle()
    await house.wait(2)
    assert house.social("south").texts() == []
    assert house.chat.last() == "It is being taken back there."


async def test_the_rule_is_stopped_where_that_is_told_and_what_stands_there_stays(house):
    await rule(house, "/sync north to south boosts")
    await boosts(house, Draft(WORDS))
    house.chat.press("Stop this rule")
    await house.settle()
    await boosts(house, Draft("Something else that nobody carries on any more"))
    assert len(house.social("south").texts()) == 1


async def test_without_the_option_nothing_of_what_one_boosts_is_carried(house):
    await rule(house, "/sync north to south")
    await boosts(house, Draft(WORDS))
    assert house.social("south").texts() == []


async def test_what_one_wrote_oneself_and_boosts_is_simply_carried(house):
    await rule(house, "/sync north to south boosts")
    await boosts(house, Draft(WORDS), by="ada")
    assert house.social("south").texts() == [WORDS]


async def test_somebody_elses_poll_is_told_in_words_with_its_address(house):
    await rule(house, "/sync north to south boosts")
    url = await boosts(house, Draft("Which one?", poll=Ballot(("granite", "basalt"), 3600)))
    (post,) = house.social("south").posts
    assert post.poll is None
    assert post.text == f"{LIN} Which one?\n○ granite\n○ basalt\n{url}"


async def test_an_edit_of_what_was_boosted_stays_theirs(house):
    network = house.social("north").network
    network.follows.add((network.person("ada").id, network.person("lin").id))
    await rule(house, "/home north")
    await rule(house, "/sync north to south boosts")
    url = await boosts(house, Draft(WORDS))
    post = next(iter(network.standing.values()))
    network.change(post.id, f"{WORDS}, until now", None)
    await house.poll()
    await house.wait(2)
    assert house.social("south").texts() == [f"{LIN} {WORDS}, until now\n{url}"]


async def test_what_was_boosted_does_not_come_back_as_ones_own(house):
    for typed in ("/sync north to south boosts", "/sync south to north boosts"):
        await rule(house, typed)
    url = await boosts(house, Draft(WORDS))
    for _ in range(3):
        await house.poll()
        await house.wait(61)
    assert house.social("south").texts() == [f"{LIN} {WORDS}\n{url}"]
    assert house.social("north").texts() == [WORDS]


async def test_whose_it_is_is_said_however_far_it_goes_and_by_whichever_house(tmp_path):
    names = ("north", "south", "west")
    one, other = [("north", "south"), ("south", "west")], [("north", "south")]
    async with world(tmp_path, names, one, other) as all_:
        for house in all_.houses:
            await house.says("/filter 4 boosts")
        network = all_.networks["north"]
        post = network.add(network.person("lin"), Draft(WORDS))
        all_.clock.skip(2)
        network.boost(network.person("ada"), post.id, True)
        await all_.rests()
        assert all_.texts("south") == all_.texts("west") == [f"{LIN} {WORDS}\n{post.url}"]
