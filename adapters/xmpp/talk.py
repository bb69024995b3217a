"""From a message that came in to the thing that is handed in: decided in one place, pure but for memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import uuid4

from adapters.xmpp.files import shown
from adapters.xmpp.intake import Arrival
from adapters.xmpp.memory import BOT, Known, Memory
from adapters.xmpp.reading import Kind, Said
from adapters.xmpp.writing import OWN
from bridgebot.model import Chat, Deletion, Edit, Incoming, Message, Person, Reaction, Span

_BEHIND_NICK: Final = (":", ",")


def hand_in(
    memory: Memory, arrival: Arrival, said: Said, chat: Chat, sender: Person, nick: str
) -> Incoming | None:
    """A `Message`, `Edit`, `Deletion` or `Reaction`, or None where there is nothing to say; it is remembered.

    `nick` is the bot's own in a room. An edit or a deletion counts only for the sender's own message.
    """
    sender = replace(sender, language=said.language)
    event = arrival.archive_id or f"{arrival.message.get('from', '')} {said.id or uuid4()}"
    if said.kind is Kind.TEXT:
        return _message(memory, arrival, said, event, chat, sender, nick)
    if said.kind is Kind.REACTION:
        known = _meant(memory, said.target, chat, sender)
        return Reaction(event, chat, sender, known.id if known is not None else said.target, said.emojis)
    target = _own_target(memory, said, chat, sender)
    if target is None:
        return None
    if said.kind is Kind.DELETION:
        return Deletion(event, chat, sender, target.id)
    memory.alias(chat.id, target, said.id)
    text, _ = _without_nick(said.text, nick, chat)
    return Edit(event, chat, sender, target.id, text, _spans(said, text))


def native_id(chat: Chat, said: Said, archive_id: str) -> str:
    """By what a message is known. People answer and correct by the sender's id in a direct chat, and
    answer by the room's stanza-id in a room (XEP-0461, 3; XEP-0424, 4).
    """
    return (said.id or archive_id) if chat.direct else (archive_id or said.id)


def remember(memory: Memory, chat: Chat, said: Said, archive_id: str, sender: str, author: str) -> Known:
    """Note a message of anybody, so that later ones may be about it."""
    known = Known(native_id(chat, said, archive_id) or str(uuid4()), sender, said.id, author, said.text)
    memory.note(chat.id, known, said.origin)
    return known


def _message(
    memory: Memory, arrival: Arrival, said: Said, event: str, chat: Chat, sender: Person, nick: str
) -> Message:
    known = remember(memory, chat, said, arrival.archive_id, sender.id, arrival.message.get("from", ""))
    reply_to, to_bot = _answered(memory, said, chat, sender)
    text, named = _without_nick(said.text, nick, chat)
    addressed = chat.direct or named or to_bot
    message = Message(
        event, chat, sender, known.id, text, arrival.at, reply_to, addressed, _spans(said, text)
    )
    if not said.files:
        return message
    media = tuple(one for file in said.files if (one := shown(file)) is not None)
    return replace(message, media=media) if media else replace(message, text="", spans=(), unfit="media")


def _spans(said: Said, text: str) -> tuple[Span, ...]:
    """Hidden as a whole, or not at all. The bot itself hides nothing so: clients that do not know XEP-0382,
    and most do not, show the words.
    """
    return (Span(0, len(text), "spoiler"),) if said.hidden else ()


def _answered(memory: Memory, said: Said, chat: Chat, sender: Person) -> tuple[str | None, bool]:
    """What a message answers, and whether that is the bot's own."""
    if not said.reply_to:
        return None, False
    known = _meant(memory, said.reply_to, chat, sender)
    if known is None:
        return said.reply_to, said.reply_to.startswith(OWN)
    return known.id, known.sender == BOT


def _meant(memory: Memory, name: str, chat: Chat, sender: Person) -> Known | None:
    """The message that somebody names: by its id, or by that of a later version of it."""
    return memory.get(chat.id, name) or memory.of(chat.id, BOT, name) or memory.of(chat.id, sender.id, name)


def _own_target(memory: Memory, said: Said, chat: Chat, sender: Person) -> Known | None:
    """The sender's own message that a correction or retraction names. In a direct chat it may be older
    than the memory: there every name that is not the bot's is the person's. In a room it must be known.
    """
    known = memory.of(chat.id, sender.id, said.target)
    if known is not None or not chat.direct:
        return known
    is_the_bots = said.target.startswith(OWN) or memory.get(chat.id, said.target) is not None
    return None if is_the_bots else Known(said.target, sender.id)


def _without_nick(text: str, nick: str, chat: Chat) -> tuple[str, bool]:
    """The text without `bot: ` in front, and whether it was there."""
    plain = text.removeprefix("@")
    named, behind = plain[: len(nick)], plain[len(nick) :]
    if chat.direct or not nick or named.casefold() != nick.casefold() or not behind.startswith(_BEHIND_NICK):
        return text, False
    return behind[1:].lstrip(" "), True
