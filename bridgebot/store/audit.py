"""The audit log, read: who did what. It is written by `keep.audit`, a line at a time.

Triggers in the database refuse to change a line or to take one away that is younger than 30 days. They do
not hold whoever has the file: who may write it may drop them, or replace the file. When a user is deleted
their lines stay, and name nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.rows import Row, many
from bridgebot.store.tx import Tx

PAGE = 500  # lines that are read at once
ALWAYS = timedelta(days=30)  # what the triggers let nobody take away


class Entry(Row, frozen=True):
    id: int
    at: datetime
    user_id: int | None  # None: the command line, or somebody who is gone
    action: str
    target: str
    result: str

    def shown(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.id,
            "at": self.at.isoformat(timespec="seconds"),
            "user": self.user_id,
            "action": self.action,
            "target": self.target,
            "result": self.result,
        }


def last(tx: Tx, most: int, *, word: str = "", user_id: int | None = None, before: int = 0) -> list[Entry]:
    """The latest lines, the newest first: those in whose action or result a word stands, those of a user."""
    a = t.audit.c
    where = [a.id < before] if before else []
    if word:
        where.append(
            sa.or_(a.action.icontains(word, autoescape=True), a.result.icontains(word, autoescape=True))
        )
    if user_id is not None:
        where.append(a.user_id == user_id)
    return many(tx.connection, Entry, sa.select(t.audit).where(*where).order_by(a.id.desc()).limit(most))


def since(tx: Tx, at: datetime | None) -> Iterator[Entry]:
    """Every line from then on, the oldest first, a page at a time."""
    after, a = 0, t.audit.c
    first = [a.at >= at] if at is not None else []
    while True:
        page = many(
            tx.connection, Entry, sa.select(t.audit).where(a.id > after, *first).order_by(a.id).limit(PAGE)
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def forget_old(tx: Tx, before: datetime) -> int:
    """Let go of what is older; returns how many lines. Those of the last 30 days before the newest stay."""
    newest = tx.scalar(sa.select(sa.func.max(t.audit.c.at)))
    before = min(before, newest - ALWAYS) if newest else before
    return tx.connection.execute(sa.delete(t.audit).where(t.audit.c.at < before)).rowcount
