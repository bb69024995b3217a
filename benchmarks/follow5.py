"""A week of Follow 5, the service of 2009 that inspired this one, on one process.

    python -m benchmarks.follow5                     # 250,000 posts, then some at ten times their rate
    python -m benchmarks.follow5 --posts 10000       # a part of it: minutes are still those of all of it

39,000 people write in the chat; every post goes to the writer's two accounts, on two servers. The mentions
of all 78,000 accounts are read every five minutes, with nothing new in them. A week must be through in six
minutes; at its real rate (250,000 a week) times ten, 99 of 100 posts must stand on both servers five
seconds after they were due; and the process must stay below 1 GB. What is read back: count, order and
repetition of the posts.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import apart, checks, crowd, house, procfs
from benchmarks.goals import Goal, Result, table
from benchmarks.latency import delivered, open_loop
from benchmarks.measured import percentile
from benchmarks.through import flood, open_deliveries, text
from benchmarks.watch import Watch
from bridgebot.app import App

POSTS, PEOPLE, PLACES = 250_000, 39_000, 2
EVERY = 300.0  # seconds between two reads of an account's mentions
RATE = POSTS / (7 * 86400.0) * 10  # posts a second: ten times the real rate
STRIDE = 7919  # whoever writes next: everybody once, in an order that is none of the rows

GOALS = {
    "minutes": Goal("F1", "a week of posts", "follow5", "minutes", 6, 4, beside=None, least=False),
    "p99 s": Goal("F2", "delay at ten times its rate, p99", "follow5", "s", 5, 1, beside=None, least=False),
    "MB": Goal("F3", "memory, the most of all", "follow5", "MB", 1000, 500, beside=None, least=False),
    "% of polls": Goal("F4", "polls done meanwhile, of those due", "follow5", "%", 95, 99, beside=None),
}  # fmt: skip


def writer(number: int, people: int) -> int:
    return number * STRIDE % people


# --- in the bot's process ----------------------------------------------------------------------


async def seed(ports: Sequence[int], folder: str, people: int) -> dict[str, Any]:
    """In a process of its own: the making of so many rows leaves traces in memory."""
    async with house.running(house.settings(Path(folder), ports), every=EVERY) as app:
        await crowd.settle(app, people, range(PLACES), read=True, every=EVERY)
    return {"figures": {}, "problems": []}


async def replay(ports: Sequence[int], folder: str, people: int, posts: int, gentle: int) -> dict[str, Any]:
    """All posts as fast as they go; then `gentle` more of them at their times."""
    async with house.running(house.settings(Path(folder), ports), every=EVERY) as app:
        gc.collect()
        gc.freeze()
        checks.reset(ports[0], log_reads=True)
        watch = Watch(app, PLACES)
        begun, cpu = time.monotonic(), time.process_time()
        await _fast(app, watch, people, posts)
        ended, cpu = time.monotonic(), time.process_time() - cpu
        due = await _gently(app, watch, people, posts, gentle)
        problems = checks.durable(await watch.synchronous())
    figures = {"begun": begun, "ended": ended, "due": due, "MB": procfs.peak() * 1.048576}
    return {"figures": figures | {"CPU s": cpu, "commits": watch.commits()}, "problems": problems}


async def _fast(app: App, watch: Watch, people: int, posts: int) -> None:
    async def through(number: int) -> None:
        await house.desk(app).hand_in(number, writer(number, people), text(number))
        await watch.ended(f"m{number}")

    await flood(posts, through)
    await watch.durable(lambda tx: open_deliveries(tx) == 0)


async def _gently(app: App, watch: Watch, people: int, posts: int, gentle: int) -> list[float]:
    """When each of them was due."""

    async def hand_in(place: int) -> None:
        number = posts + place
        await house.desk(app).hand_in(number, writer(number, people), text(number))

    due, _ = await open_loop(gentle, RATE, hand_in)
    await watch.durable(lambda tx: open_deliveries(tx) == 0)
    return due


# --- what came of it ---------------------------------------------------------------------------


def measure(posts: int, people: int) -> list[Result]:
    """The whole of it. A figure is void where the posts are not what they should be."""
    gentle = max(20, min(250, posts // 40))
    with apart.serving("benchmarks.mastodon_api", str(PLACES)) as ports, house.folder() as folder:
        given = {"ports": ports, "folder": str(folder), "people": people}
        apart.run("benchmarks.follow5:seed", **given)
        answer = apart.run("benchmarks.follow5:replay", timeout=7200, posts=posts, gentle=gentle, **given)
        log = checks.log(ports[0])
        problems = answer["problems"] + checks.disk(folder / "bench.db")
    problems += checks.posted(log["posts"], expected(posts + gentle, people))
    if problems:
        return [Result(goal, void="; ".join(problems)) for goal in GOALS.values()]
    figures = judged(answer["figures"], log, posts, people)
    print(json.dumps({"posts": posts, "people": people, **figures}, indent=1))
    return [Result(goal, figures[name], None, figures[name], None, pairs=1) for name, goal in GOALS.items()]


def expected(count: int, people: int) -> dict[str, list[int]]:
    """What must have reached each account."""
    found: dict[str, list[int]] = defaultdict(list)
    for number in range(count):
        for place in range(PLACES):
            found[house.token(writer(number, people), place)].append(number)
    return found


def judged(seen: dict[str, Any], log: dict[str, Any], posts: int, people: int) -> dict[str, float]:
    lasted = seen["ended"] - seen["begun"]
    reads = sum(seen["begun"] <= at < seen["ended"] for at, _ in log["reads"])
    late = delivered(seen["due"], [one for one in log["posts"] if int(one[3][1:]) >= posts], first=posts)
    return {
        "minutes": lasted / posts * POSTS / 60,
        "posts/s": posts / lasted,
        "CPU µs a post": seen["CPU s"] / posts * 1e6,
        "commits a post": seen["commits"] / posts,
        "p50 s": percentile(late, 0.5) / 1e3,
        "p99 s": percentile(late, 0.99) / 1e3,
        "MB": seen["MB"],
        "polls/s": reads / lasted,
        "% of polls": 100 * reads / (people * PLACES * lasted / EVERY),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follow5", description="A week of 2009.")
    parser.add_argument("--posts", type=int, default=POSTS, help="how many of the week's 250,000")
    parser.add_argument("--people", type=int, default=PEOPLE, help="with two accounts each (39,000)")
    parser.add_argument("--results", type=Path, help="a file for the results, as JSON")
    given = parser.parse_args(arguments)
    results = measure(given.posts, given.people)
    print(f"\n{table(results)}", flush=True)
    if given.results is not None:
        given.results.write_text(json.dumps([one.json() for one in results], indent=1), "utf-8")


if __name__ == "__main__":
    main()
