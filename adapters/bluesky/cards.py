"""The card under a post: title, description and picture of the page that it links to, as that page says it.

Best effort, bounded in time and size: what does not answer soon has no card, and the post goes out without.
Pages are asked over the guarded session, which goes to public addresses only.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import html
import re
from typing import Final

import aiohttp
import msgspec
from yarl import URL

from adapters.bluesky.records import Card, Record
from adapters.bluesky.wire import Wire
from bridgebot.errors import AdapterError
from bridgebot.model import Account

SECONDS: Final = 10.0  # for all of it
_PAGE_BYTES: Final = 256 * 1024  # of a page: what is looked for stands in its head
_THUMB_BYTES: Final = 1_000_000  # lexicons/app/bsky/embed/external.json
_TITLE, _DESCRIPTION = 300, 1000  # characters
_KINDS: Final = (  # by how they begin
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)
_BODY: Final = re.compile(r"<body[\s>]|</head\s*>", re.IGNORECASE)
_META: Final = re.compile(r"<meta(?=[\s/])", re.IGNORECASE)
_OPENING: Final = re.compile(r"<title(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"""([a-z][\w:.-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))|>""", re.IGNORECASE
)
_ELEMENTS, _ELEMENT = 300, 4096  # of a page; letters of one
_ENCODINGS: Final = re.compile(r"utf-?(?:8|16)|iso8859|cp\d|gb|big5|shift_jis|euc_|koi8|ascii", re.IGNORECASE)
_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w-]{2,40})""", re.IGNORECASE)


class _Blob(msgspec.Struct, frozen=True):
    blob: Record


async def card(api: Wire, account: Account, url: str) -> Card | None:
    """The card of a page; None: it has no title, or nothing came in time. Raises nothing."""
    if not url:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            return await _card(api, account, url)
    except (AdapterError, aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


async def _card(api: Wire, account: Account, url: str) -> Card | None:
    body, kind, at = await _bounded(api, URL(url), _PAGE_BYTES, whole=False)
    if not kind.startswith(("text/html", "application/xhtml+xml")):
        return None
    said = head_of(_letters(body, kind))
    title = said.get("og:title") or said.get("twitter:title") or said.get("title", "")
    if not title:
        return None
    words = said.get("og:description") or said.get("twitter:description") or said.get("description", "")
    picture = said.get("og:image") or said.get("twitter:image") or ""
    thumb = await _thumb(api, account, at, picture) if picture else None
    return Card(url, _short(title, _TITLE), _short(words, _DESCRIPTION), thumb)


async def _thumb(api: Wire, account: Account, page: URL, picture: str) -> Record | None:
    """The page's picture, handed over; None: it has none that may be shown. The card does without."""
    with contextlib.suppress(AdapterError, aiohttp.ClientError, ValueError):
        body, _, _ = await _bounded(api, page.join(URL(picture)), _THUMB_BYTES, whole=True)
        if kind := image_type(body):
            return (await api.upload(account, body, kind, len(body), _Blob)).blob
    return None


async def _bounded(api: Wire, url: URL, most: int, *, whole: bool) -> tuple[bytes, str, URL]:
    """The first bytes of what stands at an address, its kind, and where it was in the end.

    Raises ValueError for what is not there or, with `whole`, longer.
    """
    if url.scheme not in ("https", "http") or url.user is not None or url.password is not None:
        raise ValueError("not an address of a page")
    async with api.http.get(url, max_redirects=4, headers={"Accept": "text/html, image/*;q=0.9"}) as answer:
        if answer.status != 200 or (whole and (answer.content_length or 0) > most):
            raise ValueError(f"HTTP {answer.status}")
        body = b""
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > most:
                if whole:
                    raise ValueError("too long")
                break
        return body[:most], answer.headers.get("Content-Type", "").lower(), answer.url


def image_type(body: bytes) -> str:
    """What kind of picture this is, by how it begins; "": none that is shown."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _KINDS if body.startswith(start)), "")


def _letters(body: bytes, kind: str) -> str:
    """The page as text, by the encoding that it names."""
    _, _, said = kind.partition("charset=")
    found = _CHARSET.search(body[:2048])
    name = said.split(";")[0].strip("\"' ") or (found[1].decode("ascii") if found else "") or "utf-8"
    return body.decode(_encoding(name), "replace")


def _encoding(name: str) -> str:
    """An encoding of text as pages have it; Python knows others, which are none."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "utf-8"
    return known if _ENCODINGS.match(known) else "utf-8"


def head_of(page: str) -> dict[str, str]:
    """What a page says of itself: `title`, and its meta elements by `property` or `name`; the first counts.

    No parser of HTML: it looks at so many elements, each up to so many letters, whatever anybody wrote.
    """
    head = _BODY.split(page, 1)[0]
    said: dict[str, str] = {}
    for element in _META.split(head, _ELEMENTS)[1:]:
        given = _attributes(element[:_ELEMENT])
        name = (given.get("property") or given.get("name") or "").lower()
        said.setdefault(name, given.get("content", ""))
    if opening := _OPENING.search(head):
        title = head[opening.end() : opening.end() + _ELEMENT].partition("<")[0]
        said.setdefault("title", title)
    shown = ((name, " ".join(html.unescape(words).split())) for name, words in said.items())
    return {name: words for name, words in shown if name and words}


def _attributes(element: str) -> dict[str, str]:
    """Those of the element that begins here, up to its end."""
    given: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(element):
        if found[0] == ">":
            break
        given.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    return given


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
