"""Whether one text is another one that somebody carried from network to network: pure.

Bridges change what they carry: they shorten links, cut, number, write `RT` or `(via …)` around it. What is
left when all that is taken away is compared. Two posts that are alike are not one post: this is a reason not
to carry one of them to where the other stands, and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

import regex

# So long after a post a text that is alike is taken for its copy. Bridges that read feeds need hours; what is
# said every day, now and then some minutes earlier than the day before, is said anew.
WINDOW = timedelta(hours=20)
# Few words ("gm", "thanks!") say themselves again and again: they are a copy only within this, and a little
# longer where nobody knows how the other came to stand where it does.
BRIEFLY, SOON = timedelta(minutes=1), timedelta(minutes=10)
SKEW = timedelta(seconds=5)  # between the clocks of two servers

_ENOUGH_LETTERS, _ENOUGH_WORDS = 24, 4  # of a text that says more than a greeting
_MUCH = 2  # times as much, of a text that is known even with a link to another site
_HAN_COUNTS = 3  # letters that a character counts for of scripts that write words with one or two
_PIECE_WORDS = 2  # of a part that bears a number: the last of a thread may be short

# Services whose addresses lead elsewhere. That the address is one cannot be seen by its form everywhere.
_SHORTENERS = frozenset(
    {"t.co", "bit.ly", "j.mp", "ow.ly", "buff.ly", "dlvr.it", "ift.tt", "is.gd", "v.gd", "goo.gl"}
    | {"tinyurl.com", "tiny.cc", "trib.al", "fb.me", "lnkd.in", "rb.gy", "cutt.ly", "shorturl.at"}
    | {"rebrand.ly", "s.id", "t.ly", "t.cn", "url.cn", "dwz.cn", "suo.im", "reurl.cc", "ppt.cc"}
)
_CODE = regex.compile(r"/[A-Za-z0-9_-]{3,12}")  # the path of one that is none of these
_SHORT_HOST = 12  # characters
_TRACKING = regex.compile(r"utm_\w+|fbclid|gclid|mc_cid|mc_eid|igsh|ref_src")

_UNSEEN = regex.compile(r"[\p{Cf}\ufe0e\ufe0f\u034f]")
_LINK = regex.compile(
    r"(?:https?://|(?<![\w@.])(?=(?:[a-z0-9-]+\.)+[a-z]{2,}/))[^\s<>\"'，。！？；：、（）《》「」]+",
    regex.IGNORECASE,
)
_NAME = regex.compile(r"(?<![\w/])@?([\w.-]*\w)@[\w-]+(?:\.[\w-]+)+|(?<![\w/])@(?=\w)")
# Lines by which this program tells of pictures, polls and quotes where a network cannot show them.
_BESIDE = regex.compile(
    r"^(?:[🖼🎬🔊📎○] ?.*|… ?\+\d+|re: *https?://\S+)$", regex.IGNORECASE | regex.MULTILINE
)
_COUNTER = r"[(\[]?(?<![\d/])(\d{1,3})/(\d{1,3}|n)(?![\d/])[)\]]?"
_HEAD = regex.compile(
    rf"\s+|🔁\s*(?:@?[\w.-]*\w|[^\n:]{{1,64}}):\s|[\p{{So}}]\s*|\[[^\]\n]{{1,24}}\]\s*|{_COUNTER}[:.]?\s+"
    r"|(?:rt|mt|fwd?|re|via|repost(?:ed)?|cross-?post(?:ed)?)\b(?:\s*@?[\w.-]*\w\s*:|\s*[:：]|\s+@[\w.-]*\w|\s)\s*"
    r"|(?:转发|轉發|转自|轉自)[:：]?\s*(?:@[\w.-]*\w[:：]?\s*)?",
    regex.IGNORECASE,
)
_TAIL = regex.compile(
    rf"\s+|\s(?:{_COUNTER})|\s*[\[(](?:via|from|来自|來自|转自|轉自)\s[^)\]\n]{{1,40}}[)\]]"
    r"|\s[—–|-]*\s*via\s@?[\w.-]{1,40}|[\s—–|-]+",
    regex.IGNORECASE,
)
# A cut may have hit a link: what is left of that is no word.
_CUT = regex.compile(r"(?:\s+h(?:tt?|ttps?:?/{0,2}))?\s*(?:\[\s*(?:…|\.{3,})\s*\]|…|\.{3,})")
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[[\p{L}\p{N}\p{M}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]]+"
    r"|[\p{So}\p{Sc}+=]",
    regex.V1,
)
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")


@dataclass(frozen=True, slots=True)
class Print:
    """What is left of a text when what bridges change is taken away."""

    words: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    cut: bool = False  # its end was cut away
    number: int | None = None  # it is this part of a thread

    @property
    def piece(self) -> bool:
        """Whether it says itself that it is not the whole."""
        return self.cut or self.number is not None


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and when it was written."""

    text: str
    at: datetime

    def print(self, frames: Sequence[str] = ()) -> Print:
        return printed(self.text, tuple(frames))


@lru_cache(2048)
def printed(text: str, frames: tuple[str, ...] = ()) -> Print:
    """The print of a text; `frames` are what is written in front of or behind texts that rules carry."""
    seen = unicodedata.normalize("NFC", _UNSEEN.sub("", _unframed(text.strip(), frames)))
    seen = _BESIDE.sub("", seen)
    links = tuple(dict.fromkeys(_address(found[0]) for found in _LINK.finditer(seen)))
    bare = _NAME.sub(lambda found: f"@{found[1] or ''}", _LINK.sub(" ", seen))
    bare, number, cut = _bared(bare.strip())
    words = _WORD.findall(unicodedata.normalize("NFKC", bare).casefold())
    return Print(tuple(words), links, cut, number)


def alike(one: Said, other: Said, frames: Sequence[str] = (), *, briefly: timedelta = BRIEFLY) -> bool:
    """Whether the later of the two is likely the earlier one, carried there by somebody. Pure.

    The whole of an earlier piece is something new: nobody can carry more than there was. `briefly`: within
    which time few words are a copy, too.
    """
    apart = abs(one.at - other.at)
    if apart > WINDOW:
        return False
    first, second = one.print(frames), other.print(frames)
    if not _may_lead_to_one(first, second):
        return False
    if _is_nothing(first) or _is_nothing(second) or _are_two_parts(first, second):
        return False
    if first.words == second.words:
        return apart <= briefly or says_enough(first) or _same_page(first.links, second.links)
    pairs = [(first, second)] if one.at <= other.at + SKEW else []
    pairs += [(second, first)] if other.at <= one.at + SKEW else []
    return any(_is_piece(part, whole) for whole, part in pairs)


def both_of(text: Said, one: Said, other: Said, frames: Sequence[str] = ()) -> bool:
    """Whether two texts were likely made of this earlier one, so that they are alike though it cannot be
    seen by them: one is cut and one is not, or each has the address where its carrier keeps it. Pure.
    """
    if text.at > min(one.at, other.at) + SKEW or not says_enough(text.print(frames)):
        return False
    if _are_two_parts(one.print(frames), other.print(frames)):
        return False
    return alike(text, one, frames) and alike(text, other, frames)


def same(one: Print, other: Print) -> bool:
    """Whether two prints say the same, or one of them says it within more words: what goes round in a circle
    and is written around each time. Pure.
    """
    if one.words == other.words:
        return _may_lead_to_one(one, other)
    short, long = sorted((one, other), key=lambda each: len(each.words))
    return says_enough(short) and not short.piece and _stands_in(short.words, long.words) is not None


def near(one: Print, other: Print) -> bool:
    """Whether most words of both are the same ones. Pure."""
    first, second = set(one.words), set(other.words)
    return len(first & second) >= _ENOUGH_WORDS and len(first & second) * 5 >= len(first | second) * 4


def says_enough(one: Print, times: int = 1) -> bool:
    """Whether these words are likely said once only; or even so many times as many as that takes. Pure."""
    letters = sum(_HAN_COUNTS if _WIDE.match(word) else len(word) for word in one.words)
    return letters >= times * _ENOUGH_LETTERS and len(set(one.words)) >= times * _ENOUGH_WORDS


def _is_nothing(one: Print) -> bool:
    """Pictures without a word all look the same."""
    return not one.words and not one.links


# --- pieces --------------------------------------------------------------------------------------


def _are_two_parts(one: Print, other: Print) -> bool:
    """Whether they are two parts of one thread, which may say the same."""
    return one.number is not None and other.number is not None and one.number != other.number


def _is_piece(part: Print, whole: Print) -> bool:
    """Whether one text is a stretch of the other: its beginning, or what a thread has of it."""
    if not part.piece or len(part.words) > len(whole.words) or not part.words:
        return False
    at = _stands_in(part.words, whole.words, last_is_cut=part.cut)
    if part.number is not None:
        return at is not None and (says_enough(part) or len(part.words) >= _PIECE_WORDS)
    return at == 0 and says_enough(part)


def _stands_in(part: Sequence[str], whole: Sequence[str], *, last_is_cut: bool = False) -> int | None:
    """Where these words stand in those, one behind the other; the last may be cut in the middle."""
    *body, last = part
    size = len(body)
    for at in range(len(whole) - size):
        found = whole[at + size]
        ends = last == found or (last_is_cut and found.startswith(last))
        if ends and list(whole[at : at + size]) == body:
            return at
    return None


# --- what stands around it -----------------------------------------------------------------------


def _unframed(text: str, frames: Iterable[str]) -> str:
    for frame in filter(None, (one.strip() for one in frames)):
        text = text.removeprefix(frame).removesuffix(frame).strip()
    return text


def _bared(text: str) -> tuple[str, int | None, bool]:
    """A text without what bridges write around it; which part of a thread it is, and whether it was cut."""
    start, end, number, cut = 0, len(text), None, False
    while start < end and (found := _HEAD.match(text, start, end)) and found.end() > start:
        number = number or _number(found)
        start = found.end()
    while start < end:
        gone = _last(_CUT, text, start, end)
        cut = cut or gone is not None
        gone = gone or _last(_TAIL, text, start, end)
        if gone is None:
            break
        number = number or _number(gone)
        end = gone.start()
    return text[start:end], number, cut


def _last(pattern: regex.Pattern[str], text: str, start: int, end: int) -> regex.Match[str] | None:
    """The longest match that ends at the end."""
    least = max(start, end - 64)
    return next((found for at in range(least, end) if (found := pattern.fullmatch(text, at, end))), None)


def _number(found: regex.Match[str]) -> int | None:
    groups = [group for group in found.groups()[::2] if group] if found.re.groups else []
    return int(groups[0]) if groups else None


# --- links -----------------------------------------------------------------------------------------


def _address(link: str) -> str:
    """An address without its scheme, `www.`, what follows who clicked, and a last slash."""
    link = link.rstrip(".,;:!?)]")
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:  # a bracket without its partner
        return link.lower()
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    host, path = parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def _may_lead_to_one(one: Print, other: Print) -> bool:
    """Whether two texts may have the same links: nobody asks a shortener where its own lead."""
    if not one.links or not other.links:  # a bridge adds where it comes from; a network shows a card instead
        return True
    first, second = _left(one.links, other.links), _left(other.links, one.links)
    if not first or not second:
        return True
    hosts, others = ({link.partition("/")[0] for link in left} for left in (first, second))
    if hosts == others and not hosts <= _SHORTENERS:
        return False  # two pages of one site
    elsewhere = hosts.isdisjoint(others) and says_enough(one, _MUCH) and says_enough(other, _MUCH)
    return elsewhere or any(_is_short(link) for link in (*first, *second))


def _left(links: Sequence[str], others: Sequence[str]) -> list[str]:
    """Those that are not among the others; a network may show one cut short."""
    return [link for link in links if not any(_leads_to(link, other) for other in others)]


def _leads_to(link: str, other: str) -> bool:
    shown = (link.rstrip("…"), other.rstrip("…"))
    cut = shown != (link, other) or link.endswith("...") or other.endswith("...")
    return link == other or (cut and (shown[0].startswith(shown[1]) or shown[1].startswith(shown[0])))


def _is_short(link: str) -> bool:
    host, slash, path = link.partition("/")
    return host in _SHORTENERS or (len(host) <= _SHORT_HOST and _CODE.fullmatch(slash + path) is not None)


def _same_page(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both lead to one page, which says enough: few write of it twice."""
    return any("/" in link for link in set(one) & set(other))
