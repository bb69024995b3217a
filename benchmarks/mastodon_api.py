"""A server of the Mastodon API that costs next to nothing: a process of its own.

    python -m benchmarks.mastodon_api PORTS      # prints as many ports, and serves until its input ends

Every port is one server. A post that is published is noted: when it was answered, at which port, with which
token, and its first word. `GET /_log` gives the notes as JSON, `POST /_reset` forgets them and sets what
is said in its body (`Behaviour`). It parses of HTTP only what the clients here send, since a real server
would need more CPU than they do and be what is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks import answering

_TOKEN = re.compile(rb"\r\nauthorization: *bearer ([^\r]+)", re.IGNORECASE)
_STATUS = re.compile(rb'"status": ?"([^" ]+)')

# As long as Mastodon's own answers are for a short post: of some fields nobody here reads anything.
_PICTURE = "https://files.example.net/accounts/avatars/original/0123456789abcdef.png"
_ACCOUNT = {
    "id": "1", "username": "ann", "acct": "ann", "display_name": "Ann", "locked": False, "bot": False,
    "created_at": "2022-11-05T00:00:00.000Z", "note": "<p>I ride, read and write.</p>",
    "url": "https://example.net/@ann", "uri": "https://example.net/users/ann", "avatar": _PICTURE,
    "avatar_static": _PICTURE, "header": _PICTURE, "header_static": _PICTURE, "followers_count": 310,
    "following_count": 280, "statuses_count": 4000, "last_status_at": "2026-11-20",
    "emojis": [], "fields": [],
}  # fmt: skip
STATUS = {
    "id": "@ID@", "created_at": "2026-11-26T12:00:00.000Z", "in_reply_to_id": None, "sensitive": False,
    "spoiler_text": "", "visibility": "public", "language": "en", "uri": "https://example.net/s/@ID@",
    "url": "https://example.net/@ann/@ID@", "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
    "favourited": False, "reblogged": False, "muted": False, "bookmarked": False, "pinned": False,
    "content": "<p>A post of ordinary length " + "x" * 200 + "</p>", "reblog": None, "account": _ACCOUNT,
    "application": {"name": "bridgebot", "website": None}, "edited_at": None, "media_attachments": [],
    "mentions": [], "tags": [], "emojis": [], "card": None, "poll": None,
}  # fmt: skip
_BEFORE, _MIDDLE, _BETWEEN, _AFTER = json.dumps(STATUS).encode().split(b"@ID@")


def answer(body: bytes, status: bytes = b"200 OK", extra: bytes = b"") -> bytes:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n" + extra
    return b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


_NOTHING = answer(b"[]", extra=b"X-RateLimit-Remaining: 299\r\n")


@dataclass
class Behaviour:
    """What the servers do, until it is said otherwise."""

    delay: float = 0.0  # seconds before any answer
    stalled: frozenset[str] = frozenset()  # tokens that never get one
    log_reads: bool = False  # note every GET as well


@dataclass
class Server:
    """What all ports of this process share."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    posts: list[tuple[float, int, str, str]] = field(default_factory=list)
    reads: list[tuple[float, str]] = field(default_factory=list)
    made: int = 0  # goes on over resets: an id is given once

    def publish(self, port: int, token: bytes, body: bytes) -> bytes:
        number = _STATUS.search(body)
        self.posts.append((time.monotonic(), port, token.decode(), number[1].decode() if number else ""))
        self.made += 1
        id = b"%d" % (110_000_000_000_000_000 + self.made)
        return answer(id.join((_BEFORE, _MIDDLE, _BETWEEN, _AFTER)), extra=b"X-RateLimit-Remaining: 299\r\n")

    def read(self, target: bytes, token: bytes) -> bytes:
        if self.behaviour.log_reads:
            self.reads.append((time.monotonic(), token.decode() or target.decode()))
        return _NOTHING

    def control(self, target: bytes, body: bytes) -> bytes:
        if target == b"/_log":
            return answer(json.dumps({"posts": self.posts, "reads": self.reads}).encode())
        said: dict[str, Any] = json.loads(body or b"{}")
        self.behaviour = Behaviour(**{**said, "stalled": frozenset(said.get("stalled", ()))})
        self.posts, self.reads = [], []
        return answer(b"{}")


class Connection(answering.Connection):
    def __init__(self, server: Server, port: int) -> None:
        super().__init__()
        self._server = server
        self._port = port

    def asked(self, method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        server = self._server
        if target.startswith(b"/_"):
            self.write(server.control(target, body))
            return
        found = _TOKEN.search(head)
        token = found[1] if found else b""
        if server.behaviour.stalled and token.decode() in server.behaviour.stalled:
            return
        later = server.behaviour.delay
        made = server.read(target, token) if method == b"GET" else server.publish(self._port, token, body)
        if later:
            asyncio.get_running_loop().call_later(later, self.write, made)
        else:
            self.write(made)


async def serve(ports: int) -> None:
    """Serve until the process that started it is gone."""
    loop, server = asyncio.get_running_loop(), Server()
    listening = [
        await loop.create_server(lambda n=n: Connection(server, n), "127.0.0.1", 0, backlog=1000)  # type: ignore[misc]
        for n in range(ports)
    ]
    print(*(one.sockets[0].getsockname()[1] for one in listening), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
