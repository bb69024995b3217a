"""What people and operators read, in English and Simplified Chinese, by key (Project Fluent)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "zh-CN")
_CHINESE = {"zh", "cmn", "yue", "wuu"}  # primary subtags (BCP 47) whose readers read zh-CN best
_KEY = re.compile(r"^([a-z][\w-]*) *=", re.MULTILINE)  # where a message begins, in the source of many
_REFERS = re.compile(r"\{\s*-?[a-z][\w-]*\s*[.(}]")  # to another message, or to a term
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
    """The texts of one language. Reading Fluent's grammar takes a second for thousands of texts, and most
    processes say few of them: a text is read when it is wanted; a source whose texts name each other as a
    whole.
    """

    def __init__(self, language: str, extra: Sequence[str]) -> None:
        self._language = language
        self._extra = extra
        self._unread: dict[str, str] = {}  # by key: the piece of Fluent in which the text stands
        self._bundle: FluentBundle | None = None

    def __contains__(self, key: str) -> bool:
        bundle = self._open()
        return key in self._unread or bundle.has_message(key)

    def format(self, key: str, arguments: Mapping[str, str | int]) -> str | None:
        """None where there is no such text."""
        bundle = self._open()
        if not bundle.has_message(key) and (piece := self._unread.get(key)) is not None:
            bundle.add_resource(FluentResource(piece))
            self._unread.pop(key, None)  # only now: another thread may ask for it meanwhile
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is None:
            return None
        text, _ = bundle.format_pattern(pattern, dict(arguments))
        return str(text)

    def _open(self) -> FluentBundle:
        if self._bundle is None:
            files = sorted((Path(__file__).parent / self._language).glob("*.ftl"))
            for source in (*(file.read_text("utf-8") for file in files), *self._extra):
                for key, piece in _pieces(source):
                    self._unread.setdefault(key, piece)
            # Isolation marks would stand in every copied command and address, and terminals show them.
            self._bundle = FluentBundle([self._language], use_isolating=False)
        return self._bundle


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """The key of each message with as much of the source as is to be read for it. Pure."""
    found = list(_KEY.finditer(source))
    ends = [*(one.start() for one in found[1:]), len(source)]
    whole = _REFERS.search(source) is not None
    for one, end in zip(found, ends, strict=False):
        yield one[1], source if whole else source[one.start() : end]
