"""Feeds as sites write them: RSS 2.0, Atom 1.0 and JSON Feed 1.1 of the same entries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Literal

Format = Literal["rss", "atom", "json"]
TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}


@dataclass(frozen=True)
class Item:
    """One entry, the way its author thinks of it."""

    guid: str
    title: str = ""
    text: str = ""  # plain: it is written as HTML
    html: str = ""  # instead of `text`
    link: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    enclosure: tuple[str, str] | None = None  # address and type

    @property
    def body(self) -> str:
        return self.html or escape(self.text, quote=False).replace("\n", "<br>")


@dataclass(frozen=True)
class Channel:
    """A feed but for its entries."""

    title: str = "Stones"
    page: str = "https://stones.example/"
    own: str = ""  # its own address
    hub: str = ""
    ttl: int | None = None  # minutes


def write(format: Format, channel: Channel, items: Sequence[Item]) -> bytes:
    """The document, the first item first."""
    return {"rss": _rss, "atom": _atom, "json": _json}[format](channel, items).encode()


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text, quote=False)}</{name}>" if text else ""


def _links(channel: Channel, prefix: str) -> str:
    own = f'<{prefix}link rel="self" href="{escape(channel.own)}"/>' if channel.own else ""
    return own + (f'<{prefix}link rel="hub" href="{escape(channel.hub)}"/>' if channel.hub else "")


def _rss(channel: Channel, items: Sequence[Item]) -> str:
    head = _element("title", channel.title) + _element("link", channel.page) + "<description>.</description>"
    ttl = f"<ttl>{channel.ttl}</ttl>" if channel.ttl is not None else ""
    body = "".join(f"<item>{_rss_item(item)}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel>{head}{ttl}{_links(channel, 'atom:')}{body}</channel></rss>"
    )


def _rss_item(item: Item) -> str:
    parts = [
        _element("title", item.title),
        _element("link", item.link),
        _element("guid", item.guid, ' isPermaLink="false"'),
        _element("description", item.body),
        _element("pubDate", format_datetime(item.published) if item.published else ""),
    ]
    if item.enclosure:
        url, kind = item.enclosure
        parts.append(f'<enclosure url="{escape(url)}" type="{kind}" length="1"/>')
    return "".join(parts)


def _atom(channel: Channel, items: Sequence[Item]) -> str:
    head = _element("title", channel.title) + f'<link href="{escape(channel.page)}"/><id>urn:stones</id>'
    body = "".join(f"<entry>{_atom_entry(item)}</entry>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"{head}{_links(channel, '')}{body}</feed>"
    )


def _atom_entry(item: Item) -> str:
    changed = item.updated or item.published
    return "".join(
        (
            _element("title", item.title) or "<title/>",
            f'<link href="{escape(item.link)}"/>' if item.link else "",
            _element("id", item.guid),
            _element("content", item.body, ' type="html"'),
            _element("published", item.published.isoformat() if item.published else ""),
            _element("updated", changed.isoformat() if changed else ""),
            f'<link rel="enclosure" href="{escape(item.enclosure[0])}" type="{item.enclosure[1]}"/>'
            if item.enclosure
            else "",
        )
    )


def _json(channel: Channel, items: Sequence[Item]) -> str:
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page,
        "items": [_json_item(item) for item in items],
    }
    feed |= {"feed_url": channel.own} if channel.own else {}
    feed |= {"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub else {}
    return json.dumps(feed, ensure_ascii=False)


def _json_item(item: Item) -> dict[str, object]:
    said: dict[str, object] = {"id": item.guid, "content_html": item.body}
    said |= {"title": item.title} if item.title else {}
    said |= {"url": item.link} if item.link else {}
    said |= {"date_published": item.published.isoformat()} if item.published else {}
    said |= {"date_modified": item.updated.isoformat()} if item.updated else {}
    if item.enclosure:
        said["attachments"] = [{"url": item.enclosure[0], "mime_type": item.enclosure[1]}]
    return said


def on(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)
