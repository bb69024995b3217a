"""Reads beside the writer, over aiosqlite: none waits for a commit, and none holds up the loop.

In WAL mode SQLite shows what was committed when a statement began. SQLAlchemy's asyncio package would do what
stands here, and import the whole ORM, 6 MiB, of which nothing is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.util import greenlet_spawn

from bridgebot.store.tx import forget

T = TypeVar("T")


class ReadOnly:
    """Connections that cannot write, opened as they are needed."""

    def __init__(self, path: Path) -> None:
        # mode=rw: a reader must not make a new file where the database was removed.
        address = f"sqlite+aiosqlite:///file:{quote(str(path))}?mode=rw&uri=true"
        # An error that is logged must not hold what people wrote.
        self._engine = sa.create_engine(address, hide_parameters=True)
        sa.event.listen(self._engine, "connect", _read_only)
        self._going: set[asyncio.Task[Any]] = set()

    async def run(self, unit: Callable[[sa.Connection, datetime], T], now: datetime) -> T:
        """Run a unit that writes nothing, on a connection of its own. Raises what it raised. Who asked may be
        cancelled meanwhile: the read ends all the same, so that its connection can be used again.
        """
        reading = asyncio.create_task(greenlet_spawn(self._run, unit, now))
        self._going.add(reading)
        reading.add_done_callback(self._going.discard)
        return await asyncio.shield(reading)

    def _run(self, unit: Callable[[sa.Connection, datetime], T], now: datetime) -> T:
        with self._engine.connect() as connection:
            forget(connection)
            return unit(connection, now)

    async def close(self) -> None:
        if self._going:
            await asyncio.wait(self._going)
        await greenlet_spawn(self._engine.dispose)


def _read_only(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()
