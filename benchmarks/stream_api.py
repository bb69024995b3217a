"""A server of the Mastodon API that streams: a process of its own.

    python -m benchmarks.stream_api CERTIFICATE    # prints a port over TLS and one without; serves until its
                                                   # input ends

`POST /_tell` streams as many posts as it says, so many a second, to the sockets in turn; each stands in the
home timeline of its account then, which is empty before. `GET /_log` gives when each was sent, and
when who asked for anything.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from benchmarks.mastodon_api import STATUS

# By somebody who is nobody of the bot's; its first word tells which it is.
_AUTHOR = {**STATUS["account"], "id": "4000000"}  # type: ignore[dict-item]
_CONTENT = "<p>w@ID@ and " + "x" * 200 + "</p>"
_STATUS = json.dumps(STATUS | {"created_at": "@AT@", "account": _AUTHOR, "content": _CONTENT})


class Server:
    """What both ports share."""

    def __init__(self) -> None:
        self.sockets: list[tuple[str, web.WebSocketResponse]] = []  # each with whose it is
        self.sent: dict[str, float] = {}  # when, by the post's id
        self._posts: dict[str, str] = {}  # what was sent
        self._homes: defaultdict[str, list[str]] = defaultdict(list)  # ids, by whom they were sent to
        self.reads: list[tuple[float, str]] = []
        self.made = 0
        self._task: asyncio.Task[None] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/v1/streaming", self.stream)
        app.router.add_get("/api/v1/statuses/{id}", self.status)
        app.router.add_get("/api/v1/timelines/home", self.home)
        app.router.add_get("/_log", self.log)
        app.router.add_post("/_reset", self.reset)
        app.router.add_post("/_tell", self.tell)
        return app

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        own = (_token(request), socket)
        self.sockets.append(own)
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self.sockets.remove(own)
        return socket

    async def status(self, request: web.Request) -> web.Response:
        self._note(request)
        return _json(self._posts[request.match_info["id"]])

    async def home(self, request: web.Request) -> web.Response:
        """Above `min_id` the oldest, else below `max_id` the newest; a page has the newest first."""
        self._note(request)
        query, ids = request.query, self._homes[_token(request)]
        most = int(query.get("limit", "20"))
        above = [id for id in ids if id > query.get("min_id", "") and id < query.get("max_id", "9")]
        page = above[:most] if "min_id" in query else above[-most:]
        return _json(f"[{','.join(self._posts[id] for id in reversed(page))}]")

    async def log(self, request: web.Request) -> web.Response:
        known = {"sent": self.sent, "reads": self.reads, "sockets": len(self.sockets)}
        return web.json_response(known)

    async def reset(self, request: web.Request) -> web.Response:
        self.sent, self.reads = {}, []
        return _json("{}")

    async def tell(self, request: web.Request) -> web.Response:
        said: dict[str, Any] = await request.json()
        self._task = asyncio.create_task(self._tell(said["count"], said["rate"]))
        return _json("{}")

    async def _tell(self, count: int, rate: float) -> None:
        begun = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            self.made += 1
            id = str(110_000_000_000_000_000 + self.made)
            post = _STATUS.replace("@ID@", id).replace("@AT@", datetime.now(UTC).isoformat())
            self._posts[id] = post
            event = {"stream": ["user"], "event": "update", "payload": post}
            self.sent[id] = time.monotonic()
            token, socket = self.sockets[number % len(self.sockets)]
            self._homes[token].append(id)
            await socket.send_str(json.dumps(event))

    def _note(self, request: web.Request) -> None:
        self.reads.append((time.monotonic(), _token(request)))


def _token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _json(text: str) -> web.Response:
    headers = {"X-RateLimit-Remaining": "299"}
    return web.Response(text=text, content_type="application/json", headers=headers)


async def serve(certificate: str) -> None:
    """Serve until the process that started it is gone."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    runner = web.AppRunner(Server().app(), access_log=None)
    await runner.setup()
    for tls in (context, None):
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls, backlog=1000).start()
    print(*(address[1] for address in runner.addresses), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
