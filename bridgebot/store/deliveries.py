"""Deliveries: things to do out there, in lanes, each once.

States: `queued` → `sending` → `sent`, `failed`, `unconfirmed` (no answer came), `parked` (tried too
often) or `cancelled` (a tombstone: it must never be queued again). Claiming changes no state: a
claim is the lease on the lane, so an expired claim is simply due again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Delivery, Part, many
from bridgebot.store.tx import Tx

OPEN = ("queued", "sending", "unconfirmed", "parked")
ENDED = ("sent", "failed", "cancelled")

ANSWER, FOLLOW_UP, MIRRORED = 0, 1, 2  # urgency: answers; edits, deletions and receipts; mirrored items


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be queued."""

    action: str
    lane: str
    urgency: int = ANSWER
    once: str | None = None  # at most one delivery with this key, ever
    after_id: int | None = None
    post_id: int | None = None
    chat_id: int | None = None
    account_id: int | None = None
    route_id: int | None = None
    cause_id: int | None = None
    user_id: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None  # None: now


def queue(tx: Tx, now: datetime, order: Order) -> int | None:
    """Insert or, where `once` is taken, ignore; returns the new delivery's id or None."""
    values = {
        "once": order.once,
        "action": order.action,
        "state": "queued",
        "lane": order.lane,
        "urgency": order.urgency,
        "after_id": order.after_id,
        "post_id": order.post_id,
        "chat_id": order.chat_id,
        "account_id": order.account_id,
        "route_id": order.route_id,
        "cause_id": order.cause_id,
        "user_id": order.user_id,
        "arguments": order.arguments,
        "attempts": 0,
        "fence": 0,
        "due_at": order.due_at or now,
        "created_at": now,
    }
    if order.once is None:
        return tx.insert(t.delivery, values)  # type: ignore[no-any-return]
    return tx.insert_once(t.delivery, values)  # type: ignore[no-any-return]


def _select(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.delivery).where(*where).order_by(t.delivery.c.id)


_D = t.delivery.c
_DELIVERY = Query(Delivery, lambda delivery_id: sa.select(t.delivery).where(_D.id == delivery_id))
_OF_POST = Query(Delivery, lambda post, action: _select(_D.post_id == post, _D.action == action))
_WORK_ON = Query(
    Delivery,
    lambda post_id: _select(
        _D.post_id == post_id, _D.account_id.is_not(None), _D.action.in_(("create", "edit", "delete"))
    ),
)
_OF_CAUSE = Query(Delivery, lambda cause_id: _select(_D.cause_id == cause_id))
_WAITING_ON = Query(Delivery, lambda before: _select(_D.after_id == before, _D.state.in_(OPEN)))
_OPEN_CREATES = Query(
    Delivery,
    lambda account_id: _select(
        _D.account_id == account_id, _D.action == "create", _D.state.in_(("sending", "unconfirmed"))
    ),
)


def delivery(tx: Tx, delivery_id: int) -> Delivery:
    found = _DELIVERY.one(tx, delivery_id)
    if found is None:
        raise LookupError(f"delivery {delivery_id}")
    return found


def creates(tx: Tx, post_id: int) -> list[Delivery]:
    """Everything that brings the post somewhere, in the order of queueing."""
    return _OF_POST.many(tx, post_id, "create")


def of_post(tx: Tx, post_id: int, action: str) -> list[Delivery]:
    return _OF_POST.many(tx, post_id, action)


def work_on(tx: Tx, post_id: int) -> list[Delivery]:
    """Everything that publishes, changes or deletes the post on networks."""
    return _WORK_ON.many(tx, post_id)


def of_cause(tx: Tx, cause_id: int) -> list[Delivery]:
    return _OF_CAUSE.many(tx, cause_id)


def waiting_on(tx: Tx, delivery_id: int) -> list[Delivery]:
    """What stands after it and has not ended."""
    return _WAITING_ON.many(tx, delivery_id)


def open_creates(tx: Tx, account_id: int) -> list[Delivery]:
    """Publications with this account of which nobody knows yet how they ended."""
    return _OPEN_CREATES.many(tx, account_id)


def queued_for(tx: Tx, account_id: int) -> list[Delivery]:
    """What waits for an account."""
    where = (t.delivery.c.account_id == account_id, t.delivery.c.state == "queued")
    return many(tx.connection, Delivery, _select(*where))


def counts(tx: Tx) -> dict[str, int]:
    query = sa.select(t.delivery.c.state, sa.func.count()).group_by(t.delivery.c.state)
    return dict(tx.connection.execute(query).all())


def oldest_open(tx: Tx) -> datetime | None:
    query = sa.select(sa.func.min(t.delivery.c.created_at)).where(t.delivery.c.state.in_(OPEN))
    return tx.scalar(query)  # type: ignore[no-any-return]


def change(tx: Tx, delivery_id: int, **values: Any) -> None:
    tx.change(t.delivery, delivery_id, **values)


def end(
    tx: Tx,
    now: datetime,
    delivery_id: int,
    state: str,
    *,
    error: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    change(tx, delivery_id, state=state, ended_at=now, error=error, result=result)


# --- claims ---


def _eligible(now: datetime, paused: Sequence[int]) -> sa.Select[Any]:
    """Deliveries that could go, the first of each lane marked `first` = 1."""
    before = t.delivery.alias("before")
    first = sa.func.row_number().over(
        partition_by=t.delivery.c.lane, order_by=(t.delivery.c.urgency, t.delivery.c.id)
    )
    return (
        sa.select(t.delivery, first.label("first"))
        .outerjoin(t.lane, t.lane.c.name == t.delivery.c.lane)
        .outerjoin(before, before.c.id == t.delivery.c.after_id)
        .outerjoin(t.chat, t.chat.c.id == t.delivery.c.chat_id)
        .where(
            t.delivery.c.state == "queued",
            t.delivery.c.due_at <= now,
            sa.or_(before.c.id.is_(None), before.c.state == "sent"),
            sa.or_(t.lane.c.leased_until.is_(None), t.lane.c.leased_until <= now),
            sa.or_(t.lane.c.wait_until.is_(None), t.lane.c.wait_until <= now),
            t.lane.c.held.is_(None),
            sa.or_(t.chat.c.off_at.is_(None), t.delivery.c.urgency < MIRRORED),
            sa.or_(
                t.delivery.c.user_id.is_(None),
                t.delivery.c.user_id.not_in(paused),
                sa.and_(t.delivery.c.account_id.is_(None), t.delivery.c.urgency < MIRRORED),
            ),
        )
    )


def claim(tx: Tx, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
    """Lease the lanes that have something due, and return the first delivery of each."""
    stopped = sa.or_(t.user.c.paused_at.is_not(None), t.user.c.role == "blocked")
    paused = tx.scalars(sa.select(t.user.c.id).where(stopped))
    ready = _eligible(now, paused).subquery()
    heads = sa.select(ready).where(ready.c.first == 1).order_by(ready.c.urgency, ready.c.id).limit(limit)
    claimed = many(tx.connection, Delivery, heads)
    for head in claimed:
        tx.insert_or_ignore(t.lane, {"name": head.lane, "fence": 0})
        tx.update(
            t.lane,
            t.lane.c.name == head.lane,
            fence=t.lane.c.fence + 1,
            leased_until=now + lease,
            wait_until=None,
        )
    if not claimed:
        return []
    ids = [head.id for head in claimed]
    fence = sa.select(t.lane.c.fence).where(t.lane.c.name == t.delivery.c.lane).scalar_subquery()
    tx.connection.execute(sa.update(t.delivery).where(t.delivery.c.id.in_(ids)).values(fence=fence))
    return many(tx.connection, Delivery, _select(t.delivery.c.id.in_(ids)))


def start(tx: Tx, now: datetime, claimed: Delivery, lease: timedelta) -> bool:
    """Mark `sending` and count the attempt; False when the lane's lease was lost meanwhile."""
    held = (t.lane.c.name == claimed.lane, t.lane.c.fence == claimed.fence)
    if tx.update(t.lane, *held, leased_until=now + lease) == 0:
        return False
    states = t.delivery.c.state.in_(("queued", "sending"))
    values = {"state": "sending", "attempts": t.delivery.c.attempts + 1}
    return tx.update(t.delivery, t.delivery.c.id == claimed.id, states, **values) == 1


def renew(tx: Tx, now: datetime, claimed: Delivery, lease: timedelta) -> None:
    """Between two parts: the lease must outlast the next call too."""
    where = (t.lane.c.name == claimed.lane, t.lane.c.fence == claimed.fence)
    tx.update(t.lane, *where, leased_until=now + lease)


def release(
    tx: Tx, claimed: Delivery, *, wait_until: datetime | None = None, held: str | None = None
) -> None:
    """Let the lane go on, or wait, or be held; nothing happens when the lease is somebody else's by now."""
    where = (t.lane.c.name == claimed.lane, t.lane.c.fence == claimed.fence)
    tx.update(t.lane, *where, leased_until=None, wait_until=wait_until, held=held)


def hold(tx: Tx, lane: str, why: str | None) -> None:
    """Stop a lane, or let it go on (None)."""
    tx.insert_or_ignore(t.lane, {"name": lane, "fence": 0})
    tx.update(t.lane, t.lane.c.name == lane, held=why, wait_until=None)


def is_held(tx: Tx, lane: str) -> str | None:
    """Why a lane is held, or None."""
    return tx.scalar(sa.select(t.lane.c.held).where(t.lane.c.name == lane))  # type: ignore[no-any-return]


def held_lanes(tx: Tx) -> dict[str, str]:
    query = sa.select(t.lane.c.name, t.lane.c.held).where(t.lane.c.held.is_not(None))
    return {name: why for name, why in tx.connection.execute(query) if why}


def interrupted(tx: Tx, now: datetime, *, all_of_them: bool = False) -> list[Delivery]:
    """Those in `sending` whose lease is over; all of them, at the start of the only process."""
    query = _select(t.delivery.c.state == "sending")
    if not all_of_them:
        query = query.join(t.lane, t.lane.c.name == t.delivery.c.lane).where(t.lane.c.leased_until <= now)
    return many(tx.connection, Delivery, query)


def free_all(tx: Tx) -> None:
    """At the start of the only process: nobody holds a lease."""
    tx.connection.execute(sa.update(t.lane).values(leased_until=None))


def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When something that waits by time becomes due; None when nothing does."""
    queued = t.delivery.c.state == "queued"
    first = sa.select(sa.func.min(t.delivery.c.due_at)).where(queued, t.delivery.c.due_at > now)
    lanes = (
        sa.select(sa.func.min(t.lane.c.wait_until))
        .join(t.delivery, t.delivery.c.lane == t.lane.c.name)
        .where(queued, t.lane.c.wait_until > now)
    )
    times = [at for at in (tx.scalar(first), tx.scalar(lanes)) if at is not None]
    return min(times, default=None)


def unsettled(tx: Tx, now: datetime, within: timedelta) -> int:
    """How many deliveries are under way or will be due within so long."""
    soon = sa.and_(t.delivery.c.state == "queued", t.delivery.c.due_at <= now + within)
    query = sa.select(sa.func.count()).where(sa.or_(soon, t.delivery.c.state == "sending"))
    return int(tx.scalar(query))


# --- parts ---


def parts(tx: Tx, delivery_id: int) -> list[Part]:
    query = sa.select(t.part).where(t.part.c.delivery_id == delivery_id).order_by(t.part.c.number)
    return many(tx.connection, Part, query)


def freeze(tx: Tx, delivery_id: int, payloads: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Keep what will be sent, each part with its key."""
    for number, (key, payload) in enumerate(payloads):
        tx.insert_or_ignore(
            t.part, {"delivery_id": delivery_id, "number": number, "key": key, "payload": payload}
        )


def thaw(tx: Tx, delivery_id: int) -> None:
    """Forget frozen parts of which surely none was sent: the next claim renders anew."""
    tx.connection.execute(sa.delete(t.part).where(t.part.c.delivery_id == delivery_id))


def part_sent(tx: Tx, delivery_id: int, number: int, native_ids: Sequence[str]) -> None:
    where = (t.part.c.delivery_id == delivery_id, t.part.c.number == number)
    tx.update(t.part, *where, native_ids=list(native_ids))


def open_of(tx: Tx, user_id: int) -> int:
    """How many of a user's deliveries to networks have not ended."""
    where = (
        t.delivery.c.user_id == user_id,
        t.delivery.c.account_id.is_not(None),
        t.delivery.c.state.in_(OPEN),
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))
