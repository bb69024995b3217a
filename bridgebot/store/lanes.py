"""Lanes: what keeps deliveries in order, and says when there is something to do.

`due_at` is the one time at which a lane is to be looked at: when its first delivery may go, when its
waiting ends, when its lease runs out. None: nothing waits, or it is held. So a claim is a look into
one index, and costs the same with a hundred deliveries waiting as with a hundred thousand. Whatever
lets a delivery go that could not go before pokes its lane.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

HOUSE = "house"  # stands for all of them: while it is held, nothing leaves but answers to operators
ANSWER, FOLLOW_UP, MIRRORED = 0, 1, 2  # urgency: answers; edits, deletions and receipts; mirrored items

_L, _D = t.lane.c, t.delivery.c


def _time(value: Any) -> Any:
    return sa.type_coerce(value, t.Time)


# --- something waits ---


def _poked(due: Any, urgency: Any) -> dict[str, Any]:
    """What changes in a lane when something in it may go from `due` on; not while it is leased or held."""
    free = sa.and_(_L.leased_until.is_(None), _L.held.is_(None))
    from_when = sa.case((_L.wait_until > _time(due), _L.wait_until), else_=_time(due))
    sooner = sa.or_(_L.due_at.is_(None), _L.due_at > from_when)
    more_urgent = sa.or_(_L.due_at.is_(None), _L.urgency > urgency)
    return {
        "due_at": sa.case((sa.and_(free, sooner), from_when), else_=_L.due_at),
        "urgency": sa.case((more_urgent, urgency), else_=_L.urgency),
    }


def _of(delivery_id: Any, column: Any) -> Any:
    return sa.select(column).where(_D.id == delivery_id).scalar_subquery()


_POKE = Statement(
    lambda name, urgency, due: sa.update(t.lane).where(_L.name == name).values(_poked(due, urgency))
)
_POKE_OF = Statement(
    lambda delivery_id: (
        sa.update(t.lane)
        .where(_L.name == _of(delivery_id, _D.lane))
        .values(_poked(_of(delivery_id, _D.due_at), _of(delivery_id, _D.urgency)))
    )
)
_AFTER = Statement(lambda before: sa.select(_D.id).where(_D.after_id == before, _D.state == "queued"))
_POKE_ALL_OF_USER = Statement(
    lambda user_id, due: (
        sa.update(t.lane)
        .where(_L.name.in_(sa.select(_D.lane).where(_D.user_id == user_id, _D.state == "queued")))
        .values(_poked(due, 0))
    )
)
_POKE_ALL = Statement(
    lambda due: (
        sa.update(t.lane)
        .where(_L.name.in_(sa.select(_D.lane).where(_D.state == "queued", _D.ended_at.is_(None))))
        .values(_poked(due, 0))
    )
)
_REALM_OF_CHAT = Statement(lambda chat_id: sa.select(t.chat.c.adapter).where(t.chat.c.id == chat_id))
_REALM_OF_ACCOUNT = Statement(
    lambda account_id: sa.select(t.account.c.adapter + "/" + t.account.c.server).where(
        t.account.c.id == account_id
    )
)


def poke(
    tx: Tx,
    name: str,
    urgency: int,
    due: datetime,
    *,
    chat_id: int | None = None,
    account_id: int | None = None,
    adapter: str = "",
) -> None:
    """Something was put into a lane that may go from `due` on; the place is what its calls go to."""
    if _POKE.run(tx, name, urgency, due):
        return
    realm = realm_of(tx, chat_id, account_id) or adapter
    tx.insert_or_ignore(t.lane, {"name": name, "realm": realm, "fence": 0, "due_at": due, "urgency": urgency})


def realm_of(tx: Tx, chat_id: int | None, account_id: int | None) -> str:
    """What calls for a chat or an account go to: an adapter's chats, or one server."""
    if chat_id is not None:
        return str(_REALM_OF_CHAT.value(tx, chat_id))
    return str(_REALM_OF_ACCOUNT.value(tx, account_id)) if account_id is not None else ""


def poke_delivery(tx: Tx, delivery_id: int) -> None:
    """When a delivery may go was changed."""
    _POKE_OF.run(tx, delivery_id)


def poke_after(tx: Tx, delivery_id: int) -> None:
    """What stands after this delivery need not wait for it any more."""
    for waiting in _AFTER.values(tx, delivery_id):
        poke_delivery(tx, waiting)


def poke_user(tx: Tx, user_id: int, due: datetime) -> None:
    """Whatever waits for a user may go: they were paused or blocked, and are not any more."""
    _POKE_ALL_OF_USER.run(tx, user_id, due)


def poke_all(tx: Tx, due: datetime) -> None:
    """Whatever waits may go: everything was stopped, and is not any more."""
    _POKE_ALL.run(tx, due)


# --- claims ---


def _waiting(name: Any) -> sa.Select[Any]:
    """What could go out of a lane, by everything but time."""
    before = t.delivery.alias("before")
    # A look at what is there shows nobody anything: whoever paused is still answered.
    paused = sa.and_(t.user.c.paused_at.is_not(None), _D.lane.not_like("look:%"))
    stopped = sa.or_(paused, t.user.c.role == "blocked")
    aside = sa.and_(_D.account_id.is_(None), _D.urgency < MIRRORED)  # the bot still answers them
    return (
        sa.select(t.delivery)
        .outerjoin(before, before.c.id == _D.after_id)
        .outerjoin(t.chat, t.chat.c.id == _D.chat_id)
        .outerjoin(t.user, t.user.c.id == _D.user_id)
        .where(
            _D.lane == name,
            _D.state == "queued",
            sa.or_(before.c.id.is_(None), before.c.state == "sent"),
            sa.or_(sa.and_(t.chat.c.off_at.is_(None), t.chat.c.digest_at.is_(None)), _D.urgency < MIRRORED),
            _D.digest_id.is_(None),
            sa.or_(t.user.c.id.is_(None), sa.not_(stopped), aside),
            _house_lets(),
        )
    )


def _house_lets() -> sa.ColumnElement[bool]:
    """The operator's pause lets only those be answered who can end it."""
    house = t.lane.alias("house")
    stopped = sa.exists().where(house.c.name == HOUSE, house.c.held.is_not(None))
    answers = sa.and_(_D.account_id.is_(None), _D.urgency == ANSWER, t.user.c.role == "operator")
    return sa.or_(sa.not_(stopped), answers)


def _realms(closed: Any) -> Any:
    return sa.select(sa.func.json_each(closed).table_valued("value").c.value)


def _due(urgency: Any, now: Any, closed: Any, limit: Any) -> sa.Select[Any]:
    return (
        sa.select(_L.name, _L.realm)
        .where(_L.urgency == urgency, _L.due_at <= now, _L.realm.not_in(_realms(closed)))
        .order_by(_L.due_at)
        .limit(limit)
    )


_DUE = Statement(_due)
_HEAD = Query(
    Delivery,
    lambda name, now: _waiting(name).where(_D.due_at <= now).order_by(_D.urgency, _D.id).limit(1),
)
_FIRST = Statement(
    lambda name: (
        _waiting(name)
        .with_only_columns(_D.urgency, _D.due_at, _D.created_at)
        .order_by(_D.urgency, _D.id)
        .limit(1)
    )
)
_SOONEST = Statement(lambda name: _waiting(name).with_only_columns(sa.func.min(_D.due_at)))
_LEASE = Statement(
    lambda name, until: (
        sa.update(t.lane)
        .where(_L.name == name)
        .values(fence=_L.fence + 1, leased_until=_time(until), due_at=_time(until), wait_until=None)
        .returning(_L.fence)
    )
)
_RENEW = Statement(
    lambda name, fence, until: (
        sa.update(t.lane)
        .where(_L.name == name, _L.fence == fence)
        .values(leased_until=_time(until), due_at=_time(until))
    )
)
_FREE = Statement(
    lambda name, fence, wait, held, due, urgency: (
        sa.update(t.lane)
        .where(_L.name == name, _L.fence == fence)
        .values(
            leased_until=None,
            wait_until=_time(wait),
            held=sa.func.coalesce(held, _L.held),
            due_at=sa.case((_L.held.is_not(None), None), else_=_time(due)),
            urgency=urgency,
        )
    )
)
_HOLD = Statement(
    lambda name, held, due, urgency: (
        sa.update(t.lane)
        .where(_L.name == name)
        .values(
            held=held,
            wait_until=None,
            urgency=urgency,
            due_at=sa.case((_L.leased_until.is_not(None), _L.leased_until), else_=_time(due)),
        )
    )
)
_FENCE = Statement(lambda name: sa.select(_L.fence).where(_L.name == name))
_HELD = Statement(lambda name: sa.select(_L.held).where(_L.name == name))
_ALL_HELD = Statement(lambda: sa.select(_L.name, _L.held).where(_L.held.is_not(None)))
_LOOK_AT = Statement(
    lambda name, at: sa.update(t.lane).where(_L.name == name, _L.held.is_(None)).values(due_at=_time(at))
)
_NEXT_DUE = Statement(
    lambda urgency, closed: (
        sa.select(_L.due_at)
        .where(_L.urgency == urgency, _L.due_at.is_not(None), _L.realm.not_in(_realms(closed)))
        .order_by(_L.due_at)
        .limit(1)
    )
)
_QUEUED = sa.exists(sa.select(1).where(_D.lane == _L.name, _D.state == "queued"))
_FREE_ALL = Statement(
    lambda due: (
        sa.update(t.lane)
        .where(_L.held.is_(None), sa.or_(_L.leased_until.is_not(None), sa.and_(_L.due_at.is_(None), _QUEUED)))
        .values(leased_until=None, due_at=_time(due))
    )
)


class Gate(Protocol):
    """What may go by the rates that networks set: `budgets.Gate`."""

    closed: set[str]  # realms to which nothing may go now

    def wait(self, head: Delivery) -> datetime | None:
        """Let a delivery through (None), or say when to look at its lane again."""


class _Open:
    """The gate where no network sets a rate."""

    closed: set[str] = frozenset()  # type: ignore[assignment]

    def wait(self, head: Delivery) -> datetime | None:
        return None


def claim(
    tx: Tx,
    now: datetime,
    lease: timedelta,
    limit: int,
    closed: Collection[str] = (),
    gate: Gate = _Open(),  # noqa: B008 - it has no state
) -> list[Delivery]:
    """Lease lanes that have something due, and return the first delivery of each: answers first.

    `closed` are realms to which nothing may go now.
    """
    claimed: list[Delivery] = []
    for urgency in (ANSWER, FOLLOW_UP, MIRRORED):
        room = limit - len(claimed)
        shut = json.dumps([*closed, *gate.closed])
        for name, realm in _DUE.rows(tx, urgency, now, shut, room) if room else ():
            head = _take(tx, now, lease, name, gate) if realm not in gate.closed else None
            claimed += [head] if head is not None else []
    return claimed


def _take(tx: Tx, now: datetime, lease: timedelta, name: str, gate: Gate) -> Delivery | None:
    """Lease a lane for the first delivery in it that may go; else note when to look at it again."""
    head = _HEAD.one(tx, name, now)
    if head is None:
        _settle(tx, name, _FENCE.value(tx, name), None, None)
        return None
    later = gate.wait(head)
    if later is not None:
        _LOOK_AT.run(tx, name, later)
        return None
    return dataclasses.replace(head, fence=_LEASE.value(tx, name, now + lease))


def renew(tx: Tx, now: datetime, claimed: Delivery, lease: timedelta) -> bool:
    """The lease must outlast the next call too; False when it is somebody else's by now."""
    return _RENEW.run(tx, claimed.lane, claimed.fence, now + lease) == 1


def release(
    tx: Tx, claimed: Delivery, *, wait_until: datetime | None = None, held: str | None = None
) -> None:
    """Let the lane go on, or wait, or be held; nothing happens when the lease is somebody else's by now."""
    _settle(tx, claimed.lane, claimed.fence, wait_until, held)


def _settle(tx: Tx, name: str, fence: int, wait_until: datetime | None, held: str | None) -> None:
    urgency, due = _next(tx, name)
    _FREE.run(tx, name, fence, wait_until, held, _look_at(due, wait_until, held), urgency)


def _next(tx: Tx, name: str) -> tuple[int, datetime | None]:
    """How urgent the first is that waits, and when one of them may go; None when none waits."""
    first = _FIRST.rows(tx, name)
    if not first:
        return 0, None
    urgency, due, created = first[0]
    # What may go since it was queued is the usual case; else another may be sooner: all are looked at.
    return urgency, due if due <= created else _SOONEST.value(tx, name)


def _look_at(due: datetime | None, wait_until: datetime | None, held: str | None) -> datetime | None:
    if held is not None or due is None:
        return None
    return due if wait_until is None else max(due, wait_until)


def hold(tx: Tx, name: str, why: str | None) -> None:
    """Stop the lane of a chat or an account, or let it go on (None)."""
    urgency, due = _next(tx, name)
    if not _HOLD.run(tx, name, why, _look_at(due, None, why), urgency):
        kind, _, number = name.partition(":")
        place = {f"{one}_id": int(number) if kind == one else None for one in ("chat", "account")}
        row = {"name": name, "realm": realm_of(tx, **place), "fence": 0, "held": why, "due_at": due}
        tx.insert_or_ignore(t.lane, {**row, "urgency": urgency})


def look_again(tx: Tx, name: str) -> None:
    """Something that kept a lane's deliveries is over: when may the first go?"""
    hold(tx, name, is_held(tx, name))


def is_held(tx: Tx, name: str) -> str | None:
    """Why a lane is held, or None."""
    return _HELD.value(tx, name)  # type: ignore[no-any-return]


def held_lanes(tx: Tx) -> dict[str, str]:
    return dict(_ALL_HELD.rows(tx))  # type: ignore[arg-type]


def free_all(tx: Tx, now: datetime) -> None:
    """At the start of the only process: nobody holds a lease, and what waits is looked at once."""
    _FREE_ALL.run(tx, now)


def next_due(tx: Tx, closed: Collection[str] = ()) -> datetime | None:
    """When a lane is next to be looked at; None when nothing waits by time, outside of closed realms."""
    shut = json.dumps(list(closed))
    times = [_NEXT_DUE.value(tx, urgency, shut) for urgency in (ANSWER, FOLLOW_UP, MIRRORED)]
    return min((at for at in times if at is not None), default=None)
