"""Keeps what should never end alive: the `run` of each chat adapter, and the house's own loops.

What ends by itself is run again after a while, what the operator must mend is set aside by name,
and nothing that one of them does ends the process or holds up the others.
"""

from __future__ import annotations

import asyncio
import enum
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridgebot.adapter import Clock
from bridgebot.errors import AdapterError, AuthExpired, BridgebotError, ConfigError, StoreError, Temporary
from bridgebot.log import Log

FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 300.0
SETTLED = timedelta(seconds=2)  # what has run so long counts as running
GOOD = timedelta(minutes=1)  # after so long a run, the next failure is a first one
GRACE = 5.0  # seconds that a cancelled run has to end

_log = Log("bridgebot.supervisor")

Run = Callable[[], Awaitable[None]]


class Stale(BridgebotError):
    """A run was ended because nothing came through any more."""


class State(enum.StrEnum):
    """How it goes with one of the supervised."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"  # it failed and will be run again
    STOPPED = "stopped"  # set aside until the operator acts and starts the bot again


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one of the supervised, for `bridgebot status` and readiness."""

    name: str
    state: State
    since: datetime
    error: str | None = None  # what ended it last


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What follows from the way a run ended."""

    again: bool
    bug: bool = False
    wait: float | None = None  # seconds that the network asked for


def judge(error: Exception | None) -> _Verdict:
    """What to do after a run that ended by `error`, or without one (which is a bug as well)."""
    if isinstance(error, ConfigError | AuthExpired):
        return _Verdict(again=False)
    if isinstance(error, Temporary):
        return _Verdict(again=True, wait=error.retry_after)
    return _Verdict(again=True, bug=not isinstance(error, BridgebotError))


def backoff(failures: int, asked: float | None, chance: float) -> float:
    """Seconds to wait after so many failures in a row (1: the first). `chance` in [0, 1) spreads
    those that failed together; what the network asked for is a lower bound.
    """
    longest = min(FIRST_WAIT * 2.0 ** min(failures - 1, 30), LONGEST_WAIT)
    return max(longest * (0.5 + chance / 2), asked or 0.0)


class Supervisor:
    """Runs things by name until `stop`."""

    def __init__(
        self,
        clock: Clock,
        *,
        explain: Callable[[AdapterError], str] = str,
        well: Callable[[], Awaitable[None]] | None = None,
        chance: Callable[[], float] = random.random,
        again: Callable[[str], None] = lambda name: None,
    ) -> None:
        """`explain` words an adapter's error for the operator; `well` returns when the database is well;
        `again` hears what is run once more.
        """
        self._clock = clock
        self._explain = explain
        self._well = well
        self._chance = chance
        self._again = again
        self._wishes: dict[str, asyncio.Event] = {}  # to end a run and begin it anew
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._status: dict[str, Status] = {}

    def start(self, name: str, run: Run) -> None:
        """Keep `run` alive under this name."""
        if name in self._tasks:
            raise ValueError(f"{name} is already supervised")
        self._note(name, State.STARTING)
        self._wishes[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._keep(name, run), name=name)

    def restart(self, name: str) -> None:
        """End the run of this name, which proved to be dead, and begin it anew."""
        self._wishes[name].set()

    def status(self) -> tuple[Status, ...]:
        """How it goes with each, in the order in which they were started."""
        return tuple(self._seen(status) for status in self._status.values())

    async def stop(self, *names: str) -> None:
        """Cancel these, or everything, and wait until it has ended; what does not end in time is left
        behind.
        """
        stopping = {name: task for name, task in self._tasks.items() if name in names or not names}
        tasks = set(stopping.values())
        for task in tasks:
            task.cancel()
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=GRACE)
            for task in stuck:
                _log.warning("does not end", name=task.get_name())
        for name in stopping:
            self._note(name, State.STOPPED, self._status[name].error)
            del self._tasks[name]

    async def _keep(self, name: str, run: Run) -> None:
        failures = 0
        while True:
            begun = self._clock.now()
            self._note(name, State.STARTING, self._status[name].error)
            error = await self._outcome(name, run)
            verdict = judge(error)
            words = self._words(error)
            self._tell(name, verdict, error, words)
            if not verdict.again:
                return self._note(name, State.STOPPED, words)
            failures = 1 if self._clock.now() - begun >= GOOD else failures + 1
            self._note(name, State.WAITING, words)
            if self._well is not None and isinstance(error, StoreError) and error.trouble is not None:
                await self._well()
                failures = 1
            await self._clock.sleep(backoff(failures, verdict.wait, self._chance()))
            self._again(name)

    async def _outcome(self, name: str, run: Run) -> Exception | None:
        """How one run ended, by itself or by `restart`; a cancellation passes."""
        wish = self._wishes[name]
        wish.clear()
        running = asyncio.create_task(_ended(run), name=name)
        wished = asyncio.create_task(wish.wait())
        try:
            await asyncio.wait({running, wished}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait({running})
            raise
        finally:
            wished.cancel()
        if not running.done():
            return await self._cut_off(name, running)
        return Stale("it was cancelled") if running.cancelled() else running.result()

    async def _cut_off(self, name: str, running: asyncio.Task[Exception | None]) -> Exception:
        running.cancel()
        _, stuck = await asyncio.wait({running}, timeout=GRACE)
        if stuck:
            _log.warning("does not end", name=name)
        return Stale("it no longer answered")

    def _note(self, name: str, state: State, error: str | None = None) -> None:
        self._status[name] = Status(name, state, self._clock.now(), error)

    def _seen(self, status: Status) -> Status:
        """No adapter says when it is connected: one that has stood for a moment counts as running."""
        if status.state is not State.STARTING or self._clock.now() - status.since < SETTLED:
            return status
        healed = self._clock.now() - status.since >= GOOD
        return Status(status.name, State.RUNNING, status.since, None if healed else status.error)

    def _words(self, error: Exception | None) -> str:
        if isinstance(error, AdapterError):
            return self._explain(error)
        if isinstance(error, BridgebotError):
            return str(error)
        return "ended without an error" if error is None else type(error).__name__

    def _tell(self, name: str, verdict: _Verdict, error: Exception | None, words: str) -> None:
        if isinstance(error, StoreError) and error.trouble is not None:
            _log.debug("waits for the database", name=name)  # the operator was told once, for all
        elif verdict.bug:
            _log.error("ended by a bug, will run again", name=name, error=words, exc_info=error)
        elif verdict.again:
            _log.warning("ended, will run again", name=name, error=words)
        else:
            _log.error("set aside", name=name, error=words)


async def _ended(run: Run) -> Exception | None:
    """How one run ended; a cancellation passes."""
    try:
        await run()
    except Exception as error:
        return error
    return None
