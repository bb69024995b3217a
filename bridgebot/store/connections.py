"""Connecting two chat networks: the one-time secrets, whom they name, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.rows import Person, many, one
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest, new_code

LIFE = timedelta(minutes=10)  # of a code, and of each question that follows
KEPT = timedelta(days=30)

OPEN, REDEEMED, AGREED, DONE, ENDED = "open", "redeemed", "agreed", "done", "ended"

connect_request = sa.Table(
    "connect_request",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),  # of the code
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False, index=True),  # who asked
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),  # and where
    sa.Column("adapter", sa.Text, nullable=False),  # whom they named: nobody else can redeem it
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open, redeemed, agreed, done, ended
    sa.Column("expires_at", t.Time, nullable=False),
)

sa.Index("ix_connect_request_named", connect_request.c.adapter, connect_request.c.native_id)

_C = connect_request.c


@dataclass(frozen=True, slots=True)
class Request:
    """One wish to be one user with somebody on another chat network."""

    id: int
    user_id: int
    chat_id: int
    adapter: str
    native_id: str
    state: str
    expires_at: datetime

    def names(self, person: Person) -> bool:
        """Whether it is for this person: by the verified id, to the letter."""
        return (self.adapter, self.native_id) == (person.adapter, person.native_id)


def begin(tx: Tx, now: datetime, user_id: int, chat_id: int, adapter: str, native_id: str) -> str:
    """A code that only this identity can redeem; the user's earlier ones end. Only its digest is stored."""
    end_all(tx, user_id)
    code = new_code()
    row = {
        "digest": digest(code),
        "user_id": user_id,
        "chat_id": chat_id,
        "adapter": adapter,
        "native_id": native_id,
        "state": OPEN,
        "expires_at": now + LIFE,
    }
    tx.insert(connect_request, row)
    return code


def by_code(tx: Tx, code: str) -> Request | None:
    """The request of a code, however it stands with it."""
    return one(tx.connection, Request, sa.select(connect_request).where(_C.digest == digest(code)))


def request(tx: Tx, request_id: int) -> Request | None:
    return one(tx.connection, Request, sa.select(connect_request).where(_C.id == request_id))


def redeemed_by(tx: Tx, now: datetime, person: Person) -> list[Request]:
    """Those that wait for this person's word."""
    who = (_C.adapter == person.adapter, _C.native_id == person.native_id)
    query = sa.select(connect_request).where(*who, _C.state == REDEEMED, _C.expires_at > now)
    return many(tx.connection, Request, query.order_by(_C.id.desc()))


def step(tx: Tx, now: datetime, request_id: int, before: str, after: str) -> bool:
    """One step further, and ten minutes for the next; False when it stood elsewhere, or is too old."""
    where = (_C.id == request_id, _C.state == before, _C.expires_at > now)
    return tx.update(connect_request, *where, state=after, expires_at=now + LIFE) == 1


def end(tx: Tx, request_id: int) -> None:
    tx.update(connect_request, _C.id == request_id, _C.state != DONE, state=ENDED)


def end_all(tx: Tx, user_id: int) -> None:
    """What this user has under way."""
    tx.update(connect_request, _C.user_id == user_id, _C.state.in_((OPEN, REDEEMED, AGREED)), state=ENDED)


def end_from(tx: Tx, chat_id: int) -> None:
    """What was asked for in this chat."""
    tx.update(connect_request, _C.chat_id == chat_id, _C.state.in_((OPEN, REDEEMED, AGREED)), state=ENDED)


def forget_old(tx: Tx, now: datetime) -> None:
    """Those that ended long ago: until then their codes have a sentence of their own."""
    tx.connection.execute(sa.delete(connect_request).where(_C.expires_at < now - KEPT))
