"""A configuration as it was written: plain values, and where each of them stands.

Scalars stay text, except `true`, `false` and `null`: the option that they are for says what they
are. So `password: 0123` is not a number, `12:30` not seconds, and a value from the environment
means the same as one in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bridgebot.config.problems import Path, Place, Problem

FILE, ENVIRONMENT, FLAGS = range(3)
PREFIX = "BRIDGEBOT__"
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_YAML = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Tree:
    """Values by key, with the place of each key and each value."""

    values: dict[str, Any] = field(default_factory=dict, repr=False)
    keys: dict[Path, Place] = field(default_factory=dict, repr=False)
    places: dict[Path, Place] = field(default_factory=dict, repr=False)

    def at(self, path: Path) -> Any:
        """The value at `path`, or None."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def place(self, path: Path) -> Place:
        """Where the value at `path` stands, or else the nearest thing around it."""
        return self._nearest(self.places, path)

    def key_place(self, path: Path) -> Place:
        """Where the key of `path` stands, or else the nearest key around it."""
        return self._nearest(self.keys, path)

    def _nearest(self, places: Mapping[Path, Place], path: Path) -> Place:
        found = (places.get(path[:length]) for length in range(len(path), -1, -1))
        return next((place for place in found if place is not None), Place(""))

    def put(self, path: Path, value: Any, place: Place) -> None:
        """Set a value over what is there."""
        holder = self.values
        for length, part in enumerate(path[:-1], 1):
            inner = holder.get(str(part))
            if not isinstance(inner, dict):
                inner = holder[str(part)] = {}
                self.places[path[:length]] = self.keys[path[:length]] = place
            holder = inner
        holder[str(path[-1])] = value
        self.places[path] = self.keys[path] = place


def read_yaml(text: str, label: str) -> tuple[Tree, list[Problem]]:
    """The tree of a YAML document; `label` is the file's name in places."""
    tree, problems = Tree(), list[Problem]()
    start = Place(f"{label}:1:1", (FILE, 1, 1))
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return tree, [_syntax(error, label)]
    except RecursionError:
        return tree, [Problem(start, (), "config-yaml")]
    if root is None:
        return tree, [Problem(start, (), "config-empty")]
    if not isinstance(root, yaml.MappingNode):
        return tree, [Problem(start, (), "config-not-a-mapping")]
    reader = _Reader(label, tree, problems)
    tree.values = reader.value(root, ())
    tree.keys.setdefault((), start)
    return tree, problems


def overlay(tree: Tree, environment: Mapping[str, str], flags: Mapping[str, str]) -> None:
    """Put what the environment (`BRIDGEBOT__WEB__LISTEN`) and the flags (`web.listen`) say over the file."""
    for variable, value in sorted(environment.items()):
        if variable.startswith(PREFIX) and len(variable) > len(PREFIX):
            path: Path = tuple(variable.removeprefix(PREFIX).lower().split("__"))
            tree.put(path, _scalar(value), Place(variable, (ENVIRONMENT, 0, 0)))
    for number, (option, value) in enumerate(flags.items()):
        place = Place(f"--set {option}", (FLAGS, number, 0))
        tree.put(tuple(option.split(".")), _scalar(value), place)


def _scalar(text: str) -> Any:
    return _WORDS.get(text.lower(), text)


def _syntax(error: yaml.YAMLError, label: str) -> Problem:
    """Never in the library's words: they quote the file, and so perhaps a secret."""
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    key = "config-yaml"
    if "found character" in str(getattr(error, "problem", "")):
        key = "config-yaml-character"
    if isinstance(error, yaml.composer.ComposerError):
        key = "config-yaml-alias"
    if isinstance(error, yaml.reader.ReaderError):
        key = "config-yaml-unreadable"
    return Problem(Place(f"{label}:{line}:{column}", (FILE, line, column)), (), key)


class _Reader:
    """Turns YAML nodes into plain values and notes where each stands."""

    def __init__(self, label: str, tree: Tree, problems: list[Problem]) -> None:
        self._label = label
        self._tree = tree
        self._problems = problems
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._tree.places[path] = place = self._place(node)
        if id(node) in self._seen:  # an alias: it could even contain itself
            self._problems.append(Problem(place, path, "config-yaml-alias"))
            return None
        self._seen.add(id(node))
        if not node.tag.startswith(_YAML):
            self._problems.append(Problem(place, path, "config-yaml-tag"))
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(child, (*path, key)) for key, child in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
        return node.value if quoted else _scalar(node.value)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        keys: set[str] = set()
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problems.append(Problem(self._place(key_node), path, "config-yaml"))
                continue
            key = key_node.value
            if key in keys:
                self._problems.append(Problem(self._place(key_node), (*path, key), "config-twice"))
                continue
            keys.add(key)
            self._tree.keys[(*path, key)] = self._place(key_node)
            yield key, child

    def _place(self, node: yaml.Node) -> Place:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        return Place(f"{self._label}:{line}:{column}", (FILE, line, column))
