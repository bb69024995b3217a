"""The one door out: deliveries that are due go to the adapters, each lane in order.

A claim leases lanes for what can start at once, freezes what will be sent and marks it `sending`,
with the attempt; the outcome, its copies, the receipt and what depends on it are one unit of work.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bridgebot import dialog
from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, StoreError, Unconfirmed
from bridgebot.journal import REMEMBERED, Journal
from bridgebot.outbox import calls, frozen, outcome
from bridgebot.outbox.calls import Aim, AnyAdapter, Done
from bridgebot.store import Store, Tx, deliveries, lanes, people, restored
from bridgebot.store.rows import Delivery, Part

log = structlog.get_logger()

CALL_TIMEOUT = 60.0  # seconds for one call; then nobody knows whether it happened
LEASE = timedelta(seconds=90)  # of a lane; outlasts the call that it covers
CLAIM = 50  # deliveries in one claim
MOST_RUNNING = 200  # deliveries under way together
ROUTING = ("follow", "list", "mirror")  # what makes a route when it succeeds: there is something new to read
LONGEST_WAIT = 30.0  # seconds between two looks at the queue when nothing wakes the outbox


@dataclass(frozen=True, slots=True)
class _Work:
    delivery: Delivery
    parts: list[Part]
    aim: Aim
    refused: AdapterError | None = None  # set: it came to no call, and that is settled


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a look at the queue brought."""

    number: int  # of lanes that had something due
    works: list[_Work]  # begun: to be called now
    next_due: datetime | None


class Outbox:
    """Delivers. `wake` it after every commit that queued something."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, AnyAdapter],
        house: House,
        clock: Clock,
        routed: Callable[[], None] = lambda: None,
        *,
        journal: Journal | None = None,
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._house = house
        self._clock = clock
        self._routed = routed  # called after a commit that may have made or ended a route
        self._journal = journal or Journal()
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._next_due: datetime | None = None
        self._closing = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is left to the next start."""
        self._journal.remember(await self._store.read(lambda tx, now: deliveries.makers(tx, REMEMBERED)))
        for lost in await self._store.run(lambda tx, now: recover(tx, now, self._house)):
            self._failed(lost, None, Unconfirmed())
        try:
            while True:
                self._woken.clear()
                try:
                    started = await self._start_due()
                except StoreError as error:
                    if error.trouble is None:
                        raise
                    await self._store.well()  # meanwhile what is under way goes on
                    continue
                if not started:
                    await self._wait()
        finally:
            for task in self._running:
                task.cancel()

    async def drain(self) -> None:
        """Claim nothing more; returns when every call that was begun has its outcome."""
        self._closing = True
        while self._running:
            await asyncio.wait(self._running)

    async def step(self) -> int:
        """Deliver what is due now and all that follows from it; returns how many. For tests."""
        delivered = 0
        while started := await self._start_due():
            delivered += started
            await asyncio.gather(*self._running)
        return delivered

    async def idle(self, within: timedelta) -> bool:
        """Whether nothing is under way or due within so long."""
        return await self._store.read(lambda tx, now: deliveries.unsettled(tx, now, within)) == 0

    async def _start_due(self) -> int:
        """Start what is due; how many. Where nothing is, note when something will be."""
        room = MOST_RUNNING - len(self._running)
        if room <= 0 or self._closing:
            return 0  # the end of any of them wakes the outbox
        claimed = await self._store.run(lambda tx, now: self._claim(tx, now, min(room, CLAIM)))
        self._next_due = claimed.next_due
        for work in claimed.works:
            task = asyncio.create_task(self._deliver(work))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return claimed.number

    def _claim(self, tx: Tx, now: datetime, most: int) -> _Claimed:
        """Claim what can start at once and begin it; if there is nothing, when is the next due? Both by the
        same time: what came due between two looks would be seen by neither, and wait for the next wake.
        """
        claimed = lanes.claim(tx, now, LEASE, most)
        begun = [work for delivery in claimed if (work := self._begun(tx, now, delivery)) is not None]
        return _Claimed(len(claimed), begun, None if claimed else self._look_around(tx, now))

    async def _wait(self) -> None:
        due = self._next_due
        seconds = LONGEST_WAIT if due is None else (due - self._clock.now()).total_seconds()
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the wake.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.01), LONGEST_WAIT)):
                await self._woken.wait()

    def _look_around(self, tx: Tx, now: datetime) -> datetime | None:
        """Before resting: settle calls whose lease ran out, close old questions; when is the next due?"""
        for delivery in deliveries.interrupted(tx, now):
            outcome.failed(tx, now, self._house, delivery, Unconfirmed())
        dialog.expire(tx, now, self._house)
        return lanes.next_due(tx)

    async def _deliver(self, work: _Work) -> None:
        """One delivery from its start to its outcome."""
        try:
            await self._attempt(work)
        except StoreError as error:
            # Nothing is lost: the row is still there, and its call runs out of lease.
            log.debug("outbox.store", problem=str(error))
        self.wake()
        if work.delivery.action in ROUTING:
            self._routed()

    async def _attempt(self, work: _Work) -> None:
        try:
            if work.refused is not None:
                self._failed(work.delivery, work.aim.adapter, work.refused)
            else:
                await self._make_calls(work)
        except StoreError:
            raise
        except Exception:
            self._journal.broken(work.delivery)
            await self._store.run(lambda tx, now: outcome.broken(tx, now, self._house, work.delivery))

    def _begun(self, tx: Tx, now: datetime, claimed: Delivery) -> _Work | None:
        """Begin one of a claim: what breaks there by a bug breaks that one only."""
        try:
            return self._begin(tx, now, claimed)
        except Exception as error:
            if self._store.database.troubles(error):
                raise
            self._journal.broken(claimed)
            outcome.broken(tx, now, self._house, claimed)
            return None

    def _begin(self, tx: Tx, now: datetime, claimed: Delivery) -> _Work | None:
        """Mark `sending`, and freeze what will be sent if this is the first attempt."""
        if self._closing or not deliveries.start(tx, claimed):
            lanes.release(tx, claimed)
            return None
        delivery = replace(claimed, state="sending", attempts=claimed.attempts + 1)
        parts = deliveries.parts(tx, delivery.id)
        if not parts:
            try:
                parts = frozen.freeze(tx, now, self._house, delivery)
            except AdapterError as error:
                outcome.failed(tx, now, self._house, delivery, error)
                return _Work(delivery, parts, self._aim(tx, delivery), error)
        if restored.is_doubtful(delivery):
            unknown = Unconfirmed()
            outcome.failed(tx, now, self._house, restored.doubt(tx, delivery), unknown)
            return _Work(delivery, parts, self._aim(tx, delivery), unknown)
        return _Work(delivery, parts, self._aim(tx, delivery))

    def _aim(self, tx: Tx, delivery: Delivery) -> Aim:
        if delivery.chat_id is not None:
            chat = people.chat_by_id(tx, delivery.chat_id)
            return Aim(self._adapter(chat.adapter), chat=chat.native())
        if delivery.account_id is not None:
            name = people.account(tx, delivery.account_id).adapter
            return Aim(self._adapter(name), account=people.native_account(tx, delivery.account_id))
        return Aim(self._adapter(delivery.arguments["adapter"]))

    def _adapter(self, name: str) -> AnyAdapter | None:
        return self._adapters.get(name)

    async def _make_calls(self, work: _Work) -> None:
        """The parts that are not out yet, one after another; then the outcome."""
        done: list[Done] = []
        for part in work.parts:
            if part.native_ids is not None:
                done.append(Done(tuple(part.native_ids)))
                continue
            try:
                done.append(await self._call(work.aim, part, done))
            except AdapterError as error:
                await self._store.insist(
                    lambda tx, now, e=error: outcome.failed(tx, now, self._house, work.delivery, e)  # type: ignore[misc]
                )
                self._failed(work.delivery, work.aim.adapter, error)
                return
            if part is not work.parts[-1]:
                await self._store.insist(
                    lambda tx, now, p=part, d=done[-1]: self._keep_part(tx, now, work.delivery, p, d)  # type: ignore[misc]
                )
        await self._store.insist(
            lambda tx, now: outcome.succeeded(tx, now, self._house, work.delivery, work.parts, done)
        )
        self._journal.sent(work.delivery, work.aim.adapter, self._clock.now())

    async def _call(self, aim: Aim, part: Part, before: list[Done]) -> Done:
        payload = part.payload
        if payload.get("follows") and before and before[-1].ids:
            # A thread: this part answers the one before, whose id nobody knew when it was frozen.
            payload = payload | {"draft": payload["draft"] | {"reply_to": before[-1].ids[-1]}}
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await calls.perform(aim, part.key, payload)
        except TimeoutError as error:
            raise Unconfirmed() from error

    def _failed(self, delivery: Delivery, adapter: AnyAdapter | None, error: AdapterError) -> None:
        most = outcome.MOST_ATTEMPTS
        self._journal.failed(delivery, adapter, self._clock.now(), error, most_attempts=most)

    def _keep_part(self, tx: Tx, now: datetime, delivery: Delivery, part: Part, done: Done) -> None:
        deliveries.part_sent(tx, delivery.id, part.number, done.ids)
        lanes.renew(tx, now, delivery, LEASE)


def recover(tx: Tx, now: datetime, house: House) -> list[Delivery]:
    """At the start of the only process: every `sending` row is one whose answer nobody heard."""
    lanes.free_all(tx, now)
    lost = deliveries.interrupted(tx, now, all_of_them=True)
    for delivery in lost:
        outcome.failed(tx, now, house, delivery, Unconfirmed())
    return lost
