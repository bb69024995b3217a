"""One transaction, as every function of the store gets it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bridgebot.store import known, prepared
from bridgebot.store.known import Known
from bridgebot.store.prepared import Query
from bridgebot.store.vault import Vault

R = TypeVar("R")

_DESK = "desk"  # where a connection keeps its own

Execute = Callable[[str, Sequence[Any]], Any]


class Desk:
    """What the units on one connection share: the driver's cursor, and what is known of rows."""

    def __init__(self, connection: sa.Connection) -> None:
        self.known = Known()
        self.execute, self.execute_many = _driver(connection)
        self._cursor: Any = None
        self._version = -1

    def begin(self, connection: sa.Connection) -> None:
        """A transaction that writes has begun: nobody else writes until it ends."""
        self._cursor = connection.connection.cursor()
        self.execute, self.execute_many = self._cursor.execute, self._cursor.executemany
        version = self.execute("PRAGMA data_version", ()).fetchone()[0]
        if version != self._version:  # another process wrote
            self.known.forget()
            self._version = version

    def end(self) -> None:
        """Let go of the cursor: rows that were not fetched keep the log from being written back."""
        self._cursor.close()


def _driver(connection: sa.Connection) -> tuple[Execute, Execute]:
    """What runs a statement, once or many times, and returns its cursor."""
    driver: Any = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        return driver.execute, driver.executemany

    def execute(text: str, arguments: Sequence[Any]) -> Any:
        cursor = driver.cursor()
        cursor.execute(text, arguments)
        return cursor

    def execute_many(text: str, arguments: Sequence[Any]) -> Any:
        cursor = driver.cursor()
        cursor.executemany(text, arguments)
        return cursor

    return execute, execute_many


def desk(connection: sa.Connection) -> Desk:
    found = connection.info.get(_DESK)
    if found is None:
        found = connection.info[_DESK] = Desk(connection)
    return found


def forget(connection: sa.Connection) -> None:
    """Another transaction begins, or rows change that nobody names: nothing is known."""
    connection.info.pop(_DESK, None)


def note_writes(connection: sa.Connection, statement: Any, _many: Any, _given: Any, _options: Any) -> None:
    """A listener for what SQLAlchemy itself runs: what it writes is not known any more."""
    found: Desk | None = connection.info.get(_DESK)
    writes = known.written(statement)
    if found is not None and writes is not None:
        found.known.wrote(writes, ())
    elif found is not None and not isinstance(statement, sa.SelectBase):
        found.known.forget()


class Tx:
    """The connection, and what opens secrets."""

    __slots__ = ("connection", "execute", "execute_many", "known", "news", "vault")

    def __init__(self, connection: sa.Connection, vault: Vault, news: set[str] | None = None) -> None:
        shared = desk(connection)
        self.connection = connection
        self.vault = vault
        self.news = set() if news is None else news  # whom to wake after the commit: see `Store.listen`
        self.execute = shared.execute
        self.execute_many = shared.execute_many
        self.known = shared.known

    def row(self, table: sa.Table, by_id: Query[R], row_id: int) -> R | None:
        """The row with this id, as it is now: units ask for the same accounts and chats a hundred times,
        and read them once.
        """
        found: R | None = self.known.rows[table.name].get(row_id)
        if found is None:
            found = by_id.one(self, row_id)
            if found is not None:
                self.known.keep(table.name, found)
        return found

    def row_at(self, table: sa.Table, by_key: Query[R], *key: Any) -> R | None:
        """The same by another key that only one row can have: the columns that the query names."""
        found = self.known.row_at(table.name, by_key.key, key)
        if found is None:
            found = by_key.one(self, *key)
            if found is not None:
                self.known.keep_at(table.name, key, found)
        return found

    def insert_or_ignore(self, table: sa.Table, values: dict[str, Any]) -> bool:
        """Insert; False when a unique index has such a row already: the once-only rule."""
        return prepared.insert_or_ignore(table, tuple(values)).run(self, *values.values()) == 1

    def insert_once(self, table: sa.Table, values: dict[str, Any]) -> Any:
        """Insert; returns the first column of the new row's key, None when such a row is there already."""
        return prepared.insert_or_ignore(table, tuple(values)).key(self, *values.values())

    def insert(self, table: sa.Table, values: dict[str, Any]) -> Any:
        """Insert; returns the new row's id (else the first column of its key)."""
        return prepared.insert(table, tuple(values)).key(self, *values.values())

    def change(self, table: sa.Table, row_id: int, **values: Any) -> int:
        """Update the row with this id; returns how many there were. What it says already is not written."""
        before = self.known.rows[table.name].get(row_id)
        if before is not None and all(getattr(before, name, self) == values[name] for name in values):
            return 1
        count = prepared.update(table, tuple(values)).run(self, *values.values(), row_id)
        if before is not None and count:
            self.known.patch(table, before, values)
        return count

    def update(self, table: sa.Table, *where: sa.ColumnElement[bool], **values: Any) -> int:
        """Update the rows that fit; returns how many."""
        return self.connection.execute(sa.update(table).where(*where).values(values)).rowcount

    def scalar(self, query: sa.Select[Any]) -> Any:
        return self.connection.execute(query).scalar()

    def scalars(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.connection.execute(query).scalars())
