"""Erasing a user: every row that hangs on them, found by the foreign keys of the schema.

So a table that is added later is covered without being named here: a row goes with the row that it
points to. Where a column only mentions what goes, it is emptied and its row stays; and a post that other
people answered, or have in their chats, stays as an empty place, so that what is theirs holds together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridgebot.model import Audience
from bridgebot.store import keep, news
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.leavings import TRACES, own_chats
from bridgebot.store.tx import Tx
from bridgebot.store.versions import version

MOST = 500  # ids in one statement
BATCH = 500  # rows of a table that one unit of work erases: the writer is there for others too
# Tables that are only ever mentioned: what points to a row of these is nobody's for that.
_MENTIONED = frozenset({"delivery", "inbox", "digest", "route", "post"})
_EMPTY: dict[str, Any] = {
    "user_id": None, "author_id": "", "author_handle": "", "author_name": "", "text": "", "warning": None,
    "language": None, "spans": None, "media": None, "files": None, "poll": None, "quote": None, "uri": None,
    "url": None, "memo": False, "edited_at": None,
}  # fmt: skip


# --- what belongs to what ----------------------------------------------------------------------


@cache
def _pointing(table: sa.Table) -> tuple[sa.Column[Any], ...]:
    """The columns of all tables that point to rows of this one."""
    found = (key.parent for other in metadata.sorted_tables for key in other.foreign_keys)
    return tuple(c for c in found if any(key.column.table is table for key in c.foreign_keys))


def only_mentions(column: sa.Column[Any]) -> bool:
    """Whether a row outlives what this column of it points to. Pure."""
    [key] = column.foreign_keys
    target, table = key.column.table, column.table
    if not column.nullable:
        return False
    return (
        key.ondelete == "SET NULL"
        or target is table
        or target.name in _MENTIONED
        or _has_an_owner(table, column)
    )


def _has_an_owner(table: sa.Table, column: sa.Column[Any]) -> bool:
    """Whether another column says whose the row is, so that this one tells of somebody besides."""
    return any(
        key.column.table is t.user and not key.parent.nullable and key.parent is not column
        for key in table.foreign_keys
    )


# --- what there is -----------------------------------------------------------------------------


def some_posts(tx: Tx, user_id: int) -> list[int]:
    """A batch of the user's posts."""
    return tx.scalars(sa.select(t.post.c.id).where(t.post.c.user_id == user_id).limit(BATCH))


def some_deliveries(tx: Tx, user_id: int) -> list[int]:
    """A batch of the user's deliveries that ended."""
    mine = (t.delivery.c.user_id == user_id, t.delivery.c.ended_at.is_not(None))
    return tx.scalars(sa.select(t.delivery.c.id).where(*mine).limit(BATCH))


def some_private(tx: Tx, user_id: int) -> list[int]:
    """A batch of other people's posts that were not for everybody and stood in the user's chats."""
    mine = (t.short_id.c.chat_id.in_(own_chats(user_id)), t.post.c.user_id.is_(None))
    narrow = t.post.c.audience.in_((Audience.FOLLOWERS.value, Audience.DIRECT.value))
    query = sa.select(t.post.c.id).join(t.short_id, t.short_id.c.post_id == t.post.c.id)
    return tx.scalars(query.where(*mine, narrow).limit(BATCH))


def some_of_the_inbox(tx: Tx, user_id: int) -> list[int]:
    """A batch of what came in from the user."""
    return tx.scalars(sa.select(t.inbox.c.id).where(t.inbox.c.user_id == user_id).limit(BATCH))


def marks(tx: Tx, user_id: int) -> set[str]:
    """The names by which others may have noted the user: native ids and handles."""
    persons = sa.select(t.person.c.adapter, t.person.c.native_id).where(t.person.c.user_id == user_id)
    handles = tx.scalars(sa.select(t.account.c.handle).where(t.account.c.user_id == user_id))
    return {f"{adapter}:{id}" for adapter, id in tx.connection.execute(persons)} | {h for h in handles if h}


# --- erasing -----------------------------------------------------------------------------------


def erase_some(tx: Tx, now: datetime, user_id: int) -> bool:
    """Erase a batch of what there is most of; False when only `erase` is left to be done."""
    tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    if posts := some_posts(tx, user_id):
        _erase_posts(tx, now, user_id, posts)
    elif private := some_private(tx, user_id):
        _erase_private(tx, user_id, private)
    elif ended := some_deliveries(tx, user_id):
        _drop_lanes(tx, ended)
        _remove(tx, t.delivery, ended)
    elif came := some_of_the_inbox(tx, user_id):
        _remove(tx, t.inbox, came)
    else:
        return False
    tx.known.forget()
    return True


def erase(tx: Tx, user_id: int) -> None:
    """Erase the user and everything that is left of them, and note that the file is to be tidied."""
    tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    names, read = marks(tx, user_id), _read_by(tx, user_id)
    _drop_places(tx, user_id)
    deliveries = tx.scalars(sa.select(t.delivery.c.id).where(t.delivery.c.user_id == user_id))
    _drop_lanes(tx, deliveries)
    # What was done stays noted in the audit log, and not who did it, nor about whom.
    told = (t.audit.c.target.contains(name, autoescape=True) for name in names)
    tx.update(t.audit, sa.or_(t.audit.c.user_id == user_id, *told), target="", user_id=_others(user_id))
    _remove(tx, t.user, [user_id])
    _remove(tx, t.timeline, _unread(tx, read))
    note_traces(tx)
    tx.known.forget()


def _others(user_id: int) -> sa.Case[Any]:
    """The user of a line, where it is another one."""
    return sa.case((t.audit.c.user_id != user_id, t.audit.c.user_id))


def _remove(tx: Tx, table: sa.Table, ids: Sequence[Any]) -> None:
    """Delete rows, and before them what is theirs."""
    for some in _some(ids):
        for column in _pointing(table):
            here = column.in_(some)
            if only_mentions(column):
                tx.connection.execute(sa.update(column.table).where(here).values({column.name: None}))
            elif _is_pointed_to(column.table):
                _remove(tx, column.table, tx.scalars(sa.select(_key(column.table)).where(here)))
            else:
                tx.connection.execute(sa.delete(column.table).where(here))
        tx.connection.execute(sa.delete(table).where(_key(table).in_(some)))


def _is_pointed_to(table: sa.Table) -> bool:
    return bool(_pointing(table)) and len(table.primary_key) == 1


def _key(table: sa.Table) -> sa.Column[Any]:
    return next(iter(table.primary_key))


def _some(ids: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(ids)
    while some := list(islice(left, MOST)):
        yield some


# --- posts -------------------------------------------------------------------------------------


def _erase_posts(tx: Tx, now: datetime, user_id: int, ids: list[int]) -> None:
    """Those that somebody else has to do with become empty places, the others go."""
    shared = _shared(tx, user_id, ids)
    _remove(tx, t.post, [id for id in ids if id not in shared])
    if shared:
        _empty(tx, now, user_id, sorted(shared))


def _erase_private(tx: Tx, user_id: int, ids: list[int]) -> None:
    """Nobody else was shown them: they go with the chat; another who was shown one keeps it."""
    shared = _shared(tx, user_id, ids)
    _remove(tx, t.post, [id for id in ids if id not in shared])
    here = (t.short_id.c.post_id.in_(shared), t.short_id.c.chat_id.in_(own_chats(user_id)))
    tx.connection.execute(sa.delete(t.short_id).where(*here))


def _shared(tx: Tx, user_id: int, ids: list[int]) -> set[int]:
    """Which of the posts others answered, or have in a chat of theirs."""
    found: set[int] = set()
    for table in (t.short_id, t.copy, t.button, t.delivery):
        elsewhere = (table.c.chat_id.is_not(None), table.c.chat_id.not_in(own_chats(user_id)))
        found |= set(tx.scalars(sa.select(table.c.post_id).where(table.c.post_id.in_(ids), *elsewhere)))
    others = t.post.c.user_id.is_distinct_from(user_id)
    answered = sa.select(t.post.c.parent_id).where(t.post.c.parent_id.in_(ids), others)
    return found | set(tx.scalars(answered))


def _empty(tx: Tx, now: datetime, user_id: int, ids: list[int]) -> None:
    """Take everything out of posts but that there was one; and the words out of what was sent of them."""
    run = tx.connection.execute
    run(sa.delete(version).where(version.c.post_id.in_(ids)))
    mine = sa.or_(t.copy.c.chat_id.is_(None), t.copy.c.chat_id.in_(own_chats(user_id)))
    run(sa.delete(t.copy).where(t.copy.c.post_id.in_(ids), mine))
    run(sa.update(t.copy).where(t.copy.c.post_id.in_(ids)).values(url=None))
    run(sa.delete(t.sighting).where(t.sighting.c.post_id.in_(ids)))
    about = sa.select(t.delivery.c.id).where(t.delivery.c.post_id.in_(ids))
    over = about.where(t.delivery.c.ended_at.is_not(None))
    run(sa.update(t.part).where(t.part.c.delivery_id.in_(over)).values(payload={}))
    over_too = sa.and_(t.delivery.c.post_id.in_(ids), t.delivery.c.ended_at.is_not(None))
    run(sa.update(t.delivery).where(over_too).values(arguments={}, result=None, error=None))
    run(sa.update(t.post).where(t.post.c.id.in_(ids)).values(_EMPTY | {"deleted_at": now, "created_at": now}))


# --- what no foreign key names -----------------------------------------------------------------


def _drop_lanes(tx: Tx, deliveries: Sequence[int]) -> None:
    """Lanes that were made for one look-up each; those of chats and accounts go with these."""
    for some in _some(deliveries):
        names = sa.select(t.delivery.c.lane).where(
            t.delivery.c.id.in_(some), t.delivery.c.lane.like("look:%")
        )
        tx.connection.execute(sa.delete(t.lane).where(t.lane.c.name.in_(names)))


def _read_by(tx: Tx, user_id: int) -> list[int]:
    return tx.scalars(sa.select(t.route.c.timeline_id).where(t.route.c.user_id == user_id).distinct())


def _unread(tx: Tx, ids: list[int]) -> list[int]:
    """Which of these timelines nobody reads any more: their names tell whom the user followed."""
    for id in ids:
        if id is not None:
            news.note(tx, id)
    left = sa.select(t.route.c.timeline_id).where(t.route.c.timeline_id.is_not(None))
    return tx.scalars(
        sa.select(t.timeline.c.id).where(t.timeline.c.id.in_(ids), t.timeline.c.id.not_in(left))
    )


def _drop_places(tx: Tx, user_id: int) -> None:
    """Lanes and budgets of the user's chats and accounts; and who reads with them is told."""
    people = sa.select(t.person.c.id).where(t.person.c.user_id == user_id)
    chats = sa.select(t.chat.c.id, t.chat.c.adapter, t.chat.c.native_id).where(t.chat.c.person_id.in_(people))
    accounts = sa.select(t.account.c.id, t.account.c.adapter, t.account.c.native_id).where(
        t.account.c.user_id == user_id
    )
    for kind, query in (("chat", chats), ("account", accounts)):
        for id, adapter, native_id in tx.connection.execute(query).all():
            tx.connection.execute(sa.delete(t.lane).where(t.lane.c.name == f"{kind}:{id}"))
            here = (t.budget.c.adapter == adapter, t.budget.c.place == native_id)
            tx.connection.execute(sa.delete(t.budget).where(*here))
            if kind == "account":
                news.note_account(tx, id)


# --- what bytes are left -----------------------------------------------------------------------


def note_traces(tx: Tx) -> None:
    """The file holds bytes of rows that are gone: a restart must not forget to overwrite them."""
    keep.set_state(tx, TRACES[0], {TRACES[1]: "1"})


def has_traces(tx: Tx) -> bool:
    return keep.state(tx, *TRACES) is not None


def clear_traces(tx: Tx) -> None:
    here = (t.adapter_state.c.adapter == TRACES[0], t.adapter_state.c.key == TRACES[1])
    tx.connection.execute(sa.delete(t.adapter_state).where(*here))
