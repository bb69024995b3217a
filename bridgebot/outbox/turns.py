"""A call goes in its slot, and not sooner after the ones before than the rate allows.

A slot is reserved in the database before the call; what stands between (a commit, a busy event loop)
delays some calls more than others, and those that were delayed would meet those that were not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from bridgebot.adapter import Clock
from bridgebot.store.hints import Key
from bridgebot.store.needs import Need, Slot

PATIENCE = 2.0  # seconds; who would have to wait longer in its slot sees a clock that was set back
MOST = 5000  # budgets whose last calls are remembered before the old ones are swept out


class Turns:
    """When calls went, for as long as that matters. In memory: after a restart the slots alone count."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[Key, deque[datetime]] = {}

    async def mine(self, slot: Slot | None) -> None:
        """Wait for the slot's time, and until what went before leaves room."""
        counted = [need for need in slot.needs if need.cost and need.rate.unit == "calls"] if slot else []
        if slot is None or not counted:
            return
        left = PATIENCE
        while (wait := min(self._wait(slot, counted), left)) > 0:
            before = self._clock.now()
            await asyncio.sleep(wait)
            left -= wait
            if self._clock.now() == before:
                break  # a test's clock, which stands still
        self._note(counted)

    def _wait(self, slot: Slot, counted: list[Need]) -> float:
        at = max(slot.at, *(self._free(need) for need in counted))
        return (at - self._clock.now()).total_seconds()

    def _free(self, need: Need) -> datetime:
        """When there are fewer than the rate allows in the time before."""
        last = self._last.get(need.key)
        if last is None or len(last) < need.rate.amount:
            return self._clock.now()
        return last[0] + timedelta(seconds=need.rate.seconds)

    def _note(self, counted: list[Need]) -> None:
        now = self._clock.now()
        for need in counted:
            self._last.setdefault(need.key, deque(maxlen=need.rate.amount)).append(now)
        if len(self._last) > MOST:
            old = now - timedelta(minutes=30)
            self._last = {key: times for key, times in self._last.items() if times[-1] > old}
