"""A relay that reads HTTP: single requests go wrong on the way, chosen by method, path and count.

    async with HttpRelay(server.port) as relay:
        relay.order(Fault.LOST_ANSWER, "POST", r"/statuses$")         # the next such request
        relay.order(Fault.RATE, path="/timelines", headers={"Retry-After": "2"}, times=3)
        relay.met                                                     # what went wrong so far

Requests have a `Content-Length` or no body, as those of the bot. What is no request and answer any more
(a websocket, a stream without an end) is handed through as it comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.relay import Relay, reset

HTML = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
NEVER = 3600.0  # seconds


class Fault(enum.StrEnum):
    """What can happen to a request on its way."""

    BEFORE = "reset before the body went on"  # the server hears nothing
    WITHIN = "reset within the body"  # the server hears a half
    LOST_ANSWER = "the server acts, then reset"
    CUT_HEAD = "the server acts, reset in the answer's head"
    CUT_BODY = "the server acts, reset in the answer's body"
    TRUNCATED = "the server acts, 200 with half of the JSON"
    LATE = "the server acts, the answer comes after a while"
    STALL = "the request itself is held for a while"
    HALF_OPEN = "the server acts, and nothing comes back, nor an end"
    ERROR = "500"
    BAD_GATEWAY = "502, HTML"
    RATE = "429"
    REFUSED = "400, with words"


ACTS = frozenset(
    {
        Fault.LOST_ANSWER,
        Fault.CUT_HEAD,
        Fault.CUT_BODY,
        Fault.TRUNCATED,
        Fault.LATE,
        Fault.STALL,
        Fault.HALF_OPEN,
    }
)


@dataclass
class Order:
    """A fault that waits for its request."""

    fault: Fault
    method: str | None
    path: str  # a pattern that the path must hold
    times: int | None  # None: until it is taken back
    seconds: float  # LATE, STALL
    headers: Mapping[str, str]  # RATE: beside the words
    holds: str  # what the body must hold
    said: bytes  # REFUSED: the answer's body

    def meets(self, request: Message) -> bool:
        fits = self.method in (None, request.method) and re.search(self.path, request.path) is not None
        return fits and self.holds.encode() in request.body + b"&"  # as behind every field of a form


@dataclass
class Message:
    """A request or an answer, to the byte; the body as it came, with its framing."""

    head: bytes
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    @property
    def whole(self) -> bytes:
        return self.head + self.body


class HttpRelay(Relay):
    """`met` names what went wrong: fault, method, path."""

    def __init__(self, server_port: int) -> None:
        super().__init__(server_port)
        self.orders: list[Order] = []
        self.met: list[tuple[Fault, str, str]] = []
        self.passed: list[tuple[str, str]] = []  # requests that came, whatever became of them

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def order(
        self,
        fault: Fault,
        method: str | None = None,
        path: str = "",
        *,
        times: int | None = 1,
        seconds: float = NEVER,
        headers: Mapping[str, str] | None = None,
        holds: str = "",
        said: bytes = b"{}",
    ) -> None:
        """The next requests like that go wrong so; times=None: all of them until `heal`."""
        self.orders.append(Order(fault, method, path, times, seconds, headers or {}, holds, said))

    def heal(self) -> None:
        """From now on all goes well; what is held hangs no longer."""
        self.orders.clear()
        self.cut()

    # --- one connection ---

    def _connected(self, reader, writer, server_reader, server_writer) -> None:
        self._start(self._talk(reader, writer, server_reader, server_writer))

    async def _talk(self, reader, writer, server_reader, server_writer) -> None:
        """Request after request, until one side ends the connection."""
        try:
            while (request := await _read(reader)) is not None:
                self.passed.append((request.method, request.path))
                order = self._take(request)
                if order is None:
                    server_writer.write(request.whole)
                    answer = await self._answer(server_reader, writer, request)
                else:
                    answer = await self._wrong(order, request, writer, server_reader, server_writer)
                if answer is None:  # it is no talk of requests and answers any more
                    await self._through(reader, writer, server_reader, server_writer)
                    return
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            reset(writer, server_writer)
        finally:
            self.end(writer, server_writer)

    def _take(self, request: Message) -> Order | None:
        for order in self.orders:
            if order.meets(request):
                if order.times is not None:
                    order.times -= 1
                    if order.times <= 0:
                        self.orders.remove(order)
                self.met.append((order.fault, request.method, request.path))
                return order
        return None

    async def _answer(self, server_reader, writer, request: Message) -> bytes | None:
        """The server's whole answer; None where it has no end of its own: then its head is handed on."""
        answer = await _read(server_reader, to=request.method)
        if answer is None:
            raise ConnectionResetError
        if _endless(answer):
            writer.write(answer.whole)
            return None
        return answer.whole

    async def _wrong(self, order: Order, request: Message, writer, server_reader, server_writer) -> bytes:
        match order.fault:
            case Fault.BEFORE:
                raise ConnectionResetError
            case Fault.WITHIN:
                half = len(request.body) // 2 if request.body else -2  # then the head has no end
                server_writer.write(request.whole[: len(request.head) + half])
                await server_writer.drain()
                await asyncio.sleep(0.02)  # a reset overtakes what has not been read yet
                raise ConnectionResetError
            case Fault.ERROR:
                return _made(500, b'{"error": "something went wrong", "ok": false, "error_code": 500}')
            case Fault.BAD_GATEWAY:
                return _made(502, HTML, {"Content-Type": "text/html"})
            case Fault.RATE:
                return _made(429, b'{"error": "Too many requests"}', order.headers)
            case Fault.REFUSED:
                return _made(400, order.said)
            case Fault.STALL:
                await asyncio.sleep(order.seconds)
        server_writer.write(request.whole)
        answer = await _read(server_reader, to=request.method)
        if answer is None:
            raise ConnectionResetError
        return await self._spoilt(order, answer, writer)

    async def _spoilt(self, order: Order, answer: Message, writer) -> bytes:
        """What comes back of an answer that the server gave; a reset comes after what was sent."""
        piece = b""
        match order.fault:
            case Fault.LATE:
                await asyncio.sleep(order.seconds)
                return answer.whole
            case Fault.STALL:
                return answer.whole
            case Fault.TRUNCATED:
                return _made(answer.status, answer.body[: len(answer.body) // 2])
            case Fault.HALF_OPEN:
                await asyncio.sleep(NEVER)
            case Fault.CUT_HEAD:
                piece = answer.head[: len(answer.head) // 2]
            case Fault.CUT_BODY:
                piece = answer.whole[: len(answer.head) + len(answer.body) // 2]
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)  # a reset overtakes what has not been read yet
        raise ConnectionResetError

    async def _through(self, reader, writer, server_reader, server_writer) -> None:
        pumps = (
            self._pump(reader, server_writer, gated=False),
            self._pump(server_reader, writer, gated=True),
        )
        await asyncio.gather(*pumps)


def _made(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """An answer of the relay's own."""
    given = {"Content-Type": "application/json", **(headers or {}), "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} Made by a relay", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _endless(answer: Message) -> bool:
    return answer.status == 101 or answer.headers.get("content-type", "").startswith("text/event-stream")


async def _read(reader: asyncio.StreamReader, to: str = "") -> Message | None:
    """The next request, or the answer to a request of method `to`; None where the connection ended."""
    with contextlib.suppress(asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        message = Message(head, headers=headers)
        if to != "HEAD" and not (to and (message.status in (101, 204, 304) or _endless(message))):
            message.body = await _body(reader, headers)
        return message
    return None


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body, size = b"", -1
    while size:
        line = await reader.readuntil(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        body += line + await reader.readexactly(size + 2)
    return body
