"""P14 to P16 of a mixed crowd: streams over TLS and polls at servers of Mastodon's kind, polls at Bluesky's.

    python -m benchmarks.mirror        # 10,000 accounts, 2,000 of them streamed, and what all of it takes

Posts are streamed to one account after another, the bot fetches each by its id and shows it in its owner's
chat; before that comes a while in which there is nothing new, for what a poll costs. The limit of a poll is
a bare GET that is decoded, that of a stream's memory a bare websocket on the same event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from adapters.mastodon.streaming import HEARTBEAT
from benchmarks import apart, certificate, checks, crowd, house, mixed, procfs
from benchmarks.appview_api import LIMIT
from benchmarks.measured import Sized, answered, apart_from, percentile
from benchmarks.mixed import EVERY_MINUTE, Noted, Ports
from benchmarks.polling import IN_FLIGHT, figures_of
from benchmarks.runner import Comparison, Figures, Side
from bridgebot.app import App
from bridgebot.streams import MOST

ACCOUNTS, EVERY = 2000, 12.0  # as many polls a second as 10,000 accounts ask for in a minute
RATE, SECONDS = 50.0, 4.0  # of what is streamed: posts a second, and for how long
MANY, FEW = 510, 10  # streams, for P15
FIVE_MINUTES = 300.0  # the span of Mastodon's limit
AMPLE = 1_000_000  # calls that a server without a limit lets through


# --- the crowd ---------------------------------------------------------------------------------


def crowded(ports: Ports, **given: Any) -> dict[str, Any]:
    """What `mirrored` measures, on a database that is there already."""
    with house.folder() as folder:
        for what in ("mixed:settled", "mirror:mirrored"):
            chosen = given if what == "mirror:mirrored" else _of(given, "accounts", "every")
            answer = apart.run(f"benchmarks.{what}", ports=ports, folder=str(folder), **chosen)
        return answer


def _of(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names}


async def mirrored(
    ports: Ports, folder: str, accounts: int, every: float, rate: float, seconds: float
) -> dict[str, Any]:
    """What polls cost while nothing is new, and then how soon what is streamed stands in its chat."""
    of, count = mixed.shares(accounts), round(rate * seconds)
    mixed.reset(ports)
    async with house.running(mixed.settings(Path(folder), ports, every), every=every) as app:
        shown = _clocked(app)
        await _until(lambda: mixed.sockets(ports) >= of.streamed, every * 3)
        await asyncio.sleep(every * 0.3)  # what came between a read and its stream is read once more
        begun, cpu = time.monotonic(), time.process_time()
        await asyncio.sleep(every)
        quiet, spent = time.monotonic(), time.process_time() - cpu
        checks.tell(ports["stream"][1], "_tell", {"count": count, "rate": rate})
        await asyncio.sleep(seconds)
        ended, cpu = time.monotonic(), time.process_time() - cpu
        gc.collect()
        memory = procfs.rss()
        await _until(lambda: len(shown) >= count and not mixed.noted(ports).wrong(of), 10)
        noted = mixed.noted(ports)
    lags = [shown[id] - at for id, at in noted.sent.items() if id in shown]
    problems = [] if len(lags) == count == len(shown) else [f"{len(lags)} of {count} posts were shown"]
    if problems := problems + noted.wrong(of):
        return {"figures": {}, "problems": problems}
    figures = _of_polls(noted, begun, quiet, every, spent) | {
        "streamed p50 s": percentile(lags, 0.5),
        "streamed p99 s": percentile(lags, 0.99),
        "requests of an account in 5 min": _most(noted, begun, ended) * FIVE_MINUTES * every / EVERY_MINUTE,
        "CPU % of a core": 100 * cpu / (ended - begun),
        "MiB": memory,
    }
    return {"figures": figures, "problems": []}


def _of_polls(noted: Noted, begun: float, ended: float, every: float, spent: float) -> dict[str, float]:
    figures = figures_of(noted.reads, begun, ended, every)
    figures["CPU µs a poll"] = spent / (figures["polls/s"] * (ended - begun)) * 1e6
    figures["answers 429"] = float(noted.refused)
    return figures


def _most(noted: Noted, begun: float, ended: float) -> float:
    """Requests a second of the account of Mastodon's kind that makes most."""
    often = Counter(who for at, who in noted.mastodon if begun <= at < ended)
    return max(often.values()) / (ended - begun)


async def limit(ports: Ports, count: int) -> dict[str, Any]:
    """GET and decode of both kinds, as bare as can be."""
    mixed.reset(ports)
    begun, cpu = time.perf_counter(), time.process_time()
    await mixed.asked(ports, count, IN_FLIGHT)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    came = len(mixed.noted(ports).reads)
    problems = [] if came == count else [f"{came} reads, not {count}"]
    return {"figures": {"CPU µs a poll": cpu / count * 1e6, "polls/s": count / wall}, "problems": problems}


def _clocked(app: App) -> dict[str, float]:
    """When each post was shown, by its id."""
    shown: dict[str, float] = {}
    desk = house.desk(app)
    send = desk.send

    async def clocked(chat: Any, message: Any) -> Any:
        id = re.search(r"\bw(\d+) and x", message.text)
        shown.setdefault(id[1] if id else message.text, time.monotonic())
        return await send(chat, message)

    desk.send = clocked  # type: ignore[method-assign] # the desk has no wire on which it could be seen
    return shown


async def _until(so: Callable[[], bool], seconds: float) -> None:
    """Look ten times a second, for so many seconds at most."""
    for _ in range(round(seconds * 10)):
        if await asyncio.to_thread(so):
            return
        await asyncio.sleep(0.1)


# --- the memory of a stream --------------------------------------------------------------------


def _begin(accounts: int) -> float:
    """Seconds in which so many begin, and are polled again: as quickly as the most that there may be do in a
    minute. What their handshakes need for a moment the process keeps, so that more of them together would
    seem to hold more.
    """
    return max(2.0, EVERY_MINUTE * accounts / MOST)


def held(ports: Sequence[int], accounts: int) -> dict[str, Any]:
    """What the house holds once all these accounts are streamed."""
    with house.folder() as folder:
        for what in ("listed", "streamed"):
            answer = apart.run(
                f"benchmarks.mirror:{what}", ports=ports, folder=str(folder), accounts=accounts
            )
        return answer


async def listed(ports: Sequence[int], folder: str, accounts: int) -> dict[str, Any]:
    """Rows of so many who have a stream."""
    stream = f"wss://localhost:{ports[0]}"
    async with house.running(house.settings(Path(folder), ports[1:], streams=[stream]), every=3600.0) as app:
        given: dict[str, Any] = {"read": True, "every": _begin(accounts), "kind": mixed.KIND}
        await crowd.settle(app, accounts, (0,), network=crowd.mastodon(stream), **given)
    return {}


async def streamed(ports: Sequence[int], folder: str, accounts: int) -> dict[str, Any]:
    settings = house.settings(Path(folder), ports[1:], streams=[f"wss://localhost:{ports[0]}"])
    async with house.running(settings, every=_begin(accounts)):
        await _until(lambda: _sockets(ports) >= accounts, 60 + _begin(accounts))
        return _rested(_sockets(ports), accounts)


async def bare(ports: Sequence[int], accounts: int) -> dict[str, Any]:
    """What as many bare websockets hold."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        address = f"wss://localhost:{ports[0]}/api/v1/streaming?stream=user"

        async def opened(place: int) -> aiohttp.ClientWebSocketResponse:
            # At the pace at which those of the bot begin.
            await asyncio.sleep(_begin(accounts) * place / accounts)
            signed = {"Authorization": f"Bearer {house.token(place, 0)}"}
            return await http.ws_connect(address, headers=signed, heartbeat=HEARTBEAT)

        sockets = await asyncio.gather(*(opened(place) for place in range(accounts)))
        readers = [asyncio.create_task(socket.receive()) for socket in sockets]
        await asyncio.sleep(0.5)
        rested = _rested(_sockets(ports), accounts)
        for reader in readers:
            reader.cancel()
        return rested


def _sockets(ports: Sequence[int]) -> int:
    return mixed.sockets({"stream": ports})


def _rested(sockets: int, accounts: int) -> dict[str, Any]:
    gc.collect()
    problems = [] if sockets == accounts else [f"{sockets} of {accounts} streams stand"]
    return {"figures": {"MiB": procfs.rss()}, "problems": problems}


# --- what is compared --------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    accounts, every = max(20, round(ACCOUNTS * scale)), max(2.0, EVERY * scale)
    given: dict[str, Any] = {"accounts": accounts, "every": every, "rate": RATE}
    given["seconds"] = max(1.0, SECONDS * scale)
    many = max(FEW + 20, round(MANY * min(1.0, scale)))
    with serving(every) as ports, _without_limit(ports) as ample:
        stream = ports["stream"]
        bare_polls = Sized("benchmarks.mirror:limit", "polls/s", 4000, scale, loop=apart.PLAIN, ports=ample)
        yield [
            Comparison(
                "streams, memory",
                Side("bot", lambda: _a_stream("held", stream, many)),
                (Side("bare wss", lambda: _a_stream("bare", stream, many)),),
            ),
            Comparison(
                "crowd",
                apart_from("bot", "benchmarks.mirror:crowded", ports=ports, **given),
                (Side("bare GET and decode", bare_polls),),
            ),
        ]


def _a_stream(side: str, ports: Sequence[int], many: int) -> Figures:
    """What each stream beyond a few adds to the memory."""
    few, all_of_them = (
        answered(apart.run(f"benchmarks.mirror:{side}", ports=ports, accounts=count)) for count in (FEW, many)
    )
    return {"KiB a stream": (all_of_them["MiB"] - few["MiB"]) * 1024 / (many - FEW)}


@contextlib.contextmanager
def serving(every: float) -> Iterator[dict[str, list[int]]]:
    """All servers of a crowd that is polled so often, each kind a process of its own."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(certificate.trusted(stack.enter_context(house.folder())))
        begun = {
            "stream": ("benchmarks.stream_api", str(file)),
            "polled": ("benchmarks.mastodon_api", "1"),
            "sky": ("benchmarks.appview_api", str(mixed.SERVERS), str(LIMIT), str(mixed.span(every))),
        }
        yield {kind: stack.enter_context(apart.serving(*started)) for kind, started in begun.items()}


@contextlib.contextmanager
def _without_limit(ports: Ports) -> Iterator[Ports]:
    """The same servers, but that Bluesky's let everything through: for the bare calls."""
    with apart.serving("benchmarks.appview_api", "1", str(AMPLE), "300") as sky:
        yield {**ports, "sky": sky}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two polls of an account")
    given = parser.parse_args()
    with serving(given.every) as ports:
        few, figures = (
            dict(answered(crowded(ports, accounts=many, every=every, rate=RATE, seconds=every)))
            for many, every in ((FEW, 2.0), (given.accounts, given.every))
        )
    more = given.accounts - FEW
    figures["KiB an account, streams and all"] = (figures["MiB"] - few["MiB"]) * 1024 / more
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
