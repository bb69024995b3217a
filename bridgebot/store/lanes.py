"""Lanes: what keeps deliveries in order, and says when there is something to do.

`due_at` is the one time at which a lane is to be looked at: when its first delivery may go, when its
waiting ends, when its lease runs out. None: nothing waits, or it is held. So a claim is a look into
one index, and costs the same with a hundred deliveries waiting as with a hundred thousand. Whatever
lets a delivery go that could not go before pokes its lane.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement, fixed, listed
from bridgebot.store.rows import Delivery, fields
from bridgebot.store.tx import Tx

HOUSE = "house"  # stands for all of them: while it is held, nothing leaves but answers to operators
ANSWER, FOLLOW_UP, MIRRORED = 0, 1, 2  # urgency: answers; edits, deletions and receipts; mirrored items
# So long what follows up gives way to answers: in a flood that lasts, a receipt would come at its end, and
# cost more, for the rows that it tells of are at hand for some seconds only.
PATIENCE = timedelta(seconds=5)

_L, _D = t.lane.c, t.delivery.c
_ACCOUNTS_REALM = t.account.c.adapter + "/" + sa.func.coalesce(t.account.c.host, t.account.c.server)


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


def _poke_new(first: Any) -> Any:
    chat, account = t.chat.c, t.account.c
    adapter, server = (_D.arguments[name].as_string() for name in ("adapter", "server"))
    realm = sa.func.coalesce(chat.adapter, _ACCOUNTS_REALM, adapter + "/" + server, adapter, "")
    places = t.delivery.outerjoin(t.chat, chat.id == _D.chat_id).outerjoin(
        t.account, account.id == _D.account_id
    )
    new = sa.select(_D.lane, realm, fixed(0), _D.due_at, _D.urgency).select_from(places).where(_D.id >= first)
    # In the words of SQLite, the database that there is. One by one in their order: a lane of several is
    # made for the first and told of the others.
    lane = sqlite.insert(t.lane).from_select(["name", "realm", "fence", "due_at", "urgency"], new)
    due, urgency = lane.excluded.due_at, lane.excluded.urgency
    told = sa.or_(_L.due_at.is_(None), _L.due_at > due, _L.urgency > urgency)  # else nothing changes
    return lane.on_conflict_do_update(index_elements=[_L.name], set_=_poked(due, urgency), where=told)


_POKE_NEW = Statement(_poke_new)
_POKE = Statement(
    lambda name, due, urgency: sa.update(t.lane).where(_L.name == name).values(_poked(due, urgency))
)
_POKE_OF = Statement(
    lambda delivery_id: (
        sa.update(t.lane)
        .where(_D.id == delivery_id, _L.name == _D.lane)
        .values(_poked(_D.due_at, _D.urgency))
    )
)
_AFTER = Statement(
    lambda before: sa.select(_D.id).where(_D.after_id.in_(listed(before)), _D.state == "queued")
)
_POKE_ALL_OF_USER = Statement(
    lambda user_id, due: (
        sa.update(t.lane)
        .where(_L.name.in_(sa.select(_D.lane).where(t.ALL_QUEUED, _D.user_id == user_id)))
        .values(_poked(due, 0))
    )
)
_POKE_ALL = Statement(
    lambda due: (
        sa.update(t.lane).where(_L.name.in_(sa.select(_D.lane).where(t.ALL_QUEUED))).values(_poked(due, 0))
    )
)
_REALM_OF_CHAT = Statement(lambda chat_id: sa.select(t.chat.c.adapter).where(t.chat.c.id == chat_id))
_REALM_OF_ACCOUNT = Statement(lambda id: sa.select(_ACCOUNTS_REALM).where(t.account.c.id == id))


def poke_new(tx: Tx, first: int) -> None:
    """Deliveries were queued, this one and those after it: their lanes are made, or told."""
    _POKE_NEW.run(tx, first)


def realm_of(tx: Tx, chat_id: int | None, account_id: int | None) -> str:
    """What calls for a chat or an account go to: an adapter's chats, or one server."""
    if chat_id is not None:
        return str(_REALM_OF_CHAT.value(tx, chat_id))
    return str(_REALM_OF_ACCOUNT.value(tx, account_id)) if account_id is not None else ""


def moved(tx: Tx, account_id: int) -> None:
    """The account is kept at another host now."""
    tx.update(t.lane, _L.name == f"account:{account_id}", realm=realm_of(tx, None, account_id))


def poke(tx: Tx, waiting: Iterable[Delivery], due: datetime) -> None:
    """These deliveries may go at another time than they say."""
    _POKE.run_all(tx, [(one.lane, due, one.urgency) for one in waiting])


def poke_delivery(tx: Tx, delivery_id: int) -> None:
    """When a delivery may go was changed."""
    _POKE_OF.run(tx, delivery_id)


def poke_after(tx: Tx, *delivery_ids: int) -> None:
    """What stands after these deliveries need not wait for them any more."""
    for waiting in _AFTER.values(tx, json.dumps(delivery_ids)):
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
    paused = sa.and_(t.user.c.paused_at.is_not(None), _D.lane.not_like(fixed("look:%")))
    stopped = sa.or_(paused, t.user.c.role == fixed("blocked"))
    aside = sa.and_(_D.account_id.is_(None), _D.urgency < fixed(MIRRORED))  # the bot still answers them
    return (
        sa.select(t.delivery)
        .outerjoin(before, before.c.id == _D.after_id)
        .outerjoin(t.chat, t.chat.c.id == _D.chat_id)
        .outerjoin(t.user, t.user.c.id == _D.user_id)
        .where(
            _D.lane == name,
            t.QUEUED,
            sa.or_(before.c.id.is_(None), before.c.state == fixed("sent")),
            sa.or_(
                sa.and_(t.chat.c.off_at.is_(None), t.chat.c.digest_at.is_(None)),
                _D.urgency < fixed(MIRRORED),
            ),
            _D.digest_id.is_(None),
            sa.or_(t.user.c.id.is_(None), sa.not_(stopped), aside),
            _house_lets(),
        )
    )


def _house_lets() -> sa.ColumnElement[bool]:
    """The operator's pause lets only those be answered who can end it."""
    house = t.lane.alias("house")
    stopped = sa.exists().where(house.c.name == fixed(HOUSE), house.c.held.is_not(None))
    answers = sa.and_(
        _D.account_id.is_(None), _D.urgency == fixed(ANSWER), t.user.c.role == fixed("operator")
    )
    return sa.or_(sa.not_(stopped), answers)


def _of_lane(column: Any) -> sa.Select[Any]:
    """A column of what could go out of the lane of a statement, the first to go first."""
    first = _waiting(_L.name).with_only_columns(column).order_by(_D.urgency, _D.id).limit(fixed(1))
    return first.correlate(t.lane)


_HEAD = [_D[name] for name in fields(Delivery)]  # as `Delivery` takes them
_OWN_FENCE = [column.name for column in _HEAD].index("fence")


def _due(urgency: Any, now: Any, closed: Any, limit: Any) -> sa.Select[Any]:
    """Lanes to be looked at, each with the delivery that may go now (or none)."""
    head = _of_lane(_D.id).where(_D.due_at <= now).scalar_subquery()
    return (
        sa.select(_L.name, _L.realm, _L.fence, *_HEAD)
        .select_from(t.lane.outerjoin(t.delivery, _D.id == head))
        .where(_L.urgency == urgency, _L.due_at <= now, _L.realm.not_in(listed(closed)))
        .order_by(_L.due_at)
        .limit(limit)
    )


_DUE = Statement(_due)
_URGENCY = sa.func.coalesce(_of_lane(_D.urgency).scalar_subquery(), 0)
_SOONEST = _waiting(_L.name).with_only_columns(sa.func.min(_D.due_at)).correlate(t.lane).scalar_subquery()
# What may go since it was queued is the usual case; else another may be sooner: all are looked at.
_NEXT = _of_lane(sa.case((_D.due_at <= _D.created_at, _D.due_at), else_=_SOONEST)).scalar_subquery()
_LEASE = Statement(
    lambda names, until: (
        sa.update(t.lane)
        .where(_L.name.in_(listed(names)))
        .values(fence=_L.fence + 1, leased_until=_time(until), due_at=_time(until), wait_until=None)
    )
)
_RENEW = Statement(
    lambda name, fence, until: (
        sa.update(t.lane)
        .where(_L.name == name, _L.fence == fence)
        .values(leased_until=_time(until), due_at=_time(until))
    )
)


def _free(name: Any, fence: Any, **values: Any) -> Any:
    mine = sa.update(t.lane).where(_L.name == name, _L.fence == fence)
    return mine.values(leased_until=None, urgency=_URGENCY, **values)


_UNLESS_HELD = sa.case((_L.held.is_(None), _NEXT))
_GO_ON = Statement(lambda name, fence: _free(name, fence, wait_until=None, due_at=_UNLESS_HELD))


def _keep_free(name: Any, fence: Any, wait: Any, held: Any) -> Any:
    why = sa.func.coalesce(held, _L.held)
    due = sa.case((why.is_(None), sa.func.max(_NEXT, sa.func.coalesce(_time(wait), 0))))
    return _free(name, fence, wait_until=_time(wait), held=why, due_at=due)


_FREE = Statement(_keep_free)
_HOLD = Statement(
    lambda name, held: (
        sa.update(t.lane)
        .where(_L.name == name)
        .values(
            held=held,
            wait_until=None,
            urgency=_URGENCY,
            due_at=sa.case(
                (_L.leased_until.is_not(None), _L.leased_until),
                (sa.type_coerce(held, sa.Text).is_not(None), None),
                else_=_NEXT,
            ),
        )
    )
)
_HELD = Statement(lambda name: sa.select(_L.held).where(_L.name == name))
_ALL_HELD = Statement(lambda: sa.select(_L.name, _L.held).where(_L.held.is_not(None)))
_LOOK_AT = Statement(
    lambda name, at: sa.update(t.lane).where(_L.name == name, _L.held.is_(None)).values(due_at=_time(at))
)


def _next(urgency: int, closed: Any) -> Any:
    waits = (_L.urgency == fixed(urgency), _L.due_at.is_not(None), _L.realm.not_in(listed(closed)))
    return sa.select(_L.due_at).where(*waits).order_by(_L.due_at).limit(fixed(1)).scalar_subquery()


_NEXT_DUE = Statement(
    lambda closed: sa.select(*[_next(one, closed) for one in (ANSWER, FOLLOW_UP, MIRRORED)])
)
_QUEUED = sa.exists(sa.select(1).where(_D.lane == _L.name, t.QUEUED))
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
) -> list[tuple[Delivery, str]]:
    """Lease lanes that have something due, and return the first delivery of each with the realm that its
    calls go to: answers first, but half of the room is for receipts that wait too long already. `closed`
    are realms to which nothing may go now.
    """
    claimed: list[tuple[Delivery, str]] = []
    seen: set[str] = set()
    late = (FOLLOW_UP, now - PATIENCE, (limit + 1) // 2)
    soonest = _soonest(tx, [*closed, *gate.closed])
    for urgency, due, most in (late, (ANSWER, now, limit), (FOLLOW_UP, now, limit), (MIRRORED, now, limit)):
        at = soonest[urgency]
        room = min(limit - len(claimed), most) if at is not None and at <= due else 0
        shut = json.dumps([*closed, *gate.closed])
        for name, realm, fence, *head in _DUE.rows(tx, urgency, due, shut, room) if room else ():
            if name in seen:
                continue
            seen.add(name)
            taken = _taken(tx, name, fence, head, gate) if realm not in gate.closed else None
            claimed += [(taken, realm)] if taken is not None else []
    if claimed:
        _LEASE.run(tx, json.dumps([one.lane for one, _ in claimed]), now + lease)
    return claimed


def _taken(tx: Tx, name: str, fence: int, head: list[Any], gate: Gate) -> Delivery | None:
    """The first in a lane that may go, under the lease that is next; else note when to look again."""
    if head[0] is None:
        _GO_ON.run(tx, name, fence)
        return None
    head[_OWN_FENCE] = fence + 1
    delivery = Delivery(*head)
    later = gate.wait(delivery)
    if later is not None:
        _LOOK_AT.run(tx, name, later)
    return delivery if later is None else None


def renew(tx: Tx, now: datetime, claimed: Delivery, lease: timedelta) -> bool:
    """The lease must outlast the next call too; False when it is somebody else's by now."""
    return _RENEW.run(tx, claimed.lane, claimed.fence, now + lease) == 1


def release(
    tx: Tx, claimed: Delivery, *, wait_until: datetime | None = None, held: str | None = None
) -> None:
    """Let the lane go on, or wait, or be held; nothing happens when the lease is somebody else's by now."""
    _FREE.run(tx, claimed.lane, claimed.fence, wait_until, held)


def release_all(tx: Tx, claimed: Iterable[Delivery]) -> None:
    """Let these lanes go on."""
    _GO_ON.run_all(tx, [(one.lane, one.fence) for one in claimed])


def hold(tx: Tx, name: str, why: str | None) -> None:
    """Stop the lane of a chat or an account, or let it go on (None)."""
    if not _HOLD.run(tx, name, why):
        kind, _, number = name.partition(":")
        place = {f"{one}_id": int(number) if kind == one else None for one in ("chat", "account")}
        row = {"name": name, "realm": realm_of(tx, **place), "fence": 0, "urgency": 0}
        tx.insert_or_ignore(t.lane, row)
        _HOLD.run(tx, name, why)


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
    return min((at for at in _soonest(tx, closed) if at is not None), default=None)


def _soonest(tx: Tx, closed: Collection[str]) -> Sequence[datetime | None]:
    """The same for each urgency."""
    return _NEXT_DUE.rows(tx, json.dumps(list(closed)))[0]
