"""What a bot stands on whether it runs or not: the clock, the adapters of its configuration, its database.

It is all that the command line needs for most of what it does. What runs is put together in `app`, and
importing that takes longer than any of these commands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bridgebot import loader
from bridgebot.adapter import Clock
from bridgebot.config import Settings
from bridgebot.config.problems import error
from bridgebot.loader import Prepared
from bridgebot.store import Store


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def store_of(settings: Settings, clock: Clock) -> Store:
    """The database of a configuration, not open yet."""
    return Store(settings.database_path, settings.secret_keys, clock, keys_file=settings.keys_file)


def prepare(settings: Settings) -> tuple[Prepared, ...]:
    """Import the configured adapters. Raises ConfigError with every option that is wrong."""
    prepared = loader.prepare(settings.adapters)
    wrong = [problem for one in prepared for problem in one.wrong]
    if wrong:
        raise error(wrong, settings.language)
    return prepared


def migrations(prepared: Sequence[Prepared]) -> dict[str, Path]:
    """The folders of adapters with tables, by a name that is stable however the adapter is called."""
    return {one.use.replace(".", "_"): one.migrations for one in prepared if one.migrations is not None}
