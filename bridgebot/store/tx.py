"""One transaction, as every function of the store gets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from bridgebot.store import prepared
from bridgebot.store.prepared import Query
from bridgebot.store.vault import Vault

R = TypeVar("R")

ROWS = "rows"  # where a connection keeps what was read in this transaction


def forget(connection: sa.Connection) -> None:
    """Another transaction begins, or rows change that nobody names: nothing is known."""
    connection.info.pop(ROWS, None)


@dataclass(frozen=True, slots=True)
class Tx:
    """The connection, and what opens secrets."""

    connection: sa.Connection
    vault: Vault
    news: set[str] = field(default_factory=set)  # whom to wake after the commit: see `Store.listen`

    def row(self, table: sa.Table, by_id: Query[R], row_id: int) -> R | None:
        """The row with this id, as it is now: units that are committed together ask for the same
        accounts and chats a hundred times, and read them once.
        """
        known, key = self.connection.info.setdefault(ROWS, {}), (table.name, row_id)
        if key not in known:
            known[key] = by_id.one(self, row_id)
        return known[key]  # type: ignore[no-any-return]

    def insert_or_ignore(self, table: sa.Table, values: dict[str, Any]) -> bool:
        """Insert; False when a unique index has such a row already: the once-only rule."""
        return self.insert_once(table, values) is not None

    def insert_once(self, table: sa.Table, values: dict[str, Any]) -> Any:
        """Insert; returns the first column of the new row's key, None when such a row is there already."""
        statement = prepared.insert_or_ignore(table, tuple(values), self.connection.dialect.name)
        return statement.value(self, *values.values())

    def insert(self, table: sa.Table, values: dict[str, Any]) -> Any:
        """Insert; returns the new row's id (else the first column of its key)."""
        return prepared.insert(table, tuple(values)).value(self, *values.values())

    def change(self, table: sa.Table, row_id: int, **values: Any) -> int:
        """Update the row with this id; returns how many there were."""
        self.connection.info.get(ROWS, {}).pop((table.name, row_id), None)
        return prepared.update(table, tuple(values)).run(self, *values.values(), row_id)

    def update(self, table: sa.Table, *where: sa.ColumnElement[bool], **values: Any) -> int:
        """Update the rows that fit; returns how many."""
        forget(self.connection)
        return self.connection.execute(sa.update(table).where(*where).values(values)).rowcount

    def scalar(self, query: sa.Select[Any]) -> Any:
        return self.connection.execute(query).scalar()

    def scalars(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.connection.execute(query).scalars())
