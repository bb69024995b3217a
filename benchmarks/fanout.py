"""P9, P10: one post that ten thousand chats follow. P9: the rows of what is to be done; P10: doing it.

P9 is the unit of work in which a page is handed in, up to its commit; the limit is SQLite's `executemany`.
P10 is the real Telegram adapter against a Bot API server that limits nothing; the limit is bare aiohttp
with 64 in flight, each message durably noted as sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks import apart, checks, crowd, house
from benchmarks.limits import bot_api as bare
from benchmarks.limits import pipeline
from benchmarks.measured import Sized
from benchmarks.runner import Comparison, Side
from benchmarks.through import ended_badly, open_deliveries
from benchmarks.watch import Watch
from bridgebot.app import App
from bridgebot.model import Audience, Author, Page, Post
from bridgebot.sightings import hand_in
from bridgebot.store import Tx, routes
from bridgebot.store import tables as t

CHATS = 10_000
IN_FLIGHT = 64


def post(number: int) -> Post:
    """Of somebody whom all of them follow."""
    now = datetime.now(UTC)
    author = Author("7", "@lin@one.example", "Lin")
    address = f"https://one.example/@lin/{number}"
    return Post(
        str(number), author, f"m{number} {house.BODY}", Audience.PUBLIC, now, uri=address, url=address
    )


async def plan(app: App, number: int) -> None:
    """Hand in a page with this post, as the poller does; nobody is woken yet."""

    def unit(tx: Tx, now: datetime) -> None:
        timeline = routes.timeline_by_id(tx, 1)
        hand_in(tx, now, app.house, timeline, Page((post(number),), f"{number}"))

    await app.store.run(unit)


# --- P9 ----------------------------------------------------------------------------------------


async def planning(ports: Sequence[int], chats: int, count: int) -> dict[str, Any]:
    """So many posts, one after another; before each, the one before was sent everywhere."""
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports)) as app:
            await crowd.followers(app, chats, "desk")
            await app.outbox.drain()  # it looks once a second by itself; sending is P10
            gc.collect()
            watch, spent = Watch(app), Spent()
            for number in range(1, count + 1):
                with spent:
                    await plan(app, number)
                await app.store.run(_send)
            commits = watch.commits() - count
            rows = await app.store.read(lambda tx, now: _rows(tx))
            problems = checks.durable(await watch.synchronous()) + checks.disk(folder / "bench.db")
    problems += [] if rows == chats * count else [f"{rows} rows, not {chats * count}"]
    return {"figures": spent.each(count, chats) | {"commits a post": commits / count}, "problems": problems}


class Spent:
    """Time and CPU of the parts that are measured."""

    def __init__(self) -> None:
        self._wall = self._cpu = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self._wall += time.perf_counter() - self._begun[0]
        self._cpu += time.process_time() - self._begun[1]

    def each(self, posts: int, rows: int) -> dict[str, float]:
        """Of so many posts with so many rows each."""
        return {
            "posts/s": posts / self._wall,
            "ms a post": self._wall / posts * 1e3,
            "CPU µs a row": self._cpu / posts / rows * 1e6,
        }


def _send(tx: Tx, now: datetime) -> None:
    """As if all that waits had gone out."""
    tx.update(t.delivery, t.delivery.c.state == "queued", state="sent", ended_at=now)
    tx.update(t.lane, t.lane.c.due_at.is_not(None), due_at=None)


def _rows(tx: Tx) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery)))


def planning_limit(chats: int, count: int) -> dict[str, Any]:
    """`executemany` into one table, one commit."""
    with house.folder() as folder:
        file = folder / "limit.db"
        pipeline.fresh(file)
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("pragma synchronous=full")
        synchronous = connection.execute("pragma synchronous").fetchone()[0]
        spent = Spent()
        for number in range(count):
            with spent:
                _insert(connection, number, chats)
            connection.execute("update delivery set state=2 where state=0")
        rows = connection.execute("select count(*) from delivery").fetchone()[0]
        connection.close()
        problems = checks.durable(synchronous) + checks.disk(file)
    problems += [] if rows == chats * count else [f"{rows} rows, not {chats * count}"]
    return {"figures": spent.each(count, chats), "problems": problems}


def _insert(connection: sqlite3.Connection, number: int, chats: int) -> None:
    connection.execute("begin immediate")
    insert = "insert into msg(chat,body,at) values('x',?,0)"
    message = connection.execute(insert, (f"m{number} {house.BODY}",)).lastrowid
    rows = ((message, chat) for chat in range(chats))
    connection.executemany("insert into delivery(msg,lane) values(?,?)", rows)
    connection.execute("commit")


# --- P10 ---------------------------------------------------------------------------------------


async def sending(ports: Sequence[int], api: int, count: int) -> dict[str, Any]:
    """One post into `count` chats on Telegram, from when its rows stand there."""
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports, telegram=api)) as app:
            await crowd.followers(app, count, "telegram")
            await plan(app, 1)
            checks.reset(api)
            gc.collect()
            gc.freeze()
            watch = Watch(app)
            app.wake()
            await watch.durable(lambda tx: open_deliveries(tx) == 0, every=0.05)
            figures = {"chats/s": count / watch.seconds(), "CPU µs each": watch.cpu() / count * 1e6}
            figures |= {
                "writes a commit": watch.units / watch.commits(),
                "commits each": watch.commits() / count,
            }
            problems = checks.durable(await watch.synchronous()) + await ended_badly(app)
        problems += sent_once(checks.log(api)["sent"], range(1000, 1000 + count)) + checks.disk(
            folder / "bench.db"
        )
    return {"figures": figures, "problems": problems}


async def sending_limit(api: int, count: int) -> dict[str, Any]:
    """The same messages, posted by bare aiohttp, each noted as sent."""
    with house.folder() as folder:
        file = folder / "limit.db"
        pipeline.fresh(file)
        made = pipeline.Pipeline(file, [])
        await made.write(lambda connection: _insert_in(connection, count))
        checks.reset(api)
        numbers = itertools.count(1)

        async def worker() -> None:
            while (number := next(numbers)) <= count:
                await bare.send(made.http, f"http://127.0.0.1:{api}", 999 + number, house.BODY)
                await made.done(number)

        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        await made.close()
        problems = checks.durable(made.write.synchronous) + checks.disk(file)
        problems += sent_once(checks.log(api)["sent"], range(1000, 1000 + count))
        problems += [f"{left} have no end" for left in [pipeline.open_rows(file)] if left]
    figures = {"chats/s": count / wall, "CPU µs each": cpu / count * 1e6}
    return {"figures": figures, "problems": problems}


def _insert_in(connection: sqlite3.Connection, count: int) -> None:
    rows = ((1, chat) for chat in range(count))
    connection.executemany("insert into delivery(msg,lane) values(?,?)", rows)


def sent_once(sent: Sequence[Sequence[Any]], chats: range) -> list[str]:
    """Whether each of these chats was sent one message."""
    came = Counter(chat for _, chat, status in sent if status == 200)
    missing, more = sum(came[chat] == 0 for chat in chats), sum(n > 1 for n in came.values())
    return [words for words, n in ((f"{missing} missing", missing), (f"{more} sent twice", more)) if n]


# --- both --------------------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    chats = max(50, round(CHATS * scale))
    with (
        apart.serving("benchmarks.mastodon_api", "1") as ports,
        apart.serving("benchmarks.telegram_api") as (api,),
    ):
        plan = Sized("benchmarks.fanout:planning", "posts/s", 1, scale, ports=ports, chats=chats)
        many = Sized("benchmarks.fanout:planning_limit", "posts/s", 20, scale, chats=chats)
        send = Sized("benchmarks.fanout:sending", "chats/s", 500, scale, ports=ports, api=api)
        post = Sized("benchmarks.fanout:sending_limit", "chats/s", 4000, scale, loop=apart.PLAIN, api=api)
        yield [
            Comparison("fan-out, planning", Side("bot", plan), (Side("executemany", many),)),
            Comparison("fan-out, sending", Side("bot", send), (Side("bare aiohttp", post),)),
        ]
