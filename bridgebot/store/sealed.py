"""Everything in the database that is encrypted: which key opens it, and encrypting it anew.

It is found by the type of its column (`columns.Sealed`), so what is added later takes part by being declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgebot.errors import KeysLost
from bridgebot.store import keep
from bridgebot.store import tables as t
from bridgebot.store.columns import Sealed, metadata
from bridgebot.store.tx import Tx
from bridgebot.store.vault import Ring, mark

OWN = ""  # the house's own small values stand under a name that no adapter can have
_OPENED = "opened"  # under which keys all rows were last seen to open
PAGE = 200  # rows that are encrypted anew in one unit: a bot beside it waits a few milliseconds for them

Place = tuple[Any, ...]  # the primary key of a row; () before the first


@dataclass(frozen=True, slots=True)
class Census:
    """How much each key opens, in the order of the keys, and what none of them does."""

    opened: tuple[int, ...]
    lost: dict[str, int]  # rows by table


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of one page."""

    last: Place  # where the next one begins
    changed: int
    more: bool


def tables() -> dict[str, tuple[str, ...]]:
    """Every table with something encrypted, and its columns."""
    found = {
        table.name: tuple(column.name for column in table.c if isinstance(column.type, Sealed))
        for table in metadata.sorted_tables
    }
    return {name: columns for name, columns in found.items() if columns}


def census(tx: Tx, keys: Sequence[str]) -> Census:
    """Try the keys on every row. A database of an older version has what it has."""
    ring, opened, lost = Ring(keys), Counter[int](), Counter[str]()
    there = sa.inspect(tx.connection)
    for name, columns in tables().items():
        present = {one["name"] for one in there.get_columns(name)} if there.has_table(name) else set()
        chosen = [metadata.tables[name].c[column] for column in columns if column in present]
        if not chosen:
            continue
        for row in tx.connection.execute(sa.select(*chosen).where(*_BUT_OUR_NOTE.get(name, ()))):
            places = [ring.opener(token) for token in row if token]
            opened.update(place for place in places if place is not None)
            lost[name] += None in places
    return Census(tuple(opened[place] for place in range(len(keys))), {n: c for n, c in lost.items() if c})


def turn(tx: Tx, keys: Sequence[str], name: str, after: Place) -> Turned:
    """Encrypt the next page of a table with the first key; what no key opens stays as it is."""
    table, ring = metadata.tables[name], Ring(keys)
    own, columns = list(table.primary_key.columns), tables()[name]
    query = sa.select(*own, *(table.c[column] for column in columns)).order_by(*own).limit(PAGE)
    if after:
        query = query.where(sa.tuple_(*own) > after)
    rows = tx.connection.execute(query).all()
    changed = 0
    for row in rows:
        place, tokens = row[: len(own)], dict(zip(columns, row[len(own) :], strict=True))
        fresh = {column: anew for column, token in tokens.items() if token and (anew := ring.anew(token))}
        if fresh:
            where = (column == value for column, value in zip(own, place, strict=True))
            changed += tx.update(table, *where, **fresh)
    return Turned(tuple(rows[-1][: len(own)]) if rows else after, changed, len(rows) == PAGE)


def check(tx: Tx, file: Path | None) -> None:
    """Raises KeysLost when something is encrypted that no key opens.

    All rows are looked at once for each set of keys: whoever writes has these keys, so nothing else can come
    to stand there while they stay the same.
    """
    keys = tx.vault.keys
    token = _noted(tx)
    opener = Ring(keys).opener(token) if token else None
    if token and opener is not None and tx.vault.open(token) == mark(*keys):
        return
    raise_for(census(tx, keys), keys, file)
    note(tx, keys)


def note(tx: Tx, keys: Sequence[str]) -> None:
    """All that is there opens with these keys."""
    keep.set_state(tx, OWN, {_OPENED: mark(*keys)})


def raise_for(found: Census, keys: Sequence[str], file: Path | None) -> None:
    """Raises KeysLost when something is lost."""
    if not found.lost:
        return
    what = ", ".join(f"{name}: {count}" for name, count in sorted(found.lost.items()))
    raise KeysLost(
        f"The database holds secrets that none of the keys opens ({what}).",
        lost=found.lost,
        keys=len(keys),
        file=str(file or "secret_keys_file"),
    )


def drop(tx: Tx, keys: Sequence[str], forget: Callable[[Sequence[str]], None]) -> tuple[str, ...]:
    """Let `forget` drop the keys behind the first that open nothing; returns them.

    It is called while nobody else can write: between the look and the change of the file nothing can be
    encrypted with them, and afterwards nobody does. It may be called again, with the same.
    """
    opened = census(tx, keys).opened
    idle = tuple(key for key, count in list(zip(keys, opened, strict=True))[1:] if not count)
    if idle:
        forget(idle)
        note(tx, [key for key in keys if key not in idle])
    return idle


_NOTE = sa.and_(t.adapter_state.c.adapter == OWN, t.adapter_state.c.key == _OPENED)
_BUT_OUR_NOTE = {t.adapter_state.name: (sa.not_(_NOTE),)}  # without it nothing is lost


def _noted(tx: Tx) -> str | None:
    return tx.scalar(sa.select(t.adapter_state.c.value).where(_NOTE))  # type: ignore[no-any-return]
