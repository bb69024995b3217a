"""A Bot API server that costs next to nothing: a process of its own, which gives prepared answers.

    python -m benchmarks.bot_api COUNT      # prints its port, and serves until its input ends

`getUpdates` gives the updates 1 to COUNT, from `offset` on; every other method one answer, always the
same. It parses of HTTP only what the clients here send, since a real server would need more CPU than
they do and be what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks import answering

TOKEN = "123456789:" + "A" * 35
CHATS = 100
TEXT = "An ordinary post with a link https://example.org/p/1 and a #tag, as long as people write. " + "x" * 60
_WAIT = 0.2  # seconds for which a request is held that there is nothing for


def update(number: int) -> dict[str, object]:
    """A text with two entities, by one of 100 people."""
    person = {"id": 1000 + number % CHATS, "first_name": "Ann", "username": "ann"}
    entities = [
        {"type": "url", "offset": TEXT.index("https"), "length": 23},
        {"type": "hashtag", "offset": TEXT.index("#"), "length": 4},
    ]
    message = {
        "message_id": number,
        "date": 1763910000,
        "from": {**person, "is_bot": False, "language_code": "en"},
        "chat": {**person, "type": "private"},
        "text": TEXT,
        "entities": entities,
    }
    return {"update_id": number, "message": message}


_ME = {"id": 123456789, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
_SENT = {"message_id": 7, "date": 1763910001, "chat": {"id": 1000, "type": "private"}, "text": TEXT}
_RESULTS = {
    "getMe": _ME,
    "getWebhookInfo": {"url": "", "has_custom_certificate": False},
    "sendMessage": _SENT,
}


def answer(result: bytes) -> bytes:
    body = b'{"ok":true,"result":' + result + b"}"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@cache
def fixed(method: str) -> bytes:
    """The answer of every method but `getUpdates`."""
    return answer(json.dumps(_RESULTS.get(method, True)).encode())


class Updates:
    """The batches, each made once."""

    def __init__(self, count: int) -> None:
        self._raw = [json.dumps(update(number)).encode() for number in range(1, count + 1)]
        self.batch = cache(self._batch)

    def _batch(self, offset: int, limit: int) -> bytes:
        return answer(b"[" + b",".join(self._raw[offset - 1 : offset - 1 + limit]) + b"]")

    def __contains__(self, offset: int) -> bool:
        return 1 <= offset <= len(self._raw)


class Connection(answering.Connection):
    def __init__(self, updates: Updates) -> None:
        super().__init__()
        self._updates = updates

    def asked(self, method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        name = target.rpartition(b"/")[2].decode()
        if name == "getUpdates":
            self._give(parse_qs(body.decode()))
        else:
            self.write(fixed(name))

    def _give(self, asked: dict[str, list[str]]) -> None:
        offset = int(asked.get("offset", ["1"])[0]) or 1
        limit = int(asked.get("limit", ["100"])[0])
        wait = 0 if offset in self._updates or asked.get("timeout", ["0"]) == ["0"] else _WAIT
        batch = self._updates.batch(offset, limit)
        if wait:
            asyncio.get_running_loop().call_later(wait, self.write, batch)
        else:
            self.write(batch)


async def serve(count: int, tell: Callable[[int], None]) -> None:
    """Serve until the process that started it is gone."""
    loop, updates = asyncio.get_running_loop(), Updates(count)
    server = await loop.create_server(lambda: Connection(updates), "127.0.0.1", 0)
    tell(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(sys.stdin.read)
    server.close()


@contextlib.contextmanager
def running(count: int) -> Iterator[str]:
    """Its address, while the block lasts."""
    command = [sys.executable, "-m", "benchmarks.bot_api", str(count)]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), lambda port: print(port, flush=True)))
