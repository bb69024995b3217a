"""What a post shows below its text: pictures, films, a page, another post. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from adapters.bluesky import entities, names, wire
from adapters.bluesky.entities import Card, Embed, Embedded
from adapters.bluesky.rich import text_of
from bridgebot.model import Attachment, Quote

_POST = "app.bsky.embed.record#viewRecord"
_UNSEEN = frozenset(
    f"app.bsky.embed.record#{kind}" for kind in ("viewNotFound", "viewBlocked", "viewDetached")
)
_GIFS = frozenset({"media.tenor.com", "static.klipy.com"})  # from where the app takes its moving pictures

T = TypeVar("T")


def inner(raw: msgspec.Raw, kind: type[T]) -> T | None:
    """What stands in a field that may be missing and may hold one of several things."""
    return wire.one(raw, kind) if raw else None


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands below a text."""

    media: tuple[Attachment, ...] = ()
    quote: Quote | None = None
    links: tuple[str, ...] = ()  # addresses that people cannot see otherwise


NOTHING = Shown()


def shown(embed: Embed | None, site: str, page: str) -> Shown:
    """What an embed shows; `page` is the post's own, where its film can be seen."""
    match embed.kind.removeprefix("app.bsky.embed.") if embed else "":
        case "record#view":
            return _record(embed.record, site) if embed else NOTHING
        case "recordWithMedia#view":
            return _both(embed, site, page) if embed else NOTHING
        case _:
            return _media(embed, page)


def written(embed: Any, site: str) -> Shown:
    """What an embed shows by its record alone: which post is quoted. That may stand beside pictures."""
    said = embed.get("record") if isinstance(embed, dict) else None
    said = said.get("record", said) if isinstance(said, dict) else None
    uri = said.get("uri") if isinstance(said, dict) else None
    if not isinstance(uri, str) or f"/{names.POST}/" not in uri:
        return NOTHING
    return Shown(quote=Quote(names.url(uri, site), uri))


def _both(embed: Embed, site: str, page: str) -> Shown:
    held = inner(embed.record, Embed)
    record = _record(held.record, site) if held else NOTHING
    media = _media(inner(embed.media, Embed), page)
    return Shown(media.media, record.quote, (*media.links, *record.links))


def _media(embed: Embed | None, page: str) -> Shown:
    if embed is None:
        return NOTHING
    pictures = [Attachment("image", one.fullsize, one.alt) for one in (*embed.images, *embed.items)]
    if embed.playlist:  # a list of pieces, which few browsers play: people open the post's own page
        return Shown((Attachment("video", page, embed.alt),))
    if embed.external is not None:
        return _card(embed.external)
    return Shown(tuple(pictures))


def _card(card: Card) -> Shown:
    if not card.uri.lower().startswith(("https://", "http://")):
        return NOTHING
    if urlsplit(card.uri).hostname in _GIFS:
        return Shown((Attachment("image", card.uri, card.description.removeprefix("ALT: ") or card.title),))
    return Shown(links=(card.uri,))


def _record(raw: msgspec.Raw, site: str) -> Shown:
    record = inner(raw, Embedded)
    if record is None or not record.uri:
        return NOTHING
    address = names.url(record.uri, site)
    if record.kind == _POST and record.author is not None:
        handle = names.handle(record.author)
        return Shown(quote=Quote(address, record.uri, handle, _text(record)))
    if record.kind in _UNSEEN:
        return Shown(quote=Quote(address))
    return Shown(links=(address,))  # a feed, a list, a starter pack


def _text(record: Embedded) -> str:
    said = inner(record.value, entities.PostRecord)
    return text_of(said.text, said.facets).text if said else ""
