"""The store: only here SQL is spoken. The rest of the house asks for units of work.

A unit is a plain function of (transaction, now); it may run more than once and does no other I/O.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bridgebot.adapter import Clock
from bridgebot.config import keyfile
from bridgebot.errors import StoreError
from bridgebot.store import backup, exports, heads, keep, leavings, reading, sealed, versions
from bridgebot.store import grants as grants
from bridgebot.store.trouble import Condition
from bridgebot.store.tx import Tx, forget
from bridgebot.store.vault import Vault
from bridgebot.store.writer import Writer

T = TypeVar("T")


Unit = Callable[[Tx, datetime], T]


class Store:
    """One database file and its keys; `keys_file` is where these stand, for they may change."""

    def __init__(
        self, path: Path, keys: Sequence[str], clock: Clock, *, keys_file: Path | None = None
    ) -> None:
        self.vault = Vault(keys, keys_file)
        self._keys_file = keys_file
        self._listeners: dict[str, Callable[[], None]] = {}
        self.kept: Path | None = None  # the copy that was made before a migration
        self.database = Writer(path, clock)  # what adapters see as `Database`

    @property
    def beside(self) -> Path:
        """A folder beside the database for what is needed only while the bot runs; it need not be there."""
        path = self.database.path
        return path.with_name(f"{path.name}-files")

    async def open(self, migrations: Mapping[str, Path] | None = None) -> list[str]:
        """Take the file, bring its schema up to date and start the writer; returns what was migrated.

        `migrations` names the version folders of adapters with tables of their own.
        Raises StoreError when another process has the file or it cannot be used, KeysLost when it holds
        what none of the keys opens. What is migrated is kept beside it as it was.
        """
        self.database.lock()
        try:
            heads.check(self.database.engine())
            ran = [] if heads.is_current(self.database.engine(), migrations) else self._migrate(migrations)
            self._check_keys()
            await self.database.open()
        except StoreError:
            await self.database.close()
            raise
        if self._keys_file is not None:  # whoever changes keys beside a bot asks whether it looks there
            self.database.lockfile.note(keys=keyfile.name_of(self._keys_file))
        return ran

    def _check_keys(self) -> None:
        with self.database.engine().connect() as connection, connection.begin():
            forget(connection)
            sealed.check(Tx(connection, self.vault), self._keys_file)
            forget(connection)

    def _migrate(self, folders: Mapping[str, Path] | None) -> list[str]:
        """Add what is missing; what adds it is imported only now."""
        migrate: Any = importlib.import_module("bridgebot.store.migrate")
        missing = migrate.missing(self.database.engine(), folders)
        self.kept = backup.keep_before(self.database.path, missing) if missing else None
        ran: list[str] = migrate.upgrade(self.database.engine(), folders)
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
        self._tell(news)
        return result

    async def insist(self, unit: Unit[T]) -> T:
        """As `run`, but waits for a database in trouble: for what happened out there and must be noted."""
        news: set[str] = set()
        result = await self.database.insist(
            lambda connection, now: unit(Tx(connection, self.vault, news), now)
        )
        self._tell(news)
        return result

    def _tell(self, news: set[str]) -> None:
        for name in news & self._listeners.keys() if news else ():
            self._listeners[name]()

    async def rewrite(self) -> bool:
        """Leave no byte of rows that are gone in the file; False: to be tried again."""
        return await self.database.rewrite()

    async def well(self) -> None:
        """Returns when the database is not in trouble."""
        await self.database.well()

    @property
    def condition(self) -> Condition:
        """How the database is."""
        return self.database.condition

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


__all__ = ["AdapterState", "Store", "Tx", "Unit", "exports", "leavings", "reading", "versions"]
