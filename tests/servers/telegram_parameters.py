"""Parameters of a Bot API method: what it takes, of which type, however they were sent.

A call bears them in the query, urlencoded, as multipart form or as a JSON object; in all but the last,
lists and objects are JSON texts. Telegram overlooks what it does not know and takes a wrong type for
none; here both are refused, so that a mistake is found by a test and not by a user.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers.telegram_errors import Refused, bad

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "url": "bad webhook: An HTTPS URL must be provided for webhook",
}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameters as they came."""

    values: Mapping[str, Any]
    typed: bool  # True: from a JSON body, so that numbers are numbers


async def read(request: web.Request) -> Sent:
    """Take the parameters out of a request."""
    query = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad("object expected as the body of the request")
        return Sent({**query, **body}, typed=True)
    if request.content_type in FORMS:
        query |= {name: _form_value(name, value) for name, value in (await request.post()).items()}
    return Sent(query, typed=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that came beside the parameters."""

    name: str
    type: str
    content: bytes = field(repr=False)


def _form_value(name: str, value: object) -> str | Handed:
    if isinstance(value, web.FileField):
        return Handed(value.filename, value.content_type, value.file.read())
    if not isinstance(value, str):
        raise bad(f'parameter "{name}" must not be a file')
    return value


# --- types: each takes (value, typed) and gives the value or raises ValueError ------------------


def integer(value: Any, typed: bool) -> int:
    """Integer."""
    if typed:
        if type(value) is not int:
            raise ValueError
        return value
    if not re.fullmatch(r"-?\d{1,19}", value):
        raise ValueError
    return int(value)


def text(value: Any, typed: bool) -> str:
    """String."""
    if not isinstance(value, str):
        raise ValueError
    return value


def boolean(value: Any, typed: bool) -> bool:
    """Boolean."""
    if typed:
        if type(value) is not bool:
            raise ValueError
        return value
    if value.lower() not in ("true", "false", "1", "0"):
        raise ValueError
    return value.lower() in ("true", "1")


def chat(value: Any, typed: bool) -> int | str:
    """Integer or String: a chat's id (also as digits), or the @username of a supergroup or channel."""
    if type(value) is int:
        return value
    if not isinstance(value, str):
        raise ValueError
    return int(value) if re.fullmatch(r"-?\d{1,19}", value) else value


def _structured(value: Any, typed: bool, kind: type) -> Any:
    if isinstance(value, str):  # a JSON text is fine in a JSON body, too
        value = json.loads(value)
    if not isinstance(value, kind):
        raise ValueError
    return value


def array(value: Any, typed: bool) -> list[Any]:
    """Array."""
    found: list[Any] = _structured(value, typed, list)
    return found


def thing(value: Any, typed: bool) -> dict[str, Any]:
    """Object."""
    found: dict[str, Any] = _structured(value, typed, dict)
    return found


def media(value: Any, typed: bool) -> str | Handed:
    """InputFile or String: an address, a known file, `attach://name`, or the file itself."""
    if not isinstance(value, str | Handed):
        raise ValueError
    return value


Kind = Callable[[Any, bool], Any]


@dataclass(frozen=True, slots=True)
class Takes:
    """What a method takes."""

    needed: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    attached: bool = False  # files may come beside, under names that the parameters use

    def check(self, sent: Sent) -> dict[str, Any]:
        """The parameters by name, each of its type; those that were not sent are left out."""
        kinds = {**self.needed, **self.optional}
        beside = {name for name, value in sent.values.items() if isinstance(value, Handed)} - kinds.keys()
        for name in sent.values:
            if name not in kinds and not (self.attached and name in beside):
                raise bad(f'unknown parameter "{name}"')
        for name in self.needed:
            if sent.values.get(name) in (None, ""):
                raise bad(MISSING.get(name, f'parameter "{name}" is required'))
        return {
            name: value if name in beside else _converted(name, kinds[name], value, sent.typed)
            for name, value in sent.values.items()
            if value is not None
        }


def _converted(name: str, kind: Kind, value: Any, typed: bool) -> Any:
    try:
        return kind(value, typed)
    except (ValueError, TypeError):
        raise _wrong(name, kind) from None


def _wrong(name: str, kind: Kind) -> Refused:
    expected = (kind.__doc__ or "").split(":")[0].rstrip(".")
    return bad(f'parameter "{name}" must be of type {expected}')
