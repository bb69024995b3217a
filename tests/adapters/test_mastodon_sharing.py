"""Timelines that arrive in the same stream share one connection."""

import asyncio
import contextlib

import pytest

from bridgebot.errors import Temporary
from bridgebot.model import Hint, TimelineKind
from tests.adapters.mastodon_town import town

PATIENCE = 60.0


class Listener:
    """Somebody who listens to a timeline; `heard` are the hints so far."""

    def __init__(self, here, timeline):
        self.heard = []
        self.ended = asyncio.create_task(self._listen(here, timeline))

    async def _listen(self, here, timeline):
        async for hint in here.adapter.listen(timeline, here.ada):
            self.heard.append(hint)

    async def hears(self, *hints):
        async with asyncio.timeout(PATIENCE):
            while self.heard != list(hints):
                await asyncio.sleep(0.01)

    async def leaves(self):
        self.ended.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.ended


async def connected(here, number):
    async with asyncio.timeout(PATIENCE):
        while len(here.server.streams.listeners) != number:
            await asyncio.sleep(0.01)


@pytest.fixture
async def here():
    async with town() as here:
        yield here


@pytest.fixture
async def three(here):
    """Home, own posts and grete's, all of which are in ada's stream."""
    kinds = [here.home, here.timeline(TimelineKind.OWN), here.timeline(TimelineKind.PERSON, here.grete.id)]
    listeners = [Listener(here, timeline) for timeline in kinds]
    await connected(here, 1)
    yield listeners
    for one in listeners:
        await one.leaves()


async def test_each_timeline_hears_of_its_own_posts_by_the_one_connection(here, three):
    home, own, grete = three
    zoe = here.server.person("zoe")
    here.server.world.follows[here.me.who, zoe.who] = {"reblogs": True, "notify": False}
    posts = [one.post("hello").id for one in (here.grete, here.me, zoe)]
    await home.hears(*(Hint(post) for post in posts))
    await grete.hears(Hint(posts[0]))
    await own.hears(Hint(posts[1]))
    assert len(here.server.streams.listeners) == 1


async def test_a_deletion_is_looked_at_once(here, three):
    post = here.grete.post("hello")
    await three[0].hears(Hint(post.id))
    here.grete.delete(post)
    here.me.post("bye")
    async with asyncio.timeout(PATIENCE):
        while not three[1].heard:
            await asyncio.sleep(0.01)
    told = [hint for one in three for hint in one.heard if hint == Hint(post.id)]
    assert len(told) == 3  # of the new post two, of the deleted one only the first


async def test_who_stays_goes_on_listening_and_the_last_one_closes(here, three):
    await three[0].leaves()
    post = here.grete.post("still there?")
    await three[2].hears(Hint(post.id))
    for one in three[1:]:
        await one.leaves()
    await connected(here, 0)


async def test_when_the_stream_breaks_it_ends_for_all_and_begins_anew(here, three):
    here.server.streams.cut()
    done, _ = await asyncio.wait([one.ended for one in three], timeout=PATIENCE)
    assert len(done) == 3
    assert {type(one.ended.exception()) for one in three} <= {Temporary, type(None)}
    again = Listener(here, here.home)
    await connected(here, 1)
    post = here.grete.post("back")
    await again.hears(Hint(post.id))
    await again.leaves()
