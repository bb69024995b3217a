"""What the command line does with a bot's database, also beside the bot that runs on it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bridgebot import __version__
from bridgebot.config import Settings
from bridgebot.ground import SystemClock, migrations, prepare, store_of
from bridgebot.store import Store, Tx, Unit, keep, lockfile, overview

T = TypeVar("T")


async def status(settings: Settings) -> dict[str, Any]:
    """A look from outside, also while the bot runs: queue, held lanes, accounts; metadata only."""
    path = settings.database_path
    base: dict[str, Any] = {"version": __version__, "database": str(path), "running": lockfile.in_use(path)}
    base["store"] = await asyncio.to_thread(overview.store, path)
    base["adapters"] = {one.name: one.use for one in settings.adapters}
    if not path.exists():
        return base | {"initialised": False}
    found = await asyncio.to_thread(overview.look, path)
    if not base["running"]:
        found["health"] = {}  # what a process that has ended noted last is true of nothing now
    return base | {"initialised": True} | found


async def upgrade(settings: Settings) -> Path | None:
    """Bring the schema up to date; returns the copy that was kept from before, where there was something to
    do. The bot must not be running.
    """
    prepared = prepare(settings)
    store = store_of(settings, SystemClock())
    await store.open(migrations(prepared))
    await store.close()
    return store.kept


async def create_claim(settings: Settings) -> str:
    """A one-time code that makes who sends it to the bot its operator; also while the bot runs."""
    return await run_beside(settings, lambda tx, now: keep.new_invite(tx, now, "operator"))


async def run_beside(settings: Settings, unit: Unit[T]) -> T:
    """Run one unit of work on the bot's database, also while the bot runs."""
    async with opened(settings) as store:
        return await store.run(unit)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The bot's database for units of work, also while the bot runs."""
    store = store_of(settings, SystemClock())
    if lockfile.in_use(settings.database_path):
        await store.database.open()  # the bot has the lock and the schema: a few rows are written beside it
    else:
        await store.open()
    try:
        yield store
    finally:
        await store.close()


def note(tx: Tx, now: datetime, action: str, target: str) -> None:
    """What somebody did at the command line stands in the audit log, like what operators do in chats."""
    keep.audit(tx, now, None, action, target)
