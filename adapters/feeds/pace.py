"""How often a feed is read: seldom where little happens, and never before it wants to be. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

DAY = 86400.0
LONGEST = DAY / 2  # seconds; what has been quiet for years may begin again
PARTS = 24  # a feed is read so often between two of its entries: a daily one every hour
UNKNOWN = 1800.0  # where nothing has a date
MOST = 10  # entries that tell how often there are some

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.I)


def wait(times: Sequence[int], now: datetime, asked: float, quickest: float) -> float:
    """Seconds until it is read again. `times`: when its latest entries came (seconds since 1970), in any
    order; `asked`: how long it asks to be left alone.
    """
    return max(min(_usual(times, now), LONGEST), quickest, min(asked, DAY))


def _usual(times: Sequence[int], now: datetime) -> float:
    latest = sorted((one for one in times if one <= now.timestamp()), reverse=True)[:MOST]
    if not latest:
        return UNKNOWN
    gaps = [after - before for after, before in pairwise(latest)]
    since = now.timestamp() - latest[0]
    return max(median(gaps), since) / PARTS if gaps else max(since / PARTS, UNKNOWN)


def kept(headers: Mapping[str, str]) -> float:
    """For how many seconds an answer holds (RFC 9111, 4.2: `max-age` less `Age`); 0: it does not say."""
    control = headers.get("Cache-Control", "")
    found = _MAX_AGE.search(control)
    if found is None or "no-cache" in control.lower() or "no-store" in control.lower():
        return 0.0
    age = headers.get("Age", "").strip()
    return max(float(found[1]) - (int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0), 0.0)
