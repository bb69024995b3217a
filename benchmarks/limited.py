"""P11, P12: a fan-out under Telegram's limits, against a server that enforces them and answers 429.

P11, ten times as fast as Telegram so that it ends: 300 messages a second over all, 10 a second to a chat,
200 a minute to a group; a post into 3,000 chats takes ten seconds at the least. How much of the limit is
used, how often it is overstepped, and how many messages there are in the fullest second. P12, as fast as
Telegram: an answer to somebody who writes meanwhile, beside the same answer with no fan-out. A slot is the
time between two messages, a thirtieth of a second.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import apart, checks, crowd, house
from benchmarks.fanout import plan, sent_once
from benchmarks.measured import apart_from, constant, percentile
from benchmarks.runner import Comparison, Figures, Side, Void
from benchmarks.through import open_deliveries
from benchmarks.watch import Watch
from bridgebot.app import App

OVERALL, CHAT, GROUP = 30, 1, 20  # a second, a second, a minute: Telegram's
FASTER = 10
CHATS, TALKED_TO = 3000, 300
ASIDE = 9  # native id of the person who writes meanwhile
PAUSE = 0.25  # seconds between two of their messages


async def fan_out(ports: Sequence[int], api: int, chats: int) -> dict[str, Any]:
    """One post into all of them, a tenth of them groups."""
    limits = {"overall": OVERALL * FASTER, "chat": CHAT * FASTER, "group": GROUP * FASTER}
    _must_keep_rates()
    groups = chats // 10
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports, telegram=api, pace=FASTER)) as app:
            await _planned(app, api, chats, groups, limits)
            watch = Watch(app)
            app.wake()
            await watch.durable(lambda tx: open_deliveries(tx) == 0, every=0.2)
            problems = checks.durable(await watch.synchronous())
        problems += checks.disk(folder / "bench.db")
    sent = checks.log(api)["sent"]
    problems += sent_once(sent, range(1000, 1000 + chats - groups))
    times = sorted(at for at, _, status in sent if status == 200)
    if len(times) != chats:
        problems.append(f"{len(times)} messages, not {chats}")
    return {"figures": _use(times, sum(status == 429 for *_, status in sent)), "problems": problems}


def _use(times: Sequence[float], refused: int) -> dict[str, float]:
    rate = OVERALL * FASTER
    fullest = max(bisect.bisect_left(times, at + 1) - n for n, at in enumerate(times))
    used = 100 * (len(times) - 1) / (times[-1] - times[0]) / rate
    return {
        "% of the limit": used,
        "answers 429": refused,
        "over the limit in a second": max(0, fullest - rate),
    }


async def answers(ports: Sequence[int], api: int, chats: int, busy: bool) -> dict[str, Any]:
    """Milliseconds from when somebody writes to the bot's answer, while a fan-out goes on or none does."""
    _must_keep_rates()
    limits = {"overall": OVERALL, "chat": CHAT * 100, "group": GROUP}  # of one chat: they write fast
    with house.folder() as folder:
        async with house.running(house.settings(folder, ports, telegram=api, pace=1)) as app:
            await _planned(app, api, chats, 0, limits)
            if busy:
                app.wake()
            took = [await _answer(api) for _ in range(round(chats / OVERALL / (PAUSE + 1.1) * 0.8))]
            left = await app.store.read(lambda tx, now: open_deliveries(tx))
    problems = ["the fan-out was over too soon"] if busy and not left else []
    return {
        "figures": {"p99 ms": percentile(took, 0.99), "p50 ms": percentile(took, 0.5)},
        "problems": problems,
    }


async def _answer(api: int) -> float:
    """One of them. A chat takes a message a second, so the next waits that long."""
    await asyncio.sleep(1.1 + PAUSE)
    begun = time.monotonic()
    await asyncio.to_thread(checks.say, api, person=ASIDE, text="/accounts")
    async with asyncio.timeout(60):
        while True:
            log = await asyncio.to_thread(checks.log, api)
            for at, chat, status in log["sent"]:
                if chat == ASIDE and at > begun and status == 200:
                    return float(at - begun) * 1e3
            await asyncio.sleep(0.02)


async def _planned(app: App, api: int, chats: int, groups: int, limits: dict[str, int]) -> None:
    """The rows stand there, and the server counts from now on."""
    checks.reset(api, **limits)
    await crowd.followers(app, chats, "telegram", groups=groups)
    await app.store.run(lambda tx, now: crowd.acquaintance(tx, now, chats + 2, "telegram", str(ASIDE)))
    if chats:
        await plan(app, 1)


def _must_keep_rates() -> None:
    if not house.keeps_rates():
        raise SystemExit("the house keeps to no rates")


def _later(busy: Figures, calm: Figures) -> Figures:
    """By how many slots the slowest of a hundred answers is slower during a fan-out."""
    slots = max(0.0, (busy["p99 ms"] - calm["p99 ms"]) / 1e3 * OVERALL)
    return {"slots later": slots, "busy p99 ms": busy["p99 ms"], "calm p99 ms": calm["p99 ms"]}


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    if not house.keeps_rates():
        raise Void("the house keeps to no rates")
    chats, talked_to = max(60, round(CHATS * scale)), max(120, round(TALKED_TO * scale))
    with (
        apart.serving("benchmarks.mastodon_api", "1") as ports,
        apart.serving("benchmarks.telegram_api") as (api,),
    ):
        given: dict[str, Any] = {"ports": ports, "api": api}
        calm, busy = (
            apart_from(name, "benchmarks.limited:answers", chats=talked_to, busy=name == "busy", **given)
            for name in ("calm", "busy")
        )
        yield [
            Comparison(
                "limited, use",
                apart_from("bot", "benchmarks.limited:fan_out", chats=chats, **given),
                (constant("the limit", {"% of the limit": 100.0}),),
            ),
            Comparison("limited, answers", Side("bot", lambda: _later(busy.run(), calm.run()))),
        ]
