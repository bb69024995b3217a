"""After a copy was put back: what the bot did since the copy was made, nobody told it.

So nothing is done again that may have been done: publications that waited count as unconfirmed, routes
begin anew, and what people wrote meanwhile is not acted on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bridgebot.store import keep
from bridgebot.store import tables as t
from bridgebot.store.rows import Delivery, many, replace
from bridgebot.store.tx import Tx

OWN = ""  # the house's own small values stand under a name that no adapter can have
_KEY = "restored"
_DOUBTFUL, _DOUBTED = "doubtful", "doubted"  # `restored` in a delivery's arguments: before, after the doubt


@dataclass(frozen=True, slots=True)
class Gap:
    """From the making of a copy to its being put back."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until


def put_back(tx: Tx, now: datetime, made_at: datetime) -> int:
    """Set the rows of a copy so that nothing happens twice; returns how many publications are in doubt."""
    doubtful = 0
    open_ones = t.delivery.c.state.in_(("queued", "sending", "unconfirmed", "parked"))
    publications = (t.delivery.c.action == "create", t.delivery.c.account_id.is_not(None))
    for delivery in many(tx.connection, Delivery, sa.select(t.delivery).where(open_ones, *publications)):
        # A call that had been begun is doubted by the start itself, as after any crash.
        begun = delivery.state in ("sending", "unconfirmed")
        arguments = delivery.arguments | {_KEY: _DOUBTED if begun else _DOUBTFUL}
        tx.update(t.delivery, t.delivery.c.id == delivery.id, arguments=arguments)
        doubtful += 1
    tx.update(t.route, t.route.c.timeline_id.is_not(None), since=now)
    # A code that was used after the copy would work once more.
    tx.connection.execute(sa.delete(t.invite).where(t.invite.c.used_by.is_(None)))
    between = {"since": made_at.isoformat(), "until": now.isoformat()}
    keep.set_state(tx, OWN, {_KEY: json.dumps(between)})
    return doubtful


def gap(tx: Tx) -> Gap | None:
    """What the bot knows nothing of; None where it was never restored."""
    kept = keep.state(tx, OWN, _KEY)
    if kept is None:
        return None
    found = json.loads(kept)
    return Gap(datetime.fromisoformat(found["since"]), datetime.fromisoformat(found["until"]))


def is_doubtful(delivery: Delivery) -> bool:
    """Whether it may have been sent after the copy was made, and nobody looked yet."""
    return delivery.arguments.get(_KEY) == _DOUBTFUL


def is_doubted(delivery: Delivery) -> bool:
    """Whether somebody looked, or looks, because of a restore."""
    return delivery.arguments.get(_KEY) == _DOUBTED


def doubt(tx: Tx, delivery: Delivery) -> Delivery:
    """It is treated as unconfirmed now, once."""
    arguments = delivery.arguments | {_KEY: _DOUBTED}
    tx.update(t.delivery, t.delivery.c.id == delivery.id, arguments=arguments)
    return replace(delivery, arguments=arguments)
