"""Pictures, films and sounds that came with a message, and the words that describe them.

Whoever cannot see a picture hears its description. It stands at the end of the message, a line for each
picture in their order: `alt: a red stone in the sand`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import regex

from bridgebot.dialog import Talk
from bridgebot.model import Attachment, Enclosure, Media, Message
from bridgebot.render import media_lines

Files = list[dict[str, Any]]  # of `model.Enclosure`, as a question can keep them

_OF_CAMERAS = frozenset({"image/heic", "image/heif"})  # browsers do not show them, so networks take none
_ALT = regex.compile(r"[^\S\n]*(?:alt|描述|替代文字|图说)[^\S\n]*[:：][^\S\n]*(.*)", regex.IGNORECASE)


def split(text: str, count: int) -> tuple[str, list[str] | None]:
    """A text, and the descriptions that stand at its end, at most `count`; None: there are none. Pure."""
    lines, alts = text.rstrip().split("\n"), list[str]()
    while lines and len(alts) < count and (found := _ALT.fullmatch(lines[-1])):
        alts.insert(0, found[1].strip())
        lines.pop()
    return ("\n".join(lines).rstrip(), alts) if alts else (text, None)


def enclosed(exchange: Talk, message: Message, alts: Sequence[str] | None) -> Files:
    """What came with a message, described."""
    return enclosed_in(exchange.chat.adapter, message, alts)


def enclosed_in(adapter: str, message: Message, alts: Sequence[str] | None) -> Files:
    """The same of a message on this chat network. Pure."""
    described = [*(alts or ()), *([""] * len(message.media))]
    return [
        asdict(Enclosure(one.kind, one.ref, one.type, one.size, one.name, alt or one.alt, adapter))
        for one, alt in zip(message.media, described, strict=False)
    ]


def media_of(files: Iterable[dict[str, Any]] | None) -> tuple[Media, ...]:
    """The same as it came."""
    kept = [Enclosure(**file) for file in files or ()]
    return tuple(Media(one.kind, one.ref, one.type, one.size, one.name, one.alt) for one in kept)


def described(files: Sequence[Enclosure], alts: Sequence[str] | None) -> tuple[Enclosure, ...]:
    """Files with other descriptions; None: those that they have. Pure."""
    if alts is None:
        return tuple(files)
    return tuple(
        replace(file, alt=alts[number] if number < len(alts) else "") for number, file in enumerate(files)
    )


def lines(files: Iterable[dict[str, Any]]) -> list[str]:
    """How files are shown to whoever is asked about them: `🖼 a red stone`."""
    return media_lines([Attachment(one.kind, "", one.alt) for one in (Enclosure(**file) for file in files)])


def refusal(exchange: Talk, message: Message) -> str | None:
    """Why what came with a message cannot be carried, in words; None: it can."""
    network = exchange.house.network(exchange.chat.adapter)
    most = network.chat.file_bytes if network is not None and network.chat is not None else None
    if most is not None and any((one.size or 0) > most for one in message.media):
        return exchange.text("file-too-large-here", most=f"{most // 1_000_000} MB")
    if any(one.type in _OF_CAMERAS for one in message.media):
        return exchange.text("file-heic")
    return None
