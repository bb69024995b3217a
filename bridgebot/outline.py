"""Lists of feeds as OPML (opml.org/spec2.opml): read and written. Pure.

What is read comes from anybody. Nothing in it is expanded and nothing fetched: a text that declares
entities is refused at the declaration, before one of them could grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import regex

MOST_BYTES = 1024 * 1024
MOST_FEEDS = 2000
MOST_DEEP = 64  # folders within folders
_LONGEST = 2000  # characters of an address
_NOT_XML = regex.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class NoOutline(ValueError):
    """It is no list of feeds, or one that wants too much."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One feed of a list."""

    title: str
    address: str


def is_outline(text: str) -> bool:
    """Whether a text means to be one: `<opml …`, perhaps behind the first line of XML."""
    head = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    return head.startswith("<opml") or (head.startswith("<?xml") and "<opml" in head)


def read(text: str | bytes) -> list[Entry]:
    """The feeds of a list, folders left out, each once, in its order. Raises NoOutline."""
    body = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(body) > MOST_BYTES:
        raise NoOutline("too long")
    reader = _Reader()
    # A text says in its first line in which bytes it was; by now it is in others.
    parser = expat.ParserCreate("utf-8" if isinstance(text, str) else None)
    parser.StartElementHandler = reader.begins
    parser.EndElementHandler = reader.ends
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse  # type: ignore[assignment]
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NoOutline(str(error)) from None
    if not reader.is_one:
        raise NoOutline("no opml")
    return list(reader.found.values())


class _Reader:
    """What expat tells, element by element."""

    def __init__(self) -> None:
        self.found: dict[str, Entry] = {}
        self.is_one = False
        self._depth = 0

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            self.is_one = name.lower() == "opml"
        self._depth += 1
        if self._depth > MOST_DEEP or not self.is_one:
            raise NoOutline("too deep, or none")
        if name.lower() == "outline":
            self._outline({key.lower(): value for key, value in attributes.items()})

    def ends(self, name: str) -> None:
        self._depth -= 1

    def _outline(self, said: dict[str, str]) -> None:
        address = said.get("xmlurl", "").strip()
        if not address or len(address) > _LONGEST or any(char.isspace() for char in address):
            return
        if len(self.found) >= MOST_FEEDS:
            raise NoOutline("too many")
        title = said.get("title") or said.get("text") or ""
        self.found.setdefault(address, Entry(title, address))


def _refuse(*_: object) -> None:
    raise NoOutline("it declares entities")


def written(title: str, feeds: Iterable[Entry]) -> str:
    """A list of feeds, as every reader takes it."""
    lines = [
        f'    <outline type="rss" text={_quoted(feed.title or feed.address)} xmlUrl={_quoted(feed.address)}/>'
        for feed in feeds
    ]
    head = ['<?xml version="1.0" encoding="utf-8"?>', '<opml version="2.0">']
    head += [f"  <head><title>{_NOT_XML.sub('', _escaped(title))}</title></head>", "  <body>"]
    return "\n".join([*head, *lines, "  </body>", "</opml>", ""])


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
