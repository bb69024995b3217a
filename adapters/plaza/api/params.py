"""What a call says: query and body as one, as Rails reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_YES = frozenset({"1", "true", "on", "t"})


class Unreadable(Exception):
    """The body is not what it says."""


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one call."""

    values: Mapping[str, Any]
    twice: frozenset[str] = frozenset()  # those that were given more than once
    files: Mapping[str, web.FileField] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """One value; "" without one."""
        value = self.values.get(name)
        if isinstance(value, list | dict) or value is None:
            return ""
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def many(self, name: str) -> tuple[str, ...]:
        """A list, also where only one value was given."""
        value = self.values.get(name)
        given = value if isinstance(value, list) else [] if value in (None, "") else [value]
        return tuple(str(one) for one in given if isinstance(one, str | int))

    def each(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """A list of things that have fields: `a[][id]=1&a[][b]=2`."""
        value = self.values.get(name)
        return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()

    def flag(self, name: str) -> bool:
        return self.one(name).lower() in _YES

    def has(self, name: str) -> bool:
        return name in self.values


async def read(request: web.Request) -> Params:
    """Raises Unreadable."""
    pairs = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
    if request.method in ("GET", "HEAD"):
        return _of(pairs)
    if request.content_type == "application/json":
        return Params({**_of(pairs).values, **await _json(request)})
    if request.content_type in _FORMS:
        try:
            sent = await request.post()
        except (ValueError, LookupError, HttpProcessingError):  # no boundary, odd parts, an unknown charset
            raise Unreadable from None
        said = _of([*pairs, *((name, value) for name, value in sent.items() if isinstance(value, str))])
        return replace(said, files={n: one for n, one in sent.items() if isinstance(one, web.FileField)})
    if request.can_read_body and await request.read():
        raise Unreadable
    return _of(pairs)


async def _json(request: web.Request) -> dict[str, Any]:
    """Also half a character (`"\\ud800"`) is no text: no table takes it."""
    try:
        body = json.loads(await request.text() or "{}")
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError, LookupError):
        raise Unreadable from None
    if not isinstance(body, dict):
        raise Unreadable
    return body


def _of(pairs: Iterable[tuple[str, str]]) -> Params:
    """`a[]=1&a[]=2` is a list, `a=1&a=2` the last of them."""
    made: dict[str, Any] = {}
    twice: set[str] = set()
    for name, value in pairs:
        if field_of := re.fullmatch(r"(.+)\[\]\[(\w+)\]", name):
            _add_field(made, field_of[1], field_of[2], value)
            continue
        base = re.sub(r"\[[^\]]*\]$", "", name)
        if base != name:
            held = made.get(base)
            made[base] = [*held, value] if isinstance(held, list) else [value]
            continue
        if name in made:
            twice.add(name)
        made[name] = value
    return Params(made, frozenset(twice))


def _add_field(made: dict[str, Any], name: str, key: str, value: str) -> None:
    """A thing ends where one of its fields comes once more (as Rack has it)."""
    held = made.get(name)
    things = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    if things and key not in things[-1]:
        things[-1][key] = value
    else:
        things.append({key: value})
    made[name] = things
