"""What can be wrong with the database as a whole, and since when.

While it is in trouble nothing is tried but one probe now and then: a full disk is reported once and not
once a second, and what waits goes on by itself when the probe can be stored.
"""

from __future__ import annotations

import asyncio
import enum
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bridgebot.adapter import Clock
from bridgebot.errors import StoreError

ROOM = 256 * 1024  # bytes; with less free than this, what the disk refuses is for want of room
FIRST_PROBE, LONGEST_PROBE = 0.5, 30.0  # seconds between two probes, doubled each time

_PRIMARY = 0xFF  # the low byte of an extended result code (sqlite.org/rescode.html)


class Trouble(enum.StrEnum):
    """What the operator has to look at; `store-<value>` is the sentence."""

    FULL = "full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    FAILING = "failing"  # the disk refuses, and not for want of room
    GONE = "gone"  # the file was removed or replaced while it was open
    DAMAGED = "damaged"


_BY_CODE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_PROTOCOL: Trouble.LOCKED,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_CANTOPEN: Trouble.FAILING,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}


def error(trouble: Trouble, path: Path, words: str) -> StoreError:
    return StoreError(words, key=f"store-{trouble}", trouble=trouble.value, file=str(path))


def as_store_error(raised: BaseException, path: Path, doing: str) -> StoreError | None:
    """The store's trouble in what SQLite raised; None where it is a bug of the unit's own.

    SQLite reports wrong SQL as operational too: that is a bug, and would be one at each repetition.
    """
    orig = raised.orig if isinstance(raised, sa.exc.DBAPIError) else raised
    found = _BY_CODE.get(_code(orig) & _PRIMARY)
    if found is None:
        return None
    if found is Trouble.FAILING and not path.exists():
        found = Trouble.GONE
    if found is Trouble.FAILING and _is_full(path):
        found = Trouble.FULL
    return error(found, path, f"The database cannot be {doing}: {orig}.")


def _code(raised: object) -> int:
    for one in (raised, getattr(raised, "__cause__", None)):
        code = getattr(one, "sqlite_errorcode", None)
        if isinstance(code, int):
            return code
    return 0


def free_bytes(path: Path) -> int | None:
    """Room left for the bot where the database stands; None where nobody says."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _is_full(path: Path) -> bool:
    free = free_bytes(path)
    return free is not None and free < ROOM


class Standing:
    """Whether the open file is still the one at its path: SQLite writes on into a file that was removed,
    and what is acknowledged then is lost when the process ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files = (str(path), f"{path}-wal")  # asked for in each commit: a path is made text each time
        self._known: tuple[tuple[int, int] | None, ...] | None = None

    def check(self) -> None:
        """Raises StoreError when a file is gone or another one stands in its place."""
        found = tuple(map(_file_id, self._files))
        if self._known is None:
            self._known = found if None not in found else None
        elif found != self._known:
            raise error(Trouble.GONE, self._path, f"{self._path} was removed or replaced.")


def _file_id(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Condition:
    """How the database is: well, or in trouble since when. Only the event loop changes it."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.trouble: Trouble | None = None
        self.error: StoreError | None = None
        self.since: datetime | None = None
        self.last: tuple[Trouble, datetime] | None = None  # the last trouble, also when it is over
        self.told: Callable[[StoreError | None], None] = lambda error: None  # called at each change
        self._clock = clock
        self._changed = asyncio.Event()

    @property
    def damaged(self) -> bool:
        """It does not heal by itself."""
        return self.trouble is Trouble.DAMAGED

    def check(self) -> None:
        """Raises StoreError while there is trouble."""
        if self.error is not None:
            raise self.error

    def note(self, found: StoreError) -> None:
        """Trouble was met; the same again is no news."""
        if found.trouble is None or self.damaged:
            return
        trouble = Trouble(found.trouble)
        self.error = found
        self.last = (trouble, self._clock.now())
        if trouble is not self.trouble:
            self.trouble, self.since = trouble, self._clock.now()
            self._tell(found)

    def heal(self) -> None:
        """The probe was stored."""
        if self.trouble is not None and not self.damaged:
            self.trouble = self.error = self.since = None
            self._tell(None)

    async def well(self) -> None:
        """Returns when there is no trouble."""
        while self.trouble is not None:
            await self._changed.wait()

    async def broken(self) -> StoreError:
        """Returns when the file is damaged: there is nothing to wait for."""
        while not (self.damaged and self.error):
            await self._changed.wait()
        return self.error

    def _tell(self, found: StoreError | None) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        self.told(found)
