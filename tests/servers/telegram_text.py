"""Texts as Telegram has them: entities in UTF-16 units, characters that it takes out, edges that it trims.

Measured against TDLib, on which the Bot API stands: spaces and line breaks at both edges go (in front
only up to the first entity), carriage returns and direction marks go, control characters become spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tests.servers.telegram_errors import bad

MAX_TEXT = 4096  # UTF-16 units, after entities were parsed
MAX_ENTITIES = 100
Entity = dict[str, Any]

# Type → the fields that it must have besides type, offset and length.
TYPES: dict[str, dict[str, type]] = {
    **{key: {} for key in ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")},
    **{key: {} for key in ("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre")},
    **{key: {} for key in ("blockquote", "expandable_blockquote")},
    "text_link": {"url": str},
    "text_mention": {"user": dict},
    "custom_emoji": {"custom_emoji_id": str},
    "date_time": {"unix_time": int},
}
OPTIONAL = {"pre": {"language"}, "date_time": {"date_time_format"}}

_REMOVED = re.compile("[\r\u2028-\u202e]")
_BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_UNSEEN = re.compile("[\\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff]")
_URL = re.compile(r"^(?:(?:https?|tg|ton|tonsite)://)?[^\s/.:?#]+(?:[.:][^\s]+|/.*)?$", re.I)
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']", re.I)),
    ("email", re.compile(r"(?<![\w.@])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I | re.A)),
    ("bot_command", re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}")),
)


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def piece(text: str, entity: Entity) -> str:
    """The stretch that an entity marks."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def checked(text: str, entities: Sequence[Any]) -> list[Entity]:
    """The entities that came with a text, if they are in order."""
    if len(entities) > MAX_ENTITIES:
        raise bad("ENTITIES_TOO_LONG")
    edges = _edges(text) if entities else set()
    for entity in entities:
        _check_form(entity)
        _check_place(edges, entity)
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _check_form(entity: Any) -> None:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    kind = entity.get("type")
    if kind not in TYPES:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    fields: dict[str, type] = {"type": str, "offset": int, "length": int, **TYPES[kind]}
    for name, type_ in fields.items():
        if name not in entity:
            raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
        if type(entity[name]) is not type_:
            raise bad(f'can\'t parse MessageEntity: Field "{name}" must be of type {type_.__name__}')
    for name in entity.keys() - fields.keys() - OPTIONAL.get(kind, set()):
        raise bad(f'can\'t parse MessageEntity: unknown field "{name}"')
    if kind == "text_link" and not _URL.match(entity["url"]):
        raise bad(f"entity URL '{entity['url']}' is invalid: Wrong HTTP URL")


def _check_place(edges: set[int], entity: Entity) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    if begin < 0:
        raise bad(f"receive an entity with incorrect offset {begin}")
    if entity["length"] <= 0:
        raise bad(f"receive an entity with incorrect length {entity['length']}")
    if begin >= max(edges):
        raise bad(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if end > max(edges):
        raise bad(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
        )
    if begin not in edges:
        raise bad(f"entity begins in a middle of a UTF-16 symbol at offset {begin}")
    if end not in edges:
        raise bad(f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol")


def _edges(text: str) -> set[int]:
    """The offsets at which a character begins or the text ends."""
    edges, place = {0}, 0
    for character in text:
        place += units(character)
        edges.add(place)
    return edges


def tidied(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """The text as Telegram keeps it, with its entities where they then are."""
    moved: list[int] = []  # by old offset: the new one
    kept: list[str] = []
    place = 0
    for character in text:
        moved += [place] * units(character)
        if not _REMOVED.match(character):
            kept.append(_BLANKED.sub(" ", character))
            place += units(character)
    moved.append(place)
    shifted = [
        {**entity, "offset": moved[entity["offset"]]}
        | {"length": moved[entity["offset"] + entity["length"]] - moved[entity["offset"]]}
        for entity in entities
    ]
    return _trimmed("".join(kept), shifted)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    text = text.rstrip(" \n")
    first = min([entity["offset"] for entity in entities], default=len(text))
    start = min(len(text) - len(text.lstrip(" \n")), first)
    text, end = text[start:], units(text)
    cut = []
    for entity in entities:
        length = min(entity["offset"] + entity["length"], end) - entity["offset"]
        if length > 0:
            cut.append({**entity, "offset": entity["offset"] - start, "length": length})
    return text, cut


def blank(text: str) -> bool:
    """Is there nothing in it that can be seen?"""
    return not _UNSEEN.sub("", text)


def found(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """All entities: those given, and what Telegram finds by itself (not in code, not in links)."""
    closed = [entity for entity in entities if entity["type"] in ("code", "pre", "text_link", "text_mention")]
    taken = [*closed, *(entity for entity in entities if not TYPES[entity["type"]])]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            entity = {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}
            if not any(_crosses(entity, other) for other in taken if other["type"] not in _STYLES):
                taken.append(entity)
    new = [entity for entity in taken if all(entity is not other for other in entities)]
    return sorted([*entities, *new], key=lambda entity: (entity["offset"], -entity["length"]))


_STYLES = {
    *("bold", "italic", "underline", "strikethrough", "spoiler"),
    *("blockquote", "expandable_blockquote"),
}


def _crosses(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )
