"""One connection for each stream of an account, however many timelines listen to it.

The home timeline, the mentions, the own posts and everybody who is followed by name arrive in the one
user stream: a connection for each of them would be one for each person that somebody follows.

There are thousands, each for hours, so little stands between a connection and who listens to it: no
`asyncio.Queue`, which holds three KiB while it is empty, and no asynchronous generator, which holds half of
one with what the event loop notes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Self

from yarl import URL

from adapters.mastodon.entities import Event
from bridgebot.model import Made

_BEHIND: Final = 1000  # events that a listener may be behind; the poll brings what it then misses


class Stream(Made, frozen=True):
    """What a connection is opened with; who has the same shares it."""

    address: URL
    token: str
    server: str  # as accounts name it
    software: str  # see `wire.software`

    def __repr__(self) -> str:
        return f"<Stream {self.address}>"


Tell = Callable[[Event], None]
Follow = Callable[[Stream, Tell], Awaitable[None]]  # tells what comes until the connection ends


class Listener:
    """What comes over a connection from now on, until the `with` block ends. Where the connection ends with
    an error, that is raised.
    """

    __slots__ = ("_came", "_connection", "_waiting")

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._came: list[Event | Exception | None] = []  # what was not taken yet; None: the end
        self._waiting: asyncio.Future[None] | None = None

    @property
    def first(self) -> bool:
        """Of all who listen to the connection."""
        return self._connection.listeners[0] is self

    def tell(self, event: Event) -> None:
        if len(self._came) < _BEHIND:
            self.end(event)

    def end(self, came: Event | Exception | None) -> None:
        """However much is there already."""
        self._came.append(came)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.leave(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._came:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        came = self._came.pop(0)
        if came is None:
            raise StopAsyncIteration
        if isinstance(came, Exception):
            raise came
        return came


class _Connection:
    """It stands while somebody listens to it. When it ends, it ends for all who listen."""

    __slots__ = ("_standing", "_stream", "_task", "listeners")

    def __init__(self, stream: Stream, standing: dict[Stream, _Connection], follow: Follow) -> None:
        self.listeners: list[Listener] = []
        self._stream = stream
        self._standing = standing  # where it is found by others, until the last has left
        self._task = asyncio.create_task(self._run(follow), name="stream")

    @property
    def ended(self) -> bool:
        return self._task.done()

    def join(self) -> Listener:
        """Somebody more who is told what comes from now on."""
        listener = Listener(self)
        self.listeners.append(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self.listeners.remove(listener)
        if self.listeners:
            return
        self._task.cancel()
        if self._standing.get(self._stream) is self:  # one that ended may have a successor
            del self._standing[self._stream]

    async def _run(self, follow: Follow) -> None:
        end: Exception | None = None
        try:
            await follow(self._stream, self._tell)
        except Exception as error:
            end = error
        for listener in self.listeners:
            listener.end(end)

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener.tell(event)


class Streams:
    """The connections that stand. `follow` makes one."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow
        self._standing: dict[Stream, _Connection] = {}

    def join(self, stream: Stream) -> Listener:
        """Listen to the connection of this stream, which is made if there is none."""
        connection = self._standing.get(stream)
        if connection is None or connection.ended:
            connection = self._standing[stream] = _Connection(stream, self._standing, self._follow)
        return connection.join()
