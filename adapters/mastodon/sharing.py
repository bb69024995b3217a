"""One connection for each stream of an account, however many timelines listen to it.

The home timeline, the mentions, the own posts and everybody who is followed by name arrive in the one
user stream: a connection for each of them would be one for each person that somebody follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from adapters.mastodon.entities import Event

Source = Callable[[], AsyncGenerator[Event, None]]
_BEHIND: Final = 1000  # events that a listener may be behind; the poll brings what it then misses


class _Listener:
    """What one listener has not taken yet. An `asyncio.Queue` holds three KiB while it is empty, and there
    are thousands of listeners.
    """

    __slots__ = ("_came", "_waiting")

    def __init__(self) -> None:
        self._came: list[Event | Exception | None] = []
        self._waiting: asyncio.Future[None] | None = None

    def tell(self, event: Event) -> None:
        if len(self._came) < _BEHIND:
            self.end(event)

    def end(self, came: Event | Exception | None) -> None:
        """However much is there already."""
        self._came.append(came)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def take(self) -> Event | Exception | None:
        while not self._came:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return self._came.pop(0)


class Shared:
    """A connection while somebody listens to it. When it ends, it ends for all who listen."""

    def __init__(self, source: Source) -> None:
        self.listeners: list[_Listener] = []
        self._task = asyncio.create_task(self._run(source))

    @property
    def open(self) -> bool:
        return not self._task.done()

    def join(self) -> _Listener:
        """Somebody more who is told what comes from now on."""
        listener = _Listener()
        self.listeners.append(listener)
        return listener

    def leave(self, listener: _Listener) -> None:
        self.listeners.remove(listener)
        if not self.listeners:
            self._task.cancel()

    async def _run(self, source: Source) -> None:
        end: Exception | None = None
        try:
            async with aclosing(source()) as events:
                async for event in events:
                    self._tell(event)
        except Exception as error:
            end = error
        for listener in self.listeners:
            listener.end(end)

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener.tell(event)


class Streams:
    """The connections that are open, by account and address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], Shared] = {}

    async def events(self, key: tuple[str, ...], source: Source) -> AsyncGenerator[tuple[Event, bool], None]:
        """What comes from now on over the connection of this key, which is made by `source` if there is none;
        and whether this listener is the first of all that get it.
        """
        shared = self._open.get(key)
        if shared is None or not shared.open or not shared.listeners:
            shared = self._open[key] = Shared(source)
        listener = shared.join()
        try:
            while (got := await listener.take()) is not None:
                if isinstance(got, Exception):
                    raise got
                yield got, shared.listeners[0] is listener
        finally:
            shared.leave(listener)
            if not shared.listeners and self._open.get(key) is shared:
                del self._open[key]
