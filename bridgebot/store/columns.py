"""What the columns of the schema have in common. Times are UTC microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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


class Time(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds: exact, ordered, the same on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Json(sa.JSON):
    """JSON; what most rows hold, nothing, is not parsed."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        read = super().result_processor(dialect, coltype)
        if read is None:  # the driver reads it
            return None

        def process(value: Any) -> Any:
            empty = _EMPTY.get(value)
            return read(value) if empty is None else empty()

        return process


_EMPTY: dict[Any, Any] = {None: lambda: None, "null": lambda: None, "{}": dict, "[]": list}
