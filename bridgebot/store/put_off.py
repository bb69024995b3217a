"""What a network put off by naming a time: so long it stands in its lane, and what stands behind it too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement, fixed
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

UNTIL = "until"  # in the error of a delivery: the time that its network named
LOOKED_AT = 50  # deliveries at the front of a lane among which one that was put off is looked for
_D = t.delivery.c
_UNTIL = _D.error[UNTIL].as_string()
_PUT_OFF = _UNTIL.is_not(None)


def keeps_waiting(tx: Tx, waiting: Delivery) -> bool:
    """Whether something earlier in its lane was put off, so that this waits too."""
    return _KEEPS_WAITING.value(tx, waiting.lane, waiting.id) is not None


def _keeps_waiting(lane: Any, before: Any) -> sa.Select[Any]:
    queue = sa.select(_D.id, _UNTIL.label("until")).where(t.QUEUED, _D.lane == lane)
    front = queue.order_by(_D.urgency, _D.id).limit(fixed(LOOKED_AT)).subquery().c
    return sa.select(front.id).where(front.until.is_not(None), front.id < before).limit(fixed(1))


_KEEPS_WAITING = Statement(_keeps_waiting)


def behind(tx: Tx, first: Delivery, since: datetime) -> list[Delivery]:
    """What was queued behind it since then."""
    return _BEHIND.many(tx, first.lane, first.id, since)


_BEHIND = Query(
    Delivery,
    lambda lane, first, since: (
        sa.select(t.delivery)
        .where(t.QUEUED, _D.lane == lane, _D.id > first, _D.created_at > sa.type_coerce(since, t.Time))
        .order_by(_D.id)
    ),
)


def try_now(tx: Tx, now: datetime, adapter: str) -> int:
    """What this network put off is due now, for its limits are others; returns how many."""
    mine = sa.select(t.account.c.id).where(t.account.c.adapter == adapter)
    where = (t.ALL_QUEUED, _PUT_OFF, _D.due_at > now, _D.account_id.in_(mine))
    waiting = tx.connection.execute(sa.select(_D.id, _D.lane).where(*where)).all()
    for row in waiting:
        tx.update(t.lane, t.lane.c.name == row.lane, wait_until=None)
        deliveries.change(tx, row.id, due_at=now)
    return len(waiting)
