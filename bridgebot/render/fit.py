"""A text in as many parts as a network's limit asks for, cut where it hurts least."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

from bridgebot.model import Limits
from bridgebot.render.plain import MARK, T
from bridgebot.render.ruler import Ruler
from bridgebot.render.whole import Whole, pieces, whole

# Each takes all that goes together at once: so a thousand of a kind are not looked at a million times.
_PARAGRAPH = regex.compile(r"\n[^\S\n]*+\n\s*+")
_CLOSED = r"[”’」』）\"')\]]*+"
# Where a word ends. Chinese and Japanese have no spaces: there it is any place, but not before a closing mark
# or what goes with the character before it, and not behind an opening mark or a number.
_WIDE = r"\p{Han}\p{Hiragana}\p{Katakana}"
_SENTENCE = regex.compile(
    rf"(?<![。！？….!?])(?:[….!?]*+[。！？][。！？….!?]*+{_CLOSED}|…++{_CLOSED}(?=[{_WIDE}])|[.!?…]++{_CLOSED}(?=\s))"
)
_CLOSING = r"\p{Pe}\p{Pf}，、；：。！？…\s.,!?:;%々〻ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ～"
_WORD = regex.compile(
    rf"(?<=\S)(?=\s)|(?<=[{_WIDE}，、；：])(?![{_CLOSING}])"
    rf"|(?<![\p{{Ps}}\p{{Pi}}\p{{N}}\p{{S}}\s@＠#＃])(?=[{_WIDE}])(?![{_CLOSING}])"
)
# White space, but none that bears an accent: that is a character.
_SPACES = regex.compile(r"(?:[\s\x1c-\x1f](?![\p{GCB=EX}\p{GCB=SM}\p{GCB=ZWJ}]))*+")

THREAD, TEASER = 2, 5  # the best place is looked for in this last part of a text first: its half, its fifth


def fit(text: T, limits: Limits, *, numbered: bool = False) -> tuple[T, ...]:
    """`text` in parts that `limits` allow; just the text if it fits. Emphasis goes on behind a cut.

    Cut between paragraphs, else lines, sentences, words, graphemes (UAX #29); an address, a name, a tag or a
    grapheme is cut only if it is longer than a whole part. Nothing is lost but white space at the cuts. With
    `numbered` each part ends in ` (1/3)`, which counts.
    """
    if limits.fits(str(text)):
        return (text,)
    return numbered_parts(text, limits) if numbered else parts(text, limits)


def parts(text: T, limits: Limits) -> tuple[T, ...]:
    """A text that is too long for one, cut."""
    return tuple(text[start:end] for start, end in _Cutter(text, limits).parts()) or (text[:0],)


def numbered_parts(text: T, limits: Limits) -> tuple[T, ...]:
    """The same, each part with its counter."""
    cutter, digits = _Cutter(text, limits), 1
    while True:
        found = list(islice(cutter.parts("9" * digits), 10**digits))
        if len(found) < 10**digits:
            total = len(found)
            return tuple(text[a:b] + counter(n, total) for n, (a, b) in enumerate(found, 1)) or (text[:0],)
        digits += 1


def counter(number: int | str, total: int | str) -> str:
    """What stands behind a part of a thread."""
    return f" ({number}/{total})"


def beginning(text: T, limits: Limits) -> T:
    """As much of a text as `limits` allow, cut as parts are."""
    start, end = next(_Cutter(text, limits, least=TEASER).parts(), (0, 0))
    return text[start:end]


def messages(text: T, limits: Limits, *, foreign: bool = False) -> tuple[T, ...]:
    """What the bot says, in parts that a chat takes.

    With `foreign` (a mirrored post) each part after the first begins with the mark of foreign
    lines, so that a long post cannot put words into the bot's mouth at the cut.
    """
    if not foreign or limits.fits(str(text)):
        return fit(text, limits)
    first, *rest = fit(text, limits.beside(MARK))
    return (first, *(part if str(part).startswith(MARK) else MARK + part for part in rest))


class _Cutter:
    """Cuts one text into parts. In the last `1/least` of a part any good place goes before a better one."""

    def __init__(self, text: T, limits: Limits, *, least: int = THREAD) -> None:
        self._text = str(text)
        self._limits = limits
        self._least = least
        self._ruler = Ruler.of(self._text, limits)
        self._pieces = pieces(text, limits)
        self._whole = Whole()
        self._rooms: dict[int, Limits] = {}

    def parts(self, total: str = "") -> Iterator[tuple[int, int]]:
        """Where each part begins and ends; with `total` parts to be numbered, in room for that."""
        self._whole = whole(self._text, self._pieces, self._room(total, total))
        start, number, last = 0, 1, len(self._text.rstrip())
        while start < last:
            end = self._end(start, last, self._room(number, total))
            if part := self._text[start:end].rstrip():
                yield start, start + len(part)
                number += 1
            start = self._behind_space(end)

    def _room(self, number: int | str, total: str) -> Limits:
        """What is left beside a counter; those of one width leave the same."""
        behind = counter(number, total) if total else ""
        room = self._rooms.get(len(behind))
        if room is None:
            room = self._rooms[len(behind)] = self._limits.beside(behind)
        return room

    def _end(self, start: int, last: int, limits: Limits) -> int:
        """Where the part that begins at `start` ends."""
        reach = self._ruler.reach(start, limits)
        while True:
            end = last if reach >= last else self._cut(start, reach)
            # A cut may make an address of what was none before: it is measured as it will be sent.
            if end - start <= 1 or limits.fits(self._text[start:end].rstrip()):
                return end
            reach = self._ruler.edge(end - 1)
            if reach <= start:
                return end

    def _cut(self, start: int, reach: int) -> int:
        """The best place up to `reach`; one that leaves the part well filled goes before a better one."""
        least = start + (reach - start) * (self._least - 1) // self._least
        for low, high in ((least, reach), (start, least)):
            for rank in (self._paragraph, self._line, self._sentence, self._word):
                if (at := rank(start, low, high)) is not None:
                    return at
        around = self._whole.around(reach)
        return around[0] if around is not None and around[0] > start else reach

    # Each gives the last such place behind `start` that leaves more than up to `low`, and no more than up to
    # `high`: it is the end of what is said, before the white space that follows.

    def _paragraph(self, start: int, low: int, high: int) -> int | None:
        found = _PARAGRAPH.finditer(self._text, low, self._behind_space(high))
        return self._last((self._words_end(one.start(), start) for one in found), start, high)

    def _line(self, start: int, low: int, high: int) -> int | None:
        at = self._text.rfind("\n", low, self._behind_space(high))
        return self._last(iter((self._words_end(at, start),)), start, high) if at >= 0 else None

    def _sentence(self, _: int, low: int, high: int) -> int | None:
        found = _SENTENCE.finditer(self._text, low, min(high + 1, len(self._text)))
        return self._last((one.end() for one in found), low, high)

    def _word(self, _: int, low: int, high: int) -> int | None:
        for at in range(high, low, -1):
            if _WORD.match(self._text, at) and self._may_cut(at):
                return at
        return None

    def _last(self, places: Iterator[int], low: int, high: int) -> int | None:
        good = [at for at in places if low < at <= high and self._may_cut(at)]
        return good[-1] if good else None

    def _may_cut(self, at: int) -> bool:
        return self._ruler.edge(at) == at and self._whole.around(at) is None

    def _behind_space(self, at: int) -> int:
        if at < len(self._text) and not self._text[at].isspace():
            return at
        return int(_SPACES.match(self._text, at).end())  # it matches nothing as well

    def _words_end(self, at: int, start: int) -> int:
        while at > start and self._text[at - 1].isspace():
            at -= 1
        return at
