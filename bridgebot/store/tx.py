"""One transaction, as every function of the store gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bridgebot.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Tx:
    """The connection, and what opens secrets."""

    connection: sa.Connection
    vault: Vault

    def insert_or_ignore(self, table: sa.Table, values: dict[str, Any]) -> bool:
        """Insert; False when a unique index has such a row already: the once-only rule."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(values).on_conflict_do_nothing()
        return self.connection.execute(statement).rowcount == 1

    def insert(self, table: sa.Table, values: dict[str, Any]) -> int:
        """Insert; returns the new row's id (0 where its key is no number)."""
        result = self.connection.execute(sa.insert(table).values(values))
        key = result.inserted_primary_key
        return key[0] if key and isinstance(key[0], int) else 0

    def update(self, table: sa.Table, *where: sa.ColumnElement[bool], **values: Any) -> int:
        """Update the rows that fit; returns how many."""
        return self.connection.execute(sa.update(table).where(*where).values(values)).rowcount

    def scalar(self, query: sa.Select[Any]) -> Any:
        return self.connection.execute(query).scalar()

    def scalars(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.connection.execute(query).scalars())
