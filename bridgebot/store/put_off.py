"""What a network put off by naming a time: so long it stands in its lane, and what stands behind it too."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.tx import Tx

UNTIL = "until"  # in the error of a delivery: the time that its network named
_D = t.delivery.c
_PUT_OFF = _D.error[UNTIL].as_string().is_not(None)


def try_now(tx: Tx, now: datetime, adapter: str) -> int:
    """What this network put off is due now, for its limits are others; returns how many."""
    mine = sa.select(t.account.c.id).where(t.account.c.adapter == adapter)
    where = (t.ALL_QUEUED, _PUT_OFF, _D.due_at > now, _D.account_id.in_(mine))
    waiting = tx.connection.execute(sa.select(_D.id, _D.lane).where(*where)).all()
    for row in waiting:
        tx.update(t.lane, t.lane.c.name == row.lane, wait_until=None)
        deliveries.change(tx, row.id, due_at=now)
    return len(waiting)
