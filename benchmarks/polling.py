"""P14, P16: the timelines of thousands of accounts, polled with nothing new in them.

The limit is the least that asks the same: aiohttp's GET and msgspec, 32 at a time. What a poll of the bot
costs is the CPU of its process while it keeps its pace, all of it: schedule, adapter, address guard, event
loop.
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

from benchmarks import apart, checks, crowd, house, procfs
from benchmarks.measured import Sized, answered, apart_from
from benchmarks.runner import Comparison, Figures, Side
from bridgebot.app import App

ACCOUNTS, EVERY = 2000, 12.0  # for P16: as many polls a second as 10,000 accounts ask for in a minute
# For P14: as many whatever the scale, for what a process needs to poll at all is shared by all of them.
MANY, FEW, OFTEN = 10_000, 10, 15.0
IN_FLIGHT = 32


async def bot(ports: Sequence[int], accounts: int, every: float) -> dict[str, Any]:
    """The house reads all mentions; looked at once every one of them has been read."""
    with house.folder() as folder:
        settings = house.settings(folder, ports)
        async with house.running(settings, every=every) as app:
            checks.reset(ports[0], log_reads=True)
            await crowd.settle(app, accounts, (0,), read=True, every=every)
        gc.collect()
        async with house.running(settings, every=every) as app:
            await asyncio.sleep(every * 1.2)
            commits, cpu, begun = app.store.database.commits, time.process_time(), time.monotonic()
            await asyncio.sleep(every)
            spent, ended = time.process_time() - cpu, time.monotonic()
            reads = checks.log(ports[0])["reads"]
            figures = figures_of(reads, begun, ended, every)
            count = figures["polls/s"] * (ended - begun)
            figures |= {
                "CPU µs a poll": spent / count * 1e6,
                "commits a poll": (app.store.database.commits - commits) / count,
            }
    return {"figures": figures, "problems": _too_few(reads, accounts)}


def figures_of(reads: Sequence[Sequence[Any]], begun: float, ended: float, every: float) -> dict[str, float]:
    """Of the polls between two times: how many, how late, and the fullest second beside the mean.

    An account is due `every` seconds after its last poll.
    """
    looked_at = [(at, who) for at, who in reads if begun <= at < ended]
    late = _late(reads, begun, ended, every)
    seconds = Counter(int(at - begun) for at, _ in looked_at if at - begun < int(ended - begun))
    mean = len(looked_at) / (ended - begun)
    return {
        "polls/s": mean,
        "% within a second of due": 100 * sum(one <= 1 for one in late) / max(len(late), 1),
        "fullest second to the mean": max(seconds.values(), default=0) / mean if mean else 0.0,
    }


def _late(reads: Sequence[Sequence[Any]], begun: float, ended: float, every: float) -> list[float]:
    """By how many seconds each poll of that time was late; also what was due and not polled by its end."""
    last: dict[str, float] = {}
    late: list[float] = []
    for at, who in reads:  # in the order in which they came
        if begun <= at < ended and who in last:
            late.append(at - last[who] - every)
        if at < ended:
            last[who] = at
    return late + [ended - at - every for at in last.values() if ended - at - every > 1]


def _too_few(reads: Sequence[Sequence[Any]], accounts: int) -> list[str]:
    """Whether every account was read, and read again."""
    often = Counter(who for _, who in reads)
    lacking = sum(often[house.token(user, 0)] < 2 for user in range(accounts))
    return [f"{lacking} accounts were not read twice"] if lacking else []


async def held(ports: Sequence[int], accounts: int, every: float) -> dict[str, Any]:
    """What the house holds in memory once all accounts have been read."""
    with house.folder() as folder:
        settings = house.settings(folder, ports)
        async with house.running(settings, every=every) as app:
            await crowd.settle(app, accounts, (0,), read=True, every=every)
        return apart.run("benchmarks.polling:resting", folder=str(folder), ports=ports, every=every)


async def resting(ports: Sequence[int], folder: str, every: float) -> dict[str, Any]:
    """On a database that is there already, for its making leaves traces in memory. It is looked when every
    account has been read.
    """
    async with house.running(house.settings(Path(folder), ports), every=every) as app:
        checks.reset(ports[0], log_reads=True)
        return await read_by_all(app, ports[0], every)


async def read_by_all(app: App, port: int, every: float) -> dict[str, Any]:
    """What the process holds once the server's log says that every account has been read."""
    read, accounts = 0, -1
    for _ in range(5):
        await asyncio.sleep(every * 0.3 if read else every * 1.2)
        read = len({who for _, who in checks.log(port)["reads"]})
        accounts = len(app.poller._known)
        if read == accounts:
            break
    gc.collect()
    problems = [] if read == accounts else [f"{read} of {accounts} accounts were read"]
    return {"figures": {"MiB": procfs.rss(), "accounts": accounts}, "problems": problems}


async def limit(ports: Sequence[int], count: int) -> dict[str, Any]:
    """GET and decode, as bare as can be."""
    decoder = msgspec.json.Decoder(list[msgspec.Raw])
    numbers = iter(range(count))
    address = f"http://127.0.0.1:{ports[0]}/api/v1/notifications?limit=40"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as http:

        async def worker() -> None:
            for number in numbers:
                headers = {"Authorization": f"Bearer t{number}"}
                async with http.get(address, headers=headers) as answer:
                    decoder.decode(await answer.read())

        checks.reset(ports[0], log_reads=True)
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    came = len(checks.log(ports[0])["reads"])
    problems = [] if came == count else [f"{came} reads, not {count}"]
    return {"figures": {"CPU µs a poll": cpu / count * 1e6, "polls/s": count / wall}, "problems": problems}


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    accounts, every = max(20, round(ACCOUNTS * scale)), max(2.0, EVERY * scale)
    with apart.serving("benchmarks.mastodon_api", "1") as ports:
        own = apart_from("bot", "benchmarks.polling:bot", ports=ports, accounts=accounts, every=every)
        bare = Sized("benchmarks.polling:limit", "polls/s", 4000, scale, loop=apart.PLAIN, ports=ports)
        yield [
            Comparison("polling", own, (Side("bare GET and decode", bare),)),
            Comparison("polling, memory", Side("bot", lambda: _an_account(ports))),
        ]


def _an_account(ports: Sequence[int]) -> Figures:
    """What each account beyond a few adds to the memory."""
    few, all_of_them = (
        answered(apart.run("benchmarks.polling:held", ports=ports, accounts=count, every=pace))
        for count, pace in ((FEW, 2.0), (MANY, OFTEN))
    )
    more = all_of_them["MiB"] - few["MiB"]
    return {
        "KiB an account": more * 1024 / (all_of_them["accounts"] - few["accounts"]),
        "MiB with all": all_of_them["MiB"],
        "MiB with ten": few["MiB"],
    }
