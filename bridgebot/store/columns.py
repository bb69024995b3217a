"""What the columns of the schema have in common. Times are UTC microseconds since 1970."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@functools.lru_cache(maxsize=1024)  # what was queued together bears the same times
def _to_number(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


@functools.lru_cache(maxsize=1024)
def _to_time(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


class Time(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds: exact, ordered, the same on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Any) -> Any:
        return _to_number

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return _to_time


class Sealed(sa.Text):
    """A text that the vault encrypted: whoever declares such a column has it re-encrypted when keys are
    changed, and looked at before the bot starts. Nothing else encrypted stands in the database.
    """


class Json(sa.TypeDecorator[Any]):
    """JSON; what most rows hold, nothing, is not parsed."""

    impl = sa.JSON
    cache_ok = True

    def bind_processor(self, dialect: Any) -> Any:
        impl: Any = self.impl_instance
        none = None if impl.none_as_null else "null"
        return lambda value: none if value is None else to_json(value)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return from_json


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def to_json(value: Any) -> str:
    """A value as a column keeps it."""
    try:
        return _encode(value).decode()
    except UnicodeEncodeError:  # half a character, as JSON of networks may have them
        return json.dumps(value)


def from_json(text: str | None) -> Any:
    """What a column keeps as a value; each time a new one."""
    if text is None or text == "null":
        return None
    if text == "{}":
        return {}
    try:
        return _decode(text)
    except msgspec.DecodeError:  # half a character, or a number that is none
        return json.loads(text)
