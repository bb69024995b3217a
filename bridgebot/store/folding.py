"""Two users become one, where at most one of them owns anything; and a person is parted from a user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import connections, people, persons
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.posts import ORIGINAL, RECEIPT
from bridgebot.store.rows import Chat, Person, User
from bridgebot.store.tx import Tx

_KEPT = (
    "language",
    "timezone",
    "plain",
    "quiet",
    "next_audience",
    "next_warning",
    "next_language",
    "describes",
    "reacts",
    "paused_at",
)


def owns(tx: Tx, user_id: int) -> bool:
    """Whether a user has anything that would have to be told apart from another's afterwards: accounts,
    also those that were unlinked, posts and memos, and what they follow and sync.
    """
    accounts = sa.exists().where(t.account.c.user_id == user_id)
    posts = sa.exists().where(t.post.c.user_id == user_id)
    routes = sa.exists().where(t.route.c.user_id == user_id, t.route.c.state != "ended")
    return bool(tx.scalar(sa.select(sa.or_(accounts, posts, routes))))


def join(tx: Tx, now: datetime, user_id: int, person: Person) -> tuple[int, list[Person]]:
    """The person is this user's, too: whose both are now, and who came to whom. A user who owns nothing is
    folded into the other; who is left is never a mixture of two who own something.
    """
    if person.user_id is None:
        people.set_person(tx, person.id, user_id=user_id)
        persons.joined(tx, person.id, now)
        return user_id, [person]
    stays, goes = user_id, person.user_id
    if owns(tx, goes):
        stays, goes = goes, stays
    if owns(tx, goes):
        raise LookupError("both own something")
    came = persons.of_user(tx, goes)
    _fold(tx, people.user(tx, goes), people.user(tx, stays))
    for number, one in enumerate(came):
        persons.joined(tx, one.id, now + timedelta(microseconds=number))
    return stays, came


def _fold(tx: Tx, goes: User, stays: User) -> None:
    """Everything that names the one names the other, in every table; nothing of it is lost."""
    people.set_user(tx, stays.id, **_settings(goes, stays))
    for column in _of_users():
        _rename(tx, column, goes.id, stays.id)
    tx.connection.execute(sa.delete(t.user).where(t.user.c.id == goes.id))


def _settings(goes: User, stays: User) -> dict[str, object]:
    """What the other had chosen holds where nothing was; a pause and the operator's role stay. Pure."""
    chosen: dict[str, object] = {
        name: getattr(goes, name) for name in _KEPT if getattr(stays, name) is None and getattr(goes, name)
    }
    if goes.role == "operator":
        chosen |= {"role": goes.role, "role_by": goes.role_by}
    return chosen | {"asks_left": min(goes.asks_left, stays.asks_left)}


def _of_users() -> Iterator[sa.Column[int]]:
    """Every column that names a user."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is t.user.c.id for key in column.foreign_keys):
                yield column


def _rename(tx: Tx, column: sa.Column[int], goes: int, stays: int) -> None:
    """Of what a user can have only one, the one who stays keeps theirs."""
    table = column.table
    mine = [column == goes]
    for unique in _unique_with(column):
        twin = table.alias("twin")
        same = [twin.c[other.name] == other for other in unique if other is not column]
        mine.append(~sa.exists().where(twin.c[column.name] == stays, *same))
    tx.connection.execute(sa.update(table).where(*mine).values({column.name: stays}))
    if len(mine) > 1:
        tx.connection.execute(sa.delete(table).where(column == goes))


def _unique_with(column: sa.Column[int]) -> Iterator[tuple[sa.Column[object], ...]]:
    """The sets of columns, this one among them, of which no two rows say the same."""
    table = column.table
    keys = [tuple(table.primary_key.columns)]
    keys += [tuple(one.columns) for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    keys += [tuple(one.columns) for one in table.indexes if one.unique]
    return (key for key in keys if column in key)


def part(tx: Tx, now: datetime, person: Person) -> list[Chat]:
    """The person is nobody's from now on; their direct chats. Nothing that stands there is changed any more,
    and nothing that was made there for the user goes on.
    """
    chats = people.chats_of(tx, person.id)
    people.set_person(tx, person.id, user_id=None, answered_at=None)
    tx.connection.execute(sa.delete(persons.arrival).where(persons.arrival.c.person_id == person.id))
    for chat in chats:
        persons.leave_home(tx, chat.id)
        connections.end_from(tx, chat.id)
        _leave_as_it_is(tx, now, chat)
    return chats


def _leave_as_it_is(tx: Tx, now: datetime, chat: Chat) -> None:
    """What is shown there is shown for good, and receipts tell nothing more."""
    here = (t.copy.c.realm == chat.realm, t.copy.c.role != ORIGINAL)
    told = sa.select(t.copy.c.delivery_id).where(*here, t.copy.c.role == RECEIPT)
    tx.update(t.delivery, t.delivery.c.id.in_(told), t.delivery.c.action == "receipt", state="cancelled")
    tx.update(t.copy, *here, t.copy.c.gone_at.is_(None), gone_at=now)
