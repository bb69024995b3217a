"""When each timeline is read next, and which may be read now: pure.

A heap, kept as things change: neither a look at it nor a change costs more for many timelines than for
few. A timeline that is due while its server has its share of reads waits aside, so that a server which
does not answer is passed over and costs the others nothing.
"""

from __future__ import annotations

import heapq
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bridgebot.store.rows import Timeline

Realm = str  # the adapter's name and a server: `mastodon/example.social`
MayBegin = Callable[[Realm], bool]

SPREAD = timedelta(milliseconds=10)  # between two at the start, where they are few


def realm(timeline: Timeline) -> Realm:
    """What it is read of, as `traffic` counts calls."""
    return f"{timeline.adapter}/{timeline.server}"


class Schedule:
    """The timelines that are wanted, each as it was committed last."""

    def __init__(self) -> None:
        self.known: dict[int, Timeline] = {}
        self.busy: set[int] = set()
        self._heap: list[tuple[datetime, int]] = []  # also entries that are true no more
        self._aside: dict[Realm, deque[int]] = {}  # due, but their server has its share
        self._is_aside: set[int] = set()

    # --- what is wanted ---

    def start(self, wanted: Iterable[Timeline], now: datetime, pace: float) -> None:
        """Everything that is wanted. What is due within `pace` seconds, or has long been, is read in its
        order, but evenly: no server meets all of it in one second.
        """
        self.known = {one.id: _lean(one) for one in wanted}
        until = now + timedelta(seconds=pace)
        soon = sorted((one.due_at, one.id) for one in self.known.values() if one.due_at <= until)
        step = min(SPREAD, timedelta(seconds=pace) / max(len(soon), 1))
        for place, (_, id) in enumerate(soon):
            self.known[id] = replace(self.known[id], due_at=now + place * step)
        self._heap = [(one.due_at, one.id) for one in self.known.values() if one.id not in self.busy]
        heapq.heapify(self._heap)

    def put(self, timeline: Timeline) -> None:
        """It is wanted, or is not what it was."""
        self.known[timeline.id] = _lean(timeline)
        if timeline.id not in self.busy and timeline.id not in self._is_aside:
            heapq.heappush(self._heap, (timeline.due_at, timeline.id))

    def keep(self, timeline: Timeline) -> None:
        """What is known of one that is being read; `done` will have it wait its turn."""
        if timeline.id in self.busy:
            self.known[timeline.id] = timeline
        else:
            self.put(timeline)

    def drop(self, id: int) -> None:
        """Nobody wants it any more."""
        self.known.pop(id, None)

    # --- what is read ---

    def pop(self, now: datetime, may_begin: MayBegin) -> Timeline | None:
        """The next that is due and may be read; it is busy from now on."""
        while (due := self.next_due()) is not None and due <= now:
            timeline = self.known[heapq.heappop(self._heap)[1]]
            if may_begin(realm(timeline)):
                self.busy.add(timeline.id)
                return timeline
            self._aside.setdefault(realm(timeline), deque()).append(timeline.id)
            self._is_aside.add(timeline.id)
        return None

    def done(self, timeline: Timeline) -> None:
        """Its read has ended, and what is known of it says when the next is due."""
        self.busy.discard(timeline.id)
        if (known := self.known.get(timeline.id)) is not None:
            heapq.heappush(self._heap, (known.due_at, known.id))
        self._bring_back(realm(timeline))

    def look_again(self) -> None:
        """Of what waits aside, one of each server has another try."""
        for waiting in list(self._aside):
            self._bring_back(waiting)

    @property
    def crowded(self) -> bool:
        """Whether anything waits aside."""
        return bool(self._is_aside)

    def next_due(self) -> datetime | None:
        """When the first becomes due that does not wait aside."""
        while self._heap and not self._is_true(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def _is_true(self, due: datetime, id: int) -> bool:
        known = self.known.get(id)
        return known is not None and known.due_at == due and id not in self.busy and id not in self._is_aside

    def _bring_back(self, waiting: Realm) -> None:
        """One of what waits for this server is looked at again; its turn at the end if there is more."""
        ids = self._aside.pop(waiting, None)
        if ids is None:
            return
        id = ids.popleft()
        self._is_aside.discard(id)
        if id in self.known:
            heapq.heappush(self._heap, (self.known[id].due_at, id))
        if ids:
            self._aside[waiting] = ids


def changed(known: Mapping[int, Timeline], timeline: Timeline, **values: object) -> Timeline | None:
    """What is known of a timeline, with these values; None where nobody wants it any more."""
    now = known.get(timeline.id)
    return None if now is None else replace(now, **values)  # type: ignore[arg-type]


def _lean(timeline: Timeline) -> Timeline:
    """The words that thousands of them share are kept once."""
    adapter, server, kind = (sys.intern(word) for word in (timeline.adapter, timeline.server, timeline.kind))
    return replace(timeline, adapter=adapter, server=server, kind=kind)
