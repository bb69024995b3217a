"""What people and operators read, in English and Simplified Chinese, by key (Project Fluent)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

from bridgebot.texts.joining import listed, parted, spaced
from bridgebot.texts.plain import Plain, plain

LANGUAGES = ("en", "zh-CN")
_CHINESE = {"zh", "cmn", "yue", "wuu"}  # primary subtags (BCP 47) whose readers read zh-CN best
_ENTRY = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE)  # where a message or a term begins
_REFERENCE = re.compile(r"\{\s*(-?[a-zA-Z][\w-]*)")  # to another text of the same language
_PARSER = FluentParser(with_spans=False)  # where in the source a piece stands would fill half of the memory
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
        self._keys: set[str] = set()
        self._waiting: dict[str, str] = {}  # the sources of texts that are not read yet, by key
        self._bundle: FluentBundle | None = None
        self._plain: dict[str, Plain | None] = {}  # of what was said already

    def __contains__(self, key: str) -> bool:
        self._open()
        return key in self._keys

    def format(self, key: str, arguments: Mapping[str, str | int]) -> str | None:
        """None where there is no such text."""
        simple = self._plain.get(key)
        if simple is not None and (text := simple.filled(arguments)) is not None:
            return text
        bundle = self._open()
        if key not in self._keys:
            return None
        self._read(bundle, key)
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is None:
            return None
        if key not in self._plain:
            self._plain[key] = plain(pattern)
        said, _ = bundle.format_pattern(pattern, dict(arguments))
        return str(said)

    def _open(self) -> FluentBundle:
        if self._bundle is None:
            files = sorted((Path(__file__).parent / self._language).glob("*.ftl"))
            for source in (*(file.read_text("utf-8") for file in files), *self._extra):
                for key, text in _entries(source):
                    self._waiting.setdefault(key, text)
            self._keys = {key for key in self._waiting if key[0] != "-"}
            # Isolation marks would stand in every copied command and address, and terminals show them.
            self._bundle = FluentBundle([self._language], use_isolating=False)
        return self._bundle

    def _read(self, bundle: FluentBundle, key: str) -> None:
        source = self._waiting.get(key)
        if source is not None:
            bundle.add_resource(_PARSER.parse(source))
            self._waiting.pop(key, None)  # only now: another thread may want it meanwhile
            for other in _REFERENCE.findall(source):
                self._read(bundle, other)


def _entries(source: str) -> Iterator[tuple[str, str]]:
    """Each message and term of a source: its key, and its own piece of the source."""
    begins = list(_ENTRY.finditer(source))
    ends = [*(one.start() for one in begins[1:]), len(source)]
    for begin, end in zip(begins, ends, strict=False):
        yield begin[1], source[begin.start() : end]


__all__ = ["LANGUAGES", "Texts", "Voice", "listed", "negotiate", "parted", "spaced"]
