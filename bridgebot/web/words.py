"""Somebody's words as HTML: their emphasis and links, and nothing else of what stands in them. Pure."""

from __future__ import annotations

from itertools import pairwise

import regex
from yarl import URL

from bridgebot.html import Html, element, joined
from bridgebot.model import Markup, Span
from bridgebot.render import Rich, clean_url, foreign
from bridgebot.render.links import honest

REL = "noopener noreferrer nofollow ugc"  # the page tells nobody who reads it, and vouches for nothing
_TAGS: dict[Markup, str] = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}
# ASCII, as addresses are (RFC 3986): Chinese is written on without a space.
_ADDRESS = regex.compile(r"(?<![A-Za-z0-9])https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_ORIGIN = regex.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_LANGUAGE = regex.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def words(rich: Rich) -> Html:
    """A text with its emphasis; addresses in it are links."""
    text = with_links(honest(foreign(rich)).strip("\n"))
    links = [span for span in text.spans if span.kind == "link"]
    pieces, at = [], 0
    for link in links:
        pieces.append(_emphasised(text[at : link.start]))
        pieces.append(anchor(link.url or "", _emphasised(text[link.start : link.end])))
        at = link.end
    return joined([*pieces, _emphasised(text[at:])])


def with_links(text: Rich) -> Rich:
    """Every address that stands in the text leads there, unless it is part of a link already."""
    found = [(one.start(), one.start() + len(_end(one.group()))) for one in _ADDRESS.finditer(text.text)]
    taken = [span for span in text.spans if span.kind == "link"]
    fresh = [
        Span(start, end, "link", text.text[start:end])
        for start, end in found
        if not any(span.start < end and start < span.end for span in taken)
    ]
    return Rich(text.text, (*text.spans, *fresh)) if fresh else text


def _end(address: str) -> str:
    """Without what ends the sentence behind it; a bracket stays that was opened in it."""
    while address[-1] in ".,;:!?'*" or (address[-1] == ")" and address.count("(") < address.count(")")):
        address = address[:-1]
    return address


def _emphasised(text: Rich) -> Html:
    spans = [span for span in text.spans if span.kind != "link"]
    cuts = sorted({0, len(text), *(at for span in spans for at in (span.start, span.end))})
    pieces = []
    for start, end in pairwise(cuts):
        kinds = {span.kind for span in spans if span.start <= start and end <= span.end}
        pieces.append(_wrapped(text.text[start:end], kinds))
    return joined(pieces)


def _wrapped(text: str, kinds: set[Markup]) -> Html:
    inner = joined(text)
    for kind, tag in _TAGS.items():
        if kind in kinds:
            inner = element(tag, inner)
    return element("span", inner, class_="spoiler", tabindex="0") if "spoiler" in kinds else inner


def anchor(url: str, inner: Html | str, **attributes: str) -> Html:
    """A link that leads out of the house, or only its words where the address is none of the web's."""
    address = address_of(url)
    if address is None:
        return joined(inner)
    return element("a", inner, href=address, rel=REL, **attributes)


def address_of(url: str | None) -> str | None:
    """An address of the web as a network gave it; None: it is none, and nobody is led there."""
    clean = clean_url(url or "")
    return clean if regex.match(r"(?i)https?://[^/\s]", clean) else None


def origin_of(address: str) -> str | None:
    """The server of an address, as a policy names it; None where a policy could read something else in it."""
    try:
        origin = str(URL(address).origin())
    except ValueError:  # a bracket without its partner
        return None
    return origin if _ORIGIN.fullmatch(origin) else None


def language_of(tag: str | None) -> str | None:
    """The language of somebody's words as their network tells it, if it is one at all."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else None
