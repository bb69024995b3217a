"""Once an hour: forget what nobody needs any more, and count what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from bridgebot.adapter import Clock, Sweep
from bridgebot.store import (
    Store,
    Tx,
    audit,
    budgets,
    connections,
    figures,
    happenings,
    invites,
    keep,
    passes,
    posts,
    strangers,
    versions,
)

EVERY = 3600.0  # seconds
MIRRORED_TEXT_KEPT = posts.WORDS_KEPT
_REST = 0.05  # seconds between two units of a long sweep: others write meanwhile


class Keeper:
    """Sweeps and counts. `audit_days` says how long the audit log is kept, by the configuration of now;
    `sweeps` are those of adapters with tables of their own.
    """

    def __init__(
        self, store: Store, clock: Clock, audit_days: Callable[[], int], sweeps: Iterable[Sweep] = ()
    ) -> None:
        self._store = store
        self._clock = clock
        self._audit_days = audit_days
        self._sweeps = tuple(map(_unit, sweeps))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.step()
            await self._clock.sleep(EVERY)

    async def step(self) -> None:
        """All of it once."""
        for unit in (_words_of_others, budgets.forget, keep.wipe_handed, self._audit, *_OVER, *self._sweeps):
            await self._store.run(unit)
        for some in (strangers.forget_old, figures.roll):
            while await self._store.run(some):
                await self._clock.sleep(_REST)
        counted = await self._store.read(figures.count)
        await self._store.run(lambda tx, now: figures.note(tx, now, counted))

    def _audit(self, tx: Tx, now: datetime) -> Any:
        audit.forget_old(tx, now - timedelta(days=self._audit_days()))


# What ended long ago.
_OVER = (invites.forget_old, passes.forget_old, connections.forget_old)


def _unit(sweep: Sweep) -> Callable[[Tx, datetime], Any]:
    return lambda tx, now: sweep(tx.connection, now)


def _words_of_others(tx: Tx, now: datetime) -> Any:
    posts.forget_old(tx, now - MIRRORED_TEXT_KEPT)
    versions.forget_old(tx, now - MIRRORED_TEXT_KEPT)
    happenings.forget_old(tx, now - MIRRORED_TEXT_KEPT)
