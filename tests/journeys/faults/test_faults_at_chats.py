"""Connections refused, cut and held back: nothing that was written is lost, nothing is posted twice."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.faults.test_faults_of_calls import DONE, lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]


@pytest.mark.parametrize("chat", ["xmpp", "telegram"])
async def test_connections_that_are_refused_and_cut_lose_nothing_that_was_written(world, meet, chat):
    ada = await meet("ada", chat)
    relay = world.stream if chat == "xmpp" else world.to_telegram
    relay.refuse()
    ada.talker.says("/post written while nobody was there")
    await asyncio.sleep(0.3)
    await relay.listen()
    await ada.talker.stands(lambda chat: len(lines(ada, DONE)) == 1)
    ada.talker.says("/post cut at once")
    relay.cut()
    await ada.talker.stands(lambda chat: len({line.split()[0] for line in lines(ada, DONE)}) == 2)
    await ada.talker.caught_up()
    assert ada.texts() == ["written while nobody was there", "cut at once"], "each once"
    assert world.bot.troubles() == []


@pytest.mark.parametrize("server", ["mastodon", "gotosocial"])
async def test_a_server_that_refuses_connections_gets_each_post_later_and_once(world, meet, server):
    ada, relay = await meet("ada", "xmpp", server), world.to[server]
    relay.refuse()
    for number in range(3):
        ada.talker.says(f"/post waits for the server {number}")
    await ada.talker.stands(lambda chat: len(lines(ada, r"^#\w+ public … Mastodon")) == 3)
    await relay.listen()
    await ada.talker.stands(lambda chat: len(lines(ada, DONE)) == 3)
    assert ada.texts() == [f"waits for the server {number}" for number in range(3)]


async def test_an_answer_that_the_stream_held_back_comes_again_and_the_post_stands_once(world, meet):
    """XMPP: the server has the message, and nobody hears that it has."""
    ada = await meet("ada", "xmpp")
    world.stream.stall()
    ada.talker.says("/post said into a stalled stream")
    await asyncio.sleep(0.5)
    world.stream.cut()
    await ada.talker.stands(lambda chat: len(lines(ada, DONE)) >= 1)
    await ada.talker.caught_up()
    assert ada.texts() == ["said into a stalled stream"]
    assert len(lines(ada, DONE)) <= 2
