"""The records that are written into a person's repository, by the lexicons app.bsky.*: pure.

Sources: lexicons/app/bsky (feed/post.json, feed/like.json, embed/*.json, graph/follow.json) of
bluesky-social/atproto.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from bridgebot.errors import Rejected
from bridgebot.model import Uploaded

POST: Final = "app.bsky.feed.post"
LIKE: Final = "app.bsky.feed.like"
REPOST: Final = "app.bsky.feed.repost"
FOLLOW: Final = "app.bsky.graph.follow"
BLOCK: Final = "app.bsky.graph.block"

# The network has no warnings in front of a text. The words stand before it, as people write them there, and a
# label that the author may set covers pictures until somebody wants to see them.
WARNING_FRAME: Final = "CW: \n\n"
_LABEL: Final = "graphic-media"
_WARNED = re.compile(r"CW: (\S[^\n]*)\n\n")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ref:
    """com.atproto.repo.strongRef: a record as it stood then."""

    uri: str
    cid: str

    def record(self) -> Record:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a post answers, and where that thread began."""

    root: Ref
    parent: Ref


@dataclass(frozen=True, slots=True)
class Card:
    """A page that a post links to."""

    url: str
    title: str
    description: str
    thumb: Record | None = None  # a blob


def framed(text: str, warning: str | None) -> str:
    """The text as it is written, its warning in front."""
    return f"CW: {' '.join(warning.split())}\n\n{text}" if warning and warning.strip() else text


def told_apart(text: str) -> tuple[str | None, str, int]:
    """The warning in front of a text, what stands behind it, and how many code points were cut off."""
    found = _WARNED.match(text)
    if found is None:
        return None, text, 0
    return found[1], text[found.end() :], found.end()


def post(
    text: str,
    created: datetime,
    *,
    facets: Sequence[Record] = (),
    reply: Reply | None = None,
    embed: Record | None = None,
    language: str | None = None,
    warned: bool = False,
) -> Record:
    """A post. Of the same arguments it is the same to the byte."""
    made: Record = {"$type": POST, "text": text, "createdAt": moment(created)}
    if facets:
        made["facets"] = list(facets)
    if reply:
        made["reply"] = {"root": reply.root.record(), "parent": reply.parent.record()}
    if embed:
        made["embed"] = embed
    if language and _LANGUAGE.fullmatch(language):
        made["langs"] = [language]
    if warned:
        made["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": _LABEL}]}
    return made


def about(kind: str, subject: Ref | str, created: datetime) -> Record:
    """A like or repost of a record, a follow or block of a DID."""
    what = subject.record() if isinstance(subject, Ref) else subject
    return {"$type": kind, "subject": what, "createdAt": moment(created)}


def embed(files: Sequence[Uploaded], card: Card | None, quote: Ref | None) -> Record | None:
    """What stands below a text: pictures, a film or a card, a quoted post, or both."""
    media = _shown(files) if files else _external(card) if card else None
    if quote is None:
        return media
    record = {"$type": "app.bsky.embed.record", "record": quote.record()}
    if media is None:
        return record
    return {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}


def is_film(file: Uploaded) -> bool:
    """A post shows one film, or pictures."""
    return str(blob(file.ref).get("mimeType", "")).startswith("video/")


def _shown(files: Sequence[Uploaded]) -> Record:
    if is_film(files[0]):
        alt = {"alt": files[0].alt} if files[0].alt else {}
        return {"$type": "app.bsky.embed.video", "video": blob(files[0].ref), **alt, **_shape(files[0])}
    images = [{"image": blob(file.ref), "alt": file.alt, **_shape(file)} for file in files]
    return {"$type": "app.bsky.embed.images", "images": images}


def _shape(file: Uploaded) -> Record:
    """Without it apps do not know how much room to keep."""
    if not file.width or not file.height:
        return {}
    return {"aspectRatio": {"width": file.width, "height": file.height}}


def blob(ref: str) -> Record:
    """What an upload gave, as it goes into a record."""
    try:
        return msgspec.json.decode(ref, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Rejected("bluesky-file-unknown") from None


def _external(card: Card) -> Record:
    shown: Record = {"uri": card.url, "title": card.title, "description": card.description}
    if card.thumb is not None:
        shown["thumb"] = card.thumb
    return {"$type": "app.bsky.embed.external", "external": shown}


def moment(time: datetime) -> str:
    """A time as records have it, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
