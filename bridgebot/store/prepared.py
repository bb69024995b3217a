"""Statements that are made once: SQLAlchemy writes the SQL and knows the types, the driver runs it.

Building and keying an expression anew costs ten times what SQLite takes to answer it, and a message
needs some fifty statements. A statement is a function of its parameters, called once with bound
parameters; their values are then given by position:

    _copy_at = Query(Copy, lambda realm, native_id: sa.select(t.copy).where(
        t.copy.c.realm == realm, t.copy.c.native_id == native_id))
    _copy_at.one(tx, "example.org", "1")
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from bridgebot.store import known
from bridgebot.store.known import Known, Writes
from bridgebot.store.rows import fields

R = TypeVar("R")

Process = Callable[[Any], Any]
Change = Callable[[Sequence[Any]], Sequence[Any]]


class _Place(sa.BindParameter[Any]):
    """A parameter of a statement that is made once."""

    inherit_cache = True


class _Compiler(SQLiteCompiler):
    """Constants stand in the text of a statement: they need not be given with every run."""

    def visit_bindparam(self, bindparam: Any, *args: Any, **how: Any) -> Any:
        values: Any = bindparam.value if bindparam.expanding else [bindparam.value]
        if not isinstance(bindparam, _Place) and all(type(value) in (int, str) for value in values):
            how["literal_execute"] = True
        return super().visit_bindparam(bindparam, *args, **how)  # type: ignore[no-untyped-call]


_DIALECT = sqlite.dialect()  # the database that there is
_DIALECT.statement_compiler = _Compiler


class Connected(Protocol):
    """What a statement runs on: a `Tx`."""

    @property
    def execute(self) -> Callable[[str, Sequence[Any]], Any]: ...  # of the driver; returns its cursor

    @property
    def execute_many(self) -> Callable[[str, Sequence[Sequence[Any]]], Any]: ...

    @property
    def known(self) -> Known: ...


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement as the driver takes it."""

    text: str
    arguments: Change | None  # what is given, as the driver takes it; None: as it is
    read: Change | None  # the same for a row that it returns
    writes: Writes | None


def fixed(value: str | int) -> Any:
    """A constant that stands in the text of a statement: it need not be given with every run."""
    return sa.literal(value, literal_execute=True)


def listed(values: Any) -> Any:
    """The values of a list that is given as JSON."""
    return sa.select(sa.func.json_each(values).table_valued("value").c.value)


class Statement:
    """A statement that is made once; `build` gets a bound parameter for each of its own.

    One that writes a single row by its id says in `row` which of its parameters that is: the others
    stay known.
    """

    def __init__(self, build: Callable[..., sa.Executable], *, row: int | None = None) -> None:
        self._build = build
        self._row = row
        self._made: _Compiled | None = None
        self._tables: tuple[str, ...] | None = None  # all that it looks at

    def run(self, tx: Connected, *given: Any) -> int:
        """Run it; returns how many rows it changed."""
        return self._execute(tx, given)[1].rowcount  # type: ignore[no-any-return]

    def run_all(self, tx: Connected, every: Iterable[Sequence[Any]]) -> int:
        """Run it once with each of these, in the driver's own loop; returns how many rows it changed."""
        made = self._made or self._make()
        given = list(every)
        if not given:
            return 0
        cursor = tx.execute_many(
            made.text, [made.arguments(one) for one in given] if made.arguments else given
        )
        if made.writes is not None:
            for one in given if made.writes.row is not None else given[:1]:
                tx.known.wrote(made.writes, one)
        return cursor.rowcount  # type: ignore[no-any-return]

    def value(self, tx: Connected, *given: Any) -> Any:
        """The first column of the first row, or None."""
        made, cursor = self._execute(tx, given)
        row = cursor.fetchone()
        if row is None:
            return None
        return row[0] if made.read is None else made.read(row)[0]

    def values(self, tx: Connected, *given: Any) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.rows(tx, *given)]

    def rows(self, tx: Connected, *given: Any) -> list[Sequence[Any]]:
        """Every row, as its columns."""
        made, cursor = self._execute(tx, given)
        found = cursor.fetchall()
        return found if made.read is None else list(map(made.read, found))

    def known_rows(self, tx: Connected, *given: Any) -> list[Sequence[Any]]:
        """The same, asked once until one of the tables that it looks at is written."""
        return self._known(tx, given, Statement.rows)

    def known_value(self, tx: Connected, *given: Any) -> Any:
        """The first column of the first of them, or None."""
        rows = self.known_rows(tx, *given)
        return rows[0][0] if rows else None

    def _known(self, tx: Connected, given: tuple[Any, ...], ask: Callable[..., list[Any]]) -> list[Any]:
        if self._tables is None:
            self._tables = known.tables(self._build(*self._places()))
        asked = (ask, self, given)
        found = tx.known.answer(asked, self._tables)
        if found is None:
            found = ask(self, tx, *given)
            tx.known.keep_answer(asked, self._tables, found)
        return list(found)

    def _execute(self, tx: Connected, given: tuple[Any, ...]) -> tuple[_Compiled, Any]:
        made = self._made or self._make()
        cursor = tx.execute(made.text, given if made.arguments is None else made.arguments(given))
        if made.writes is not None:
            tx.known.wrote(made.writes, given)
        return made, cursor

    def _places(self) -> list[_Place]:
        count = len(inspect.signature(self._build).parameters)
        return [_Place(f"p{n}", required=False) for n in range(count)]

    def _make(self) -> _Compiled:
        places = self._places()
        self._made = self._compiled(self._build(*places), places)
        return self._made

    def _compiled(self, statement: sa.Executable, places: Sequence[_Place]) -> _Compiled:
        return _compile(statement, [place.key for place in places], self._row)


class Query(Statement, Generic[R]):
    """A statement whose rows are read into objects with fields of the columns' names.

    `key` names the columns by which it finds the one row that there can be, in the order of its
    parameters.
    """

    def __init__(
        self, cls: type[R], build: Callable[..., sa.Select[Any]], *, key: tuple[str, ...] = ("id",)
    ) -> None:
        super().__init__(build)
        self.key = key
        self._cls = cls

    def one(self, tx: Connected, *given: Any) -> R | None:
        made, cursor = self._execute(tx, given)
        row = cursor.fetchone()
        return None if row is None else self._cls(*(row if made.read is None else made.read(row)))

    def many(self, tx: Connected, *given: Any) -> list[R]:
        cls = self._cls
        return [cls(*row) for row in self.rows(tx, *given)]

    def known_many(self, tx: Connected, *given: Any) -> list[R]:
        """The same, asked once until one of the tables that it looks at is written."""
        return self._known(tx, given, Query.many)

    def _compiled(self, statement: Any, places: Sequence[_Place]) -> _Compiled:
        """Only what is read is asked for, in the order of the fields."""
        columns = statement.selected_columns
        wanted = statement.with_only_columns(
            *(columns[name] for name in fields(self._cls)), maintain_column_froms=True
        )
        return super()._compiled(wanted, places)


def _compile(statement: Any, names: Sequence[str], row: int | None) -> _Compiled:
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    ways_in: Mapping[str, Process] = compiled._bind_processors
    order = list(compiled.positiontup or ())
    constants = {
        name: compiled.params[name] if name not in ways_in else ways_in[name](compiled.params[name])
        for name in order
        if name not in names
    }
    ways_out = enumerate(column.type.result_processor(_DIALECT, None) for column in compiled._result_columns)
    return _Compiled(
        text=str(compiled),
        arguments=_arguments(order, names, constants, ways_in),
        read=_read([(index, process) for index, process in ways_out if process is not None]),
        writes=known.written(statement, row),
    )


def _arguments(
    order: Sequence[str], names: Sequence[str], constants: Mapping[str, Any], ways_in: Mapping[str, Process]
) -> Change | None:
    """How what is given becomes what the driver takes."""
    further = tuple(constants.values())
    all_names = [*names, *constants]
    places = [all_names.index(name) for name in order]
    ways = [(n, ways_in[name]) for n, name in enumerate(order) if name in names and name in ways_in]
    moved = places != list(range(len(names)))
    if not moved and not ways:
        return None
    pick: Change = operator.itemgetter(*places) if len(places) > 1 else _only(places)

    def arguments(given: Sequence[Any]) -> Sequence[Any]:
        values = list(pick((*given, *further)) if moved else given)
        for n, process in ways:
            values[n] = process(values[n])
        return values

    return arguments


def _only(places: Sequence[int]) -> Change:
    return lambda values: [values[place] for place in places]


def _read(ways: Sequence[tuple[int, Process]]) -> Change | None:
    """How a row that the driver returns becomes what is read; nothing reads as None everywhere."""
    if not ways:
        return None

    def read(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for index, process in ways:
            if values[index] is not None:
                values[index] = process(values[index])
        return values

    return read


# --- statements by the columns that they set ---


class _Setting(Statement):
    """A statement that sets columns of a table; further parameters follow their values."""

    def __init__(
        self, table: sa.Table, columns: Sequence[str], build: Callable[..., sa.Executable], further: int = 0
    ) -> None:
        super().__init__(build, row=len(columns) if further else None)
        self._columns = [table.c[name] for name in columns]
        self._further = further

    def _make(self) -> _Compiled:
        typed = [_Place(f"p{n}", required=False, type_=one.type) for n, one in enumerate(self._columns)]
        more = [_Place(f"q{n}", required=False) for n in range(self._further)]
        values = {column.name: place for column, place in zip(self._columns, typed, strict=True)}
        self._made = self._compiled(self._build(values, *more), (*typed, *more))
        return self._made


class Insert(_Setting):
    """A statement that inserts a row."""

    def __init__(self, table: sa.Table, columns: Sequence[str], build: Callable[..., sa.Executable]) -> None:
        super().__init__(table, columns, build)
        key = next(iter(table.primary_key)).name
        self._key = columns.index(key) if key in columns else None

    def key(self, tx: Connected, *given: Any) -> Any:
        """Run it; returns the new row's id (or the first column of its key), None where there is none."""
        cursor = self._execute(tx, given)[1]
        if not cursor.rowcount:
            return None
        return cursor.lastrowid if self._key is None else given[self._key]


@functools.cache
def insert(table: sa.Table, columns: tuple[str, ...]) -> Insert:
    """Insert these columns."""
    # `inline`: the key is the driver's to tell, SQLite needs a table of its own for `RETURNING`.
    return Insert(table, columns, lambda values: sa.insert(table).values(values).inline())


@functools.cache
def insert_or_ignore(table: sa.Table, columns: tuple[str, ...]) -> Insert:
    """The same; there is no new row where a unique index has such a row already: the once-only rule."""
    return Insert(
        table, columns, lambda values: sqlite.insert(table).values(values).on_conflict_do_nothing().inline()
    )


class Inserts(Statement):
    """A statement that inserts several rows of a table that counts its ids itself."""

    def __init__(self, table: sa.Table, columns: Sequence[str], count: int) -> None:
        super().__init__(
            lambda *values: sqlite.insert(table).values(self._rows(values)).on_conflict_do_nothing()
        )
        self._columns = [table.c[name] for name in columns]
        self._count = count

    def keys(self, tx: Connected, given: Sequence[Any]) -> range:
        """Run it with the values of all rows, one after another; returns the ids of those that are new."""
        cursor = self._execute(tx, tuple(given))[1]
        last = (cursor.lastrowid or 0) + 1
        return range(last - cursor.rowcount, last)  # one statement counts them on without a gap

    def _places(self) -> list[_Place]:
        every = [column for _ in range(self._count) for column in self._columns]
        return [_Place(f"p{n}", required=False, type_=column.type) for n, column in enumerate(every)]

    def _rows(self, values: Sequence[Any]) -> list[dict[str, Any]]:
        names, width = [column.name for column in self._columns], len(self._columns)
        return [dict(zip(names, values[n : n + width], strict=True)) for n in range(0, len(values), width)]


@functools.cache
def insert_all_or_ignore(table: sa.Table, columns: tuple[str, ...], count: int) -> Inserts:
    """Insert so many rows, in their order; none of them where a unique index has such a row already."""
    return Inserts(table, columns, count)


@functools.cache
def update(table: sa.Table, columns: tuple[str, ...]) -> Statement:
    """Set these columns of the row whose id is the last parameter."""
    return _Setting(
        table,
        columns,
        lambda values, row_id: sa.update(table).where(table.c.id == row_id).values(values),
        further=1,
    )
