"""The accounts with which timelines are read, kept in memory as they were read of the store last."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from bridgebot import model
from bridgebot.adapter import SocialAdapter
from bridgebot.errors import BridgebotError
from bridgebot.store import Store, people
from bridgebot.store.reads import Calling
from bridgebot.store.rows import Timeline
from bridgebot.traffic import Realm


class Readers:
    """Who reads: a poll that finds nothing new asks the store for nothing."""

    def __init__(self, store: Store, adapters: Mapping[str, SocialAdapter[Any]]) -> None:
        self._store = store
        self._adapters = adapters
        self._known: dict[int, model.Account] = {}
        self._hosts: dict[int, str] = {}  # where each of them is read
        self._asked: dict[int, asyncio.Task[None]] = {}  # of whom the store is asked, many by one task

    def knows(self, timelines: Iterable[Timeline]) -> bool:
        return not any(self._lacks(one.account_id) for one in timelines)

    def meet(self, timelines: Iterable[Timeline]) -> None:
        """Ask for all of them at once."""
        lacking = {one.account_id: one.adapter for one in timelines if self._lacks(one.account_id)}
        ask = {id: by for id, by in lacking.items() if id is not None and id not in self._asked}
        if ask:
            self._asked |= dict.fromkeys(ask, asyncio.create_task(self._ask(ask)))

    def known(self, timeline: Timeline) -> model.Account | None:
        """Whose timeline it is, where that is known; a timeline may have nobody."""
        return None if timeline.account_id is None else self._known.get(timeline.account_id)

    def calling(self, timeline: Timeline, account: model.Account | None) -> Calling:
        """Where a read of it goes that is made as this account."""
        return Calling(timeline.adapter, timeline.server, account, self._host(timeline))

    def realm(self, timeline: Timeline) -> Realm:
        """The same as `traffic` counts calls."""
        return f"{timeline.adapter}/{self._host(timeline)}"

    def _host(self, timeline: Timeline) -> str:
        """Its server, until the account is known that may be kept elsewhere."""
        return self._hosts.get(timeline.account_id or 0, timeline.server)

    async def of(self, timeline: Timeline) -> model.Account | None:
        """Whose timeline it is. Raises StoreError."""
        id = timeline.account_id
        if id is None:
            return None
        if id not in self._known and id in self._asked:
            await asyncio.wait({self._asked[id]})
        if id not in self._known:
            found = await self._store.read(lambda tx, now: people.native_account(tx, id))
            self._keep(timeline.adapter, id, found)
        return self._known[id]

    def forget(self, timeline: Timeline) -> None:
        """The account's credentials may have changed."""
        if timeline.account_id is not None:
            self._known.pop(timeline.account_id, None)
            self._hosts.pop(timeline.account_id, None)
            self._asked.pop(timeline.account_id, None)

    def _lacks(self, id: int | None) -> bool:
        return id is not None and id not in self._known

    def _keep(self, adapter: str, id: int, account: model.Account) -> None:
        self._known[id] = account
        self._hosts[id] = sys.intern(self._adapters[adapter].host(account))  # thousands share one

    async def _ask(self, ids: Mapping[int, str]) -> None:
        """By adapter. Where it fails each read asks for its own, and says so."""
        found: dict[int, model.Account] = {}
        with contextlib.suppress(BridgebotError):
            found = await self._store.read(lambda tx, now: people.native_accounts(tx, ids))
        for id, adapter in ids.items():
            if self._asked.get(id) is asyncio.current_task():  # nobody was told to forget it meanwhile
                del self._asked[id]
                if id in found:
                    self._keep(adapter, id, found[id])
