"""Streams: word of what is new in a timeline, as it happens. They only say what to look at sooner.

A stream that begins knows nothing of what came since its timeline was read last. Until a read brought that,
a hint has the timeline read in order, for otherwise what the stream tells would be shown before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridgebot import model
from bridgebot.adapter import Clock, SocialAdapter
from bridgebot.errors import AdapterError, AuthExpired, StoreError, Unsupported
from bridgebot.log import Log
from bridgebot.sightings import EVERY, LONGEST_WAIT
from bridgebot.store.rows import Timeline

log = Log(__name__)

AFTER_SUBSCRIBING = 2.0  # what came between a poll and the start of a stream is read so soon
MOST = 2000  # each is a connection; all other timelines are polled, as these are, too


@dataclass(frozen=True, slots=True)
class Reading:
    """What is done about hints: the poller's part."""

    account: Callable[[Timeline], Awaitable[model.Account | None]]
    look_at: Callable[[Timeline, model.Account | None, str], Awaitable[bool]]  # False: a read must bring it
    knows: Callable[[Timeline, str], Awaitable[bool]]  # whether a post has its place already
    read_soon: Callable[[Timeline], None]


class Streams:
    """The streams that run."""

    def __init__(self, adapters: Mapping[str, SocialAdapter[Any]], clock: Clock, reading: Reading) -> None:
        self.running: dict[int, asyncio.Task[None]] = {}  # by timeline
        self.in_hand = 0  # hints about which something is being done
        self._adapters = adapters
        self._clock = clock
        self._reading = reading
        # Their streams began after they were read last: a hint has them read, until a read that begins at
        # this time or later brought what came between.
        self._behind: dict[int, datetime] = {}
        self._failures: dict[int, int] = {}  # in a row, of streams that broke soon
        self._quiet_until: dict[int, datetime] = {}  # no stream is started before

    def subscribe(self, timeline: Timeline, now: datetime) -> bool:
        """Start the timeline's stream if there is one and it does not run; True when it was started."""
        if self._quiet_until.get(timeline.id, now) > now:
            return False
        able, running = self._adapters[timeline.adapter].capabilities.listen, self.running.get(timeline.id)
        if not able or (running is not None and not running.done()) or len(self.running) >= MOST:
            return False
        self.running[timeline.id] = asyncio.create_task(self._follow(timeline), name="stream")
        self._behind[timeline.id] = now + timedelta(seconds=AFTER_SUBSCRIBING)
        return True

    def was_read(self, timeline: Timeline, begun: datetime) -> datetime | None:
        """To its end, by a read that began then. If its stream began later: when to read it once more."""
        behind = self._behind.get(timeline.id)
        if behind is None or behind > begun:
            return behind
        del self._behind[timeline.id]
        return None

    def forget(self, timeline_id: int) -> None:
        """Nobody wants the timeline any more."""
        for kept in (self._behind, self._failures, self._quiet_until):
            kept.pop(timeline_id, None)
        if (stream := self.running.pop(timeline_id, None)) is not None:
            stream.cancel()

    def cancel(self) -> None:
        for stream in self.running.values():
            stream.cancel()
        self.running.clear()

    async def _follow(self, timeline: Timeline) -> None:
        """Fetch what the stream names. When it ends or fails, the next poll starts it anew."""
        begun, offered = self._clock.now(), True
        try:
            account = await self._reading.account(timeline)
            async for hint in self._adapters[timeline.adapter].listen(timeline.native(), account):
                await self._hinted(timeline, account, hint.post)
        except Unsupported:
            offered = False  # this server has no stream; the poll does without
        except AdapterError as error:
            log.info("poller.stream", timeline=timeline.id, problem=error.key)
            if isinstance(error, AuthExpired):
                self._reading.read_soon(timeline)  # which sees to it, before anybody misses anything
        except StoreError as error:
            log.debug("poller.store", problem=str(error))
        except Exception:
            log.exception("poller.bug", timeline=timeline.id)
        self._ended(timeline, begun, forever=not offered)

    async def _hinted(self, timeline: Timeline, account: model.Account | None, post: str | None) -> None:
        self.in_hand += 1
        try:
            await self._do(timeline, account, post)
        finally:
            self.in_hand -= 1

    async def _do(self, timeline: Timeline, account: model.Account | None, post: str | None) -> None:
        reading, behind = self._reading, timeline.id in self._behind
        if post is None or (behind and not await reading.knows(timeline, post)):
            if behind:  # the stream is alive, so what comes from now on is in it
                self._behind[timeline.id] = self._clock.now()
            reading.read_soon(timeline)
        elif not await reading.look_at(timeline, account, post):
            self._behind[timeline.id] = self._clock.now()  # a read brings it, and what follows in its order

    def _ended(self, timeline: Timeline, begun: datetime, forever: bool) -> None:
        """A stream that breaks at once is tried again later and later; one that is not offered, seldom."""
        lasted = (self._clock.now() - begun).total_seconds()
        failures = 0 if forever or lasted > EVERY else self._failures.get(timeline.id, 0) + 1
        wait = min(EVERY * 2 ** min(failures, 6), LONGEST_WAIT) if failures else 0
        if forever:
            wait = LONGEST_WAIT
            self._behind.pop(timeline.id, None)
        if failures:
            self._failures[timeline.id] = failures
        else:
            self._failures.pop(timeline.id, None)
        self._quiet_until[timeline.id] = self._clock.now() + timedelta(seconds=wait)
        if self.running.get(timeline.id) is asyncio.current_task():
            del self.running[timeline.id]
