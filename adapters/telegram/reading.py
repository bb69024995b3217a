"""What an update is: one thing for the bot, or nothing. Pure.

Of a message only what the bot heeds is read: the library's `Message` has a hundred fields more, and making
them all costs more than everything else that is done with a text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from telegram import Chat as TelegramChat
from telegram import ChatMember, MessageEntity
from telegram import Message as TelegramMessage

from adapters.telegram.files import media
from adapters.telegram.naming import Me, Words, answers, words
from bridgebot.model import Chat, ChatChanged, Edit, Incoming, Origin, Person, Press, Reaction, Unreadable
from bridgebot.model import Message as Said

ALLOWED: Final = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "message_reaction",  # core.telegram.org/bots/api#update: told to nobody who does not name it
    "my_chat_member",
)

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


SIGNS: Final = ("/", "!", "／", "！")  # what begins so may be a command that is none to Telegram: `/发你好`
_ADMINS: Final = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)

Fields = Mapping[str, Any]  # an object as it came


@dataclass(frozen=True, slots=True)
class Reading:
    """What follows from one update."""

    thing: Incoming | None = None
    query: str | None = None  # a press that the person's client waits to hear about
    album: str | None = None  # a message with media: to which album it belongs
    parts: tuple[str, ...] = ()  # of an album: the ids of the messages that it is made of
    beside: bool = False  # a part of an album that counts only beside one whose words may be for the bot


def read(raw: Any, me: Me) -> Reading:
    """Read one update. What makes no sense is kept aside: nothing here raises."""
    try:
        if number(raw) is None:
            return _unreadable(raw)
        reading = _read(raw, me)
    except Exception:  # anything may stand anywhere: neither Telegram nor the library checks it
        return _unreadable(raw)
    return _unreadable(raw) if reading is None else reading


def number(raw: Any) -> int | None:
    """The update's number, if it has one."""
    value = raw.get("update_id") if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def standing(member: Any) -> tuple[bool, bool]:
    """Whether a `ChatMember` administers its group, and whether it is outside of it."""
    status = member.get("status") if isinstance(member, dict) else None
    if status == ChatMember.RESTRICTED:
        return False, member.get("is_member") is not True
    return status in _ADMINS, status not in (*_ADMINS, ChatMember.MEMBER)


def moved(chat: str, to: str) -> ChatChanged:
    """A group became a supergroup. The same event, whoever tells it: that happens to a group once."""
    return ChatChanged(f"moved:{chat}:{to}", Chat(chat, direct=False), "moved", to)


def _unreadable(raw: Any) -> Reading:
    text = json.dumps(raw)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Reading(Unreadable(f"{number(raw)}:{digest}", text))


def _read(update: Fields, me: Me) -> Reading | None:
    number = update["update_id"]
    if (message := update.get("message")) is not None:
        return _message(number, message, me)
    if (edited := update.get("edited_message")) is not None:
        return _edit(number, edited, me)
    if (aired := update.get("channel_post")) is not None:
        return _aired(number, aired, me)
    if (edited := update.get("edited_channel_post")) is not None:
        return _aired_anew(number, edited, me)
    if (query := update.get("callback_query")) is not None:
        return _press(number, query)
    if (changed := update.get("message_reaction")) is not None:
        return _reaction(number, changed)
    if (changed := update.get("my_chat_member")) is not None:
        return _place(number, changed)
    return None  # the bot asked for no other kind


def _message(update_id: int, message: Fields, me: Me) -> Reading:
    if (to := message.get("migrate_to_chat_id")) is not None:
        return Reading(moved(_id(message["chat"]["id"]), _id(to)))
    sender, chat = _sender(message), _chat(message)
    if sender is None:
        return Reading()
    if message.get("forward_origin") is not None:
        return _unfit(update_id, message, "forwarded")
    shown = None if message.get("text") is not None else media(message)
    if message.get("text") is None and shown is None:
        return _unfit(update_id, message, "media") if _is_media(message) else Reading()
    said, album = _words(message, me), None if shown is None else message.get("media_group_id")
    beside = not chat.direct and shown is not None and not _is_for_the_bot(said, message, me)
    if not chat.direct and (said.elsewhere or (beside and album is None)):
        return Reading()
    addressed = chat.direct or said.named or answers(message, me)
    id = _id(message["message_id"])
    thing = Said(
        _event(update_id, chat.id, id),
        chat,
        sender,
        id,
        said.text,
        _time(message["date"]),
        _reply_to(message),
        addressed,
        said.spans,
        media=() if shown is None else (shown,),
    )
    if album is None:
        return Reading(thing)
    return Reading(_of_album(thing, album), album=album, parts=(id,), beside=beside)


def _aired(update_id: int, message: Fields, me: Me) -> Reading:
    """A post of a channel: by no person, whatever it says. Lines of Telegram's own and what other bots made
    are none.
    """
    if "via_bot" in message:
        return Reading()
    shown = None if message.get("text") is not None else media(message)
    if message.get("text") is None and shown is None:
        return Reading()
    said, chat, id = _words(message, me), _chat(message), _id(message["message_id"])
    thing = Said(
        _event(update_id, chat.id, id),
        chat,
        _of_channel(chat),
        id,
        said.text,
        _time(message["date"]),
        _reply_to(message),
        addressed=False,
        spans=said.spans,
        media=() if shown is None else (shown,),
        origin=_origin(message.get("forward_origin")),
    )
    album = None if shown is None else message.get("media_group_id")
    return Reading(thing) if album is None else Reading(_of_album(thing, album), album=album, parts=(id,))


def _origin(told: Fields | None) -> Origin | None:
    """Whose words a channel forwards. Only what a channel posts has an address of its own, and only one that
    has a name: https://core.telegram.org/api/links#message-links
    """
    if told is None:
        return None
    if (user := told.get("sender_user")) is not None:
        person = _person(user)
        return Origin(person.name, person.id)
    if (chat := told.get("chat") or told.get("sender_chat")) is None:
        return Origin(_text(told.get("sender_user_name") or ""))
    name, id = chat.get("username"), told.get("message_id")
    url = f"https://t.me/{_text(name)}/{_id(id)}" if name and id is not None else None
    return Origin(_text(chat.get("title") or ""), _id(chat["id"]), url)


def _aired_anew(update_id: int, message: Fields, me: Me) -> Reading:
    if not _has_words(message) or message.get("forward_origin") is not None or "via_bot" in message:
        return Reading()
    said, chat, id = _words(message, me), _chat(message), _id(message["message_id"])
    event = _event(update_id, chat.id, id)
    return Reading(Edit(event, chat, _of_channel(chat), id, said.text, said.spans))


def _of_channel(chat: Chat) -> Person:
    return Person(chat.id, chat.title, weak=True)


def _of_album(thing: Said, album: str) -> Said:
    """An album that is read again bears the same event: that of its first part."""
    return replace(thing, event=f"album:{thing.chat.id}:{_text(album)}:{thing.id}")


def _is_for_the_bot(said: Words, message: Fields, me: Me) -> bool:
    """Whether a picture in a group has words that may be for the bot."""
    return said.named or said.text.lstrip().startswith(SIGNS) or answers(message, me)


def _edit(update_id: int, message: Fields, me: Me) -> Reading:
    sender, chat = _sender(message), _chat(message)
    if sender is None or not _has_words(message) or message.get("forward_origin") is not None:
        return Reading()
    said = _words(message, me)
    if said.elsewhere and not chat.direct:
        return Reading()
    id = _id(message["message_id"])
    return Reading(Edit(_event(update_id, chat.id, id), chat, sender, id, said.text, said.spans))


def _press(update_id: int, query: Fields) -> Reading:
    id, sender = _text(query["id"]), _person(query["from"])
    message, data = query.get("message"), query.get("data")
    if message is None or data is None:
        return Reading(query=id)
    chat = _chat(message)
    press = Press(_event(update_id, id), chat, sender, _id(message["message_id"]), _text(data))
    return Reading(press, query=id)


def _reaction(update_id: int, changed: Fields) -> Reading:
    """What people do to messages in groups is nothing for the bot; drawings of their own and stars that they
    paid for are no emoji. https://core.telegram.org/bots/api#messagereactionupdated
    """
    chat, user = _place_of(changed["chat"]), changed.get("user")
    if not chat.direct or user is None:
        return Reading()
    id, at = _id(changed["message_id"]), _time(changed["date"])
    emojis = tuple(_text(one["emoji"]) for one in changed["new_reaction"] if one["type"] == "emoji")
    return Reading(Reaction(_event(update_id, chat.id, id), chat, _person(user), id, emojis, at))


def _place(update_id: int, changed: Fields) -> Reading:
    member = changed["new_chat_member"]
    out = member["status"] in (ChatMember.LEFT, ChatMember.BANNED)
    if (
        changed["chat"]["type"] == TelegramChat.CHANNEL
    ):  # a bot that does not administer one can do nothing there
        out = member["status"] not in _ADMINS
    elif member["status"] == ChatMember.RESTRICTED:
        out = not member.get("is_member", True)
    chat = _place_of(changed["chat"])
    event = _event(update_id, chat.id, int(_time(changed["date"]).timestamp()))
    return Reading(ChatChanged(event, chat, "gone" if out else "joined"))


# --- parts -------------------------------------------------------------------------------------


def _event(update_id: int, *parts: object) -> str:
    # Updates are numbered anew, at random, after a week without any: the number alone is not unique.
    return ":".join(str(part) for part in (update_id, *parts))


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no id")
    return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return _clean(value)


def _time(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no date")
    return datetime.fromtimestamp(value, UTC)


def _chat(message: Fields) -> Chat:
    topic = _id(message["message_thread_id"]) if message.get("is_topic_message") else ""
    return _place_of(message["chat"], topic)


def _place_of(chat: Fields, topic: str = "") -> Chat:
    title = _text(chat.get("title") or "")
    direct, broadcast = (chat["type"] == kind for kind in (TelegramChat.PRIVATE, TelegramChat.CHANNEL))
    return Chat(_id(chat["id"]), direct, topic, title, broadcast=broadcast)


def _sender(message: Fields) -> Person | None:
    """The person who wrote it: no bot, and no channel whose posts come into the group by themselves."""
    user, hidden = message.get("from"), message.get("sender_chat")
    if "via_bot" in message or message.get("is_automatic_forward"):
        return None
    if hidden is not None:
        return _hidden(hidden, message["chat"])
    return None if user is None or user["is_bot"] else _person(user)


def _hidden(chat: Fields, group: Fields) -> Person | None:
    """Somebody who writes in the name of the group or of a channel: who, nobody knows."""
    if group["type"] not in (TelegramChat.GROUP, TelegramChat.SUPERGROUP):
        return None
    admin = chat["id"] == group["id"]
    return Person(_id(chat["id"]), _text(chat.get("title") or ""), weak=True, admin=admin)


def _person(user: Fields) -> Person:
    first, last = user["first_name"], user.get("last_name")
    name = _text(f"{first} {last}" if last else first)
    return Person(_id(user["id"]), name, language=language(user.get("language_code")))


def language(code: str | None) -> str | None:
    """Telegram's own apps name Chinese by its script."""
    known = {"zh-hans": "zh-CN", "zh-hant": "zh-TW"}
    return known.get(code.lower(), code) if code else None


def _reply_to(message: Fields) -> str | None:
    """In a topic every message answers the one that opened it, as far as Telegram can say."""
    answered = message.get("reply_to_message")
    if answered is None:
        return None
    if message.get("is_topic_message") and answered["message_id"] == message["message_thread_id"]:
        return None
    return _id(answered["message_id"])


def _has_words(message: Fields) -> bool:
    """Whether it is a text, or a picture whose words may have been changed or taken away."""
    return message.get("text") is not None or media(message) is not None


def _words(message: Fields, me: Me) -> Words:
    """The text, or what stands beside a picture."""
    name = "" if message.get("text") is not None else "caption_"
    text, found = _text(message.get(name[:-1] or "text") or ""), message.get(f"{name}entities")
    return words(text, MessageEntity.de_list(found) if found else (), me)


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be stored; the mark for it takes as much room."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_media(message: Fields) -> bool:
    """Also what a later Bot API brings and the library does not know yet."""
    if any(message.get(name) for name in _MEDIA):
        return True
    return bool(TelegramMessage.de_json(dict(message)).api_kwargs)


def _unfit(update_id: int, message: Fields, why: Literal["media", "forwarded"]) -> Reading:
    """What cannot be a post. In a group nobody asked, so nobody is answered."""
    chat, sender = _chat(message), _sender(message)
    if not chat.direct or sender is None:
        return Reading()
    id, written, album = _id(message["message_id"]), _time(message["date"]), message.get("media_group_id")
    event = f"album:{chat.id}:{_text(album)}" if album else _event(update_id, chat.id, id)
    return Reading(Said(event, chat, sender, id, "", written, unfit=why))
