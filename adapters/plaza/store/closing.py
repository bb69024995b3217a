"""What is left of a closed account: that its name is taken, and empty places for what others answered."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.plaza.names import skeleton
from adapters.plaza.store import people
from adapters.plaza.store.rows import Member
from adapters.plaza.store.tables import metadata, person, post, report, tag
from bridgebot.errors import Rejected

# By these others have something of the person: their threads hold, and they hear that posts are gone.
_KEPT = frozenset(
    {("plaza_post", "person_id"), ("plaza_mention", "person_id"), ("plaza_boost", "person_id")}
    | {("plaza_follow", "target_id")}
)


def tombstone(salt: str, name: str) -> str:
    """What keeps the name of a closed account from being given away again, and does not tell it."""
    return f"#{hmac.new(salt.encode(), skeleton(name).encode(), hashlib.sha256).hexdigest()}"


def join(connection: sa.Connection, now: datetime, name: str, token: str, salt: str) -> Member:
    """Make an account. Raises Rejected where the name, or one that looks like it, was ever given."""
    closed = sa.select(person.c.id).where(person.c.skeleton == tombstone(salt, name))
    if connection.execute(closed).first() is not None:
        raise Rejected("plaza-name-taken", name=name)
    return people.join(connection, now, name, token)


def close(connection: sa.Connection, now: datetime, me: Member, salt: str) -> tuple[int, ...]:
    """Close an account for good, and leave nothing that tells whose it was. Returns the posts that stood."""
    gone = people.close(connection, now, me)
    taken = tombstone(salt, me.name)
    nobody = {"name": taken, "skeleton": taken, "posts": 0, "created_at": now}
    connection.execute(sa.update(person).where(person.c.id == me.id).values(nobody))
    mine = post.c.person_id == me.id
    wiped = {"text": "", "warning": None, "language": None, "created_at": now, "edited_at": None}
    connection.execute(sa.update(post).where(mine).values(wiped))
    posts = sa.select(post.c.id).where(mine)
    for table in (tag, report):
        connection.execute(sa.delete(table).where(table.c.post_id.in_(posts)))
    _drop_rows_of(connection, me)
    return gone


def _drop_rows_of(connection: sa.Connection, me: Member) -> None:
    """In every table, also one that is added later: whatever points to the person and is not for others."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            column = key.parent
            if key.column.table is person and (table.name, column.name) not in _KEPT:
                _drop(connection, table, column == me.id)


def _drop(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> None:
    """Delete rows, and before them those that hang on them."""
    for other in metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and other is not table:
                pointed: Any = sa.select(key.column).where(where)
                _drop(connection, other, key.parent.in_(pointed))
    connection.execute(sa.delete(table).where(where))
