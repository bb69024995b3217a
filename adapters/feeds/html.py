"""From the HTML of an entry to a text with spans.

nh3 (ammonia) makes any input well-formed and takes out what acts. What it writes has one form only, so one
pattern reads it. Blogs write whole pages: headings, lists, tables, figures; pictures are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

import nh3

from adapters.feeds.addresses import absolute
from adapters.feeds.entities import Text
from adapters.feeds.media import LONGEST_ALT
from bridgebot.model import Attachment, Markup, Span

MOST = 64 * 1024  # characters that are read: what is shown is the beginning, and nesting is costly
DEEPEST = 4  # quotes in quotes
LONGEST_LINE = 300  # characters of a title or a name
PICTURES = 4  # of an entry

_KINDS: dict[str, Markup] = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    **dict.fromkeys(("i", "em", "cite"), "italic"),
    **dict.fromkeys(("del", "s", "strike"), "strike"),
    **dict.fromkeys(("code", "pre", "kbd"), "code"),
    "a": "link",
}
# Line breaks around an element.
_GAPS = {
    **dict.fromkeys(("p", "pre", "blockquote", "ul", "ol", "table", "figure", "hr", "section", "article"), 2),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "dl", "header", "footer", "aside"), 2),
    **dict.fromkeys(("div", "li", "tr", "dt", "dd", "figcaption", "summary", "details"), 1),
}
_VOID = frozenset({"br", "hr", "img"})
_TAGS = {*_KINDS, *_GAPS, *_VOID, "td", "th"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    clean_content_tags={"script", "style", "iframe", "object", "form", "title", "svg", "math", "template"},
    url_schemes={"http", "https"},
    link_rel=None,
)
# As nh3 writes it (the HTML standard's "serializing HTML fragments").
_TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_VALUE = re.compile(r' ([a-z-]+)="([^"]*)"')
_WHITE = re.compile(r"[ \t\r\n\f]+")
# What a plain text never has, and an escaped one does: feeds often do not say which they are.
_MARKUP = re.compile(r"</?(?:a|b|i|em|strong|p|br|span|code|div|sup|sub|s|u|img)\b[^<>]*>", re.I)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,6}|amp|lt|gt|quot|apos|nbsp|[mn]dash|hellip|[lr][sd]quo);")


@dataclass(frozen=True, slots=True)
class Read:
    """What stood in a piece of HTML."""

    text: Text
    pictures: tuple[Attachment, ...] = ()


@dataclass(slots=True)
class _Open:
    tag: str
    start: int  # in the text
    href: str = ""
    number: int = 0  # of an `ol`: of its last item


def read(html: str, base: str) -> Read:
    """The text of some HTML; links in it are seen from `base`."""
    writer = _Writer(base)
    for closing, tag, given, data in _TOKEN.findall(_CLEANER.clean(html[:MOST])):
        if data:
            writer.data(unescape(data))
        elif closing:
            writer.end(tag)
        else:
            writer.start(tag, {name: unescape(value) for name, value in _VALUE.findall(given)})
    return writer.result()


def line(words: str, *, html: bool = False) -> str:
    """Plain words on one line; markup is taken out where there is some, said or not."""
    if html or _MARKUP.search(words) or _ENTITY.search(words):
        words = read(words, "").text.text
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_LINE else f"{words[:LONGEST_LINE].rstrip()}…"


def looks_marked_up(words: str) -> bool:
    """Whether a text that claims to be plain is HTML."""
    return _MARKUP.search(words) is not None


@dataclass(slots=True)
class _Writer:
    """Writes the text down as the elements come; the input is well-formed."""

    base: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    gap: int = 0  # line breaks that come before the next text
    space: bool = False  # a space comes before the next text
    fresh: bool = True  # at the beginning of a line or behind a bullet: no space and no gap is due
    open: list[_Open] = field(default_factory=list)
    quotes: int = 0
    quoted: int = 0  # the same, of the line before
    preserved: int = 0
    spans: list[Span] = field(default_factory=list)
    pictures: list[Attachment] = field(default_factory=list)

    def result(self) -> Read:
        text = "".join(self.pieces).rstrip()
        return Read(clipped(Text(text, tuple(self.spans)), len(text)), tuple(self.pictures))

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self.gap = min(self.gap + 1, 2)
            return
        self._leave_room(tag)
        if tag == "img":
            self._picture(values)
        if tag in _VOID:
            return
        self._around(tag, 1)
        if tag in _KINDS:
            self._flush()  # a gap before it is no part of it
        self.open.append(_Open(tag, self.length, values.get("href", "")))
        if tag == "li":
            self._bullet()

    def end(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            return
        element = self.open.pop()
        self._mark(element)
        self._around(tag, -1)
        self._leave_room(tag)

    def data(self, words: str) -> None:
        if self.preserved:
            self._flush()
            self._put(words)
            return
        words = _WHITE.sub(" ", words)
        if words.startswith(" "):
            self.space = True
        if words.strip(" "):
            self._flush()
            self._put(words.strip(" "))
            self.space = words.endswith(" ")

    def _leave_room(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.space = True
        if not self.fresh:
            inside = any(one.tag == "li" for one in self.open)
            gap = _GAPS.get(tag, 0)
            self.gap = max(self.gap, min(gap, 1) if inside else gap)

    def _around(self, tag: str, more: int) -> None:
        self.quotes += more * (tag == "blockquote")
        self.preserved += more * (tag == "pre")

    def _bullet(self) -> None:
        self._flush()
        around = self.open[-2] if len(self.open) > 1 else None
        if around is not None and around.tag == "ol":
            around.number += 1
            self._put(f"{around.number}. ")
        else:
            self._put("• ")
        self.fresh = True

    def _mark(self, element: _Open) -> None:
        kind = _KINDS.get(element.tag)
        if kind is None or element.start >= self.length:
            return
        if kind != "link":
            self.spans.append(Span(element.start, self.length, kind))
        elif (url := absolute(self.base, element.href) if element.href else None) is not None:
            self.spans.append(Span(element.start, self.length, "link", url))

    def _picture(self, values: dict[str, str]) -> None:
        url = absolute(self.base, values.get("src", "")) if values.get("src") else None
        if url is not None and len(self.pictures) < PICTURES:
            alt = " ".join(values.get("alt", "").split())[:LONGEST_ALT]
            self.pictures.append(Attachment("image", url, alt))

    def _flush(self) -> None:
        """The line breaks and the space that are due."""
        mark, between = (
            ("> " * min(level, DEEPEST)) for level in (self.quotes, min(self.quotes, self.quoted))
        )
        if self.gap and self.length:
            self._put(f"\n{between.rstrip()}" * (self.gap - 1) + f"\n{mark}")
        elif not self.length and mark:
            self._put(mark)
        elif self.space and not self.fresh:
            self._put(" ")
        self.gap, self.space, self.quoted = 0, False, self.quotes

    def _put(self, words: str) -> None:
        self.pieces.append(words)
        self.length += len(words)
        self.fresh = False


def clipped(text: Text, length: int) -> Text:
    """The spans that lie within so many characters of the text, in their order."""
    return Text(text.text[:length], tuple(_within(text.spans, length)))


def _within(spans: Iterable[Span], length: int) -> list[Span]:
    kept = [Span(one.start, min(one.end, length), one.kind, one.url) for one in spans if one.start < length]
    return sorted(kept, key=lambda one: (one.start, -one.end))
