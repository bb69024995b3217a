"""Invitations beyond making and redeeming one (see `keep`): which there are, taking them back, guesses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.rows import Row, many
from bridgebot.store.tx import Tx

NAME = 6  # letters of a digest by which an invitation is named: they say nothing of its code
COUNTED = timedelta(days=30)  # how long an invitation that was used counts for who made it
KEPT = timedelta(days=90)  # after its end: who invited whom

# A code has 80 bits, so guesses are hopeless; they are capped all the same, and told of.
GUESSES = 5  # wrong codes of one person in a day, before no more are looked at
SLOW = 100  # wrong codes of all in an hour, before only first tries are looked at
STOP = 1000  # before none is
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GUESSING = "guessing"  # the news that codes are being guessed


class Invite(Row, frozen=True):
    digest: str
    role: str
    expires_at: datetime
    used_by: int | None
    made_by: int | None
    made_at: datetime | None

    secret = frozenset({"digest"})

    @property
    def name(self) -> str:
        return self.digest[:NAME]


def open_ones(tx: Tx, now: datetime, *, made_by: int | None = None) -> list[Invite]:
    """Those that somebody may still use, of one user or of all; the newest last."""
    where = [t.invite.c.used_by.is_(None), t.invite.c.expires_at > now]
    if made_by is not None:
        where.append(t.invite.c.made_by == made_by)
    query = sa.select(t.invite).where(*where).order_by(t.invite.c.expires_at, t.invite.c.digest)
    return many(tx.connection, Invite, query)


def count_lately(tx: Tx, now: datetime, made_by: int) -> int:
    """How many a user made lately that were used or still can be."""
    still = sa.or_(t.invite.c.used_by.is_not(None), t.invite.c.expires_at > now)
    where = (t.invite.c.made_by == made_by, t.invite.c.made_at > now - COUNTED, still)
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.invite).where(*where)))


def revoke(tx: Tx, now: datetime, name: str, *, made_by: int | None = None) -> int:
    """Take back the open invitation of this name (`all`: every one); returns how many that were."""
    chosen = [one for one in open_ones(tx, now, made_by=made_by) if name in (one.name, "all")]
    for one in chosen:
        tx.connection.execute(sa.delete(t.invite).where(t.invite.c.digest == one.digest))
    return len(chosen)


def forget_old(tx: Tx, now: datetime) -> None:
    """Invitations that ended long ago, and guesses of which none is counted any more."""
    tx.connection.execute(sa.delete(t.invite).where(t.invite.c.expires_at < now - KEPT))
    tx.connection.execute(sa.delete(t.guess).where(t.guess.c.at < now - DAY))


# --- guesses ---


def is_heard(own: int, all_together: int) -> bool:
    """Whether a code is looked at, by the wrong ones of this person and of all. Pure."""
    if all_together >= STOP:
        return False
    return own < (1 if all_together >= SLOW else GUESSES)


def may_try(tx: Tx, now: datetime, person_id: int) -> bool:
    """Whether this person's next code is looked at."""
    own = _count(tx, t.guess.c.person_id == person_id, t.guess.c.at > now - DAY)
    return is_heard(own, _count(tx, t.guess.c.at > now - HOUR))


def note_wrong(tx: Tx, now: datetime, person_id: int) -> None:
    """A code was wrong. When these become many, whoever listens is told once."""
    tx.insert(t.guess, {"person_id": person_id, "at": now})
    if _count(tx, t.guess.c.at > now - HOUR) in (SLOW, STOP):
        tx.news.add(GUESSING)


def _count(tx: Tx, *where: Any) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.guess).where(*where)))
