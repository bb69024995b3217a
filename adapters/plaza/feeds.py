"""A person's public posts for feed readers: Atom 1.0 (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.plaza.html import Html, element
from adapters.plaza.markup import segments
from adapters.plaza.sheets import opening
from adapters.plaza.store.listing import Shown
from adapters.plaza.store.rows import Entry, Member, Picture
from adapters.plaza.views import content
from adapters.plaza.voice import Voice

ATOM = "application/atom+xml"
JSON = "application/feed+json"


@dataclass(frozen=True, slots=True)
class Feed:
    """What both formats say."""

    member: Member
    shown: tuple[Shown, ...]  # newest first
    url: Callable[[str], str]  # a path of the site, absolute
    voice: Voice
    site: str
    updated: datetime  # the last change, also a deletion

    @property
    def path(self) -> str:
        return f"/@{self.member.name}"

    @property
    def title(self) -> str:
        return f"@{self.member.name} · {self.site}"

    def html(self, shown: Shown) -> str:
        """The content of one post, its links absolute."""
        return str(content(self.voice, shown, base=self.url("").rstrip("/")))


def atom(feed: Feed) -> str:
    """The feed as Atom. An entry's id is its address, which never changes."""
    home = feed.url(feed.path)
    body = element(
        "feed",
        element("id", home),
        element("title", feed.title),
        element("updated", _time(feed.updated)),
        element("link", rel="self", type=ATOM, href=feed.url(f"{feed.path}/feed.atom")),
        element("link", rel="alternate", type="text/html", href=home),
        element("author", element("name", f"@{feed.member.name}"), element("uri", home)),
        element("generator", "bridgebot"),
        [_entry(feed, one) for one in feed.shown],
        xmlns="http://www.w3.org/2005/Atom",
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _entry(feed: Feed, shown: Shown) -> Html:
    entry = shown.entry
    address = feed.url(entry.path)
    return element(
        "entry",
        element("id", address),
        element("title", opening(entry)),
        element("link", rel="alternate", type="text/html", href=address),
        element("published", _time(entry.created_at)),
        element("updated", _time(entry.changed_at)),
        [element("category", term=tag) for tag in _tags(shown)],
        [_enclosure(feed, one) for one in _open(entry)],
        element("summary", entry.warning) if entry.warning else None,
        element("content", feed.html(shown), type="html"),
        **({"xml:lang": entry.language} if entry.language else {}),
    )


def json_feed(feed: Feed) -> str:
    """The feed as JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    home = feed.url(feed.path)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": home,
        "feed_url": feed.url(f"{feed.path}/feed.json"),
        "authors": [{"name": f"@{feed.member.name}", "url": home}],
        "items": [_item(feed, one) for one in feed.shown],
    }
    return json.dumps(document, ensure_ascii=False)


def _item(feed: Feed, shown: Shown) -> dict[str, object]:
    entry = shown.entry
    address = feed.url(entry.path)
    item: dict[str, object | None] = {
        "id": address,
        "url": address,
        "title": entry.warning,
        "content_html": feed.html(shown),
        "content_text": entry.text,
        "date_published": _time(entry.created_at),
        "date_modified": _time(entry.edited_at) if entry.edited_at else None,
        "language": entry.language,
        "tags": _tags(shown) or None,
        "attachments": [_attachment(feed, one) for one in _open(entry)] or None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _open(entry: Entry) -> tuple[Picture, ...]:
    """Those that may be shown at once."""
    return () if entry.covered or entry.warning is not None else entry.pictures


def _enclosure(feed: Feed, picture: Picture) -> Html:
    """RFC 4287, 4.2.7.2."""
    address, alt = feed.url(picture.path), picture.alt or None
    return element("link", rel="enclosure", title=alt, href=address, type=picture.type, length=picture.size)


def _attachment(feed: Feed, picture: Picture) -> dict[str, object]:
    told: dict[str, object] = {"url": feed.url(picture.path), "mime_type": picture.type}
    return told | {"size_in_bytes": picture.size} | ({"title": picture.alt} if picture.alt else {})


def _tags(shown: Shown) -> list[str]:
    return sorted({piece.value for piece in segments(shown.entry.text) if piece.kind == "tag"})


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
