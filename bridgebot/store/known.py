"""What is known of rows without asking the database again.

Every statement that writes says here which table it writes, and of which columns, so nothing is ever
known that is not so any more. The writer keeps this from one transaction to the next as long as it
alone wrote (`PRAGMA data_version`) and nothing was rolled back.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.dml import OnConflictDoUpdate
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase

from bridgebot.store.columns import Sealed, Time
from bridgebot.store.rows import replace

# So many rows of one table, and answers about the same tables, are remembered before all of them are let go:
# what passes, such as deliveries, is asked for again within moments or never; people and what they have are
# asked for again with each of their posts, by thousands of them in turn.
MOST, MOST_LASTING = 10_000, 100_000
_LASTING = frozenset({"account", "chat", "person", "route", "user"})

# What is read of a column is what was written, where the value is of this very type.
_PLAIN: dict[type[sa.types.TypeEngine[Any]], type] = {
    sa.Integer: int,
    sa.Text: str,
    Sealed: str,
    sa.Boolean: bool,
    Time: datetime,
}


@dataclass(frozen=True, slots=True)
class Writes:
    """What a statement writes: which columns of a table; None: rows come and go, or nobody says."""

    table: str
    columns: frozenset[str] | None = None
    row: int | None = None  # which of its arguments is the id of the only row


class Known:
    """Rows by their ids, and answers of statements, as they stand now."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, dict[int, Any]] = defaultdict(dict)  # by table, by id
        self._ids: defaultdict[str, dict[tuple[Any, ...], int]] = defaultdict(dict)  # by another key, too
        self._answers: dict[tuple[str, ...], dict[Any, Any]] = {}  # by the tables that were looked at
        self._about: defaultdict[str, list[dict[Any, Any]]] = defaultdict(list)  # the same, by each of them

    def forget(self) -> None:
        """Anything may be otherwise now."""
        for known in (self.rows, self._ids, self._answers, self._about):
            known.clear()

    # --- rows ---

    def keep(self, table: str, row: Any) -> None:
        """This is how a row stands."""
        rows = self.rows[table]
        _make_room(rows, table)
        rows[row.id] = row

    def row_at(self, table: str, names: Sequence[str], key: tuple[Any, ...]) -> Any | None:
        """The row that has this key in the columns of these names."""
        row = self.rows[table].get(self._ids[table].get(key, -1))
        if row is None or any(getattr(row, name) != value for name, value in zip(names, key, strict=True)):
            return None
        return row

    def keep_at(self, table: str, key: tuple[Any, ...], row: Any) -> None:
        _make_room(self._ids[table], table)
        self._ids[table][key] = row.id
        self.keep(table, row)

    # --- answers ---

    def answer(self, asked: Any, tables: tuple[str, ...]) -> Any | None:
        """What a statement answered, when none of its tables was written since."""
        known = self._answers.get(tables)
        return None if known is None else known.get(asked)

    def keep_answer(self, asked: Any, tables: tuple[str, ...], answer: Any) -> None:
        known = self._answers.get(tables)
        if known is None:
            known = self._answers[tables] = {}
            for table in tables:
                self._about[table].append(known)
        _make_room(known, *tables)
        known[asked] = answer

    # --- what is written ---

    def wrote(self, writes: Writes, given: Sequence[Any]) -> None:
        """A statement was run: what it may have changed is not known any more."""
        for known in self._about.get(writes.table, ()):
            known.clear()
        if writes.columns is not None and not writes.columns:
            return  # rows are added, those that are there stay as they are
        rows = self.rows[writes.table]
        if not rows or (writes.columns is not None and writes.columns.isdisjoint(_fields(rows))):
            return
        if writes.row is None:
            rows.clear()
        else:
            rows.pop(given[writes.row], None)

    def patch(self, table: sa.Table, row: Any, values: Mapping[str, Any]) -> None:
        """Columns of a row that was known were set: it is known still where it is sure how they read."""
        if all(_reads_the_same(table, name, value) for name, value in values.items()):
            fields = row.__struct_fields__
            self.keep(table.name, replace(row, **{name: values[name] for name in fields if name in values}))


def _make_room(known: dict[Any, Any], *tables: str) -> None:
    """For one more of what is known of these tables."""
    if len(known) >= (MOST_LASTING if _LASTING.issuperset(tables) else MOST):
        known.clear()


def _fields(rows: Mapping[int, Any]) -> tuple[str, ...]:
    return next(iter(rows.values())).__struct_fields__  # type: ignore[no-any-return]


def _reads_the_same(table: sa.Table, name: str, value: Any) -> bool:
    kind = _types(table).get(name)
    if value is None or kind is None:
        return kind is not None
    return type(value) is kind and (not isinstance(value, datetime) or value.tzinfo is UTC)


@functools.cache
def _types(table: sa.Table) -> dict[str, type]:
    return {column.name: _PLAIN[type(column.type)] for column in table.c if type(column.type) in _PLAIN}


def written(statement: Any, row: int | None = None) -> Writes | None:
    """What a statement of SQLAlchemy writes; None: nothing."""
    if not isinstance(statement, UpdateBase):
        return None
    table: Any = statement.table
    return Writes(str(table.name), _columns(statement), row)


def _columns(statement: UpdateBase) -> frozenset[str] | None:
    """Those in which rows that are there may change; None: any."""
    if isinstance(statement, sa.Insert):
        changes = isinstance(statement._post_values_clause, OnConflictDoUpdate)
        return None if changes else frozenset()
    values = statement._values if isinstance(statement, sa.Update) else None
    return frozenset(str(getattr(column, "name", column)) for column in values) if values else None


def tables(statement: Any) -> tuple[str, ...]:
    """All tables that a statement looks at, those in its subqueries too."""
    return tuple(sorted({str(one.name) for one in visitors.iterate(statement) if isinstance(one, sa.Table)}))
