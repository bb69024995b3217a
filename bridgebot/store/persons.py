"""What is kept of a person besides the row: since when they are a user's, and where a user is written to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.rows import Person, many
from bridgebot.store.tx import Tx

arrival = sa.Table(
    "arrival",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    # When the person was connected with a user whom others were before; no row: the user's first.
    sa.Column("joined_at", t.Time, nullable=False),
)

home = sa.Table(
    "home",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),  # chosen; else the chat last used
)


def of_user(tx: Tx, user_id: int) -> list[Person]:
    """Everybody whom the user is on chat networks, who came first first."""
    query = sa.select(t.person).outerjoin(arrival, arrival.c.person_id == t.person.c.id)
    first = sa.func.coalesce(sa.type_coerce(arrival.c.joined_at, sa.Integer), 0)
    return many(
        tx.connection, Person, query.where(t.person.c.user_id == user_id).order_by(first, t.person.c.id)
    )


def is_before(tx: Tx, one: Person, other: Person) -> bool:
    """Whether the one was the user's before the other; both are the same user's."""
    known = [person.id for person in of_user(tx, one.user_id or 0)]
    return one.id in known and other.id in known and known.index(one.id) < known.index(other.id)


def joined(tx: Tx, person_id: int, at: datetime) -> None:
    """The person is a user's from now on, after all others of theirs."""
    if not tx.insert_or_ignore(arrival, {"person_id": person_id, "joined_at": at}):
        tx.update(arrival, arrival.c.person_id == person_id, joined_at=at)


def since(tx: Tx, person: Person) -> datetime:
    """Since when the person has been the user's."""
    at = tx.scalar(sa.select(arrival.c.joined_at).where(arrival.c.person_id == person.id))
    if at is None:
        at = tx.scalar(sa.select(t.user.c.created_at).where(t.user.c.id == person.user_id))
    return at  # type: ignore[no-any-return]


def last_seen(tx: Tx, person_id: int) -> datetime | None:
    """When something last came from the person in a direct chat."""
    query = sa.select(sa.func.max(t.inbox.c.received_at)).join(t.chat, t.chat.c.id == t.inbox.c.chat_id)
    return tx.scalar(query.where(t.chat.c.person_id == person_id))  # type: ignore[no-any-return]


def choose_home(tx: Tx, user_id: int, chat_id: int) -> None:
    """What the bot says on its own accord comes there from now on."""
    if not tx.insert_or_ignore(home, {"user_id": user_id, "chat_id": chat_id}):
        tx.update(home, home.c.user_id == user_id, chat_id=chat_id)


def leave_home(tx: Tx, chat_id: int) -> None:
    """The chat is the user's no more."""
    tx.connection.execute(sa.delete(home).where(home.c.chat_id == chat_id))


def chosen_home(tx: Tx, user_id: int) -> int | None:
    return tx.scalar(sa.select(home.c.chat_id).where(home.c.user_id == user_id))  # type: ignore[no-any-return]
