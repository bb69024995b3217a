"""How often timelines may be read: reading takes what writing leaves of a budget.

Reading happens all the time and a lost count of it does no harm, so this is kept in memory and costs no
commit: half of each rate, or four fifths of what a host counts for all of its accounts, and less as soon as
the network says that little is left. Who finds no slot is given one of its own in the future: else all that
wait would come back for the next one together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridgebot.adapter import Per, Rate
from bridgebot.http.retry import Left
from bridgebot.model import Account
from bridgebot.store.budgets import Budgets
from bridgebot.store.gcra import Pace, pace
from bridgebot.store.hints import Key

RESERVE = 5  # one part of so many that the network says are left is not read away
REFUSED = 60.0  # seconds, where a network does not say how long
MOST = 1000  # budgets that are remembered before those are swept out that are as good as new

_Counting = tuple[Rate, Pace]  # a rate, and what of it is for reading


@dataclass(slots=True)
class Reads:
    """Slots for reading: one budget for each account and for each host that counts them together or, without
    an account, for each server.
    """

    budgets: Budgets
    _next: dict[Key, datetime] = field(default_factory=dict)
    _given: dict[int, datetime] = field(default_factory=dict)  # slots to come, by who waits for them
    _room: int = MOST
    _known: dict[str, tuple[Sequence[Rate], Sequence[_Counting]]] = field(default_factory=dict)  # by adapter

    def wait(
        self, adapter: str, server: str, account: Account | None, now: datetime, reader: int | None = None
    ) -> float:
        """Take a slot to read with this account, or without one at `server`; how many seconds there is
        none, 0: read now. Then a `reader` has the slot that comes after them, and asks again; for nobody
        nothing is taken.
        """
        counted = self._counted(adapter, server, account)
        if not counted:
            return 0.0
        closed = self._opens(counted, now)
        at = None if reader is None else self._given.pop(reader, None)
        if at is None or closed > now:
            at = self._free(counted, closed, now)
            if at > now and reader is None:
                return (at - now).total_seconds()
            for key, _, paced in counted:
                self._next[key] = paced.taken(self._next.get(key, now), at)
        if at > now and reader is not None:
            self._given[reader] = at
        if len(self._next) > self._room or len(self._given) > self._room:
            self._sweep(now)
        return (at - now).total_seconds() if at > now else 0.0

    def refused(
        self,
        adapter: str,
        server: str,
        account: Account | None,
        named: str,
        now: datetime,
        seconds: float | None,
    ) -> None:
        """A 429: nothing is left, for writing neither. `seconds`: for how long; None: it was not said."""
        seconds = REFUSED if seconds is None else seconds
        for key, rate, _ in self._counted(adapter, server, account):
            if named in ("", rate.name):
                self.budgets.hints.note(key, Left(0, 0, seconds), now)

    def _counted(self, adapter: str, server: str, account: Account | None) -> list[tuple[Key, Rate, Pace]]:
        """The budgets that a read takes from."""
        found: list[tuple[Key, Rate, Pace]] = []
        for rate, paced in self._counting(adapter):
            if account is None:
                if rate.per is Per.SERVER:
                    found.append(((adapter, server, "", rate.name), rate, paced))
            elif rate.per is Per.ACCOUNT:
                found.append(((adapter, account.server, account.id, rate.name), rate, paced))
            elif rate.per is Per.HOST:
                found.append(((adapter, account.kept_at, "", rate.name), rate, paced))
        return found

    def _counting(self, adapter: str) -> Sequence[_Counting]:
        """The adapter's rates in which reads count, as it declares them now."""
        declared = self.budgets.rates.get(adapter, ())
        known = self._known.get(adapter)
        if known is None or known[0] is not declared:
            which = (rate for rate in declared if not rate.operations or "fetch" in rate.operations)
            known = self._known[adapter] = declared, [(rate, pace(share(rate))) for rate in which]
        return known[1]

    def _opens(self, counted: Sequence[tuple[Key, Rate, Pace]], now: datetime) -> datetime:
        """Until when the network's own word is that too little is left; now: enough is."""
        at = now
        for key, rate, _ in counted:
            hint = self.budgets.hints.of(key, now)
            if hint is not None and not hint.enough(rate, kept=RESERVE):
                at = max(at, hint.until)
        return at

    def _free(self, counted: Sequence[tuple[Key, Rate, Pace]], at: datetime, now: datetime) -> datetime:
        """The first slot that all of these have, not before `at`."""
        for key, _, paced in counted:
            if (known := self._next.get(key)) is not None:
                at = max(at, paced.ready(known, now, answer=True))
        return at

    def _sweep(self, now: datetime) -> None:
        unclaimed = now - timedelta(minutes=1)
        self._next = {key: at for key, at in self._next.items() if at > now}
        self._given = {reader: at for reader, at in self._given.items() if at > unclaimed}
        # Else each read would sweep where so many are read within a minute.
        self._room = max(MOST, 2 * len(self._next), 2 * len(self._given))


def share(rate: Rate) -> Rate:
    """What reading may take: half, the other is left to writing; of what many accounts read together a
    fifth is enough for that. Pure.
    """
    amount = rate.amount * 4 // 5 if rate.per is Per.HOST else rate.amount // 2
    return replace(rate, amount=max(amount, 1), burst=max(rate.burst // 2, 1))
