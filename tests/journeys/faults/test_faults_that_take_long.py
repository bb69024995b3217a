"""Nobody answers, and nobody says so: what the bot finds out only by waiting. Minutes, so at night."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys import people
from tests.journeys.faults.test_faults_of_calls import DONE, PEOPLE, PUBLISHING, lines
from tests.journeys.networks.travellers import new_name, resident
from tests.journeys.people import CODE
from tests.servers.http_relay import Fault

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(people, "PATIENCE", 300.0)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [(Fault.HALF_OPEN, 0), (Fault.STALL, 30), (Fault.STALL, 50), (Fault.STALL, 75), (Fault.LATE, 70)],
    ids=["half-open", "30 s", "acts after it was given up", "acts after the looks", "answers when given up"],
)
async def test_a_publication_without_an_answer_stands_there_once(world, meet, fault, seconds):
    """The bot gives up after 30 s, and looks 5 s and 35 s later. What acts even later is held back by the
    key; a server that ignores keys is known to show it twice then (docs/networks/mastodon.md).
    """

    async def story(chat: str, server: str) -> None:
        ada = await meet("ada", chat, server)
        text = f"into the dark, {ada.name}"
        world.to[server].order(fault, "POST", PUBLISHING, holds=text, seconds=seconds)
        ada.talker.says(f"/post {text}")
        ada.talker.says(f"/post behind it, {ada.name}")
        await ada.talker.stands(lambda chat: len(lines(ada, DONE)) == 2)
        await ada.talker.caught_up()
        await asyncio.sleep(max(0.0, seconds - 35))  # what was held must not come as a second one
        assert sorted(ada.texts()) == sorted([text, f"behind it, {ada.name}"])

    places = [where for where in PEOPLE if seconds < 75 or where[1] == "mastodon" or fault is Fault.LATE]
    await asyncio.gather(*(story(*where) for where in places))
    assert world.bot.troubles() == []


async def test_a_half_open_poll_is_given_up_and_nothing_is_lost(world, meet):
    ada = await meet("ada", "telegram")
    world.to_telegram.order(Fault.HALF_OPEN, "POST", "/getUpdates$")
    ada.talker.says("/post before the silence")
    await ada.talker.hears(DONE)
    ada.talker.says("/post into the silence")
    await ada.talker.hears(DONE)
    await ada.talker.caught_up()
    assert ada.texts() == ["before the silence", "into the silence"]


async def test_a_half_open_stream_to_xmpp_is_given_up_and_nothing_is_lost(world, meet):
    ada = await meet("ada", "xmpp")
    world.stream.vanish()
    ada.talker.says("/post into the silence")
    await ada.talker.hears(DONE)
    await ada.talker.caught_up()
    assert ada.texts() == ["into the silence"]


async def test_a_half_open_stream_of_hints_is_made_up_for_by_the_poll(world, meet):
    ada, relay = await meet("ada", "telegram"), world.to["mastodon"]
    lin = resident(ada.server, new_name("lin"))
    await ada.talker.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    await world.bot.sleeps()
    lin.post("over the stream")
    await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: over the stream$")
    relay.vanish()
    lin.post("into the silence")
    await ada.talker.hears(rf"^{lin.handle} on Mastodon \[{CODE}\]: into the silence$")
    await ada.talker.caught_up()
    assert world.bot.troubles() == []
