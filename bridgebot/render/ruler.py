"""How long every beginning of a text is, measured once: any stretch is then a subtraction.

To measure stretch after stretch anew would cost the square of a long text's length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bridgebot.model import Limits
from bridgebot.render.whole import Whole
from bridgebot.wording import clusters

_OCTETS = 4  # of a code point in UTF-8, at most


@dataclass(frozen=True, slots=True)
class Ruler:
    """Of one text as one network counts it. It is right but where a cut makes an address into another one, or
    into none: whoever cuts measures the part itself at last.
    """

    size: Sequence[int]  # of the first n code points, in the network's unit
    octets: Sequence[int] | None  # the same in bytes, where they count beside it
    graphemes: Whole  # those that are more than one code point

    @classmethod
    def of(cls, text: str, limits: Limits) -> Ruler:
        joined = clusters(text)
        size = _bent(_size(text, limits, joined), limits.odd(text))
        octets = None
        # Of characters that are one code point each, as many as count are never too many bytes.
        if limits.max_bytes is not None and (joined or limits.max_length * _OCTETS > limits.max_bytes):
            octets = _bent(_octets(text), limits.odd_octets(text))
        return cls(size, octets, Whole.of(joined))

    def reach(self, start: int, limits: Limits) -> int:
        """How far a part from `start` goes, to the edge of a grapheme; within one only if it is longer than
        the part. Always further than `start`.
        """
        end = bisect_right(self.size, self.size[start] + limits.max_length) - 1
        if self.octets is not None and limits.max_bytes is not None:
            end = min(end, bisect_right(self.octets, self.octets[start] + limits.max_bytes) - 1)
        edge = self.edge(end)
        return edge if edge > start else max(end, start + 1)

    def edge(self, at: int) -> int:
        """The last edge of a grapheme that is not behind a place."""
        around = self.graphemes.around(at)
        return at if around is None else around[0]


def _size(text: str, limits: Limits, joined: Sequence[tuple[int, int]]) -> Sequence[int]:
    """By code points, before addresses and names are told from other words."""
    match limits.unit:
        case "utf16" if max(text, default="") > "\uffff":
            return tuple(accumulate((1 + (one > "\uffff") for one in text), initial=0))
        case "bytes":
            return _octets(text)
        case "graphemes":
            return _bent(range(len(text) + 1), ((start, end, 1) for start, end in joined))
    return range(len(text) + 1)


def _octets(text: str) -> Sequence[int]:
    if text.isascii():
        return range(len(text) + 1)
    each = ((1 + (one > "\x7f") + (one > "\u07ff") + (one > "\uffff")) for one in text)
    return tuple(accumulate(each, initial=0))


def _bent(counts: Sequence[int], places: Iterable[tuple[int, int, int]]) -> Sequence[int]:
    """The counts where these stretches (in order and apart) count for so much."""
    made, at, by = list[int](), 0, 0
    for start, end, much in places:
        made += [count + by for count in counts[at : start + 1]]
        before = made[-1]
        made += [before + min(counts[here] - counts[start], much) for here in range(start + 1, end)]
        at, by = end, before + much - counts[end]
    if not at:
        return counts
    return [*made, *(count + by for count in counts[at:])]
