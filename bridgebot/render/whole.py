"""What in a text is never cut in two: addresses, names, tags, and the words of a link."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from bridgebot.model import Limits
from bridgebot.render.rich import Rich

# Wider than what any network takes for one: what is kept whole without need does no harm.
_PIECE = regex.compile(
    r"https?://[^\s<>\"'，。！？；：、（）《》「」『』“”\p{Han}]+"
    r"|[@＠]\u2060?[a-z0-9_]++(?:[.-]++[a-z0-9_]++)*+(?:@\u2060?[\p{L}\p{N}]++(?:[.-]++[\p{L}\p{N}]++)*+)?"
    r"|[#＃][\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_·・-]*+",
    regex.IGNORECASE,
)
_MARKS = ("://", "@", "＠", "#", "＃")  # one of these is in each
_WORDS = regex.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Whole:
    """Stretches of a text, in order and apart."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @classmethod
    def of(cls, stretches: Sequence[tuple[int, int]]) -> Whole:
        return cls(*zip(*stretches, strict=True)) if stretches else cls()

    def around(self, at: int) -> tuple[int, int] | None:
        """The stretch that a cut there would cut."""
        before = bisect_left(self.starts, at) - 1
        if before < 0 or self.ends[before] <= at:
            return None
        return self.starts[before], self.ends[before]


def pieces(text: str | Rich, limits: Limits) -> list[tuple[int, int]]:
    """What should not be cut, in order; one may lie over another."""
    words, found = str(text), list[tuple[int, int]]()
    if any(mark in words for mark in _MARKS):
        found += [one.span() for one in _PIECE.finditer(words)]
        found += limits.urls(words)
    if isinstance(text, Rich):
        for span in text.spans:
            if span.kind == "link":  # it may go on behind white space, as words do
                found += [one.span() for one in _WORDS.finditer(words, span.start, span.end)]
    return sorted(found)


def whole(words: str, pieces: Iterable[tuple[int, int]], limits: Limits) -> Whole:
    """Those that are not cut where a part may be as long as `limits` say: the others must be."""
    apart: list[tuple[int, int]] = []
    for start, end in pieces:
        if apart and start >= apart[-1][0] and end <= apart[-1][1]:
            continue
        if not limits.fits(words[start:end]):
            continue
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], end)
        else:
            apart.append((start, end))
    return Whole.of(apart)
