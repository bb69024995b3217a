"""From the HTML of a post to a text with spans.

nh3 (ammonia) makes any input well-formed and takes out what does not belong into a post. What it
writes has one form only, so one pattern reads it, eight times as fast as the parser of the standard
library. Servers write what people typed as paragraphs, breaks and links; some (GoToSocial, Pleroma,
Akkoma) also lists, quotes, code and emphasis. Most posts are so regular that they need no cleaning:
`tidy` makes the same of those in a tenth of the time.
"""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from adapters.mastodon import tidy
from adapters.mastodon.marks import KINDS, Text, said
from bridgebot.model import Span

MOST = 64 * 1024  # characters that are read: nobody's post is longer, and nesting is costly
DEEPEST = 5  # quotes in quotes
_BLOCKS = frozenset({"p", "pre", "blockquote", "ul", "ol", "div", "h1", "h2", "h3", "h4", "h5", "h6"})
_TAGS = _BLOCKS | {"br", "a", "span", "li", "b", "strong", "i", "em", "u", "del", "s", "strike", "code"}
_ATTRIBUTES = {"a": {"href", "class"}, "p": {"class"}, "span": {"class"}}
_COUNTED = frozenset({"pre", "li", "blockquote"})  # what is asked of what stands around a text
_QUOTE = "quote-inline"  # the class of the paragraph that tells of a quoted post
# As nh3 writes it (the HTML standard's "serializing HTML fragments"): values in double quotes, `<` only where
# a tag begins.
_TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_VALUE = re.compile(r' ([a-z-]+)="([^"]*)"')
_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")  # white space in HTML: a space


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet."""

    tag: str
    start: int  # in the text
    piece: int  # in the pieces
    href: str = ""
    classes: tuple[str, ...] = ()
    number: int = 0  # of an `ol`: of its last item


def text_of(html: str, names: Mapping[str, str] | None = None, *, quotes: bool = False) -> Text:
    """The text of a post. `names` says how somebody is called whose page a link leads to
    (`https://example.social/@lin` → `@lin@example.social`). `quotes`: the post quotes another one,
    so the paragraph that says so for servers which know no quotes is left out.
    """
    if len(html) > MOST:
        html = html[:MOST]
    names = names or {}
    return tidy.read(html, names) or cleaned(html, names, quotes)


def cleaned(html: str, names: Mapping[str, str], quotes: bool) -> Text:
    """The same of any HTML."""
    reader = _Reader(names, quotes)
    reader.read(_cleaner().clean(html))
    return reader.result()


@cache
def _cleaner() -> Any:
    """Imported when a post needs it: a bot that only posts reads none, and most that are read do not."""
    nh3 = importlib.import_module("nh3")
    return nh3.Cleaner(tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)


class _Reader:
    """Writes the text down as the elements come; the input is well-formed."""

    def __init__(self, names: Mapping[str, str], quotes: bool) -> None:
        self._names = names
        self._quotes = quotes
        self._pieces: list[str] = []
        self._length = 0
        self._gap = 0  # line breaks that come before the next text
        self._bullet_end = -1  # where the last item of a list begins
        self._open: list[_Open] = []
        self._around: defaultdict[str, int] = defaultdict(int)  # how many of those are open
        self._spans: list[Span] = []

    def result(self) -> Text:
        text = "".join(self._pieces).rstrip("\n")
        spans = (
            Span(one.start, min(one.end, len(text)), one.kind, one.url)
            for one in self._spans
            if one.start < min(one.end, len(text))
        )
        return Text(text, tuple(sorted(spans, key=lambda one: (one.start, -one.end))))

    def read(self, clean: str) -> None:
        """All of it, as nh3 writes it."""
        for closing, tag, given, data in _TOKEN.findall(clean):
            if data:
                self._data(unescape(data) if "&" in data else data)
            elif closing:
                self._end(tag)
            else:
                self._start(tag, given)

    # --- what comes ---

    def _start(self, tag: str, given: str) -> None:
        if tag == "br":
            self._gap += 1
            return
        if tag in _BLOCKS or tag == "li":
            self._break(tag)
        if tag in KINDS or tag == "a":
            self._flush()
        values = {name: unescape(value) for name, value in _VALUE.findall(given)} if given else {}
        classes = tuple(values.get("class", "").split())
        self._open.append(_Open(tag, self._length, len(self._pieces), values.get("href", ""), classes))
        self._count(tag, classes, 1)
        if tag == "li":
            self._write(self._bullet())
            self._bullet_end = self._length

    def _end(self, tag: str) -> None:
        element = self._open.pop() if self._open and self._open[-1].tag == tag else None
        if element is None:
            return
        if tag == "a":
            self._link(element)
        elif tag in KINDS and element.start < self._length:
            self._spans.append(Span(element.start, self._length, KINDS[tag]))
        self._count(tag, element.classes, -1)
        if tag in _BLOCKS:
            self._break(tag)

    def _count(self, tag: str, classes: tuple[str, ...], more: int) -> None:
        if tag in _COUNTED:
            self._around[tag] += more
        if _QUOTE in classes:
            self._around[_QUOTE] += more

    def _data(self, data: str) -> None:
        if self._left_out():
            return
        if self._around["pre"]:
            self._write(data)
            return
        text = _BREAK.sub(" ", data) if "\n" in data or "\r" in data else data
        at_start = self._gap or not self._length
        self._write(text[1:] if at_start and data[:1] in ("\n", "\r") else text)

    # --- how it is written ---

    def _left_out(self) -> bool:
        return self._quotes and self._around[_QUOTE] > 0

    def _break(self, tag: str) -> None:
        if self._length == self._bullet_end:
            return
        self._gap = max(self._gap, 1 if tag in ("li", "div") or self._around["li"] else 2)

    def _bullet(self) -> str:
        around = self._open[-2] if len(self._open) > 1 else None
        if around is None or around.tag != "ol":
            return "• "
        around.number += 1
        return f"{around.number}. "

    def _write(self, text: str) -> None:
        if not text:
            return
        self._flush()
        self._put(text.replace("\n", f"\n{self._quote()}") if "\n" in text else text)

    def _flush(self) -> None:
        """Begin a new line where one is due."""
        new_line = self._gap or not self._length
        if self._length:
            self._put("\n" * self._gap)
        self._gap = 0
        if new_line and (quote := self._quote()):
            self._put(quote)

    def _quote(self) -> str:
        return "> " * min(self._around["blockquote"], DEEPEST)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _link(self, element: _Open) -> None:
        """A link has been written as it is shown; say the rest."""
        shown = "".join(self._pieces[element.piece :])
        words = said(shown, element.href, element.classes, self._names)
        if words is None:
            self._spans.append(Span(element.start, self._length, "link", element.href))
        elif words != shown:
            self._replace(element, words)

    def _replace(self, element: _Open, text: str) -> None:
        self._pieces[element.piece :] = [text]
        self._length = element.start + len(text)
        self._spans = [one for one in self._spans if one.end <= element.start]
