"""A text in as many parts as a network's limit asks for, cut where it hurts least."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import regex

from bridgebot.model import Draft, Limits
from bridgebot.render.plain import MARK, T
from bridgebot.render.rich import Rich

_URL = regex.compile(r"https?://[^\s<>\"'，。！？；：、（）《》「」『』“”\p{Han}]+")
# Where a text may be cut, the best first; each pattern ends where the next part begins.
_CUTS = (
    regex.compile(r"\n[^\S\n]*\n\s*"),  # paragraphs
    regex.compile(r"\n\s*"),  # lines
    regex.compile(r"[。！？…]+[”’」』）\"]*\s*|[.!?…]+[\"'”’)\]]*\s+"),  # sentences
    # Words. Chinese and Japanese have no spaces: there it is any place but before closing marks.
    regex.compile(
        r"\s+|[\p{Han}\p{Hiragana}\p{Katakana}，、；：](?![\p{Pe}\p{Pf}，、；：。！？…\s])", regex.V1
    ),
)
_GRAPHEME = regex.compile(r"\X")


def fit(text: T, limits: Limits, *, numbered: bool = False) -> tuple[T, ...]:
    """`text` in parts that `limits` allow; just the text if it fits. Emphasis goes on behind a cut.

    Cut between paragraphs, else lines, sentences, words, graphemes (UAX #29); an address or a
    grapheme is cut only if it is longer than a whole part. Nothing is lost but white space at the
    cuts. With `numbered` each part ends in ` (1/3)`, which counts.
    """
    if limits.fits(str(text)):
        return (text,)
    if not numbered:
        return tuple(_parts(text, limits))
    digits = 1
    while True:
        reserved = f" ({'9' * digits}/{'9' * digits})"
        parts = list(_parts(text, limits.beside(reserved)))
        if len(str(len(parts))) <= digits:
            return tuple(part + f" ({number}/{len(parts)})" for number, part in enumerate(parts, start=1))
        digits += 1


def thread(draft: Draft, limits: Limits) -> tuple[Draft, ...]:
    """A draft as one post, or as the numbered posts of a thread.

    Only the first bears `reply_to`, poll and quote: each further one answers the one before, whose id
    nobody knows yet. The content warning stands on each, and counts as networks count it: with the text.
    """
    if draft.warning:
        limits = limits.beside(draft.warning, limits.warning_frame)
    if limits.fits(draft.text):
        return (draft,)
    parts = fit(Rich(draft.text, draft.spans), limits, numbered=True)
    first, *rest = parts
    further = replace(draft, reply_to=None, poll=None, quote=None)
    return (
        replace(draft, text=first.text, spans=first.spans),
        *(replace(further, text=part.text, spans=part.spans) for part in rest),
    )


def messages(text: T, limits: Limits, *, foreign: bool = False) -> tuple[T, ...]:
    """What the bot says, in parts that a chat takes.

    With `foreign` (a mirrored post) each part after the first begins with the mark of foreign
    lines, so that a long post cannot put words into the bot's mouth at the cut.
    """
    if not foreign or limits.fits(str(text)):
        return fit(text, limits)
    parts = fit(text, limits.beside(MARK))
    return parts[:1] + tuple(part if str(part).startswith(MARK) else MARK + part for part in parts[1:])


def _parts(text: T, limits: Limits) -> Iterable[T]:
    return (text[start:end] for start, end in _stretches(str(text), limits))


def _stretches(text: str, limits: Limits) -> Iterable[tuple[int, int]]:
    """Where each part begins and ends."""
    cuts = _cuts(text, limits)
    start, last = 0, len(text.rstrip())
    while start < last:
        end = _end(text, start, cuts, limits)
        if part := text[start:end].rstrip():
            yield start, start + len(part)
        start = end + len(text[end:]) - len(text[end:].lstrip())


@dataclass(frozen=True, slots=True)
class _Cut:
    at: int
    rank: int  # 0: between paragraphs; the higher, the worse


def _cuts(text: str, limits: Limits) -> list[_Cut]:
    """Every place where the text may be cut, in order, the end included."""
    addresses = [found.span() for found in _URL.finditer(text) if limits.fits(found.group())]
    inside = {at for start, end in addresses for at in range(start + 1, end)}
    ranks = {found.end(): len(_CUTS) for found in _GRAPHEME.finditer(text)}
    graphemes = set(ranks)
    ranks |= dict.fromkeys(_inside_giants(text, limits), len(_CUTS) + 1)
    for rank in reversed(range(len(_CUTS))):
        ranks |= {at: rank for found in _CUTS[rank].finditer(text) if (at := found.end()) in graphemes}
    return [_Cut(at, ranks[at]) for at in sorted(ranks) if at not in inside]


def _inside_giants(text: str, limits: Limits) -> Iterable[int]:
    """Where a grapheme may be cut that fits nowhere: a letter may bear a thousand accents."""
    for found in _GRAPHEME.finditer(text):
        if found.end() - found.start() > 1 and not limits.fits(found.group()):
            yield from range(found.start() + 1, found.end())


def _end(text: str, start: int, cuts: list[_Cut], limits: Limits) -> int:
    """Where the part that begins at `start` ends: at the best cut that leaves it at least half full."""
    ahead = [cut for cut in cuts if cut.at > start]
    fitting = _fitting(text, start, ahead, limits)
    if len(fitting) == len(ahead):
        return ahead[-1].at
    least = start + (fitting[-1].at - start) // 2
    whole = [cut for cut in fitting if cut.rank < len(_CUTS)]  # cuts that leave words whole
    good = [cut for cut in whole if cut.at > least] or whole or fitting
    return min(reversed(good), key=lambda cut: cut.rank).at


def _fitting(text: str, start: int, ahead: list[_Cut], limits: Limits) -> list[_Cut]:
    """The cuts up to which the text fits; at least one, so that there is always a next part."""
    low, high = 1, len(ahead)
    while low < high:
        middle = (low + high + 1) // 2
        if limits.fits(text[start : ahead[middle - 1].at].rstrip()):
            low = middle
        else:
            high = middle - 1
    return ahead[:low]
