"""The bot is asked to stop: nothing new begins, what was begun ends, and twice means at once."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import time

import pytest

from tests.journeys.people import within
from tests.operating.conftest import RECEIPT, Gate, configure, rows

CREATES = "SELECT state FROM delivery WHERE action = 'create'"


async def ended(bot, seconds: float = 30) -> int:
    """The exit code."""
    return await asyncio.to_thread(bot._process.wait, seconds)


async def test_an_idle_bot_stops_at_once_though_it_polls(bot, telegram):
    await within(lambda: any(call.method == "getUpdates" for call in telegram.calls), lambda: "a long poll")
    begun = time.monotonic()
    assert await asyncio.to_thread(bot.stop) == 0
    assert time.monotonic() - begun < 25, "not when its poll ends, after 50 seconds"
    told = [line["event"] for line in bot.log() if str(line.get("event")).startswith("stopp")]
    assert told == ["stopping", "stopped"]


async def test_what_is_being_published_ends_first_and_nothing_new_is_taken_in(bot, ada, masto, telegram):
    gate = Gate(masto)
    ada.talker.says("/post begun before the end")
    await gate.reached()
    bot._process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    polls = sum(call.method == "getUpdates" for call in telegram.calls)
    ada.talker.says("/post written while it stops")
    await asyncio.sleep(0.5)
    assert bot.running, "it waits for the answer to what it sent"
    assert sum(call.method == "getUpdates" for call in telegram.calls) == polls
    assert len(telegram.updates) == 1, "what came after the signal is not confirmed"
    gate.open()
    assert await ended(bot) == 0
    assert rows(bot, CREATES) == [("sent",)], "its outcome is stored; nothing else was begun"
    assert ada.texts() == ["begun before the end"]
    await bot.starts()
    await ada.talker.hears(RECEIPT)
    await within(
        lambda: ada.texts() == ["begun before the end", "written while it stops"], lambda: str(ada.texts())
    )


async def test_what_does_not_end_within_the_grace_is_settled_at_the_next_start(bot, ada, masto, telegram):
    await bot.dies()
    configure(bot, telegram, masto, shutdown_grace=1)
    await bot.starts()
    gate = Gate(masto)
    ada.talker.says("/post slower than the end")
    await gate.reached()
    begun = time.monotonic()
    assert await asyncio.to_thread(bot.stop) == 0
    assert time.monotonic() - begun >= 1
    assert any("not everything ended in time" in str(line.get("event")) for line in bot.log())
    assert rows(bot, CREATES) == [("sending",)]
    gate.open()
    await bot.starts()
    await within(lambda: rows(bot, CREATES) != [("sending",)], lambda: "looked for")
    for _ in range(4):
        await asyncio.sleep(0.5)
        await bot.sleeps()
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["slower than the end"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_it_at_once_and_harms_nothing(bot, ada, masto, number):
    gate = Gate(masto)
    ada.talker.says("/post on its way")
    await gate.reached()
    bot._process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    bot._process.send_signal(number)
    assert await ended(bot) == 128 + number
    assert time.monotonic() - begun < 15, "not when the grace of 20 seconds ends"
    with contextlib.closing(sqlite3.connect(bot.folder / "bridgebot.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert rows(bot, CREATES) == [("sending",)]
    gate.open()
    await bot.starts()
    for _ in range(4):
        await asyncio.sleep(0.5)
        await bot.sleeps()
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["on its way"]
