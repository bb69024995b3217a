"""How often timelines may be read: reading takes what writing leaves of an account's budget.

Reading happens all the time and a lost count of it does no harm, so this is kept in memory and costs no
commit: half of each rate, and less as soon as the network says that little is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from bridgebot.adapter import Per, Rate
from bridgebot.http.retry import Left
from bridgebot.model import Account
from bridgebot.store.budgets import Budgets
from bridgebot.store.gcra import Pace, pace
from bridgebot.store.hints import Key

RESERVE = 5  # one part of so many that the network says are left is not read away
MOST = 20_000  # budgets that are remembered before the old ones are swept out


@dataclass(slots=True)
class Reads:
    """Slots for reading, one budget for each account or, without one, each server."""

    budgets: Budgets
    _next: dict[Key, datetime] = field(default_factory=dict)

    def wait(self, adapter: str, server: str, account: Account | None, now: datetime) -> float:
        """Take a slot to read with this account, or without one at `server`; how many seconds there is
        none (then nothing was taken), 0: read now.
        """
        if not self.budgets.rates.get(adapter):
            return 0.0
        counted = self._counted(adapter, server, account)
        at = max((self._ready(key, rate, now) for key, rate in counted), default=now)
        if at > now:
            return (at - now).total_seconds()
        for key, rate in counted:
            self._next[key] = _pace(rate).taken(self._next.get(key, now), now)
        self._sweep(now)
        return 0.0

    def refused(
        self, adapter: str, server: str, account: Account | None, named: str, now: datetime, seconds: float
    ) -> None:
        """A 429: nothing is left, for writing neither."""
        for key, rate in self._counted(adapter, server, account):
            if named in ("", rate.name):
                self.budgets.hints.note(key, Left(0, 0, seconds), now)

    def _counted(self, adapter: str, server: str, account: Account | None) -> list[tuple[Key, Rate]]:
        per = Per.SERVER if account is None else Per.ACCOUNT
        place = (server, "") if account is None else (account.server, account.id)
        rates = self.budgets.rates.get(adapter, ())
        return [
            ((adapter, *place, rate.name), rate)
            for rate in rates
            if rate.per is per and (not rate.operations or "fetch" in rate.operations)
        ]

    def _ready(self, key: Key, rate: Rate, now: datetime) -> datetime:
        at = _pace(rate).ready(self._next.get(key, now), now, answer=True)
        hint = self.budgets.hints.of(key, now)
        return at if hint is None or hint.enough(rate, kept=RESERVE) else max(at, hint.until)

    def _sweep(self, now: datetime) -> None:
        if len(self._next) > MOST:
            old = now - timedelta(minutes=1)
            self._next = {key: at for key, at in self._next.items() if at > old}


@lru_cache(64)
def _pace(rate: Rate) -> Pace:
    return pace(half(rate))


def half(rate: Rate) -> Rate:
    """What reading may take: the other half is left to writing. Pure."""
    return replace(rate, amount=max(rate.amount // 2, 1), burst=max(rate.burst // 2, 1))
