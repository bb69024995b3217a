"""An adapter's texts as they stand beside its module; a missing key or argument is an error."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

LANGUAGES = ("en", "zh-CN")
CORE = Path(__file__).parents[1] / "texts"
ERRORS = (
    "Temporary",
    "Unconfirmed",
    "Rejected",
    "TargetGone",
    "AuthExpired",
    "Unsupported",
    "AdapterError",
)


class Shelf:
    """The texts of one module: what a `Context` has as `texts`."""

    def __init__(self, module_file: str) -> None:
        self.module = Path(module_file)

    @property
    def prefix(self) -> str:
        """What every key of the module begins with: `pebble-`."""
        return f"{self._stem().name}-"

    def __call__(self, language: str, key: str, /, **arguments: str | int) -> str:
        language = language if language in LANGUAGES else "en"
        bundle = _bundle(language, self._files(language))
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        if pattern is None:
            raise KeyError(f"{key} is in no text of {self._stem().name} for {language}")
        text, errors = bundle.format_pattern(pattern, arguments)
        if errors:
            raise KeyError(f"{key} for {language}: {errors[0]}")
        return str(text)

    def keys(self, language: str) -> dict[str, frozenset[str]]:
        """The module's own keys in one language, each with the arguments that its text names."""
        own = self._stem().with_suffix(f".{language}.ftl")
        entries = FluentParser().parse(own.read_text("utf-8")).body if own.exists() else []
        return {entry.id.name: _variables(entry) for entry in entries if isinstance(entry, Message)}

    def used(self) -> frozenset[str]:
        """The keys of the module's own that its source raises or asks with."""
        sources = [self.module] if self.module.name != "__init__.py" else [*self.module.parent.rglob("*.py")]
        found = {key for source in sources for key in _raised(ast.parse(source.read_text("utf-8")))}
        return frozenset(key for key in found if key.startswith(self.prefix))

    def _stem(self) -> Path:
        if self.module.name == "__init__.py":
            return self.module.parent / self.module.parent.name
        return self.module.with_suffix("")

    def _files(self, language: str) -> tuple[Path, ...]:
        return (*sorted((CORE / language).glob("*.ftl")), self._stem().with_suffix(f".{language}.ftl"))


@functools.cache  # every test has a shelf of its own, and the core has many texts
def _bundle(language: str, files: tuple[Path, ...]) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    for file in files:
        if file.exists():
            bundle.add_resource(FluentResource(file.read_text("utf-8")))
    return bundle


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.names.add(node.id.name)


def _variables(message: Message) -> frozenset[str]:
    visitor = _Variables()
    visitor.visit(message)
    return frozenset(visitor.names)


def _raised(tree: ast.AST) -> Iterator[str]:
    """String constants that are given to an error, a `Question` or a `Browser`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (*ERRORS, "Question", "Browser"):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            parts = (part for value in values for part in ast.walk(value))
            constants = (part.value for part in parts if isinstance(part, ast.Constant))
            yield from (constant for constant in constants if isinstance(constant, str))
