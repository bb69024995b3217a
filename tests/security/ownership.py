"""Whose a row is, found over the schema: a new table is taken in without being named."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bridgebot.store import Store
from bridgebot.store import tables as t

Rows = dict[str, list[dict[str, Any]]]


async def everything(store: Store) -> Rows:
    """Every row of every table."""
    return await store.read(
        lambda tx, now: {
            table.name: [dict(row) for row in tx.connection.execute(sa.select(table)).mappings()]
            for table in t.metadata.sorted_tables
        }
    )


def owned(rows: Rows, user_id: int) -> Rows:
    """What belongs to a user: their row, whatever points to it, and what points to that, to the last."""
    kept: dict[str, set[int]] = {name: set() for name in rows}
    values: dict[tuple[str, str], set[Any]] = {("user", "id"): {repr(user_id)}}  # of columns of what is kept
    while True:
        before = sum(map(len, kept.values()))
        for table in t.metadata.sorted_tables:
            for number, row in enumerate(rows[table.name]):
                mine = table.name == "user" and row["id"] == user_id
                if number not in kept[table.name] and (mine or _points(table, row, values)):
                    kept[table.name].add(number)
                    for column, value in row.items():
                        values.setdefault((table.name, column), set()).add(repr(value))
        if sum(map(len, kept.values())) == before:
            return {name: [rows[name][n] for n in sorted(which)] for name, which in kept.items()}


def _points(table: sa.Table, row: dict[str, Any], values: dict[tuple[str, str], set[Any]]) -> bool:
    """Whether a row points to one that is kept; lanes do it by their names: `chat:3`, `account:5`."""
    for key in table.foreign_keys:
        place, value = (key.column.table.name, key.column.name), row[key.parent.name]
        if value is not None and repr(value) in values.get(place, ()):
            return True
    kind, _, number = str(row.get("name", "")).partition(":") if table.name == "lane" else ("", "", "")
    return number in values.get((kind, "id"), ())


def changes(before: Rows, after: Rows) -> list[str]:
    """What is different, one line for each row that is."""
    return [
        f"{name}: {sign} {row}"
        for name in before.keys() | after.keys()
        for sign, some, others in (("-", before, after), ("+", after, before))
        for row in some.get(name, [])
        if row not in others.get(name, [])
    ]
