"""Statements that are made once: SQLAlchemy writes the SQL and knows the types, the driver runs it.

Building and keying an expression anew costs ten times what SQLite takes to answer it, and a message
needs some fifty statements. A statement is a function of its parameters, called once with bound
parameters; their values are then given by position:

    _copy_at = Query(Copy, lambda realm, native_id: sa.select(t.copy).where(
        t.copy.c.realm == realm, t.copy.c.native_id == native_id))
    _copy_at.one(tx, "example.org", "1")
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

R = TypeVar("R")

Process = Callable[[Any], Any]


class Connected(Protocol):
    """What a statement runs on: a `Tx`."""

    @property
    def connection(self) -> sa.Connection: ...


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement for one kind of database."""

    text: str
    order: tuple[
        tuple[int | None, Any, Process | None], ...
    ]  # index of the argument or a constant; its way in
    columns: tuple[str, ...]
    results: tuple[tuple[int, Process], ...]  # columns whose values need a way out

    def arguments(self, given: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            [
                constant if index is None else given[index] if process is None else process(given[index])
                for index, constant, process in self.order
            ]
        )

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.results:
            return row
        values = list(row)
        for index, process in self.results:
            values[index] = process(values[index])
        return values


class Statement:
    """A statement that is made once; `build` gets a bound parameter for each of its own."""

    def __init__(self, build: Callable[..., sa.Executable]) -> None:
        self._build = build
        self._made: dict[str, _Compiled] = {}

    def run(self, tx: Connected, *given: Any) -> int:
        """Run it; returns how many rows it changed."""
        return int(self._execute(tx.connection, given)[1].rowcount)

    def value(self, tx: Connected, *given: Any) -> Any:
        """The first column of the first row, or None."""
        made, cursor = self._execute(tx.connection, given)
        row = cursor.fetchone()
        return None if row is None else made.read(row)[0]

    def values(self, tx: Connected, *given: Any) -> list[Any]:
        """The first column of every row."""
        made, cursor = self._execute(tx.connection, given)
        return [made.read(row)[0] for row in cursor.fetchall()]

    def rows(self, tx: Connected, *given: Any) -> list[Sequence[Any]]:
        """Every row, as its columns."""
        made, cursor = self._execute(tx.connection, given)
        return [made.read(row) for row in cursor.fetchall()]

    def _execute(self, connection: sa.Connection, given: Sequence[Any]) -> tuple[_Compiled, Any]:
        made = self._made.get(connection.dialect.name) or self._make(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(made.text, made.arguments(given))
        return made, cursor

    def _make(self, dialect: Dialect) -> _Compiled:
        count = len(inspect.signature(self._build).parameters)
        places: list[sa.BindParameter[Any]] = [sa.bindparam(f"p{n}", required=False) for n in range(count)]
        made = _compile(self._build(*places), [place.key for place in places], dialect)
        self._made[dialect.name] = made
        return made


class Query(Statement, Generic[R]):
    """A statement whose rows are read into a dataclass with fields of the columns' names."""

    def __init__(self, cls: type[R], build: Callable[..., sa.Select[Any]]) -> None:
        super().__init__(build)
        self._cls = cls
        self._pick: Callable[[Sequence[Any]], tuple[Any, ...]] | None = None

    def one(self, tx: Connected, *given: Any) -> R | None:
        made, cursor = self._execute(tx.connection, given)
        row = cursor.fetchone()
        return None if row is None else self._cls(*self._picked(made)(made.read(row)))

    def many(self, tx: Connected, *given: Any) -> list[R]:
        made, cursor = self._execute(tx.connection, given)
        pick = self._picked(made)
        return [self._cls(*pick(made.read(row))) for row in cursor.fetchall()]

    def _picked(self, made: _Compiled) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        if self._pick is None:
            fields = [f.name for f in dataclasses.fields(self._cls)]  # type: ignore[arg-type]
            self._pick = operator.itemgetter(*(made.columns.index(name) for name in fields))
        return self._pick


def _compile(statement: sa.Executable, names: Sequence[str], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    ways_in: Mapping[str, Process] = compiled._bind_processors
    order = [_argument(name, names, compiled.params, ways_in) for name in compiled.positiontup or ()]
    columns = compiled._result_columns
    ways_out = [(i, column.type.result_processor(dialect, None)) for i, column in enumerate(columns)]
    return _Compiled(
        text=str(compiled),
        order=tuple(order),
        columns=tuple(column.keyname for column in columns),
        results=tuple((i, process) for i, process in ways_out if process is not None),
    )


def _argument(
    name: str, names: Sequence[str], constants: Mapping[str, Any], ways_in: Mapping[str, Process]
) -> tuple[int | None, Any, Process | None]:
    process = ways_in.get(name)
    if name in names:
        return names.index(name), None, process
    value = constants[name]
    return None, value if process is None else process(value), None


# --- statements by the columns that they set ---


class _Setting(Statement):
    """A statement that sets columns of a table; further parameters follow their values."""

    def __init__(
        self, table: sa.Table, columns: Sequence[str], build: Callable[..., sa.Executable], further: int = 0
    ) -> None:
        super().__init__(build)
        self._columns = [table.c[name] for name in columns]
        self._further = further

    def _make(self, dialect: Dialect) -> _Compiled:
        typed = [
            sa.bindparam(f"p{n}", required=False, type_=column.type) for n, column in enumerate(self._columns)
        ]
        more: list[sa.BindParameter[Any]] = [
            sa.bindparam(f"q{n}", required=False) for n in range(self._further)
        ]
        values = {column.name: place for column, place in zip(self._columns, typed, strict=True)}
        made = _compile(self._build(values, *more), [place.key for place in (*typed, *more)], dialect)
        self._made[dialect.name] = made
        return made


@functools.cache
def insert(table: sa.Table, columns: tuple[str, ...]) -> Statement:
    """Insert these columns; its value is the new row's id (or the first column of its key)."""
    key = next(iter(table.primary_key))
    return _Setting(table, columns, lambda values: sa.insert(table).values(values).returning(key))


@functools.cache
def insert_or_ignore(table: sa.Table, columns: tuple[str, ...], dialect: str) -> Statement:
    """The same; it has no value where a unique index has such a row already: the once-only rule."""
    spelling: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    key = next(iter(table.primary_key))
    return _Setting(
        table, columns, lambda values: spelling(table).values(values).on_conflict_do_nothing().returning(key)
    )


@functools.cache
def update(table: sa.Table, columns: tuple[str, ...]) -> Statement:
    """Set these columns of the row whose id is the last parameter."""
    return _Setting(
        table,
        columns,
        lambda values, row_id: sa.update(table).where(table.c.id == row_id).values(values),
        further=1,
    )
