"""The one door out: deliveries that are due go to the adapters, each lane in order.

A claim leases lanes for what can start at once, freezes what will be sent and marks it `sending`,
with the attempt; the outcome, its copies, the receipt and what depends on it are one unit of work.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bridgebot import dialog
from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, StoreError, Temporary, Unconfirmed
from bridgebot.journal import REMEMBERED, Journal
from bridgebot.outbox import calls, ended, frozen, outcome
from bridgebot.outbox.calls import Aim, AnyAdapter, Done
from bridgebot.outbox.slowed import slowed
from bridgebot.outbox.turns import Turns
from bridgebot.store import Store, Tx, deliveries, lanes, people, restored
from bridgebot.store.budgets import Budgets, Gate
from bridgebot.store.needs import Slot, size
from bridgebot.store.rows import Delivery, Part
from bridgebot.traffic import Look, Realm, Traffic

log = structlog.get_logger()

CALL_TIMEOUT = 60.0  # seconds for one call; then nobody knows whether it happened
LEASE = timedelta(seconds=90)  # of a lane; outlasts the call that it covers
CLAIM = 50  # deliveries in one claim
MOST_RUNNING = 200  # deliveries under way together
SHARE = 100  # of them, to one server
TRIES = 4  # of them, to a server that does not answer
ROUTING = ("follow", "list", "mirror")  # what makes a route when it succeeds: there is something new to read
LONGEST_WAIT = 30.0  # seconds between two looks at the queue when nothing wakes the outbox


@dataclass(frozen=True, slots=True)
class _Work:
    delivery: Delivery
    parts: list[Part]
    aim: Aim
    refused: AdapterError | None = None  # set: it came to no call, and that is settled
    slot: Slot | None = None  # of the first call, where rates are set


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a look at the queue brought."""

    number: int  # of lanes that had something due
    works: list[tuple[_Work, Realm]]  # begun: to be called now
    next_due: datetime | None


class _Realms:
    """Which server a delivery is for."""

    def __init__(self) -> None:
        self._known: dict[tuple[int | None, int | None], Realm] = {}

    def of(self, tx: Tx, delivery: Delivery) -> Realm:
        place = (delivery.chat_id, delivery.account_id)
        if place == (None, None):
            return str(delivery.arguments.get("adapter", ""))
        if place not in self._known:
            self._known[place] = sys.intern(lanes.realm_of(tx, *place))
        return self._known[place]


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
        self._adapters = adapters
        self._house = house
        self._clock = clock
        self._call_timeout = call_timeout
        self._traffic = Traffic(MOST_RUNNING, SHARE, TRIES)
        self._realms = _Realms()
        self._routed = routed  # called after a commit that may have made or ended a route
        self._budgets = paced or Budgets({name: one.rates for name, one in house.networks.items()})
        self._turns = Turns(clock)
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
        for lost, adapter in await self._store.run(self._recover):
            self._failed(lost, adapter, Unconfirmed())
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

    def _recover(self, tx: Tx, now: datetime) -> list[tuple[Delivery, AnyAdapter | None]]:
        return [(lost, self._aim(tx, lost).adapter) for lost in recover(tx, now, self._house)]

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
        room = self._traffic.room(self._clock.now())
        if room <= 0 or self._closing:  # the end of any of them wakes the outbox
            self._next_due = self._traffic.next_room(self._clock.now())
            return 0
        look = self._traffic.look(CLAIM, self._clock.now())
        claimed = await self._store.run(lambda tx, now: self._claim(tx, now, min(room, CLAIM), look))
        self._next_due = claimed.next_due
        for work, realm in claimed.works:
            call = self._traffic.begin(realm, self._clock.now())
            task = asyncio.create_task(self._deliver(work, realm, call))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return claimed.number

    def _claim(self, tx: Tx, now: datetime, most: int, look: Look) -> _Claimed:
        """Claim what can start at once and begin it; if there is nothing, when is the next due? Both by the
        same time: what came due between two looks would be seen by neither, and wait for the next wake.
        What is for a silent server is put off.
        """
        gate = self._budgets.gate(tx, now)
        claimed = lanes.claim(tx, now, LEASE, most, look.crowded, gate)
        found = look.sort([(one, self._realms.of(tx, one)) for one in claimed])
        for delivery, wait in found.wait:
            lanes.release(tx, delivery, wait_until=now + wait)
        begun = [(self._begun(tx, now, delivery, gate), realm) for delivery, realm in found.go]
        works = [(work, realm) for work, realm in begun if work is not None]
        next_due = None if claimed else self._look_around(tx, now, gate, look)
        gate.keep()
        return _Claimed(len(claimed), works, next_due)

    async def _wait(self) -> None:
        due = self._next_due
        seconds = LONGEST_WAIT if due is None else (due - self._clock.now()).total_seconds()
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the wake.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0.01), LONGEST_WAIT)):
                await self._woken.wait()

    def _look_around(self, tx: Tx, now: datetime, gate: Gate, look: Look) -> datetime | None:
        """Before resting: settle calls whose lease ran out, close old questions; when is the next due?"""
        for delivery in deliveries.interrupted(tx, now):
            outcome.failed(tx, now, self._house, delivery, Unconfirmed())
        dialog.expire(tx, now, self._house)
        times = (lanes.next_due(tx, look.crowded | gate.closed), gate.opens())
        return min((at for at in times if at is not None), default=None)

    async def _deliver(self, work: _Work, realm: Realm, call: int) -> None:
        """One delivery from its start to its outcome."""
        try:
            await self._attempt(work, realm)
        except StoreError as error:
            # Nothing is lost: the row is still there, and its call runs out of lease.
            log.debug("outbox.store", problem=str(error))
        finally:
            self._traffic.end(call)
        self.wake()
        if work.delivery.action in ROUTING:
            self._routed()

    async def _attempt(self, work: _Work, realm: Realm) -> None:
        try:
            if work.refused is not None:
                self._failed(work.delivery, work.aim.adapter, work.refused)
            else:
                await self._make_calls(work, realm)
        except StoreError:
            raise
        except Exception:
            self._journal.broken(work.delivery)
            await self._store.run(lambda tx, now: outcome.broken(tx, now, self._house, work.delivery))

    def _begun(self, tx: Tx, now: datetime, claimed: Delivery, gate: Gate) -> _Work | None:
        """Begin one of a claim: what breaks there by a bug breaks that one only."""
        try:
            work = self._begin(tx, now, claimed)
            return None if work is None else replace(work, slot=_slot(gate, work))
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

    async def _make_calls(self, work: _Work, realm: Realm) -> None:
        """The parts that are not out yet, one after another; then the outcome."""
        done: list[Done] = []
        slot = work.slot
        for part in work.parts:
            if part.native_ids is not None:
                done.append(Done(tuple(part.native_ids)))
                continue
            try:
                await self._turns.mine(slot)
                done.append(await self._call(work.aim, part, done))
            except AdapterError as error:
                self._traffic.heard(realm, error, self._clock.now())
                await self._store.insist(
                    lambda tx, now, e=error: self._settle(tx, now, work.delivery, e)  # type: ignore[misc]
                )
                self._failed(work.delivery, work.aim.adapter, error)
                return
            self._traffic.heard(realm, None, self._clock.now())
            if part is not work.parts[-1]:
                slot = await self._store.insist(
                    lambda tx, now, p=part, d=done[-1]: self._keep_part(tx, now, work, p, d)  # type: ignore[misc]
                )
                if slot is None:
                    return
        await self._store.insist(
            lambda tx, now: outcome.succeeded(tx, now, self._house, work.delivery, work.parts, done)
        )
        self._journal.sent(work.delivery, work.aim.adapter, self._clock.now())

    async def _call(self, aim: Aim, part: Part, before: list[Done]) -> Done:
        payload = part.payload
        known = [done.ids[-1] for done in before if done.ids]
        if payload.get("follows") and known:
            # A thread: this part answers the one before, whose id nobody knew when it was frozen.
            payload = payload | {"draft": payload["draft"] | {"reply_to": known[-1]}}
        try:
            async with asyncio.timeout(self._call_timeout):
                return await calls.perform(aim, part.key, payload)
        except TimeoutError as error:
            raise Unconfirmed() from error

    def _failed(self, delivery: Delivery, adapter: AnyAdapter | None, error: AdapterError) -> None:
        most = outcome.MOST_ATTEMPTS
        self._journal.failed(delivery, adapter, self._clock.now(), error, most_attempts=most)

    def _keep_part(self, tx: Tx, now: datetime, work: _Work, part: Part, done: Done) -> Slot | None:
        """Note what is out. The next part is a call like any other: without a slot it waits in the queue."""
        delivery, gate = work.delivery, self._budgets.gate(tx, now)
        deliveries.part_sent(tx, delivery.id, part.number, done.ids)
        ended.note_copies(tx, now, delivery, part, done)  # a further part may fail: this one is out
        slot = gate.take(delivery, size(_pending(work.parts[work.parts.index(part) + 1 :])))
        if slot is None:
            deliveries.change(tx, delivery.id, state="queued", attempts=0)  # none has failed so far
            lanes.release(tx, delivery)
        else:
            lanes.renew(tx, now, delivery, LEASE)
        gate.keep()
        return slot

    def _settle(self, tx: Tx, now: datetime, delivery: Delivery, error: AdapterError) -> None:
        """A limit of the network moves its budget and nothing else; what else went wrong is an outcome."""
        if isinstance(error, Temporary) and error.rate is not None:
            slowed(tx, now, self._budgets.gate(tx, now), delivery, error)
        else:
            outcome.failed(tx, now, self._house, delivery, error)


def _slot(gate: Gate, work: _Work) -> Slot | None:
    """The slot of a call whose size is known now."""
    slot = gate.slots.get(work.delivery.id)
    if slot is not None:
        gate.settle(slot, size(_pending(work.parts)))
    return slot


def _pending(parts: Sequence[Part]) -> dict[str, Any]:
    """What is sent next."""
    return next((part.payload for part in parts if part.native_ids is None), {})


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
