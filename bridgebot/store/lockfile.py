"""`<database>.lock`: whoever holds it runs the bot, and what stands in it tells others how the bot fares.

Its room is taken at the start, so that it can still be written when the disk is full.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path
from typing import Any

from bridgebot.errors import StoreError

ROOM = 512  # bytes


class LockFile:
    """The lock of one database file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = lock_of(database)
        self._file: int | None = None
        self._facts: dict[str, Any] = {}

    def take(self) -> None:
        """Take the database for this process. Raises StoreError when another one has it."""
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            words = f"{self._database} is in use by another bridgebot; stop that one first."
            raise StoreError(words, key="store-in-use", file=str(self._database)) from error
        except OSError as error:
            self.release()
            words = f"{self._database} cannot be locked: {error.strerror}."
            arguments = {"file": str(self._database), "error": error.strerror or "?"}
            raise StoreError(words, key="store-unlockable", **arguments) from error
        self._facts = facts(self._database)

    @property
    def begun(self) -> bool:
        """Whether there was a database here before, under this lock."""
        return bool(self._facts.get("begun"))

    def note(self, **values: Any) -> None:
        """Write down what others may ask; what cannot be written is let be."""
        self._facts |= values
        if self._file is None:
            return
        line = json.dumps({name: value for name, value in self._facts.items() if value is not None})
        with contextlib.suppress(OSError):
            os.pwrite(self._file, line.encode().ljust(ROOM)[:ROOM], 0)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_of(database: Path) -> Path:
    return Path(f"{database}.lock")


def facts(database: Path) -> dict[str, Any]:
    """What the holder of the lock wrote down, or the last one did."""
    try:
        found = json.loads(lock_of(database).read_text() or "{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def in_use(database: Path) -> bool:
    """Whether a bot holds the database."""
    with contextlib.suppress(OSError), open(lock_of(database)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
