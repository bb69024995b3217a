"""How many calls may be under way to each server: pure.

A server that does not answer holds every call until it is given up. Without bounds the accounts of one
dead server would take all the room there is, and everything would stand still behind them. So a server
has a share of the room; one that fell silent is only tried now and then; and a call that has waited for
a while takes nothing but a little memory, so it no longer counts.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from bridgebot.errors import AdapterError, Temporary, Unconfirmed

PATIENCE = timedelta(seconds=5)  # a call that takes longer takes no room from others
SILENT_AFTER = 3  # calls in a row without an answer
FIRST_WAIT, LONGEST_WAIT = 15.0, 300.0  # seconds until a silent server is thought of again

Realm = str  # what calls go to: an adapter's chats (its name), or a server (`adapter/server`)
W = TypeVar("W")


@dataclass(slots=True)
class _Silence:
    since: datetime
    calls: int = 0  # in a row


class Sorted(msgspec.Struct, Generic[W], frozen=True):
    """What was due, by whether it may begin."""

    go: list[tuple[W, Realm]]
    wait: list[tuple[W, timedelta]]  # its server is silent: for how long


class Look(msgspec.Struct, frozen=True):
    """How it stands at one moment; it may be looked at in any thread."""

    crowded: frozenset[Realm]  # servers that answer and to which no more may go now
    silent: Mapping[Realm, tuple[int, timedelta]]  # how many may begin, and how long the others wait

    def sort(self, due: Iterable[tuple[W, Realm]]) -> Sorted[W]:
        """Which of these may begin. What is for one that is silent is put off: then nobody looks at it again
        and again.
        """
        begun: Counter[Realm] = Counter()
        found: Sorted[W] = Sorted([], [])
        for work, realm in due:
            left, wait = self.silent.get(realm, (None, timedelta(0)))
            if left is not None and left <= begun[realm]:
                found.wait.append((work, wait))
            else:
                begun[realm] += 1
                found.go.append((work, realm))
        return found


class Traffic:
    """The calls under way. It belongs to one thread: others are given a `look`."""

    def __init__(self, most: int, share: int, tries: int) -> None:
        self._most = most  # calls that take room, at a time; as many more to servers that are silent
        self._share = share  # calls at a time to one server
        self._tries = tries  # calls at a time to one that is silent
        self._calls: dict[int, tuple[Realm, datetime]] = {}  # by number, the first to begin first
        self._numbers = itertools.count()
        self._under_way: dict[Realm, dict[int, datetime]] = {}  # the same, by server
        self._answered: dict[Realm, datetime] = {}  # when a server last did
        self._silent: dict[Realm, _Silence] = {}

    # --- what may begin ---

    def room(self, now: datetime) -> int:
        """How many calls more may begin now."""
        if not self._silent and not self._waits(now):
            return self._most - len(self._calls)
        return self._most - sum(
            len(calls) - _waited(calls, now)
            for realm, calls in self._under_way.items()
            if not self.is_silent(realm, now)
        )

    def _waits(self, now: datetime) -> bool:
        """Whether any call has waited for a while."""
        for _, began in self._calls.values():
            return began <= now - PATIENCE
        return False

    def next_room(self, now: datetime) -> datetime | None:
        """When the next call stops counting, if none ends before."""
        return min((at + PATIENCE for _, at in self._calls.values() if at > now - PATIENCE), default=None)

    def may_begin(self, realm: Realm, now: datetime) -> bool:
        return self._left(realm, now) > 0

    def look(self, at_once: int, now: datetime) -> Look:
        """Where up to `at_once` calls would begin together."""
        left = self._most - self._to_silent()
        known = [realm for realm in {*self._silent, *self._under_way} if self.is_silent(realm, now)]
        silent = {
            realm: (min(self._tries - self._number(realm), left), self._wait(realm, now)) for realm in known
        }
        crowded = (realm for realm, calls in self._under_way.items() if len(calls) > self._share - at_once)
        return Look(frozenset(realm for realm in crowded if realm not in silent), silent)

    def is_silent(self, realm: Realm, now: datetime) -> bool:
        """Whether it let several calls go without an answer, or lets all of them wait."""
        return self._is_tried(realm) or self._hangs(realm, now)

    # --- what happens ---

    def begin(self, realm: Realm, now: datetime) -> int:
        """A call begins; by its number it ends."""
        call = next(self._numbers)
        self._calls[call] = (realm, now)
        self._under_way.setdefault(realm, {})[call] = now
        return call

    def end(self, call: int) -> None:
        """However it ended."""
        realm, _ = self._calls.pop(call)
        del self._under_way[realm][call]
        if not self._under_way[realm]:
            del self._under_way[realm]
            self._answered.pop(realm, None)

    def heard(self, realm: Realm, error: Exception | None, now: datetime) -> None:
        """How a call to this server ended: a refusal is an answer, too."""
        if answered(error):
            self._silent.pop(realm, None)
            self._answered[realm] = now
        else:
            self._silent.setdefault(realm, _Silence(now)).calls += 1

    # --- counting ---

    def _hangs(self, realm: Realm, now: datetime) -> bool:
        """Whether a call has waited for a while, in which no other was answered either."""
        calls, patience = self._under_way.get(realm), now - PATIENCE
        if not calls or next(iter(calls.values())) > patience:
            return False
        return realm not in self._answered or self._answered[realm] <= patience

    def _left(self, realm: Realm, now: datetime) -> int:
        if not self.is_silent(realm, now):
            return self._share - self._number(realm)
        return min(self._tries - self._number(realm), self._most - self._to_silent())

    def _number(self, realm: Realm) -> int:
        return len(self._under_way.get(realm, ()))

    def _to_silent(self) -> int:
        """Calls that try whether a server is there again."""
        tried = (calls for realm, calls in self._under_way.items() if self._is_tried(realm))
        return sum(min(len(calls), self._tries) for calls in tried)

    def _is_tried(self, realm: Realm) -> bool:
        silence = self._silent.get(realm)
        return silence is not None and silence.calls >= SILENT_AFTER

    def _wait(self, realm: Realm, now: datetime) -> timedelta:
        """The longer it is silent, the longer what is for it waits; as long as its own tries would."""
        silence = self._silent.get(realm)
        silent = (now - silence.since).total_seconds() if silence else 0.0
        return timedelta(seconds=min(max(FIRST_WAIT, silent / 4), LONGEST_WAIT))


def _waited(calls: Mapping[int, datetime], now: datetime) -> int:
    """How many of these, the first to begin first, have waited for a while."""
    return sum(1 for _ in itertools.takewhile(lambda at: at <= now - PATIENCE, calls.values()))


def answered(error: Exception | None) -> bool:
    """Whether the server said anything by which it is known to be there."""
    if isinstance(error, Temporary):
        return error.retry_after is not None
    return error is None or (isinstance(error, AdapterError) and not isinstance(error, Unconfirmed))
