"""Ending in good order, moved by hand: the gate before the inbox, the outbox that is drained, signals."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest
from cryptography.fernet import Fernet

from bridgebot import stopping
from bridgebot.app import App
from bridgebot.config import Settings, WebSettings, adapter
from bridgebot.model import Chat, Message, Person
from bridgebot.signals import ServiceManager, Signals
from bridgebot.testing.clock import RealClock
from tests.house import TestHouse

PIGEONS = "tests.operating.pigeons"


def message(number: int) -> Message:
    return Message(
        f"e{number}", Chat("ada", direct=True), Person("ada", "Ada"), f"m{number}", "/help", RealClock().now()
    )


@pytest.fixture
async def app(tmp_path):
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'a.db'}",
        secret_keys=(Fernet.generate_key().decode(),),
        adapters=(adapter("pigeons", PIGEONS),),
        access="open",
        web=WebSettings(port=0),
    )
    app = App(settings)
    await app.start()
    app.connect()
    yield app
    await app.stop()


async def test_a_chat_that_needs_its_connection_keeps_it_until_the_last_answer(app):
    pigeons = app.adapters["pigeons"]
    await asyncio.sleep(0)
    await pigeons.receive(message(1))
    await pigeons.sending.wait()
    finishing = asyncio.create_task(app.finish())
    await asyncio.sleep(0.1)
    late = asyncio.create_task(pigeons.receive(message(2)))
    await asyncio.sleep(0.1)
    assert not finishing.done()
    assert not late.done(), "it is neither taken in nor acknowledged"
    pigeons.gate.set()
    await asyncio.wait_for(finishing, 60)
    assert len(pigeons.sent) == 1
    assert pigeons.receive is None
    assert not late.done()
    late.cancel()


async def test_what_was_claimed_and_not_begun_stays_in_the_queue(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.chat.settled()
        house.outbox._closing = True
        await house.says("not any more")
        assert house.social("north").texts() == []
        await asyncio.wait_for(house.outbox.drain(), 60)
        house.outbox._closing = False
        await house.settle()
        assert house.social("north").texts() == ["not any more"]


async def test_the_grace_ends_what_does_not_end():
    begun = time.monotonic()
    assert await stopping.within(0.1, asyncio.sleep(0), asyncio.sleep(60)) is False
    assert await stopping.within(5, asyncio.sleep(0)) is True
    assert time.monotonic() - begun < 50


async def test_an_ending_that_fails_does_not_keep_the_others_from_ending():
    async def fails() -> None:
        raise RuntimeError("boom")

    ended = []

    async def ends() -> None:
        await asyncio.sleep(0.05)
        ended.append(True)

    assert await stopping.within(5, fails(), ends()) is True
    assert ended == [True]


async def test_one_signal_asks_and_the_second_leaves():
    left: list[int] = []

    async def nothing() -> None:
        return None

    signals = Signals(nothing, leave=left.append)
    signals.listen()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(signals.stop_asked(), 60)
        assert left == []
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        assert left == [130]
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(number)


async def test_reloads_come_one_after_another_and_the_last_change_is_read():
    running, most, count = 0, 0, 0

    async def reload() -> None:
        nonlocal running, most, count
        running += 1
        most, count = max(most, running), count + 1
        await asyncio.sleep(0.05)
        running -= 1

    signals = Signals(reload, leave=lambda code: None)
    signals._hang_up()
    await asyncio.sleep(0.01)
    for _ in range(5):
        signals._hang_up()
    await asyncio.sleep(0.3)
    assert (most, count) == (1, 2)


async def test_no_manager_is_told_of_what_was_meant_for_another_process():
    manager = ServiceManager({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}, os.getpid())
    await asyncio.wait_for(manager.keep_alive(), 60)  # nothing to keep alive
    ServiceManager({"NOTIFY_SOCKET": "/nowhere/at/all"}, 1).ready()  # a manager that is gone is no error
