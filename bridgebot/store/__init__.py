"""The store: only here SQL is spoken. The rest of the house asks for units of work.

A unit is a plain function of (transaction, now); it may run more than once and does no other I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bridgebot.adapter import Clock
from bridgebot.errors import StoreError
from bridgebot.store import keep, migrate
from bridgebot.store.tx import Tx
from bridgebot.store.vault import Vault
from bridgebot.store.writer import STORE_FAILURES, Writer

T = TypeVar("T")


Unit = Callable[[Tx, datetime], T]


class Store:
    """One database file and its keys."""

    def __init__(self, path: Path, keys: Sequence[str], clock: Clock) -> None:
        self.vault = Vault(keys)
        self._listeners: dict[str, Callable[[], None]] = {}
        self.database = Writer(path, clock)  # what adapters see as `Database`

    async def open(self, migrations: Mapping[str, Path] | None = None) -> list[str]:
        """Take the file, bring its schema up to date and start the writer; returns what was migrated.

        `migrations` names the version folders of adapters with tables of their own.
        Raises StoreError when another process has the file or it cannot be used.
        """
        self.database.lock()
        try:
            ran = migrate.upgrade(self.database.engine(), migrations)
        except StoreError:
            await self.database.close()
            raise
        await self.database.open()
        return ran

    async def close(self) -> None:
        await self.database.close()

    def listen(self, to: str, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit of a unit that put `to` into its news."""
        self._listeners[to] = wake

    async def run(self, unit: Unit[T]) -> T:
        """Run a unit on the writer; returns after its commit."""
        news: set[str] = set()
        result = await self.database.run(lambda connection, now: unit(Tx(connection, self.vault, news), now))
        for name in news & self._listeners.keys():
            self._listeners[name]()
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that writes nothing, beside the writer."""
        return await self.database.read(lambda connection, now: unit(Tx(connection, self.vault), now))

    def state(self, adapter: str) -> AdapterState:
        """The small values kept for one adapter."""
        return AdapterState(self, adapter)


class AdapterState:
    """What an adapter sees as `State`."""

    def __init__(self, store: Store, adapter: str) -> None:
        self._store = store
        self._adapter = adapter

    async def get(self, key: str) -> str | None:
        return await self._store.read(lambda tx, now: keep.state(tx, self._adapter, key))

    async def set(self, key: str, value: str) -> None:
        await self._store.run(lambda tx, now: keep.set_state(tx, self._adapter, {key: value}))


__all__ = ["STORE_FAILURES", "AdapterState", "Store", "Tx", "Unit"]
