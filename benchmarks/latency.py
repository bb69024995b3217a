"""P3, P4: how long a message takes, at a rate that leaves room. The bot beside the reference pipeline.

Messages are due at fixed times and latency counts from there, so that nothing that waits is left out. A
message is durable when the call that hands it in returns, and delivered when its third post was answered:
the servers note that, for both sides alike. The messages of the first second do not count: what a fresh start
takes is another goal (P17).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from benchmarks import apart, checks, house
from benchmarks.flushing import Probe
from benchmarks.limits import pipeline
from benchmarks.measured import answered, percentile
from benchmarks.runner import Comparison, Figures, Side
from benchmarks.through import PLACES, USERS, expected, open_deliveries, settle, text
from benchmarks.watch import Watch

HandIn = Callable[[int], Awaitable[object]]


async def open_loop(count: int, rate: float, hand_in: HandIn) -> tuple[list[float], list[float]]:
    """Hand in `count` at their times, whether or not the ones before are through: when each was due, and
    how many milliseconds later it was durable.
    """
    start = time.monotonic() + 0.1
    due = [start + number / rate for number in range(count)]
    durable = [0.0] * count

    async def one(number: int) -> None:
        await hand_in(number)
        durable[number] = (time.monotonic() - due[number]) * 1e3

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            await asyncio.sleep(max(0.0, due[number] - time.monotonic()))
            tasks.create_task(one(number))
    return due, durable


def delivered(due: Sequence[float], posts: Sequence[Sequence[Any]], *, first: int = 0) -> list[float]:
    """Milliseconds from when each message was due to the answer to its last post; they count from `first`."""
    last: dict[int, float] = defaultdict(float)
    for at, _, _, word in posts:
        number = int(word[1:])
        last[number] = max(last[number], at)
    return [(last[number] - at) * 1e3 for number, at in enumerate(due, first)]


def _figures(due: list[float], durable: list[float], port: int) -> tuple[dict[str, float], list[str]]:
    posts = checks.log(port)["posts"]
    problems = checks.posted(posts, expected(len(due)))
    if problems:
        return {}, problems
    counts = bisect(due, due[0] + LEAD)
    out, durable = delivered(due, posts)[counts:], durable[counts:]
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    figures = {f"durable {name} ms": percentile(durable, share) for name, share in shares.items()}
    return figures | {f"delivered {name} ms": percentile(out, share) for name, share in shares.items()}, []


async def bot(ports: Sequence[int], count: int, rate: float) -> dict[str, Any]:
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports)) as app:
            await house.populate(app, USERS)
            settle(ports[0])
            desk, watch = house.desk(app), Watch(app, PLACES)
            due, durable = await open_loop(count, rate, lambda n: desk.hand_in(n, n % USERS, text(n)))
            await watch.durable(lambda tx: open_deliveries(tx) == 0)
            problems = checks.durable(await watch.synchronous())
        figures, wrong = _figures(due, durable, ports[0])
        problems += wrong + checks.disk(folder / "bench.db")
    return {"figures": figures, "problems": problems}


async def limit(ports: Sequence[int], count: int, rate: float) -> dict[str, Any]:
    with house.folder() as folder:
        file = folder / "limit.db"
        pipeline.fresh(file)
        made = pipeline.Pipeline(file, [f"http://127.0.0.1:{port}" for port in ports])
        settle(ports[0])

        async def hand_in(number: int) -> None:
            user = number % USERS
            lanes = [house.token(user, place) for place in range(PLACES)]
            await made.accept(str(user), text(number), lanes)

        due, durable = await open_loop(count, rate, hand_in)
        await made.close()
        figures, problems = _figures(due, durable, ports[0])
        problems += checks.durable(made.write.synchronous) + checks.disk(file)
    return {"figures": figures, "problems": problems}


# --- both --------------------------------------------------------------------------------------

GENTLE = 20.0  # messages a second, for P3
ROUND = 5.0  # seconds of one run
LEAD = 1.0  # and before them


class Half:
    """Half of what the bot can do, asked before each pair: a machine whose pace changes would else be given
    far more than half, or far less, of what it can do just then.
    """

    def __init__(self, whole: Callable[[], float]) -> None:
        self._whole = whole
        self._rate = 0.0
        self._told: set[str] = set()  # sides of this pair

    def __call__(self, side: str) -> float:
        if not self._told or side in self._told:
            self._rate, self._told = self._whole() / 2, set()
        self._told.add(side)
        return self._rate


def _side(
    name: str, target: str, loop: str, ports: Sequence[int], paced: Callable[[str], float], scale: float
) -> Side:
    """One run with the disk watched beside it."""

    def run() -> Figures:
        rate = paced(name)
        count = max(10, round(rate * ROUND * scale)) + round(rate * LEAD)
        with Probe() as probe:
            answer = apart.run(target, loop=loop, ports=ports, count=count, rate=rate)
        return {**answered(answer), "messages a second": rate, **probe.figures()}

    return Side(name, run)


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    """The second rate is half of what the bot can do: a run before each pair says how much that is."""
    with apart.serving("benchmarks.mastodon_api", str(PLACES)) as ports:

        def whole() -> float:
            full = apart.run("benchmarks.through:bot", ports=ports, count=max(20, round(400 * scale)))
            return answered(full)["msg/s"]

        def comparison(name: str, paced: Callable[[str], float]) -> Comparison:
            own = _side("bot", "benchmarks.latency:bot", apart.HOUSE, ports, paced, scale)
            bare = _side("reference pipeline", "benchmarks.latency:limit", apart.PLAIN, ports, paced, scale)
            return Comparison(f"latency, {name}", own, (bare,))

        yield [comparison("20 a second", lambda _: GENTLE), comparison("half of what it can", Half(whole))]
