"""What networks say of their limits, kept in memory: after a restart they say it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridgebot.adapter import Rate
from bridgebot.http.retry import Left

Key = tuple[str, str, str, str]  # adapter, server, place, rate
AT_ONCE, MANY = timedelta(seconds=1), 5  # so many places that refuse in so short a time are no chance
MOST = 10_000  # hints that are kept before the old ones are swept out


@dataclass(slots=True)
class Hint:
    """The latest word on one budget."""

    remaining: int  # less those that were let through since
    until: datetime  # then the network counts anew
    limit: int = 0  # of how many, by the network's own word; 0: it did not say

    def enough(self, rate: Rate, *, kept: int) -> bool:
        """Whether more is left than the part (one of so many) that is kept for what matters more."""
        return self.remaining > (self.limit or rate.amount) // kept


@dataclass(slots=True)
class Hints:
    """The latest word on each budget."""

    _said: dict[Key, Hint] = field(default_factory=dict)
    _refusals: dict[str, list[tuple[datetime, Key]]] = field(default_factory=dict)  # of late, by adapter
    _room: int = MOST

    def __bool__(self) -> bool:
        return bool(self._said)

    def of(self, key: Key, now: datetime) -> Hint | None:
        """What the network said, while it holds."""
        said = self._said.get(key)
        return None if said is None or said.until <= now else said

    def note(self, key: Key, left: Left, now: datetime) -> None:
        """So much is left for so long."""
        if len(self._said) >= self._room:
            self._said = {key: said for key, said in self._said.items() if said.until > now}
            self._room = max(MOST, 2 * len(self._said))  # else each would sweep where so many hold
        self._said[key] = Hint(max(left.remaining, 0), now + timedelta(seconds=left.seconds), left.limit)

    def spend(self, key: Key, now: datetime) -> Hint | None:
        """One more was let through; the network's next word puts right what this gets wrong."""
        said = self.of(key, now)
        if said is not None:
            said.remaining -= 1
        return said

    def refused(self, key: Key, now: datetime) -> bool:
        """Note a 429; True when it is about several places at once: then it is about all of them."""
        late = [one for one in self._refusals.get(key[0], ()) if one[0] > now - AT_ONCE]
        self._refusals[key[0]] = [*late, (now, key)][-MANY * 2 :]
        return len({place for _, place in self._refusals[key[0]]}) >= MANY
