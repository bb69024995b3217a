"""Rate budgets: what may be called when. Slots are reserved in the claim, in the same unit of work.

A budget has a key of its own (adapter, server, place, rate), whatever lane a call stands in. A delivery
whose budgets have no slot yet is not claimed and its lane stays free. Slots are given out only just
before they come (`AHEAD`): so an answer that arrives while ten thousand items wait goes next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.adapter import Clock, Per, Rate
from bridgebot.http.retry import Left
from bridgebot.model import Account
from bridgebot.store import needs
from bridgebot.store import tables as t
from bridgebot.store.gcra import furthest, pace
from bridgebot.store.hints import Hint, Hints, Key
from bridgebot.store.lanes import MIRRORED
from bridgebot.store.needs import Need, Rates, Slot
from bridgebot.store.prepared import Statement
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

# A slot may be given out so long before, for a claim takes time too. Where slots are far apart it is less:
# an answer that comes meanwhile waits for each that was given out.
AHEAD, SOON = timedelta(milliseconds=100), timedelta(milliseconds=30)
WAKE = 2 / 3  # when so much of that is left the outbox wakes: what is due together goes together
LATE = timedelta(seconds=2)  # more than that no call is late, but the clock was set back
BREATH = timedelta(seconds=5)  # for all that an adapter calls, when many places say 429 at once
RESERVE = 10  # one part of so many that the network says are left is kept for answers


@dataclass(slots=True)
class _State:
    """One budget while a claim looks at it."""

    next_at: datetime
    held_until: datetime | None = None  # the network said so: nothing before
    items_until: datetime | None = None  # … no mirrored item before
    changed: bool = False


class Gate:
    """Lets through what may go now, in one unit of work: made anew for each. `keep` writes what it took."""

    def __init__(
        self, tx: Tx, now: datetime, rates: Rates, hints: Hints, booked: Mapping[Key, datetime]
    ) -> None:
        self._tx = tx
        self._now = now
        self._rates = rates
        self._hints = hints
        self._booked = booked
        self._states: dict[Key, _State] = {}
        self.slots: dict[int, Slot] = {}  # by delivery: of those that were let through
        self.closed: set[str] = set()  # adapters of which not even an answer may go now
        for need in needs.of_bots(rates):
            self._close(need)

    def wait(self, head: Delivery) -> datetime | None:
        """Let a delivery through (None), or say when to look at its lane again.

        One that waits for a budget of its own operation steps aside: the rest of its lane goes on.
        """
        if not self._hints and not any(self._rates.values()):
            return None
        wanted = needs.of(self._tx, head, self._rates)
        at = self._slot(head, wanted)
        ahead = _ahead(wanted)
        if at <= self._now + ahead:
            self._take(head, wanted, at)
            return None
        if not any(need.rate.operations and self._ready(need, head) > self._now + ahead for need in wanted):
            return at
        self._tx.change(t.delivery, head.id, due_at=at)
        return self._now

    def take(self, delivery: Delivery, payload: Mapping[str, Any]) -> Slot | None:
        """A slot for one more call of a delivery that is under way; None: not yet."""
        size = needs.size(payload)
        wanted = [needs.sized(one, size) for one in needs.of(self._tx, delivery, self._rates, payload)]
        at = self._slot(delivery, wanted)
        return None if at > self._now + _ahead(wanted) else self._take(delivery, wanted, at)

    def settle(self, slot: Slot, size: int) -> None:
        """The message is rendered and its size known: the guess is put right."""
        for need in slot.needs:
            if need.rate.unit == "bytes":
                state = self._state(need)
                state.next_at += pace(need.rate).interval * (size - need.cost)
                state.changed = True

    def turned_out(self, delivery: Delivery, payload: Mapping[str, Any]) -> datetime | None:
        """What was let through turned out to be a call of another kind: it takes from the budgets that count
        that, and the others have back what it took. None: it may go; else nothing is taken, and it may later.
        """
        slot, wanted = self.slots[delivery.id], needs.of(self._tx, delivery, self._rates, payload)
        new = [need for need in wanted if need not in slot.needs]
        at = self._slot(delivery, new)
        late = at > self._now + _ahead(new)
        for need in slot.needs if late else [one for one in slot.needs if one not in wanted]:
            self._give_back(need)
        if late:
            return at
        self._take(delivery, new, at)
        self.slots[delivery.id] = Slot(max(at, slot.at), wanted)
        return None

    def _give_back(self, need: Need) -> None:
        state = self._state(need)
        state.next_at, state.changed = state.next_at - pace(need.rate).interval * need.cost, True

    def slow_down(
        self, delivery: Delivery, limit: str, until: datetime, payload: Mapping[str, Any] | None = None
    ) -> None:
        """A 429: the budget that it is about waits, and with it whatever takes from that."""
        wanted = needs.of(self._tx, delivery, self._rates, payload)
        named = [need for need in wanted if limit and need.rate.name == limit]
        need = (named or sorted(wanted, key=needs.breadth))[0]
        if need.rate is needs.ANY:
            self._hints.note(need.key, Left(0, 0, (until - self._now).total_seconds()), self._now)
            return
        self._hold(need, until)
        if self._hints.refused(need.key, self._now):
            for every in needs.of_bots(self._rates):
                if every.key[0] == need.key[0]:
                    self._hold(every, min(until, self._now + BREATH))
        self.keep()

    def opens(self) -> datetime | None:
        """When something may go again to a closed adapter."""
        closed = [need for need in needs.of_bots(self._rates) if need.key[0] in self.closed]
        return min((self._answered(need) - _ahead([need]) * WAKE for need in closed), default=None)

    def keep(self) -> None:
        """Write what was taken."""
        changed = {key: state for key, state in self._states.items() if state.changed and key[3]}
        _KEEP.run_all(self._tx, [(*key, state.next_at, state.held_until) for key, state in changed.items()])
        for state in changed.values():
            state.changed = False

    def _hold(self, need: Need, until: datetime) -> None:
        state = self._state(need)
        state.held_until, state.changed = max(state.held_until or until, until), True

    # --- one after another ---

    def _slot(self, head: Delivery, wanted: Iterable[Need]) -> datetime:
        return max((self._ready(need, head) for need in wanted), default=self._now)

    def _take(self, head: Delivery, wanted: Sequence[Need], at: datetime) -> Slot:
        for need in wanted:
            state = self._state(need)
            state.next_at, state.changed = pace(need.rate).taken(state.next_at, at, need.cost), True
            self._hear(state, self._hints.spend(need.key, self._now), need.rate)
            if need.rate.per is Per.BOT:
                self._close(need)
        self.slots[head.id] = slot = Slot(at, tuple(wanted))
        return slot

    def _ready(self, need: Need, head: Delivery) -> datetime:
        if head.urgency < MIRRORED:
            return self._answered(need)
        state = self._state(need)
        at = self._next(need, state, answer=False)
        held = (state.held_until, state.items_until)
        return max([at, *(until for until in held if until is not None)])

    def _answered(self, need: Need) -> datetime:
        """When an answer may go by this budget."""
        state = self._state(need)
        at = self._next(need, state, answer=True)
        return at if state.held_until is None else max(at, state.held_until)

    def _next(self, need: Need, state: _State, *, answer: bool) -> datetime:
        """The next slot: after those that come now, late as they may be."""
        booked = self._booked.get(need.key, self._now)
        now = booked if self._now < booked < self._now + LATE else self._now
        return pace(need.rate).ready(state.next_at, now, answer=answer)

    def _close(self, need: Need) -> None:
        if self._answered(need) > self._now + _ahead([need]):
            self.closed.add(need.key[0])

    def _state(self, need: Need) -> _State:
        """The budget as it stands, with what the network said meanwhile."""
        if need.key not in self._states:
            rows = _STATE.rows(self._tx, *need.key) if need.rate is not needs.ANY else None
            state = _State(*rows[0]) if rows else _State(self._now)
            if state.next_at > self._now + furthest(need.rate):
                state.next_at, state.changed = self._now + furthest(need.rate), True
            self._hear(state, self._hints.of(need.key, self._now), need.rate)
            self._states[need.key] = state
        return self._states[need.key]

    def _hear(self, state: _State, hint: Hint | None, rate: Rate) -> None:
        """What the network says is left: the last tenth is kept for answers."""
        if hint is None:
            return
        if not hint.enough(rate, kept=RESERVE):
            state.items_until = hint.until
        if hint.remaining <= 0:
            state.held_until, state.changed = max(state.held_until or hint.until, hint.until), True


def _ahead(wanted: Iterable[Need]) -> timedelta:
    """How long before its time a slot of these budgets may be given out."""
    apart = [pace(need.rate).interval for need in wanted if need.rate.per is Per.BOT]
    return max(AHEAD - 3 * max(apart, default=AHEAD), SOON)


_B = t.budget.c
_STATE = Statement(
    lambda adapter, server, place, rate: sa.select(_B.next_at, _B.held_until).where(
        _B.adapter == adapter, _B.server == server, _B.place == place, _B.rate == rate
    )
)


def _kept(adapter: Any, server: Any, place: Any, rate: Any, next_at: Any, held: Any) -> Any:
    key = {"adapter": adapter, "server": server, "place": place, "rate": rate}
    times = {"next_at": sa.type_coerce(next_at, t.Time), "held_until": sa.type_coerce(held, t.Time)}
    # In the words of SQLite, the database that there is.
    insert = sqlite.insert(t.budget).values(key | times)
    return insert.on_conflict_do_update(index_elements=list(key), set_=times)


_KEEP = Statement(_kept)


class Budgets:
    """The rates of every adapter, and what networks say of them while the process runs."""

    def __init__(self, rates: dict[str, tuple[Rate, ...]]) -> None:
        self.rates = rates
        self.hints = Hints()
        self.booked: dict[Key, datetime] = {}  # when the last goes that was let through: see `turns`

    def gate(self, tx: Tx, now: datetime) -> Gate:
        return Gate(tx, now, self.rates, self.hints, self.booked)


@dataclass(frozen=True, slots=True)
class Ear:
    """What one adapter sees as `Rates`."""

    adapter: str
    budgets: Budgets
    clock: Clock

    def heard(self, rate: str, account: Account | None, left: Left, *, server: str = "") -> None:
        for known in self.budgets.rates.get(self.adapter, ()):
            # Mastodon tells of posts (300 in three hours) as of calls (300 in five minutes), by the number
            # alone.
            if known.name == rate and left.seconds <= known.seconds:
                place, id = (server, "") if account is None else (account.server, account.id)
                self.budgets.hints.note((self.adapter, place, id, rate), left, self.clock.now())


def forget(tx: Tx, now: datetime) -> int:
    """Budgets that nobody used for an hour are as good as new; returns how many were let go."""
    old = now - timedelta(hours=1)
    gone = sa.delete(t.budget).where(_B.next_at < old, sa.or_(_B.held_until.is_(None), _B.held_until < old))
    return tx.connection.execute(gone).rowcount
