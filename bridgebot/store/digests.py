"""Digests: mirrored items that a chat could not carry, gathered and kept until somebody asks for them.

An item that is kept stays a queued delivery, so that edits change it and deletions cancel it like any
other; it only bears the digest's number, and no claim sees it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import deliveries, lanes
from bridgebot.store import tables as t
from bridgebot.store.lanes import ANSWER, FOLLOW_UP, MIRRORED
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Delivery, many
from bridgebot.store.tx import Tx

_D, _C = t.delivery.c, t.chat.c


@dataclass(frozen=True, slots=True)
class Digest:
    id: int
    token: str  # what its button carries
    chat_id: int
    since: datetime  # when the first of its items came
    until: datetime  # when they were gathered


def _items(*actions: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What is mirrored, of these kinds, of which surely nothing is out, and that nobody keeps yet."""
    out = sa.select(t.part.c.number).where(t.part.c.delivery_id == _D.id, t.part.c.native_ids.is_not(None))
    waits = (t.QUEUED, _D.urgency == MIRRORED, _D.action.in_(actions), _D.chat_id.is_not(None))
    return (*waits, _D.attempts == 0, _D.digest_id.is_(None), ~sa.exists(out))


def flooded(tx: Tx, now: datetime, most: int, longer: timedelta) -> list[int]:
    """Chats for which more than so many items wait, the first of them longer than that; none where
    something else keeps them back.
    """
    query = (
        sa.select(_D.chat_id)
        .join(t.chat, _C.id == _D.chat_id)
        .join(t.lane, t.lane.c.name == _D.lane)
        .outerjoin(t.user, t.user.c.id == _D.user_id)
        .where(*_items("create"), _C.off_at.is_(None), _C.digest_at.is_(None), t.lane.c.held.is_(None))
        .where(t.user.c.paused_at.is_(None))
        .group_by(_D.chat_id)
        .having(sa.func.count() > most, sa.func.min(_D.created_at) <= sa.type_coerce(now - longer, t.Time))
    )
    return tx.scalars(query)


def due(tx: Tx, now: datetime, period: timedelta) -> list[int]:
    """Chats in which items are gathered, and the last digest was told so long ago."""
    last = sa.select(sa.func.max(t.digest.c.until)).where(t.digest.c.chat_id == _C.id).scalar_subquery()
    query = sa.select(_C.id).where(_C.digest_at.is_not(None), last <= sa.type_coerce(now - period, t.Time))
    return tx.scalars(query)


def coming(tx: Tx, chat_id: int) -> int:
    """How many items came for the chat that no digest keeps yet."""
    return int(tx.scalar(sa.select(sa.func.count()).where(*_items("create"), _D.lane == f"chat:{chat_id}")))


def gather(tx: Tx, now: datetime, chat_id: int) -> Digest:
    """Keep what waits, and from now on what comes."""
    here = (*_items(*deliveries.SHOWN), _D.lane == f"chat:{chat_id}")
    since = tx.scalar(sa.select(sa.func.min(_D.created_at)).where(*here)) or now
    token = secrets.token_urlsafe(12)
    values = {"token": token, "chat_id": chat_id, "since": since, "until": now}
    made = Digest(tx.insert(t.digest, values), token, chat_id, since, now)
    tx.update(t.delivery, *here, digest_id=made.id)
    tx.change(t.chat, chat_id, digest_at=now)
    return made


def end(tx: Tx, chat_id: int) -> None:
    """The chat is shown each item again."""
    tx.change(t.chat, chat_id, digest_at=None)
    lanes.look_again(tx, f"chat:{chat_id}")


def kept(tx: Tx, chat_id: int) -> int:
    """How many items digests keep for the chat."""
    return int(tx.scalar(sa.select(sa.func.count()).where(*_kept(chat_id))))


def _kept(chat_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (_D.chat_id == chat_id, _D.digest_id.is_not(None), _D.state == "queued")


def let_go(tx: Tx, now: datetime, chat_id: int, most: int | None = None) -> int:
    """Show items that are kept, the first first: a few at once as answers, all of them (None) at the
    pace of the chat. Returns how many.
    """
    query = sa.select(t.delivery).where(*_kept(chat_id)).order_by(_D.id).limit(most)
    items = many(tx.connection, Delivery, query)
    urgency = FOLLOW_UP if most is None else ANSWER
    for item in items:
        deliveries.change(tx, item.id, digest_id=None, urgency=urgency, due_at=now)
    return len(items)


def latest(tx: Tx, chat_id: int) -> str | None:
    """What the button of the chat's last digest carries."""
    mine = sa.select(t.digest.c.token).where(t.digest.c.chat_id == chat_id)
    return tx.scalar(mine.order_by(t.digest.c.id.desc()).limit(1))  # type: ignore[no-any-return]


def by_token(tx: Tx, token: str) -> Digest | None:
    return _BY_TOKEN.one(tx, token)


_BY_TOKEN: Query[Digest] = Query(Digest, lambda token: sa.select(t.digest).where(t.digest.c.token == token))
