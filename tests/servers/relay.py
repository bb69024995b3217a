"""A TCP relay: connections that a test can refuse, cut, or stop answering on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from types import TracebackType

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST instead of FIN


class Relay:
    """Listens on `port` and hands everything on to a server on this machine."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering = asyncio.Event()
        self._vanished: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Relay:
        self._answering.set()
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what goes wrong ---

    def cut(self) -> None:
        """Every connection ends now, without a goodbye; the next one works."""
        self._answering.set()
        self._vanished.clear()
        for writer in list(self._writers):
            reset(writer)
            self._writers.discard(writer)

    def stall(self) -> None:
        """What is said still arrives; what the server answers is held back until `resume`."""
        self._answering.clear()

    def resume(self) -> None:
        self._answering.set()

    def vanish(self) -> None:
        """The other end of every connection is gone without a word: nothing arrives, nothing comes, and
        nobody is told, until `cut`. The next connection works.
        """
        self._vanished |= self._writers

    def refuse(self) -> None:
        """Nobody listens here, and every connection is cut; until `listen`."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    async def listen(self) -> None:
        """Be there, at the same address as before."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accepted, "127.0.0.1", self.port, reuse_address=True
            )
            self.port = self._server.sockets[0].getsockname()[1]

    # --- one connection ---

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:  # the server is down
            reset(writer)
            return
        self._writers |= {writer, server_writer}
        self._connected(reader, writer, server_reader, server_writer)

    def _connected(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        self._start(self._pump(reader, server_writer, gated=False))
        self._start(self._pump(server_reader, writer, gated=True))

    def _start(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, gated: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if gated:
                    await self._answering.wait()
                if sink in self._vanished:
                    continue
                sink.write(data)
                await sink.drain()
        if sink not in self._vanished:  # whoever ends it is not heard of either
            self.end(sink)

    def end(self, *writers: asyncio.StreamWriter) -> None:
        """Close in peace what is still open."""
        for writer in writers:
            self._writers.discard(writer)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()


def reset(*writers: asyncio.StreamWriter) -> None:
    """End connections as a machine does that has forgotten them."""
    for writer in writers:
        own = writer.get_extra_info("socket")
        if own is not None and own.fileno() >= 0:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()
