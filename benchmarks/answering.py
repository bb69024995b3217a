"""A connection of a server that does next to nothing: what is measured is who asks it."""

from __future__ import annotations

import asyncio
import re

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One client; it waits for each answer before it asks again. `asked` is what a server does."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end:
            return
        method, target, _ = head.split(b" ", 2)
        length = _LENGTH.search(head) if method != b"GET" else None
        if length and len(body) < int(length[1]):
            return
        self._came = b""
        self.asked(method, target, head, body)

    def asked(self, method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        """A whole request has come; answer it by `write`, now or later."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)
