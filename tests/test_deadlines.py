"""Many calls, one timer."""

import asyncio
import contextlib

import pytest

from bridgebot.deadlines import Deadlines


async def forever():
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_cut_off_and_nothing_else_is():
    deadlines, ended = Deadlines(0.1), []

    async def call(seconds):
        with deadlines.each():
            await asyncio.sleep(seconds)
        ended.append(seconds)

    results = await asyncio.gather(*map(call, (0.01, 5, 0.02, 5)), return_exceptions=True)
    assert [type(one) for one in results] == [type(None), TimeoutError, type(None), TimeoutError]
    assert ended == [0.01, 0.02]


async def test_each_has_its_own_time():
    deadlines, loop = Deadlines(0.2), asyncio.get_running_loop()
    for _ in range(2):
        begun = loop.time()
        with pytest.raises(TimeoutError), deadlines.each():
            await forever()
        assert 0.19 < loop.time() - begun < 1


async def test_a_call_that_is_cancelled_is_cancelled_and_not_late():
    deadlines = Deadlines(10)

    async def call():
        with deadlines.each():
            await forever()

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_call_that_is_cancelled_while_it_is_cut_off_is_cancelled():
    deadlines = Deadlines(0.05)
    task: asyncio.Task

    async def call():
        with deadlines.each():
            try:
                await forever()
            except asyncio.CancelledError:
                task.cancel()
                raise

    task = asyncio.create_task(call())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_ends_by_itself_while_it_is_cut_off_is_not_cancelled():
    deadlines = Deadlines(0.05)
    with deadlines.each(), contextlib.suppress(asyncio.CancelledError):
        await forever()
    await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0


async def test_one_timer_is_enough_for_all(monkeypatch):
    deadlines, loop = Deadlines(10), asyncio.get_running_loop()
    timers = []
    monkeypatch.setattr(loop, "call_later", lambda *what: timers.append(what))

    async def call():
        with deadlines.each():
            pass

    for _ in range(100):
        await call()
    assert len(timers) == 1
