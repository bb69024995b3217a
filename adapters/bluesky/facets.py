"""What in a text is a link, a mention or a tag: pure.

A facet (app.bsky.richtext.facet) names bytes of UTF-8, a span of the bot code points. None begins or ends
within a character as people see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import regex

from bridgebot.model import Span

SHOWN: Final = 30  # characters of an address that are shown: its facet leads to all of it
_FACET: Final = "app.bsky.richtext.facet"
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640  # lexicons/app/bsky/richtext/facet.json
_URI_BYTES = 8192  # atproto.com/specs/lexicon, "uri"
# Chinese and Japanese write on behind an address without a space.
_WIDE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u3000-\u303f\uff00-\uffef\u2018-\u201f\u2026"
_LINK = regex.compile(
    rf"(?<![\p{{Latin}}\p{{N}}_@/])https?://[^\s\p{{C}}\p{{M}}<>\"{_WIDE}/?#@:]+\.[^\s\p{{C}}<>\"{_WIDE}]+",
    regex.IGNORECASE,
)
_SCHEME = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)
_BEHIND = ".,;:!?*_~'|"  # punctuation of the sentence, not of the address
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# `@ada@example.social` is an address on another network, `ada@example.social` a letter box.
_MENTION = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}_@/.])@((?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?)(?![\p{{L}}\p{{N}}\p{{M}}_@-]|\.[a-z0-9])",
    regex.IGNORECASE,
)
_TAG = regex.compile(r"(?<![\p{Latin}\p{N}_&/#＃@.])[#＃]([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_-]*)")
_NO_NUMBER = regex.compile(r"[^\p{N}\p{M}_-]")

Kind = Literal["link", "mention", "tag"]


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text that is more than text."""

    start: int  # code points
    end: int
    kind: Kind
    value: str  # an address, a handle, a tag without #


def shortened(text: str, found: Iterable[Found]) -> tuple[str, tuple[Found, ...]]:
    """The text as it is shown, long addresses cut short, and what is found in it there."""
    shown, moved, at = "", list[Found](), 0
    for one in found:
        words = text[one.start : one.end]
        if one.kind == "link" and one.value == words and len(words) > SHOWN:
            words = f"{_SCHEME.sub('', words, count=1)[: SHOWN - 1]}…"
        shown += text[at : one.start]
        moved.append(replace(one, start=len(shown), end=len(shown) + len(words)))
        shown += words
        at = one.end
    return shown + text[at:], tuple(moved)


def found_in(
    text: str, spans: Iterable[Span] = (), urls: Iterable[tuple[int, int]] = ()
) -> tuple[Found, ...]:
    """All of a text, in order and apart; what the spans link goes before what stands there. `urls` are
    places where the bot counted an address: one that is to be cut short is a link before all else.
    """
    named = [
        Found(span.start, span.end, "link", span.url) for span in spans if span.kind == "link" and span.url
    ]
    counted = [Found(start, end, "link", text[start:end]) for start, end in urls]
    long = [one for one in counted if one.end - one.start > SHOWN]
    links = [one for one in (*long, *named, *_links(text), *counted) if len(one.value.encode()) <= _URI_BYTES]
    candidates = [*links, *_mentions(text), *_tags(text)]
    if not candidates:
        return ()
    edges = _edges(text)
    taken: list[Found] = []
    for one in candidates:
        free = all(one.end <= other.start or other.end <= one.start for other in taken)
        if free and one.start < one.end and {one.start, one.end} <= edges:
            taken.append(one)
    return tuple(sorted(taken, key=lambda one: one.start))


def facets(text: str, found: Sequence[Found], dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text. A mention is one only if `dids` knows who that handle is."""
    made = []
    for one in found:
        feature = _feature(one, dids)
        if feature is not None:
            start = len(text[: one.start].encode())
            end = start + len(text[one.start : one.end].encode())
            made.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return made


def _feature(one: Found, dids: Mapping[str, str]) -> dict[str, str] | None:
    match one.kind:
        case "link":
            return {"$type": f"{_FACET}#link", "uri": one.value}
        case "tag":
            return {"$type": f"{_FACET}#tag", "tag": one.value}
        case _:
            did = dids.get(one.value)
            return None if did is None else {"$type": f"{_FACET}#mention", "did": did}


def _links(text: str) -> Iterable[Found]:
    for match in _LINK.finditer(text):
        url = _trimmed(match.group())
        yield Found(match.start(), match.start() + len(url), "link", url)


def _trimmed(url: str) -> str:
    """Without what belongs to the sentence: `(see https://example.org/a).`"""
    while url:
        shorter = url.rstrip(_BEHIND)
        for opening, closing in ("()", "[]", "{}"):
            if shorter.endswith(closing) and shorter.count(closing) > shorter.count(opening):
                shorter = shorter[:-1]
        if shorter == url:
            break
        url = shorter
    return url


def _mentions(text: str) -> Iterable[Found]:
    for match in _MENTION.finditer(text):
        yield Found(match.start(), match.end(), "mention", match[1].lower())


def _tags(text: str) -> Iterable[Found]:
    for match in _TAG.finditer(text):
        tag = match[1].rstrip("-")
        small = len(tag.encode()) <= _TAG_BYTES and len(regex.findall(r"\X", tag)) <= _TAG_GRAPHEMES
        if small and _NO_NUMBER.search(tag):
            yield Found(match.start(), match.start() + 1 + len(tag), "tag", tag)


def _edges(text: str) -> set[int]:
    """Where a character begins or ends, as people see it."""
    return {0, *(match.end() for match in regex.finditer(r"\X", text))}
