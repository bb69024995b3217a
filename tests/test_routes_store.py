"""Routes as rows: they rest, go on and end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bridgebot.store import routes
from bridgebot.store import tables as t
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("/sync north to south")
        yield house


async def only(house):
    """The one rule between the two accounts."""
    ids = sa.select(t.route.c.id).where(t.route.c.verb == "sync")
    return await house.store.read(lambda tx, now: routes.route(tx, tx.scalar(ids)))


async def test_a_route_that_rests_says_since_when_and_why_and_goes_on_from_now(house):
    rule = await only(house)
    assert await house.store.run(lambda tx, now: routes.pause(tx, rule.id, now, why="loop"))
    resting = await only(house)
    assert (resting.state, routes.paused(resting)) == ("paused", (house.clock.now(), "loop"))
    await house.wait(60)
    assert await house.store.run(lambda tx, now: routes.resume(tx, now, rule.id))
    going = await only(house)
    assert (going.state, going.filters, going.since) == ("active", rule.filters, house.clock.now())


async def test_nothing_rests_or_goes_on_twice_and_what_ended_does_neither(house):
    rule = await only(house)
    assert not await house.store.run(lambda tx, now: routes.resume(tx, now, rule.id))
    assert await house.store.run(lambda tx, now: routes.pause(tx, rule.id))
    assert routes.paused(await only(house)) == (None, "")
    assert not await house.store.run(lambda tx, now: routes.pause(tx, rule.id))
    await house.store.run(lambda tx, now: routes.end(tx, rule.id))
    assert not await house.store.run(lambda tx, now: routes.resume(tx, now, rule.id))
    assert not await house.store.run(lambda tx, now: routes.pause(tx, rule.id))


async def test_a_route_that_rests_is_listed_but_reads_and_carries_nothing(house):
    rule = await only(house)
    await house.store.run(lambda tx, now: routes.pause(tx, rule.id, now))
    assert rule.id in [r.id for r in await house.store.read(lambda tx, now: routes.of_user(tx, rule.user_id))]
    assert await house.store.read(lambda tx, now: routes.from_timeline(tx, rule.timeline_id)) == []
    assert await house.store.read(lambda tx, now: routes.read_timelines(tx)) == []
