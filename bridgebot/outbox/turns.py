"""A call goes in its slot, and not sooner after the ones before than the rate allows.

A slot is reserved in the database before the call; what stands between (a commit, a busy event loop)
delays some calls more than others, and those that were delayed would meet those that were not. Nor does
a network count when a call left, but when it arrived. That is known to nobody here; but one that took
longer than the fastest arrived later by at most so much, and is taken to have left as much later.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridgebot.adapter import Clock
from bridgebot.store.hints import Key
from bridgebot.store.needs import Need, Slot

PATIENCE = 2.0  # seconds; who would have to wait longer in its slot sees a clock that was set back
MOST = 5000  # budgets whose last calls are remembered before the old ones are swept out
LATEST = 0.5  # of a rate's time: so much later at most a call is taken to have arrived
APART = 0.005  # of it: how much is left between, for the fastest takes a moment, too
FADING = 1.001  # by so much the fastest grows with each call that is slower: networks change


@dataclass(slots=True)
class Call:
    """One that went, or that knows when it will."""

    server: tuple[str, str]  # with its adapter's name
    left: datetime
    took: float = 60.0  # seconds until it was answered; so many while it is not


@dataclass(frozen=True, slots=True)
class _Before:
    """The last call before a further one of which there would be too many at a time."""

    call: Call
    seconds: float  # that are between the two


@dataclass(slots=True)
class Turns:
    """When calls went, for as long as that matters. In memory: after a restart the slots alone count."""

    clock: Clock
    booked: dict[Key, datetime] = field(default_factory=dict)  # when the last goes that knows when
    _last: dict[Key, deque[Call]] = field(default_factory=dict)
    _fastest: dict[tuple[str, str], float] = field(default_factory=dict)  # seconds, by server

    async def mine(self, slot: Slot | None) -> Call | None:
        """Wait for the slot, and until what went before leaves room; what this returns is `over` later."""
        counted = [need for need in slot.needs if need.cost and need.rate.unit == "calls"] if slot else []
        if slot is None or not counted:
            return None
        before = [one for need in counted if (one := self._before(need)) is not None]
        call = self._book(counted, self._at(slot, before))
        await self._wait(slot, before)
        call.left = self.clock.now()
        return call

    def over(self, call: Call | None) -> None:
        """It has been answered."""
        if call is not None:
            call.took = (self.clock.now() - call.left).total_seconds()
            fastest = self._fastest.get(call.server, call.took)
            self._fastest[call.server] = min(call.took, fastest * FADING)

    async def _wait(self, slot: Slot, before: Sequence[_Before]) -> None:
        left = PATIENCE
        while (wait := min((self._at(slot, before) - self.clock.now()).total_seconds(), left)) > 0:
            begun = self.clock.now()
            await asyncio.sleep(wait)
            left -= wait
            if self.clock.now() == begun:
                break  # a test's clock, which stands still

    def _at(self, slot: Slot, before: Sequence[_Before]) -> datetime:
        return max([slot.at, self.clock.now(), *(self._room(one) for one in before)])

    def _before(self, need: Need) -> _Before | None:
        last = self._last.get(need.key)
        full = last is not None and len(last) >= need.rate.amount
        return _Before(last[0], need.rate.seconds) if last and full else None

    def _room(self, before: _Before) -> datetime:
        """When there are fewer than the rate allows in the time before."""
        late = before.call.took - self._fastest.get(before.call.server, 0.0)
        most, apart = before.seconds * LATEST, before.seconds * APART
        return before.call.left + timedelta(seconds=before.seconds + max(min(late, most), 0.0) + apart)

    def _book(self, counted: Sequence[Need], at: datetime) -> Call:
        call = Call(counted[0].key[:2], at)
        for need in counted:
            if need.key not in self._last:
                self._last[need.key] = deque(maxlen=need.rate.amount)
            self._last[need.key].append(call)
            self.booked[need.key] = at
        if len(self._last) > MOST:
            self._sweep(at - timedelta(minutes=30))
        return call

    def _sweep(self, old: datetime) -> None:
        self._last = {key: calls for key, calls in self._last.items() if calls[-1].left > old}
        for key in self.booked.keys() - self._last.keys():
            del self.booked[key]
