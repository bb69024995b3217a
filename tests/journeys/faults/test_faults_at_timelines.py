"""Whatever goes wrong when timelines are read, and on streams: what others post arrives, once."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.faults.test_faults_of_calls import table
from tests.journeys.networks.travellers import new_name, resident
from tests.journeys.people import CODE, within
from tests.servers.http_relay import Fault

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]

STREAMS = r"/api/v1/streaming"


def heads(ada, text: str) -> int:
    return sum(text in line for line in ada.talker.chat().values())


async def test_what_others_post_arrives_once_whatever_happened_to_the_reading(world, meet):
    """One author for each fault; without streams, so that only polls bring what they post."""
    ada, relay = await meet("ada", "telegram"), world.to["mastodon"]
    relay.order(Fault.ERROR, path=STREAMS, times=None)
    wrong = table()
    authors = [resident(ada.server, new_name("lin")) for _ in wrong]
    for lin in authors:
        await ada.talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    await world.bot.sleeps()  # the streams that stood are gone with it
    for one, lin in zip(wrong, authors, strict=True):
        path = rf"/api/v1/accounts/{lin.id}/statuses"
        relay.order(one.fault, "GET", path, seconds=one.seconds, headers=one.headers)
        lin.post(f"in spite of {one.name}")
    before = len(relay.met)
    await world.bot.sleeps()
    await within(lambda: len(relay.met) >= before + len(wrong), lambda: str(relay.met[before:]))
    await asyncio.sleep(3)  # what is late or held comes
    await world.bot.sleeps()
    await ada.talker.stands(lambda chat: all(heads(ada, f"spite of {one.name}") for one in wrong))
    await ada.talker.caught_up()
    assert [heads(ada, f"in spite of {one.name}") for one in wrong] == [1] * len(wrong)
    assert world.bot.troubles() == []


@pytest.mark.parametrize(
    "faults",
    [
        (Fault.BAD_GATEWAY,),
        pytest.param(
            (Fault.BEFORE, Fault.CUT_HEAD, Fault.ERROR, Fault.RATE, Fault.LATE), marks=pytest.mark.nightly
        ),
    ],
    ids=["one way", "every way"],
)
async def test_a_stream_that_breaks_is_made_up_for(world, meet, faults):
    """A broken stream is begun anew at the next poll, which reads what it missed."""
    ada, relay = await meet("ada", "xmpp", "gotosocial"), world.to["gotosocial"]
    lin = resident(ada.server, new_name("lin"))
    await ada.talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    for fault in faults:
        relay.order(fault, "GET", STREAMS, seconds=2)
        relay.cut()
        lin.post(f"while streams met {fault.name}")
        await asyncio.sleep(0.2)
        await world.bot.sleeps()
        await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: while streams met {fault.name}$")
    assert {met[0] for met in relay.met} >= set(faults)
    await ada.talker.caught_up()
    assert [heads(ada, f"met {fault.name}") for fault in faults] == [1] * len(faults)
    assert world.bot.troubles() == []


async def test_a_post_that_a_stream_named_is_read_by_the_poll_when_it_could_not_be_fetched(world, meet):
    ada, relay = await meet("ada", "telegram", "gotosocial"), world.to["gotosocial"]
    lin = resident(ada.server, new_name("lin"))
    await ada.talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    await world.bot.sleeps()
    for early in ("heard of at once", "and this"):  # then what came before the stream began has been read
        lin.post(early)
        await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: {early}$")
    wrong = table()
    for one in wrong:
        before = len(relay.met)
        post = lin.post(f"fetched in spite of {one.name}")
        path = rf"/api/v1/statuses/{post.id}$"
        relay.order(one.fault, "GET", path, seconds=0.5, headers=one.headers)
        await within(lambda before=before: len(relay.met) > before, lambda name=one.name: name)
        lin.post(f"told after {one.name}")  # now the timeline is read, in its order
        await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: told after {one.name}$")
        shown = list(ada.talker.chat().values())
        both = [
            line for line in shown if line.endswith((f"in spite of {one.name}", f"told after {one.name}"))
        ]
        assert ["spite" in line for line in both] == [True, False]
    await ada.talker.caught_up()
    assert [heads(ada, f"fetched in spite of {one.name}") for one in wrong] == [1] * len(wrong)
    assert world.bot.troubles() == []
