"""Ending in good order: what was begun ends, nothing new begins."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bridgebot.log import Log

_log = Log("bridgebot.stopping")


async def within(grace: float, *endings: Coroutine[Any, Any, None]) -> bool:
    """Wait for all of them, so long at most; whether all ended.

    `asyncio.wait` and not `wait_for`, which in Python 3.11 swallows a cancellation that comes together
    with the end of what it waits for.
    """
    tasks = {asyncio.create_task(ending) for ending in endings}
    try:
        done, late = await asyncio.wait(tasks, timeout=grace)
    finally:
        for task in tasks:
            task.cancel()
    for task in done:
        if task.exception() is not None:
            _log.error("an ending failed", exc_info=task.exception())
    return not late
