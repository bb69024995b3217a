"""What is in a post's text: links, mentions, tags. Pure; nothing here makes HTML."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import regex

from adapters.plaza.names import folded
from bridgebot.errors import Rejected
from bridgebot.model import Audience, Draft, Limits

Kind = Literal["text", "link", "mention", "tag"]

MENTIONS_AT_MOST = 20  # in one post: more is somebody shouting at a crowd
WARNING = Limits(200, "graphemes")
PICTURES_AT_MOST = 4  # under one post, as with Mastodon
ALT = Limits(1500)  # of a description, in characters
_CODE_POINTS_EACH = 12  # a grapheme may be stacked without end; an honest one is not longer

# A link is ASCII (RFC 3986): Chinese is written on without a space after an address, and browsers
# copy addresses percent-encoded. A tag may follow Chinese directly, and may be closed by a second
# `#` as on Weibo. `@ada@example.social` is somebody on another network and no mention here.
_FOUND = regex.compile(
    r"""
    (?P<link> (?<![A-Za-z0-9]) https?://[A-Za-z0-9\-._~:/?\#\[\]@!$&'()*+,;=%]+ )
  | (?P<mention> (?<![A-Za-z0-9_@＠/.]) [@＠] (?P<name>[A-Za-z0-9_]{2,24}) (?![A-Za-z0-9_]|[@＠][A-Za-z0-9]) )
  | (?P<tag> (?<![\p{Latin}\p{N}_&/\#＃]) [\#＃]
      (?P<word> [\p{L}\p{N}\p{M}_]{0,99} [\p{L}_] [\p{L}\p{N}\p{M}_]{0,99} )
      (?: (?<=\p{Han}) [\#＃] )? )
    """,
    regex.VERBOSE,
)
# XML 1.0 has no place for most of these, not even escaped; they are no text.
_NO_TEXT = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# They turn round what stands beside them (UAX #9): a paragraph keeps that to itself, a title does not.
_REORDERING = regex.compile("[\u202a-\u202e\u2066-\u2069]")
_LANGUAGE = regex.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, as it was written, and what it stands for."""

    kind: Kind
    text: str
    value: str = ""  # the address, the folded name, the folded tag


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture as a post names it."""

    id: int
    alt: str | None = None  # None: what was said of it before
    covered: bool | None = None  # the same


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote, checked and taken apart."""

    text: str
    audience: Audience
    warning: str | None
    language: str | None
    reply_to: int | None
    names: frozenset[str]  # mentioned, folded; whether anybody has the name is not known yet
    tags: frozenset[str]
    pictures: tuple[Wanted, ...] = ()


def segments(text: str) -> tuple[Segment, ...]:
    """The text taken apart; the pieces' `text` joined is the text again."""
    parts: list[Segment] = []
    end = 0
    for match in _FOUND.finditer(text):
        segment = _segment(match)
        parts.append(Segment("text", text[end : match.start()]))
        parts.append(segment)
        end = match.start() + len(segment.text)
    parts.append(Segment("text", text[end:]))
    return tuple(part for part in parts if part.text)


def _segment(match: regex.Match[str]) -> Segment:
    whole = match.group()
    if match.group("name"):
        return Segment("mention", whole, folded(match.group("name")))
    if match.group("word"):
        return Segment("tag", whole, folded_tag(match.group("word")))
    address = _without_full_stop(whole)
    return Segment("link", address, address) if _has_host(address) else Segment("text", whole)


def _without_full_stop(address: str) -> str:
    """The address without the punctuation of the sentence that it stands in."""
    while address[-1] in ".,;:!?'*_~" or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # a bracket without its partner
        return False


def folded_tag(word: str) -> str:
    """A tag as it is kept and compared, without #."""
    return unicodedata.normalize("NFKC", word).lstrip("#").casefold()


def written(draft: Draft, limits: Limits) -> Written:
    """Check a draft. Raises Rejected for one that is empty, too long or shouts at a crowd, or has too many
    pictures.
    """
    text = _clean(draft.text)
    if not text.strip() and not draft.files:
        raise Rejected("plaza-empty-post")
    _within(text, limits)
    warning = one_way(_clean(draft.warning or "")).strip() or None
    _within(warning or "", WARNING)
    pieces = segments(text)
    names = frozenset(piece.value for piece in pieces if piece.kind == "mention")
    if len(names) > MENTIONS_AT_MOST:
        raise Rejected("plaza-too-many-mentions", limit=MENTIONS_AT_MOST)
    if len(draft.files) > PICTURES_AT_MOST:
        raise Rejected("plaza-too-many-pictures", limit=PICTURES_AT_MOST)
    return Written(
        text=text,
        audience=draft.audience,
        warning=warning,
        language=draft.language if _LANGUAGE.fullmatch(draft.language or "") else None,
        reply_to=None if draft.reply_to is None else number(draft.reply_to),
        names=names,
        tags=frozenset(piece.value for piece in pieces if piece.kind == "tag"),
        pictures=tuple(Wanted(number(file.ref), described(file.alt)) for file in draft.files),
    )


def described(alt: str) -> str:
    """A description as it is kept. Raises Rejected for one that is too long."""
    alt = _clean(alt).strip()
    if not ALT.fits(alt):
        raise Rejected("plaza-alt-too-long", length=ALT.length(alt), limit=ALT.max_length)
    return alt


def _clean(text: str) -> str:
    return str(_NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_way(text: str) -> str:
    """The text without marks that reorder it, for where it stands beside other words."""
    return str(_REORDERING.sub("", text))


def _within(text: str, limits: Limits) -> None:
    if not limits.fits(text) or len(text) > _CODE_POINTS_EACH * limits.max_length:
        raise Rejected("plaza-too-long", length=limits.length(text), limit=limits.max_length)


def number(native_id: str) -> int:
    """A native id as the tables know it; 0, which no row has, for what is none."""
    return int(native_id) if regex.fullmatch(r"[0-9]{1,15}", native_id) else 0
