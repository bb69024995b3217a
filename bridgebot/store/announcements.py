"""What operators say to everybody: queued a few at a time, once for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.rows import Row, many, one
from bridgebot.store.tx import Tx

ANYBODY = ""  # the language of the words for whom there are no others
BATCH = 100  # people whose notice is queued in one unit of work
NEWS = "announcement"


class Announcement(Row, frozen=True):
    id: int
    texts: dict[str, str]
    after_id: int
    told: int

    def words(self, language: str) -> str:
        """What somebody reads who speaks this language."""
        return self.texts.get(language) or self.texts.get(ANYBODY) or next(iter(self.texts.values()))


def begin(tx: Tx, now: datetime, made_by: int, texts: dict[str, str]) -> int:
    """From now on it is told."""
    tx.news.add(NEWS)
    values = {"texts": texts, "made_by": made_by, "made_at": now, "after_id": 0, "told": 0}
    return tx.insert(t.announcement, values)  # type: ignore[no-any-return]


def under_way(tx: Tx) -> Announcement | None:
    """The first that was not told to everybody."""
    query = sa.select(t.announcement).where(t.announcement.c.done_at.is_(None))
    return one(tx.connection, Announcement, query.order_by(t.announcement.c.id).limit(1))


def stop(tx: Tx, now: datetime) -> int:
    """Tell it to nobody else; returns how many had been told of what was under way."""
    told = sum(one.told for one in many(tx.connection, Announcement, _open()))
    tx.update(t.announcement, t.announcement.c.done_at.is_(None), done_at=now)
    return told


def _open() -> sa.Select[Any]:
    return sa.select(t.announcement).where(t.announcement.c.done_at.is_(None))


def hearers(tx: Tx) -> int:
    """How many people it would be told."""
    return int(tx.scalar(sa.select(sa.func.count()).select_from(_hearers(0).subquery())))


def next_hearers(tx: Tx, announcement: Announcement) -> list[int]:
    """The next users who hear it."""
    return tx.scalars(_hearers(announcement.after_id).limit(BATCH))


def _hearers(after: int) -> sa.Select[Any]:
    """Users who are here, not blocked or about to go, and have a direct chat in which the bot is."""
    there = (
        sa.exists()
        .where(t.person.c.user_id == t.user.c.id, t.chat.c.person_id == t.person.c.id)
        .where(t.chat.c.direct, t.chat.c.open)
    )
    where = (t.user.c.id > after, t.user.c.role.in_(("user", "operator")), there)
    return sa.select(t.user.c.id).where(*where).order_by(t.user.c.id)


def note_told(tx: Tx, now: datetime, announcement: Announcement, told: list[int]) -> None:
    """These have it queued; with none left it is done."""
    mine = t.announcement.c.id == announcement.id
    if told:
        tx.update(t.announcement, mine, after_id=told[-1], told=announcement.told + len(told))
    else:
        tx.update(t.announcement, mine, done_at=now)


def waiting(tx: Tx, announcement: Announcement) -> int:
    """How many of its notices have not left."""
    d = t.delivery.c
    mine = f"{once(announcement, 0).rpartition(':')[0]}:"
    where = (d.ended_at.is_(None), d.state.in_(("queued", "sending")), d.once >= mine, d.once < f"{mine}~")
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))


def once(announcement: Announcement, user_id: int) -> str:
    """The key under which one user is told, ever."""
    return f"announcement:{announcement.id}:{user_id}"
