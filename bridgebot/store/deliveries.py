"""Deliveries: things to do out there, in lanes, each once.

States: `queued` → `sending` → `sent`, `failed`, `unconfirmed` (no answer came), `parked` (tried too
often) or `cancelled` (a tombstone: it must never be queued again); `held` waits for its person to say
whether it is still meant. Claiming changes no state: a
claim is the lease on the lane, so an expired claim is simply due again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from bridgebot.model import Made, fresh
from bridgebot.store import lanes
from bridgebot.store import tables as t
from bridgebot.store.columns import Json
from bridgebot.store.lanes import ANSWER as ANSWER
from bridgebot.store.lanes import FOLLOW_UP as FOLLOW_UP
from bridgebot.store.lanes import MIRRORED as MIRRORED
from bridgebot.store.outcomes import ENDED as ENDED
from bridgebot.store.outcomes import goes_out, one_of
from bridgebot.store.parts import ABSENT as ABSENT
from bridgebot.store.parts import UPLOAD as UPLOAD
from bridgebot.store.parts import part_sent as part_sent
from bridgebot.store.parts import parts as parts
from bridgebot.store.parts import rekey as rekey
from bridgebot.store.parts import seen as seen
from bridgebot.store.parts import thaw as thaw
from bridgebot.store.parts import wipe_parts as wipe_parts
from bridgebot.store.prepared import Query, Statement, fixed, insert_all_or_ignore, listed
from bridgebot.store.rows import Delivery, many
from bridgebot.store.tx import Tx

HELD = "held"
ROWS = 8  # that one statement inserts: for each number of them there is a statement
LATER = ("schedule", "poll-end")  # actions whose time is far off: they are no backlog
SHOWN = ("create", "happening")  # what a chat may be spared for a while: posts, and who did what to one's own
OPEN = ("queued", "sending", "unconfirmed", "parked", HELD)


class Order(Made, frozen=True):
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
    arguments: dict[str, Any] = fresh(dict)
    due_at: datetime | None = None  # None: now


def queue(tx: Tx, now: datetime, order: Order) -> int | None:
    """Insert or, where `once` is taken, ignore; returns the new delivery's id or None."""
    return queue_all(tx, now, (order,))[0]


def queue_all(tx: Tx, now: datetime, orders: Sequence[Order]) -> list[int | None]:
    """The same for several, in this order; their lanes are told at once."""
    made: list[int | None] = []
    for first in range(0, len(orders), ROWS):
        made += _inserted(tx, now, orders[first : first + ROWS])
    new = next((one for one in made if one is not None), None)
    if new is not None:
        lanes.poke_new(tx, new)
    return made


def _inserted(tx: Tx, now: datetime, orders: Sequence[Order]) -> list[int | None]:
    values = [value for order in orders for value in _values(order, now)]
    new = insert_all_or_ignore(t.delivery, _COLUMNS, len(orders)).keys(tx, values)
    if len(new) == len(orders):
        return list(new)
    left = deque(
        _NEW_ONES.rows(tx, new.start) if new else ()
    )  # in their order, without what was there before
    return [left.popleft()[0] if left and left[0][1] == order.once else None for order in orders]


_AS_ORDERED = tuple(name for name in Order.__struct_fields__ if name != "due_at")
_COLUMNS = (*_AS_ORDERED, "due_at", "created_at", "state", "attempts", "fence")
_NEW_ONES = Statement(
    lambda first: (
        sa.select(t.delivery.c.id, t.delivery.c.once)
        .where(t.delivery.c.id >= first)
        .order_by(t.delivery.c.id)
    )
)
_ordered = attrgetter(*_AS_ORDERED)


def _values(order: Order, now: datetime) -> tuple[Any, ...]:
    return (*_ordered(order), order.due_at or now, now, "queued", 0, 0)


def _select(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.delivery).where(*where).order_by(t.delivery.c.id)


_D = t.delivery.c
_DELIVERY = Query(Delivery, lambda delivery_id: sa.select(t.delivery).where(_D.id == delivery_id))
_OF_POST = Query(Delivery, lambda post, action: _select(_D.post_id == post, _D.action == action))
_WORK_ON = Query(
    Delivery,
    lambda post_id: _select(
        _D.post_id == post_id, one_of(_D.action, ("create", "edit", "delete")), goes_out(_D)
    ),
)
_OF_CAUSE = Query(Delivery, lambda cause_id: _select(_D.cause_id == cause_id))
_WAITING_ON = Query(Delivery, lambda before: _select(_D.after_id == before, _D.state.in_(OPEN)))
_OPEN_CREATES = Query(
    Delivery,
    lambda account_id: _select(
        _D.account_id == account_id,
        _D.action == "create",
        sa.or_(
            sa.and_(t.STANDING, _D.state.in_(("sending", "unconfirmed"))),
            # What is tried once more, with its key.
            sa.and_(t.QUEUED, _D.lane == "account:" + sa.cast(account_id, sa.Text), _D.attempts > 0),
        ),
    ),
)
_NAMELESS = Query(
    Delivery, lambda account_id: _select(_D.account_id == account_id, _D.nameless_at.is_not(None))
)
_CHANGING = _D.action.in_(("edit", "delete"))
_CHANGES = Query(
    Delivery,
    lambda post_id, account_id: _select(_D.post_id == post_id, _D.account_id == account_id, _CHANGING),
)
_CHANGES_IN = Query(
    Delivery, lambda post_id, chat_id: _select(_D.post_id == post_id, _D.chat_id == chat_id, _CHANGING)
)
_BY_ONCE = Query(Delivery, lambda once: _select(_D.once == once))
_STUCK = Query(Delivery, lambda: _select(t.STANDING, _D.state.in_(("parked", "unconfirmed"))))


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
    """Everything that publishes, changes or deletes the post on networks, and what rules bring into groups
    and channels.
    """
    return _WORK_ON.many(tx, post_id)


def changes(tx: Tx, create: Delivery) -> list[Delivery]:
    """Everything that was to edit or delete what this place has of the post, in the order of queueing."""
    if create.chat_id is not None:
        return _CHANGES_IN.many(tx, create.post_id, create.chat_id)
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
    where = sa.or_(t.ALL_QUEUED, sa.and_(t.STANDING, _D.state == HELD))
    found = many(tx.connection, Delivery, sa.select(t.delivery).where(where, _D.account_id == account_id))
    return sorted(found, key=attrgetter("id"))  # by its index it comes in the order of lanes


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
        # What is kept waits for a wish only, and these for an hour that somebody named.
        .where(t.NOT_ENDED, _D.digest_id.is_(None), _D.action.not_in([fixed(one) for one in LATER]))
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


def bring_forward(tx: Tx, waiting: Sequence[Delivery], due: datetime) -> None:
    """These wait until then, and no longer."""
    _DUE_AT.run_all(tx, [(one.id, due) for one in waiting])
    lanes.poke(tx, waiting, due)


_DUE_AT = Statement(
    lambda delivery_id, due: (
        sa.update(t.delivery).where(_D.id == delivery_id).values(due_at=sa.type_coerce(due, t.Time))
    ),
    row=0,
)


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
    bare = [delivery_id for delivery_id, result in results.items() if result is None]  # nearly all
    if bare:
        _SENT_BARE.run(tx, json.dumps(bare), now)
    _SENT.run_all(tx, [(one, now, result) for one, result in results.items() if result is not None])
    lanes.poke_after(tx, *results)


def _sent(which: Any, now: Any, result: Any) -> Any:
    over = {"state": fixed("sent"), "ended_at": sa.type_coerce(now, t.Time), "error": sa.null()}
    return sa.update(t.delivery).where(which).values(result=result, **over)


_SENT_BARE = Statement(lambda ids, now: _sent(_D.id.in_(listed(ids)), now, sa.null()))
_SENT = Statement(
    lambda delivery_id, now, result: _sent(_D.id == delivery_id, now, sa.type_coerce(result, Json()))
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


def is_under_way(tx: Tx, lane: str) -> bool:
    """Whether something of this lane is being sent, and nobody knows yet what comes of it."""
    return _UNDER_WAY.value(tx, lane) is not None


_UNDER_WAY = Statement(
    lambda lane: sa.select(_D.id).where(t.STANDING, _D.state == fixed("sending"), _D.lane == lane).limit(1)
)


def interrupted(tx: Tx, now: datetime, *, all_of_them: bool = False) -> list[Delivery]:
    """Those in `sending` whose lease is over; all of them, at the start of the only process."""
    return _SENDING.many(tx) if all_of_them else _OVERDUE.many(tx, now)


_SENDING = Query(Delivery, lambda: _select(t.STANDING, _D.state == "sending"))
_OVERDUE = Query(
    Delivery,
    lambda now: (
        _select(t.STANDING, _D.state == "sending")
        .join(t.lane, t.lane.c.name == _D.lane)
        .where(t.lane.c.leased_until <= now)
    ),
)


def unsettled(tx: Tx, now: datetime, within: timedelta) -> int:
    """How many deliveries are under way or will be due within so long."""
    soon = sa.and_(t.ALL_QUEUED, _D.due_at <= now + within, _D.digest_id.is_(None))
    query = sa.select(sa.func.count()).where(sa.or_(soon, sa.and_(t.STANDING, _D.state == "sending")))
    return int(tx.scalar(query))


def open_of(tx: Tx, user_id: int) -> int:
    """How many of a user's deliveries to networks have not ended."""
    where = (
        t.delivery.c.user_id == user_id,
        t.delivery.c.account_id.is_not(None),
        t.delivery.c.action.not_in(("look", *LATER)),  # it asks about a delivery that is counted already
        t.NOT_ENDED,
    )
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))
