"""Texts that only put words in, as nearly all do: one `%` in 2 µs, where the resolver of Fluent takes 20."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fluent.syntax import ast

LONGEST = 2500  # characters of a piece; what Fluent makes of longer ones is its own


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as a template of Python's, and the arguments that stand in it."""

    template: str
    names: tuple[str, ...]

    def filled(self, arguments: Mapping[str, str | int]) -> str | None:
        """The text; None where an argument is missing, is a number or very long: then it is Fluent's."""
        for name in self.names:
            value = arguments.get(name)
            if type(value) is not str or len(value) > LONGEST:
                return None
        return self.template % arguments


def plain(entry: Any) -> Plain | None:
    """What an entry, as it was parsed, comes to; None where it chooses, counts or names another text."""
    pattern = getattr(entry, "value", None)
    if pattern is None:
        return None
    pieces = list(_pieces(pattern))
    if any(piece is None for piece in pieces):
        return None
    template = "".join(f"%({name})s" if name else text.replace("%", "%%") for text, name in pieces)
    return Plain(template, tuple(dict.fromkeys(name for _, name in pieces if name)))


def _pieces(pattern: ast.Pattern) -> Iterator[Any]:
    """Each piece as (words, "") or ("", name); None for all else."""
    for element in pattern.elements:
        said: Any = element.expression if isinstance(element, ast.Placeable) else element
        if isinstance(said, ast.VariableReference):
            yield "", said.id.name
        elif isinstance(said, ast.TextElement | ast.StringLiteral):
            words = said.value if isinstance(said, ast.TextElement) else said.parse()["value"]
            yield (words, "") if len(words) <= LONGEST else None
        else:
            yield None
