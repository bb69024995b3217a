"""One transaction, as every function of the store gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridgebot.store import prepared
from bridgebot.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Tx:
    """The connection, and what opens secrets."""

    connection: sa.Connection
    vault: Vault

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
        return prepared.update(table, tuple(values)).run(self, *values.values(), row_id)

    def update(self, table: sa.Table, *where: sa.ColumnElement[bool], **values: Any) -> int:
        """Update the rows that fit; returns how many."""
        return self.connection.execute(sa.update(table).where(*where).values(values)).rowcount

    def scalar(self, query: sa.Select[Any]) -> Any:
        return self.connection.execute(query).scalar()

    def scalars(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.connection.execute(query).scalars())
