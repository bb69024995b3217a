"""A look at the database from outside, while another process may write: numbers, no texts."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot.errors import StoreError
from bridgebot.store import deliveries, gauges, lanes, lockfile, people, sealed
from bridgebot.store import tables as t
from bridgebot.store.rows import Delivery
from bridgebot.store.trouble import as_store_error, free_bytes
from bridgebot.store.tx import Tx
from bridgebot.store.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stuck:
    """A delivery that goes on only when somebody says so: nothing of what was written."""

    id: int
    action: str
    state: str  # parked, unconfirmed
    adapter: str
    place: str  # the account's handle; "" for a chat
    attempts: int
    error: dict[str, Any] | None
    since: datetime

    def shown(self) -> dict[str, Any]:
        """For the command line: the error by its key alone, for its arguments may be a server's words."""
        error = self.error["key"] if self.error else None
        return {
            "id": self.id,
            "action": self.action,
            "state": self.state,
            "adapter": self.adapter,
            "account": self.place or None,
            "attempts": self.attempts,
            "error": error,
            "since": self.since.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, by numbers."""

    counts: dict[str, int]  # by state
    oldest: datetime | None  # since when the oldest that has not ended waits
    held: dict[str, str]  # lanes through which nothing leaves, and why
    stuck: tuple[Stuck, ...]


def look(path: Path) -> dict[str, Any]:
    """Queue by state, the oldest that is open, held lanes, users and accounts. Raises StoreError."""
    return _read(path, [Fernet.generate_key().decode()], _numbers)  # no secret is read


def keys(path: Path, keys: Sequence[str]) -> sealed.Census:
    """What each of the keys opens. Raises StoreError."""
    return _read(path, keys, lambda tx: sealed.census(tx, keys))


def _read(path: Path, keys: Sequence[str], unit: Callable[[Tx], T]) -> T:
    engine = sa.create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return unit(Tx(connection, Vault(keys)))
    except sa.exc.DBAPIError as error:
        known = as_store_error(error, path, "read")
        raise known or StoreError(f"The database cannot be read: {error.orig}.") from error
    finally:
        engine.dispose()


CHECKED = 64 * 1024 * 1024  # bytes: what is read through in half a second


def store(path: Path) -> dict[str, Any]:
    """How the database is, as a running bot noted it last, and the room that is left."""
    noted = lockfile.facts(path) if lockfile.in_use(path) else {}
    size, wal = _size(path), _size(Path(f"{path}-wal"))
    return {
        "trouble": noted.get("trouble"),
        "since": noted.get("since"),
        "size_bytes": size,
        "wal_bytes": wal,
        "free_bytes": free_bytes(path),
        "integrity": _integrity(path) if size and size <= CHECKED else None,
    }


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _integrity(path: Path) -> str:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            return str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _numbers(tx: Tx) -> dict[str, Any]:
    found = queue(tx)
    failed = sa.select(sa.func.count()).select_from(t.inbox).where(t.inbox.c.state == "failed")
    return {
        "queue": found.counts,
        "oldest_open_seconds": None if found.oldest is None else _seconds_since(found.oldest),
        "paused": lanes.is_held(tx, lanes.HOUSE) is not None,
        "held": {lane: why for lane, why in found.held.items() if lane != lanes.HOUSE},
        "stuck": [one.shown() for one in found.stuck],
        "users": _count(tx, t.user, t.user.c.role),
        "accounts": _count(tx, t.account, t.account.c.state),
        "messages_put_aside": tx.scalar(failed),
        "health": gauges.noted(tx, datetime.now(UTC)),
    }


def _seconds_since(at: datetime) -> int:
    return round((datetime.now(UTC) - at).total_seconds())


def queue(tx: Tx) -> Queue:
    """What waits to go out, and what stands still."""
    counts = deliveries.counts(tx)
    return Queue(
        counts={state: counts.get(state, 0) for state in deliveries.OPEN},
        oldest=deliveries.oldest_open(tx),
        held=lanes.held_lanes(tx),
        stuck=tuple(_stuck(tx, one) for one in deliveries.stuck(tx)),
    )


def _stuck(tx: Tx, delivery: Delivery) -> Stuck:
    place, adapter = "", str(delivery.arguments.get("adapter", ""))
    if delivery.chat_id is not None:
        adapter = people.chat_by_id(tx, delivery.chat_id).adapter
    elif delivery.account_id is not None:
        account = people.account(tx, delivery.account_id)
        place, adapter = account.handle, account.adapter
    return Stuck(
        id=delivery.id,
        action=delivery.action,
        state=delivery.state,
        adapter=adapter,
        place=place,
        attempts=delivery.attempts,
        error=delivery.error,
        since=delivery.created_at,
    )


def _count(tx: Tx, table: sa.Table, column: sa.Column[Any]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).select_from(table).group_by(column)
    return dict(tx.connection.execute(query).all())
