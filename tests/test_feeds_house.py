"""What the core does for feeds: their addresses are secrets, and they say when they are to be read."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from bridgebot import model
from bridgebot.model import TimelineKind
from bridgebot.store import routes
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

SECRET = "https://ada:pa55word@example.org/feed?token=t0psecret"
ELSEWHERE = "https://example.net/feed?token=0ther"


class Saying(MemorySocial):
    """A network whose pages say more than the posts in them."""

    more: dict[str, object] = {}

    async def fetch(self, timeline, account, cursor):
        return replace(await super().fetch(timeline, account, cursor), **self.more)


@pytest.fixture
async def house(tmp_path):
    still = replace(EVERYTHING, listen=False)  # no stream has anything read sooner
    async with TestHouse(tmp_path, socials=(Saying(name="north", capabilities=still),)) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poll()
        yield house


@pytest.fixture
def known(house):
    return lambda: next(iter(house.poller._known.values()))


async def read(house, timeline):
    await house.poller._poll(timeline)
    return house.poller._schedule.due[timeline.id] - house.clock.now()


async def test_a_page_that_says_nothing_of_it_is_read_again_as_usual(house, known):
    assert await read(house, known()) <= timedelta(seconds=66)


@pytest.mark.parametrize("news", [False, True])
async def test_a_timeline_is_not_read_before_it_wants_to_be(house, known, news):
    house.social("north").more = {"next_in": 7200.0}
    if news:
        house.social("north").add_post("ada", "news")
    due = await read(house, known())
    assert timedelta(hours=2) <= due <= timedelta(hours=2, seconds=60)
    row = await house.store.read(lambda tx, now: routes.timeline_by_id(tx, known().id))
    assert (row.due_at - house.clock.now() == due) is news, "a page without news commits nothing"


async def test_it_is_never_read_more_often_than_usual(house, known):
    house.social("north").more = {"next_in": 0.5}
    assert await read(house, known()) > timedelta(seconds=5)


async def test_a_timeline_that_moved_is_read_there_from_now_on_and_after_a_restart(house, known):
    house.social("north").more = {"moved": "elsewhere"}
    await house.poller._poll(known())
    assert known().argument == "elsewhere"
    row = await house.store.read(lambda tx, now: routes.timeline_by_id(tx, known().id))
    assert row.argument == "elsewhere"


def feed(address=SECRET):
    return model.Timeline(TimelineKind.FEED, "example.org", address)


async def made(house, address=SECRET):
    return await house.store.run(
        lambda tx, now: routes.timeline(tx, now, "north", feed(address), None, "A feed")
    )


async def test_the_address_of_a_feed_is_in_no_row_and_no_repr(house):
    timeline = await made(house)
    assert timeline.native() == feed()
    await house.store.run(lambda tx, now: routes.moved(tx, timeline, ELSEWHERE))
    again = await house.store.read(lambda tx, now: routes.timeline_by_id(tx, timeline.id))
    assert again.native() == feed(ELSEWHERE)
    with sqlite3.connect(house.folder / "house.db") as other:
        rows = "\n".join(other.iterdump())
    for shown in (rows, repr(timeline), repr(again), repr(timeline.native())):
        assert "A feed" in rows
        assert not [word for word in ("pa55word", "t0psecret", "0ther", "ada:") if word in shown]


async def test_who_wants_the_same_feed_reads_the_same_timeline(house):
    one, other, private = await made(house), await made(house), await made(house, ELSEWHERE)
    assert one.id == other.id != private.id


async def test_what_is_read_of_feeds_is_read_at_their_addresses(house):
    timeline = await made(house)
    await house.says("/home on north")
    user = await house.store.read(lambda tx, now: routes.of_user(tx, 1)[0].chat_id)
    await house.store.run(
        lambda tx, now: routes.add(tx, now, 1, "follow", timeline_id=timeline.id, chat_id=user)
    )
    wanted = await house.store.read(lambda tx, now: routes.read_timelines(tx, of=[timeline.id]))
    assert [one.native() for one in wanted] == [feed()]
    assert [one.address for one in wanted] == [None]
