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


class Shared:
    """A connection while somebody listens to it. When it ends, it ends for all who listen."""

    def __init__(self, source: Source) -> None:
        self.listeners: list[asyncio.Queue[Event | Exception | None]] = []
        self._task = asyncio.create_task(self._run(source))

    @property
    def open(self) -> bool:
        return not self._task.done()

    async def events(self) -> AsyncGenerator[tuple[Event, bool], None]:
        """What comes from now on, and whether this listener is the first of all that get it."""
        queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        self.listeners.append(queue)
        try:
            while (got := await queue.get()) is not None:
                if isinstance(got, Exception):
                    raise got
                yield got, self.listeners[0] is queue
        finally:
            self.listeners.remove(queue)
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
        for queue in self.listeners:
            queue.put_nowait(end)

    def _tell(self, event: Event) -> None:
        for queue in self.listeners:
            if queue.qsize() < _BEHIND:
                queue.put_nowait(event)


class Streams:
    """The connections that are open, by account and address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, ...], Shared] = {}

    async def events(self, key: tuple[str, ...], source: Source) -> AsyncGenerator[tuple[Event, bool], None]:
        """Listen to the connection of this key; it is made by `source` if there is none."""
        shared = self._open.get(key)
        if shared is None or not shared.open or not shared.listeners:
            shared = self._open[key] = Shared(source)
        try:
            async with aclosing(shared.events()) as events:
                async for event in events:
                    yield event
        finally:
            if not shared.listeners and self._open.get(key) is shared:
                del self._open[key]
