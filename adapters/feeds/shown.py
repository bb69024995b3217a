"""How an entry stands in a chat or on another network: its title, how it begins, its address. Pure."""

from __future__ import annotations

import re

from adapters.feeds.entities import Entry, Text
from adapters.feeds.html import clipped
from bridgebot.model import Span

WHOLE = 1000  # characters: so long a text is shown as it is
BEGINNING = 500  # of a longer one, which is read at its address

_ENDS = (re.compile(r"\n\n"), re.compile(r"[.!?。！？…](?=\s)|[。！？]|\n"), re.compile(r"\s"))


def shown(entry: Entry) -> Text:
    """The text of its post."""
    body = beginning(entry.body)
    title = "" if _says(body.text, entry.title) else entry.title
    text, spans = title, [Span(0, len(title), "bold")] if title and body.text else []
    if body.text:
        before = f"{title}\n" if title else ""
        spans += [Span(s.start + len(before), s.end + len(before), s.kind, s.url) for s in body.spans]
        text = before + body.text
    if entry.link and entry.link not in text:
        text = f"{text}\n{entry.link}" if text else entry.link
    return Text(text or "—", tuple(spans))


def beginning(text: Text) -> Text:
    """A text, or where it is long how it begins: up to a paragraph, else a sentence, else a word."""
    if len(text.text) <= WHOLE:
        return text
    head = text.text[:BEGINNING]
    ends = ([found.end() for found in pattern.finditer(head)] for pattern in _ENDS)
    at = next((best[-1] for best in ends if best and best[-1] > BEGINNING // 2), BEGINNING)
    cut = clipped(text, len(head[:at].rstrip()))
    return Text(f"{cut.text} …", cut.spans)


def _says(body: str, title: str) -> bool:
    """Whether a text begins with its title: what has no title of its own is given one so."""
    begun = _folded(title.removesuffix("…").removesuffix("..."))
    return not begun or _folded(body).startswith(begun)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
