"""Servers of the AT Protocol that cost next to nothing: a process of its own.

    python -m benchmarks.appview_api PORTS LIMIT SPAN    # prints as many ports; serves until its input ends

Every port is one PDS, with the app view behind it: timelines and notifications in which nothing is new. It
counts as Bluesky does: `LIMIT` calls in `SPAN` seconds from one address, with what is left in each answer and
a 429 for what is more. A session that is over is refused and renewed. `GET /_log` gives the notes as JSON,
`POST /_reset` forgets them and counts anew; it parses of HTTP only what the clients here send.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
import time
from collections import Counter
from typing import Any

from benchmarks import answering

LIMIT, SPAN = 3000, 300.0  # docs.bsky.app, "Rate Limits": calls of one address, and seconds
LASTS = 7200.0  # seconds of a session
_TOKEN = re.compile(rb"\r\nauthorization: *bearer ([^\r]+)", re.IGNORECASE)
_LISTS = {b"app.bsky.feed.getTimeline": b"feed", b"app.bsky.notification.listNotifications": b"notifications"}


def access(name: str, until: float) -> str:
    """The token of a session that is over at this time; the house reads when, the server whose it is."""
    said = base64.urlsafe_b64encode(json.dumps({"exp": until, "scope": "com.atproto.appPass"}).encode())
    return f"{name}.{said.decode().rstrip('=')}.s"


class Server:
    """What all ports of this process share."""

    def __init__(self, limit: int, span: float) -> None:
        self._limit, self._span = limit, span
        self.reads: list[tuple[float, str]] = []
        self.renewed: Counter[str] = Counter()
        self.refused = 0  # answers 429
        self.stale = 0  # calls with a token that was over
        self._windows: dict[int, tuple[float, int]] = {}  # by port: since when, and how many

    def answer(self, port: int, method: bytes, target: bytes, token: str) -> bytes:
        left, until = self._count(port)
        limits = b"RateLimit-Limit: %d\r\nRateLimit-Remaining: %d\r\nRateLimit-Reset: %d\r\n" % (
            self._limit, max(left, 0), until,
        )  # fmt: skip
        if left < 0:
            self.refused += 1
            return _answer(b'{"error":"RateLimitExceeded"}', b"429 Too Many Requests", limits)
        name = token.partition(".")[0]
        if target.startswith(b"/xrpc/com.atproto.server.refreshSession"):
            return _answer(self._renew(name), extra=limits)
        if _until(token) < time.time():
            self.stale += 1
            return _answer(b'{"error":"ExpiredToken"}', b"400 Bad Request", limits)
        self.reads.append((time.monotonic(), name))
        what = _LISTS.get(target[6:].partition(b"?")[0], b"feed")
        return _answer(b'{"%s":[]}' % what, extra=limits)

    def _count(self, port: int) -> tuple[int, float]:
        """One call more in the port's window: how many are left, and until when."""
        now = time.time()
        since, count = self._windows.get(port, (now, 0))
        if now >= since + self._span:
            since, count = now, 0
        self._windows[port] = (since, count + 1)
        return self._limit - count - 1, since + self._span

    def _renew(self, name: str) -> bytes:
        self.renewed[name] += 1
        fresh = access(name, time.time() + LASTS)
        user = name[1:].partition("_")[0]
        made = {"did": did(user), "handle": f"u{user}.example", "accessJwt": fresh, "refreshJwt": fresh}
        return json.dumps(made).encode()

    def control(self, target: bytes) -> bytes:
        if target == b"/_log":
            known: dict[str, Any] = {"reads": self.reads, "renewed": self.renewed}
            known |= {"refused": self.refused, "stale": self.stale}
            return _answer(json.dumps(known).encode())
        self.reads, self.renewed, self._windows, self.refused, self.stale = [], Counter(), {}, 0, 0
        return _answer(b"{}")


def did(user: int | str) -> str:
    return f"did:plc:u{user}"


def _until(token: str) -> float:
    said = token.partition(".")[2].partition(".")[0]
    until: float = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))["exp"]
    return until


def _answer(body: bytes, status: bytes = b"200 OK", extra: bytes = b"") -> bytes:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n" + extra
    return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


class Connection(answering.Connection):
    def __init__(self, server: Server, port: int) -> None:
        super().__init__()
        self._server = server
        self._port = port

    def asked(self, method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        if target.startswith(b"/_"):
            self.write(self._server.control(target))
            return
        found = _TOKEN.search(head)
        self.write(self._server.answer(self._port, method, target, found[1].decode() if found else ""))


async def serve(ports: int, limit: int, span: float) -> None:
    """Serve until the process that started it is gone."""
    loop, server = asyncio.get_running_loop(), Server(limit, span)
    listening = [
        await loop.create_server(lambda n=n: Connection(server, n), "127.0.0.1", 0, backlog=1000)  # type: ignore[misc]
        for n in range(ports)
    ]
    print(*(one.sockets[0].getsockname()[1] for one in listening), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
