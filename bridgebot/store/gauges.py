"""What is measured when somebody looks: how much waits, how long, and how it goes with accounts.

Each number is read by an index, from the few rows that are open, never from all that ever was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Queue:
    """The open deliveries of one state, or of those that are held."""

    depth: int
    oldest: datetime | None  # when it was queued; None: there is none


@dataclass(frozen=True, slots=True)
class Gauges:
    """One look."""

    queues: dict[str, Queue]  # by state, and `held`
    accounts: dict[tuple[str, str], int]  # by (adapter, state)
    at: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """How it goes with one adapter."""

    state: str  # up, starting, down, aside
    since: datetime
    problem: str | None = None


def look(tx: Tx, now: datetime) -> Gauges:
    """Read all of it."""
    found = deliveries.open_ones(tx)
    queues = {state: Queue(*found.get(state, (0, None))) for state in deliveries.OPEN}
    return Gauges(queues | {"held": _held(tx)}, _accounts(tx), now)


def _held(tx: Tx) -> Queue:
    """What waits in a lane from which nothing leaves (it is queued as well), or for somebody's word."""
    d = t.delivery.c
    query = (
        sa.select(sa.func.count(), sa.func.min(d.created_at))
        .join(t.lane, t.lane.c.name == d.lane)
        .where(
            sa.or_(
                sa.and_(t.STANDING, d.state == deliveries.HELD),
                sa.and_(t.ALL_QUEUED, t.lane.c.held.is_not(None)),
            )
        )
    )
    return Queue(*tx.connection.execute(query).one())


def _accounts(tx: Tx) -> dict[tuple[str, str], int]:
    a = t.account.c
    query = sa.select(a.adapter, a.state, sa.func.count()).group_by(a.adapter, a.state)
    return {(adapter, state): count for adapter, state, count in tx.connection.execute(query)}


def readable(tx: Tx, now: datetime) -> None:
    """Read something that is always there, at hardly any cost. Raises StoreError."""
    tx.scalar(sa.select(sa.func.max(t.delivery.c.id)))


def note(tx: Tx, now: datetime, conditions: Mapping[str, Condition]) -> None:
    """Keep how it goes, for whoever looks from outside."""
    tx.connection.execute(sa.delete(t.health).where(t.health.c.name.not_in(list(conditions))))
    for name, one in conditions.items():
        values = {"state": one.state, "since": one.since, "problem": one.problem, "seen_at": now}
        if not tx.insert_or_ignore(t.health, {"name": name, **values}):
            tx.update(t.health, t.health.c.name == name, **values)


def conditions(tx: Tx) -> dict[str, Condition]:
    """The same, by adapter."""
    h = t.health.c
    query = sa.select(h.name, h.state, h.since, h.problem).order_by(h.name)
    return {name: Condition(*row) for name, *row in tx.connection.execute(query)}


def noted(tx: Tx, now: datetime) -> dict[str, dict[str, Any]]:
    """How it went when the running process last noted it."""
    return {
        row["name"]: {
            "state": row["state"],
            "for_seconds": round((row["seen_at"] - row["since"]).total_seconds()),
            "problem": row["problem"],
            "seen_seconds_ago": round((now - row["seen_at"]).total_seconds()),
        }
        for row in tx.connection.execute(sa.select(t.health).order_by(t.health.c.name)).mappings()
    }


def one_a_server(tx: Tx, adapter: str, most: int) -> list[int]:
    """An account on each of some servers of a network, others each time."""
    a = t.account.c
    where = (a.adapter == adapter, a.state == "active")
    query = sa.select(sa.func.min(a.id)).where(*where).group_by(a.server)
    return tx.scalars(query.order_by(sa.func.random()).limit(most))
