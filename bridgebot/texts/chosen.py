"""Texts that choose, count or name another one: they are said by Fluent's own runtime.

With Babel's data of the languages it takes 7 MiB, so it is imported when the first of them is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

_REFERENCE = re.compile(r"\{\s*(-?[a-zA-Z][\w-]*)")  # to another text of the same language
_PARSER = FluentParser(with_spans=False)  # where in the source a piece stands would fill half of the memory


class Chosen:
    """Of one language. `sources` are all of its texts and terms, by key."""

    def __init__(self, language: str, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._read_already: set[str] = set()
        # Isolation marks would stand in every copied command and address, and terminals show them.
        self._bundle = FluentBundle([language], use_isolating=False)

    def format(self, key: str, arguments: Mapping[str, str | int]) -> str | None:
        """None for what is no text by itself: a mere heading of attributes."""
        self._read(key)
        pattern = self._bundle.get_message(key).value if self._bundle.has_message(key) else None
        if pattern is None:
            return None
        said, _ = self._bundle.format_pattern(pattern, dict(arguments))
        return str(said)

    def _read(self, key: str) -> None:
        source = self._sources.get(key)
        if source is None or key in self._read_already:
            return
        self._bundle.add_resource(_PARSER.parse(source))
        self._read_already.add(key)  # only now: another thread may want it meanwhile
        for other in _REFERENCE.findall(source):
            self._read(other)
