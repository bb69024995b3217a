"""Word, within this process, that something was committed; who wants to know more reads the tables."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

_WAITING_AT_MOST = 256  # per listener: one that falls behind loses hints, never memory


class Signal:
    """Ids of posts that are new, changed or gone, told to everybody who listens.

    A negative number is a person's id: something happened to them that is no post.
    """

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[int]] = set()

    def tell(self, post_id: int) -> None:
        """Call it after the commit."""
        for listener in self._listeners:
            with contextlib.suppress(asyncio.QueueFull):
                listener.put_nowait(post_id)

    def nudge(self, person_id: int) -> None:
        """A person has a notification. Call it after the commit."""
        self.tell(-person_id)

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Queue[int]]:
        """A queue of what is told from here on."""
        queue: asyncio.Queue[int] = asyncio.Queue(_WAITING_AT_MOST)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
