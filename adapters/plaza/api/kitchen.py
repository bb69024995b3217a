"""What the methods share: reading posts as entities, with the options and the signal of the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.plaza.api.door import Call, Reply
from adapters.plaza.api.entities import Entities, Json
from adapters.plaza.api.paging import links
from adapters.plaza.settings import Config
from adapters.plaza.signal import Signal
from adapters.plaza.store.cards import Line, cards
from adapters.plaza.store.rows import Member


@dataclass(frozen=True, slots=True)
class Kitchen:
    """Shared by the methods of all subjects."""

    options: Callable[[], Config]  # as they are now: some change while the bot runs
    signal: Signal
    entities: Entities
    now: Callable[[], datetime]

    def statuses(self, connection: Any, me: Member | None, lines: Sequence[Line]) -> list[Json]:
        """Posts as this reader sees them."""
        viewer = None if me is None else me.id
        found = cards(connection, viewer, lines)
        return [self.entities.status(card, known=me is not None) for card in found]

    def status(self, connection: Any, me: Member, line: Line) -> Json:
        return self.statuses(connection, me, (line,))[0]

    async def listing(self, call: Call, lines: Callable[[Any, Member | None], Sequence[Line]]) -> Reply:
        """A page of a listing, with the way on."""

        def unit(connection: Any, me: Member | None) -> tuple[list[Json], list[int]]:
            found = lines(connection, me)
            return self.statuses(connection, me, found), [line.place for line in found]

        made, places = await call.read(unit)
        return Reply(made, headers=links(call, self.entities.url, places))
