"""The accounts with which timelines are read, kept in memory as they were read of the store last."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable

from bridgebot import model
from bridgebot.errors import BridgebotError
from bridgebot.store import Store, people
from bridgebot.store.rows import Timeline


class Readers:
    """Who reads: a poll that finds nothing new asks the store for nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, model.Account] = {}
        self._asked: dict[int, asyncio.Task[None]] = {}  # of whom the store is asked, many by one task

    def knows(self, timelines: Iterable[Timeline]) -> bool:
        return not any(self._lacks(one.account_id) for one in timelines)

    def meet(self, timelines: Iterable[Timeline]) -> None:
        """Ask for all of them at once."""
        lacking = {one.account_id for one in timelines if self._lacks(one.account_id)}
        ids = [id for id in lacking if id is not None and id not in self._asked]
        if ids:
            self._asked |= dict.fromkeys(ids, asyncio.create_task(self._ask(ids)))

    def known(self, timeline: Timeline) -> model.Account | None:
        """Whose timeline it is, where that is known; a timeline may have nobody."""
        return None if timeline.account_id is None else self._known.get(timeline.account_id)

    async def of(self, timeline: Timeline) -> model.Account | None:
        """Whose timeline it is. Raises StoreError."""
        id = timeline.account_id
        if id is None:
            return None
        if id not in self._known and id in self._asked:
            await asyncio.wait({self._asked[id]})
        if id not in self._known:
            self._known[id] = await self._store.read(lambda tx, now: people.native_account(tx, id))
        return self._known[id]

    def forget(self, timeline: Timeline) -> None:
        """The account's credentials may have changed."""
        if timeline.account_id is not None:
            self._known.pop(timeline.account_id, None)
            self._asked.pop(timeline.account_id, None)

    def _lacks(self, id: int | None) -> bool:
        return id is not None and id not in self._known

    async def _ask(self, ids: Collection[int]) -> None:
        """Where it fails each read asks for its own, and says so."""
        found: dict[int, model.Account] = {}
        with contextlib.suppress(BridgebotError):
            found = await self._store.read(lambda tx, now: people.native_accounts(tx, ids))
        for id in ids:
            if self._asked.get(id) is asyncio.current_task():  # nobody was told to forget it meanwhile
                del self._asked[id]
                self._known |= {id: found[id]} if id in found else {}
