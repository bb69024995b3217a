"""Frozen values, as dataclasses and as msgspec's: pure.

A frozen dataclass sets each field by a call. Of what stands in a page of posts so many are made that this was
as much as all of the decoding; a `Made` is made at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Made(msgspec.Struct, frozen=True, gc=False):
    """A frozen value of which many are made."""


def fresh(make: Callable[[], T]) -> T:
    """The default of a field that each `Made` gets one of its own of, such as `fresh(dict)`."""
    return msgspec.field(default_factory=make)


def names(value: Any) -> tuple[str, ...]:
    """The names of the fields of a value, in their order; none where it is no value with fields."""
    if isinstance(value, Made):
        return value.__struct_fields__
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple(field.name for field in dataclasses.fields(value))
    return ()


def changed(value: T, **fields: Any) -> T:
    """The same with other values in these fields."""
    if isinstance(value, Made):
        return msgspec.structs.replace(value, **fields)
    return dataclasses.replace(value, **fields)  # type: ignore[type-var]


def parts(value: Any) -> tuple[Any, ...]:
    """What stands in its fields, in their order."""
    return tuple(getattr(value, name) for name in names(value))
