"""What waits for a person's word instead of its turn, and the operator's pause.

A delivery in the state `held` is claimed by nobody: somebody is asked what becomes of it. The
operator's pause is the lane `house` being held, though nothing is ever queued in it.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

import sqlalchemy as sa

from bridgebot.store import lanes
from bridgebot.store import tables as t
from bridgebot.store.deliveries import HELD
from bridgebot.store.lanes import HOUSE, MIRRORED
from bridgebot.store.rows import Delivery, many
from bridgebot.store.tx import Tx

PAUSED = "paused"
OVER = "over_cap"  # argument of what a rule holds back: by which one, for it carries only so many an hour


def waiting(tx: Tx, lane: str) -> list[Delivery]:
    """What is queued in a lane, in the order of queueing."""
    return _queued(tx, t.delivery.c.lane == lane)


def waiting_of(tx: Tx, user_id: int) -> list[Delivery]:
    """What a user's pause stops: all for networks, and posts for chats."""
    shown = sa.and_(t.delivery.c.chat_id.is_not(None), t.delivery.c.urgency >= MIRRORED)
    stopped = sa.or_(t.delivery.c.account_id.is_not(None), shown)
    return _queued(tx, t.delivery.c.user_id == user_id, stopped)


def waiting_since(tx: Tx, before: datetime) -> list[Delivery]:
    """Everybody's that was queued before then."""
    return _queued(tx, t.delivery.c.created_at <= before)


def _queued(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Delivery]:
    found = many(tx.connection, Delivery, sa.select(t.delivery).where(t.ALL_QUEUED, *where))
    return sorted(found, key=attrgetter("id"))  # by its index it comes in the order of lanes


def kept(tx: Tx, lane: str) -> list[Delivery]:
    """What in a lane waits for a person's word."""
    return _kept(tx, t.delivery.c.lane == lane)


def kept_of(tx: Tx, user_id: int) -> list[Delivery]:
    """What waits for this user's word."""
    return _kept(tx, t.delivery.c.user_id == user_id)


def kept_among(tx: Tx, ids: list[int]) -> list[Delivery]:
    """Of these, what still waits for a person's word."""
    return _kept(tx, t.delivery.c.id.in_(ids))


def over_cap(tx: Tx, route_id: int) -> list[Delivery]:
    """What a rule holds back until its user has said what becomes of it."""
    return _kept(tx, t.delivery.c.arguments[OVER].as_integer() == route_id)


def _kept(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Delivery]:
    query = sa.select(t.delivery).where(t.STANDING, t.delivery.c.state == HELD, *where)
    return many(tx.connection, Delivery, query.order_by(t.delivery.c.id))


# --- the operator's pause ---


def stop_house(tx: Tx) -> None:
    """From the next claim on nothing leaves but answers to operators."""
    lanes.hold(tx, HOUSE, PAUSED)


def open_house(tx: Tx, now: datetime) -> None:
    lanes.hold(tx, HOUSE, None)
    lanes.poke_all(tx, now)


def house_stopped(tx: Tx) -> bool:
    return lanes.is_held(tx, HOUSE) is not None
