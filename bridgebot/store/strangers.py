"""What is kept of people who are no users, and for how long: hardly anything, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.tx import Tx

EVENTS_KEPT = timedelta(days=7)  # that something came from a stranger: no network brings it again so late
PEOPLE_KEPT = timedelta(days=30)  # since they were last answered
CHUNK = 500  # rows that one unit of work takes away


def came_since(tx: Tx, since: datetime) -> int:
    """How many people were let in since then."""
    where = (t.user.c.created_at > since, t.user.c.role != "blocked")
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.user).where(*where)))


def once(person_id: int, now: datetime) -> str:
    """The key under which a stranger is answered, by which the answer is found again."""
    return f"stranger:{person_id}:{now:%Y-%m-%d %H:%M}"


def forget_old(tx: Tx, now: datetime) -> bool:
    """Let go of some that are old; whether there may be more."""
    events, persons = _events(tx, now - EVENTS_KEPT), _persons(tx, now - PEOPLE_KEPT)
    tx.connection.execute(sa.delete(t.inbox).where(t.inbox.c.id.in_(events)))
    for person_id in persons:
        _forget(tx, person_id)
    return CHUNK in (len(events), len(persons))


def _events(tx: Tx, before: datetime) -> list[int]:
    """Of nobody, done with, and on which nothing hangs."""
    i, other = t.inbox.c, t.inbox.alias("other").c
    hanging = (
        sa.exists().where(t.delivery.c.cause_id == i.id),
        sa.exists().where(t.question.c.cause_id == i.id),
        sa.exists().where(other.undone_by == i.id),
    )
    where = (i.user_id.is_(None), i.received_at < before, i.state == "done", i.kept.is_(None))
    query = sa.select(i.id).where(*where, *(sa.not_(one) for one in hanging))
    return tx.scalars(query.order_by(i.received_at).limit(CHUNK))


def _persons(tx: Tx, before: datetime) -> list[int]:
    """Of whom nothing was heard for so long, and who were only seen among others."""
    p = t.person.c
    met = sa.exists().where(t.chat.c.person_id == p.id)
    old = sa.or_(p.answered_at < before, sa.and_(p.answered_at.is_(None), sa.not_(met)))
    return tx.scalars(sa.select(p.id).where(p.user_id.is_(None), old).limit(CHUNK))


def _forget(tx: Tx, person_id: int) -> None:
    """The person and what they were told. Of their chat a number stays that says nothing: to look for all
    that may hang on it costs more than it.
    """
    d, mine = t.delivery.c, f"stranger:{person_id}:"
    told = tx.scalars(sa.select(d.id).where(d.once >= mine, d.once < f"{mine}~"))
    tx.connection.execute(sa.delete(t.part).where(t.part.c.delivery_id.in_(told)))
    tx.update(t.copy, t.copy.c.delivery_id.in_(told), delivery_id=None)
    tx.connection.execute(sa.delete(t.delivery).where(d.id.in_(told)))
    for chat_id in tx.scalars(sa.select(t.chat.c.id).where(t.chat.c.person_id == person_id)):
        gone = {"native_id": f"gone:{chat_id}", "title": "", "person_id": None, "open": False}
        tx.update(t.chat, t.chat.c.id == chat_id, **gone)
        tx.connection.execute(sa.delete(t.lane).where(t.lane.c.name == f"chat:{chat_id}"))
    tx.connection.execute(sa.delete(t.guess).where(t.guess.c.person_id == person_id))
    tx.connection.execute(sa.delete(t.person).where(t.person.c.id == person_id))
