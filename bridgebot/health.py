"""How it goes with this process: for readiness, for the measurements, and for `bridgebot status`.

One adapter that is down makes the house worse, not dead: only what everything hangs on does that. Without
any chat network nobody can be read or written.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from bridgebot.adapter import ChatAdapter, Clock, SocialAdapter
from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.metrics import Look
from bridgebot.store import Store, gauges
from bridgebot.store.gauges import Condition
from bridgebot.supervisor import State, Status, Supervisor
from bridgebot.watchdog import Pace, Watchdog, Watched, server_checks

_log = Log("bridgebot.health")

EVERY = 60.0  # seconds between two notes of how it goes
PATIENCE = 4.0  # seconds for the database to answer somebody who asks
SOON = 10.0  # seconds, where the note could not be written, or told of something that only begins
STEADY = Pace()
SERVERS = Pace(every=300.0, again=60.0, patience=30.0)  # of social networks, which have no connection

AnyAdapter = ChatAdapter[Any] | SocialAdapter[Any]


class Health:
    """Of one process. `run` it, beside everything else."""

    def __init__(
        self,
        store: Store,
        supervisor: Supervisor,
        adapters: Mapping[str, AnyAdapter],
        aside: Mapping[str, str],
        clock: Clock,
        *,
        pace: Pace = STEADY,
    ) -> None:
        """`aside` says of adapters that could not be loaded why."""
        self._store = store
        self._supervisor = supervisor
        self._adapters = adapters
        self._aside = aside
        self._clock = clock
        self._writes = True  # the last note of how it goes could be written
        self._begins = False  # and told of something that only begins, however it stands since
        self._news = asyncio.Event()
        self._known: dict[str, Condition] = {}
        watched = {name: w for name, one in adapters.items() if (w := self._watched(name, one, pace))}
        self.watchdog = Watchdog(clock, watched, told=self._news.set)

    # --- who asks ---

    def alive(self) -> bool:
        """Whether the process works at all: who asks runs on the loop, so what is left is the writer."""
        return self._store.database.alive()

    async def ready(self) -> dict[str, bool]:
        """Everything on which all hangs: the database, the loops of the house, and that there is a chat."""
        loops = {
            status.name: status.state in (State.STARTING, State.RUNNING)
            for status in self._supervisor.status()
            if status.name not in self._adapters
        }
        return {"database": await self._database(), **loops, "chats": self._chats()}

    def degraded(self) -> list[str]:
        """The adapters that do not work now."""
        return sorted(name for name, one in self.conditions().items() if one.state != "up")

    def conditions(self) -> dict[str, Condition]:
        """How it goes with each adapter: `up`, `starting`, `down` or `aside`."""
        statuses = {status.name: status for status in self._supervisor.status()}
        found = {name: self._condition(name, statuses.get(name)) for name in self._adapters}
        found |= {name: Condition("aside", self._clock.now(), why) for name, why in self._aside.items()}
        self._known = {name: _since(self._known.get(name), one) for name, one in found.items()}
        return self._known

    async def look(self) -> Look:
        """For the measurements."""
        database, read = self._store.database, None
        with contextlib.suppress(StoreError):
            read = await self._store.read(gauges.look)
        up = {name: one.state == "up" for name, one in self.conditions().items()}
        return Look(up, database.stats, database.commits, read)

    # --- going on ---

    async def run(self) -> None:
        """Note how it goes, now and then and when the watchdog has news, until cancelled."""
        while True:
            self._news.clear()
            await self._note()
            wait = asyncio.ensure_future(self._clock.sleep(self._pause()))
            news = asyncio.ensure_future(self._news.wait())
            try:
                await asyncio.wait({wait, news}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                wait.cancel()
                news.cancel()

    def _pause(self) -> float:
        return SOON if self._begins or not self._writes else EVERY

    async def _note(self) -> None:
        conditions = dict(self.conditions())
        self._begins = any(one.state == "starting" for one in conditions.values())
        try:
            await self._store.run(lambda tx, now: gauges.note(tx, now, conditions))
            self._writes = True
        except StoreError as error:
            self._writes = False
            if error.trouble is None:  # else it was said already
                _log.error("cannot be noted", problem=str(error))

    # --- what it is made of ---

    def _condition(self, name: str, status: Status | None) -> Condition:
        now = self._clock.now()
        stopped = status is not None and status.state is State.STOPPED  # for good, whatever was before
        if name in self.watchdog.down and not stopped:
            return Condition("down", now, "check")
        if status is None:  # a social network has no `run`
            return Condition("up", now)
        states = {State.RUNNING: "up", State.STARTING: "starting", State.STOPPED: "aside"}
        return Condition(states.get(status.state, "down"), status.since, status.error)

    def _chats(self) -> bool:
        """Whether one was begun that is not set aside, if there is to be any. One that is down, or connects,
        comes back by itself; what is set aside waits for the operator.
        """
        going = {status.name for status in self._supervisor.status() if status.state is not State.STOPPED}
        chats = {name for name, one in self._adapters.items() if isinstance(one, ChatAdapter)}
        return bool(chats & going) or not (chats or self._aside)

    async def _database(self) -> bool:
        if self._store.condition.trouble is not None:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._store.read(gauges.readable)
        except (StoreError, TimeoutError):
            return False
        return self._writes and self.alive()

    def _watched(self, name: str, adapter: AnyAdapter, pace: Pace) -> Watched | None:
        if not adapter.capabilities.check:
            return None
        if isinstance(adapter, SocialAdapter):
            return Watched(server_checks(self._store, name, adapter), pace=SERVERS)
        return Watched(
            adapter.check,
            restart=lambda: self._supervisor.restart(name),
            due=lambda: self._is_running(name),
            pace=pace,
        )

    def _is_running(self, name: str) -> bool:
        return any(s.name == name and s.state is State.RUNNING for s in self._supervisor.status())


def _since(before: Condition | None, now: Condition) -> Condition:
    """The same state goes on since it began."""
    if before is None or before.state != now.state:
        return now
    return Condition(now.state, min(before.since, now.since), now.problem)
