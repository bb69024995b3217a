"""The one door out: deliveries that are due go to the adapters, each lane in order.

A claim leases lanes for what can start at once, freezes what will be sent and marks it `sending`,
with the attempt; the outcome, its copies, the receipt and what depends on it are one unit of work.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridgebot import dialog
from bridgebot.adapter import Clock
from bridgebot.deadlines import Deadlines
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, StoreError, Unconfirmed
from bridgebot.files import Shelf
from bridgebot.journal import REMEMBERED, Journal
from bridgebot.log import Log
from bridgebot.outbox import calls, enclosed, ended, lists, outcome
from bridgebot.outbox.begin import Beginner, Work, pending
from bridgebot.outbox.calls import AnyAdapter, Done
from bridgebot.outbox.carrier import Carrier
from bridgebot.outbox.ends import End, Ends
from bridgebot.outbox.turns import Turns
from bridgebot.store import Store, Tx, deliveries, lanes
from bridgebot.store.budgets import Budgets, Gate
from bridgebot.store.needs import Slot
from bridgebot.store.rows import Delivery, Part, replace
from bridgebot.traffic import Look, Realm, Traffic

log = Log(__name__)

CALL_TIMEOUT = 60.0  # seconds for one call; then nobody knows whether it happened
LEASE = timedelta(seconds=90)  # of a lane; outlasts the call that it covers
CLAIM = 50  # deliveries in one claim
MOST_RUNNING = 200  # deliveries under way together
SHARE = 100  # of them, to one server
TRIES = 4  # of them, to a server that does not answer
ROUTING = (
    "follow",
    "list",
    "mirror",
    "sources",
    "standing",
)  # what makes a route when it succeeds: there is something new to read
LONGEST_WAIT = timedelta(seconds=30)  # between two looks at the queue when nothing wakes the outbox


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a look at the queue brought."""

    number: int  # of lanes that had something due
    works: list[tuple[Work, Realm]]  # begun: to be called now
    next_look: datetime | None  # at the queue, if nothing wakes the outbox before; None: at once


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
        paced: Budgets | None = None,
        journal: Journal | None = None,
        call_timeout: float = CALL_TIMEOUT,
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._deadlines = Deadlines(call_timeout)
        self._call_timeout = call_timeout
        self._traffic = Traffic(MOST_RUNNING, SHARE, TRIES)
        self._routed = routed  # called after a commit that may have made or ended a route
        self._budgets = paced or Budgets({name: one.rates for name, one in house.networks.items()})
        self._turns = Turns(clock, self._budgets.booked)
        self._journal = journal or Journal()
        self._carrier = Carrier(
            adapters,
            Shelf(store.beside),
            self._journal,
            public_url=house.public_url,
            sites=house.file_sites,
        )
        self._beginner = Beginner(house, adapters, self._journal, store.database.troubles)
        self._ends = Ends(
            store, house, self._budgets, self._journal, clock, start=self._track, settled=self._settled
        )
        self._seen = 0  # which round of outcomes the last look at the queue saw
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._next_look: datetime | None = None  # as `_Claimed.next_look`
        self._closing = False

    def wake(self) -> None:
        self._woken.set()

    def let_go(self) -> None:
        """Keep no file that is not on its way now."""
        self._carrier.let_go()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is left to the next start."""
        self._carrier.begin()
        self._journal.remember(await self._store.read(lambda tx, now: deliveries.makers(tx, REMEMBERED)))
        now = self._clock.now()
        for lost in await self._store.run(self._recover):
            self._ends.tell(lost, Unconfirmed(), now)
        try:
            while True:
                self._woken.clear()
                try:
                    await self._start_due()
                except StoreError as error:
                    if error.trouble is None:
                        raise
                    await self._store.well()  # meanwhile what is under way goes on
                    continue
                if self._next_look is not None:
                    await self._wait(self._next_look)
        finally:
            for task in self._running:
                task.cancel()
            await self._carrier.end()

    def _recover(self, tx: Tx, now: datetime) -> list[Work]:
        lost = recover(tx, now, self._house)
        return [Work(one, [], self._beginner.aim(tx, one)) for one in lost]

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
            while self._running:
                await asyncio.gather(*self._running)
        return delivered

    async def idle(self, within: timedelta) -> bool:
        """Whether nothing is under way or due within so long."""
        return await self._store.read(lambda tx, now: deliveries.unsettled(tx, now, within)) == 0

    async def _start_due(self) -> int:
        """Start what is due; how many. Note when more will be."""
        now = self._clock.now()
        room = self._traffic.room(now)
        if room <= 0 or self._closing:  # the end of any of them wakes the outbox
            self._next_look = self._traffic.next_room(now) or now + LONGEST_WAIT
            return 0
        look = self._traffic.look(CLAIM, now)
        claimed = await self._store.run(lambda tx, now: self._claim(tx, now, min(room, CLAIM), look))
        self._next_look = claimed.next_look
        now = self._clock.now()
        for work, realm in claimed.works:
            self._track(asyncio.create_task(self._deliver(work, realm, self._traffic.begin(realm, now))))
        return claimed.number

    def _track(self, task: asyncio.Task[None]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _claim(self, tx: Tx, now: datetime, most: int, look: Look) -> _Claimed:
        """Claim what can start at once and begin it; if that was all, when is the next due? Both by the same
        time: what came due between two looks would be seen by neither, and wait for the next wake. What is
        for a silent server is put off.
        """
        self._seen = self._ends.round
        gate = self._budgets.gate(tx, now)
        claimed = lanes.claim(tx, now, LEASE, most, look.crowded, gate)
        found = look.sort(claimed)
        for delivery, wait in found.wait:
            lanes.release(tx, delivery, wait_until=now + wait)
        works = self._begun(tx, now, found.go, gate)
        next_look = None
        if not claimed or (len(claimed) < most and not self._woken.is_set()):
            due = self._look_around(tx, now, gate, look) or now + LONGEST_WAIT
            next_look = due if due > now or not claimed else None
        gate.keep()
        return _Claimed(len(claimed), works, next_look)

    async def _wait(self, until: datetime) -> None:
        seconds = (until - self._clock.now()).total_seconds()
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the wake.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.01), LONGEST_WAIT.total_seconds())):
                await self._woken.wait()

    def _look_around(self, tx: Tx, now: datetime, gate: Gate, look: Look) -> datetime | None:
        """Before resting: settle calls whose lease ran out, close old questions; when is the next due?"""
        for delivery in deliveries.interrupted(tx, now):
            outcome.failed(tx, now, self._house, delivery, Unconfirmed())
        dialog.expire(tx, now, self._house)
        times = (lanes.next_due(tx, look.crowded | gate.closed), gate.opens())
        return min((at for at in times if at is not None), default=None)

    def _begun(
        self, tx: Tx, now: datetime, go: Sequence[tuple[Delivery, Realm]], gate: Gate
    ) -> list[tuple[Work, Realm]]:
        if self._closing:
            lanes.release_all(tx, [delivery for delivery, _ in go])
            return []
        works = self._beginner.begin(tx, now, [delivery for delivery, _ in go], gate) if go else []
        return [(work, realm) for work, (_, realm) in zip(works, go, strict=True) if work is not None]

    async def _deliver(self, work: Work, realm: Realm, call: int) -> None:
        """One delivery from its start to its outcome, which is written with others."""
        end = None
        try:
            if work.refused is not None:
                self._ends.tell(work, work.refused, self._clock.now())
            else:
                end = await self._make_calls(work, realm)
        except StoreError as error:
            # Nothing is lost: the row is still there, and its call runs out of lease.
            log.debug("outbox.store", problem=str(error))
        except Exception:
            await self._ends.broken(work)
        finally:
            self._traffic.end(call)  # its server has room again, whenever the outcome is written
            if end is not None:
                self._ends.put(end)
            self.wake()  # the look comes behind the outcome, into the same commit

    def _settled(self, ends: Sequence[End]) -> None:
        if self._seen < self._ends.round:  # no look came behind it: the database was in trouble
            self.wake()
        if any(end.work.delivery.action in ROUTING for end in ends):
            self._routed()

    async def _make_calls(self, work: Work, realm: Realm) -> End | None:
        """The parts that are not out yet, one after another. None: the rest waits in the queue."""
        done: list[Done] = []
        slot = work.slot
        for part in work.parts:
            if part.native_ids is not None:
                done.append(Done(tuple(part.native_ids)))
                continue
            looks = part.payload["op"] == deliveries.ABSENT  # no call that the rates of writing count
            longer = enclosed.patience(part.payload)
            went = None if looks or slot is None else await self._turns.mine(slot)
            if longer and not await self._has_time(work, longer):
                return None
            try:
                done.append(await self._call(work, part, done, longer))
            except AdapterError as error:
                self._traffic.heard(realm, error, self._clock.now())
                return End(work, done, error)
            finally:
                self._turns.over(went)
            self._traffic.heard(realm, None, self._clock.now())
            if looks:
                await self._store.insist(lambda tx, now, p=part: self._looked(tx, now, work, p))  # type: ignore[misc]
            elif part is not work.parts[-1]:
                slot = await self._store.insist(
                    lambda tx, now, p=part, d=done[-1]: self._keep_part(tx, now, work, p, d)  # type: ignore[misc]
                )
                if slot is None:
                    return None
        return End(work, done)

    async def _has_time(self, work: Work, longer: float) -> bool:
        """Whether the lane's lease outlasts a call that carries files, and so takes longer than others."""
        lease = LEASE + timedelta(seconds=longer)
        return await self._store.insist(lambda tx, now: lanes.renew(tx, now, work.delivery, lease))

    async def _call(self, work: Work, part: Part, before: list[Done], longer: float) -> Done:
        payload = _completed(work, part, before) if before else part.payload
        # A call that carries files has a time of its own; the others share one timer.
        deadline = Deadlines(self._call_timeout + longer) if longer else self._deadlines
        try:
            with deadline.each():
                if payload["op"] == deliveries.UPLOAD:
                    return await self._carrier.upload(work.aim, part.key, payload, work.delivery.attempts)
                if "instead" in payload:
                    return await self._carrier.show(work.aim, part.key, payload)
                if payload["op"] == lists.OPERATION:
                    return await lists.fetched(payload)
                return await calls.perform(work.aim, part.key, payload)
        except TimeoutError as error:
            raise Unconfirmed() from error

    def _looked(self, tx: Tx, now: datetime, work: Work, part: Part) -> None:
        """Nothing like it is there; what is there from now on may be what this delivery brought."""
        deliveries.part_sent(tx, work.delivery.id, part.number, ())
        lanes.renew(tx, now, work.delivery, LEASE)

    def _keep_part(self, tx: Tx, now: datetime, work: Work, part: Part, done: Done) -> Slot | None:
        """Note what is out. The next part is a call like any other: without a slot it waits in the queue."""
        delivery, gate = work.delivery, self._budgets.gate(tx, now)
        deliveries.part_sent(tx, delivery.id, part.number, done.ids)
        ended.note_copies(tx, now, [(delivery, part, done)])  # a further part may fail: this one is out
        slot = gate.take(delivery, pending(work.parts[work.parts.index(part) + 1 :]))
        if slot is None:
            deliveries.change(tx, delivery.id, state="queued", attempts=0)  # none has failed so far
            lanes.release(tx, delivery)
        else:
            lanes.renew(tx, now, delivery, LEASE)
        gate.keep()
        return slot


def _completed(work: Work, part: Part, before: list[Done]) -> dict[str, Any]:
    """What a part sends, with what those before it brought and nobody knew when it was frozen: files, and
    which post this one answers in a thread.
    """
    made = [(one.payload, done.ids) for one, done in zip(work.parts, before, strict=False)]
    payload, known = enclosed.filled(part.payload, made), enclosed.posts_before(made)
    if payload.get("follows") and known:
        return payload | {"draft": payload["draft"] | {"reply_to": known[-1]}}
    return payload


def recover(tx: Tx, now: datetime, house: House) -> list[Delivery]:
    """At the start of the only process: every `sending` row is one whose answer nobody heard."""
    lanes.free_all(tx, now)
    lost = deliveries.interrupted(tx, now, all_of_them=True)
    for delivery in lost:
        outcome.failed(tx, now, house, _interrupted(delivery), Unconfirmed())
    return lost


def _interrupted(delivery: Delivery) -> Delivery:
    """The process ended, not the network: in a chat such a call does not use up the one repetition, or two
    ends in a row would lose a message. One that was tried very often may be what ends the process.
    """
    if delivery.attempts >= outcome.MOST_ATTEMPTS:
        return delivery
    return replace(delivery, arguments=delivery.arguments | {"repeated": False})
