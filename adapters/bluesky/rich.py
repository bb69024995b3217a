"""From a post's facets, which count bytes of UTF-8, to a text with spans, which count code points: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.bluesky.entities import Facet
from bridgebot.model import Span

LINK = "app.bsky.richtext.facet#link"
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#:]\S*)?$", re.IGNORECASE)
_CUT = ("…", "...")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, what is set apart in it, and all addresses to which it leads."""

    text: str
    spans: tuple[Span, ...] = ()
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Link:
    start: int  # bytes
    end: int
    url: str


def text_of(text: str, facets: Iterable[Facet]) -> Text:
    """The text as people read it. Mentions and tags already say in their words what they are."""
    raw, words, spans, at, length = text.encode(errors="replace"), list[str](), list[Span](), 0, 0
    links = _links(raw, facets)
    for link in links:
        before, shown = raw[at : link.start].decode(), raw[link.start : link.end].decode()
        said = _said(shown, link.url)
        length += len(before)
        words += [before, shown if said is None else said]
        if said is None:
            spans.append(Span(length, length + len(shown), "link", link.url))
        length, at = length + len(words[-1]), link.end
    words.append(raw[at:].decode())
    return Text("".join(words), tuple(spans), frozenset(link.url for link in links))


def _links(raw: bytes, facets: Iterable[Facet]) -> Sequence[_Link]:
    """The links in order. One that lies over another, outside the text or across a character is none:
    docs.bsky.app, "Links, mentions, and rich text", lets clients pass over what is wrong.
    """
    found: list[_Link] = []
    for link in sorted(_each_link(facets), key=lambda one: one.start):
        behind = found[-1].end if found else 0
        if behind <= link.start < link.end <= len(raw) and _whole(raw, link.start) and _whole(raw, link.end):
            found.append(link)
    return found


def _each_link(facets: Iterable[Facet]) -> Iterable[_Link]:
    for facet in facets:
        url = next((one.uri for one in facet.features if one.kind == LINK and _leads(one.uri)), None)
        if url:
            yield _Link(facet.index.byte_start, facet.index.byte_end, url)


def _leads(url: str) -> bool:
    """Only what a browser opens: anybody may write anything there."""
    return url.lower().startswith(("https://", "http://"))


def _whole(raw: bytes, at: int) -> bool:
    """Does a character begin at this byte (or does the text end there)?"""
    return at == len(raw) or raw[at] & 0xC0 != 0x80


def _said(shown: str, url: str) -> str | None:
    """The words for a link that is shown as `shown`; None where they stay and lead to `url` unseen."""
    if not shown.strip():
        return shown
    if _bare(shown) == _bare(url):
        return shown
    if shown.endswith(_CUT) and _bare(url).startswith(_bare(shown.rstrip("…."))):
        return url  # clients show the beginning of a long address
    # What looks like another address than the one it leads to is not left alone.
    return f"{shown} ({url})" if _HOST.match(_SCHEME.sub("", shown, count=1)) else None


def _bare(address: str) -> str:
    rest = _SCHEME.sub("", address, count=1)
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")
