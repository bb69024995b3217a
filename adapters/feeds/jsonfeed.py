"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read by what it says and not by what it should say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from adapters.feeds import html, times
from adapters.feeds.addresses import absolute
from adapters.feeds.entities import Entry, Feed, Text, TooMuch, Unreadable
from adapters.feeds.media import attachment
from bridgebot.model import Attachment

T = TypeVar("T")

_MISSING = msgspec.Raw()


class _Author(msgspec.Struct, frozen=True):
    name: str | None = None


class _Attachment(msgspec.Struct, frozen=True):
    url: str
    mime_type: str | None = None
    title: str | None = None


class _Hub(msgspec.Struct, frozen=True):
    type: str = ""
    url: str = ""


class _Item(msgspec.Struct, frozen=True):
    id: str | int | float | None = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    image: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    author: msgspec.Raw = _MISSING  # 1.0
    authors: msgspec.Raw = _MISSING
    attachments: msgspec.Raw = _MISSING
    language: str | None = None


class _Feed(msgspec.Struct, frozen=True):
    version: str
    title: str = ""
    home_page_url: str | None = None
    feed_url: str | None = None
    language: str | None = None
    hubs: msgspec.Raw = _MISSING
    items: list[msgspec.Raw] = []


def read(body: str, base: str, most: int) -> Feed:
    """Raises Unreadable, and TooMuch for more than `most` items."""
    try:
        feed = msgspec.json.decode(body, type=_Feed)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise Unreadable("no JSON Feed") from error
    if "jsonfeed.org/version" not in feed.version:
        raise Unreadable("another kind of JSON")
    if len(feed.items) > most:
        raise TooMuch(f"{len(feed.items)} items")
    items = [item for raw in feed.items for item in _read(raw, _Item)]
    hub = next((one.url for one in _all(feed.hubs, _Hub) if one.type.lower() == "websub"), "")
    return Feed(
        title=html.line(feed.title),
        link=_address(base, feed.home_page_url),
        entries=tuple(_entry(item, base, feed.language) for item in items),
        hub=_address(base, hub),
        topic=_address(base, feed.feed_url),
    )


def _entry(item: _Item, base: str, language: str | None) -> Entry:
    read = html.read(item.content_html, _address(base, item.url) or base) if item.content_html else None
    text = read.text if read is not None else Text((item.content_text or item.summary or "").strip())
    pictures = read.pictures if read is not None else ()
    authors = _all(item.authors, _Author) or _read(item.author, _Author)
    return Entry(
        guid="" if item.id is None else str(item.id),
        link=_address(base, item.url) or _address(base, item.external_url),
        title=html.line(item.title or ""),
        body=text,
        published=times.of_text(item.date_published),
        updated=times.of_text(item.date_modified),
        author=html.line(", ".join(author.name for author in authors if author.name)),
        media=(*_media(item, base), *pictures),
        language=item.language or language,
    )


def _media(item: _Item, base: str) -> Iterable[Attachment]:
    for one in _all(item.attachments, _Attachment):
        yield from attachment(base, one.url, one.mime_type or "", one.title or "")
    if item.image:
        yield from attachment(base, item.image, "image/*")


def _address(base: str, href: str | None) -> str:
    return (absolute(base, href) or "") if href else ""


def _all(raw: msgspec.Raw, kind: type[T]) -> list[T]:
    """A list, without what in it is wrong."""
    lists: list[list[msgspec.Raw]] = _read(raw, list[msgspec.Raw])
    return [one for inner in lists for part in inner for one in _read(part, kind)]


def _read(raw: msgspec.Raw, kind: type[T]) -> list[T]:
    """One part, which takes no other with it if it is wrong: none then."""
    if not bytes(raw):
        return []
    try:
        return [msgspec.json.decode(raw, type=kind)]
    except (msgspec.MsgspecError, RecursionError):
        return []
