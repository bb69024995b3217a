"""Proves now and then that each adapter can still read and write, and says which cannot.

A connection whose other end vanished without a word looks well for hours: nothing comes, and nothing
can be told from silence. So each adapter that can is asked to `check` itself. What fails three times in
a row is down, and where it has a `run`, that is begun anew.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bridgebot.adapter import Clock, SocialAdapter
from bridgebot.errors import AdapterError, Temporary, Unconfirmed
from bridgebot.log import Log
from bridgebot.store import Store, gauges, people

_log = Log("bridgebot.watchdog")

SERVERS = 5  # servers of a social network that are asked at one check

Check = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is asked, in seconds."""

    every: float = 50.0  # between two checks that went well
    again: float = 10.0  # after one that did not
    patience: float = 15.0  # for one check
    strikes: int = 3  # so many in a row, and it is down

    @property
    def longest(self) -> float:
        """From the moment at which it breaks until that is noticed, at most."""
        jitter = 1.1
        return self.every * jitter + self.strikes * self.patience + (self.strikes - 1) * self.again * jitter


@dataclass(frozen=True, slots=True)
class Watched:
    """One adapter."""

    check: Check  # any AdapterError, and no answer in time, is a strike
    restart: Callable[[], None] | None = None  # begin its `run` anew; None: it has none
    due: Callable[[], bool] = lambda: True  # False: it is connecting, or set aside: nobody asks
    pace: Pace = Pace()


class Watchdog:
    """Watches by name. `told` is called, with nothing, when one goes down or comes back."""

    def __init__(
        self,
        clock: Clock,
        watched: Mapping[str, Watched],
        *,
        told: Callable[[], None] = lambda: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.down: set[str] = set()
        self._clock = clock
        self._watched = watched
        self._told = told
        self._chance = chance
        self._asked: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Watch until cancelled; one that does not answer holds up none of the others."""
        try:
            async with asyncio.TaskGroup() as group:
                for name, watched in self._watched.items():
                    group.create_task(self._watch(name, watched))
                await asyncio.Event().wait()
        finally:
            for task in self._asked.values():
                task.cancel()

    async def _watch(self, name: str, watched: Watched) -> None:
        strikes, pace = 0, watched.pace
        while True:
            wait = pace.again if strikes else pace.every
            await self._clock.sleep(wait * (0.9 + self._chance() / 5))
            if not watched.due():
                strikes = 0
                continue
            problem = await self._ask(name, watched)
            strikes = 0 if problem is None else strikes + 1
            if problem is None:
                self._well(name)
            elif strikes >= pace.strikes:
                strikes = 0
                self._lost(name, watched, problem)
            else:
                _log.info("check failed", adapter=name, strike=strikes, problem=problem)

    async def _ask(self, name: str, watched: Watched) -> str | None:
        """What is wrong, in a word, or None. What hangs is left behind, and counts until it ends."""
        last = self._asked.get(name)
        if last is not None and not last.done():
            return "still-hangs"
        task = self._asked[name] = asyncio.ensure_future(_run(watched.check))
        patience = asyncio.ensure_future(self._clock.sleep(watched.pace.patience))
        try:
            await asyncio.wait({task, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if not task.done():
            task.cancel()
            return "no-answer"
        return _verdict(name, task)

    def _well(self, name: str) -> None:
        if name in self.down:
            self.down.discard(name)
            _log.info("back", adapter=name)
            self._told()

    def _lost(self, name: str, watched: Watched, problem: str) -> None:
        _log.warning("does not answer", adapter=name, problem=problem, anew=watched.restart is not None)
        news = name not in self.down
        self.down.add(name)
        if watched.restart is not None:
            watched.restart()
        if news:
            self._told()


def server_checks(store: Store, name: str, adapter: SocialAdapter[Any]) -> Check:
    """A check of a social network by some of the servers on which there are accounts. It fails where none
    of them answers: a single one is no news about the adapter, and the poller sees to its accounts.
    """

    async def check() -> None:
        accounts = await store.read(lambda tx, now: gauges.one_a_server(tx, name, SERVERS))
        problems = await asyncio.gather(*(_server(store, adapter, account) for account in accounts))
        silent = [problem for problem in problems if problem is not None]
        if silent and len(silent) == len(problems):
            raise silent[0]

    return check


async def _server(store: Store, adapter: SocialAdapter[Any], account_id: int) -> AdapterError | None:
    """Why the account's server does not answer, or None. A refusal is an answer."""
    account = await store.read(lambda tx, now: people.native_account(tx, account_id))
    try:
        await adapter.check(account)
    except (Temporary, Unconfirmed) as error:
        return error
    except AdapterError:
        return None
    return None


async def _run(check: Check) -> None:
    await check()


def _verdict(name: str, task: asyncio.Task[None]) -> str | None:
    """How a check ended. An error's arguments may name a host: its key is enough."""
    error = None if task.cancelled() else task.exception()
    if task.cancelled():
        return "cancelled"
    if error is None:
        return None
    if isinstance(error, Temporary) and error.retry_after is not None:
        return None  # it asks for patience: so both ways work
    if isinstance(error, AdapterError):
        return error.key
    _log.error("bug in a check", adapter=name, exc_info=error)
    return type(error).__name__
