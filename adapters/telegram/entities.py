"""Emphasis: Telegram's entities, counted in UTF-16 units, and spans, counted in code points. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from telegram import MessageEntity

from bridgebot.model import Markup, Span, changed

_MOST: Final = 100  # entities; a message with more is refused
_WEB: Final = re.compile(r"https?://[^\s/?#@:.]+(\.[^\s/?#@:.]+)+\.?(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
_KINDS: Final[dict[str, Markup]] = {
    MessageEntity.BOLD: "bold",
    MessageEntity.ITALIC: "italic",
    MessageEntity.STRIKETHROUGH: "strike",
    MessageEntity.CODE: "code",
    MessageEntity.PRE: "code",
    MessageEntity.SPOILER: "spoiler",
    MessageEntity.TEXT_LINK: "link",
}
_TYPES: Final[dict[Markup, str]] = {
    "bold": MessageEntity.BOLD,
    "italic": MessageEntity.ITALIC,
    "strike": MessageEntity.STRIKETHROUGH,
    "code": MessageEntity.CODE,
    "spoiler": MessageEntity.SPOILER,
    "link": MessageEntity.TEXT_LINK,
}


def spans(text: str, entities: Iterable[MessageEntity]) -> tuple[Span, ...]:
    """The emphasis among the entities of a text; links only to the web."""
    places = units(text)
    return tuple(span for entity in entities if (span := _span(places, entity)) is not None)


def entities(text: str, spans: Iterable[Span]) -> list[MessageEntity]:
    """Spans as Telegram wants them."""
    places, last = units(text), len(text)
    found = []
    for span in spans:
        start, end = max(span.start, 0), min(span.end, last)
        url = span.url if span.kind == "link" else None
        if start >= end or (span.kind == "link" and not _leads(url)):
            continue
        length = places[end] - places[start]
        found.append(MessageEntity(_TYPES[span.kind], places[start], length, url=url))
    return found[:_MOST]


def units(text: str) -> Sequence[int]:
    """How many UTF-16 units stand before each code point, and before the end."""
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):  # most texts
        return range(len(text) + 1)
    return [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]


def stretch(places: Sequence[int], entity: MessageEntity) -> tuple[int, int]:
    """Where an entity stands, in code points: within the text, and never inside of one."""
    last = len(places) - 1
    start = min(max(bisect_right(places, entity.offset) - 1, 0), last)
    end = min(max(bisect_left(places, entity.offset + entity.length), start), last)
    return start, end


def moved(spans: Sequence[Span], cut: tuple[int, int]) -> tuple[Span, ...]:
    """The same spans after the code points of `cut` were taken out of the text."""
    start, end = cut

    def place(position: int) -> int:
        return position if position <= start else max(start, position - (end - start))

    shifted = (changed(span, start=place(span.start), end=place(span.end)) for span in spans)
    return tuple(span for span in shifted if span.start < span.end)


def _span(places: Sequence[int], entity: MessageEntity) -> Span | None:
    kind = _KINDS.get(entity.type)
    start, end = stretch(places, entity)
    if kind is None or start >= end or (kind == "link" and not _leads(entity.url)):
        return None
    return Span(start, end, kind, entity.url if kind == "link" else None)


def _leads(url: str | None) -> bool:
    """One bad link and Telegram refuses the whole message: only plain web addresses."""
    return url is not None and _WEB.fullmatch(url) is not None
