"""Word of changes for pages that are open: server-sent events (HTML standard, 9.2), public posts only."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json

from aiohttp import web

from adapters.plaza.responses import GUARD
from adapters.plaza.signal import Signal
from adapters.plaza.store import listing
from adapters.plaza.store.listing import Change, Scope
from adapters.plaza.views import article
from adapters.plaza.voice import Voice, voice
from bridgebot.adapter import Context

STREAMS_AT_MOST = 500  # open at once; more are asked to come back
_QUIET = 50  # looks without a word before a comment keeps the connection up
_LOOK = 0.5  # seconds between looks whether the reader is still there: aiohttp does not tell a handler
_COME_BACK = 5000  # milliseconds after which a browser connects again


class Live:
    """The site's event stream."""

    def __init__(self, context: Context, signal: Signal) -> None:
        self._context = context
        self._signal = signal
        self._open = 0

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Changes after `Last-Event-ID`, else `after`, in the scope that the page shows."""
        if request.method == "HEAD":
            return web.Response(headers=GUARD, content_type="text/event-stream")
        if self._open >= STREAMS_AT_MOST:
            return web.Response(status=503, headers={**GUARD, "Retry-After": "60"})
        self._open += 1
        try:
            return await self._stream(request)
        finally:
            self._open -= 1

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={**GUARD, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        response.content_type = "text/event-stream"
        response.charset = "utf-8"
        # Before the first read: what is committed between that and the first wait must wake it. And that read
        # before the answer begins: whoever has its head listens, and is told of all that comes from then on.
        with self._signal.listening() as queue:
            scope = _scope(request)
            changes, after = await self._changes(scope, _after(request))
            await response.prepare(request)
            await response.write(f"retry: {_COME_BACK}\n\n".encode())
            words = voice(request, self._context.texts)
            try:
                while True:
                    for change in changes:
                        await response.write(_event(words, change))
                    if len(changes) < listing.PAGE:
                        await _wait(request, response, queue)
                    changes, after = await self._changes(scope, after)
            except ConnectionError:
                return response  # the reader left
        return response

    async def _changes(self, scope: Scope, after: int | None) -> tuple[tuple[Change, ...], int]:
        return await self._context.database.read(
            lambda connection, now: listing.changes(connection, scope, after)
        )


async def _wait(request: web.Request, response: web.StreamResponse, queue: asyncio.Queue[int]) -> None:
    """Until something was committed; says every now and then that the line still stands.

    Raises ConnectionError when the reader has left.
    """
    for look in itertools.count(1):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(queue.get(), _LOOK)
            break
        if request.transport is None or request.transport.is_closing():
            raise ConnectionResetError
        if look % _QUIET == 0:
            await response.write(b": still here\n\n")
    while not queue.empty():  # one read answers them all
        queue.get_nowait()


def _event(words: Voice, change: Change) -> bytes:
    """`new`, `edited` or `gone`, with the post's element where there is one."""
    kind = "gone" if change.shown is None else "new" if change.fresh else "edited"
    data = {"id": f"post-{change.post_id}", "html": article(words, change.shown) if change.shown else ""}
    return f"id: {change.seq}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def _scope(request: web.Request) -> Scope:
    query = request.query
    root = _number(query.get("thread", ""))
    return Scope(name=query.get("name"), tag=query.get("tag"), root=root)


def _after(request: web.Request) -> int | None:
    """The place to go on from; None: from now on."""
    seen = _number(request.headers.get("Last-Event-ID", ""))
    return seen if seen is not None else _number(request.query.get("after", ""))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
