"""A crowd as it is: of five people one is streamed and two are polled at servers of Mastodon's kind, and two
are polled at servers of Bluesky's.

Ports go by kind: `stream` are two of one server, over TLS and without, `polled` is that of a server of
Mastodon's kind that has no streams, `sky` are Bluesky's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from benchmarks import checks, crowd, house
from benchmarks.appview_api import SPAN, access
from bridgebot.config import Settings
from bridgebot.model import TimelineKind

Ports = Mapping[str, Sequence[int]]
OF, STREAMED, POLLED = 5, 1, 2  # of so many people; the others are on Bluesky
SERVERS = 10  # of Bluesky's
EVERY_MINUTE = 60.0  # as often the bot polls; where it does so oftener, time passes quicker
KIND = TimelineKind.HOME


@dataclass(frozen=True)
class Shares:
    """How many of a crowd are read in which way."""

    streamed: int
    polled: int
    sky: int

    @property
    def mastodon(self) -> int:
        """Those who are polled at servers of Mastodon's kind: a stream has a poll behind it."""
        return self.streamed + self.polled


def shares(accounts: int) -> Shares:
    """Of these accounts; each of the three kinds has one at least."""
    streamed, polled = max(1, accounts * STREAMED // OF), max(1, accounts * POLLED // OF)
    return Shares(streamed, polled, max(1, accounts - streamed - polled))


def span(every: float) -> float:
    """Seconds in which Bluesky's servers count, where a minute lasts `every` seconds."""
    return SPAN * every / EVERY_MINUTE


def settings(folder: Path, ports: Ports, every: float) -> Settings:
    return house.settings(
        folder,
        [ports["stream"][1], *ports["polled"]],
        streams=[_stream(ports)],
        sky=ports["sky"],
        sky_pace=EVERY_MINUTE / every,
    )


async def settled(ports: Ports, folder: str, accounts: int, every: float) -> dict[str, Any]:
    """Everybody's rows, in a process of its own: their making leaves traces in memory."""
    of, streams = shares(accounts), crowd.mastodon(_stream(ports))
    given: dict[str, Any] = {"read": True, "every": every, "kind": KIND}
    async with house.running(settings(Path(folder), ports, every), every=3600.0) as app:
        await crowd.settle(app, of.streamed, (0,), network=streams, **given)
        await crowd.settle(app, of.polled, (1,), begin=of.streamed, **given)
        sky = crowd.sky(len(ports["sky"]))
        await crowd.settle(app, of.sky, (0,), begin=of.mastodon, network=sky, **given)
    return {}


def _stream(ports: Ports) -> str:
    return f"wss://localhost:{ports['stream'][0]}"


def sockets(ports: Ports) -> int:
    """How many streams stand."""
    count: int = checks.log(ports["stream"][1])["sockets"]
    return count


def reset(ports: Ports) -> None:
    """All servers forget what they noted."""
    checks.reset(ports["stream"][1])
    checks.reset(ports["polled"][0], log_reads=True)
    checks.reset(ports["sky"][0])


@dataclass(frozen=True)
class Noted:
    """What the servers noted."""

    sent: dict[str, float]  # when each post was streamed
    mastodon: Sequence[tuple[float, str]]  # reads: when, and whose
    sky: Sequence[tuple[float, str]]
    refused: int  # answers 429
    stale: int  # calls with a session that was over

    @property
    def reads(self) -> list[tuple[float, str]]:
        """All of them, in the order in which they came."""
        return sorted([*self.mastodon, *self.sky])

    def wrong(self, of: Shares) -> list[str]:
        """Whether every account was read, and read again, and nothing was refused."""
        problems = [f"{self.stale} calls were stale"] if self.stale else []
        for kind, reads, many in (("Mastodon", self.mastodon, of.mastodon), ("Bluesky", self.sky, of.sky)):
            lacking = many - sum(count >= 2 for count in Counter(who for _, who in reads).values())
            problems += [f"{lacking} accounts on {kind} were not read twice"] if lacking else []
        return problems


def noted(ports: Ports) -> Noted:
    stream, sky = checks.log(ports["stream"][1]), checks.log(ports["sky"][0])
    reads = [*stream["reads"], *checks.log(ports["polled"][0])["reads"]]
    pairs = [[(at, who) for at, who in some] for some in (reads, sky["reads"])]
    return Noted(stream["sent"], pairs[0], pairs[1], sky["refused"], sky["stale"])


async def asked(ports: Ports, count: int, at_once: int) -> None:
    """GET and decode, as bare as can be, so often: of each kind as many as the crowd's polls are."""
    polled = f"http://127.0.0.1:{ports['polled'][0]}/api/v1/timelines/home?limit=40"
    sky = f"http://127.0.0.1:{ports['sky'][0]}/xrpc/app.bsky.feed.getTimeline?limit=30"
    plain, session = {"Authorization": "Bearer t0"}, {"Authorization": f"Bearer {access('t0_0', 2e10)}"}
    lists, feeds = msgspec.json.Decoder(list[msgspec.Raw]), msgspec.json.Decoder(dict[str, list[msgspec.Raw]])
    numbers = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as http:

        async def worker() -> None:
            for number in numbers:
                if number % OF < STREAMED + POLLED:
                    async with http.get(polled, headers=plain) as answer:
                        lists.decode(await answer.read())
                else:
                    async with http.get(sky, headers=session) as answer:
                        feeds.decode(await answer.read())

        await asyncio.gather(*(worker() for _ in range(at_once)))
