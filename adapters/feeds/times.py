"""Dates as feeds write them. Pure."""

from __future__ import annotations

import calendar
import time
from datetime import UTC, datetime, timedelta

_FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # what is older comes of a clock that was never set


def of_tuple(value: time.struct_time | None) -> datetime | None:
    """What feedparser makes of a date, which is UTC."""
    if value is None:
        return None
    try:
        return _sane(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(value)))
    except (ValueError, OverflowError):
        return None


def of_text(value: str | None) -> datetime | None:
    """RFC 3339, as JSON Feed has it."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return _sane(found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _sane(found: datetime) -> datetime | None:
    return found if found >= _FIRST else None
