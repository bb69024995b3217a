"""Taking the names of whoever goes out of what the bot once told others: messages that were sent long ago.

What other people wrote is theirs and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import from_json
from bridgebot.store.tx import Tx

SPAN = 20_000  # deliveries that one unit of work looks through
NOBODY = "@–"
_SAID_BY_KEY = frozenset({"handle", "name", "who", "title"})  # keys under which a name stands alone


def newest(tx: Tx) -> int:
    return tx.scalar(sa.select(sa.func.max(t.delivery.c.id))) or 0


def names(tx: Tx, user_id: int, made_here: Sequence[str]) -> frozenset[str]:
    """Who they are on chat networks, and the handles of accounts that were made here and are closed."""
    persons = tx.scalars(sa.select(t.person.c.native_id).where(t.person.c.user_id == user_id))
    mine = (t.account.c.user_id == user_id, t.account.c.adapter.in_(made_here))
    handles = tx.scalars(sa.select(t.account.c.handle).where(*mine))
    short = (f"@{handle.lstrip('@').partition('@')[0]}" for handle in handles)  # as people type it
    return frozenset((*(id for id in persons if len(id) > 3), *handles, *short))


def scrub(tx: Tx, user_id: int, names: frozenset[str], after: int) -> None:
    """Take names out of a span of deliveries of others that ended, and of what was sent of them."""
    there = (t.delivery.c.id > after, t.delivery.c.id <= after + SPAN, t.delivery.c.ended_at.is_not(None))
    others = (*there, t.delivery.c.user_id.is_distinct_from(user_id))
    ids = sa.select(t.delivery.c.id).where(*others)
    _scrub(tx, t.delivery, ("arguments", "result"), t.delivery.c.id.in_(ids), names)
    _scrub(tx, t.part, ("payload",), t.part.c.delivery_id.in_(ids), names)


def untitle(tx: Tx, user_id: int, made_here: Sequence[str]) -> None:
    """Timelines of accounts that are closed, which others follow, bear no name any more; nor does what
    these accounts did to the posts of others.
    """
    mine = sa.select(t.account.c.native_id).where(
        t.account.c.user_id == user_id,
        t.account.c.adapter.in_(made_here),
        t.account.c.adapter == t.timeline.c.adapter,
        t.account.c.server == t.timeline.c.server,
    )
    theirs = (t.timeline.c.kind == "person", t.timeline.c.argument.in_(mine))
    tx.connection.execute(sa.update(t.timeline).where(*theirs).values(title=NOBODY))
    handles = sa.select(t.account.c.handle).where(
        t.account.c.user_id == user_id, t.account.c.adapter.in_(made_here)
    )
    nameless = {"by_handle": NOBODY, "by_name": ""}
    done = sa.update(t.happening).where(
        t.happening.c.adapter.in_(made_here), t.happening.c.by_handle.in_(handles)
    )
    tx.connection.execute(done.values(nameless))
    kept_off = sa.update(t.mute).where(t.mute.c.adapter.in_(made_here), t.mute.c.handle.in_(handles))
    tx.connection.execute(kept_off.values(handle=NOBODY))


def _scrub(tx: Tx, table: sa.Table, columns: Sequence[str], where: Any, names: frozenset[str]) -> None:
    for name in columns:
        text = sa.type_coerce(table.c[name], sa.Text)
        told = sa.or_(*(sa.func.instr(text, mark.lstrip("@")) > 0 for mark in names))
        found = tx.connection.execute(sa.select(*table.primary_key, text.label("told")).where(where, told))
        for row in found.all():
            clean = cleaned(from_json(row.told), names)
            key = [column == row[number] for number, column in enumerate(table.primary_key)]
            tx.connection.execute(sa.update(table).where(*key).values({name: clean}))


def cleaned(value: Any, names: frozenset[str], key: str = "") -> Any:
    """A value of JSON in which nobody of these names stands. Pure."""
    if isinstance(value, dict):
        return {name: cleaned(one, names, name) for name, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one, names, key) for one in value]
    if not isinstance(value, str):
        return value
    if key in _SAID_BY_KEY and value in {name.lstrip("@") for name in names}:
        return NOBODY
    for name in names:
        value = re.sub(rf"(?<![\w@]){re.escape(name)}(?![\w])", NOBODY, value)
    return value
