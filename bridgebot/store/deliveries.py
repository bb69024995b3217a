"""Deliveries: things to do out there, in lanes, each once.

States: `queued` → `sending` → `sent`, `failed`, `unconfirmed` (no answer came), `parked` (tried too
often) or `cancelled` (a tombstone: it must never be queued again); `held` waits for its person to say
whether it is still meant. Claiming changes no state: a
claim is the lease on the lane, so an expired claim is simply due again.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import lanes
from bridgebot.store import tables as t
from bridgebot.store.columns import Json
from bridgebot.store.lanes import ANSWER as ANSWER
from bridgebot.store.lanes import FOLLOW_UP as FOLLOW_UP
from bridgebot.store.lanes import MIRRORED as MIRRORED
from bridgebot.store.lanes import fixed
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
    return queue_all(tx, now, (order,))[0]


def queue_all(tx: Tx, now: datetime, orders: Sequence[Order]) -> list[int | None]:
    """The same for several, in this order; their lanes are told at once."""
    made: list[int | None] = [tx.insert_once(t.delivery, _values(order, now)) for order in orders]
    first = next((one for one in made if one is not None), None)
    if first is not None:
        lanes.poke_new(tx, first)
    return made


def _values(order: Order, now: datetime) -> dict[str, Any]:
    return {
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
        _D.account_id == account_id,
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
    found = tx.row(t.delivery, _DELIVERY, delivery_id)
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
    where = (_D.account_id == account_id, _D.state.in_(("queued", HELD)), _D.ended_at.is_(None))
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
    if state == "sent" and error is None:
        end_sent(tx, now, {delivery_id: result})
    else:
        change(tx, delivery_id, state=state, ended_at=now, error=error, result=result)


def end_sent(tx: Tx, now: datetime, results: Mapping[int, dict[str, Any] | None]) -> None:
    """These are out, with what they brought; what stands after them may go."""
    _SENT.run_all(tx, [(delivery_id, now, result) for delivery_id, result in results.items()])
    lanes.poke_after(tx, *results)


_SENT = Statement(
    lambda delivery_id, now, result: (
        sa.update(t.delivery)
        .where(_D.id == delivery_id)
        .values(
            state=fixed("sent"),
            ended_at=sa.type_coerce(now, t.Time),
            error=sa.null(),
            result=sa.type_coerce(result, Json(none_as_null=True)),
        )
    )
)


# --- under way ---


def start(tx: Tx, claimed: Iterable[Delivery]) -> int:
    """Mark them `sending` and count the attempt; how many, for a lane's lease may be lost meanwhile."""
    return _START.run_all(tx, [(one.id, one.fence) for one in claimed])


_FENCE = sa.select(t.lane.c.fence).where(t.lane.c.name == _D.lane).scalar_subquery()
_START = Statement(
    lambda delivery_id, fence: (
        sa.update(t.delivery)
        .where(_D.id == delivery_id, _D.state.in_([fixed("queued"), fixed("sending")]), fence == _FENCE)
        .values(state=fixed("sending"), attempts=_D.attempts + fixed(1), fence=fence)
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
    return parts_of_all(tx, [delivery_id]).get(delivery_id, [])


def parts_of_all(tx: Tx, delivery_ids: Iterable[int]) -> dict[int, list[Part]]:
    """What is frozen of each of these, in order; nothing where nothing is."""
    found: dict[int, list[Part]] = {}
    for part in _PARTS.many(tx, json.dumps(list(delivery_ids))):
        found.setdefault(part.delivery_id, []).append(part)
    return found


_PARTS = Query(
    Part,
    lambda delivery_ids: (
        sa.select(t.part)
        .where(t.part.c.delivery_id.in_(lanes.listed(delivery_ids)))
        .order_by(t.part.c.delivery_id, t.part.c.number)
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


def freeze(delivery_id: int, payloads: Iterable[dict[str, Any]]) -> list[Part]:
    """What will be sent as parts, each with a key of its own; they are still to be kept."""
    return [Part(delivery_id, number, _key(), payload, None) for number, payload in enumerate(payloads)]


# Asking the system for each takes longer than all the rest. They need not be secret, only never the same.
_random = random.Random(os.urandom(32))  # noqa: S311


def _key() -> str:
    return str(uuid.UUID(int=_random.getrandbits(128), version=4))


PartRow = tuple[int, int, str, str]  # of what delivery, its number, its key, its call as JSON


def part_rows(frozen: Iterable[Part]) -> list[PartRow]:
    """Parts that were frozen as rows to be kept. Pure; raises what JSON cannot say."""
    return [(part.delivery_id, part.number, part.key, json.dumps(part.payload)) for part in frozen]


def keep(tx: Tx, rows: Iterable[PartRow]) -> None:
    """Keep parts that were frozen; there must be none of their deliveries yet."""
    _KEEP.run_all(tx, rows)


_KEEP = Statement(
    lambda delivery_id, number, key, payload: sa.insert(t.part).values(
        delivery_id=delivery_id, number=number, key=key, payload=sa.type_coerce(payload, sa.Text)
    )
)


def thaw(tx: Tx, delivery_id: int) -> None:
    """Forget frozen parts of which surely none was sent: the next claim renders anew."""
    _THAW.run(tx, delivery_id)


def rekey(tx: Tx, delivery_id: int, keys: Sequence[tuple[int, str]]) -> None:
    """New keys for parts by their numbers: what was refused is asked for as something new."""
    for number, key in keys:
        tx.update(t.part, t.part.c.delivery_id == delivery_id, t.part.c.number == number, key=key)


def part_sent(tx: Tx, delivery_id: int, number: int, native_ids: Sequence[str]) -> None:
    parts_sent(tx, [(delivery_id, number, native_ids)])


def parts_sent(tx: Tx, sent: Iterable[tuple[int, int, Sequence[str]]]) -> None:
    """The network has these: parts by delivery and number, and the ids that it gave them."""
    _PART_SENT.run_all(tx, [(delivery_id, number, list(ids)) for delivery_id, number, ids in sent])


Made = tuple[int, str, str, str | None, int | None, int]  # by what delivery, as what, id, URL, whose, part


def note_made(tx: Tx, made: Iterable[Made]) -> None:
    """Copies that deliveries made, each in the place of its own; what is known there already stays."""
    _NOTE_MADE.run_all(tx, made)


def _note_made(delivery_id: Any, role: Any, native_id: Any, url: Any, whose: Any, part: Any) -> Any:
    chat, account = t.chat.c, t.account.c
    values = {
        "post_id": _D.post_id,
        "role": role,
        "realm": sa.func.coalesce(chat.adapter + "/" + chat.native_id, account.server),
        "native_id": native_id,
        "adapter": sa.func.coalesce(chat.adapter, account.adapter),
        "chat_id": _D.chat_id,
        "account_id": _D.account_id,
        "delivery_id": whose,
        "part": part,
        "version": t.post.c.version,
        "url": url,
    }
    place = t.delivery.join(t.post).outerjoin(t.chat, chat.id == _D.chat_id)
    rows = (
        sa.select(*values.values())
        .select_from(place.outerjoin(t.account, account.id == _D.account_id))
        .where(_D.id == delivery_id)
    )
    # In the words of SQLite, the database that there is.
    return sqlite.insert(t.copy).from_select(list(values), rows).on_conflict_do_nothing()


_NOTE_MADE = Statement(_note_made)


def stale_receipts(tx: Tx, now: datetime, post_ids: Iterable[int]) -> list[Delivery]:
    """The receipts of posts of which something has ended, but for those that will say so as it is: nothing
    of them is frozen, and they are due already or wait for the rest.
    """
    return _STALE.many(tx, json.dumps(list(post_ids)), now)


def _stale(post_ids: Any, now: Any) -> sa.Select[Any]:
    waits = sa.and_(_D.state == fixed("queued"), _D.fence == fixed(0))
    fresh = sa.and_(waits, sa.or_(_D.due_at <= now, _is_open(_D.post_id)))
    return _select(_D.post_id.in_(lanes.listed(post_ids)), _D.action == fixed("receipt"), sa.not_(fresh))


def _is_open(post_id: Any) -> Any:
    work = t.delivery.alias("work")
    acts = work.c.action.in_([fixed(act) for act in ("create", "edit", "delete")])
    over = work.c.state.in_([fixed(state) for state in ENDED])
    where = (work.c.post_id == post_id, work.c.account_id.is_not(None), acts, sa.not_(over))
    return sa.exists(sa.select(fixed(1)).select_from(work).where(*where))


_STALE = Query(Delivery, _stale)
_SETTLED = Statement(lambda post_id: sa.select(sa.not_(_is_open(post_id))))


def settled(tx: Tx, post_id: int) -> bool:
    """Whether everything that publishes, changes or deletes the post on networks has ended."""
    return bool(_SETTLED.value(tx, post_id))


def open_of(tx: Tx, user_id: int) -> int:
    """How many of a user's deliveries to networks have not ended."""
    where = (
        t.delivery.c.user_id == user_id,
        t.delivery.c.account_id.is_not(None),
        t.delivery.c.action != "look",  # it asks about a delivery that is counted already
        t.delivery.c.state.in_(OPEN),
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))
