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
    kept: dict[str, set[int]] = {"user": {n for n, r in enumerate(rows["user"]) if r["id"] == user_id}}
    while True:
        before = sum(map(len, kept.values()))
        for table in t.metadata.sorted_tables:
            mine = kept.setdefault(table.name, set())
            mine |= {n for n, row in enumerate(rows[table.name]) if _points(table, row, rows, kept)}
        if sum(map(len, kept.values())) == before:
            return {name: [rows[name][n] for n in sorted(which)] for name, which in kept.items()}


def _points(table: sa.Table, row: dict[str, Any], rows: Rows, kept: dict[str, set[int]]) -> bool:
    """Whether a row points to one that is kept; lanes do it by their names: `chat:3`, `account:5`."""
    for key in table.foreign_keys:
        target, column = key.column.table.name, key.column.name
        if row[key.parent.name] is not None and any(
            rows[target][n][column] == row[key.parent.name] for n in kept.get(target, ())
        ):
            return True
    kind, _, number = str(row.get("name", "")).partition(":") if table.name == "lane" else ("", "", "")
    return any(str(rows[kind][n]["id"]) == number for n in kept.get(kind, ()))


def changes(before: Rows, after: Rows) -> list[str]:
    """What is different, one line for each row that is."""
    return [
        f"{name}: {sign} {row}"
        for name in before.keys() | after.keys()
        for sign, some, others in (("-", before, after), ("+", after, before))
        for row in some.get(name, [])
        if row not in others.get(name, [])
    ]
