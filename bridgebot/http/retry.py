"""When a network wants to be asked again: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bridgebot.model import Made

LONGEST = 24 * 3600.0  # seconds; a network that says more is not believed
_DELTA_BELOW = 1e8  # a smaller number is a span in seconds, a larger one an epoch time
_MILLISECONDS_ABOVE = 1e11
_LIMITS = tuple(
    (f"{prefix}-Limit", f"{prefix}-Remaining", f"{prefix}-Reset") for prefix in ("X-RateLimit", "RateLimit")
)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, from `Retry-After` (RFC 9110, 10.2.3: seconds or a date), else from
    `X-RateLimit-Reset` or `RateLimit-Reset` (ISO 8601, epoch time, or seconds). None: not said.

    `headers` are looked up without regard to case. Dates are measured against the server's own
    `Date` where it sends one, so that two clocks that differ do no harm.
    """
    for name in ("Retry-After", "X-RateLimit-Reset", "RateLimit-Reset"):
        seconds = _seconds(headers.get(name, ""), headers, now)
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST)
    return None


class Left(Made, frozen=True):
    """What a server says is left of a limit."""

    limit: int  # calls in the whole period; 0: not said
    remaining: int
    seconds: float  # until it counts anew


def left(headers: Mapping[str, str], now: datetime) -> Left | None:
    """`X-RateLimit-Limit`, `-Remaining` and `-Reset`, or the same without the `X-`; None: not said."""
    for limit, remains, reset in _LIMITS:
        said = headers.get(remains)
        remaining = None if said is None else _count(said)
        if remaining is None:
            continue
        seconds = _seconds(headers.get(reset, ""), headers, now)
        if seconds is not None:
            whole = _count(headers.get(limit, "")) or 0
            return Left(whole, remaining, min(max(seconds, 0.0), LONGEST))
    return None


def date(text: str) -> datetime | None:
    """A date as HTTP writes it; None: it is none."""
    return _date(text) if text else None


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _seconds(text: str, headers: Mapping[str, str], now: datetime) -> float | None:
    """How long it is until a time, or so many seconds; a time is measured against the server's own."""
    text = text.strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        then = _iso(text) or _date(text)
        return None if then is None else (then - _here(headers, now)).total_seconds()
    if number != number or number < _DELTA_BELOW:
        return number if number == number else None
    epoch = number / 1000 if number > _MILLISECONDS_ABOVE else number
    return epoch - _here(headers, now).timestamp()


def _here(headers: Mapping[str, str], now: datetime) -> datetime:
    return date(headers.get("Date", "")) or now


@lru_cache(64)  # within a second all servers write the same one
def _date(text: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(text))
    except (ValueError, IndexError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text))
    except ValueError:
        return None


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
