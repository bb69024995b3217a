"""What the operator's side asks of the in-memory social adapter: whether it answers, and moderation."""

from __future__ import annotations

from bridgebot.errors import TargetGone
from bridgebot.model import Account, Report
from bridgebot.testing.social_side import MemorySocialBase


class Moderating(MemorySocialBase):
    """`check`; `report`, and what follows from it."""

    async def check(self, account: Account) -> None:
        self._declared("check")
        await self._call("check", (account,), lambda: self._author(account))

    async def report(self, account: Account, post_id: str, comment: str) -> None:
        self._declared("report")
        await self._call(
            "report", (account, post_id, comment), lambda: self._report(account, post_id, comment)
        )

    def _report(self, account: Account, post_id: str, comment: str) -> None:
        by, post = self._author(account), self._visible(post_id, account)
        id = f"r{self.network.next_number()}"
        self.network.reports.append(Report(id, post, by, comment, self.context.clock.now()))

    async def reports(self) -> tuple[Report, ...]:
        self._declared("moderate")
        return await self._call("reports", (), lambda: tuple(self.network.reports))

    async def remove(self, post_id: str) -> None:
        self._declared("moderate")
        await self._call("remove", (post_id,), lambda: self.network.remove(post_id))

    async def suspend(self, handle: str, on: bool) -> None:
        self._declared("moderate")
        await self._call("suspend", (handle, on), lambda: self._suspend(handle, on))

    def _suspend(self, handle: str, on: bool) -> None:
        person = self.network.known(handle)
        if person is None:
            raise TargetGone()
        self.network.suspended.add(person.id) if on else self.network.suspended.discard(person.id)
