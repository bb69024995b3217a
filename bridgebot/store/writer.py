"""One writer thread for SQLite: the units of work that wait are committed together.

A commit with `synchronous=FULL` costs a flush, a unit a few statements; committing whatever waits
makes the flush nearly free, and each caller still gets its answer only after its own commit.
Reads go beside it over aiosqlite and never wait for the writer (WAL).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bridgebot.adapter import Clock
from bridgebot.errors import StoreError
from bridgebot.store.tx import forget

T = TypeVar("T")
Unit = Callable[[sa.Connection, datetime], T]

STORE_FAILURES = (sa.exc.DBAPIError, sqlite3.Error)  # what a unit must let pass: the writer judges it
GROUP = 50  # units in one commit at most: bounds how long the first of them waits


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]

    def settle(self, value: Any, error: BaseException | None) -> None:
        if self.answer.done():  # the caller was cancelled; what is committed stays committed
            return
        if error is None:
            self.answer.set_result(value)
        else:
            self.answer.set_exception(error)


def _settle(group: list[_Waiting], values: list[Any], error: BaseException | None = None) -> None:
    """Answer those who wait, in their loop: each wake is a system call, so one for all of them."""

    def tell() -> None:
        for waiting, value in zip(group, values, strict=True):
            waiting.settle(value, error)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        group[0].loop.call_soon_threadsafe(tell)


class Writer:
    """The database of one process. Also what adapters see as `Database`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.commits = 0  # since open; tests count them
        self._clock = clock
        self._queue: queue.Queue[_Waiting | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._lock: IO[str] | None = None
        self._engine = _engine(path)
        self._reader: AsyncEngine | None = None

    def lock(self) -> None:
        """Take the file for this process. Raises StoreError when another one has it."""
        try:
            self._lock = open(f"{self.path}.lock", "w")  # noqa: SIM115 - held until close
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"{self.path} is in use by another bridgebot; stop that one first.") from error
        except OSError as error:
            raise StoreError(f"{self.path} cannot be locked: {error.strerror}.") from error

    async def open(self) -> None:
        """Start the writer thread. The schema must be there (see `migrate`)."""
        self._thread = threading.Thread(target=self._work, name="bridgebot-writer", daemon=True)
        self._thread.start()
        self._reader = create_async_engine(f"sqlite+aiosqlite:///{self.path}", hide_parameters=True)
        sa.event.listen(self._reader.sync_engine, "connect", _read_only)

    async def close(self) -> None:
        """Commit what waits, then let go of the file."""
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        if self._reader is not None:
            await self._reader.dispose()
            self._reader = None
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def run(self, unit: Unit[T]) -> T:
        """Run `unit`; returns after its commit. Raises what the unit raised, or StoreError."""
        if self._thread is None:
            raise StoreError("The database is closed.")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(unit, loop, loop.create_future())
        self._queue.put(waiting)
        result: T = await waiting.answer
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that writes nothing, on a connection of its own."""
        if self._reader is None:
            raise StoreError("The database is closed.")
        now = self._clock.now()
        try:
            async with self._reader.connect() as connection:
                return await connection.run_sync(lambda sync: _afresh(sync, unit, now))
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise StoreError(f"The database cannot be read: {_of_driver(error)}.") from error

    def engine(self) -> sa.Engine:
        """For migrations, before `open`."""
        return self._engine

    # --- in the writer thread ---

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._queue.get()) is not None:
                group, last = self._gather(first)
                self._commit(connection, group)
                if last:
                    return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _commit(self, connection: sa.Connection, group: list[_Waiting]) -> None:
        try:
            values = self._transaction(connection, group)
        except Exception as error:
            if len(group) == 1:
                _settle(group, [None], _as_store_error(error))
                return
            # One unit failed: none of the group is committed, each runs again alone.
            for waiting in group:
                self._commit(connection, [waiting])
            return
        _settle(group, values)

    def _transaction(self, connection: sa.Connection, group: list[_Waiting]) -> list[Any]:
        now = self._clock.now()
        forget(connection)
        with connection.begin():
            values = [waiting.unit(connection, now) for waiting in group]
        self.commits += 1
        return values


def _afresh(connection: sa.Connection, unit: Unit[T], now: datetime) -> T:
    forget(connection)
    return unit(connection, now)


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}",
        poolclass=sa.pool.StaticPool,
        hide_parameters=True,  # an error that is logged must not hold what people wrote
        connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 500},
    )
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin or commit on its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _read_only(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _as_store_error(error: Exception) -> Exception:
    """A failing disk or file is the store's trouble; anything else is the unit's own.

    SQLite reports wrong SQL as operational too: that is a bug, and would be one at each repetition.
    """
    cause = _of_driver(error)
    wrong = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    if isinstance(cause, sqlite3.OperationalError) and not wrong:
        return StoreError(f"The database cannot be written: {cause}.")
    return error


def _of_driver(error: Exception) -> object:
    """The driver's own error: prepared statements raise it as it is, SQLAlchemy wraps it."""
    return error.orig if isinstance(error, sa.exc.DBAPIError) else error
