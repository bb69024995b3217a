"""When each timeline is read next, and which may be read now: pure.

A heap, kept as things change: neither a look at it nor a change costs more for many timelines than for
few. A timeline that is due while its server has its share of reads waits aside, so that a server which
does not answer is passed over and costs the others nothing.

Every timeline has a moment of its own in each period, so that all of them are spread evenly: after a start,
after a pause in which nothing was read, and whatever else moved one of them. What has piled up is read
faster than it came, but not all at once.
"""

from __future__ import annotations

import heapq
import itertools
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bridgebot.store.rows import Timeline, replace

Realm = str  # the adapter's name and a server: `mastodon/example.social`
MayBegin = Callable[[Realm, datetime], bool]

FEW = 200  # timelines that are all read soon after a start
SPREAD = timedelta(milliseconds=10)  # between two of one server, where they are few
CATCH_UP = 1.5  # times as fast as usual is read what has piled up
TOGETHER = timedelta(milliseconds=250)  # what becomes due within so long is begun together: cheaper by half
GOLDEN = 0.6180339887498949  # the multiples of this leave no gap in a period, and no two are close
SOON = 0.1  # the part of a period that lies between two reads at least, and that the first may be longer


def moment(id: int, after: datetime, every: float) -> datetime:
    """The first of the timeline's own moments that is not before `after`."""
    return after + timedelta(seconds=(id * GOLDEN % 1.0 * every - after.timestamp()) % every)


def next_read(id: int, now: datetime, every: float) -> datetime:
    """When a timeline that was read now is read again."""
    return moment(id, now + timedelta(seconds=every * SOON), every)


class Schedule:
    """The timelines that are wanted, each as it was committed last."""

    def __init__(self) -> None:
        self.known: dict[int, Timeline] = {}
        self.busy: set[int] = set()
        self.due: dict[int, datetime] = {}  # when each is read next
        self._heap: list[tuple[datetime, int]] = []  # also entries that are true no more
        self._aside: dict[Realm, deque[int]] = {}  # due, but their server has its share
        self._is_aside: set[int] = set()
        self._spacing = _Spacing()

    # --- what is wanted ---

    def start(self, wanted: Iterable[Timeline], now: datetime, pace: float) -> None:
        """Everything that is wanted, each read every `pace` seconds. What is due within that time, or has
        long been, is read at its moment; few are read at once, in their order.
        """
        self.known = {one.id: _lean(one) for one in wanted}
        self._spacing = _Spacing(pace, Counter(one.realm for one in self.known.values()))
        until = now + timedelta(seconds=pace)
        self.due = {one.id: one.due_at for one in self.known.values()}
        soon = sorted(id for id, due in self.due.items() if due <= until)
        if len(soon) <= FEW:
            soon.sort(key=lambda id: self.due[id])
            self.due |= {id: now + place * SPREAD for place, id in enumerate(soon)}
        else:
            self.due |= {id: moment(id, now, pace) for id in soon}
        self._heap = [(due, id) for id, due in self.due.items() if id not in self.busy]
        heapq.heapify(self._heap)

    def put(self, timeline: Timeline) -> None:
        """It is wanted, or is not what it was."""
        self._spacing.count(timeline.realm, 1)
        if (before := self.known.get(timeline.id)) is not None:
            self._spacing.count(before.realm, -1)
        self.known[timeline.id] = _lean(timeline)
        self.put_off(timeline.id, timeline.due_at)

    def keep(self, timeline: Timeline) -> None:
        """What is known of one that is being read; `done` will have it wait its turn."""
        if timeline.id in self.busy:
            self.known[timeline.id] = timeline
            self.due[timeline.id] = timeline.due_at
        else:
            self.put(timeline)

    def put_off(self, id: int, due: datetime) -> None:
        """It is as it was, and read then."""
        if id not in self.known:
            return
        self.due[id] = due
        if id not in self.busy and id not in self._is_aside:
            heapq.heappush(self._heap, (due, id))

    def drop(self, id: int) -> None:
        """Nobody wants it any more."""
        timeline = self.known.pop(id, None)
        if timeline is not None:
            del self.due[id]
            self._spacing.count(timeline.realm, -1)
            self._spacing.turns.discard(id)

    # --- what is read ---

    def pop(self, now: datetime, may_begin: MayBegin) -> Timeline | None:
        """The next that is due and may be read; it is busy from now on."""
        while (due := self.next_due()) is not None and due <= now:
            timeline = self.known[heapq.heappop(self._heap)[1]]
            if not may_begin(of := timeline.realm, now):
                self._aside.setdefault(of, deque()).append(timeline.id)
                self._is_aside.add(timeline.id)
            elif (later := self._spacing.turn(of, timeline.id, now)) > now:
                self.put_off(timeline.id, later)
            else:
                self.busy.add(timeline.id)
                return timeline
        return None

    def done(self, timeline: Timeline) -> bool:
        """Its read has ended, and it waits for its next. Whether another of its server waited for that."""
        self.busy.discard(timeline.id)
        if timeline.id in self.known:
            heapq.heappush(self._heap, (self.due[timeline.id], timeline.id))
        return bool(self._aside) and self._bring_back(timeline.realm)

    def look_again(self) -> None:
        """Of what waits aside, one of each server has another try."""
        for waiting in list(self._aside):
            self._bring_back(waiting)

    @property
    def crowded(self) -> bool:
        """Whether anything waits aside."""
        return bool(self._is_aside)

    def goes_on(self, now: datetime) -> bool:
        """Whether anything is being read, or is to be."""
        due = self.next_due()
        return bool(self.busy) or self.crowded or (due is not None and due <= now)

    def next_due(self) -> datetime | None:
        """When the first becomes due that does not wait aside."""
        while self._heap and not self._is_true(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def soon(self, most: int) -> list[Timeline]:
        """Some of those that are read next; of a heap the first are about the least."""
        aside = itertools.islice(self._is_aside, most)
        ids = [*aside, *(id for _, id in self._heap[:most])]
        return [self.known[id] for id in ids if id in self.known]

    def _is_true(self, due: datetime, id: int) -> bool:
        return self.due.get(id) == due and id not in self.busy and id not in self._is_aside

    def _bring_back(self, waiting: Realm) -> bool:
        """One of what waits for this server is looked at again; its turn at the end if there is more."""
        ids = self._aside.pop(waiting, None)
        if ids is None:
            return False
        id = ids.popleft()
        self._is_aside.discard(id)
        if id in self.known:
            heapq.heappush(self._heap, (self.due[id], id))
        if ids:
            self._aside[waiting] = ids
        return True


class _Spacing:
    """Keeps what has piled up for a server from being read all at once: each is given a turn, once."""

    def __init__(self, pace: float = 60.0, number: Counter[Realm] | None = None) -> None:
        self._pace = pace
        self._number = Counter[Realm]() if number is None else number
        self._next: dict[Realm, datetime] = {}  # when the next would be read if all were late
        self.turns: set[int] = set()  # those that were put off until theirs

    def count(self, of: Realm, more: int) -> None:
        self._number[of] += more
        if self._number[of] <= 0:
            del self._number[of]
            self._next.pop(of, None)

    def turn(self, of: Realm, id: int, now: datetime) -> datetime:
        """When it may be read: now, or when its turn is."""
        if id in self.turns:
            self.turns.discard(id)
            return now
        usual = timedelta(seconds=self._pace / CATCH_UP / max(self._number[of], 1))
        at = max(self._next.get(of, now), now)
        self._next[of] = at + min(usual, SPREAD)
        if at <= now + TOGETHER:
            return now
        self.turns.add(id)
        return at - TOGETHER


def changed(known: Mapping[int, Timeline], timeline: Timeline, **values: object) -> Timeline | None:
    """What is known of a timeline, with these values; None where nobody wants it any more."""
    now = known.get(timeline.id)
    return None if now is None else replace(now, **values)


def _lean(timeline: Timeline) -> Timeline:
    """The words that thousands of them share are kept once."""
    adapter, server, kind = (sys.intern(word) for word in (timeline.adapter, timeline.server, timeline.kind))
    host = sys.intern(timeline.host) if timeline.host else None
    return replace(timeline, adapter=adapter, server=server, kind=kind, host=host)
