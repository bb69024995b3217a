"""Putting a copy back where no database is: all is checked before anything stands at its place."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridgebot.errors import StoreError
from bridgebot.store import backup, migrate, restored, sealed
from bridgebot.store.backup import Manifest
from bridgebot.store.lockfile import LockFile
from bridgebot.store.tx import Tx
from bridgebot.store.vault import Vault
from bridgebot.store.writer import engine


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    manifest: Manifest
    upgraded: tuple[str, ...]  # the steps of the schema that were missing
    doubtful: int  # publications of which nobody knows whether they were sent


def put_back(
    file: Path, database: Path, vault: Vault, folders: Mapping[str, Path], now: datetime
) -> Restored:
    """Put a copy back. Raises StoreError, KeysLost among them, and then nothing has changed."""
    manifest = backup.read_manifest(file)
    lock = LockFile(database)
    lock.take()
    try:
        _refuse_others(database)
        with backup.unfinished(database) as partial:
            backup.fetch(file, manifest, partial)
            result = _bring_up(partial, manifest, vault, folders, now)
            backup.appear(partial, database)
        lock.note(begun=True, trouble=None, since=None)
    finally:
        lock.release()
    return result


def _refuse_others(database: Path) -> None:
    for taken in (database, Path(f"{database}-wal")):
        if taken.exists():
            raise StoreError(f"{taken} is there already.", key="restore-not-empty", file=str(taken))


def _bring_up(
    partial: Path, manifest: Manifest, vault: Vault, folders: Mapping[str, Path], now: datetime
) -> Restored:
    """Check and change the copy of the copy."""
    made = engine(partial)
    try:
        upgraded = migrate.upgrade(made, folders)
        with made.connect() as connection, connection.begin():
            tx = Tx(connection, vault)
            # Every secret, for keys change over time.
            sealed.raise_for(sealed.census(tx, vault.keys), vault.keys, None)
            sealed.note(tx, vault.keys)
            doubtful = restored.put_back(tx, now, datetime.fromisoformat(manifest.made_at))
    finally:
        made.dispose()
    with contextlib.closing(sqlite3.connect(partial)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")  # one file again, whole without a log beside it
    return Restored(manifest, tuple(upgraded), doubtful)
