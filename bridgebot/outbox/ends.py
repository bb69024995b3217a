"""Outcomes are written together: all that have come until the writer takes them are one unit of work.
Whoever looks at the queue right behind it does so in the same commit.

If one of them cannot be written by a bug, none of the unit is committed, and each is written alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, StoreError, Temporary
from bridgebot.journal import Journal
from bridgebot.log import Log
from bridgebot.model import Made
from bridgebot.outbox import outcome
from bridgebot.outbox.begin import Work
from bridgebot.outbox.calls import Done
from bridgebot.outbox.outcome import Sent
from bridgebot.outbox.slowed import slowed
from bridgebot.store import Store, Tx
from bridgebot.store.budgets import Budgets

log = Log(__name__)


class End(Made, frozen=True, gc=True):
    """How the calls of a delivery ended."""

    work: Work
    done: list[Done]
    error: AdapterError | None = None  # of the call after those


@dataclass(slots=True)
class _Batch:
    """Outcomes that come together. The loop adds to it until the writer's thread has taken it."""

    ends: list[End] = field(default_factory=list)
    taken: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, end: End) -> bool:
        with self.lock:
            if not self.taken:
                self.ends.append(end)
            return not self.taken

    def take(self) -> list[End]:
        """What is in it from now on; a unit may run more than once."""
        with self.lock:
            self.taken = True
        return self.ends


class Ends:
    """Writes outcomes."""

    def __init__(
        self,
        store: Store,
        house: House,
        budgets: Budgets,
        journal: Journal,
        clock: Clock,
        *,
        start: Callable[[asyncio.Task[None]], None],
        settled: Callable[[Sequence[End]], None],
    ) -> None:
        self._store = store
        self._house = house
        self._budgets = budgets
        self._journal = journal
        self._clock = clock
        self._start = start  # is given the task of each batch
        self._settled = settled  # is told of what is over, written or not
        self._open = _Batch(taken=True)
        self.round = 0  # how often outcomes were written; the writer's thread counts

    def put(self, end: End) -> None:
        """Write this soon: a unit that is put to the writer after this comes behind it."""
        if not self._open.add(end):
            self._open = _Batch([end])
            self._start(asyncio.create_task(self._write(self._open)))

    async def _write(self, batch: _Batch) -> None:
        try:
            await self._insist(batch.take)
        except Exception:  # a bug, and not known whose
            for end in batch.take():
                await self._write_alone(end)
        finally:
            self._settled(batch.take())

    async def _write_alone(self, end: End) -> None:
        try:
            await self._insist(lambda: [end])
        except Exception:
            await self.broken(end.work)

    async def _insist(self, take: Callable[[], list[End]]) -> None:
        try:
            await self._store.insist(lambda tx, now: self._settle(tx, now, take()))
        except StoreError as error:
            _left(error)
            return
        now = self._clock.now()
        for end in take():
            self.tell(end.work, end.error, now)

    async def broken(self, work: Work) -> None:
        """A bug, in the adapter or here: called where it is handled."""
        self._journal.broken(work.delivery)
        try:
            await self._store.run(lambda tx, now: self._note_broken(tx, now, work))
        except StoreError as error:
            _left(error)

    def tell(self, work: Work, error: AdapterError | None, now: datetime) -> None:
        """What is written is told."""
        if error is None:
            self._journal.sent(work.delivery, work.aim.adapter, now)
        else:
            most = outcome.MOST_ATTEMPTS
            self._journal.failed(work.delivery, work.aim.adapter, now, error, most_attempts=most)

    def _note_broken(self, tx: Tx, now: datetime, work: Work) -> None:
        self.round += 1
        outcome.broken(tx, now, self._house, work.delivery)

    def _settle(self, tx: Tx, now: datetime, ends: Sequence[End]) -> None:
        """A limit of the network moves its budget and nothing else; what else went wrong is an outcome."""
        self.round += 1
        sent = [Sent(end.work.delivery, end.work.parts, end.done) for end in ends if end.error is None]
        if sent:
            outcome.succeeded(tx, now, self._house, sent)
        for end in ends:
            if isinstance(end.error, Temporary) and end.error.rate is not None:
                slowed(tx, now, self._budgets.gate(tx, now), end.work.delivery, end.error)
            elif end.error is not None:
                outcome.failed(tx, now, self._house, end.work.delivery, end.error, end.work.aim.account)


def _left(error: StoreError) -> None:
    """Nothing is lost: the rows are still there, and their calls run out of lease."""
    log.debug("outbox.store", problem=str(error))
