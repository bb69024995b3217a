"""The service's own figures: how many, how often, never who and what.

What stands in rows that are few is counted when somebody asks. What was sent is counted once an hour, in
the order of its rows, into a line for each day: asking costs the same however much there ever was.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import tables as t
from bridgebot.store.posts import MIRROR
from bridgebot.store.tx import Tx

COUNTED = ("", "counted", "copy")  # the line that says up to which row it was counted
CHUNK = 2000  # rows that one unit of work counts
KEPT = timedelta(days=800)  # two years, to compare a month with that of the year before
MONTH, WEEK, DAY = timedelta(days=30), timedelta(days=7), timedelta(days=1)
STANDS, AT, ACCOUNTS = "stands", "at", "account "  # a name, and keys: how many there were at a time
FEW = 2000  # users who are counted anew whenever somebody asks
POSTED, SYNCED, SHOWN = "posted", "synced", "shown"

_F = t.figure.c


def roll(tx: Tx, now: datetime) -> bool:
    """Count what was sent since the last time; False when there was less than one unit counts."""
    last = int(tx.scalar(sa.select(sa.func.coalesce(sa.func.max(t.copy.c.id), 0))))
    begin = min(_counted(tx), last)
    end = min(begin + CHUNK, last)
    for day, name, key, number in tx.connection.execute(_sent(begin, end)).all():
        _add(tx, day, name, key, number)
    _set(tx, COUNTED, end)
    day = _day(now - KEPT)
    tx.connection.execute(sa.delete(t.figure).where(_F.day < day, _F.day != ""))
    return end < last


def _counted(tx: Tx) -> int:
    where = [column == value for column, value in zip((_F.day, _F.name, _F.key), COUNTED, strict=True)]
    return int(tx.scalar(sa.select(_F.number).where(*where)) or 0)


def _sent(after: int, until: int) -> sa.Select[Any]:
    """First parts of what deliveries made: into accounts by hand or by a sync rule, and into chats."""
    c, d, r = t.copy.c, t.delivery.c, t.route.c
    at = sa.func.coalesce(d.ended_at, d.created_at)
    day = sa.func.strftime("%Y-%m-%d", sa.cast(at, sa.Integer) / 1_000_000, "unixepoch")
    name = sa.case((c.account_id.is_(None), SHOWN), (r.verb == "sync", SYNCED), else_=POSTED)
    before = t.copy.alias("before")  # what is brought ahead of a post, such as its pictures, is a part too
    first = ~sa.exists().where(before.c.delivery_id == c.delivery_id, before.c.part < c.part)
    return (
        sa.select(day, name, c.adapter, sa.func.count())
        .select_from(t.copy.join(t.delivery, d.id == c.delivery_id).outerjoin(t.route, r.id == d.route_id))
        .where(c.id > after, c.id <= until, c.role == MIRROR, first, d.action == "create")
        .group_by(day, name, c.adapter)
    )


def _add(tx: Tx, day: str, name: str, key: str, number: int) -> None:
    row = {"day": day, "name": name, "key": key, "number": number}
    insert = sqlite.insert(t.figure).values(row)  # in the words of SQLite, the database that there is
    tx.connection.execute(insert.on_conflict_do_update(set_={"number": _F.number + number}))


def _set(tx: Tx, line: tuple[str, str, str], number: int) -> None:
    day, name, key = line
    insert = sqlite.insert(t.figure).values(day=day, name=name, key=key, number=number)
    tx.connection.execute(insert.on_conflict_do_update(set_={"number": number}))


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


# --- how many there are ---


def count(tx: Tx, now: datetime) -> dict[str, int]:
    """How many there are: with a hundred thousand users it takes half a second."""
    roles = _by(tx, t.user.c.role, t.user)
    accounts = _by(tx, t.account.c.adapter, t.account, t.account.c.state != "unlinked")
    return {
        "all": sum(roles.values()) - roles.get("blocked", 0),
        "operators": roles.get("operator", 0),
        "blocked": roles.get("blocked", 0),
        "active_7_days": _active(tx, now - WEEK),
        "active_30_days": _active(tx, now - MONTH),
        "syncing": _syncing(tx),
        **{f"{ACCOUNTS}{adapter}": number for adapter, number in accounts.items()},
    }


def note(tx: Tx, now: datetime, counted: dict[str, int]) -> None:
    """Keep what was counted beside the writer, for whoever asks within it."""
    tx.connection.execute(sa.delete(t.figure).where(_F.day == "", _F.name == STANDS))
    for key, number in {**counted, AT: int(now.timestamp())}.items():
        _set(tx, ("", STANDS, key), number)


def _standing(tx: Tx, now: datetime) -> tuple[datetime, dict[str, int]]:
    """How many there are, and since when that is so: counted now where that is quick."""
    where = (_F.day == "", _F.name == STANDS)
    rows = tx.connection.execute(sa.select(_F.key, _F.number).where(*where))
    noted = {row[0]: row[1] for row in rows}
    if noted.get("all", 0) <= FEW:
        return now, count(tx, now)
    return datetime.fromtimestamp(noted.pop(AT), UTC), noted


# --- asked for ---


def look(tx: Tx, now: datetime) -> dict[str, Any]:
    """All of them, as `bridgebot stats --json` prints them (docs/operating.md says what each counts)."""
    at, there = _standing(tx, now)
    accounts = {k.removeprefix(ACCOUNTS): n for k, n in there.items() if k.startswith(ACCOUNTS)}
    users = {key: number for key, number in there.items() if not key.startswith(ACCOUNTS)}
    return {
        "at": at.isoformat(timespec="seconds"),
        "users": users,
        "registered": {
            "24_hours": _registered(tx, now - DAY),
            "7_days": _registered(tx, now - WEEK),
            "30_days": _registered(tx, now - MONTH),
        },
        "shares": {
            "active": _share(users["active_30_days"], users["all"]),
            "syncing": _share(users["syncing"], users["all"]),
        },
        "accounts": accounts,
        "targets": _targets(tx, now),
        "months": _months(tx),
    }


def _by(tx: Tx, column: Any, table: sa.Table, *where: Any) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).select_from(table).where(*where).group_by(column)
    return {row[0]: row[1] for row in tx.connection.execute(query.order_by(column))}


def _share(some: int, all_: int) -> float:
    return round(some / all_, 3) if all_ else 0.0


def _registered(tx: Tx, since: datetime) -> int:
    where = (t.user.c.created_at > since, t.user.c.role != "blocked")
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.user).where(*where)))


def _active(tx: Tx, since: datetime) -> int:
    """Users who wrote something to the bot in their direct chat."""
    p, c, i = t.person.c, t.chat.c, t.inbox.c
    wrote = sa.exists().where(i.chat_id == c.id, i.received_at > since)
    joined = t.chat.join(t.person, p.id == c.person_id).join(t.user, t.user.c.id == p.user_id)
    query = sa.select(sa.func.count(p.user_id.distinct())).select_from(joined)
    return int(tx.scalar(query.where(c.direct, t.user.c.role != "blocked", wrote)))


def _syncing(tx: Tx) -> int:
    where = (t.route.c.verb == "sync", t.route.c.state == "active", t.user.c.role != "blocked")
    joined = t.route.join(t.user, t.user.c.id == t.route.c.user_id)
    query = sa.select(sa.func.count(t.route.c.user_id.distinct())).select_from(joined)
    return int(tx.scalar(query.where(*where)))


def _targets(tx: Tx, now: datetime) -> list[dict[str, Any]]:
    """The networks that posts went to in the last thirty days, the most used first."""
    number = sa.func.sum(_F.number)
    synced = sa.func.sum(sa.case((_F.name == SYNCED, _F.number), else_=0))
    query = (
        sa.select(_F.key, number, synced)
        .where(_F.day >= _day(now - MONTH), _F.name.in_((POSTED, SYNCED)))
        .group_by(_F.key)
        .order_by(number.desc(), _F.key)
    )
    return [
        {"network": key, "posts_30_days": all_, "synced_30_days": by_rules}
        for key, all_, by_rules in tx.connection.execute(query)
    ]


def _months(tx: Tx) -> dict[str, dict[str, int]]:
    """By month what was posted by hand, carried on by sync rules, and shown in chats."""
    month = sa.func.substr(_F.day, 1, 7)
    query = (
        sa.select(month, _F.name, sa.func.sum(_F.number))
        .where(_F.day != "")
        .group_by(month, _F.name)
        .order_by(month)
    )
    found: dict[str, dict[str, int]] = {}
    for at, name, number in tx.connection.execute(query):
        found.setdefault(at, {POSTED: 0, SYNCED: 0, SHOWN: 0})[name] = number
    return found
