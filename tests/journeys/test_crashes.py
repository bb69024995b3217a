"""The bot is killed and comes back: nothing that was written is lost, nothing is posted twice."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.journeys.people import PATIENCE, RECEIPT, Someone

BURST = 20


@pytest.fixture(autouse=True)
def running_again(bot):
    yield
    if not bot.running:
        bot.start()


async def test_what_is_written_while_it_is_down_waits(ada, pages, bot):
    first = await ada.posts("before")
    await asyncio.to_thread(bot.kill)
    second, third = ada.says("/post whlie it was down"), ada.says("/post regretted")
    ada.says("/tour")
    ada.corrects(second, "/post while it was down")
    ada.retracts(third)
    await ada.client.ask("localhost", "get", "<ping xmlns='urn:xmpp:ping'/>")
    await asyncio.to_thread(bot.start)
    await ada.hears(r"^Try these:")
    await ada.posts("afterwards")
    await ada.stands(lambda chat: any("taken back" in line for line in chat.values()))
    assert await _feed(pages, bot, ada, 3) == ["before", "while it was down", "afterwards"]
    assert "before" in await pages.text(first.url)


async def test_killed_in_the_middle_of_a_burst(ada, pages, bot):
    messages = [ada.says(f"/post burst {number}") for number in range(BURST)]
    for most in (3, 9):
        await ada.stands(lambda chat, most=most: len(_posted(chat)) >= most)
        await asyncio.to_thread(bot.kill)
        await asyncio.to_thread(bot.start)
    assert len(messages) == BURST
    await ada.stands(lambda chat: len(_posted(chat)) == BURST)
    assert await _feed(pages, bot, ada, BURST) == [f"burst {number}" for number in range(BURST)]
    await ada.asks("/status", r"^Nothing waits\.")
    assert bot.troubles() == []


async def test_killed_at_once_after_each_message(ada, pages, bot):
    for number in range(3):
        ada.says(f"/post number {number}")
        await ada.client.ask("localhost", "get", "<ping xmlns='urn:xmpp:ping'/>")
        await asyncio.to_thread(bot.kill)
        await asyncio.to_thread(bot.start)
    await ada.stands(lambda chat: len(_posted(chat)) == 3)
    assert await _feed(pages, bot, ada, 3) == [f"number {number}" for number in range(3)]


async def test_an_open_question_outlives_a_crash(ada, pages, bot):
    message = ada.says("half a thought")
    await ada.hears(r"Shall I post this\?")
    await asyncio.to_thread(bot.kill)
    ada.says("yes")
    await ada.client.ask("localhost", "get", "<ping xmlns='urn:xmpp:ping'/>")
    await asyncio.to_thread(bot.start)
    await ada.hears(RECEIPT, lambda heard: heard.reply_to == message)
    assert await _feed(pages, bot, ada, 1) == ["half a thought"]


async def test_asked_to_stop_it_stops_and_loses_nothing(ada, pages, bot):
    for number in range(5):
        ada.says(f"/post number {number}")
    await ada.hears(RECEIPT)
    assert await asyncio.to_thread(bot.stop) == 0
    await asyncio.to_thread(bot.start)
    assert await _feed(pages, bot, ada, 5) == [f"number {number}" for number in range(5)]


def _posted(chat: dict[str, str]) -> set[str]:
    """The addresses that receipts name."""
    return {found[2] for line in chat.values() if (found := re.match(RECEIPT, line))}


async def _feed(pages, bot, person: Someone, number: int) -> list[str]:
    """Somebody's posts, once there are so many and the bot has nothing left to do."""
    async with asyncio.timeout(PATIENCE):
        while len(await pages.feed(bot.base, person.name)) < number:
            await asyncio.sleep(0.05)
    await person.caught_up()
    return await pages.feed(bot.base, person.name)
