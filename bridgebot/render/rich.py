"""A text with emphasis, and what can be done to it so that each span stays where it belongs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final
from urllib.parse import unquote

import regex

from bridgebot.model import Markup, Span, changed, parts

COVER: Final = "▒▒▒"  # stands for hidden words; always as long, whatever is behind it

# What a link may lead to. Nothing that cannot be seen: an address is also shown as text.
_ADDRESS = regex.compile(r"https?://[^\s\p{C}\\]+", regex.IGNORECASE)
_NAME_OR_TAG = regex.compile(r"[@#]([^\s@]+)(?:@\S+)?")


@dataclass(frozen=True, slots=True)
class Rich:
    """Immutable. Spans lie within the text, none is empty, those of one kind neither touch nor overlap,
    no link stands in another, and links lead to http(s) only: what networks send is brought into that form.
    """

    text: str
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        if self.spans:
            object.__setattr__(self, "spans", _normal(self.spans, len(self.text)))

    @classmethod
    def read(cls, text: str, stored: Iterable[Sequence[Any]] | None) -> Rich:
        """With spans as `stored` wrote them."""
        return cls(text, tuple(Span(*span) for span in stored or ()))

    def stored(self) -> list[list[Any]]:
        """The spans as plain JSON."""
        return [list(parts(span)) for span in self.spans]

    def __str__(self) -> str:
        return self.text

    def __len__(self) -> int:
        return len(self.text)

    # --- as of any text ---

    def __add__(self, other: Rich | str) -> Rich:
        return joined("", (self, other))

    def __radd__(self, other: str) -> Rich:
        return joined("", (other, self))

    def __getitem__(self, part: slice) -> Rich:
        """A stretch, by steps of one; a span that is cut goes on in both parts."""
        start, end, _ = part.indices(len(self.text))
        there = (span for span in self.spans if span.start < end and span.end > start)
        return Rich(self.text[start:end], tuple(_moved(span, -start) for span in there))

    def strip(self, characters: str | None = None) -> Rich:
        start, end = len(self.text) - len(self.text.lstrip(characters)), len(self.text.rstrip(characters))
        return self if not start and end == len(self.text) else self[start:end]

    def split(self, separator: str) -> list[Rich]:
        texts = self.text.split(separator)
        if not self.spans:
            return [Rich(text) for text in texts]
        starts = list(accumulate((len(text) + len(separator) for text in texts[:-1]), initial=0))
        spans: list[list[Span]] = [[] for _ in texts]
        for span in self.spans:
            for part in range(bisect_right(starts, span.start) - 1, bisect_left(starts, span.end)):
                spans[part].append(_moved(span, -starts[part]))
        return [Rich(text, tuple(own)) for text, own in zip(texts, spans, strict=True)]

    def sub(self, pattern: regex.Pattern[str], new: str) -> Rich:
        """`new`, to the letter, in the place of every match; emphasis around one covers what replaces it."""
        return self.rewritten((*found.span(), new) for found in pattern.finditer(self.text))

    def rewritten(self, stretches: Iterable[tuple[int, int, str]]) -> Rich:
        """Other words in the place of these stretches, which are in order and apart."""
        return self._edited(list(stretches))

    def tail(self, text: str) -> Rich:
        """The last place where `text` stands in this one: what a command leaves of what was typed."""
        at = self.text.rfind(text)
        return Rich(text) if at < 0 else self[at : at + len(text)]

    # --- emphasis ---

    def under(self, kind: Markup) -> Rich:
        """All of it set apart as `kind`."""
        return Rich(self.text, (*self.spans, Span(0, len(self.text), kind)))

    def has(self, kind: Markup) -> bool:
        return any(span.kind == kind for span in self.spans)

    def only(self, kinds: Collection[Markup]) -> Rich:
        """For a place that knows these kinds: a link becomes `label (address)`, the others plain words.

        That opens what a spoiler hides: see to it before, by `covered` or a warning.
        """
        if not self.spans:
            return self
        rich = self if "link" in kinds else self.spelled(self.spans)
        return Rich(rich.text, tuple(span for span in rich.spans if span.kind in kinds))

    def spelled(self, links: Iterable[Span]) -> Rich:
        """These links taken away, and their addresses behind their labels, unless the label says it all."""
        gone = {span for span in links if span.kind == "link"}
        if not gone:
            return self
        behind: dict[int, str] = {}
        for span in sorted(gone, key=lambda span: span.end):
            label = self.text[span.start : span.end].strip()
            if label != span.url and not _says_where(label, span.url or ""):
                behind[span.end] = f"{behind.get(span.end, '')} ({span.url})"
        kept = Rich(self.text, tuple(span for span in self.spans if span not in gone))
        return kept._edited([(at, at, address) for at, address in behind.items()])

    def covered(self) -> Rich:
        """For a place that cannot hide words: nothing of what spoilers hide is left."""
        hidden = [span for span in self.spans if span.kind == "spoiler"]
        if not hidden:
            return self
        starts = [span.start for span in hidden]

        def inside(span: Span) -> bool:
            before = bisect_right(starts, span.start)
            return before > 0 and span.end <= hidden[before - 1].end

        bare = Rich(self.text, tuple(span for span in self.spans if not inside(span)))
        return bare._edited([(span.start, span.end, COVER) for span in hidden])

    def _edited(self, edits: Sequence[tuple[int, int, str]]) -> Rich:
        """The text with other words in these stretches, which are in order and apart."""
        if not edits:
            return self
        pieces, at = [], 0
        for start, end, new in edits:
            pieces += [self.text[at:start], new]
            at = end
        places = _Places(edits)
        spans = tuple(
            changed(span, start=places.start(span.start), end=places.end(span)) for span in self.spans
        )
        return Rich("".join([*pieces, self.text[at:]]), spans)


def joined(separator: str, parts: Iterable[Rich | str]) -> Rich:
    """The parts as one text, their spans where their words now stand."""
    texts: list[str] = []
    spans: list[Span] = []
    at = 0
    for part in parts:
        text = part.text if isinstance(part, Rich) else part
        if isinstance(part, Rich) and part.spans:
            spans += [_moved(span, at) for span in part.spans]
        texts.append(text)
        at += len(text) + len(separator)
    return Rich(separator.join(texts), tuple(spans))


class _Places:
    """Where the places of a text are after edits of it."""

    def __init__(self, edits: Sequence[tuple[int, int, str]]) -> None:
        self._edits = edits
        self._ends = [end for _, end, _ in edits]
        self._growth = [0, *accumulate(len(new) - (end - start) for start, end, new in edits)]

    def start(self, at: int) -> int:
        """Of a span that begins there: behind what is put in at its very beginning."""
        return self._place(at, bisect_right(self._ends, at))

    def end(self, span: Span) -> int:
        """Before what is put in at its very end, but for spoilers: they hide a link's address, too."""
        done = bisect_right(self._ends, span.end)
        last = self._edits[done - 1] if done else None
        outside = last is not None and last[0] == last[1] == span.end and span.kind != "spoiler"
        return self._place(span.end, done - 1 if outside else done)

    def _place(self, at: int, done: int) -> int:
        """After the first `done` edits; within the next one no further than that is long now."""
        if done < len(self._edits):
            start, end, new = self._edits[done]
            if start < at < end:
                at = start + min(at - start, len(new))
        return at + self._growth[done]


def _says_where(label: str, url: str) -> bool:
    """Whether it is a name or a tag that links to itself, as networks have it: `@lin`, `#stones`."""
    found = _NAME_OR_TAG.fullmatch(label)
    last = regex.split("[/@#=]", unquote(url).rstrip("/"))[-1]
    return found is not None and last.casefold() == found[1].casefold()


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.kind, span.url)


def _normal(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    merged: list[Span] = []
    last: dict[Markup, int] = {}  # the index of the latest of each kind
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(span.start, 0), min(span.end, length)
        url = span.url if span.kind == "link" else None
        if start >= end or (span.kind == "link" and not _ADDRESS.fullmatch(url or "")):
            continue
        before = merged[last[span.kind]] if span.kind in last else None
        if before is not None and before.url == url and before.end >= start:
            merged[last[span.kind]] = changed(before, end=max(before.end, end))
        elif before is None or before.end <= start or span.kind != "link":
            last[span.kind] = len(merged)
            merged.append(Span(start, end, span.kind, url))
    return tuple(sorted(merged, key=lambda span: (span.start, span.end, span.kind)))
