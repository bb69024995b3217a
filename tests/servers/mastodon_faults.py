"""What goes wrong on order, and the rate limit that every answer tells of."""

from __future__ import annotations

import asyncio
import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

RETRY_AFTER = 7  # seconds, as the headers of an ordered 429 tell
HTML = "<!DOCTYPE html><html><head><title>Hold on</title></head><body>We'll be right back</body></html>"


class Fault(enum.StrEnum):
    """What a request can be made to meet."""

    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    RATE = "429"
    INVALID = "422"
    ERROR = "500"
    BAD_GATEWAY = "502, HTML"
    HTML = "200, HTML"
    CUT_AFTER = "acts, then closes the connection"
    CUT_BEFORE = "closes the connection and does nothing"
    HANG = "answers nothing, and does nothing"
    TRUNCATED = "acts, and half of the answer comes"


WORDS = {
    Fault.UNAUTHORIZED: (401, "The access token is invalid"),
    Fault.FORBIDDEN: (403, "This action is not allowed"),
    Fault.NOT_FOUND: (404, "Record not found"),
    Fault.RATE: (429, "Too many requests"),
    Fault.INVALID: (422, "Validation failed: ordered by a test"),
    Fault.ERROR: (500, "We're sorry, but something went wrong on our end."),
}


@dataclass
class Order:
    """One fault that waits for its request."""

    fault: Fault
    method: str | None
    path: str | None  # a pattern that the path must hold
    times: int | None  # None: until `heal`

    def meets(self, request: web.Request) -> bool:
        if self.method is not None and self.method != request.method:
            return False
        if self.path is None:  # a stream that comes back by itself does not use the fault up
            return not request.path.startswith("/api/v1/streaming")
        return re.search(self.path, request.path) is not None


class Faults:
    """The orders of one server."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.healed = asyncio.Event()

    def add(self, fault: Fault, method: str | None, path: str | None, times: int | None) -> None:
        self.healed.clear()
        self.orders.append(Order(Fault(fault), method, path, times))

    def heal(self) -> None:
        self.orders.clear()
        self.healed.set()

    def take(self, request: web.Request) -> Fault | None:
        """The fault that this request meets."""
        for order in self.orders:
            if order.meets(request):
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self.orders.remove(order)
                return order.fault
        return None


def ordered(fault: Fault) -> web.Response:
    """The answer of a fault that has one."""
    if fault is Fault.HTML:
        return web.Response(text=HTML, content_type="text/html")
    if fault is Fault.BAD_GATEWAY:
        return web.Response(text=HTML, content_type="text/html", status=502)
    status, words = WORDS[fault]
    return web.json_response({"error": words}, status=status)


async def truncated(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """The length of the whole, and half of it."""
    body = answer.body if isinstance(answer.body, bytes) else b"{}"
    half = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    hang_up(request)
    return half


def hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


@dataclass(frozen=True)
class Bucket:
    """So many requests in a span; mastodon: config/initializers/rack_attack.rb, app/lib/rate_limiter.rb."""

    name: str
    limit: int
    seconds: int


GENERAL = Bucket("api", 300, 300)
POSTS = Bucket("statuses", 300, 10800)
DELETES = Bucket("deletes", 30, 1800)
UPLOADS = Bucket("media", 30, 1800)


def bucket(method: str, path: str) -> Bucket:
    if method == "POST" and path == "/api/v1/statuses":
        return POSTS
    if method == "POST" and re.fullmatch(r"/api/v\d/media", path):
        return UPLOADS
    if (method == "DELETE" and path.startswith("/api/v1/statuses/")) or path.endswith("/unreblog"):
        return DELETES
    return GENERAL


class Budgets:
    """How much of each bucket everybody has used; windows begin at whole multiples of their span."""

    def __init__(self, iso: bool) -> None:
        self.iso = iso
        self.enforced = True
        self.used: dict[tuple[str, str, int], int] = {}

    def spend(self, who: str, request: web.Request, now: datetime) -> tuple[bool, dict[str, str]]:
        """Is the request within the limit, and the headers that tell of it."""
        kind = bucket(request.method, request.path)
        window = int(now.timestamp()) // kind.seconds
        key = (who, kind.name, window)
        self.used[key] = self.used.get(key, 0) + 1
        left = kind.limit - self.used[key]
        end = now.fromtimestamp((window + 1) * kind.seconds, tz=now.tzinfo)
        headers = self.headers(kind.limit, max(left, 0), end, now)
        if not self.enforced:  # as a server without limits, which speaks of none
            return True, {"Date": headers["Date"]}
        return left >= 0, headers

    def exhausted(self, now: datetime) -> dict[str, str]:
        """The headers of an ordered 429: exactly `RETRY_AFTER` after the answer's own date."""
        whole = now.replace(microsecond=0)
        return self.headers(GENERAL.limit, 0, whole + timedelta(seconds=RETRY_AFTER), now)

    def headers(self, limit: int, left: int, end: datetime, now: datetime) -> dict[str, str]:
        reset = end.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if self.iso else str(int(end.timestamp()))
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": reset,
            "Date": format_datetime(now.replace(microsecond=0), usegmt=True),
        }
