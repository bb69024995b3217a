"""One stream of messages, from where the last commit left it: archive first, then what comes live.

The cursor is the archive's id of the last message that was handled. It is written in the unit of
work that commits the message, so a crash at any line reads on from there; what then comes twice has
the same event. slixmpp itself counts a stanza as handled when it is parsed, long before that.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from xml.etree import ElementTree as ET

from adapters.xmpp.archive import Archive
from adapters.xmpp.connection import Refused, Silent
from adapters.xmpp.reading import Said, read
from bridgebot.adapter import Context, Receive
from bridgebot.model import Incoming, Person

log = logging.getLogger(__name__)

_AGAIN = 60.0  # seconds until an archive that did not answer is asked again
_REMEMBERED = 5000  # messages that live delivery and archive may both bring


@dataclass(frozen=True)  # no slots: what is read once is kept
class Arrival:
    """A message that came in."""

    message: ET.Element
    archive_id: str  # empty where no archive keeps it
    at: datetime  # when it was written
    late: bool  # it did not come at once: from the archive or from offline storage
    sender: Person | None = None  # rooms: who held the nick when it arrived

    @cached_property
    def said(self) -> Said:
        """What the message says."""
        return read(self.message)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to read on."""

    id: str = ""  # of the last message handled; empty: none yet
    since: str = ""  # ISO 8601; the time of that message, or of the bot's first start

    def dump(self) -> str:
        return json.dumps([self.id, self.since])

    @classmethod
    def load(cls, text: str) -> Cursor:
        id, since = json.loads(text)
        return cls(id, since)


Decide = Callable[[Arrival], Awaitable[Incoming | None]]
After = Callable[[Arrival], None]


class Intake:
    """Hands in what comes, one after another."""

    def __init__(
        self,
        context: Context,
        key: str,
        archive: Archive | None,
        decide: Decide,
        receive: Receive,
        after: After,
    ) -> None:
        self.context = context
        self.key = key  # of the cursor in the adapter's state
        self.archive = archive
        self.first = False  # nothing was ever handled here
        self._decide = decide
        self._receive = receive
        self._after = after  # what is due when the message is handled for good
        self._cursor = Cursor()
        self._written = Cursor()
        self._live: asyncio.Queue[Arrival] = asyncio.Queue()
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def begin(self) -> None:
        """Find the place to read on. The very first time that is the end: history is not handed in.
        Raises `Silent` or `Refused`.
        """
        kept = await self.context.state.get(self.key)
        self.first = kept is None
        self._cursor = self._written = Cursor.load(kept) if kept else await self._end()
        if self.first:
            await self.context.state.set(self.key, self._cursor.dump())

    def arrive(self, arrival: Arrival) -> None:
        """A live message."""
        self._live.put_nowait(arrival)

    async def run(self) -> None:
        """Catch up, then go on; ends only by an error."""
        while not await self._catch_up():
            await self.context.clock.sleep(_AGAIN)
        while True:
            await self._take(await self._live.get())

    async def _end(self) -> Cursor:
        now = self.context.clock.now().isoformat()
        if self.archive is None:
            return Cursor(since=now)
        last = await self.archive.last(1)
        return Cursor(last[-1].id, last[-1].at.isoformat()) if last else Cursor()

    async def _catch_up(self) -> bool:
        """Hand in what the archive has; False where it did not answer."""
        if self.archive is None:
            return True
        try:
            await self._read_on(self.archive)
        except Silent:
            log.warning("An archive does not answer; it is asked again")
            return False
        except Refused as refused:
            log.warning("An archive cannot be read: %s", refused.condition)
        await self._write()
        return True

    async def _read_on(self, archive: Archive) -> None:
        """Hand in everything behind the cursor, leaf by leaf."""
        place, complete = self._cursor, False
        while not complete:
            leaf = await archive.after(place.id, place.since)
            for found in leaf.messages:
                await self._take(Arrival(found.message, found.id, found.at, late=True))
                place = Cursor(found.id, found.at.isoformat())
            complete = leaf.complete

    async def _take(self, arrival: Arrival) -> None:
        """Hand in one message; the cursor moves with it."""
        if self._is_repeated(arrival.archive_id):
            return
        thing = await self._decide(arrival)
        if arrival.archive_id or self.archive is None:
            self._cursor = Cursor(arrival.archive_id, arrival.at.isoformat())
        if thing is not None:
            await self._receive(thing, state={self.key: self._cursor.dump()})
            self._written = self._cursor
        self._after(arrival)

    async def _write(self) -> None:
        """Keep the cursor where what came last was nothing to hand in."""
        if self._cursor != self._written:
            await self.context.state.set(self.key, self._cursor.dump())
            self._written = self._cursor

    def _is_repeated(self, archive_id: str) -> bool:
        if not archive_id:
            return False
        repeated = archive_id in self._seen
        self._seen[archive_id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return repeated
