"""Times as people read them, in their own time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def clock(at: datetime, now: datetime, zone: str) -> str:
    """`14:05` on the same day, else `2026-03-01 14:05`. Pure."""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    return there.strftime("%H:%M" if there.date() == today.date() else "%Y-%m-%d %H:%M")


def moment(at: datetime, zone: str) -> str:
    """`2026-03-01 14:05`, whichever day it is; "" beyond what a calendar here has. Pure."""
    try:
        return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    except OverflowError:
        return ""
