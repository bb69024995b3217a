"""A Bot API server that notes what is sent and keeps to limits: a process of its own.

    python -m benchmarks.telegram_api      # prints its port, and serves until its input ends

`GET /_log` gives the messages as JSON (when, to which chat, the answer's status), `POST /_reset` forgets
them and sets what is said in its body (`Behaviour`), `POST /_say` lets somebody write to the bot. A call
over a limit is answered by 429 with `retry_after`, and counts as none. Chats with a minus are groups.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from benchmarks import answering
from benchmarks.bot_api import answer, fixed

_CHAT = re.compile(rb"(?:^|&)chat_id=(-?\d+)")
WAIT = 0.5  # seconds for which a request is held that there is nothing for
MINUTE = 60.0


@dataclass
class Behaviour:
    """What the server does, until it is said otherwise. 0: there is no such limit."""

    overall: int = 0  # messages in any second
    chat: int = 0  # messages to one chat in any second
    group: int = 0  # messages to one group in any minute
    updates: int = 0  # texts that wait for the bot, numbered from one on
    text: str = ""  # of each of them
    people: int = 100  # who write them, in turns


class Window:
    """At most so many in any span of time."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        """How long until one more is let in; 0: now."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if not self._most or len(self._times) < self._most:
            return 0.0
        return self._times[0] + self._seconds - now

    def take(self, now: float) -> None:
        self._times.append(now)


@dataclass
class Server:
    """What all connections share."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    sent: list[tuple[float, int, int]] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    messages: int = 0  # goes on over resets: an id is given once
    asked_at: float = 0.0  # when updates were first asked for
    overall: Window = field(default_factory=lambda: Window(0, 1))
    chats: dict[int, Window] = field(default_factory=dict)
    groups: dict[int, Window] = field(default_factory=dict)

    def reset(self, said: dict[str, Any]) -> None:
        self.behaviour = now = Behaviour(**said)
        self.sent, self.asked_at = [], 0.0
        self.overall = Window(now.overall, 1)
        self.chats = defaultdict(lambda: Window(now.chat, 1))
        self.groups = defaultdict(lambda: Window(now.group, MINUTE))
        self.updates = []
        for number in range(1, now.updates + 1):
            self.say(1000 + number % now.people, now.text)

    def say(self, person: int, text: str) -> None:
        number = len(self.updates) + 1
        who = {"id": person, "first_name": "Ann", "username": f"ann{person}"}
        message = {
            "message_id": number, "date": int(time.time()), "text": text, "chat": {**who, "type": "private"},
            "from": {**who, "is_bot": False, "language_code": "en"},
        }  # fmt: skip
        if text.startswith("/"):
            length = len(text.split(None, 1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.updates.append(json.dumps({"update_id": number, "message": message}).encode())
        self.news.set()

    def send(self, body: bytes) -> bytes:
        """One message, or how long to wait."""
        now, found = time.monotonic(), _CHAT.search(body)
        chat = int(found[1]) if found else 0
        windows = [self.overall, self.chats[chat], *([self.groups[chat]] if chat < 0 else [])]
        wait = max(window.wait(now) for window in windows)
        if wait > 0:
            self.sent.append((now, chat, 429))
            return refused(wait)
        for window in windows:
            window.take(now)
        self.sent.append((now, chat, 200))
        self.messages += 1
        result = {"message_id": self.messages, "date": 1763910001, "chat": {"id": chat, "type": "private"}}
        return answer(json.dumps({**result, "text": "sent"}).encode())

    def batch(self, offset: int, limit: int) -> bytes:
        return answer(b"[" + b",".join(self.updates[offset - 1 : offset - 1 + limit]) + b"]")


def refused(wait: float) -> bytes:
    seconds = max(1, round(wait + 0.5))
    said = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {seconds}"}
    body = json.dumps({**said, "parameters": {"retry_after": seconds}}).encode()
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: "
    return head + str(len(body)).encode() + b"\r\n\r\n" + body


class Connection(answering.Connection):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def asked(self, method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        name = target.rpartition(b"/")[2].decode()
        if name == "sendMessage":
            self.write(self._server.send(body))
        elif name == "getUpdates":
            self._poll(parse_qs(body.decode()))
        else:
            self.write(self._control(name, body) if name.startswith("_") else fixed(name))

    def _control(self, method: str, body: bytes) -> bytes:
        server, said = self._server, json.loads(body or b"{}")
        match method:
            case "_log":
                found = {"sent": server.sent, "asked_at": server.asked_at}
                body = json.dumps(found).encode()
                return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            case "_say":
                server.say(said["person"], said["text"])
            case _:
                server.reset(said)
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def _poll(self, asked: dict[str, list[str]]) -> None:
        server = self._server
        offset, limit = int(asked.get("offset", ["1"])[0]) or 1, int(asked.get("limit", ["100"])[0])
        server.asked_at = server.asked_at or time.monotonic()
        if offset <= len(server.updates):
            self.write(server.batch(offset, limit))
        else:
            self._waiting = asyncio.create_task(self._later(offset, limit))

    async def _later(self, offset: int, limit: int) -> None:
        self._server.news.clear()
        try:
            async with asyncio.timeout(WAIT):
                await self._server.news.wait()
        except TimeoutError:
            pass
        self.write(self._server.batch(offset, limit))


async def serve() -> None:
    """Serve until the process that started it is gone."""
    loop, server = asyncio.get_running_loop(), Server()
    server.reset({})
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", 0, backlog=1000)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
