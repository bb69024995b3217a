"""P15, and timelines that stream: memory of a stream over TLS, and how soon what is said there is shown.

    python -m benchmarks.mirror        # all of it at once: 10,000 accounts, 2,000 of them streamed

Of the accounts one in five has a stream of its own (`bridgebot.streams.MOST` of 10,000), the others live on
servers without one and are polled. Posts are streamed to one account after another, the bot fetches each by
its id and shows it in its owner's chat. The limit of memory is a bare websocket on the same event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import gc
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks import apart, checks, crowd, house, procfs
from benchmarks.measured import answered, percentile
from benchmarks.runner import Comparison, Figures, Side
from bridgebot.app import App
from bridgebot.model import TimelineKind

ACCOUNTS, EVERY = 2000, 12.0  # as many polls a second as 10,000 accounts ask for in a minute
STREAMED = 5  # one in so many
RATE, SECONDS = 50.0, 4.0  # of what is streamed: posts a second, and for how long
MANY, FEW = 510, 10  # streams, for P15
BEGIN = 5.0  # seconds in which they begin
FIVE_MINUTES = 300.0  # the span of Mastodon's limit
EVERY_MINUTE = 60.0  # as often the bot polls; here time passes quicker


# --- in the bot's process ----------------------------------------------------------------------


async def bot(
    ports: Sequence[int], accounts: int, every: float, rate: float, seconds: float
) -> dict[str, Any]:
    """How soon what is streamed stands in its chat, while everything else is polled."""
    with house.folder() as folder:
        async with _mirroring(folder, ports, accounts, every) as app:
            shown = _clocked(app)
            await _until(lambda: _sockets(ports) >= streams(accounts), every * 3)
            checks.reset(ports[1])
            begun, cpu, count = time.monotonic(), time.process_time(), round(rate * seconds)
            checks.tell(ports[1], "_tell", {"count": count, "rate": rate})
            await asyncio.sleep(max(seconds, every))
            lasted, cpu = time.monotonic() - begun, time.process_time() - cpu
            await _until(lambda: len(shown) >= count, 10)
    log = checks.log(ports[1])
    lags = [shown[id] - at for id, at in log["sent"].items() if id in shown]
    problems = [] if len(lags) == count == len(shown) else [f"{len(lags)} of {count} posts were shown"]
    if problems:
        return {"figures": {}, "problems": problems}
    often = Counter(who for at, who in log["reads"] if at < begun + lasted)
    figures = {
        "streamed p50 s": percentile(lags, 0.5),
        "streamed p99 s": percentile(lags, 0.99),
        "requests of an account in 5 min": max(often.values()) / lasted * FIVE_MINUTES * every / EVERY_MINUTE,
        "CPU % of a core": 100 * cpu / lasted,
        "MiB": procfs.rss(),
    }
    return {"figures": figures, "problems": []}


async def held(ports: Sequence[int], accounts: int) -> dict[str, Any]:
    """What the house holds once all these accounts are streamed."""
    with house.folder() as folder:
        async with _mirroring(folder, ports, accounts, BEGIN, streamed=1):
            await _until(lambda: _sockets(ports) >= accounts, 60)
            return _rested(_sockets(ports), accounts)


async def bare(ports: Sequence[int], accounts: int) -> dict[str, Any]:
    """What as many bare websockets hold."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        address = f"wss://localhost:{ports[0]}/api/v1/streaming?stream=user"

        async def opened(place: int) -> aiohttp.ClientWebSocketResponse:
            await asyncio.sleep(BEGIN * place / accounts)  # as those of the bot begin, one after another
            return await http.ws_connect(address, heartbeat=30.0)

        sockets = await asyncio.gather(*(opened(place) for place in range(accounts)))
        readers = [asyncio.create_task(socket.receive()) for socket in sockets]
        await asyncio.sleep(0.5)
        rested = _rested(_sockets(ports), accounts)
        for reader in readers:
            reader.cancel()
        return rested


def streams(accounts: int) -> int:
    return -(-accounts // STREAMED)


@contextlib.asynccontextmanager
async def _mirroring(
    folder: Path, ports: Sequence[int], accounts: int, every: float, streamed: int = STREAMED
) -> Any:
    """The house with the home timelines of these accounts, of which one in `streamed` has a stream."""
    stream = f"wss://localhost:{ports[0]}"
    settings = house.settings(folder, ports[1:], streams=[stream])
    async with house.running(settings, every=every) as app:
        kind = TimelineKind.HOME
        await crowd.settle(
            app, accounts, (0,), read=True, every=every, kind=kind, network=crowd.mastodon(stream, streamed)
        )
    gc.collect()
    async with house.running(settings, every=every) as app:
        yield app


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


async def _until(so: Any, seconds: float) -> None:
    """Look ten times a second, for so many seconds at most."""
    for _ in range(round(seconds * 10)):
        if await asyncio.to_thread(so):
            return
        await asyncio.sleep(0.1)


def _sockets(ports: Sequence[int]) -> int:
    count: int = checks.log(ports[1])["sockets"]
    return count


def _rested(sockets: int, accounts: int) -> dict[str, Any]:
    gc.collect()
    problems = [] if sockets == accounts else [f"{sockets} of {accounts} streams stand"]
    return {"figures": {"MiB": procfs.rss()}, "problems": problems}


# --- what is compared --------------------------------------------------------------------------


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    accounts, every = max(20, round(ACCOUNTS * scale)), max(2.0, EVERY * scale)
    given = {"accounts": accounts, "every": every, "rate": RATE, "seconds": max(1.0, SECONDS * scale)}
    many = max(FEW + 20, round(MANY * min(1.0, scale)))
    with serving() as ports:
        yield [
            Comparison(
                "streams, memory",
                Side("bot", lambda: _a_stream("held", ports, many)),
                (Side("bare wss", lambda: _a_stream("bare", ports, many)),),
            ),
            Comparison(
                "streams, lag",
                Side("bot", lambda: answered(apart.run("benchmarks.mirror:bot", ports=ports, **given))),
            ),
        ]


def _a_stream(side: str, ports: Sequence[int], many: int) -> Figures:
    """What each stream beyond a few adds to the memory."""
    few, all_of_them = (
        answered(apart.run(f"benchmarks.mirror:{side}", ports=ports, accounts=count)) for count in (FEW, many)
    )
    return {"KiB a stream": (all_of_them["MiB"] - few["MiB"]) * 1024 / (many - FEW)}


@contextlib.contextmanager
def serving() -> Iterator[list[int]]:
    """The server, with a certificate of its own that every process of the benchmark takes for a good one."""
    with house.folder() as folder:
        certificate = folder / "certificate.pem"
        certificate.write_bytes(_certificate())
        before = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(certificate)
        try:
            with apart.serving("benchmarks.stream_api", str(certificate)) as ports:
                yield ports
        finally:
            os.environ.pop("SSL_CERT_FILE")
            if before is not None:
                os.environ["SSL_CERT_FILE"] = before


def _certificate() -> bytes:
    """Key and certificate of localhost, signed by itself, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.DNSName("localhost")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoded = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(encoded, *plain) + made.public_bytes(encoded)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two polls of an account")
    given = parser.parse_args()
    with serving() as ports:
        figures = answered(
            apart.run(
                "benchmarks.mirror:bot",
                ports=ports,
                accounts=given.accounts,
                every=given.every,
                rate=RATE,
                seconds=given.every,
            )
        )
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
