"""Which feeds a page names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

from adapters.feeds import addresses, html

MOST = 20  # feeds of a page
READ = 512 * 1024  # characters of a page

WELL_KNOWN = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")

_TYPES = re.compile(r"application/(?:rss|atom|rdf|x-rss|feed)\+?(?:xml|json)|text/(?:rss|atom)\+xml", re.I)
_ELEMENT = re.compile(r"<(link|a|base)\s([^<>]{1,2000})>", re.I)
_ATTRIBUTE = re.compile(r"([a-z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.I)
_LIKE_A_FEED = re.compile(r"(?:^|/)(?:rss|atom|feeds?|index)(?:\.(?:xml|rss|atom|json|rdf))?/?$", re.I)
_FORMAT = re.compile(r"\b(?:rss|atom|json|xml|feed|[0-9.]+)\b|[^\w]+", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that a page speaks of."""

    address: str = field(repr=False)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of its feeds."""

    named: tuple[Named, ...] = ()  # outright, as its alternates
    like: tuple[Named, ...] = ()  # links that look so


def of(text: str, url: str, headers: dict[str, str]) -> Page:
    """The feeds of a page, each once, in its order; of one in several formats the first."""
    base, named, like = url, [], []
    if (said := headers.get("alternate")) and _LIKE_A_FEED.search(said.partition("?")[0]):
        named.append(Named(said))
    for tag, given in _ELEMENT.findall(text[:READ]):
        values = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(given)}
        href = values.get("href", "")
        if tag.lower() == "base":
            base = addresses.absolute(url, href) or base
        elif tag.lower() == "a":
            like += [Named(href)] if _LIKE_A_FEED.search(href.partition("?")[0]) else []
        elif _is_feed(values):
            named.append(Named(href, html.line(values.get("title", ""))))
    return Page(_distinct(named, base), tuple(one for one in _distinct(like, base) if _near(one, url))[:3])


def well_known(url: str) -> list[Named]:
    """Where feeds often stand, beside the page and at the root of its site."""
    found = (addresses.absolute(url, path) for path in WELL_KNOWN)
    return [Named(one) for one in found if one is not None]


def _is_feed(values: dict[str, str]) -> bool:
    rel, kind = values.get("rel", "").lower().split(), values.get("type", "").split(";")[0].strip()
    if not values.get("href") or not {"alternate", "feed"} & set(rel):
        return False
    # JSON Feed 1.0 was `application/json`, which is much else besides.
    json = kind.lower() == "application/json" and _LIKE_A_FEED.search(values["href"].partition("?")[0])
    return bool(_TYPES.fullmatch(kind) or json) or ("feed" in rel and not kind)


def _distinct(named: Iterable[Named], base: str) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    titles: set[str] = set()
    for one in named:
        address, words = addresses.absolute(base, one.address), _FORMAT.sub(" ", one.title).casefold().strip()
        if address is None or address in found or (words and words in titles):
            continue
        titles.add(words)
        found[address] = Named(address, one.title)
    return tuple(found.values())[:MOST]


def _near(one: Named, url: str) -> bool:
    return addresses.host(one.address) == addresses.host(url)
