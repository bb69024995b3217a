"""A post as one network can have it: whole, as a thread, or by its beginning with a link to all of it."""

from __future__ import annotations

from dataclasses import replace

import regex

from bridgebot.model import Draft, Limits, Span, changed
from bridgebot.render.fit import beginning, numbered_parts
from bridgebot.render.rich import Rich, joined

SHOWN = 24  # characters of a long address that are shown; its host, where that is longer
_SCHEME = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)
_HOST_ENDS = regex.compile(r"[/?#]")
_URLS = Limits(0)  # what is an address is so for all
_LOOSE = " \t\n.,;:，。、；：…-–—"  # what does not stand well before an ellipsis


def thread(draft: Draft, limits: Limits, *, labels: bool = False) -> tuple[Draft, ...]:
    """A draft as one post, or as the numbered posts of a thread.

    Only the first bears `reply_to`, poll and quote: each further one answers the one before, whose id
    nobody knows yet. The content warning stands on each, and counts as networks count it: with the text.
    With `labels`, where a link may have words of its own, long addresses are shown cut short if that saves
    the post from being cut.
    """
    room = limits.with_warning(draft.warning)
    if (whole := _whole(draft, room, labels=labels)) is not None:
        return (whole,)
    first, *rest = numbered_parts(_rich(draft), room)
    further = replace(draft, reply_to=None, poll=None, quote=None)
    return (_with(draft, first), *(_with(further, part) for part in rest))


def teaser(draft: Draft, limits: Limits, address: str, *, suffix: str = "") -> Draft | None:
    """A draft as one post: its beginning and the address where all of it stands; its last words stay, if they
    are this `suffix`. None where that would leave less than a third of a post for the words.
    """
    room, text = limits.with_warning(draft.warning), _rich(draft)
    behind = f"… {address}"
    if suffix and draft.text.endswith(suffix):
        text, behind = text[: len(text) - len(suffix)], f"{behind} {suffix}"
    left = room.beside(behind)
    if left.max_length * 3 < room.max_length:
        return None
    words = beginning(text, left)
    return _with(draft, words[: len(words.text.rstrip(_LOOSE))] + behind)


def _whole(draft: Draft, room: Limits, *, labels: bool) -> Draft | None:
    """The draft if it is short enough, or can be made so without a word being lost."""
    if room.fits(draft.text):
        return draft
    if not labels or "://" not in draft.text or room.length(_without_urls(draft.text)) > room.max_length:
        return None
    short = shortened(_rich(draft))
    return _with(draft, short) if room.fits(short.text) else None


def _without_urls(text: str) -> str:
    """What would be left if its addresses took no room at all."""
    places = _URLS.urls(text)
    ends = (0, *(end for _, end in places))
    return "".join(text[end:start] for end, (start, _) in zip(ends, (*places, (len(text), 0)), strict=True))


def shortened(text: Rich) -> Rich:
    """The text with its long addresses as links that show their beginning: `example.org/article…`."""
    linked = [span for span in text.spans if span.kind == "link"]
    pieces: list[Rich | str] = []
    at = 0
    for start, end in _URLS.urls(text.text):
        address = text.text[start:end]
        label = _label(address)
        if label is not None and not any(span.start < end and start < span.end for span in linked):
            pieces += [text[at:start], _linked(text[start:end], label, address)]
            at = end
    return joined("", [*pieces, text[at:]])


def _linked(whole: Rich, label: str, address: str) -> Rich:
    """The label in the place of the address, with the emphasis that was on that."""
    around = (changed(span, start=0, end=len(label)) for span in whole.spans)
    return Rich(label, (*around, Span(0, len(label), "link", address)))


def _label(address: str) -> str | None:
    """The beginning of a long address, with all of its host: so nobody is deceived."""
    bare = _SCHEME.sub("", address, count=1)
    most = max(SHOWN, len(_HOST_ENDS.split(bare, maxsplit=1)[0]) + 1)
    return f"{bare[: most - 1]}…" if len(bare) > most else None


def _rich(draft: Draft) -> Rich:
    return Rich(draft.text, draft.spans)


def _with(draft: Draft, text: Rich) -> Draft:
    return replace(draft, text=text.text, spans=text.spans)
