"""What an update is: one thing for the bot, or nothing. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram import Chat as TelegramChat

from adapters.telegram.naming import Me, Words, answers, words
from bridgebot.model import Chat, ChatChanged, Edit, Incoming, Person, Press, Unreadable
from bridgebot.model import Message as Said

ALLOWED: Final = ("message", "edited_message", "callback_query", "my_chat_member")

# What people send that is no text. Everything else without a text is a line of Telegram's own
# ("Ada pinned a message").
_MEDIA: Final = (
    "animation",
    "audio",
    "checklist",
    "contact",
    "dice",
    "document",
    "game",
    "location",
    "paid_media",
    "photo",
    "poll",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What follows from one update."""

    thing: Incoming | None = None
    query: str | None = None  # a press that the person's client waits to hear about


def read(raw: Any, me: Me) -> Reading:
    """Read one update. What makes no sense is kept aside: nothing here raises."""
    try:
        if number(raw) is None:
            return _unreadable(raw)
        reading = _read(Update.de_json(raw, None), me)
    except Exception:  # the library checks nothing and raises anything
        return _unreadable(raw)
    return _unreadable(raw) if reading is None else reading


def number(raw: Any) -> int | None:
    """The update's number, if it has one."""
    value = raw.get("update_id") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moved(chat: str, to: str) -> ChatChanged:
    """A group became a supergroup. The same event, whoever tells it: that happens to a group once."""
    return ChatChanged(f"moved:{chat}:{to}", Chat(chat, direct=False), "moved", to)


def _unreadable(raw: Any) -> Reading:
    text = json.dumps(raw)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Reading(Unreadable(f"{number(raw)}:{digest}", text))


def _read(update: Update, me: Me) -> Reading | None:
    if update.message is not None:
        return _message(update.update_id, update.message, me)
    if update.edited_message is not None:
        return _edit(update.update_id, update.edited_message, me)
    if update.callback_query is not None:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _place(update.update_id, update.my_chat_member)
    return None  # the bot asked for no other kind


def _message(update_id: int, message: Message, me: Me) -> Reading:
    if message.migrate_to_chat_id is not None:
        return Reading(moved(_id(message.chat.id), _id(message.migrate_to_chat_id)))
    sender, chat = _sender(message), _chat(message)
    if sender is None:
        return Reading()
    if message.forward_origin is not None:
        return _unfit(update_id, message, "forwarded")
    if message.text is None:
        return _unfit(update_id, message, "media") if _is_media(message) else Reading()
    said = _words(message, me)
    if said.elsewhere and not chat.direct:
        return Reading()
    addressed = chat.direct or said.named or answers(message, me)
    event = _event(update_id, chat.id, message.message_id)
    thing = Said(
        event,
        chat,
        sender,
        _id(message.message_id),
        said.text,
        _written(message),
        _reply_to(message),
        addressed,
        said.spans,
    )
    return Reading(thing)


def _edit(update_id: int, message: Message, me: Me) -> Reading:
    sender, chat = _sender(message), _chat(message)
    if sender is None or message.text is None or message.forward_origin is not None:
        return Reading()
    said = _words(message, me)
    if said.elsewhere and not chat.direct:
        return Reading()
    event = _event(update_id, chat.id, message.message_id)
    return Reading(Edit(event, chat, sender, _id(message.message_id), said.text, said.spans))


def _press(update_id: int, query: CallbackQuery) -> Reading:
    message = query.message
    if message is None or query.data is None:
        return Reading(query=str(query.id))
    chat = _chat(message) if isinstance(message, Message) else _place_of(message.chat)
    event = _event(update_id, query.id)
    press = Press(event, chat, _person(query.from_user), _id(message.message_id), _clean(query.data))
    return Reading(press, query=str(query.id))


def _place(update_id: int, changed: ChatMemberUpdated) -> Reading:
    if changed.chat.type == TelegramChat.CHANNEL:
        return Reading()
    member = changed.new_chat_member
    out = member.status in (ChatMember.LEFT, ChatMember.BANNED)
    if member.status == ChatMember.RESTRICTED:
        out = not getattr(member, "is_member", True)
    chat = _place_of(changed.chat)
    event = _event(update_id, chat.id, int(changed.date.timestamp()))
    return Reading(ChatChanged(event, chat, "gone" if out else "joined"))


# --- parts -------------------------------------------------------------------------------------


def _event(update_id: int, *parts: object) -> str:
    # Updates are numbered anew, at random, after a week without any: the number alone is not unique.
    return ":".join(str(part) for part in (update_id, *parts))


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no id")
    return str(value)


def _written(message: Message) -> datetime:
    """When. The library gives None for a message that does not say."""
    if not isinstance(message.date, datetime):
        raise TypeError("no date")
    return message.date


def _chat(message: Message) -> Chat:
    topic = _id(message.message_thread_id) if message.is_topic_message else ""
    return _place_of(message.chat, topic)


def _place_of(chat: TelegramChat, topic: str = "") -> Chat:
    return Chat(_id(chat.id), chat.type == TelegramChat.PRIVATE, topic, _clean(chat.title or ""))


def _sender(message: Message) -> Person | None:
    """The person who wrote it: no bot, no channel, no administrator who hides behind the group."""
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None or message.via_bot is not None:
        return None
    return _person(user)


def _person(user: User) -> Person:
    return Person(_id(user.id), _clean(user.full_name), language=language(user.language_code))


def language(code: str | None) -> str | None:
    """Telegram's own apps name Chinese by its script."""
    known = {"zh-hans": "zh-CN", "zh-hant": "zh-TW"}
    return known.get(code.lower(), code) if code else None


def _reply_to(message: Message) -> str | None:
    """In a topic every message answers the one that opened it, as far as Telegram can say."""
    answered = message.reply_to_message
    if answered is None or (message.is_topic_message and answered.message_id == message.message_thread_id):
        return None
    return _id(answered.message_id)


def _words(message: Message, me: Me) -> Words:
    text = message.text or ""
    return words(_clean(text), message.entities, me)


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be stored; the mark for it takes as much room."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_media(message: Message) -> bool:
    """Also what a later Bot API brings and the library does not know yet."""
    return any(getattr(message, name) for name in _MEDIA) or bool(message.api_kwargs)


def _unfit(update_id: int, message: Message, why: Literal["media", "forwarded"]) -> Reading:
    """What cannot be a post. In a group nobody asked, so nobody is answered."""
    chat, sender = _chat(message), _sender(message)
    if not chat.direct or sender is None:
        return Reading()
    album = f"album:{chat.id}:{message.media_group_id}" if message.media_group_id else None
    event, id = album or _event(update_id, chat.id, message.message_id), _id(message.message_id)
    return Reading(Said(event, chat, sender, id, "", _written(message), unfit=why))
