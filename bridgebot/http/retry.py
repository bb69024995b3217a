"""When a network wants to be asked again: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600.0  # seconds; a network that says more is not believed
_DELTA_BELOW = 1e8  # a smaller number is a span in seconds, a larger one an epoch time
_MILLISECONDS_ABOVE = 1e11


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, from `Retry-After` (RFC 9110, 10.2.3: seconds or a date), else from
    `X-RateLimit-Reset` or `RateLimit-Reset` (ISO 8601, epoch time, or seconds). None: not said.

    `headers` are looked up without regard to case. Dates are measured against the server's own
    `Date` where it sends one, so that two clocks that differ do no harm.
    """
    here = _date(headers.get("Date", "")) or now
    for name in ("Retry-After", "X-RateLimit-Reset", "RateLimit-Reset"):
        seconds = _seconds(headers.get(name, "").strip(), here)
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST)
    return None


@dataclass(frozen=True, slots=True)
class Left:
    """What a server says is left of a limit."""

    limit: int  # calls in the whole period; 0: not said
    remaining: int
    seconds: float  # until it counts anew


def left(headers: Mapping[str, str], now: datetime) -> Left | None:
    """`X-RateLimit-Limit`, `-Remaining` and `-Reset`, or the same without the `X-`; None: not said."""
    here = _date(headers.get("Date", "")) or now
    for prefix in ("X-RateLimit", "RateLimit"):
        remaining = _count(headers.get(f"{prefix}-Remaining", ""))
        seconds = _seconds(headers.get(f"{prefix}-Reset", "").strip(), here)
        if remaining is not None and seconds is not None:
            limit = _count(headers.get(f"{prefix}-Limit", "")) or 0
            return Left(limit, remaining, min(max(seconds, 0.0), LONGEST))
    return None


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _seconds(text: str, now: datetime) -> float | None:
    try:
        number = float(text)
    except ValueError:
        then = _date(text) or _iso(text)
        return None if then is None else (then - now).total_seconds()
    if number != number or number < _DELTA_BELOW:
        return number if number == number else None
    epoch = number / 1000 if number > _MILLISECONDS_ABOVE else number
    return epoch - now.timestamp()


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
