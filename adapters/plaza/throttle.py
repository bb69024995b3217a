"""How often something may be asked for: counted in fixed spans, in memory, so it costs no statement.

What a person may do is counted in the tables (`store.people.spend`); this is about who calls, known
or not, and forgetting it at a restart does no harm.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

_KEPT = 20_000  # callers; when there are more, those whose span is over are forgotten


@dataclass(frozen=True, slots=True)
class Cap:
    """So much in such a span."""

    name: str
    limit: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Left:
    """What a caller has left of a cap."""

    allowed: bool
    limit: int
    remaining: int
    reset: datetime


class Throttle:
    """Counts calls."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, str], tuple[datetime, int]] = {}  # the span's end, calls in it

    def take(self, cap: Cap, caller: str, now: datetime) -> Left:
        """Note one more call, unless that would be too many."""
        key = (cap.name, caller)
        end, spent = self._spent.get(key, (now, 0))
        if end <= now:
            self._tidy(now)
            end, spent = now + cap.span, 0
        allowed = spent < cap.limit
        spent += allowed
        self._spent[key] = (end, spent)
        return Left(allowed, cap.limit, cap.limit - spent, end)

    def _tidy(self, now: datetime) -> None:
        if len(self._spent) >= _KEPT:
            self._spent = {key: value for key, value in self._spent.items() if value[0] > now}


def caller(request: web.Request) -> str:
    """Whose call it is, by address. Behind a proxy on this machine or in its network, the address that
    the proxy noted last; whatever a caller claims of itself stands before that. A household has a /64.
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    address = _address(str(peer[0])) if peer else None
    if address is None or address.is_private or address.is_loopback:
        noted = request.headers.getall("X-Forwarded-For", [""])[-1].rpartition(",")[2]
        address = _address(noted) or address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
