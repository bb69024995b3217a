"""When a rule is taken to carry things round in a circle: pure.

A rule gives each place what it has not got, so that a circle ends by itself; but a bridge that changes what
it carries, each time anew, makes something new of it. Nobody can tell such a circle from somebody who says
much of the same: the rule rests, and its owner is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bridgebot.likeness import WINDOW, Print, near, same, says_enough

Reason = Literal["again", "burst"]

# The same through one rule: what it carries, and beside that what each of two bridges makes of it, is no
# circle yet. Few words must come more often, or within an hour.
SAME, SAME_BRIEFLY = 3, 6
BRIEFLY = timedelta(hours=1)
BURST, NEAR = 10, 5  # so many through one rule within the time, and so many of them much the same
BURST_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Carried:
    """Something that a rule carried, or would have."""

    print: Print
    at: datetime  # when that was queued


def trips(this: Carried, before: Iterable[Carried]) -> Reason | None:
    """Why the rule should rest instead of carrying `this`; None: it may go on."""
    earlier = [one for one in before if this.at - WINDOW <= one.at <= this.at]
    again = [one for one in earlier if same(this.print, one.print)]
    most = SAME if says_enough(this.print) or _within(again, this.at, BRIEFLY) >= SAME else SAME_BRIEFLY
    if this.print.words and len(again) >= most:
        return "again"
    lately = [one for one in earlier if this.at - one.at <= BURST_WITHIN]
    like = [one for one in lately if near(this.print, one.print)]
    return "burst" if len(lately) >= BURST and len(like) >= NEAR else None


def _within(carried: Iterable[Carried], at: datetime, time: timedelta) -> int:
    return sum(at - one.at <= time for one in carried)
