"""Timeouts of many calls that share one timer: a timer for each costs more than most of what they guard."""

from __future__ import annotations

import asyncio
from types import TracebackType

LOOKS = 20  # in the time that a call has: it is cut off late by one part of so many


class Deadlines:
    """Cuts off what takes longer than `seconds`, by TimeoutError: `async with deadlines.each(): …`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[asyncio.Timeout, float] = {}  # of what goes on, the first to be cut off first
        self._looks = False

    def each(self) -> _Deadline:
        return _Deadline(self)

    def begin(self, timeout: asyncio.Timeout) -> None:
        self._ends[timeout] = asyncio.get_running_loop().time() + self._seconds
        if not self._looks:
            self._look_later()

    def end(self, timeout: asyncio.Timeout) -> None:
        self._ends.pop(timeout, None)

    def _look_later(self) -> None:
        self._looks = True
        asyncio.get_running_loop().call_later(self._seconds / LOOKS, self._look)

    def _look(self) -> None:
        self._looks = False
        now = asyncio.get_running_loop().time()
        for timeout, end in list(self._ends.items()):
            if end > now:
                break
            self.end(timeout)
            timeout.reschedule(now)
        if self._ends:
            self._look_later()


class _Deadline:
    """One call: a timeout of asyncio that nobody has set yet."""

    __slots__ = ("_all", "_timeout")

    def __init__(self, all_: Deadlines) -> None:
        self._all = all_
        self._timeout = asyncio.Timeout(None)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._all.begin(self._timeout)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.end(self._timeout)
        await self._timeout.__aexit__(kind, error, trace)
