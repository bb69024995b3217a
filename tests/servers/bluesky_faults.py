"""What goes wrong on order, and the rate limit that every answer tells of."""

from __future__ import annotations

import asyncio
import enum
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web

from tests.servers.bluesky_api import XrpcError

RETRY_AFTER = 7  # seconds, as an ordered 429 tells
HTML = "<!DOCTYPE html><html><head><title>Hold on</title></head><body>Back soon</body></html>"


class Fault(enum.StrEnum):
    """What a call can be made to meet."""

    EXPIRED = "the token is over"
    RATE = "429"
    INVALID = "400"
    ERROR = "500"
    BAD_GATEWAY = "502, HTML"
    UPSTREAM = "502, the app view is away"
    HTML = "200, HTML"
    CUT_AFTER = "acts, then closes the connection"
    CUT_BEFORE = "closes the connection and does nothing"
    HANG = "answers nothing, and does nothing"


_SAID = {
    Fault.EXPIRED: XrpcError("ExpiredToken", "Token has expired"),
    Fault.RATE: XrpcError("RateLimitExceeded", "Rate Limit Exceeded", 429),
    Fault.INVALID: XrpcError("InvalidRequest", "ordered by a test"),
    Fault.ERROR: XrpcError("InternalServerError", "Internal Server Error", 500),
    Fault.UPSTREAM: XrpcError("UpstreamFailure", "Upstream service unreachable", 502),
}


@dataclass
class Order:
    """One fault that waits for its call."""

    fault: Fault
    path: str | None  # a pattern that the path must hold
    times: int | None  # None: until `heal`


class Faults:
    """The orders of one server."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.healed = asyncio.Event()

    def add(self, fault: Fault, path: str | None, times: int | None) -> None:
        self.healed.clear()
        self.orders.append(Order(fault, path, times))

    def heal(self) -> None:
        self.orders.clear()
        self.healed.set()

    def take(self, request: web.Request) -> Fault | None:
        """The fault that this call meets."""
        for order in self.orders:
            if order.path is None or re.search(order.path, request.path):
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self.orders.remove(order)
                return order.fault
        return None


def ordered(fault: Fault) -> web.Response:
    """The answer of a fault that has one."""
    if fault in (Fault.HTML, Fault.BAD_GATEWAY):
        status = 502 if fault is Fault.BAD_GATEWAY else 200
        return web.Response(text=HTML, content_type="text/html", status=status)
    return _SAID[fault].answer


def hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


def limits(now: datetime, *, left: int = 2999, seconds: int = 300) -> dict[str, str]:
    """The headers of packages/xrpc-server/src/rate-limiter.ts: the nearest of all limits."""
    whole = now.replace(microsecond=0)
    return {
        "RateLimit-Limit": "3000",
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(int(whole.timestamp()) + seconds),
        "RateLimit-Policy": "3000;w=300",
        "Date": format_datetime(whole, usegmt=True),
    }
