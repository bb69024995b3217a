"""Reads timelines: a slow poll for each, with streams that say what to look at sooner.

The cursor moves in the unit of work that accepted the page. A stream never carries posts in by a
second path: its hints are ids, which are fetched and accepted like a page.

What is wanted is kept in memory as it was committed last (`schedule`), and the store tells what changed
(`store.news`): a poll that finds nothing new touches no database.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bridgebot import model
from bridgebot.adapter import Clock, SocialAdapter
from bridgebot.deadlines import Deadlines
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, AuthExpired, StoreError, TargetGone, Temporary
from bridgebot.log import Log
from bridgebot.meter import Meter
from bridgebot.model import Page
from bridgebot.readers import Readers
from bridgebot.render import sound
from bridgebot.schedule import FEW, TOGETHER, Schedule, changed
from bridgebot.sightings import (
    EVERY,
    LONGEST_WAIT,
    Verdict,
    accept_posts,
    handed_in,
    read_again,
    says_nothing,
    trouble,
)
from bridgebot.store import Store, news, posts, routes
from bridgebot.store.budgets import Budgets
from bridgebot.store.reads import Reads
from bridgebot.store.rows import Timeline
from bridgebot.streams import AFTER_SUBSCRIBING, Reading, Streams
from bridgebot.traffic import Traffic

log = Log(__name__)

FETCH_TIMEOUT = 30.0
AT_ONCE = 64  # polls under way together
SHARE = 16  # of them, at one server: as many connections as there are to one host
TRIES = 1  # of them, at a server that does not answer
PAGE = 250  # timelines that are loaded in one read
LOOK_AGAIN = 0.05  # seconds between two looks at what changed, however often the poller is woken
AHEAD = 250  # timelines that are read soon, whose accounts are asked for with those that are read now
ASIDE = timedelta(seconds=1)  # until what waits aside is looked at again, if nothing ends before
STORE_WAIT = timedelta(seconds=5)  # when what was read could not be kept


class Poller:
    """Polls what somebody wants to read. `wake` it when routes or accounts changed."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, SocialAdapter[Any]],
        house: House,
        clock: Clock,
        delivered: Callable[[], None],
        *,
        every: float | None = None,
        paced: Budgets | None = None,
        meter: Meter | None = None,
        fetch_timeout: float = FETCH_TIMEOUT,
    ) -> None:
        self.every = EVERY if every is None else every  # seconds between two polls of a timeline
        self._meter = meter or Meter()
        self._store = store
        self._adapters = adapters
        self._house = house
        self._clock = clock
        self._delivered = delivered  # called after a commit that may have queued deliveries
        self._fetches = Deadlines(fetch_timeout)
        self._traffic = Traffic(AT_ONCE, SHARE, TRIES)
        budgets = paced or Budgets({name: one.rates for name, one in house.networks.items()})
        self._reads = Reads(budgets)
        self._woken = asyncio.Event()
        self._schedule = Schedule()
        self._started = False  # everything that is wanted has been loaded
        self._heard = 0  # the number of the newest news
        self._later: set[int] = set()  # what changed of timelines while they were being read
        self._may_have_changed = True
        self._next_look = 0.0  # by the loop's clock: not to look for changes before
        self._calls: dict[int, int] = {}  # of timelines that are read now, the number of the call
        self._tasks: dict[asyncio.Task[int], Timeline] = {}  # and what each of them reads
        self._goes_on = False  # until the run is cancelled
        self._full = False  # more would have begun if there had been room
        self._rests_until = clock.now()
        self._readers = Readers(store)
        self._tried: dict[int, model.Account | None] = {}  # as whom a timeline was read last
        self._again: set[int] = set()  # to be read once more: a hint came while they were being read
        reading = Reading(self._readers.of, self._look_at, self._knows, self._read_soon)
        self._hints = Streams(adapters, clock, reading)

    @property
    def _known(self) -> dict[int, Timeline]:
        return self._schedule.known

    def wake(self) -> None:
        self._may_have_changed = True
        self._woken.set()

    def quiet(self) -> bool:
        """Whether nothing is read or due to be, and every timeline has been read once. For demo and tests."""
        going = self._schedule.goes_on(self._clock.now()) or self._hints.in_hand
        return not going and all(t.cursor is not None for t in self._known.values())

    async def run(self) -> None:
        """Poll until cancelled."""
        await self._reload()
        self._subscribe_all()
        self._goes_on = True
        try:
            while True:
                self._woken.clear()
                await self._store.well()
                await self._look()
                self._schedule.look_again()
                self._begin()
                await self._rest()
        finally:
            self._goes_on = False
            self._hints.cancel()
            for task in self._tasks:
                task.cancel()

    async def step(self) -> int:
        """Read every wanted timeline once, to its end; returns how many pages. For tests."""
        await self._reload()
        pages = 0
        for timeline in list(self._known.values()):
            pages += await self._poll(timeline)
            self._end(timeline)
        self._hints.cancel()
        return pages

    # --- what is wanted ---

    async def _look(self) -> None:
        """What changed, if anything may have; many changes soon after each other are looked at together."""
        now = asyncio.get_running_loop().time()
        if self._may_have_changed and now >= self._next_look:
            self._may_have_changed, self._next_look = False, now + LOOK_AGAIN
            await self._reload()

    async def _reload(self) -> None:
        """What is wanted now: new timelines are due at once, those nobody wants any more are let go."""
        if not self._started:
            await self._start()
        self._heard, noted = await self._store.read(lambda tx, now: news.since(tx, self._heard))
        ids = (self._later | noted) - self._schedule.busy
        self._later = (self._later | noted) & self._schedule.busy
        if not ids:
            return
        fresh = await self._store.read(lambda tx, now: routes.read_timelines(tx, of=ids))
        wanted = {timeline.id: timeline for timeline in fresh if timeline.adapter in self._adapters}
        for id in ids:
            self._update(id, wanted.get(id))

    def _update(self, id: int, timeline: Timeline | None) -> None:
        before = self._known.get(id)
        for one in (before, timeline):
            if one is not None:
                self._readers.forget(one)
        if timeline is not None:
            self._schedule.put(timeline)
            return
        self._schedule.drop(id)
        self._hints.forget(id)

    async def _start(self) -> None:
        """Load all that is wanted. What changes meanwhile is news, so its number is asked for first."""
        self._heard = await self._store.read(lambda tx, now: news.newest(tx))
        wanted: list[Timeline] = []
        after = 0
        while True:
            page = await self._store.read(
                lambda tx, now, after=after: routes.read_timelines(tx, after=after, most=PAGE)  # type: ignore[misc]
            )
            wanted += [timeline for timeline in page if timeline.adapter in self._adapters]
            if len(page) < PAGE:
                break
            after = page[-1].id
        self._schedule.start(wanted, self._clock.now(), self.every)
        await self._store.run(lambda tx, now: news.forget(tx, self._heard))
        self._started = True

    # --- what is read now ---

    def _begin(self) -> None:
        """Begin to read what may be read now. Accounts are asked for many at once, also those of some that
        are read soon.
        """
        due = self._pop_due(self._clock.now())
        if not self._readers.knows(due):
            self._readers.meet([*due, *self._schedule.soon(AHEAD)])
        for timeline in due:
            task = asyncio.create_task(self._poll(timeline))
            self._tasks[task] = timeline
            task.add_done_callback(self._ended)

    def _pop_due(self, now: datetime) -> list[Timeline]:
        """What may be read now. What is passed over, since its server has its share, waits aside."""
        due: list[Timeline] = []
        traffic = self._traffic
        while not (full := traffic.room(now) <= 0):
            timeline = self._schedule.pop(now, traffic.may_begin)
            if timeline is None:
                break
            self._calls[timeline.id] = traffic.begin(timeline.realm, now)
            due.append(timeline)
        self._full = full
        return due

    def _ended(self, task: asyncio.Task[int]) -> None:
        self._end(self._tasks.pop(task))

    def _end(self, timeline: Timeline) -> None:
        """A read has ended, however it did: its place is for the next one that waits for it."""
        id = timeline.id
        self._tried.pop(id, None)
        if id in self._calls:
            self._traffic.end(self._calls.pop(id))
        waited = self._schedule.done(timeline) or self._full
        if id in self._again:
            self._again.discard(id)
            self._read_soon(timeline)
        self._may_have_changed |= id in self._later
        if self._may_have_changed or self._schedule.due.get(id, self._rests_until) < self._rests_until:
            self._woken.set()
        elif waited and self._goes_on and self._store.condition.trouble is None:
            self._begin()

    async def _rest(self) -> None:
        now = self._clock.now()
        due = self._traffic.next_room(now) if self._full else self._schedule.next_due()
        until = now + timedelta(seconds=LONGEST_WAIT) if due is None else max(due, now + TOGETHER)
        if self._schedule.crowded:
            until = min(until, now + ASIDE)
        self._rests_until = until
        seconds = (until - now).total_seconds()
        if self._may_have_changed:
            seconds = min(seconds, self._next_look - asyncio.get_running_loop().time())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0.001)):  # not wait_for: see the outbox
                await self._woken.wait()

    # --- one timeline ---

    async def _poll(self, timeline: Timeline) -> int:
        """Read a timeline to its end; returns how many pages. Never raises."""
        try:
            return await self._read_on(timeline)
        except StoreError as error:
            log.debug("poller.store", problem=str(error))
            self._committed(timeline, due_at=self._clock.now() + STORE_WAIT)
            return 0

    async def _read_on(self, timeline: Timeline) -> int:
        pages, more, begun = 0, True, self._clock.now()
        self._hints.subscribe(timeline, begun)
        try:
            while more:
                more, to_its_end = await self._read_page(timeline.id)
                pages += 1
            if to_its_end and (behind := self._hints.was_read(timeline, begun)) is not None:
                self._schedule.put_off(timeline.id, behind)
        except StoreError:
            raise
        except Exception as error:
            reason = _known(error, timeline)
            self._traffic.heard(timeline.realm, reason, self._clock.now())
            tried = self._tried.get(timeline.id)
            due = await self._store.run(
                lambda tx, now: trouble(tx, now, self._house, timeline, reason, tried)
            )
            if isinstance(reason, AuthExpired):
                self._readers.forget(timeline)
            if due is None:
                self._schedule.drop(timeline.id)
            else:
                self._committed(timeline, due_at=due, failures=timeline.failures + 1)
            self._delivered()
        return pages

    async def _read_page(self, timeline_id: int) -> tuple[bool, bool]:
        """One page, from where the last one ended: is there more to read now, and was that all there is?"""
        timeline = self._known.get(timeline_id)
        if timeline is None:  # meanwhile nobody wants it any more
            return False, False
        account = self._readers.known(timeline) or await self._readers.of(timeline)
        now = self._clock.now()
        wait = self._reads.wait(timeline.adapter, timeline.server, account, now, timeline_id)
        if wait > 0:
            self._schedule.put_off(timeline_id, now + timedelta(seconds=wait))
            return False, False
        self._tried[timeline_id] = account
        page, now = await self._fetch(timeline, account), self._clock.now()
        self._traffic.heard(timeline.realm, None, now)
        if says_nothing(timeline, page):
            self._schedule.put_off(timeline_id, read_again(timeline_id, page, now, self.every))
            return False, True
        verdict = await handed_in(self._store, self._house, timeline, page, self.every)
        if verdict.stopped:
            self._committed(timeline, due_at=verdict.due_at)
        else:
            moved = {} if page.moved is None else {"argument": page.moved}
            self._committed(timeline, due_at=verdict.due_at, cursor=page.cursor, failures=0, **moved)
        self._delivered()
        self._note_age(timeline, verdict)
        return page.more and not verdict.stopped, not verdict.stopped

    def _committed(self, timeline: Timeline, **values: Any) -> None:
        """What is known of the timeline, where it is still wanted."""
        if (now := changed(self._known, timeline, **values)) is not None:
            self._schedule.keep(now)

    def _note_age(self, timeline: Timeline, verdict: Verdict) -> None:
        for post in verdict.fresh:
            self._meter.read(timeline.adapter, (self._clock.now() - post.created_at).total_seconds())

    async def _fetch(self, timeline: Timeline, account: model.Account | None) -> Page:
        adapter = self._adapters[timeline.adapter]
        try:
            with self._fetches.each():
                return await adapter.fetch(timeline.native(), account, timeline.cursor)
        except TimeoutError as error:
            raise Temporary() from error
        except Temporary as error:
            if error.rate is not None:
                where = (timeline.adapter, timeline.server, account, error.rate)
                self._reads.refused(*where, self._clock.now(), error.retry_after)
            raise

    # --- what streams say ---

    @property
    def _streams(self) -> dict[int, asyncio.Task[None]]:
        return self._hints.running

    def _subscribe(self, timeline: Timeline) -> bool:
        return self._hints.subscribe(timeline, self._clock.now())

    def _subscribe_all(self) -> None:
        """Few begin at once, and what they tell of is read soon; of many, each begins with its first read."""
        if len(self._known) > FEW:
            return
        soon = self._clock.now() + timedelta(seconds=AFTER_SUBSCRIBING)
        for timeline in list(self._known.values()):
            if self._subscribe(timeline):
                self._schedule.put_off(timeline.id, min(self._schedule.due[timeline.id], soon))

    async def _knows(self, timeline: Timeline, post_id: str) -> bool:
        copy = await self._store.read(lambda tx, now: posts.copy_at(tx, timeline.server, post_id))
        return copy is not None

    def _read_soon(self, timeline: Timeline) -> None:
        """It is due at once; while it is being read, it will be again."""
        if timeline.id in self._schedule.busy:
            self._again.add(timeline.id)
        else:
            self._schedule.put_off(timeline.id, self._clock.now())
            self._woken.set()

    async def _look_at(self, timeline: Timeline, account: model.Account | None, post_id: str) -> bool:
        """Take in one post; False where a poll must bring it."""
        adapter = self._adapters[timeline.adapter]
        if self._reads.wait(timeline.adapter, timeline.server, account, self._clock.now()) > 0:
            return False  # a busy stream must not use up what writing needs
        try:
            with self._fetches.each():
                post = await adapter.get(account, post_id)
            found, gone = [sound(post)], []
        except TargetGone:
            found, gone = [], [post_id]
        except (AdapterError, TimeoutError):
            return False
        verdict = await self._store.run(
            lambda tx, now: accept_posts(tx, now, self._house, timeline, found, gone)
        )
        self._delivered()
        self._note_age(timeline, verdict)
        return True


def _known(error: Exception, timeline: Timeline) -> AdapterError:
    """What an adapter may raise; anything else is a bug, logged, and read again later."""
    if isinstance(error, AdapterError):
        return error
    log.error("poller.bug", timeline=timeline.id, exc_info=error)
    return Temporary("error-bug")
