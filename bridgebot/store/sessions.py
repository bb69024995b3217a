"""Browsers that are signed in to somebody's reading page: an address from the chat that works once, and the
session that it becomes. Of both only a digest is stored.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.rows import Row, many, one
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest

SIGN_IN, SESSION = "sign-in", "session"
LIVES = {SIGN_IN: timedelta(minutes=10), SESSION: timedelta(days=30)}
SILENT = ("blocked", "leaving")  # roles of users who read nothing here

_V = t.visit.c


class Session(Row, frozen=True):
    """Whose it is, and the chat of theirs in which they asked for it."""

    digest: str
    user_id: int
    chat_id: int
    since: datetime
    expires_at: datetime


def invite(tx: Tx, now: datetime, user_id: int, chat_id: int) -> str:
    """The secret of a new address for this user; an older one that nobody used stops working."""
    _delete(tx, _V.user_id == user_id, _V.kind == SIGN_IN)
    return _new(tx, now, SIGN_IN, user_id, chat_id)


def whose(tx: Tx, now: datetime, secret: str | None, kind: str) -> Session | None:
    """What this secret opens, as long as the chat is that user's own and they may use the bot."""
    if not secret:
        return None
    where = (_V.digest == digest(secret), _V.kind == kind)
    return one(tx.connection, Session, _valid(now).where(*where))


def enter(tx: Tx, now: datetime, secret: str, before: str | None) -> tuple[Session, str] | None:
    """Make an address, once, into a session with a secret of its own; None where it is none. What the
    browser was signed in to before is over.
    """
    found = whose(tx, now, secret, SIGN_IN)
    if found is None or not end(tx, secret):
        return None
    if before is not None:
        end(tx, before)
    return found, _new(tx, now, SESSION, found.user_id, found.chat_id)


def of_user(tx: Tx, now: datetime, user_id: int) -> list[Session]:
    """The browsers that are signed in, the first signed in first."""
    query = _valid(now).where(_V.kind == SESSION, _V.user_id == user_id)
    return many(tx.connection, Session, query.order_by(_V.since, _V.digest))


def end(tx: Tx, secret: str) -> bool:
    """Whether there was one to be ended."""
    return _delete(tx, _V.digest == digest(secret), _V.kind.in_(LIVES)) == 1


def end_one(tx: Tx, user_id: int, digest_: str) -> bool:
    """One of the user's own, by its digest."""
    return _delete(tx, _V.user_id == user_id, _V.digest == digest_, _V.kind == SESSION) == 1


def end_all(tx: Tx, user_id: int) -> int:
    """Sign out every browser of the user; how many there were. No address of theirs works any more."""
    _delete(tx, _V.user_id == user_id, _V.kind == SIGN_IN)
    return _delete(tx, _V.user_id == user_id, _V.kind == SESSION)


def end_in(tx: Tx, chat_id: int) -> None:
    """The chat is its user's no more, and what was signed in from there is not either."""
    _delete(tx, _V.chat_id == chat_id, _V.kind.in_(LIVES))


def _new(tx: Tx, now: datetime, kind: str, user_id: int, chat_id: int) -> str:
    secret = secrets.token_urlsafe(32)
    whose_ = {"user_id": user_id, "chat_id": chat_id}
    tx.insert(
        t.visit,
        {"digest": digest(secret), "kind": kind, "since": now, "expires_at": now + LIVES[kind], **whose_},
    )
    return secret


def _valid(now: datetime) -> sa.Select[tuple[object, ...]]:
    """Those that open something at this moment."""
    of = (
        t.visit.join(t.chat, t.chat.c.id == _V.chat_id)
        .join(t.person, t.person.c.id == t.chat.c.person_id)
        .join(t.user, t.user.c.id == _V.user_id)
    )
    columns = [_V[name] for name in Session.__struct_fields__]
    return (
        sa.select(*columns)
        .select_from(of)
        .where(
            _V.expires_at > now,
            t.chat.c.direct,
            t.person.c.user_id == _V.user_id,
            t.user.c.role.not_in(SILENT),
        )
    )


def _delete(tx: Tx, *where: sa.ColumnElement[bool]) -> int:
    return tx.connection.execute(sa.delete(t.visit).where(*where)).rowcount
