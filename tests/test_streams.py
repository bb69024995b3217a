"""Streams begin one after another."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bridgebot import streams
from bridgebot.model import TimelineKind
from bridgebot.store.rows import Timeline
from bridgebot.testing.clock import ManualClock


class Adapter:
    """It has streams, in which nothing happens."""

    capabilities = SimpleNamespace(listen=True)

    def __init__(self):
        self.begun = []

    async def listen(self, timeline, account):
        self.begun.append(timeline.argument)
        await asyncio.Event().wait()
        yield


def timeline(id, now):
    return Timeline(id, "net", "net.example", TimelineKind.TAG, str(id), None, "", "c", now, 0, None)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
async def adapter():
    return Adapter()


@pytest.fixture
async def running(adapter, clock):
    async def nobody(timeline):
        return None

    reading = streams.Reading(nobody, None, None, None)
    running = streams.Streams({"net": adapter}, clock, reading)
    yield running
    running.cancel()


async def test_those_that_begin_together_begin_one_after_another(adapter, running, clock, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(streams, "APART", 3600.0)
    soon = [running.subscribe(timeline(id, now), now) for id in (1, 2)]
    assert soon[0] == now + timedelta(seconds=streams.AFTER_SUBSCRIBING)
    # An hour, but for what passed between the two calls; its read waits for it, too.
    assert timedelta(minutes=59) < soon[1] - soon[0] <= timedelta(hours=1)
    assert running.was_read(timeline(2, now), soon[0]) == soon[1]
    await asyncio.sleep(0.05)
    assert adapter.begun == ["1"]


async def test_each_has_its_turn(adapter, running, clock):
    now = clock.now()
    for id in range(20):
        running.subscribe(timeline(id, now), now)
    async with asyncio.timeout(60):
        while len(adapter.begun) < 20:
            await asyncio.sleep(0.01)
    assert adapter.begun == [str(id) for id in range(20)]


async def test_one_that_is_forgotten_before_its_turn_never_begins(adapter, running, clock):
    now = clock.now()
    for id in range(3):
        running.subscribe(timeline(id, now), now)
    running.forget(1)
    async with asyncio.timeout(60):
        while len(adapter.begun) < 2:
            await asyncio.sleep(0.01)
    assert adapter.begun == ["0", "2"]
    assert sorted(running.running) == [0, 2]
