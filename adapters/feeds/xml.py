"""RSS and Atom: made readable and measured here, understood by feedparser.

feedparser is shown no document type, no entity of the document's own, no encoding but UTF-8, and nothing
whose size and depth were not measured before by a parser that keeps nothing.
"""

from __future__ import annotations

import codecs
import io
import re
from html.entities import html5
from typing import Any
from xml.parsers import expat

import feedparser

from adapters.feeds import html, times
from adapters.feeds.addresses import absolute
from adapters.feeds.entities import Entry, Feed, Text, TooMuch, Unreadable
from adapters.feeds.media import attachment, distinct
from bridgebot.model import Attachment

DEEPEST = 100  # elements in elements; feeds have ten or so, with XHTML inside some thirty
MOST_ELEMENTS = 200_000
MOST_ATTRIBUTES = 200  # of one element; reading more takes the square of the time
MOST_NAMESPACES = 100  # each of which is looked through for each element
LONGEST_BROKEN = 1024 * 1024  # characters of what is no well-formed XML: reading that takes longer
PROLOG = 64 * 1024  # characters before the first element

# Encodings that pages have; Python knows others, some of which take a square of the time.
_ENCODINGS = re.compile(
    r"utf-?(8|16|32)(-[bl]e)?|iso8859-\d+|cp(125\d|437|850|866|874|932|936|949|950)|koi8-[ru]|gb2312|gbk|gb18030"
    r"|big5(hkscs)?|shift_jis(x0213)?|euc_(jp|kr)|iso2022_(jp|kr)|mac-(roman|cyrillic)|tis-620|ascii"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s{0,9}<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0, 2.2
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(rss|feed|rdf)\b", re.I)
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a document. UTF-8 that is valid is UTF-8, whatever anybody says of it: by chance hardly
    anything else is. Then what the server says, then what the document says.
    """
    bom = next((name for mark, name in _BOMS if body.startswith(mark)), None)
    declared = _DECLARED.match(body)
    said = (bom, "utf-8", charset, declared[1].decode() if declared else None, "cp1252")
    for name in filter(None, said):
        if (text := _decoded(body, name)) is not None:
            return text
    return body.decode("utf-8", "replace")


def _decoded(body: bytes, name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
        known = "gb18030" if known in ("gb2312", "gbk") else known  # which has all of both
        if known == "utf-8-sig" or _ENCODINGS.fullmatch(known):
            return body.decode(known)
    except (LookupError, UnicodeError, ValueError):
        pass
    return None


def is_feed(text: str) -> bool:
    """Whether the first element is that of a feed."""
    return _ROOT.match(text, _root(text)) is not None


def read(text: str, base: str, most: int) -> Feed:
    """Raises Unreadable, and TooMuch for more than `most` entries."""
    start = _root(text)
    if _ROOT.match(text, start) is None:
        raise Unreadable("neither RSS nor Atom")
    text = _NAMED.sub(_spelled, _FORBIDDEN.sub("", text[start:]))
    data = f"<?xml version='1.0' encoding='utf-8'?>{text}".encode()
    if not _measured(data) and len(text) > LONGEST_BROKEN:
        raise Unreadable("long, and no XML")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    found = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if len(found.entries) > most:
        raise TooMuch(f"{len(found.entries)} entries")
    if not (found.entries or found.version or found.feed):
        raise Unreadable("nothing in it")
    return _feed(found, base)


def _root(text: str) -> int:
    """Where the first element begins. What stands before it is left out: it declares a document type, and
    with it what would have to be looked up, or grow.
    """
    at, end = 0, min(len(text), PROLOG)
    while at < end:
        if text[at].isspace() or text[at] == "\ufeff":
            at += 1
        elif text.startswith("<!--", at):
            at = _behind(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _behind(text, "?>", at + 2)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            closing, inside = text.find(">", at), text.find("[", at)
            internal = -1 < inside < closing
            at = _behind(text, ">", _behind(text, "]", inside) if internal else at)
        else:
            return at
    return end


def _behind(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at, PROLOG)
    return PROLOG if found < 0 else found + len(mark)


def _spelled(name: re.Match[str]) -> str:
    """HTML's names of characters, which XML does not know and feeds use: the characters themselves."""
    if name[1] in _XML_ENTITIES:
        return name[0]
    character = html5.get(f"{name[1]};")
    return f"&amp;{name[1]};" if character is None or character in "<>&\"'" else character


def _measured(data: bytes) -> bool:
    """Whether it is well-formed; raises TooMuch where it is too large or too deep."""
    depth = elements = 0
    namespaces: set[tuple[str, str]] = set()

    def declares(prefix: str, name: str) -> None:
        namespaces.add((prefix, name))

    def begins(_name: str, attributes: list[str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        many = len(namespaces) > MOST_NAMESPACES or len(attributes) > 2 * MOST_ATTRIBUTES
        if depth > DEEPEST or elements > MOST_ELEMENTS or many:
            raise TooMuch(f"{elements} elements, {depth} deep")

    def ends(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ordered_attributes, parser.StartNamespaceDeclHandler = True, declares
    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return True


# --- what feedparser understood ----------------------------------------------------------------


def _feed(found: Any, base: str) -> Feed:
    feed = found.feed
    links = [link for link in feed.get("links", ()) if link.get("href")]
    hub = next((link.href for link in links if link.get("rel") == "hub"), "")
    topic = next((link.href for link in links if link.get("rel") == "self"), "")
    language = feed.get("language") or None
    return Feed(
        title=_line(feed, "title"),
        link=_address(base, feed.get("link")),
        entries=tuple(_entry(entry, base, language) for entry in found.entries),
        hub=_address(base, hub),
        topic=_address(base, topic),
        period=_period(feed),
    )


def _entry(entry: Any, base: str, language: str | None) -> Entry:
    link = _address(base, entry.get("link"))
    said_base = _base(entry)  # xml:base, else where the feed is
    where = said_base if said_base not in ("", base) else link or base
    said = _content(entry)
    read = html.read(said, where) if said and (_is_html(entry, said)) else None
    text = read.text if read is not None else Text(said.strip())
    # Of the dictionary itself: feedparser's own way gives the one for the other, and a warning.
    published, updated = dict.get(entry, "published_parsed"), dict.get(entry, "updated_parsed")
    return Entry(
        guid=str(entry.get("id") or ""),
        link=link,
        title=_line(entry, "title"),
        body=text,
        published=times.of_tuple(published or updated),
        updated=times.of_tuple(updated),
        author=html.line(str(entry.get("author") or "")),
        media=distinct((*_media(entry, where), *(read.pictures if read is not None else ()))),
        language=language,
    )


def _details(entry: Any) -> list[Any]:
    """The summary first: it is what the author wants shown of the whole; the content where there is none."""
    content = list(entry.get("content") or ())
    summary = entry.get("summary_detail")
    return [detail for detail in (summary, *content) if detail and detail.get("value")]


def _content(entry: Any) -> str:
    return str(next((detail["value"] for detail in _details(entry)), ""))


def _is_html(entry: Any, said: str) -> bool:
    """Atom says what a text is; of RSS everybody takes a description for HTML."""
    kind = next((detail.get("type") for detail in _details(entry)), "")
    return kind != "text/plain" or html.looks_marked_up(said) or html.line(said) != " ".join(said.split())


def _base(entry: Any) -> str:
    return str(next((detail.get("base") for detail in _details(entry)), "") or "")


def _line(of: Any, name: str) -> str:
    detail = of.get(f"{name}_detail") or {}
    return html.line(str(of.get(name) or ""), html=str(detail.get("type", "")).endswith("html"))


def _media(entry: Any, base: str) -> list[Attachment]:
    said = [*entry.get("enclosures", ()), *entry.get("media_content", ())]
    found: list[Attachment] = []
    for one in said:
        found += attachment(base, str(one.get("href") or one.get("url") or ""), _type(one))
    if not found:
        for one in entry.get("media_thumbnail", ()):
            found += attachment(base, str(one.get("url") or ""), "image/*")
    return found


def _type(media: Any) -> str:
    return str(media.get("type") or media.get("medium") or "")


def _period(feed: Any) -> float:
    """RSS says minutes (`ttl`), RSS 1.0 how often in what (`sy:updatePeriod`, `sy:updateFrequency`)."""
    ttl, period = str(feed.get("ttl") or ""), str(feed.get("sy_updateperiod") or "").strip().lower()
    often = str(feed.get("sy_updatefrequency") or "1").strip()
    number = int(often) if often.isascii() and often.isdigit() and len(often) < 6 else 1
    minutes = int(ttl) if ttl.isascii() and ttl.strip().isdigit() and len(ttl) < 9 else 0
    return max(minutes * 60.0, _PERIODS.get(period, 0) / max(number, 1))


def _address(base: str, href: Any) -> str:
    return (absolute(base, str(href)) or "") if href else ""
