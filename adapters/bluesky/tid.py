"""Keys of records, chosen here: the same publication has the same key, and so has the same mark on a post.

A TID (atproto.com/specs/tid) is 53 bits of microseconds since 1970 and 10 bits that tell clocks apart, in
thirteen letters that sort as the times do.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Keys that are no times lie in the years 2020 to 2024: nobody can take them for times to come.
_FIRST: Final = 1_577_836_800_000_000
_SPAN: Final = 47  # bits of microseconds: four and a half years
_LAST: Final = 4_102_444_800_000  # milliseconds: the year 2100, behind which no key of the bot is made
_SPREAD: Final = 1_000_000  # microseconds before its time in which a key may lie


def tid(microseconds: int, clock: int) -> str:
    """The TID of a time since 1970 and of a clock (0 to 1023)."""
    number = (microseconds & (1 << 53) - 1) << 10 | clock & 1023
    return "".join(_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def of_publication(key: str) -> tuple[str, datetime | None]:
    """The key of the record that a publication makes, and when that publication began: a UUID of version 7
    says so itself, in milliseconds (RFC 9562, 5.7). None: this key does not say.
    """
    digest = _digest("publication", key)
    try:
        said = uuid.UUID(key)
    except ValueError:
        return _timeless(digest), None
    milliseconds = said.int >> 80
    if said.version != 7 or not _SPREAD < milliseconds < _LAST:
        return _timeless(digest), None
    # The parts of a thread have keys of one millisecond, and must not meet.
    microseconds = milliseconds * 1000 - digest % _SPREAD
    return tid(microseconds, digest // _SPREAD), _EPOCH + timedelta(milliseconds=milliseconds)


def derived(*parts: str) -> str:
    """The key of the one record that these words can make: whose, of which kind, about what."""
    return _timeless(_digest(*parts))


def _timeless(digest: int) -> str:
    return tid(_FIRST + (digest & (1 << _SPAN) - 1), digest >> _SPAN)


def _digest(*parts: str) -> int:
    words = "\0".join(parts).encode()
    return int.from_bytes(hashlib.sha256(words).digest()[:16], "big")
