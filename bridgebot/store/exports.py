"""Exports that were asked for: one at a time for each user, a few a day, each taken once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import Sealed, metadata
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest, new_code

ADDRESS_LIFE = timedelta(minutes=10)
FILE_LIFE = timedelta(days=7)  # the operator has to come by
PER_DAY = 5
DAY = timedelta(days=1)

export = sa.Table(
    "export",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False, index=True),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),  # where it was asked for
    sa.Column("state", sa.Text, nullable=False),  # open, taken, over
    sa.Column("digest", sa.Text, unique=True),  # of the one-time token; None: it is given as a file
    sa.Column("passphrase", Sealed),  # of the file
    sa.Column("notice_id", sa.ForeignKey("delivery.id")),  # what told the token: its words go when it ends
    sa.Column("created_at", t.Time, nullable=False),
    sa.Column("expires_at", t.Time, nullable=False),
)
sa.Index(
    "ix_export_open",
    export.c.user_id,
    unique=True,
    sqlite_where=export.c.state == "open",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """An export that is being given: whose it is, and where they asked for it."""

    user_id: int
    chat_id: int
    passphrase: str | None = field(default=None, repr=False)


def refusal(tx: Tx, now: datetime, user_id: int) -> str | None:
    """Why there can be none now, as a key of a text; None: there can."""
    expire(tx, now, user_id)
    mine = export.c.user_id == user_id
    if tx.scalar(sa.select(export.c.id).where(mine, export.c.state == "open")) is not None:
        return "export-open"
    lately = sa.select(sa.func.count()).select_from(export).where(mine, export.c.created_at > now - DAY)
    return "export-too-often" if int(tx.scalar(lately)) >= PER_DAY else None


def begin(tx: Tx, now: datetime, user_id: int, chat_id: int, *, over_web: bool) -> tuple[int, str] | None:
    """Open one; its number and its one-time token, or the passphrase of its file. None where one is open.

    Of a token only the hash is stored.
    """
    secret = secrets.token_urlsafe(32) if over_web else new_code()
    values: dict[str, Any] = {
        "user_id": user_id,
        "chat_id": chat_id,
        "state": "open",
        "digest": digest(secret) if over_web else None,
        "passphrase": None if over_web else tx.vault.encrypt(secret),
        "created_at": now,
        "expires_at": now + (ADDRESS_LIFE if over_web else FILE_LIFE),
    }
    number = tx.insert_once(export, values)
    return None if number is None else (int(number), secret)


def told_by(tx: Tx, number: int, notice_id: int | None) -> None:
    """Which notice holds the secret."""
    tx.update(export, export.c.id == number, notice_id=notice_id)


def is_offered(tx: Tx, now: datetime, token: str) -> bool:
    """Whether this token can be redeemed now. Changes nothing."""
    return tx.scalar(sa.select(export.c.id).where(*_offered(now, token))) is not None


def take(tx: Tx, now: datetime, token: str) -> Taken | None:
    """Redeem a token; None where that was done, it is too old, or nobody ever gave it."""
    return _take(tx, *_offered(now, token))


def file_of(tx: Tx, now: datetime, user_id: int) -> Taken | None:
    """The file that a user asked for, before it is written; None: they asked for none."""
    waiting = (export.c.user_id == user_id, export.c.passphrase.is_not(None), export.c.state == "open")
    query = sa.select(export).where(*waiting, export.c.expires_at > now)
    row = tx.connection.execute(query).mappings().first()
    if row is None:
        return None
    return Taken(user_id, row["chat_id"], tx.vault.decrypt(row["passphrase"]))


def take_file(tx: Tx, now: datetime, user_id: int) -> Taken | None:
    """The same, written: its words are forgotten."""
    waiting = (export.c.user_id == user_id, export.c.passphrase.is_not(None))
    return _take(tx, *waiting, export.c.state == "open", export.c.expires_at > now)


def _offered(now: datetime, token: str) -> tuple[sa.ColumnElement[bool], ...]:
    return export.c.digest == digest(token), export.c.state == "open", export.c.expires_at > now


def _take(tx: Tx, *where: sa.ColumnElement[bool]) -> Taken | None:
    row = tx.connection.execute(sa.select(export).where(*where)).mappings().first()
    if row is None:
        return None
    _end(tx, [(row["id"], row["notice_id"])], "taken")
    secret = tx.vault.decrypt(row["passphrase"]) if row["passphrase"] else None
    return Taken(row["user_id"], row["chat_id"], secret)


def expire(tx: Tx, now: datetime, user_id: int | None = None) -> int:
    """End what was not taken in its time, of one user or of all, and forget what is long over."""
    late = [export.c.state == "open", export.c.expires_at <= now]
    if user_id is not None:
        late.append(export.c.user_id == user_id)
    rows = tx.connection.execute(sa.select(export.c.id, export.c.notice_id).where(*late)).all()
    _end(tx, [(row[0], row[1]) for row in rows], "over")
    old = sa.delete(export).where(export.c.state != "open", export.c.created_at <= now - DAY)
    tx.connection.execute(old)
    return len(rows)


def _end(tx: Tx, ended: list[tuple[int, int | None]], state: str) -> None:
    """The secret is worth nothing any more, and is taken out of what told it."""
    numbers = [number for number, _ in ended]
    tx.update(export, export.c.id.in_(numbers), state=state, digest=None, passphrase=None)
    told = [notice for _, notice in ended if notice is not None]
    over = (t.delivery.c.id.in_(told), t.delivery.c.ended_at.is_not(None))
    ids = tx.scalars(sa.select(t.delivery.c.id).where(*over))
    tx.update(t.delivery, t.delivery.c.id.in_(ids), arguments={"text": "", "language": "en"})
    tx.update(t.part, t.part.c.delivery_id.in_(ids), payload={})
