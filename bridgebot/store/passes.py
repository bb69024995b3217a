"""Visits to the operators' page: an address that works once, and the cookie that it becomes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest

ADDRESS, COOKIE = "address", "cookie"
LIVES = {ADDRESS: timedelta(minutes=10), COOKIE: timedelta(hours=8)}


def _new(tx: Tx, now: datetime, kind: str, user_id: int) -> str:
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest(secret), "kind": kind, "user_id": user_id, "expires_at": now + LIVES[kind]}
    tx.insert(t.visit, values)
    return secret


def invite(tx: Tx, now: datetime, user_id: int) -> str:
    """The secret of a new address for this operator; an older one stops working."""
    tx.connection.execute(sa.delete(t.visit).where(t.visit.c.user_id == user_id, t.visit.c.kind == ADDRESS))
    return _new(tx, now, ADDRESS, user_id)


def whose(tx: Tx, now: datetime, secret: str, kind: str) -> int | None:
    """The operator to whom this secret belongs, if they still are one."""
    v = t.visit.c
    where = (v.digest == digest(secret), v.kind == kind, v.expires_at > now, t.user.c.role == "operator")
    query = sa.select(v.user_id).join(t.user, t.user.c.id == v.user_id)
    return tx.scalar(query.where(*where))  # type: ignore[no-any-return]


def enter(tx: Tx, now: datetime, secret: str) -> str | None:
    """Make an address, once, into a cookie; None where it is none."""
    user_id = whose(tx, now, secret, ADDRESS)
    if user_id is None:
        return None
    end(tx, secret)
    return _new(tx, now, COOKIE, user_id)


def end(tx: Tx, secret: str) -> None:
    """This visit is over."""
    tx.connection.execute(sa.delete(t.visit).where(t.visit.c.digest == digest(secret)))


def forget_old(tx: Tx, now: datetime) -> None:
    tx.connection.execute(sa.delete(t.visit).where(t.visit.c.expires_at <= now))
