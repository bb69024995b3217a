"""What happened to an account and is no post, and which line of a chat tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.tx import Tx

_H = t.happening.c


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody who did it."""

    by_handle: str
    by_name: str
    adapter: str  # of the network where they did


@dataclass(frozen=True, slots=True)
class About:
    """What lines are gathered by."""

    chat_id: int
    kind: str  # follow, follow-request, favourite, boost
    about: str  # a post or an account


def note(
    tx: Tx, now: datetime, what: About, user_id: int, by: model.Author, server: str, adapter: str
) -> int | None:
    """Note that somebody did it; None where that is known: nobody is told of twice."""
    values: dict[str, Any] = {
        "chat_id": what.chat_id,
        "user_id": user_id,
        "kind": what.kind,
        "about": what.about,
        "adapter": adapter,
        "by_id": f"{server}/{by.id}",
        "by_handle": by.handle,
        "by_name": by.name,
        "seen_at": now,
    }
    return tx.insert_once(t.happening, values)  # type: ignore[no-any-return]


def line(tx: Tx, what: About) -> int | None:
    """The notice that told of it last."""
    return _LINE.value(tx, what.chat_id, what.kind, what.about)  # type: ignore[no-any-return]


_LINE = Statement(
    lambda chat_id, kind, about: (
        sa.select(_H.line_id)
        .where(_H.chat_id == chat_id, _H.kind == kind, _H.about == about, _H.line_id.is_not(None))
        .order_by(_H.id.desc())
        .limit(1)
    )
)


def tell(tx: Tx, number: int, line_id: int) -> None:
    """This line tells of it."""
    _TELL.run(tx, number, line_id)


_TELL = Statement(
    lambda number, line_id: sa.update(t.happening).where(_H.id == number).values(line_id=line_id)
)


def doers(tx: Tx, line_id: int) -> list[Doer]:
    """Of whom a line tells, the first first."""
    return _DOERS.many(tx, line_id)


_DOERS = Query(
    Doer,
    lambda line_id: (
        sa.select(_H.by_handle, _H.by_name, _H.adapter).where(_H.line_id == line_id).order_by(_H.id)
    ),
)


def forget_old(tx: Tx, before: datetime) -> None:
    """Forget who did what so long ago."""
    tx.connection.execute(sa.delete(t.happening).where(_H.seen_at < before))
