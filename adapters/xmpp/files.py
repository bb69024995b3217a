"""Files that people share: an address from which whoever knows it may fetch the file (XEP-0363). Pure.

What a client says of it stands in one of three forms: the oldest gives the address alone (XEP-0066), the
others also type, size, name and a description (XEP-0447, XEP-0385).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from adapters.xmpp.names import (
    FILE,
    FILE_OF_JINGLE,
    OOB,
    REFERENCE,
    SHARING,
    SIMS,
    URL_DATA,
    child,
    children,
)
from bridgebot.model import Media

LARGEST: Final = 50 * 1024 * 1024  # bytes; servers take less of people: Prosody 10 MB, ejabberd 100 MB
MOST: Final = 20  # files of one message
_LONGEST: Final = 1500  # characters of a description
_KINDS: Final[dict[str, Literal["image", "video", "audio"]]] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
}


def described(message: ET.Element) -> list[Media]:
    """The files that a message tells more of than an address; those that nobody can fetch are left out."""
    return [*_shared(message), *_in_references(message)][:MOST]


def at_address(message: ET.Element) -> Media | None:
    """The file of which a message gives the address alone (XEP-0066, 4)."""
    shared = child(message, OOB, "x")
    url = "" if shared is None else (shared.findtext(f"{{{OOB}}}url") or "").strip()
    return Media("file", url, "", None, _name(url)) if _is_web(url) else None


def shown(file: Media) -> Media | None:
    """The file as its type says, or its name where nobody told that. None: nothing that networks show."""
    name = file.name or _name(file.ref)
    type = file.type or _guessed(name) or _guessed(_name(file.ref))
    kind = _KINDS.get(type.partition("/")[0])
    return None if kind is None else Media(kind, file.ref, type, file.size, name, file.alt)


def _shared(message: ET.Element) -> Iterator[Media]:
    """XEP-0447: one element for each file, with the places where it is."""
    for sharing in children(message, SHARING, "file-sharing"):
        sources = child(sharing, SHARING, "sources")
        targets = [] if sources is None else children(sources, URL_DATA, "url-data")
        url = next((one.get("target", "") for one in targets if _is_web(one.get("target", ""))), "")
        if url:
            yield _file(url, child(sharing, FILE, "file"), FILE)


def _in_references(message: ET.Element) -> Iterator[Media]:
    """XEP-0385: a reference that brings a file along, which is where another reference leads."""
    for reference in children(message, REFERENCE, "reference"):
        sharing = child(reference, SIMS, "media-sharing")
        sources = None if sharing is None else child(sharing, SIMS, "sources")
        if sharing is None or sources is None:
            continue
        urls = [one.get("uri", "") for one in children(sources, REFERENCE, "reference")]
        url = next(filter(_is_web, urls), "")
        if url:
            yield _file(url, child(sharing, FILE_OF_JINGLE, "file"), FILE_OF_JINGLE)


def _file(url: str, told: ET.Element | None, namespace: str) -> Media:
    def field(name: str) -> str:
        return "" if told is None else (told.findtext(f"{{{namespace}}}{name}") or "").strip()

    size = field("size")
    known = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None
    alt = " ".join(field("desc").split())[:_LONGEST]
    return Media("file", url, field("media-type").lower(), known, field("name") or _name(url), alt)


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _name(url: str) -> str:
    """What an address says of its file."""
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        return ""


def _guessed(name: str) -> str:
    return mimetypes.guess_type(f"x{name[name.rfind('.') :]}" if "." in name else "")[0] or ""
