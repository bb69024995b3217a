"""One writer thread for SQLite: the units of work that wait are committed together.

A commit with `synchronous=FULL` costs a flush, a unit a few statements; committing whatever waits
makes the flush nearly free, and each caller still gets its answer only after its own commit.
Reads go beside it over aiosqlite (see `readonly`) and never wait for the writer (WAL).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from bridgebot.adapter import Clock
from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.meter import Spread
from bridgebot.store.lockfile import LockFile
from bridgebot.store.readonly import ReadOnly
from bridgebot.store.trouble import FIRST_PROBE, LONGEST_PROBE, Condition, Standing, Trouble, as_store_error
from bridgebot.store.tx import desk, note_writes

_log = Log("bridgebot.store")

T = TypeVar("T")
Unit = Callable[[sa.Connection, datetime], T]

_RAISED = (sa.exc.DBAPIError, sqlite3.Error)
# The driver looks for an adapter of whatever is no plain number or text, and finds none of these: slowly.
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]
sqlite3.register_adapter(bool, {False: 0, True: 1}.get)
BUSY = 5000  # milliseconds to wait for another process that writes; a bot's own commits take a few
PROBE = 32 * 1024  # bytes, doubled by `hex`: what must find room before the bot goes on
GOOD = timedelta(minutes=1)  # well for so long, the next trouble is a first one
GROUP = 50  # units in one commit at most: bounds how long the first of them waits
LOG = 4000  # pages of 4 KiB before the log is written back: what is written often is so written back once
CACHE = 64 * 1024  # KiB of pages that the writer keeps, once it has met as many
STUCK = 60.0  # seconds for one commit; twice what it waits for a lock


@dataclass(slots=True)
class Stats:
    """What the writer did since it was opened. Its thread writes this, others may look."""

    units: int = 0
    errors: int = 0  # of the disk or the file
    seconds: Spread = field(default_factory=lambda: Spread((0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1, 10)))
    busy_since: float | None = None  # by `time.monotonic`: when the commit under way was begun


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    alone: bool = False  # not in a transaction


def _settle(group: list[_Waiting], values: list[Any], error: BaseException | None = None) -> None:
    """Answer those who wait, in their loop: each wake is a system call, so one for all of them."""

    def tell() -> None:
        for waiting, value in zip(group, values, strict=True):
            if waiting.answer.done():  # the caller was cancelled; what is committed stays committed
                continue
            if error is None:
                waiting.answer.set_result(value)
            else:
                waiting.answer.set_exception(error)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        group[0].loop.call_soon_threadsafe(tell)


class Writer:
    """The database of one process. Also what adapters see as `Database`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.commits = 0  # since open; tests count them
        self.stats = Stats()
        self._clock = clock
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.condition = Condition(path, clock)
        self.lockfile = LockFile(path)
        self._standing = Standing(path)
        self._healer: asyncio.Task[None] | None = None
        self._healed_at: datetime | None = None
        self._wait = FIRST_PROBE  # until the next probe; a trouble that comes back soon is probed less often
        self._engine = engine(path)
        self._beside: ReadOnly | None = None

    def lock(self) -> None:
        """Take the file for this process. Raises StoreError when another one has it, and when the file that
        was here is gone: a new one in its place would look as if nothing had ever been.
        """
        self.lockfile.take()
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == 0 and (self.lockfile.begun or Path(f"{self.path}-wal").exists()):
            self.lockfile.release()
            arguments = {"file": str(self.path), "lock": f"{self.path}.lock"}
            words = f"{self.path} was here and is gone."
            raise StoreError(words, key="store-vanished", trouble=Trouble.DAMAGED.value, **arguments)

    async def open(self) -> None:
        """Start the writer thread. The schema must be there (see `migrate`)."""
        try:
            connection = self._engine.connect()
        except sa.exc.DBAPIError as raised:
            raise self._failed(raised, "opened") from raised
        self._standing = Standing(self.path)  # the log beside the file is a new one after each close
        self._thread = threading.Thread(
            target=self._work, args=(connection,), name="bridgebot-writer", daemon=True
        )
        self._thread.start()
        self.lockfile.note(begun=True, trouble=None, since=None)
        self._beside = ReadOnly(self.path)

    async def close(self) -> None:
        """Commit what waits, then let go of the file."""
        if self._healer is not None:
            self._healer.cancel()
            self._healer = None
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        if self._beside is not None:
            beside, self._beside = self._beside, None
            await beside.close()
        self._engine.dispose()
        self.lockfile.release()

    async def run(self, unit: Unit[T]) -> T:
        """Run `unit`; returns after its commit. Raises what the unit raised, or StoreError: at once while
        the database is in trouble.
        """
        self._check_open()
        self.condition.check()
        try:
            return await self._put(unit)
        except StoreError as found:
            self._note(found)
            raise

    async def insist(self, unit: Unit[T]) -> T:
        """As `run`, but waits until the database is well: for what has happened out there and must be
        noted. Raises StoreError only when the database is closed or damaged.
        """
        while True:
            try:
                return await self.run(unit)
            except StoreError as found:
                if found.trouble is None or self.condition.damaged:
                    raise
            await self.well()

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that writes nothing, on a connection of its own."""
        if self._beside is None:
            raise StoreError("The database is closed.")
        try:
            return await self._beside.run(unit, self._clock.now())
        except _RAISED as raised:
            found = self._failed(raised, "read")
            self._note(found)
            raise found from raised

    async def rewrite(self) -> bool:
        """Write the whole file anew and empty its log, so that no byte of rows that are gone is left; False
        where somebody reads what was there before: to be tried again. Raises StoreError.
        """
        self._check_open()
        self.condition.check()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(_rewritten, loop, loop.create_future(), alone=True)
        self._queue.put(waiting)
        return bool(await waiting.answer)

    async def well(self) -> None:
        """Returns when the database is not in trouble. Raises StoreError when it is closed."""
        await self.condition.well()
        self._check_open()

    def _check_open(self) -> None:
        if self._thread is None:
            raise StoreError("The database is closed.")

    def _put(self, unit: Unit[T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(unit, loop, loop.create_future())
        self._queue.put(waiting)
        return waiting.answer

    def _failed(self, raised: Exception, doing: str) -> StoreError:
        known = as_store_error(raised, self.path, doing)
        return known or StoreError(f"The database cannot be {doing}: {_of_driver(raised)}.")

    # --- trouble ---

    def _note(self, found: StoreError) -> None:
        """Remember that the database is in trouble, and probe until it is over."""
        self.condition.note(found)
        if self.condition.trouble is None:
            return
        since = self.condition.since
        self.lockfile.note(trouble=self.condition.trouble.value, since=since and since.isoformat())
        if not self.condition.damaged and self._thread is not None and self._healer is None:
            self._healer = asyncio.create_task(self._heal())

    async def _heal(self) -> None:
        if self._healed_at is None or self._clock.now() - self._healed_at > GOOD:
            self._wait = FIRST_PROBE
        while not self.condition.damaged:
            await self._clock.sleep(self._wait)
            self._wait = min(self._wait * 2, LONGEST_PROBE)
            try:
                await self._put(_probe)
            except StoreError as found:
                self._note(found)
            except Exception as raised:  # as little a good sign as any other failure: it is tried again
                _log.warning("the probe failed", error=type(raised).__name__)
            else:
                break
        self._healer = None
        if not self.condition.damaged:
            self._healed_at = self._clock.now()
            self.lockfile.note(trouble=None, since=None)
            self.condition.heal()

    def troubles(self, error: Exception) -> bool:
        """Whether what a unit met concerns the whole database, and must be let pass."""
        return _trouble(error, self.path) is not None

    def alive(self) -> bool:
        """Whether the thread is there and its commit, if one is under way, not stuck."""
        since = self.stats.busy_since
        stuck = since is not None and time.monotonic() - since > STUCK
        return self._thread is not None and self._thread.is_alive() and not stuck

    def engine(self) -> sa.Engine:
        """For migrations, before `open`."""
        return self._engine

    # --- in the writer thread ---

    def _work(self, connection: sa.Connection) -> None:
        with connection:
            while (first := self._queue.get()) is not None:
                group, last = self._gather(first)
                self._commit(connection, group)
                if last:
                    return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < GROUP and not self._queue.empty():
            waiting = self._queue.get()
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _alone(self, connection: sa.Connection, waiting: _Waiting) -> None:
        """What cannot stand in a transaction."""
        try:
            self.stats.busy_since = None  # it may take long, and is not stuck
            _settle([waiting], [waiting.unit(connection, self._clock.now())])
        except Exception as error:
            _settle([waiting], [None], _trouble(error, self.path) or error)

    def _commit(self, connection: sa.Connection, group: list[_Waiting]) -> None:
        for waiting in [one for one in group if one.alone]:
            group.remove(waiting)
            self._alone(connection, waiting)
        if not group:
            return
        try:
            values = self._timed(connection, group)
        except Exception as error:
            trouble = _trouble(error, self.path)
            if trouble is not None or len(group) == 1:
                self.stats.errors += trouble is not None
                _settle(group, [None] * len(group), trouble or error)
                return
            # One unit failed: none of the group is committed, each runs again alone.
            for waiting in group:
                self._commit(connection, [waiting])
            return
        _settle(group, values)

    def _timed(self, connection: sa.Connection, group: list[_Waiting]) -> list[Any]:
        self.stats.busy_since = begun = time.monotonic()
        try:
            values = self._transaction(connection, group)
            self.stats.units += len(group)
            return values
        finally:
            self.stats.seconds.note(time.monotonic() - begun)
            self.stats.busy_since = None

    def _transaction(self, connection: sa.Connection, group: list[_Waiting]) -> list[Any]:
        now = self._clock.now()
        self._standing.check()
        try:
            with connection.begin():
                values = _run(connection, group, now)
        except BaseException:
            desk(connection).known.forget()
            raise
        self._standing.check()  # what went into a file that is gone must not be acknowledged
        self.commits += 1
        return values


def _run(connection: sa.Connection, group: list[_Waiting], now: datetime) -> list[Any]:
    shared = desk(connection)
    shared.begin(connection)
    try:
        return [waiting.unit(connection, now) for waiting in group]
    finally:
        shared.end()


def engine(path: Path) -> sa.Engine:
    """One connection to the file, set up as the writer needs it."""
    made = sa.create_engine(
        f"sqlite:///{path}",
        poolclass=sa.pool.StaticPool,
        hide_parameters=True,  # an error that is logged must not hold what people wrote
        connect_args={"check_same_thread": False, "timeout": BUSY / 1000, "cached_statements": 500},
    )
    sa.event.listen(made, "connect", _set_up)
    sa.event.listen(made, "begin", _begin)
    sa.event.listen(made, "before_execute", note_writes)
    return made


def _begin(connection: sa.Connection) -> None:
    """With the lock at once; by the driver, for SQLAlchemy takes as long as a few statements for it."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN IMMEDIATE")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin or commit on its own
    wanted = {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "busy_timeout": BUSY,
        "wal_autocheckpoint": LOG,
        "secure_delete": "ON",  # what is deleted is overwritten with zeros; see also `rewrite`
        "cache_size": -CACHE,
    }
    for pragma, value in wanted.items():
        connection.execute(f"PRAGMA {pragma}={value}")


def _of_driver(error: Exception) -> object:
    """The driver's own error: prepared statements raise it as it is, SQLAlchemy wraps it."""
    return error.orig if isinstance(error, sa.exc.DBAPIError) else error


def _trouble(error: Exception, path: Path) -> StoreError | None:
    """What concerns all that wait; anything else is the unit's own."""
    return error if isinstance(error, StoreError) else as_store_error(error, path, "written")


def _rewritten(connection: sa.Connection, _now: datetime) -> bool:
    """Deleted rows are overwritten when they go, but what the tree moved about leaves copies in the gaps of
    its pages: only a new file has none.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute("VACUUM")
    busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _probe(connection: sa.Connection, _now: datetime) -> None:
    """Store as much as a busy moment needs; the next unit that changes the row gives the room back."""
    for size in (PROBE, 0):
        connection.execute(
            sa.text(
                "INSERT INTO adapter_state (adapter, key, value) VALUES ('', 'probe', hex(zeroblob(:size)))"
                " ON CONFLICT (adapter, key) DO UPDATE SET value = excluded.value"
            ),
            {"size": size},
        )
