"""The arithmetic of rates: absolute slots (GCRA), without rows and clocks. Pure.

Of each budget one time is kept, `next_at`: when the next call would be due if all came evenly. A call
may go when that time, less a tolerance, has come; it moves the time on by its share. So the state is
one number, it survives a restart, and nothing piles up while nobody calls but the tolerance.
A bucket of tokens that is filled up, by contrast, lets nearly twice the limit into one second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bridgebot.adapter import Rate

CATCH_UP = 20  # of so many slots one may be made good that the house itself missed


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate as times."""

    interval: timedelta  # between two calls (or bytes) that come evenly
    answers: timedelta  # how far ahead of that an answer may come: somebody waits for it
    items: timedelta  # how far ahead a mirrored item may come

    def ready(self, next_at: datetime, now: datetime, *, answer: bool) -> datetime:
        """The slot: when the next call may go."""
        return max(now, next_at - (self.answers if answer else self.items))

    def taken(self, next_at: datetime, slot: datetime, cost: int = 1) -> datetime:
        """`next_at` after a call in this slot."""
        return max(next_at, slot) + self.interval * cost


def furthest(rate: Rate) -> timedelta:
    """No `next_at` lies further ahead than that, unless the clock was set back."""
    speed = pace(rate)
    return speed.answers + speed.interval + timedelta(seconds=rate.seconds if rate.unit == "calls" else 60)


def pace(rate: Rate) -> Pace:
    """In any `seconds` at most `amount`: those that may come at once, and the others evenly.

    A call that is late by the house's own doing is made good only where many come in a short time:
    one of twenty, which puts at most that many more into any `seconds`.
    """
    interval = timedelta(seconds=rate.seconds / (rate.amount - rate.burst + 1))
    late = interval * (rate.amount // CATCH_UP) if rate.burst == 1 else timedelta()
    return Pace(interval, interval * (rate.burst - 1) + late, interval * ((rate.burst - 1) // 2) + late)
