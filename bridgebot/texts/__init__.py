"""What people and operators read, in English and Simplified Chinese, by key (Project Fluent)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "zh-CN")
_CHINESE = {"zh", "cmn", "yue", "wuu"}  # primary subtags (BCP 47) whose readers read zh-CN best
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class Texts:
    """Every text of the house. `extra` adds Fluent sources by language: those of the adapters.

    Calling it never raises: a text that a language lacks is given in English, one that nobody has
    as its key, and an argument that is missing shows as its name. Arguments are data: nothing in
    them is interpreted.
    """

    languages = LANGUAGES

    def __init__(self, extra: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self._bundles = {language: _bundle(language, extra.get(language, ())) for language in LANGUAGES}

    def __call__(self, language: str, key: str, /, **arguments: str | int) -> str:
        for bundle in (self._bundles.get(language), self._bundles["en"]):
            if bundle is not None and (text := _format(bundle, key, arguments)) is not None:
                return text
        return key

    def __contains__(self, key: str) -> bool:
        """Whether there is such a text in English, and so in every language."""
        return self._bundles["en"].has_message(key)


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


def _bundle(language: str, extra: Sequence[str]) -> FluentBundle:
    # Isolation marks would stand in every copied command and address, and terminals show them.
    bundle = FluentBundle([language], use_isolating=False)
    files = sorted((Path(__file__).parent / language).glob("*.ftl"))
    for source in [*(file.read_text("utf-8") for file in files), *extra]:
        bundle.add_resource(FluentResource(source))
    return bundle


def _format(bundle: FluentBundle, key: str, arguments: Mapping[str, str | int]) -> str | None:
    pattern = bundle.get_message(key).value if bundle.has_message(key) else None
    if pattern is None:
        return None
    text, _ = bundle.format_pattern(pattern, dict(arguments))
    return str(text)
