"""Deliveries: things to do out there, in lanes, each once.

States: `queued` → `sending` → `sent`, `failed`, `unconfirmed` (no answer came), `parked` (tried too
often) or `cancelled` (a tombstone: it must never be queued again); `held` waits for its person to say
whether it is still meant. Claiming changes no state: a
claim is the lease on the lane, so an expired claim is simply due again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import lanes
from bridgebot.store import tables as t
from bridgebot.store.lanes import ANSWER as ANSWER
from bridgebot.store.lanes import FOLLOW_UP as FOLLOW_UP
from bridgebot.store.lanes import MIRRORED as MIRRORED
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Delivery, Part, many
from bridgebot.store.tx import Tx

HELD = "held"
OPEN = ("queued", "sending", "unconfirmed", "parked", HELD)
ENDED = ("sent", "failed", "cancelled")


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
    made: int | None = tx.insert_once(t.delivery, values)
    if made is not None:
        place = {"chat_id": order.chat_id, "account_id": order.account_id}
        adapter = str(order.arguments.get("adapter", ""))
        lanes.poke(tx, order.lane, order.urgency, order.due_at or now, **place, adapter=adapter)
    return made


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
        _D.account_id + 0 == account_id,  # not by the account's index: it holds all that was ever posted
        _D.action == "create",
        _D.state.in_(("sending", "unconfirmed")),
        _D.ended_at.is_(None),
    ),
)
_NAMELESS = Query(
    Delivery, lambda account_id: _select(_D.account_id == account_id, _D.nameless_at.is_not(None))
)
_CHANGES = Query(
    Delivery,
    lambda post_id, account_id: _select(
        _D.post_id == post_id, _D.account_id == account_id, _D.action.in_(("edit", "delete"))
    ),
)
_BY_ONCE = Query(Delivery, lambda once: _select(_D.once == once))
_STUCK = Query(Delivery, lambda: _select(_D.state.in_(("parked", "unconfirmed")), _D.ended_at.is_(None)))


def delivery(tx: Tx, delivery_id: int) -> Delivery:
    found = _DELIVERY.one(tx, delivery_id)
    if found is None:
        raise LookupError(f"delivery {delivery_id}")
    return found


def creates(tx: Tx, post_id: int) -> list[Delivery]:
    """What brings the post somewhere, one for each place, in the order of queueing.

    Where it was posted anew after it had been taken back, the latest counts.
    """
    return latest(of_post(tx, post_id, "create"))


def latest(made: Iterable[Delivery]) -> list[Delivery]:
    """Of several creates in one place the last. Pure."""
    by_place = {(create.chat_id, create.account_id): create for create in made}
    return sorted(by_place.values(), key=lambda create: create.id)


def of_post(tx: Tx, post_id: int, action: str) -> list[Delivery]:
    return _OF_POST.many(tx, post_id, action)


def work_on(tx: Tx, post_id: int) -> list[Delivery]:
    """Everything that publishes, changes or deletes the post on networks."""
    return _WORK_ON.many(tx, post_id)


def changes(tx: Tx, create: Delivery) -> list[Delivery]:
    """Everything that was to edit or delete what this account has of the post, in the order of queueing."""
    return _CHANGES.many(tx, create.post_id, create.account_id)


def by_once(tx: Tx, once: str) -> Delivery | None:
    return _BY_ONCE.one(tx, once)


def stuck(tx: Tx) -> list[Delivery]:
    """What goes on only when somebody says so: tried too often, or nobody knows how it ended."""
    return _STUCK.many(tx)


def of_cause(tx: Tx, cause_id: int) -> list[Delivery]:
    return _OF_CAUSE.many(tx, cause_id)


def waiting_on(tx: Tx, delivery_id: int) -> list[Delivery]:
    """What stands after it and has not ended."""
    return _WAITING_ON.many(tx, delivery_id)


def after(tx: Tx, delivery_id: int) -> list[Delivery]:
    """All that stands or stood after it, in the order of queueing."""
    return many(tx.connection, Delivery, _select(t.delivery.c.after_id == delivery_id))


def open_creates(tx: Tx, account_id: int) -> list[Delivery]:
    """Publications of which nobody knows yet how they ended, or as what they stand there."""
    return _OPEN_CREATES.many(tx, account_id) + _NAMELESS.many(tx, account_id)


def queued_for(tx: Tx, account_id: int) -> list[Delivery]:
    """What waits for an account, or for its person's word."""
    where = (t.delivery.c.account_id == account_id, t.delivery.c.state.in_(("queued", HELD)))
    return many(tx.connection, Delivery, _select(*where))


def counts(tx: Tx) -> dict[str, int]:
    """How many have not ended, by state."""
    return {state: number for state, (number, _) in open_ones(tx).items()}


def oldest_open(tx: Tx) -> datetime | None:
    return min((oldest for _, oldest in open_ones(tx).values()), default=None)


def open_ones(tx: Tx) -> dict[str, tuple[int, datetime]]:
    """How many have not ended, by state, and when the oldest of each was queued."""
    return {state: (number, oldest) for state, number, oldest in _OPEN_ONES.rows(tx)}


_OPEN_ONES = Statement(
    lambda: (
        sa.select(_D.state, sa.func.count(), sa.func.min(_D.created_at))
        .where(_D.ended_at.is_(None), _D.digest_id.is_(None))  # what is kept waits for a wish only
        .group_by(_D.state)
    )
)


def makers(tx: Tx, most: int) -> dict[int, int]:
    """Which thing that came in made which post, of the posts that were sent somewhere last."""
    d = t.delivery.c
    lately = sa.select(sa.func.max(d.id)).scalar_subquery() - most
    where = (d.id > lately, d.action == "create", d.post_id.is_not(None), d.cause_id.is_not(None))
    return dict(tx.connection.execute(sa.select(d.post_id, d.cause_id).where(*where)).all())


def change(tx: Tx, delivery_id: int, **values: Any) -> None:
    """Set columns; its lane is told when that lets it go, at another time or again."""
    if values.get("state") in OPEN:
        values.setdefault("ended_at", None)  # what ended may be tried again
    tx.change(t.delivery, delivery_id, **values)
    if "due_at" in values or values.get("state") == "queued":
        lanes.poke_delivery(tx, delivery_id)


def end(
    tx: Tx,
    now: datetime,
    delivery_id: int,
    state: str,
    *,
    error: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    """It is over; what stands after it may go if it was sent."""
    change(tx, delivery_id, state=state, ended_at=now, error=error, result=result)
    if state == "sent":
        lanes.poke_after(tx, delivery_id)


# --- under way ---


def start(tx: Tx, claimed: Delivery) -> bool:
    """Mark `sending` and count the attempt; False when the lane's lease was lost meanwhile."""
    return _START.run(tx, claimed.id, claimed.fence) == 1


_FENCE = sa.select(t.lane.c.fence).where(t.lane.c.name == _D.lane).scalar_subquery()
_START = Statement(
    lambda delivery_id, fence: (
        sa.update(t.delivery)
        .where(_D.id == delivery_id, _D.state.in_(("queued", "sending")), fence == _FENCE)
        .values(state="sending", attempts=_D.attempts + 1, fence=fence)
    )
)


def interrupted(tx: Tx, now: datetime, *, all_of_them: bool = False) -> list[Delivery]:
    """Those in `sending` whose lease is over; all of them, at the start of the only process."""
    return _SENDING.many(tx) if all_of_them else _OVERDUE.many(tx, now)


_SENDING = Query(Delivery, lambda: _select(_D.state == "sending", _D.ended_at.is_(None)))
_OVERDUE = Query(
    Delivery,
    lambda now: (
        _select(_D.state == "sending", _D.ended_at.is_(None))
        .join(t.lane, t.lane.c.name == _D.lane)
        .where(t.lane.c.leased_until <= now)
    ),
)


def unsettled(tx: Tx, now: datetime, within: timedelta) -> int:
    """How many deliveries are under way or will be due within so long."""
    soon = sa.and_(_D.state == "queued", _D.due_at <= now + within, _D.digest_id.is_(None))
    query = sa.select(sa.func.count()).where(sa.or_(soon, t.delivery.c.state == "sending"))
    return int(tx.scalar(query))


# --- parts ---


def parts(tx: Tx, delivery_id: int) -> list[Part]:
    return _PARTS.many(tx, delivery_id)


_PARTS = Query(
    Part,
    lambda delivery_id: (
        sa.select(t.part).where(t.part.c.delivery_id == delivery_id).order_by(t.part.c.number)
    ),
)
_THAW = Statement(lambda delivery_id: sa.delete(t.part).where(t.part.c.delivery_id == delivery_id))
_PART_SENT = Statement(
    lambda delivery_id, number, native_ids: (
        sa.update(t.part)
        .where(t.part.c.delivery_id == delivery_id, t.part.c.number == number)
        .values(native_ids=native_ids)
    )
)


def freeze(tx: Tx, delivery_id: int, payloads: Sequence[tuple[str, dict[str, Any]]]) -> list[Part]:
    """Keep what will be sent, each part with its key; there must be none yet."""
    made = [Part(delivery_id, number, key, payload, None) for number, (key, payload) in enumerate(payloads)]
    for part in made:
        values = {"delivery_id": delivery_id, "number": part.number, "key": part.key, "payload": part.payload}
        tx.insert(t.part, values)
    return made


def thaw(tx: Tx, delivery_id: int) -> None:
    """Forget frozen parts of which surely none was sent: the next claim renders anew."""
    _THAW.run(tx, delivery_id)


def rekey(tx: Tx, delivery_id: int, keys: Sequence[tuple[int, str]]) -> None:
    """New keys for parts by their numbers: what was refused is asked for as something new."""
    for number, key in keys:
        tx.update(t.part, t.part.c.delivery_id == delivery_id, t.part.c.number == number, key=key)


def part_sent(tx: Tx, delivery_id: int, number: int, native_ids: Sequence[str]) -> None:
    _PART_SENT.run(tx, delivery_id, number, list(native_ids))


def open_of(tx: Tx, user_id: int) -> int:
    """How many of a user's deliveries to networks have not ended."""
    where = (
        t.delivery.c.user_id == user_id,
        t.delivery.c.account_id.is_not(None),
        t.delivery.c.action != "look",  # it asks about a delivery that is counted already
        t.delivery.c.state.in_(OPEN),
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))
