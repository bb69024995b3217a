"""What was claimed begins: marked `sending`, and what will be sent frozen, many in one unit of work.

Each step is one statement for all of them. What breaks in one of them by a bug breaks that one only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bridgebot.dialog import House
from bridgebot.errors import AdapterError, Unconfirmed
from bridgebot.journal import Journal
from bridgebot.model import Made
from bridgebot.outbox import frozen, outcome
from bridgebot.outbox.calls import Aim, AnyAdapter
from bridgebot.store import Tx, deliveries, lanes, people, restored
from bridgebot.store import parts as frozen_parts
from bridgebot.store.budgets import Gate
from bridgebot.store.needs import Slot, size
from bridgebot.store.rows import Delivery, Part, replace

R = TypeVar("R")


class Work(Made, frozen=True, gc=True):
    """A delivery that has begun."""

    delivery: Delivery
    parts: list[Part]
    aim: Aim
    refused: AdapterError | None = None  # set: it came to no call, and that is settled
    slot: Slot | None = None  # of the first call, where rates are set


@dataclass(slots=True)
class _Desk:
    """What is frozen in one unit of work."""

    known: Mapping[int, list[Part]]  # before, by delivery
    keys: Iterator[str] = field(default_factory=frozen_parts.keys)
    rows: list[frozen_parts.Row] = field(default_factory=list)  # to be kept


def _put_off(tx: Tx, delivery: Delivery, until: datetime) -> None:
    """It was no attempt; the rest of its lane goes on."""
    attempts = delivery.attempts - 1
    deliveries.change(tx, delivery.id, state="queued", attempts=attempts, due_at=until)
    lanes.release(tx, delivery)


def pending(parts: Sequence[Part]) -> dict[str, Any]:
    """What is sent next."""
    return next((part.payload for part in parts if part.native_ids is None), {})


class Beginner:
    """Begins what was claimed."""

    def __init__(
        self,
        house: House,
        adapters: Mapping[str, AnyAdapter],
        journal: Journal,
        troubles: Callable[[Exception], bool],
    ) -> None:
        self._house = house
        self._adapters = adapters
        self._journal = journal
        self._troubles = troubles  # whether an error concerns the whole database

    def begin(self, tx: Tx, now: datetime, claimed: Iterable[Delivery], gate: Gate) -> list[Work | None]:
        """In the unit of their claim; None for what broke, which is settled."""
        begun = [replace(one, state="sending", attempts=one.attempts + 1) for one in claimed]
        deliveries.start(tx, begun)
        desk = _Desk(frozen_parts.of_all(tx, [one.id for one in begun]))
        works = [
            self._guarded(tx, now, one, lambda d=one: self._frozen(tx, now, d, desk))  # type: ignore[misc]
            for one in begun
        ]
        frozen_parts.keep(tx, desk.rows)
        return [
            work and self._guarded(tx, now, work.delivery, lambda w=work: self._ready(tx, now, w, gate))  # type: ignore[misc]
            for work in works
        ]

    def _guarded(self, tx: Tx, now: datetime, delivery: Delivery, step: Callable[[], R]) -> R | None:
        try:
            return step()
        except Exception as error:
            if self._troubles(error):
                raise
            self._journal.broken(delivery)
            outcome.broken(tx, now, self._house, delivery)
            return None

    def _frozen(self, tx: Tx, now: datetime, delivery: Delivery, desk: _Desk) -> Work:
        """Freeze what will be sent if this is the first attempt."""
        parts, refused = desk.known.get(delivery.id, []), None
        if not parts:
            try:
                calls = frozen.freeze(tx, self._house, delivery)
                parts = frozen_parts.freeze(delivery.id, calls, desk.keys)
                desk.rows += frozen_parts.rows_of(parts)
            except AdapterError as error:
                outcome.failed(tx, now, self._house, delivery, error)
                refused = error
        return Work(delivery, parts, self.aim(tx, delivery), refused)

    def _ready(self, tx: Tx, now: datetime, work: Work, gate: Gate) -> Work | None:
        """Doubt what a restored copy brought back; else kind and size of the call are known, and so its slot.
        None: it has none yet.
        """
        if work.refused is None and restored.is_doubtful(work.delivery):
            unknown = Unconfirmed()
            outcome.failed(tx, now, self._house, restored.doubt(tx, work.delivery), unknown)
            return replace(work, refused=unknown)
        if work.delivery.id not in gate.slots:
            return work
        first = pending(work.parts)
        if first.get("op") == deliveries.UPLOAD and work.refused is None:
            until = gate.turned_out(work.delivery, first)
            if until is not None:
                _put_off(tx, work.delivery, until)
                return None
        slot = gate.slots[work.delivery.id]
        gate.settle(slot, size(first))
        return replace(work, slot=slot)

    def aim(self, tx: Tx, delivery: Delivery) -> Aim:
        """Where the calls of a delivery go."""
        if delivery.chat_id is not None:
            chat = people.chat_by_id(tx, delivery.chat_id)
            return Aim(self._adapters.get(chat.adapter), chat=chat.native())
        if delivery.account_id is not None:
            account = people.account(tx, delivery.account_id)
            return Aim(self._adapters.get(account.adapter), account=people.native(tx, account))
        return Aim(self._adapters.get(delivery.arguments["adapter"]))
