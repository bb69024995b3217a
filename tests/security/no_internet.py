"""A network of its own in which every address there is leads to one counting listener.

Run as `unshare --user --map-root-user --net python -m tests.security.no_internet`: it reads cases from
standard input and says of each how it ended and which addresses were connected to, however that came about.
The system's own look-up of names is used; what answers it is here as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import re
import socket
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp

from adapters.feeds.finding import find
from adapters.feeds.wire import Wire as Feeds
from adapters.mastodon.linking import instance_of, server_of
from adapters.mastodon.public import sources
from adapters.mastodon.wire import Wire
from bridgebot.errors import AdapterError
from bridgebot.ground import SystemClock
from bridgebot.http import Policy, call, policy, session

ROOT = Path(__file__).parents[2]
PORTS = (22, 25, 80, 443, 1080, 3000, 5432, 6379, 8000, 8080, 8443, 9200)
LOCAL = (["ip", "link", "set", "lo", "up"], ["ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo"],
         ["ip", "-6", "route", "add", "local", "::/0", "dev", "lo"])  # fmt: skip
_UNSHARE = ["unshare", "--user", "--map-root-user", "--net"]


def can_be_made() -> bool:
    """Whether this machine's kernel lets one make a network: containers often may not."""
    return subprocess.run([*_UNSHARE, *LOCAL[0]], capture_output=True, check=False).returncode == 0


def visits(cases: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Let the bot's own code go where each case says; proxy variables are set, and lead to the listener."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://10.9.9.9:1080")
    proxies |= {name.upper(): value for name, value in proxies.items()}
    done = subprocess.run(
        [*_UNSHARE, sys.executable, "-m", "tests.security.no_internet"], cwd=ROOT, text=True,
        input=json.dumps(cases), env=os.environ | proxies, capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Listener:
    """Accepts on every address and counts where it was called. On port 80 it sends whoever asks elsewhere:
    `/to/<address>`.
    """

    def __init__(self) -> None:
        self.reached: Counter[str] = Counter()

    async def start(self) -> None:
        for port in PORTS:
            for host in ("0.0.0.0", "::"):
                await asyncio.start_server(self._called, host, port)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("sockname")[:2]
        self.reached[f"{host}:{port}"] += 1
        if port == 80:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(_answer(head.split(" ")[1]))
                await writer.drain()
        writer.close()


def _answer(path: str) -> bytes:
    if path.startswith("/to/"):
        status, more = "302 Found", f"Location: {unquote(path[4:])}\r\n"
    else:
        status, more = "200 OK", ""
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode()


class Names(asyncio.DatagramProtocol):
    """A name server under the attacker's control: `4-7f000001.example` is 127.0.0.1, with several such labels
    it has several addresses, and `then-…-….example` has the next one with each look-up. Every other name is
    that of the metadata service of a cloud.
    """

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, int]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender: Any) -> None:
        labels, position = [], 12
        while length := data[position]:
            labels.append(data[position + 1 : position + 1 + length].decode("latin-1").lower())
            position += length + 1
        kind = struct.unpack("!H", data[position + 1 : position + 3])[0]
        name = ".".join(labels)
        found = self._addresses(name, kind)
        question = data[12 : position + 5]
        records = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(one.packed)) + one.packed for one in found
        )
        head = data[:2] + struct.pack("!HHHHH", 0x8580, 1, len(found), 0, 0)
        self._transport.sendto(head + question + records, sender)

    def _addresses(self, name: str, kind: int) -> list[Any]:
        found = [ipaddress.ip_address(bytes.fromhex(h)) for h in re.findall(r"[46]-([0-9a-f]{8,32})", name)]
        found = found or [ipaddress.ip_address(one) for one in ("169.254.169.254", "fd00:ec2::254")]
        wanted = [one for one in found if one.version == {1: 4, 28: 6}.get(kind)]
        if name.startswith("then-") and wanted:
            self._asked[name, kind] += 1
            wanted = [wanted[min(self._asked[name, kind], len(wanted)) - 1]]
        return wanted


async def _go(case: dict[str, str]) -> str:
    """How a visit ended: the key of an error, `ok`, or the name of an exception that should not be."""
    rules = {
        "named": Policy(),
        "feed": Policy(plain_http=True),
        "twice": Policy(plain_http=True),
        "link": Policy(),
        "person": Policy(),
        "site": Policy(plain_http=True),
        "allowing": policy({"allow_addresses": ("10.1.0.0/16", "fd00:1::/32")}, plain_http=True),
        "own": policy({"server": "http://10.7.7.7:8080/api"}),
    }[case["door"]]
    async with session(rules) as http:
        try:
            if case["door"] == "link":
                api = Wire(http, SystemClock(), {})
                await instance_of(api, server_of(case["text"], api))
            elif case["door"] == "person":
                await sources(Wire(http, SystemClock(), {}), case["text"])
            elif case["door"] == "site":
                await find(Feeds(http), case["text"])
            else:
                await _get(http, case)
        except AdapterError as error:
            return error.key
        except Exception as error:
            return type(error).__name__
        return "ok"


async def _get(http: aiohttp.ClientSession, case: dict[str, str]) -> None:
    await call(http, "GET", case["text"], expect="any", timeout=5)
    if case["door"] == "twice":
        http.connector.clear_dns_cache()
        await call(http, "GET", case["text"], expect="any", timeout=5)


async def main() -> None:
    for command in LOCAL:
        subprocess.run(command, check=True, capture_output=True)
    listener = Listener()
    await listener.start()
    loop = asyncio.get_running_loop()
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")):
        await loop.create_datagram_endpoint(Names, local_addr=(host, 53), family=family)
    found = []
    for case in json.load(sys.stdin):
        listener.reached.clear()
        end = await _go(case)
        await asyncio.sleep(0)  # what was accepted is counted
        found.append({"end": end, "reached": dict(listener.reached)})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
