"""Which timelines are to be looked at again: the poller keeps them in memory, and asks for what changed.

Whatever makes, changes or ends a route, or with what a timeline is read, notes the timeline in the same
unit of work. Numbers only grow, so nothing that was committed meanwhile is missed.
"""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.tx import Tx

TIMELINES = "timelines"  # what whoever reads them listens to, see `Store.listen`


def note(tx: Tx, timeline_id: int) -> None:
    tx.news.add(TIMELINES)
    tx.insert(t.news, {"timeline_id": timeline_id})


def note_account(tx: Tx, account_id: int) -> None:
    """All that is read with this account."""
    _note_each(tx, sa.select(t.timeline.c.id).where(t.timeline.c.account_id == account_id))


def note_route(tx: Tx, route_id: int) -> None:
    """Where this route begins, if it begins at a timeline."""
    begins = sa.select(t.route.c.timeline_id).where(
        t.route.c.id == route_id, t.route.c.timeline_id.is_not(None)
    )
    _note_each(tx, begins)


def _note_each(tx: Tx, ids: sa.Select[tuple[int]]) -> None:
    tx.news.add(TIMELINES)
    tx.connection.execute(sa.insert(t.news).from_select(["timeline_id"], ids))


def since(tx: Tx, number: int) -> tuple[int, frozenset[int]]:
    """The number of the newest note, and the timelines that were noted after `number`."""
    rows = tx.connection.execute(
        sa.select(t.news.c.id, t.news.c.timeline_id).where(t.news.c.id > number).order_by(t.news.c.id)
    ).all()
    return (rows[-1][0] if rows else number), frozenset(row[1] for row in rows)


def newest(tx: Tx) -> int:
    return tx.scalar(sa.select(sa.func.max(t.news.c.id))) or 0


def forget(tx: Tx, upto: int) -> None:
    """What everybody knows who asks."""
    tx.connection.execute(sa.delete(t.news).where(t.news.c.id <= upto))
