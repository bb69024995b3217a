"""Files on this machine while they are needed: each is fetched once, whoever waits for it.

They lie in a folder of their own that only the bot may read, under names that say nothing. What nobody uses
is taken away a little later, since the next network, or the next attempt, may ask for it; at a start all of
it goes. Nothing here is worth keeping: what is missing is fetched anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bridgebot.errors import Rejected, Temporary
from bridgebot.log import Log

log = Log(__name__)

ROOM = 512 * 1024 * 1024  # bytes of all files together
LARGEST = 128 * 1024 * 1024  # bytes of one
LINGER = 120.0  # seconds that a file stays when nobody uses it
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LATER = 300.0  # seconds until it is tried again where there is no room

Fetch = Callable[[], AsyncIterator[bytes]]
Prepare = Callable[[Path], Awaitable[None]]


@dataclass(slots=True)
class _Entry:
    """One file, or one that is being fetched."""

    path: Path
    users: int = 0
    size: int = 0
    whole: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    going: asyncio.TimerHandle | None = None


class Shelf:
    """Keeps files in a folder that is its own."""

    def __init__(self, folder: Path, *, room: int = ROOM, linger: float = LINGER) -> None:
        self._folder = folder
        self._room = room
        self._linger = linger
        self._entries: dict[str, _Entry] = {}

    def clear(self) -> None:
        """Take everything away: at a start, and at the end."""
        for entry in self._entries.values():
            if entry.going is not None:
                entry.going.cancel()
        self._entries.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def let_go(self) -> None:
        """Take away what nobody uses now, whatever may still ask for it."""
        for key in [key for key, entry in self._entries.items() if not entry.users]:
            self._remove(key)

    @contextlib.asynccontextmanager
    async def holding(self, name: str, fetch: Fetch, prepare: Prepare) -> AsyncIterator[Path]:
        """The file of this name while the block lasts: fetched and prepared if it is not there. Raises what
        these raise, Rejected if it is larger than `LARGEST`, Temporary if there is no room.
        """
        key = hashlib.sha256(name.encode()).hexdigest()[:32]
        entry = self._entries.setdefault(key, _Entry(self._folder / key))
        self._taken(entry)
        try:
            async with entry.lock:
                if not entry.whole:
                    await self._fill(entry, fetch, prepare)
            yield entry.path
        finally:
            self._released(key, entry)

    def _taken(self, entry: _Entry) -> None:
        entry.users += 1
        if entry.going is not None:
            entry.going.cancel()
            entry.going = None

    def _released(self, key: str, entry: _Entry) -> None:
        entry.users -= 1
        if entry.users == 0 and entry.whole:
            entry.going = asyncio.get_running_loop().call_later(self._linger, self._remove, key)
        elif entry.users == 0:
            self._remove(key)

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key)
        if entry.going is not None:
            entry.going.cancel()
        entry.path.unlink(missing_ok=True)

    async def _fill(self, entry: _Entry, fetch: Fetch, prepare: Prepare) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await self._write(entry, fetch)
            await prepare(entry.path)
            entry.whole = True
        except OSError as error:
            if error.errno not in FULL:
                raise
            log.warning("files.full", folder=str(self._folder), problem=error.strerror or "")
            raise Temporary("file-disk-full", retry_after=_LATER) from error
        finally:
            if not entry.whole:
                entry.size = 0
                entry.path.unlink(missing_ok=True)

    async def _write(self, entry: _Entry, fetch: Fetch) -> None:
        entry.size = 0
        with entry.path.open("wb") as file:
            async for piece in fetch():
                entry.size += len(piece)
                if entry.size > LARGEST:
                    raise Rejected("file-too-large", most=f"{LARGEST // 1_000_000} MB")
                self._make_room()
                await asyncio.to_thread(file.write, piece)

    def _make_room(self) -> None:
        """Let go of what nobody uses, the oldest first. Raises Temporary where that is not enough."""
        idle = [key for key, entry in self._entries.items() if not entry.users]
        while self._used() > self._room and idle:
            self._remove(idle.pop(0))
        if self._used() > self._room:
            raise Temporary("file-no-room", retry_after=30)

    def _used(self) -> int:
        return sum(entry.size for entry in self._entries.values())
