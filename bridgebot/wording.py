"""How networks count a text, and when two versions of it are one: pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import regex

Unit = Literal["characters", "utf16", "bytes", "graphemes"]
# What a server takes for an address, measured against Mastodon's own counter: a scheme, a name (no
# number, no user before it), then a path and a query that do not end in punctuation. Chinese,
# Japanese and Korean letters and their punctuation end it, since people write on without a space:
# where a server would go on, the text only counts for longer than it must.
_WIDE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u3000-\u303f\uff00-\uffef\u2018-\u201f\u2026"
_STEP = rf"(?:[^\s<>()?{_WIDE}]|\([^\s<>()?{_WIDE}]*\))"
_URL = regex.compile(
    r"(?<![a-z0-9@＠$#＃\p{GCB=PP}])https?://"
    r"(?:[\p{L}\p{N}_-]++\.)+(?:xn--[a-z0-9-]++|[a-z]{2,}+|[^\W\d_a-z]{2,}+)(?![a-z0-9@_-])"
    rf"(?::\d+)?(?:/{_STEP}*(?<![!*\"':;=,.$%\[\]~&|@]))?"
    r"(?:\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^]*[a-z0-9_&=#/-])?"
    r"(?![\p{GCB=EX}\p{GCB=SM}\p{GCB=ZWJ}])",  # nor within a character
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![=/\w])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@\w+(?:[.-]+\w+)*", regex.IGNORECASE)


_WIDEST: dict[Unit, int] = {"characters": 1, "graphemes": 1, "utf16": 2, "bytes": 4}  # of a code point
_OCTETS = 4  # of a code point in UTF-8, at most
_LONGEST_URL = 2000  # code points: what is longer is shown whole, and counts so, since no link leads there
_GRAPHEME = regex.compile(r"\X")
# What joins with nothing of its kind (UAX #29, table 1b): between two of these there is always an edge. So
# only stretches of anything else are looked through, with one of these on either side. Most texts have none.
_ALONE = r"\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}\p{GCB=Control}\n"
_JOINING = regex.compile(rf"[^{_ALONE}]++(?:[{_ALONE}]?[^{_ALONE}]++)*+[{_ALONE}]?")


# Flags are pairs of these. To pair the last of thousands `\X` counts from the first, each time.
_FLAGS = regex.compile(r"\p{GCB=RI}{6,}+")


def clusters(text: str) -> list[tuple[int, int]]:
    """Where characters stand, as people see them (graphemes), that are more than one code point; in order."""
    found: list[tuple[int, int]] = []
    if text.isascii() and "\r" not in text:
        return found
    for stretch in _JOINING.finditer(text):
        at, end = max(stretch.start() - 1, 0), stretch.end()
        for flags in _FLAGS.finditer(text, at, end):
            first, last = flags.start() + 2, flags.start() + (flags.end() - flags.start() - 1) // 2 * 2
            found += _joined(text, at, first)
            found += ((here, here + 2) for here in range(first, last, 2))
            at = last
        found += _joined(text, at, end)
    return found


def _joined(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    found = _GRAPHEME.finditer(text, start, end)
    return (one.span() for one in found if one.end() - one.start() > 1)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Which files one server takes with a post."""

    count: int = 4  # pictures in one post
    types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
    image_bytes: int = 1_000_000
    image_pixels: int | None = None  # width times height
    video_bytes: int = 0  # of a film or sound; 0: none
    alt_length: int = 1500  # characters
    mixed: bool = False  # pictures and films in one post
    video_seconds: int | None = None  # how long a film may be; None: nobody said


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a text may be on one server or in one chat, and what may go with it."""

    max_length: int  # in `unit`
    unit: Unit = "characters"
    url_length: int | None = None  # what every URL counts for; None: its own length
    url_most: int | None = None  # what a URL counts for at most, where a longer one is shown cut short
    short_mentions: bool = False  # of `@ada@example.social` only `@ada` counts
    lacks: frozenset[str] = frozenset()  # capabilities of the network that this server does not have
    max_bytes: int | None = None  # of the text in UTF-8, where that counts beside `max_length`
    warning_frame: str = ""  # what a content warning brings along where it is written into the text
    choices: int = 4  # of a poll
    choice_length: int = 50  # characters
    poll_shortest: int = 300  # seconds that a poll is open at least
    poll_longest: int = 30 * 86400
    files: FileLimits | None = None  # None: it takes none

    def length(self, text: str) -> int:
        """The length of `text` as this network counts it."""
        extra, most = 0, self.url_most
        if most is not None:
            text = _URL.sub(lambda found: found[0][: most if _is_link(found) else None], text)
        if self.url_length is not None:
            text, urls = _URL.subn("x", text)
            extra = urls * (self.url_length - 1)
        if self.short_mentions:
            text = _MENTION.sub(r"\1", text)
        match self.unit:
            case "utf16":
                return len(text.encode("utf-16-le")) // 2 + extra
            case "bytes":
                return len(text.encode()) + extra
            case "graphemes":
                return len(text) - sum(end - start - 1 for start, end in clusters(text)) + extra
            case _:
                return len(text) + extra

    def fits(self, text: str) -> bool:
        """Is `text` no longer than is allowed, counted in every way that counts?"""
        if self._at_most(text) > self.max_length and self.length(text) > self.max_length:
            return False
        most = self.max_bytes
        return most is None or len(text) * _OCTETS <= most or self.octets(text) <= most

    def octets(self, text: str) -> int:
        """What of `text` counts for `max_bytes`."""
        return _bytes(text) - sum(
            _bytes(text[start:end]) - much for start, end, much in self.odd_octets(text)
        )

    def odd(self, text: str) -> Iterable[tuple[int, int, int]]:
        """Where, in order, addresses and mentions stand that do not count for their length; for how much."""
        found = []
        if self.url_length is not None or self.url_most is not None:
            found += [(start, end, self.length(text[start:end])) for start, end in self.urls(text)]
        if self.short_mentions:
            found += [(one.start(), one.end(), len(one[1])) for one in _MENTION.finditer(text)]
        at = 0
        for start, end, much in sorted(found):
            if start >= at:  # what looks like a name within an address is none
                yield start, end, much
                at = end

    def odd_octets(self, text: str) -> Iterable[tuple[int, int, int]]:
        """The same for `max_bytes`: an address that is shown cut short counts for no more than is shown."""
        if self.url_most is not None:
            for start, end in self.urls(text):
                yield start, end, min(_bytes(text[start:end]), self.url_most * _OCTETS)

    def urls(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the URLs stand that `length` counts in their own way."""
        found = _URL.finditer(text) if "://" in text else ()
        return tuple(one.span() for one in found if self.url_most is None or _is_link(one))

    def with_warning(self, warning: str | None) -> Limits:
        """What is left for a text behind this content warning, which counts with it."""
        return self.beside(warning, self.warning_frame) if warning else self

    def beside(self, *texts: str) -> Limits:
        """What is left for a text where these stand with it."""
        left = self.max_length - sum(self.length(text) for text in texts)
        octets = self.max_bytes
        if octets is not None:
            octets -= sum(map(self.octets, texts))
        return replace(self, max_length=left, max_bytes=octets)

    def _at_most(self, text: str) -> int:
        """What the length surely does not exceed: most texts are short, and need no counting."""
        addresses = text.count("://") * (self.url_length or 0)
        return len(text) * _WIDEST[self.unit] + addresses


def _is_link(found: regex.Match[str]) -> bool:
    return len(found[0]) <= _LONGEST_URL


def _bytes(text: str) -> int:
    return len(text.encode())


# --- one text, as two networks have it ----------------------------------------------------------

_BREAKS = regex.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_IGNORED = regex.compile(r"[\p{Cf}\ufe0e\ufe0f]")
_ADDRESS = regex.compile(r"https?://(?:www\.)?([^\s/?#]+)(\S*)", regex.IGNORECASE)
_NAMED = regex.compile(
    r"(?<![\p{L}\p{N}_/])(@[\p{L}\p{N}_.-]+)(?:@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)?", regex.IGNORECASE
)


def canonical(text: str) -> str:
    """What two networks' versions of one text have in common.

    Networks change white space, Unicode form (all to NFC here), invisible characters, the way an address is
    written (scheme, `www.`, host in capitals, a last slash), and the capitals and the server of a mention.
    """
    seen = _IGNORED.sub("", unicodedata.normalize("NFC", _BREAKS.sub("\n", text)))
    seen = _ADDRESS.sub(lambda found: f"{found[1].lower()}{found[2].rstrip('/')}", seen)
    return " ".join(str(_NAMED.sub(lambda found: found[1].lower(), seen)).split())
