"""A TCP relay: a connection that a test can cut, stop answering on, or let vanish."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType


class Relay:
    """Listens on `port` and hands everything on to a server on this machine."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering = asyncio.Event()
        self._vanished = 0  # connections up to this number lead nowhere any more
        self._count = 0

    async def __aenter__(self) -> Relay:
        self._answering.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection ends now, without a goodbye; the next one works."""
        self._answering.set()
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        """What is said still arrives; what the server answers is held back until `resume`."""
        self._answering.clear()

    def resume(self) -> None:
        self._answering.set()

    def vanish(self) -> None:
        """The other end of every connection is gone without a word: nothing arrives, nothing comes, and
        nobody is told. The next connection works.
        """
        self._vanished = self._count

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:  # the server is down
            writer.transport.abort()
            return
        self._writers |= {writer, server_writer}
        self._count += 1
        for source, sink, gated in ((reader, server_writer, False), (server_reader, writer, True)):
            task = asyncio.create_task(self._pump(source, sink, gated, self._count))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, gated: bool, number: int
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if gated:
                    await self._answering.wait()
                if number <= self._vanished:
                    continue
                sink.write(data)
                await sink.drain()
        if number <= self._vanished:
            await asyncio.Event().wait()  # whoever ends it is not heard of either
        self._writers.discard(sink)
        sink.transport.abort() if sink.transport.is_closing() else sink.close()
