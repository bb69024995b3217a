"""`parse_mode: HTML` as the Bot API documents it: a few tags, four named characters, nothing else."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.telegram_errors import bad
from tests.servers.telegram_text import Entity, units

TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>|&(#?\w+);|<")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*\"([^\"]*)\"")


def parsed(html: str) -> tuple[str, list[Entity]]:
    """The text without tags, and the entities that they were."""
    text, place, entities, opened = "", 0, list[Entity](), list[tuple[str, Entity]]()
    for match in _TOKEN.finditer(html):
        text += html[place : match.start()]
        place = match.end()
        offset = len(html[: match.start()].encode())
        if match[4]:
            text += _character(match)
        elif not match[2]:
            raise bad(f'can\'t parse entities: Unsupported start tag "" at byte offset {offset}')
        elif match[1]:
            entities += _closed(opened, match[2].lower(), text, offset)
        else:
            opened.append(_opened(match[2].lower(), match[3], text, offset))
    if opened:
        tag = opened[-1][0]
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    return text + html[place:], [entity for entity in entities if entity["length"]]


def _character(match: re.Match[str]) -> str:
    name = match[4]
    if not name.startswith("#"):
        return NAMED.get(name, match[0])
    try:
        return chr(int(name[2:], 16) if name[1:2] in "xX" else int(name[1:]))
    except (ValueError, OverflowError):
        return match[0]


def _opened(tag: str, rest: str, text: str, offset: int) -> tuple[str, Entity]:
    attributes: dict[str, Any] = dict(_ATTRIBUTE.findall(rest))
    if tag not in TAGS or (tag == "span" and attributes.get("class") != "tg-spoiler"):
        raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {offset}')
    entity: Entity = {"type": TAGS[tag], "offset": units(text), "length": 0}
    return tag, {**entity, "url": attributes.get("href", "")} if tag == "a" else entity


def _closed(opened: list[tuple[str, Entity]], tag: str, text: str, offset: int) -> list[Entity]:
    if not opened:
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    expected, entity = opened.pop()
    if tag != expected:
        raise bad(
            f"can't parse entities: Unmatched end tag at byte offset {offset}, "
            f'expected "</{expected}>", found "</{tag}>"'
        )
    return [{**entity, "length": units(text) - entity["offset"]}]
