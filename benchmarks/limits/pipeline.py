"""The least code that keeps the house's promise: the limit for whatever goes through all of it.

A message is durable in SQLite (one writer thread, group commit), goes to three accounts, each a lane in
which order holds, by a POST, and what became of it is durable. `sqlite3` and aiohttp, no adapters.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp

IN_FLIGHT = 64
GROUP = 500
SCHEMA = """
create table msg(id integer primary key, chat text not null, body text not null, at real not null);
create table delivery(id integer primary key, msg integer not null, lane integer not null,
  state integer not null default 0, next_at real not null default 0);
create index delivery_ready on delivery(next_at, id) where state=0;
"""

Unit = Callable[[sqlite3.Connection], Any]


def fresh(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=wal")
    connection.executescript(SCHEMA)
    connection.close()


class Writer:
    """One thread owns the connection that writes; the units that wait are one commit."""

    def __init__(self, path: Path) -> None:
        self.units = self.commits = 0
        self.synchronous = -1  # as the connection says it itself
        self._queue: queue.SimpleQueue[tuple[Unit, asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, args=(path,), daemon=True)
        self._thread.start()

    def __call__(self, unit: Unit) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put((unit, answer))
        return answer

    async def close(self) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self, path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("pragma synchronous=full")
        self.synchronous = connection.execute("pragma synchronous").fetchone()[0]
        while (first := self._queue.get()) is not None:
            group = [first]
            while len(group) < GROUP and not self._queue.empty():
                if (more := self._queue.get()) is None:
                    self._queue.put(None)
                    break
                group.append(more)
            connection.execute("begin immediate")
            values = [unit(connection) for unit, _ in group]
            connection.execute("commit")
            self.commits += 1
            self.units += len(group)
            self._loop.call_soon_threadsafe(_settle, group, values)


def _settle(group: list[tuple[Unit, asyncio.Future[Any]]], values: list[Any]) -> None:
    for (_, answer), value in zip(group, values, strict=True):
        if not answer.done():
            answer.set_result(value)


class Pipeline:
    """From a message to its durable end in every account."""

    def __init__(self, path: Path, urls: Sequence[str]) -> None:
        self.write = Writer(path)
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT))
        self._urls = [f"{url}/api/v1/statuses" for url in urls]
        self._lanes: dict[str, deque[tuple[int, int, str]]] = defaultdict(deque)
        self._busy: set[str] = set()
        self._left: dict[int, tuple[list[int], asyncio.Future[float]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, chat: str, body: str, lanes: Sequence[str]) -> asyncio.Future[float]:
        """Returns when the message is durable, with what is set when all that follows is."""

        def unit(connection: sqlite3.Connection) -> tuple[int, list[int]]:
            insert = "insert into msg(chat,body,at) values(?,?,?)"
            message = connection.execute(insert, (chat, body, time.time())).lastrowid or 0
            insert = "insert into delivery(msg,lane) values(?,?)"
            return message, [
                connection.execute(insert, (message, n)).lastrowid or 0 for n in range(len(lanes))
            ]

        message, deliveries = await self.write(unit)
        done: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._left[message] = ([len(deliveries)], done)
        for place, (lane, delivery) in enumerate(zip(lanes, deliveries, strict=True)):
            self._lanes[lane].append((delivery, message, body))
            self._start(lane, place)
        return done

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)
        await self.write.close()
        await self.http.close()

    def _start(self, lane: str, place: int) -> None:
        if lane not in self._busy:
            self._busy.add(lane)
            task = asyncio.create_task(self._pump(lane, place))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, lane: str, place: int) -> None:
        waiting = self._lanes[lane]
        while waiting:
            delivery, message, body = waiting.popleft()
            await self.post(place, lane, {"status": body}, str(delivery))
            await self.done(delivery)
            left, done = self._left[message]
            left[0] -= 1
            if not left[0]:
                done.set_result(time.monotonic())
                del self._left[message]
        self._busy.discard(lane)

    async def post(self, place: int, token: str, body: dict[str, str], key: str) -> None:
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {token}"}
        data = json.dumps(body).encode()
        async with self.http.post(self._urls[place], data=data, headers=headers) as answer:
            json.loads(await answer.read())

    def done(self, delivery: int) -> asyncio.Future[Any]:
        return self.write(
            lambda connection: connection.execute("update delivery set state=2 where id=?", (delivery,))
        )


def open_rows(path: Path) -> int:
    """How many deliveries have no end in the file."""
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("select count(*) from delivery where state!=2").fetchone()[0])
    finally:
        connection.close()
