"""Long polling on raw JSON: an update that the library cannot read takes no other one with it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from adapters.telegram.reading import ALLOWED, number
from adapters.telegram.request import Wire
from bridgebot.errors import Temporary

# Updates at a time. Each may have a text, what that answers, and 200 entities, all of it escaped: a batch
# must stay below what the house reads of one answer, or it could never be confirmed.
_BATCH: Final = 50
_MARGIN: Final = 15.0  # seconds that an answer may take beyond the time for which it was asked to wait


class Poll:
    """Updates, batch by batch. Asking for the next batch confirms those that are `done`."""

    def __init__(self, wire: Wire, timeout: int) -> None:
        self._wire = wire
        self._timeout = timeout
        self._next: int | None = None  # number of the first update that is not done
        self._asked: float | None = None  # when, by the loop's clock, while an answer is awaited

    @property
    def overdue(self) -> bool:
        """Is an answer awaited for longer than it may take? Asking ends by itself before that."""
        longest = self._timeout + 2 * _MARGIN
        return self._asked is not None and asyncio.get_running_loop().time() - self._asked > longest

    def has_room(self, updates: list[Any]) -> bool:
        """Whether an answer could have brought more: else what came since waits until these are done."""
        return len(updates) < _BATCH

    async def batch(self, *, wait: bool = True) -> list[Any]:
        """Wait for updates, or take what is there. Those that are not done come again, at the first call also
        those that an earlier run did not confirm.
        """
        # The setting outlives a run, also one of another program: so it is always said.
        parameters = {"limit": str(_BATCH), "timeout": str(self._timeout if wait else 0)}
        parameters["allowed_updates"] = json.dumps(ALLOWED)
        if self._next is not None:
            parameters["offset"] = str(self._next)
        self._asked = asyncio.get_running_loop().time()
        try:
            updates = await self._wire.call("getUpdates", parameters, timeout=self._timeout + _MARGIN)
        finally:
            self._asked = None
        if not isinstance(updates, list):
            raise Temporary("telegram-no-answer")
        return updates

    def done(self, raw: Any) -> None:
        """This update is committed. One without a number is taken for the one that was expected."""
        known = number(raw)
        if known is not None:
            self._next = known + 1
        elif self._next is not None:
            self._next += 1

    def check(self, updates: list[Any]) -> None:
        """A batch that cannot be confirmed would come again at once: better after a while."""
        if updates and self._next is None:
            raise Temporary("telegram-no-answer")
