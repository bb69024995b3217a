"""Failures on order, and a record of every call: what the in-memory adapters share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an adapter's method, with its arguments in order (self left out)."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class _Fault:
    method: str
    wait: int  # calls of the method that still go well
    times: int  # calls that then fail
    error: BaseException | None
    acted: bool
    gate: asyncio.Event | None = None


class Faults:
    """Mixed into an in-memory adapter; `calls` holds every call that was made."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._faults: list[_Fault] = []

    def fail(
        self, method: str, error: BaseException, *, at: int = 1, times: int = 1, acted: bool = False
    ) -> None:
        """Raise `error` at the `at`-th call of `method` from now, `times` times in a row.

        `acted`: the network does what was asked, and only then the error is raised: what a lost
        answer looks like, with `Unconfirmed()`.
        """
        self._faults.append(_Fault(method, at - 1, times, error, acted))

    def hang(
        self, method: str, *, at: int = 1, acted: bool = False, error: BaseException | None = None
    ) -> asyncio.Event:
        """Hold the `at`-th call of `method` until the returned event is set; then it may fail by `error`."""
        fault = _Fault(method, at - 1, 1, error, acted, asyncio.Event())
        self._faults.append(fault)
        assert fault.gate is not None
        return fault.gate

    def count(self, method: str) -> int:
        """How often `method` was called."""
        return sum(call.name == method for call in self.calls)

    async def _call(self, name: str, arguments: tuple[Any, ...], act: Callable[[], T]) -> T:
        self.calls.append(Call(name, arguments))
        fault = self._take(name)
        if fault is None:
            return act()
        return await _broken(fault, act)

    def _take(self, name: str) -> _Fault | None:
        for fault in [fault for fault in self._faults if fault.method == name]:
            if fault.wait:
                fault.wait -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self._faults.remove(fault)
            return fault
        return None


async def _broken(fault: _Fault, act: Callable[[], T]) -> T:
    done = [act()] if fault.acted else []
    if fault.gate is not None:
        await fault.gate.wait()
    if fault.error is not None:
        raise fault.error
    return done[0] if done else act()
