"""Whether the bot is meant in a group, and the text without its name. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import MessageEntity

from adapters.telegram.entities import moved, spans, stretch, units
from bridgebot.model import Span


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as `getMe` says."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, without the bot's name in front or behind a command."""

    text: str
    spans: tuple[Span, ...] = ()
    named: bool = False  # a command, or the bot's name stands in it
    elsewhere: bool = False  # a command for another bot


def words(text: str, found: Sequence[MessageEntity], me: Me) -> Words:
    """Read a text with its entities."""
    if not found:
        return Words(text)
    places, emphasis = units(text), spans(text, found)
    name = f"@{me.username}".casefold()
    named = False
    for entity in found:
        start, end = stretch(places, entity)
        said = text[start:end].casefold()
        if start == 0 and entity.type == MessageEntity.BOT_COMMAND:
            return _command(text, emphasis, end, name)
        if entity.type == MessageEntity.MENTION and said == name:
            if start == 0:
                return _cut(text, emphasis, (0, _behind(text, end)))
            named = True
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id:
            named = True
    return Words(text, emphasis, named)


def answers(message: Mapping[str, Any], me: Me) -> bool:
    """Is this a native reply to the bot?"""
    answered = message.get("reply_to_message")
    writer = None if answered is None else answered.get("from")
    return writer is not None and writer["id"] == me.id


def _command(text: str, emphasis: tuple[Span, ...], end: int, name: str) -> Words:
    """`/post@my_bot hi` is `/post hi`; `/post@another_bot hi` is not for this bot."""
    word, at, _ = text[:end].partition("@")
    if not at:
        return Words(text, emphasis, named=True)
    if text[len(word) : end].casefold() != name:
        return Words(text, emphasis, elsewhere=True)
    return _cut(text, emphasis, (len(word), end))


def _behind(text: str, end: int) -> int:
    """Where the text begins that stands behind a name: one mark and one space belong to the name."""
    end += text[end : end + 1] in (":", ",", "：", "，") and end < len(text)
    return end + (text[end : end + 1].isspace())


def _cut(text: str, emphasis: tuple[Span, ...], cut: tuple[int, int]) -> Words:
    start, end = cut
    return Words(text[:start] + text[end:], moved(emphasis, cut), named=True)
