"""What people and operators read, in English and Simplified Chinese, by key (Project Fluent)."""

from __future__ import annotations

import importlib
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fluent.syntax import FluentParser

from bridgebot.texts.joining import clauses, listed, parted, spaced
from bridgebot.texts.plain import Plain, plain

LANGUAGES = ("en", "zh-CN")
_CHINESE = {"zh", "cmn", "yue", "wuu"}  # primary subtags (BCP 47) whose readers read zh-CN best
_ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE)  # where a message or a term begins
_PARSER = FluentParser(with_spans=False)
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class Texts:
    """Every text of the house. `extra` adds Fluent sources by language: those of the adapters.

    Calling it never raises: a text that a language lacks is given in English, one that nobody has
    as its key, and an argument that is missing shows as its name. Arguments are data: nothing in
    them is interpreted.
    """

    languages = LANGUAGES

    def __init__(self, extra: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self._shelves = {language: _Shelf(language, extra.get(language, ())) for language in LANGUAGES}

    def __call__(self, language: str, key: str, /, **arguments: str | int) -> str:
        for shelf in (self._shelves.get(language), self._shelves["en"]):
            if shelf is not None and (text := shelf.format(key, arguments)) is not None:
                return text
        return key

    def __contains__(self, key: str) -> bool:
        """Whether there is such a text in English, and so in every language."""
        return key in self._shelves["en"]


@dataclass(frozen=True, slots=True)
class Voice:
    """A language and its texts."""

    language: str
    texts: Callable[..., str]

    def __call__(self, key: str, /, **arguments: str | int) -> str:
        return self.texts(self.language, key, **arguments)

    def listed(self, items: Iterable[str]) -> str:
        return listed(self.language, items)


@lru_cache(256)
def negotiate(*wanted: str | None) -> str:
    """The language to speak, of those wished for, the dearest first (BCP 47, `_` allowed for `-`).

    What we do not speak is passed over; every Chinese is nearest to zh-CN; at last it is English.
    """
    for tag in wanted:
        primary = (tag or "").replace("_", "-").partition("-")[0].lower()
        if primary in _CHINESE:
            return "zh-CN"
        if primary == "en":
            return "en"
    return "en"


class _Shelf:
    """The texts of one language. Reading Fluent's grammar takes a second and many MiB for thousands of texts,
    and most processes say few of them: a text is read when it is wanted, and what it refers to with it.
    """

    def __init__(self, language: str, extra: Sequence[str]) -> None:
        self._language = language
        self._extra = extra
        self._sources: Mapping[str, str] | None = None  # by key
        self._plain: dict[str, Plain | None] = {}  # of what was said already; None: not plain
        self._chosen: Any = None  # says what is not plain

    def __contains__(self, key: str) -> bool:
        return _is_message(key) and key in self._open()

    def format(self, key: str, arguments: Mapping[str, str | int]) -> str | None:
        """None where there is no such text."""
        simple = self._plain.get(key)
        if simple is None and key not in self._plain:
            if key not in self:
                return None
            simple = self._plain[key] = plain(_PARSER.parse_entry(self._open()[key]))
        if simple is not None and (text := simple.filled(arguments)) is not None:
            return text
        if self._chosen is None:
            self._chosen = _chosen().Chosen(self._language, self._open())
        said: str | None = self._chosen.format(key, arguments)
        return said

    def _open(self) -> Mapping[str, str]:
        if self._sources is None:
            self._sources = ChainMap(_house(self._language), _by_key(self._extra))
        return self._sources


def _is_message(key: str) -> bool:
    """Terms begin with a dash: they stand in texts, and are none."""
    return key[:1] != "-"


@cache
def _house(language: str) -> dict[str, str]:
    """The sources of the house's own texts, by key."""
    files = sorted((Path(__file__).parent / language).glob("*.ftl"))
    return _by_key(file.read_text("utf-8") for file in files)


def _by_key(sources: Iterable[str]) -> dict[str, str]:
    """Every text and term, the first of a name."""
    found: dict[str, str] = {}
    for key, text in chain.from_iterable(map(_entries, sources)):
        found.setdefault(key, text)
    return found


def _chosen() -> Any:
    """Imported when the first text wants it: a bot at rest has said none."""
    return importlib.import_module("bridgebot.texts.chosen")


def _entries(source: str) -> Iterator[tuple[str, str]]:
    """Each message and term of a source: its key, and its own piece of the source."""
    begins = list(_ENTRY.finditer(source))
    ends = [*(one.start() for one in begins[1:]), len(source)]
    for begin, end in zip(begins, ends, strict=False):
        yield begin[1], source[begin.start() : end]


__all__ = ["LANGUAGES", "Texts", "Voice", "clauses", "listed", "negotiate", "parted", "spaced"]
