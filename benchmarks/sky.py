"""Bluesky's accounts, polled with nothing new in them: what each costs, and whether its limits hold.

Time passes five times as quickly as it does for people: each account is read every 12 seconds instead of
every minute, and the servers count 3,000 calls in a minute instead of five. Sessions end as often as there,
and are renewed. In `crowded` all accounts are kept at one server, which is far more than it allows.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from benchmarks import apart, checks, crowd, house
from benchmarks.appview_api import LIMIT, SPAN, access
from benchmarks.measured import Sized, answered, apart_from
from benchmarks.polling import EVERY, IN_FLIGHT, figures_of, read_by_all
from benchmarks.runner import Comparison, Figures, Side

FASTER = 5.0
ACCOUNTS, SERVERS = 2000, 10
MANY, FEW, OFTEN, AMPLE = 10_000, 10, 15.0, 1_000_000  # as in `polling`; a server without a limit
CROWD, WINDOWS = 1.5, 2.0  # times what one server allows, and for how many of its spans that is looked at


async def bot(ports: Sequence[int], accounts: int, every: float) -> dict[str, Any]:
    """The house reads all mentions at ten servers; looked at once every one of them has been read."""
    with house.folder() as folder:
        await _settled(folder, ports, accounts, every)
        async with house.running(house.settings(folder, (), sky=ports, sky_pace=FASTER), every=every):
            await asyncio.sleep(every * 1.2)
            cpu, begun = time.process_time(), time.monotonic()
            await asyncio.sleep(every)
            spent, ended = time.process_time() - cpu, time.monotonic()
    log = checks.log(ports[0])
    figures = figures_of(log["reads"], begun, ended, every)
    figures["CPU µs a poll"] = spent / (figures["polls/s"] * (ended - begun)) * 1e6
    figures["renewals of all sessions"] = len(log["renewed"]) / accounts
    return {"figures": figures, "problems": _wrong(log, accounts)}


async def crowded(ports: Sequence[int], accounts: int, every: float, span: float) -> dict[str, Any]:
    """All of them at one server, for so many of the spans in which it counts."""
    with house.folder() as folder:
        await _settled(folder, ports, accounts, every)
        async with house.running(house.settings(folder, (), sky=ports, sky_pace=SPAN / span), every=every):
            await asyncio.sleep(span * WINDOWS)
    log = checks.log(ports[0])
    figures = {
        "answers 429": float(log["refused"]),
        "% of what may be asked": 100 * len(log["reads"]) / (LIMIT * WINDOWS),
        "% of the accounts read": 100 * len({who for _, who in log["reads"]}) / accounts,
    }
    return {"figures": figures, "problems": []}


async def held(ports: Sequence[int], accounts: int, every: float) -> dict[str, Any]:
    """What the house holds in memory once all accounts have been read."""
    with house.folder() as folder:
        await _settled(folder, ports, accounts, every)
        return apart.run("benchmarks.sky:resting", folder=str(folder), ports=ports, every=every)


async def resting(ports: Sequence[int], folder: str, every: float) -> dict[str, Any]:
    """On a database that is there already, as in `polling`."""
    settings = house.settings(Path(folder), (), sky=ports, sky_pace=AMPLE)
    async with house.running(settings, every=every) as app:
        checks.reset(ports[0])
        return await read_by_all(app, ports[0], every)


async def limit(ports: Sequence[int], count: int) -> dict[str, Any]:
    """GET and decode, as bare as can be."""
    decoder = msgspec.json.Decoder(dict[str, list[msgspec.Raw]])
    numbers = iter(range(count))
    address = f"http://127.0.0.1:{ports[0]}/xrpc/app.bsky.notification.listNotifications?limit=30"
    head = {"Authorization": f"Bearer {access('t0_0', time.time() + 3600)}"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:

        async def worker() -> None:
            for _ in numbers:
                async with http.get(address, headers=head) as answer:
                    decoder.decode(await answer.read())

        checks.reset(ports[0])
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    came = len(checks.log(ports[0])["reads"])
    problems = [] if came == count else [f"{came} reads, not {count}"]
    return {"figures": {"CPU µs a poll": cpu / count * 1e6, "polls/s": count / wall}, "problems": problems}


async def _settled(folder: Path, ports: Sequence[int], accounts: int, every: float) -> None:
    """Rows of so many people, spread over the servers; nothing has been read."""
    checks.reset(ports[0])
    chosen = crowd.sky(len(ports))
    async with house.running(house.settings(folder, (), sky=ports, sky_pace=AMPLE), every=3600.0) as app:
        await crowd.settle(app, accounts, (0,), read=True, every=every, network=chosen)
    gc.collect()


def _wrong(log: dict[str, Any], accounts: int) -> list[str]:
    """Whether every account was read, and read again, and nothing was refused."""
    often = Counter(who for _, who in log["reads"])
    lacking = accounts - sum(count >= 2 for count in often.values())
    problems = [f"{lacking} accounts were not read twice"] if lacking else []
    return problems + [f"{log[what]} calls were {what}" for what in ("refused", "stale") if log[what]]


# --- what is compared --------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    accounts, every = max(20, round(ACCOUNTS * scale)), max(2.0, EVERY * scale)
    span = max(5.0, SPAN / FASTER * scale)
    with (
        apart.serving("benchmarks.appview_api", str(SERVERS), str(LIMIT), str(SPAN / FASTER)) as ports,
        apart.serving("benchmarks.appview_api", "1", str(LIMIT), str(span)) as one,
        apart.serving("benchmarks.appview_api", str(SERVERS), str(AMPLE), str(SPAN)) as ample,
    ):
        own = apart_from("bot", "benchmarks.sky:bot", ports=ports, accounts=accounts, every=every)
        bare = Sized("benchmarks.sky:limit", "polls/s", 4000, scale, loop=apart.PLAIN, ports=ample)
        crowd = {"accounts": round(LIMIT * CROWD), "every": span / FASTER, "span": span}
        full = apart_from("bot", "benchmarks.sky:crowded", ports=one, **crowd)
        yield [
            Comparison("sky", own, (Side("bare GET and decode", bare),)),
            Comparison("sky, memory", Side("bot", lambda: _an_account(ample))),
            Comparison("sky, crowded", full),
        ]


def _an_account(ports: Sequence[int]) -> Figures:
    """What each account beyond a few adds to the memory."""
    few, all_of_them = (
        answered(apart.run("benchmarks.sky:held", ports=ports, accounts=count, every=pace))
        for count, pace in ((FEW, 2.0), (MANY, OFTEN))
    )
    more = all_of_them["MiB"] - few["MiB"]
    return {"KiB an account": more * 1024 / (all_of_them["accounts"] - few["accounts"])}
