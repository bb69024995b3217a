"""P8: XMPP, an echo through a real Prosody. The adapter as a client, beside a bare slixmpp client.

The peer is a component (XEP-0114) that writes ready-made stanzas and reads answers by their bytes, so that
what is measured is the client. 32 messages are on their way together; for latency one. The server keeps
streams alive (XEP-0198), archives nothing, and writes at once: as it comes, Nagle's algorithm holds each of
its acknowledgements back for 40 ms, on which the adapter waits. There is no TLS, on the loopback address.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from adapters import xmpp
from benchmarks import apart, house
from benchmarks.measured import answered, percentile
from benchmarks.runner import Comparison, Figures, Side, Void
from bridgebot.ground import SystemClock
from bridgebot.model import Chat, Incoming, Message, OutgoingMessage
from bridgebot.testing.bare import MemoryState, bare_context

ECHOES, SINGLE, WINDOW = 4000, 300, 32
PEER, USER, PASSWORD = "peer.localhost", "bot@localhost", "pw"
TEXT = "Hello world, a post of ordinary length " + "x" * 200
END = "end"
_BODY = re.compile(rb"<body>e(\d+) ")

CONFIGURATION = """
run_as_root = {root}
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
plugin_paths = {{ }}
modules_enabled = {{ "saslauth"; "disco"; "ping"; "roster"; "smacks"; "time" }}
modules_disabled = {{ "s2s"; "tls"; "limits"; "offline" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
component_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {component} }}
network_settings = {{ nagle = false }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
log = {{ {{ levels = {{ min = "error" }}, to = "console" }} }}
VirtualHost "localhost"
Component "peer.localhost"
  component_secret = "s"
"""


@contextlib.contextmanager
def prosody() -> Iterator[tuple[int, int]]:
    """The ports for clients and for components, while the block lasts."""
    c2s, component = _free_port(), _free_port()
    with house.folder() as folder:
        accounts = folder / "data" / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        (accounts / "bot.dat").write_text(f'return {{ ["password"] = "{PASSWORD}" }};\n')
        root = str(os.geteuid() == 0).lower()
        text = CONFIGURATION.format(root=root, folder=folder, c2s=c2s, component=component)
        (folder / "prosody.cfg.lua").write_text(text)
        command = ["prosody", "-F", "--config", str(folder / "prosody.cfg.lua")]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, apart.core(apart.SERVERS)),
        ) as process:  # fmt: skip
            try:
                _until_listening((c2s, component))
                yield c2s, component
            finally:
                process.terminate()
                process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_listening(ports: Sequence[int]) -> None:
    end = time.monotonic() + 20
    for port in ports:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > end:
                raise Void("prosody does not start")
            time.sleep(0.05)


# --- the clients -------------------------------------------------------------------------------


async def bot(port: int) -> dict[str, Any]:
    """The adapter, which answers every message with the same."""
    config = xmpp.Config(jid=USER, password=PASSWORD, host="127.0.0.1", port=port, tls=False)
    context = replace(bare_context("xmpp"), state=MemoryState(), clock=SystemClock())
    adapter = xmpp.Adapter(config, context)
    ended, sending = asyncio.Event(), set[asyncio.Task[Any]]()

    async def receive(thing: Incoming, *, state: Any = None) -> None:
        if isinstance(thing, Message) and thing.text == END:
            ended.set()
        elif isinstance(thing, Message):
            task = asyncio.create_task(adapter.send(thing.chat, OutgoingMessage(f"e{thing.text}")))
            sending.add(task)
            task.add_done_callback(sending.discard)

    running = asyncio.create_task(adapter.run(receive))
    await _say_ready(adapter)
    cpu = time.process_time()
    await ended.wait()
    cpu = time.process_time() - cpu
    running.cancel()
    await asyncio.wait([running])
    return {"figures": {"CPU": cpu}, "problems": []}


async def _say_ready(adapter: xmpp.Adapter) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await adapter.send(Chat(f"x@{PEER}", direct=True), OutgoingMessage("ready"))
                return
            except Exception:  # not connected yet
                await asyncio.sleep(0.1)


# --- the peer ----------------------------------------------------------------------------------


class Peer:
    """A bare component."""

    async def open(self, port: int) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        names = "xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'"
        self._writer.write(f"<?xml version='1.0'?><stream:stream {names} to='{PEER}'>".encode())
        came = b""
        while not (found := re.search(rb"\sid=['\"]([^'\"]+)", came)):
            came += await self._reader.read(4096)
        digest = hashlib.sha1(found[1] + b"s").hexdigest()  # XEP-0114
        self._writer.write(f"<handshake>{digest}</handshake>".encode())
        while b"<handshake" not in came:
            came += await self._reader.read(4096)
        self._came = b""

    def say(self, text: str, number: int = 0) -> None:
        to = USER
        stanza = (
            f"<message from='x@{PEER}/r' to='{to}' type='chat' id='i{number}'><body>{text}</body></message>"
        )
        self._writer.write(stanza.encode())

    async def bodies(self) -> list[bytes]:
        """Whole messages, at least one."""
        while b"</message>" not in self._came:
            async with asyncio.timeout(60):
                self._came += await self._reader.read(1 << 18)
        *whole, self._came = self._came.split(b"</message>")
        return [one for one in whole if b"<body>" in one]

    async def echoes(self, count: int, window: int) -> list[float]:
        """Milliseconds of each echo, `window` of them on their way. Raises Void if one is wrong."""
        sent_at: dict[int, float] = {}
        took: list[float] = []
        for number in range(min(window, count)):
            self._ask(number, sent_at)
        while len(took) < count:
            for body in await self.bodies():
                found = _BODY.search(body)
                if found is None or int(found[1]) not in sent_at:
                    raise Void(f"an echo of nothing, or the second one: {body[:200]!r}")
                took.append((time.perf_counter() - sent_at.pop(int(found[1]))) * 1e3)
                if (following := len(took) + len(sent_at)) < count:
                    self._ask(following, sent_at)
        return took

    def _ask(self, number: int, sent_at: dict[int, float]) -> None:
        sent_at[number] = time.perf_counter()
        self.say(f"{number} {TEXT}", number)

    def close(self) -> None:
        self._writer.close()


async def _measure(ports: tuple[int, int], echoes: int, single: int, client: Callable[[], Any]) -> Figures:
    peer = Peer()
    await peer.open(ports[1])
    running = asyncio.create_task(asyncio.to_thread(client))
    try:
        await peer.bodies()  # ready
        begun = time.perf_counter()
        await peer.echoes(echoes, WINDOW)
        wall = time.perf_counter() - begun
        alone = await peer.echoes(single, 1)
        peer.say(END)
        cpu = answered(await running)["CPU"]
    finally:
        peer.close()
    return {
        "echoes/s": echoes / wall,
        "CPU µs each": cpu / (echoes + single) * 1e6,
        "p50 ms": percentile(alone, 0.5),
        "p99 ms": percentile(alone, 0.99),
    }


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    echoes, single = max(WINDOW, round(ECHOES * scale)), max(20, round(SINGLE * scale))

    def side(name: str, target: str, loop: str) -> Side:
        def run() -> Figures:
            with prosody() as ports:
                client = lambda: apart.run(target, loop=loop, port=ports[0])  # noqa: E731
                return asyncio.run(_measure(ports, echoes, single, client))

        return Side(name, run)

    yield [
        Comparison(
            "xmpp echo",
            side("adapter", "benchmarks.xmpp_echo:bot", apart.HOUSE),
            (side("bare slixmpp", "benchmarks.limits.slixmpp_echo:bot", apart.PLAIN),),
        )
    ]
