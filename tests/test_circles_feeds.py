"""A rule from a feed to an account: what is new is carried once, whatever the feed does with its guids."""

from __future__ import annotations

import pytest

from bridgebot import model, sightings
from bridgebot.model import TimelineKind
from bridgebot.store import people, routes
from bridgebot.testing.fakes import MemorySocial
from tests.adapters.test_feeds import item
from tests.adapters.test_feeds import reader as reader
from tests.house import TestHouse


@pytest.fixture
async def carried(reader, tmp_path):
    """What comes of one more read of the feed."""
    async with TestHouse(tmp_path, socials=(MemorySocial(name="south"),), clock=reader.clock) as house:
        user_id = await house.user("ada", "south")

        def rule(tx, now):
            native = model.Timeline(TimelineKind.FEED, "127.0.0.1", reader.address)
            timeline = routes.timeline(tx, now, "feeds", native, None, "Stones")
            account = people.account_named(tx, user_id, "south")
            routes.add(tx, now, user_id, "sync", timeline_id=timeline.id, account_id=account.id)
            return timeline.id

        timeline_id = await house.store.run(rule)

        async def read(*items):
            reader.stands(*items)
            page = await reader.read(3600)

            def hand_in(tx, now):
                timeline = routes.timeline_by_id(tx, timeline_id)
                return sightings.hand_in(tx, now, house.house, timeline, page)

            await house.store.run(hand_in)
            await house.wait(2)
            return [text.split("\n")[0] for text in house.social("south").texts()]

        read.house = house
        yield read


def fresh(reader, number, **more):
    return item(number, **({"published": reader.clock.now()} | more))


async def test_a_feed_whose_guids_all_change_sends_nothing(reader, carried):
    assert await carried(item(1), item(2)) == []
    new = fresh(reader, 3)
    assert await carried(new, item(1), item(2)) == ["Title 3"]
    moved = [item(n, guid=f"new-{n}", link=f"https://elsewhere.example/{n}") for n in (1, 2)]
    late = fresh(reader, 3, guid="new-3", published=new.published)
    assert await carried(late, *moved) == ["Title 3"]
    undated = [
        item(n, guid=f"newer-{n}", link=entry.link, published=None) for n, entry in enumerate(moved, 1)
    ]
    undated.insert(0, item(3, guid="newer-3", published=None))
    assert await carried(*undated) == ["Title 3"]


async def test_a_feed_that_begins_anew_with_todays_date_sends_nothing_twice(reader, carried):
    """Neither guid, address nor date is what it was: the words are."""
    words = "A long walk along the river, with stones of every colour and much to tell of them"
    assert await carried(item(1)) == []
    first = fresh(reader, 2, title="", text=words)
    assert len(await carried(first, item(1))) == 1
    again = fresh(reader, 3, title="", text=words, guid="other", link="https://elsewhere.example/other")
    assert len(await carried(again, item(1))) == 1
    told = carried.house.chat.last()
    assert told.startswith("A rule did not carry “A long walk along the river")
    assert "to South (south): it looks like" in told


async def test_what_a_feed_repeats_is_carried_when_its_owner_wants_it(reader, carried):
    words = "A long walk along the river, with stones of every colour and much to tell of them"
    await carried(item(1))
    first = fresh(reader, 2, title="", text=words)
    await carried(first, item(1))
    again = fresh(reader, 3, title="", text=words, guid="other", link="https://elsewhere.example/other")
    await carried(again, item(1))
    carried.house.chat.press("Carry it on")
    await carried.house.settle()
    assert carried.house.chat.last() == "It is carried on now."
    assert len(carried.house.social("south").texts()) == 2
