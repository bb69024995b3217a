"""Timeouts of many calls that share one timer: a timer for each costs more than most of what they guard."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any

LOOKS = 20  # in the time that a call has: it is cut off late by one part of so many


class Deadlines:
    """Cuts off what takes longer than `seconds`, by TimeoutError: `with deadlines.each(): …`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[_Deadline, float] = {}  # of what goes on, the first to be cut off first
        self._looks = False

    def each(self) -> _Deadline:
        return _Deadline(self)

    def begin(self, call: _Deadline) -> None:
        self._ends[call] = time.monotonic() + self._seconds
        if not self._looks:
            self._look_later()

    def end(self, call: _Deadline) -> None:
        self._ends.pop(call, None)

    def _look_later(self) -> None:
        self._looks = True
        asyncio.get_running_loop().call_later(self._seconds / LOOKS, self._look)

    def _look(self) -> None:
        self._looks = False
        now = time.monotonic()
        for call, end in list(self._ends.items()):
            if end > now:
                break
            self.end(call)
            call.cut_off()
        if self._ends:
            self._look_later()


class _Deadline:
    """One call. It ends as `asyncio.Timeout` would end it, which has states and coroutines of its own."""

    __slots__ = ("_all", "_before", "_late", "_task")

    def __init__(self, all_: Deadlines) -> None:
        self._all = all_
        self._late = False

    def __enter__(self) -> None:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task that it can cut off")
        self._task = task
        self._before = task.cancelling()  # a cancellation that was asked for earlier is not the deadline's
        self._all.begin(self)

    def cut_off(self) -> None:
        self._late = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._all.end(self)
        if self._late and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error
