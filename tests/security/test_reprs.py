"""What a debugger, a traceback or a careless `%r` shows of the bot's own objects holds no secret.

Every class of the product that holds values is made with marked ones, whatever it is called: a new field that
holds a secret is noticed without anybody naming it here.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel, SecretStr

import adapters
import bridgebot
from bridgebot.store.columns import Sealed
from bridgebot.store.rows import Row
from bridgebot.store.tables import metadata

MARK = "canary-0c4f1b"
# Fields that hold a secret by their name, wherever they are.
SECRET = (
    "credential",
    "token",
    "secret",
    "password",
    "progress",
    "verifier",
    "begun_with",
    "keys",
)
# Fields of these names that hold none, and why.
NO_SECRET = {
    "Question.secret": "whether what is asked for is one",
    "Question.token": "what its buttons carry: good for the one who was asked alone",
    "Button.token": "what buttons carry: checked against who presses",
    "Digest.token": "what its button carries",
    "_Desk.keys": "random marks of parts, by which a network tells a repetition",
    "Press.token": "what a button carries",
}  # fmt: skip


def modules() -> Iterator[Any]:
    for package in (bridgebot, adapters):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in found.name for part in ("__main__", "migrations", "bridgebot.testing")):
                yield importlib.import_module(found.name)


def classes() -> list[type]:
    """Every class of the product that is a record: a dataclass, a row, a struct, a model of options."""
    found = {
        one
        for module in modules()
        for one in vars(module).values()
        if inspect.isclass(one) and one.__module__ == module.__name__ and fields(one)
    }
    return sorted(found, key=lambda one: (one.__module__, one.__qualname__))


def fields(cls: type) -> tuple[str, ...]:
    if dataclasses.is_dataclass(cls):
        return tuple(one.name for one in dataclasses.fields(cls))
    if issubclass(cls, msgspec.Struct):
        return cls.__struct_fields__
    return tuple(cls.model_fields) if issubclass(cls, BaseModel) else ()


def marked(cls: type) -> Any:
    """An object of this class of which each field holds a text that bears the field's name."""
    hints = typing.get_type_hints(cls) if issubclass(cls, BaseModel) else {}
    if issubclass(cls, msgspec.Struct):
        return cls(**{name: mark(name) for name in fields(cls)})
    if issubclass(cls, BaseModel):
        values = {n: SecretStr(mark(n)) if SecretStr in _within(hints[n]) else mark(n) for n in fields(cls)}
        return cls.model_construct(**values)
    made = cls.__new__(cls)
    for name in fields(cls):
        object.__setattr__(made, name, mark(name))
    return made


def _within(hint: Any) -> set[Any]:
    return {hint, *typing.get_args(hint)}


def mark(name: str) -> str:
    return f"{MARK}-{name}-"


def is_secret(cls: type, name: str) -> bool:
    named = any(word in name for word in SECRET) and not name.endswith("_file")
    return named and f"{cls.__name__}.{name}" not in NO_SECRET


CLASSES = classes()


def test_the_classes_of_the_product_are_found() -> None:
    names = {one.__name__ for one in CLASSES}
    assert {"Account", "Settings", "LinkRequest", "Browser", "Question", "Secret", "Config"} <= names
    assert len(CLASSES) > 150


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")
def test_no_repr_shows_a_secret(cls: type) -> None:
    shown = [f"{made!r} {made!s} {made}" for made in (marked(cls),)]
    secret = [name for name in fields(cls) if is_secret(cls, name)]
    assert [name for name in secret for text in shown if mark(name) in text] == []


@pytest.mark.parametrize(
    "cls", [one for one in CLASSES if issubclass(one, Row)], ids=lambda cls: cls.__name__
)
def test_no_row_shows_what_is_encrypted(cls: type[Row]) -> None:
    """By the schema: a column that is sealed is no part of the row's repr."""
    sealed = {c.name for table in metadata.sorted_tables for c in table.c if isinstance(c.type, Sealed)}
    table = next((one for one in metadata.sorted_tables if {c.name for c in one.c} >= set(fields(cls))), None)
    own = {c.name for c in table.c if isinstance(c.type, Sealed)} if table is not None else sealed
    shown = repr(marked(cls))
    assert [name for name in fields(cls) if name in own and mark(name) in shown] == []
