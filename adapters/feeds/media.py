"""Files that stand under an entry: pictures, podcasts, films. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

from adapters.feeds.addresses import absolute
from bridgebot.model import Attachment

MOST = 10  # files of an entry
LONGEST_ALT = 1500  # characters of a description

_BY_ENDING: dict[str, Literal["image", "video", "audio"]] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "avif", "svg"), "image"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "aac"), "audio"),
    **dict.fromkeys(("mp4", "m4v", "webm", "mov", "mkv", "ogv"), "video"),
}


def attachment(base: str, href: str, type: str = "", alt: str = "") -> Iterable[Attachment]:
    """What an address shows, none where it is none: by its type, else by its ending."""
    url = absolute(base, href) if href else None
    if url is not None:
        yield Attachment(_kind(url, type), url, " ".join(alt.split())[:LONGEST_ALT])


def distinct(media: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Each file once, in its order, and not too many."""
    return tuple({one.url: one for one in media}.values())[:MOST]


def _kind(url: str, type: str) -> Literal["image", "video", "audio", "file"]:
    match type.partition("/")[0].strip().lower():
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
    return _BY_ENDING.get(urlsplit(url).path.rpartition(".")[2].lower(), "file")
