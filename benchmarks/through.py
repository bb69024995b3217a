"""P1, P5, P6: messages all the way through, as fast as they go. The bot beside the reference pipeline.

Both run in a process of their own, on the same core, against the same three servers on the other.
A message is done when its three posts are, and when that is durable. Receipts are the bot's alone:
they are counted, and the time until the last of them is told beside.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from benchmarks import apart, checks, house
from benchmarks.limits import pipeline
from benchmarks.measured import Sized, apart_from
from benchmarks.runner import Comparison, Side
from benchmarks.watch import Statements, Watch
from bridgebot.app import App
from bridgebot.store import Tx
from bridgebot.store import tables as t

USERS = 200
PLACES = 3
AT_ONCE = 100  # messages on their way, together


def expected(count: int) -> dict[str, list[int]]:
    """What must have reached each account."""
    people = range(min(USERS, count))
    return {house.token(u, place): list(range(u, count, USERS)) for u in people for place in range(PLACES)}


def text(number: int) -> str:
    return f"m{number} {house.BODY}"


async def flood(count: int, hand_in: Callable[[int], Awaitable[object]]) -> None:
    """`count` messages, at most `AT_ONCE` of them on their way: a closed loop."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await hand_in(number)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


# --- the bot -----------------------------------------------------------------------------------


async def bot(ports: Sequence[int], count: int) -> dict[str, Any]:
    """`count` messages through the house."""
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports)) as app:
            await house.populate(app, USERS)
            settle(ports[0])
            watch, desk = Watch(app, PLACES), house.desk(app)
            await flood(count, lambda n: _through(app, watch, n))
            await watch.durable(lambda tx: open_publications(tx) == 0)
            by_then = sum(desk.sent.values())
            figures = _throughput(watch, count, by_then) | {"receipts by then": by_then}
            await watch.durable(lambda tx: open_deliveries(tx) == 0)
            figures |= {
                "receipts": sum(desk.sent.values()),
                "receipts changed": desk.edited,
                "msg/s to the last receipt": count / watch.seconds(),
                "CPU µs to the last receipt": watch.cpu() / count * 1e6,
            }
            problems = checks.durable(await watch.synchronous()) + await ended_badly(app)
        problems += _receipts(sum(desk.sent.values()), count)
        problems += checks.posted(checks.log(ports[0])["posts"], expected(count))
        problems += checks.disk(folder / "bench.db")
    return {"figures": figures, "problems": problems}


async def _through(app: App, watch: Watch, number: int) -> None:
    await house.desk(app).hand_in(number, number % USERS, text(number))
    await watch.ended(f"m{number}")


def settle(port: int) -> None:
    checks.reset(port)
    gc.collect()
    gc.freeze()


def _throughput(watch: Watch, count: int, receipts: int) -> dict[str, float]:
    # A write, as the pipeline counts its own: a message that was taken, a call's end that is durable. What
    # ends together is one unit of work here, so units would say less than there is.
    writes = count * (1 + PLACES) + receipts
    return {
        "msg/s": count / watch.seconds(),
        "CPU µs each": watch.cpu() / count * 1e6,
        "writes a commit": writes / watch.commits(),
        "commits a message": watch.commits() / count,
        "units a message": watch.units / count,
    }


def open_publications(tx: Tx) -> int:
    where = (t.delivery.c.account_id.is_not(None), t.delivery.c.state.in_(("queued", "sending")))
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(*where)))


def open_deliveries(tx: Tx) -> int:
    where = t.delivery.c.state.in_(("queued", "sending"))
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.delivery).where(where)))


async def ended_badly(app: App) -> list[str]:
    query = sa.select(t.delivery.c.state, sa.func.count()).group_by(t.delivery.c.state)
    states = await app.store.read(lambda tx, now: dict(tx.connection.execute(query).all()))
    return [f"{n} deliveries are {state}" for state, n in states.items() if state != "sent"]


def _receipts(sent: int, count: int) -> list[str]:
    return [] if sent == count else [f"{sent} receipts, not {count}"]


async def structure(ports: Sequence[int], count: int) -> dict[str, Any]:
    """Not timed: what a message costs in statements, exactly."""
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports)) as app:
            await house.populate(app, USERS)
            settle(ports[0])
            statements, watch = Statements(), Watch(app, PLACES)
            await statements.begin(app)
            await flood(count, lambda n: _through(app, watch, n))
            await watch.durable(lambda tx: open_deliveries(tx) == 0)
            await statements.end(app)
    figures = {"statements a message": statements.statements() / count}
    figures |= {f"{verb} a message": n / count for verb, n in statements.by_verb.most_common()}
    return {"figures": figures, "problems": []}


# --- the limit ---------------------------------------------------------------------------------


async def limit(ports: Sequence[int], count: int) -> dict[str, Any]:
    """`count` messages through the reference pipeline."""
    with house.folder() as folder:
        file = folder / "limit.db"
        pipeline.fresh(file)
        made = pipeline.Pipeline(file, [f"http://127.0.0.1:{port}" for port in ports])
        settle(ports[0])
        begun, cpu = time.perf_counter(), time.process_time()

        async def hand_in(number: int) -> None:
            user = number % USERS
            lanes = [house.token(user, place) for place in range(PLACES)]
            await (await made.accept(str(user), text(number), lanes))

        await flood(count, hand_in)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        await made.close()
        problems = checks.durable(made.write.synchronous)
        problems += checks.posted(checks.log(ports[0])["posts"], expected(count)) + checks.disk(file)
        if left := pipeline.open_rows(file):
            problems.append(f"{left} deliveries have no end")
    figures = {
        "msg/s": count / wall,
        "CPU µs each": cpu / count * 1e6,
        "writes a commit": made.write.units / made.write.commits,
    }
    return {"figures": figures, "problems": problems}


# --- both --------------------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    with apart.serving("benchmarks.mastodon_api", str(PLACES)) as ports:
        own = Sized("benchmarks.through:bot", "msg/s", 200, scale, ports=ports)
        bare = Sized("benchmarks.through:limit", "msg/s", 2000, scale, loop=apart.PLAIN, ports=ports)
        few = max(USERS // 10, round(USERS * scale))
        counted = apart_from("bot", "benchmarks.through:structure", ports=ports, count=few)
        yield [
            Comparison("through", Side("bot", own), (Side("reference pipeline", bare),)),
            Comparison("through, statements", counted, once=True),
        ]
