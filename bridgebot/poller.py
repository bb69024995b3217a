"""Reads timelines: a slow poll for each, with streams that say what to look at sooner.

The cursor moves in the unit of work that accepted the page. A stream never carries posts in by a
second path: its hints are ids, which are fetched and accepted like a page.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bridgebot import dialog, flow, model
from bridgebot.adapter import Clock, SocialAdapter
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, AuthExpired, StoreError, TargetGone, Temporary, Unsupported
from bridgebot.flow import holding
from bridgebot.meter import Meter
from bridgebot.model import Page, Post, canonical
from bridgebot.render import clean_name, short_id
from bridgebot.store import Store, Tx, deliveries, people, posts, routes
from bridgebot.store.budgets import Budgets
from bridgebot.store.deliveries import Order
from bridgebot.store.reads import Reads
from bridgebot.store.rows import Delivery, Timeline
from bridgebot.traffic import Traffic

log = structlog.get_logger()

EVERY = 60.0  # seconds between two polls of a timeline, with or without a stream in front of it
AFTER_SUBSCRIBING = 2.0  # what came between a poll and the start of a stream is read so soon
FETCH_TIMEOUT = 30.0
AT_ONCE = 8  # polls under way together
SHARE = 4  # of them, at one server
TRIES = 1  # of them, at a server that does not answer
WAIT_FOR_SEND = 1.0  # seconds, when a page may hold the answer to a publication that is under way
LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What came of handing a page in."""

    accepted: int
    stopped: bool  # at a post that may be one of our own, still on its way
    fresh: tuple[Post, ...] = ()  # never met before, by any timeline of that server


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
        paced: Budgets | None = None,
        meter: Meter | None = None,
        fetch_timeout: float = FETCH_TIMEOUT,
    ) -> None:
        self._meter = meter or Meter()
        self._store = store
        self._adapters = adapters
        self._house = house
        self._clock = clock
        self._delivered = delivered  # called after a commit that may have queued deliveries
        self._fetch_timeout = fetch_timeout
        self._traffic = Traffic(AT_ONCE, SHARE, TRIES)
        self._reads = Reads(paced or Budgets({name: one.rates for name, one in house.networks.items()}))
        self._woken = asyncio.Event()
        self._heap: list[tuple[datetime, int]] = []
        self._known: dict[int, Timeline] = {}
        self._busy: dict[int, int] = {}  # timelines that are read now, and the number of the call
        self._streams: dict[int, asyncio.Task[None]] = {}
        self._stream_failures: dict[int, int] = {}  # in a row, of streams that broke soon
        self._quiet_until: dict[int, datetime] = {}  # no stream is started before

    def wake(self) -> None:
        self._woken.set()

    def quiet(self) -> bool:
        """Whether no poll is under way and every timeline has been read once. For demo and tests."""
        return not self._busy and all(t.cursor is not None for t in self._known.values())

    async def run(self) -> None:
        """Poll until cancelled."""
        tasks: set[asyncio.Task[Any]] = set()
        await self._reload()
        for timeline in self._known.values():
            self._subscribe(timeline)
        try:
            while True:
                self._woken.clear()
                await self._store.well()
                await self._reload()
                while due := self._pop_due():
                    task = asyncio.create_task(self._poll(due))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                await self._rest()
        finally:
            for task in (*tasks, *self._streams.values()):
                task.cancel()

    async def step(self) -> int:
        """Read every wanted timeline once, to its end; returns how many pages. For tests."""
        await self._reload()
        pages = 0
        for timeline in list(self._known.values()):
            pages += await self._poll(timeline)
        for stream in self._streams.values():
            stream.cancel()
        self._streams.clear()
        return pages

    async def _reload(self) -> None:
        """What is wanted now: new timelines are due at once, those nobody wants any more are let go."""
        busy = set(self._busy)  # of one that ends while the rows are read, they may tell the time before
        wanted = await self._store.read(lambda tx, now: routes.read_timelines(tx))
        self._known = {timeline.id: timeline for timeline in wanted if timeline.adapter in self._adapters}
        self._heap = [(t.due_at, t.id) for t in self._known.values() if t.id not in busy | self._busy.keys()]
        heapq.heapify(self._heap)
        for gone in self._streams.keys() - self._known.keys():
            self._streams.pop(gone).cancel()

    def _pop_due(self) -> Timeline | None:
        """The next that may be read now; what its server's share keeps is looked at when a poll ends."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now and self._traffic.room(now) > 0:
            timeline = self._known[heapq.heappop(self._heap)[1]]
            if self._traffic.may_begin(timeline.realm, now):
                self._busy[timeline.id] = self._traffic.begin(timeline.realm, now)
                return timeline
        return None

    async def _rest(self) -> None:
        now = self._clock.now()
        first = self._heap[0][0] if self._heap else None
        due = first if self._traffic.room(now) > 0 else self._traffic.next_room(now)
        seconds = (due - now).total_seconds() if due is not None else LONGEST_WAIT
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0.01)):  # not wait_for: see the outbox
                await self._woken.wait()

    # --- one timeline ---

    async def _poll(self, timeline: Timeline) -> int:
        """Read a timeline to its end; returns how many pages. Never raises."""
        every = AFTER_SUBSCRIBING if self._subscribe(timeline) else EVERY
        try:
            return await self._read_on(timeline, every)
        except StoreError as error:
            log.debug("poller.store", problem=str(error))
            return 0
        finally:
            if timeline.id in self._busy:
                self._traffic.end(self._busy.pop(timeline.id))
            self._woken.set()

    async def _read_on(self, timeline: Timeline, every: float) -> int:
        pages, more = 0, True
        try:
            while more:
                more = await self._read_page(timeline.id, every)
                pages += 1
        except StoreError:
            raise
        except Exception as error:
            reason = _known(error, timeline)
            self._traffic.heard(timeline.realm, reason, self._clock.now())
            await self._store.run(lambda tx, now: trouble(tx, now, self._house, timeline, reason))
            self._delivered()
        return pages

    async def _read_page(self, timeline_id: int, every: float) -> bool:
        """One page, from where the last one ended; True when there is more."""
        timeline = await self._store.read(lambda tx, now: routes.timeline_by_id(tx, timeline_id))
        account = await self._account(timeline)
        wait = self._reads.wait(timeline.adapter, timeline.server, account, self._clock.now())
        if wait > 0:
            await self._store.run(
                lambda tx, now: routes.put_off(tx, now, timeline.id, wait, timeline.failures)
            )
            return False
        page = await self._fetch(timeline, account)
        verdict = await self._store.run(lambda tx, now: hand_in(tx, now, self._house, timeline, page, every))
        self._delivered()
        self._note_age(timeline, verdict)
        return page.more and not verdict.stopped

    def _note_age(self, timeline: Timeline, verdict: _Verdict) -> None:
        for post in verdict.fresh:
            self._meter.read(timeline.adapter, (self._clock.now() - post.created_at).total_seconds())

    async def _fetch(self, timeline: Timeline, account: model.Account | None) -> Page:
        adapter = self._adapters[timeline.adapter]
        try:
            async with asyncio.timeout(self._fetch_timeout):
                page = await adapter.fetch(timeline.native(), account, timeline.cursor)
        except TimeoutError as error:
            raise Temporary() from error
        except Temporary as error:
            if error.rate is not None:
                where = (timeline.adapter, timeline.server, account, error.rate)
                self._reads.refused(*where, self._clock.now(), error.retry_after or EVERY)
            raise
        self._traffic.heard(timeline.realm, None, self._clock.now())
        return page

    async def _account(self, timeline: Timeline) -> model.Account | None:
        account_id = timeline.account_id
        if account_id is None:
            return None
        return await self._store.read(lambda tx, now: people.native_account(tx, account_id))

    # --- streams ---

    def _subscribe(self, timeline: Timeline) -> bool:
        """Start the timeline's stream if there is one and it does not run; True when it was started."""
        adapter = self._adapters[timeline.adapter]
        running = self._streams.get(timeline.id)
        if not adapter.capabilities.listen or (running is not None and not running.done()):
            return False
        if self._quiet_until.get(timeline.id, self._clock.now()) > self._clock.now():
            return False
        self._streams[timeline.id] = asyncio.create_task(self._follow_stream(timeline))
        return True

    def _stream_ended(self, timeline: Timeline, begun: datetime, forever: bool) -> None:
        """A stream that breaks at once is tried again later and later; one that is not offered, seldom."""
        lasted = (self._clock.now() - begun).total_seconds()
        failures = 0 if lasted > EVERY else self._stream_failures.get(timeline.id, 0) + 1
        self._stream_failures[timeline.id] = failures
        wait = LONGEST_WAIT if forever else min(EVERY * 2 ** min(failures, 6), LONGEST_WAIT)
        self._quiet_until[timeline.id] = self._clock.now() + timedelta(seconds=wait if failures else 0)

    async def _follow_stream(self, timeline: Timeline) -> None:
        """Fetch what the stream names. When it ends or fails, the next poll starts it anew."""
        adapter, begun, offered = self._adapters[timeline.adapter], self._clock.now(), True
        try:
            account = await self._account(timeline)
            async for hint in adapter.listen(timeline.native(), account):
                if hint.post is None:
                    await self._store.run(
                        lambda tx, now: routes.put_off(tx, now, timeline.id, 0, timeline.failures)
                    )
                    self.wake()
                else:
                    await self._look_at(timeline, account, hint.post)
        except Unsupported:
            offered = False  # this server has no stream; the poll does without
        except AdapterError as error:
            log.info("poller.stream", timeline=timeline.id, problem=error.key)
        except StoreError as error:
            log.debug("poller.store", problem=str(error))
        except Exception:
            log.exception("poller.bug", timeline=timeline.id)
        self._stream_ended(timeline, begun, forever=not offered)

    async def _look_at(self, timeline: Timeline, account: model.Account | None, post_id: str) -> None:
        adapter = self._adapters[timeline.adapter]
        if self._reads.wait(timeline.adapter, timeline.server, account, self._clock.now()) > 0:
            return  # a busy stream must not use up what writing needs: the poll brings it
        try:
            async with asyncio.timeout(self._fetch_timeout):
                post = await adapter.get(account, post_id)
            found, gone = [post], []
        except TargetGone:
            found, gone = [], [post_id]
        except (AdapterError, TimeoutError):
            return  # the poll brings it
        verdict = await self._store.run(
            lambda tx, now: _accept_posts(tx, now, self._house, timeline, found, gone)
        )
        self._delivered()
        self._note_age(timeline, verdict)


def _known(error: Exception, timeline: Timeline) -> AdapterError:
    """What an adapter may raise; anything else is a bug, logged, and read again later."""
    if isinstance(error, AdapterError):
        return error
    log.error("poller.bug", timeline=timeline.id, exc_info=error)
    return Temporary("error-bug")


# --- units of work -----------------------------------------------------------------------------


def hand_in(
    tx: Tx, now: datetime, house: House, timeline: Timeline, page: Page, every: float = EVERY
) -> _Verdict:
    """Accept a page and move the cursor, in one unit. The first page ever brings no posts."""
    if timeline.cursor is None:
        verdict = _Verdict(0, stopped=False)
    else:
        verdict = _accept_posts(tx, now, house, timeline, page.posts, page.gone)
        for notification in page.notifications:
            _notify(tx, now, house, timeline, notification)
    if verdict.stopped:
        routes.put_off(tx, now, timeline.id, WAIT_FOR_SEND, timeline.failures)
        return verdict
    routes.set_timeline(tx, timeline.id, cursor=page.cursor)
    jitter = random.uniform(0.9, 1.1)  # noqa: S311 - spreads the polls of many timelines
    routes.put_off(tx, now, timeline.id, 0 if page.more else every * jitter, 0)
    return verdict


def _accept_posts(
    tx: Tx, now: datetime, house: House, timeline: Timeline, met: Sequence[Post], gone: Sequence[str]
) -> _Verdict:
    fresh: list[Post] = []
    for number, post in enumerate(met):
        known = posts.copy_at(tx, timeline.server, post.id) is not None
        if not known and _may_be_ours(tx, now, timeline, post):
            return _Verdict(number, stopped=True, fresh=tuple(fresh))
        if not known:
            fresh.append(post)
        flow.accept(tx, now, flow.met_in_timeline(tx, timeline, post), house.networks, timeline=timeline)
    for native_id in gone:
        flow.gone(tx, now, timeline.server, native_id)
    return _Verdict(len(met), stopped=False, fresh=tuple(fresh))


def _may_be_ours(tx: Tx, now: datetime, timeline: Timeline, post: Post) -> bool:
    """Whether the page must stop at this new post: a publication with its author's account is under way.

    One that had no answer is compared: the same text at about the same time settles it.
    """
    for account in people.is_own(tx, timeline.server, post.author.id):
        for delivery in deliveries.open_creates(tx, account.id):
            if delivery.state == "sending":
                return True
            part = _the_one(tx, delivery, post)
            if part is not None:
                _settle(tx, now, delivery, part, post)
                return True
    return False


def _the_one(tx: Tx, delivery: Delivery, post: Post) -> int | None:
    """The number of the part without an id that this post seems to be."""
    if post.created_at < delivery.created_at - timedelta(minutes=5):
        return None
    for part in deliveries.parts(tx, delivery.id):
        if not part.native_ids and part.payload["op"] == "publish":
            if canonical(part.payload["draft"]["text"]) == canonical(post.text):
                return part.number
            if part.native_ids is None:
                return None  # what follows it was not even tried
    return None


def _settle(tx: Tx, now: datetime, delivery: Delivery, part: int, post: Post) -> None:
    """Queue a look that has its answer already; the outbox settles it as any other."""
    order = Order(
        action="look",
        lane=f"look:{delivery.id}",
        once=f"look:{delivery.id}:{post.id}",
        account_id=delivery.account_id,
        user_id=delivery.user_id,
        arguments={"of": delivery.id, "found": [post.id, post.url], "part": part},
    )
    deliveries.queue(tx, now, order)


def trouble(tx: Tx, now: datetime, house: House, timeline: Timeline, error: AdapterError) -> None:
    """A read failed: later again; an expired account or a vanished timeline is held and its owner told."""
    if isinstance(error, AuthExpired) and timeline.account_id is not None:
        dialog.expire_account(tx, now, house, timeline.account_id)
        holding.show_waiting(tx, now, timeline.account_id)
        return
    if isinstance(error, TargetGone):
        routes.set_timeline(tx, timeline.id, held="gone")
        for route in routes.from_timeline(tx, timeline.id):
            dialog.tell(tx, now, house, route.user_id, "timeline-gone", title=timeline.title)
        return
    failures = timeline.failures + 1
    wait = getattr(error, "retry_after", None) or min(EVERY * 2 ** min(failures - 1, 6), LONGEST_WAIT)
    routes.put_off(tx, now, timeline.id, wait, failures)


def _notify(
    tx: Tx, now: datetime, house: House, timeline: Timeline, notification: model.Notification
) -> None:
    """Something happened to the account: a line in each chat that reads its mentions."""
    liked = posts.copy_at(tx, timeline.server, notification.post) if notification.post else None
    if liked is not None:
        posts.note_met(tx, now, liked.id)
    for route in routes.from_timeline(tx, timeline.id):
        if route.chat_id is None or route.since > notification.at:
            continue
        chat = people.chat_by_id(tx, route.chat_id)
        language = dialog.language_of(tx, house, route.user_id)
        text = house.texts(
            language,
            f"notification-{notification.kind}",
            who=clean_name(notification.by.handle),
            network=house.title(timeline.adapter),
            code=short_id(posts.number(tx, chat.id, liked.post_id)) if liked else "",
        )
        once = f"notification:{timeline.id}:{notification.id}:{chat.id}"
        dialog.notice(tx, now, chat, text, language, user_id=route.user_id, once=once)
