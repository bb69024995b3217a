"""Options against a pydantic model: every problem with its place, no value quoted.

This is the one door for core options and for each adapter's: a secret may stand in a file
(`<name>_file`), a list may be written with commas, a path is relative to the configuration file.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path as File
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from bridgebot.config.problems import Path, Problem, unknown_key
from bridgebot.config.tree import FLAGS, Tree
from bridgebot.texts import Texts

M = TypeVar("M", bound=BaseModel)
Sources = Mapping[str, Sequence[str]]
_NONE: Sources = {}

_LISTS = (tuple, list, set, frozenset)
# pydantic's error types (docs.pydantic.dev, "Validation Errors"), by what the operator must write instead.
_KEYS = {
    "missing": "config-missing",
    "int": "config-want-number",
    "float": "config-want-number",
    "bool": "config-want-yes-no",
    "string": "config-want-text",
    "tuple": "config-want-list",
    "list": "config-want-list",
    "set": "config-want-list",
    "frozen": "config-want-list",
    "dict": "config-want-section",
    "model": "config-want-section",
    "path": "config-want-text",
}
_LIMITS = {
    "greater_than": "config-want-more",
    "greater_than_equal": "config-want-at-least",
    "less_than": "config-want-less",
    "less_than_equal": "config-want-at-most",
}


def validate(
    model: type[M], tree: Tree, path: Path, folder: File, *, besides: str = "", own: Sources = _NONE
) -> tuple[M | None, list[Problem]]:
    """The options at `path` as a `model`; None with at least one problem if they are wrong.

    `folder` is where relative paths start, `besides` a key there that is somebody else's. A validator
    may raise `PydanticCustomError` whose type is the key of a text: of the core (`config-…`), or of the
    adapter itself, whose texts' Fluent sources are `own`, by language.
    """
    written = tree.at(path)
    if written is not None and not isinstance(written, dict):
        return None, [Problem(tree.place(path), path, "config-want-section")]
    mine = {key: value for key, value in (written or {}).items() if key != besides}
    values, problems = _prepared(model, mine, tree, path, folder, besides)
    try:
        options = model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, problems + _news([_problem(one, model, tree, path, own) for one in details], problems)
    return (None if problems else options), problems


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """The names of the options that hold a secret."""
    fields = model.model_fields.items()
    return frozenset(name for name, field in fields if _mentions(field.annotation, SecretStr))


def known_keys(model: type[BaseModel]) -> list[str]:
    """Every key that may be written for `model`."""
    return [*model.model_fields, *(f"{name}_file" for name in sorted(secret_fields(model)))]


def _prepared(
    model: type[BaseModel], values: dict[str, Any], tree: Tree, path: Path, folder: File, besides: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The values as pydantic shall see them; problems are those that it could not tell."""
    known = [*known_keys(model), besides]
    problems = [
        unknown_key(tree.key_place((*path, key)), (*path, key), known) for key in values if key not in known
    ]
    for name in secret_fields(model):
        problem = _secret(name, values, tree, path, folder)
        problems += [problem] if problem else []
    for name, field in model.model_fields.items():
        value = values.get(name)
        if isinstance(value, str) and _mentions(field.annotation, *_LISTS):
            values[name] = [item.strip() for item in value.split(",") if item.strip()]
        elif isinstance(value, str) and _mentions(field.annotation, File):
            values[name] = folder / File(value).expanduser()
    optional = {name for name, field in model.model_fields.items() if _mentions(field.annotation, type(None))}
    mine = {key: value for key, value in values.items() if key in model.model_fields}
    # An option with nothing behind it is one that was not written.
    return {key: value for key, value in mine.items() if value is not None or key in optional}, problems


def _news(later: list[Problem], found: list[Problem]) -> list[Problem]:
    """A misspelt or unreadable option is not reported a second time, as missing."""
    meant = {str(one.arguments.get("near", one.path[-1])).removesuffix("_file") for one in found}
    return [one for one in later if not (one.key == "config-missing" and one.path[-1] in meant)]


def _secret(name: str, values: dict[str, Any], tree: Tree, path: Path, folder: File) -> Problem | None:
    """Replace `<name>_file` by what the file holds."""
    option = f"{name}_file"
    file = values.pop(option, None)
    if values.get(name) is not None and tree.place((*path, name)).order[0] == FLAGS:
        del values[name]  # everybody on the machine can read the arguments of every process
        return Problem(tree.place((*path, name)), (*path, name), "config-secret-argument", {"name": name})
    if file is None:
        return None
    place, where = tree.place((*path, option)), (*path, option)
    if not isinstance(file, str):
        return Problem(place, where, "config-want-text")
    if values.get(name) is not None:
        return Problem(place, where, "config-secret-twice", {"name": name})
    try:
        secret = (folder / File(file).expanduser()).read_text().strip("\r\n")
    except (OSError, ValueError):
        return Problem(place, where, "config-file-unreadable", {"file": file})
    if not secret.strip():
        return Problem(place, where, "config-file-empty", {"file": file})
    values[name] = secret
    return None


def _problem(error: ErrorDetails, model: type[BaseModel], tree: Tree, path: Path, own: Sources) -> Problem:
    where = (*path, *_loc(error["loc"], model))
    kind = error["type"]
    if kind == "extra_forbidden":
        return unknown_key(tree.key_place(where), where, _siblings(model, error["loc"]))
    if kind == "missing":
        return Problem(tree.key_place(where), where, "config-missing")
    context = {name: _plain(value) for name, value in error.get("ctx", {}).items()}
    if kind.startswith("config-"):
        return Problem(tree.place(where), where, kind, context)
    if kind in Texts(own):
        return Problem(tree.place(where), where, kind, context, own)
    if kind in ("literal_error", "enum"):
        choices = tuple(str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", "))
        return Problem(tree.place(where), where, "config-want-choice", {"choices": choices})
    if kind in _LIMITS:
        return Problem(tree.place(where), where, _LIMITS[kind], {"limit": str(next(iter(context.values())))})
    key = _KEYS.get(kind.partition("_")[0]) if kind.endswith(("_type", "_parsing")) else None
    if key is not None:
        return Problem(tree.place(where), where, key)
    return Problem(tree.place(where), where, "config-wrong", {"reason": _reason(error, model, tree, path)})


def _reason(error: ErrorDetails, model: type[BaseModel], tree: Tree, path: Path) -> str:
    """A validator's own words, in which no secret may stand."""
    words = error["msg"].removeprefix("Value error, ")
    written = tree.at(path) or {}
    for name in secret_fields(model):
        secret = written.get(name)
        words = words.replace(secret, "…") if isinstance(secret, str) and secret else words
    return "…" if error["loc"] and error["loc"][0] in secret_fields(model) else words


def _plain(value: Any) -> str | int:
    return value if isinstance(value, str | int) else str(value)


def _loc(loc: tuple[str | int, ...], model: type[BaseModel]) -> Path:
    """A pydantic location without the names of union branches, which no operator wrote."""
    path: list[str | int] = []
    inner: Any = model
    for part in loc:
        if isinstance(part, str) and path and not _is_model(inner):
            break
        path.append(part)
        field = inner.model_fields.get(part) if _is_model(inner) else None
        inner = field.annotation if field else None
    return tuple(path)


def _siblings(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    inner: Any = model
    for part in loc[:-1]:
        field = inner.model_fields.get(part) if _is_model(inner) else None
        inner = field.annotation if field else None
    return known_keys(inner) if _is_model(inner) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _mentions(annotation: Any, *kinds: type) -> bool:
    """Is one of `kinds` this annotation, or one branch of its union?"""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return any(_mentions(branch, *kinds) for branch in typing.get_args(annotation))
    if origin is typing.Annotated:
        return _mentions(typing.get_args(annotation)[0], *kinds)
    kind = origin or annotation
    return isinstance(kind, type) and kind in kinds
