"""The options of a rule, as people type them. Pure.

boosts                    what one boosts, too          without boosts
unlisted, followers       these audiences, too
media                     only posts with files
without answers           nothing that answers something
only #art #music          only what has one of these tags
without #private          nothing that has one of them
only cat,dog              only what says one of these   words cat,dog
without "new moon"        nothing that says this        not_words moon
prefix "…"  suffix "…"    words in front and behind
language de               the language that it is in there
long link, long thread    what becomes of long posts
cap 10/h                  at most so many an hour
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import regex

from bridgebot.flow.picking import STAY_HOME
from bridgebot.store.routes import SYNC

Kind = Literal["word", "quoted", "tag", "comma", "to"]

MOST = 20  # tags or words of one kind
LONGEST = 100  # characters of a prefix, a suffix or a word
MOST_AN_HOUR = 1000

_QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」", "『": "』", "《": "》", "«": "»", "＂": "＂"}
_TOKEN = regex.compile(
    r"(?P<comma>[,，、;；])|(?P<to>->|→|⇒|=>)"
    r"|(?P<quoted>[\"“”「『《«＂](?P<inner>.*?)[\"”」』》»＂])"
    r"|[#＃](?P<tag>[\p{L}\p{N}\p{M}_]+)"
    r"|(?P<word>(?:(?!->|=>)[^\s,，、;；\"“”「『《«＂#＃→⇒])+|[#＃])",
    regex.DOTALL,
)
_TO = ("to", "到", "给", "至")
_CAP = regex.compile(r"(\d{1,4})(?:(?:/|每|per)?(?:h|hour|hr|小时|时))?", regex.IGNORECASE)
_LANGUAGE = regex.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", regex.IGNORECASE)

_KEYS = {
    "boosts": ("boosts", "boost", "转发", "转嘟", "转推"),
    "unlisted": ("unlisted", "不列出", "不公开列出"),
    "followers": ("followers", "关注者", "仅关注者"),
    "media": ("media", "files", "pictures", "媒体", "图片", "文件"),
    "answers": ("answers", "replies", "回复"),
    "only": ("only", "words", "只要", "只含", "仅"),
    "without": ("without", "not_words", "not", "no", "except", "不要", "不含", "不带", "除了"),
    "prefix": ("prefix", "前缀", "开头"),
    "suffix": ("suffix", "后缀", "结尾"),
    "language": ("language", "lang", "语言"),
    "long": ("long", "长文"),
    "cap": ("cap", "limit", "上限", "最多"),
}
_KEY_OF = {word: key for key, words in _KEYS.items() for word in words}
_CHINESE = sorted((word for word in _KEY_OF if not word.isascii()), key=len, reverse=True)
_LONG = {"link": "link", "cut": "link", "链接": "link", "thread": "thread", "串": "thread", "帖串": "thread"}


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    kind: Kind = "word"

    @property
    def key(self) -> str | None:
        """The option that it begins."""
        return _KEY_OF.get(self.text.lower()) if self.kind == "word" else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody said about a rule; what they did not say is as ever."""

    boosts: bool | None = None
    answers: bool | None = None
    media: bool = False
    audiences: tuple[str, ...] = ()  # besides the public
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    shape: Mapping[str, str | int] = field(default_factory=dict)  # prefix, suffix, language, long, cap

    def filters(self, verb: str) -> dict[str, Any]:
        """As a route of this verb keeps it. A sync rule carries public posts alone and no boosts, unless
        somebody says otherwise; what tags keep at home stays there.
        """
        found: dict[str, Any] = {**self._lists(synced=verb == SYNC), **self.shape}
        if self.media:
            found["media"] = True
        if self.answers is False:
            found["answers"] = False
        if verb == SYNC:
            found |= {"audiences": ["public", *self.audiences], "boosts": bool(self.boosts)}
        elif self.boosts is False:
            found["boosts"] = False
        return found

    def _lists(self, *, synced: bool) -> dict[str, Any]:
        home = [tag for tag in STAY_HOME if synced and tag not in self.tags]
        without = [*home, *self.without] if self.without or home != list(STAY_HOME) * synced else []
        lists = {"tags": self.tags, "without": without, "words": self.words, "not_words": self.not_words}
        return {key: list(dict.fromkeys(values)) for key, values in lists.items() if values}


def tokens(text: str) -> list[Token]:
    """A typed text in pieces: words, what stands in quotes, tags, commas and arrows."""
    found: list[Token] = []
    for piece in _TOKEN.finditer(text):
        kind = next(name for name in ("comma", "to", "quoted", "tag", "word") if piece[name] is not None)
        inner = piece["inner"] if kind == "quoted" else piece[kind]
        found += _split(inner) if kind == "word" else [Token(inner, kind)]  # type: ignore[arg-type]
    return found


def _split(word: str) -> list[Token]:
    """A Chinese word of ours needs no space behind it: `上限10`."""
    if word.lower() in _TO:
        return [Token(word, "to")]
    key = next((one for one in _CHINESE if word.startswith(one) and word != one), None)
    return [Token(key), *_split(word[len(key) :])] if key is not None else [Token(word)]


def read(given: Sequence[Token]) -> Chosen | None:
    """What the options say; None where they make no sense."""
    said: dict[str, Any] = {"shape": {}}
    rest = [*given]
    while rest:
        token, rest = rest[0], rest[1:]
        if token.kind == "comma":
            continue
        reader = _READERS.get(token.key or "")
        left = reader(said, rest) if reader is not None else None
        if left is None:
            return None
        rest = left
    return Chosen(**said)


# --- one function for each option: what is left behind it, or None ---

Said = dict[str, Any]
Reader = Callable[[Said, list[Token]], list[Token] | None]


def _flag(name: str) -> Reader:
    def run(said: Said, rest: list[Token]) -> list[Token]:
        said[name] = True
        return rest

    return run


def _audience(name: str) -> Reader:
    def run(said: Said, rest: list[Token]) -> list[Token]:
        said["audiences"] = (*said.get("audiences", ()), name)
        return rest

    return run


def _only(said: Said, rest: list[Token]) -> list[Token] | None:
    if rest and rest[0].key == "media":
        said["media"] = True
        return rest[1:]
    return _several(said, rest, "tags", "words")


def _without(said: Said, rest: list[Token]) -> list[Token] | None:
    if rest and rest[0].key in ("boosts", "answers"):
        said[str(rest[0].key)] = False
        return rest[1:]
    return _several(said, rest, "without", "not_words")


def _several(said: Said, rest: list[Token], tags: str, words: str) -> list[Token] | None:
    """Tags one behind the other, or words between commas."""
    kind = tags if rest and rest[0].kind == "tag" else words
    found, rest = _tags(rest) if kind == tags else _words(rest)
    known = (*said.get(kind, ()), *found)
    if not found or len(known) > MOST or any(not one.strip() or len(one) > LONGEST for one in found):
        return None
    said[kind] = known
    return rest


def _tags(rest: list[Token]) -> tuple[list[str], list[Token]]:
    found: list[str] = []
    while rest and (rest[0].kind == "tag" or _between(rest, "tag")):
        if rest[0].kind == "tag":
            found.append(rest[0].text.casefold())
        rest = rest[1:]
    return found, rest


def _between(rest: list[Token], kind: Kind) -> bool:
    return rest[0].kind == "comma" and len(rest) > 1 and rest[1].kind == kind


def _words(rest: list[Token]) -> tuple[list[str], list[Token]]:
    found: list[str] = []
    while rest and rest[0].kind in ("word", "quoted") and (rest[0].kind == "quoted" or rest[0].key is None):
        found.append(rest[0].text.strip())
        further = len(rest) > 2 and rest[1].kind == "comma" and rest[2].kind in ("word", "quoted")
        if not further or rest[2].key is not None:
            return found, rest[1:]
        rest = rest[2:]
    return found, rest


def _text(name: str) -> Reader:
    def run(said: Said, rest: list[Token]) -> list[Token] | None:
        if not rest or rest[0].kind != "quoted":
            return None
        words = rest[0].text
        if not words.strip() or len(words) > LONGEST or "\n" in words:
            return None
        said["shape"][name] = words
        return rest[1:]

    return run


def _language(said: Said, rest: list[Token]) -> list[Token] | None:
    if not rest or not _LANGUAGE.fullmatch(rest[0].text):
        return None
    said["shape"]["language"] = rest[0].text
    return rest[1:]


def _long(said: Said, rest: list[Token]) -> list[Token] | None:
    if not rest or rest[0].text.lower() not in _LONG:
        return None
    said["shape"]["long"] = _LONG[rest[0].text.lower()]
    return rest[1:]


def _cap(said: Said, rest: list[Token]) -> list[Token] | None:
    found = _CAP.fullmatch(rest[0].text) if rest else None
    if found is None or not 0 < int(found[1]) <= MOST_AN_HOUR:
        return None
    said["shape"]["cap"] = int(found[1])
    return rest[1:]


_READERS: dict[str, Reader] = {
    "boosts": _flag("boosts"),
    "answers": _flag("answers"),
    "media": _flag("media"),
    "unlisted": _audience("unlisted"),
    "followers": _audience("followers"),
    "only": _only,
    "without": _without,
    "prefix": _text("prefix"),
    "suffix": _text("suffix"),
    "language": _language,
    "long": _long,
    "cap": _cap,
}
