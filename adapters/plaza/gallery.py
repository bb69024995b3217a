"""Taking pictures in: the same for what the bot uploads and for what apps do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from adapters.plaza.abilities import MEGABYTE
from adapters.plaza.markup import described
from adapters.plaza.settings import Config
from adapters.plaza.store.pictures import Room
from bridgebot.adapter import inspected
from bridgebot.errors import Rejected
from bridgebot.model import File, FileLimits


class Gallery:
    """What is taken. `options` gives those that hold now; `limits` None: no pictures at all."""

    def __init__(self, options: Callable[[], Config], limits: FileLimits | None) -> None:
        self._options = options
        self.limits = limits
        self._one_at_a_time = asyncio.Semaphore(1)  # each takes the memory of a few copies

    async def inspected(self, pieces: AsyncIterator[bytes], alt: str) -> tuple[File, bytes]:
        """A picture that comes in pieces: what it is, and its bytes without the words of a camera. Raises
        Rejected for what is not to be shown, and for a description that is too long.
        """
        if self.limits is None:
            raise Rejected("plaza-no-pictures")
        told, content = described(alt), bytearray()
        async for piece in pieces:
            content += piece
            if len(content) > self.limits.image_bytes:
                break  # more is not read: it is too large anyway
        async with self._one_at_a_time:
            return await asyncio.to_thread(inspected, bytes(content), self.limits, told)

    def room(self) -> Room:
        options = self._options()
        return Room(options.person_megabytes * MEGABYTE, options.total_megabytes * MEGABYTE)
