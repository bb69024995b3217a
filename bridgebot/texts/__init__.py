"""What people and operators read, in English and Simplified Chinese, by key (Project Fluent)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "zh-CN")
_CHINESE = {"zh", "cmn", "yue", "wuu"}  # primary subtags (BCP 47) whose readers read zh-CN best
_KEY = re.compile(r"^([a-z][\w-]*) *=", re.MULTILINE)  # where a message begins, in the source of many
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
    processes say few of them: a source is read when a text of it is wanted.
    """

    def __init__(self, language: str, extra: Sequence[str]) -> None:
        self._language = language
        self._extra = extra
        self._waiting: dict[int, str] = {}  # sources that are not read yet
        self._places: dict[str, int] = {}  # in which source a text stands
        self._bundle: FluentBundle | None = None

    def __contains__(self, key: str) -> bool:
        self._open()
        return key in self._places

    def format(self, key: str, arguments: Mapping[str, str | int]) -> str | None:
        """None where there is no such text."""
        bundle = self._open()
        if key not in self._places:
            return None
        self._read(bundle, self._places[key])
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is None:
            return None
        text, _ = bundle.format_pattern(pattern, dict(arguments))
        return str(text)

    def _open(self) -> FluentBundle:
        if self._bundle is None:
            # Isolation marks would stand in every copied command and address, and terminals show them.
            self._bundle = FluentBundle([self._language], use_isolating=False)
            files = sorted((Path(__file__).parent / self._language).glob("*.ftl"))
            sources = [*(file.read_text("utf-8") for file in files), *self._extra]
            self._waiting = dict(enumerate(sources))
            for place, source in self._waiting.items():
                for key in _KEY.findall(source):
                    self._places.setdefault(key, place)
        return self._bundle

    def _read(self, bundle: FluentBundle, place: int) -> None:
        source = self._waiting.pop(place, None)
        if source is not None:
            bundle.add_resource(FluentResource(source))
