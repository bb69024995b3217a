"""Networks with calls still under way and pages out of order, and a house that goes on beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from bridgebot.model import Account, Page, Timeline, changed
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

T = TypeVar("T")


class UpsetChat(MemoryChat):
    """A chat network some of whose calls are still under way."""

    under_way = 0

    async def _call(self, name: str, arguments: tuple[Any, ...], act: Callable[[], T]) -> T:
        self.under_way += 1
        try:
            return await super()._call(name, arguments, act)
        finally:
            self.under_way -= 1


class UpsetSocial(MemorySocial):
    """A network whose pages begin too early or stand in the wrong order: each post as it is by now."""

    under_way = 0  # calls
    again = 0  # entries of the log that a page repeats
    backwards = False

    async def _call(self, name: str, arguments: tuple[Any, ...], act: Callable[[], T]) -> T:
        self.under_way += 1
        try:
            return await super()._call(name, arguments, act)
        finally:
            self.under_way -= 1

    def heal(self) -> None:
        self._faults.clear()
        self.again, self.backwards = 0, False

    def _fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        if cursor is None:
            return super()._fetch(timeline, account, cursor)
        page = super()._fetch(timeline, account, str(max(0, int(cursor) - self.again)))
        met = [changed(self.network.standing[post.id], boost=post.boost) for post in page.posts]
        met = met[::-1] if self.backwards else met
        return replace(page, posts=tuple(met))


class PatientHouse(TestHouse):
    """Comes to rest while calls are under way that have not been answered yet."""

    async def settle(self) -> None:
        await self.chat.settled()
        for _ in range(400):
            moved = await self.linking.step() + await self.outbox._start_due()
            while len(self.outbox._running) > sum(a.under_way for a in (self.chat, *self.socials)):
                await asyncio.sleep(0.0005)
            if not moved:
                return
        raise AssertionError("the house does not come to rest")
