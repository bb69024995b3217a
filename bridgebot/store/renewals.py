"""Fresh credentials for an account: which are being replaced, since when, and whether they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import lanes, news, people
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.rows import Account, one
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest

renewal = sa.Table(
    "renewal",
    metadata,
    sa.Column("account_id", sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("tried", sa.Text, nullable=False),  # digest of the credentials that are replaced
    sa.Column("since", t.Time, nullable=False),
    sa.Column("ended_at", t.Time),  # None: under way
)


@dataclass(frozen=True, slots=True)
class Renewal:
    """The last time that an account's credentials were renewed, or the one that is under way."""

    account_id: int
    tried: str
    since: datetime
    ended_at: datetime | None


def of(tx: Tx, account_id: int) -> Renewal | None:
    return one(tx.connection, Renewal, sa.select(renewal).where(renewal.c.account_id == account_id))


def current(tx: Tx, account: Account) -> str:
    """What tells the account's credentials from those of another time; nothing can be read from it."""
    return digest(tx.vault.decrypt(account.credentials))


def begin(tx: Tx, now: datetime, account: Account) -> None:
    """What the account has now is being replaced."""
    row = {"tried": current(tx, account), "since": now, "ended_at": None}
    if not tx.insert_or_ignore(renewal, {"account_id": account.id} | row):
        tx.update(renewal, renewal.c.account_id == account.id, **row)


def end(tx: Tx, now: datetime, account_id: int) -> None:
    tx.update(renewal, renewal.c.account_id == account_id, ended_at=now)


def keep(tx: Tx, account: Account, fresh: model.Account) -> None:
    """The account has these credentials now; whoever reads with it takes them from the next read on."""
    people.set_account(tx, account.id, credentials=tx.vault.encrypt(fresh.credentials), host=fresh.host)
    if fresh.host != account.host:
        lanes.moved(tx, account.id)
    news.note_account(tx, account.id)
