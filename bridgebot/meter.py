"""What the house counts while it works. Here nothing is counted yet: `metrics` is what does.

Adapters' names and the words below are all that a label may hold: never who, where to, or what.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Meter:
    """Told what happened; this one forgets it at once."""

    def received(self, adapter: str, kind: str, result: str) -> None:
        """A thing came in from a chat network: `accepted`, `repeated` or `failed`."""

    def delivered(self, adapter: str, action: str, result: str, seconds: float) -> None:
        """An attempt at a delivery ended, so long after it was queued: `sent`, `failed`, `held`,
        `retried`, `parked`, `unconfirmed` or `withheld`. `action` is `post`, `item` or `other`.
        """

    def withheld(self, reason: str) -> None:
        """A rule did not carry a post on: `echo`, `there`, `far`, `circle` (it rests now) or `resting`."""

    def limited(self, adapter: str) -> None:
        """A network asked for patience."""

    def read(self, adapter: str, seconds: float) -> None:
        """A post was met in a timeline, so long after it was written."""

    def carried(self, adapter: str, way: str, size: int) -> None:
        """So many bytes of a file came from a chat or an address (`in`) or were handed on (`out`)."""

    def reconnected(self, adapter: str) -> None:
        """An adapter's `run` is begun again."""

    def requested(self, adapter: str, status: str) -> None:
        """An HTTP request of an adapter ended: by `2xx` … `5xx`, `429`, `refused` or `error`."""


class Spread:
    """How durations are spread over limits; one thread writes, others may look."""

    def __init__(self, limits: Sequence[float]) -> None:
        self.limits = tuple(limits)
        self.counts = [0] * (len(self.limits) + 1)
        self.sum = 0.0

    def note(self, seconds: float) -> None:
        self.counts[bisect_left(self.limits, seconds)] += 1
        self.sum += seconds
