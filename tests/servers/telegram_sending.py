"""Methods by which the bot speaks: send, edit, delete, answer a press."""

from __future__ import annotations

import time
from typing import Any

from tests.servers import telegram_html
from tests.servers.telegram_errors import NOT_MODIFIED, OLD_QUERY, bad
from tests.servers.telegram_markup import checked as checked_markup
from tests.servers.telegram_markup import kept
from tests.servers.telegram_parameters import Takes, array, boolean, chat, integer, text, thing
from tests.servers.telegram_text import MAX_TEXT, blank, checked, found, tidied, units
from tests.servers.telegram_world import ADMINISTRATORS, Chat, Json, Message, World

OLDEST = 48 * 3600  # seconds after which nothing can be deleted any more
PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
QUOTE = {"quote", "quote_parse_mode", "quote_entities", "quote_position"}
REPLY = {
    "message_id",
    "chat_id",
    "allow_sending_without_reply",
    "checklist_task_id",
    "poll_option_id",
    *QUOTE,
}
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
_WORDS = {"entities": array, "parse_mode": text, "link_preview_options": thing, "reply_markup": thing}
EDITED = {"chat_id": chat, "message_id": integer}


def send_message(world: World, given: Json) -> Json:
    where = world.open_to_bot(given["chat_id"])
    words = words_of(world, given)
    markup = checked_markup(given["reply_markup"]) if "reply_markup" in given else None
    topic = topic_of(where, given.get("message_thread_id", 0))
    reply_to = reply_of(where, given.get("reply_parameters"))
    sender = {"sender_chat": where.json()} if where.kind == "channel" else {"from": world.bot.json()}
    content = {**sender, **words, **_preview(given), **kept(markup)}
    content |= {"has_protected_content": True} if given.get("protect_content") else {}
    message = world.put(where, content, reply_to=reply_to, by_bot=True, topic=topic)
    return world.shown(where, message)


def edit_message_text(world: World, given: Json) -> Json:
    where, message = own_of(world, given)
    if "text" not in message.json:
        raise bad("there is no text in the message to edit")
    words = words_of(world, given)
    new = {**words, **_preview(given), **keyboard_of(given)}
    return change(world, where, message, new, ("text", "entities", "link_preview_options", "reply_markup"))


def edit_message_reply_markup(world: World, given: Json) -> Json:
    where, message = own_of(world, given)
    return change(world, where, message, keyboard_of(given), ("reply_markup",))


def delete_message(world: World, given: Json) -> bool:
    where = world.open_to_bot(given["chat_id"])
    message = where.standing(given["message_id"])
    if message is None:
        raise bad("message to delete not found")
    _delete(world, where, message)
    return True


def delete_messages(world: World, given: Json) -> bool:
    where, ids = world.open_to_bot(given["chat_id"]), given["message_ids"]
    if not 1 <= len(ids) <= 100 or not all(type(id) is int for id in ids):
        raise bad(
            "message identifiers are not specified" if not ids else "too many message identifiers specified"
        )
    for id in ids:  # those that are not there are skipped
        message = where.standing(id)
        if message is not None:
            _delete(world, where, message)
    return True


def answer_callback_query(world: World, given: Json) -> bool:
    if units(given.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press = world.presses.pop(given["callback_query_id"], None)
    if press is None:
        raise bad(OLD_QUERY)
    press.text, press.alert, press.answered = given.get("text", ""), given.get("show_alert", False), True
    return True


def send_chat_action(world: World, given: Json) -> bool:
    world.open_to_bot(given["chat_id"])
    if given["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


# --- parts -------------------------------------------------------------------------------------


def words_of(world: World, given: Json) -> Json:
    """The text and its entities as they will stand."""
    words, entities = worded(given["text"], given.get("entities", []), given)
    if blank(words):
        raise bad("text must be non-empty")
    if units(words) > MAX_TEXT:
        raise bad("message is too long")
    return {"text": words, "entities": entities} if entities else {"text": words}


def worded(words: str, entities: list[Any], given: Json) -> tuple[str, list[Any]]:
    """A text, or the words beside a picture, as they will stand."""
    match given.get("parse_mode", "").lower():
        case "":
            pass
        case "html":  # the parse mode wins over entities
            words, entities = telegram_html.parsed(words)
        case _:  # Markdown, which Telegram knows and this server does not
            raise bad("unsupported parse_mode")
    words, entities = tidied(words, checked(words, entities))
    return words, found(words, entities)


def _preview(given: Json) -> Json:
    options = given.get("link_preview_options")
    if options is None:
        return {}
    for name in options.keys() - PREVIEW:
        raise bad(f'can\'t parse link preview options: unknown field "{name}"')
    for name, value in options.items():
        if type(value) is not (str if name == "url" else bool):
            raise bad(f'can\'t parse link preview options: Field "{name}" has a wrong type')
    return {"link_preview_options": options}


def topic_of(where: Chat, topic: int) -> int:
    if topic and topic not in where.topics:
        raise bad("message thread not found")
    return topic


def reply_of(where: Chat, reply: Json | None) -> int | None:
    """The id of the message that is answered; None: none, or one that is gone and need not be there."""
    if reply is None:
        return None
    for name in reply.keys() - REPLY:
        raise bad(f'can\'t parse reply parameters: unknown field "{name}"')
    if type(reply.get("message_id")) is not int:
        raise bad("can't parse reply parameters: Can't find field \"message_id\"")
    if reply.get("chat_id", where.id) not in (where.id, str(where.id)):
        raise bad("replies to messages of other chats are unknown to this server")
    target = where.standing(reply["message_id"])
    if target is None:
        if reply.get("allow_sending_without_reply") is True:
            return None
        raise bad("message to be replied not found")
    if "quote" in reply and reply["quote"] not in target.text:
        raise bad("QUOTE_TEXT_INVALID")
    return target.id


def own_of(world: World, given: Json) -> tuple[Chat, Message]:
    where = world.open_to_bot(given["chat_id"])
    message = where.standing(given["message_id"])
    if message is None:
        raise bad("message to edit not found")
    if not message.by_bot:
        raise bad("message can't be edited")
    return where, message


def keyboard_of(given: Json) -> Json:
    return kept(checked_markup(given["reply_markup"], inline_only=True)) if "reply_markup" in given else {}


def change(world: World, where: Chat, message: Message, new: Json, fields: tuple[str, ...]) -> Json:
    """Put `new` in the place of these fields; what the edit does not bear is gone."""
    seen = [name for name in fields if name != "link_preview_options"]
    if all(message.json.get(name) == new.get(name) for name in seen):
        raise bad(NOT_MODIFIED)
    if {"text", "caption"} & set(fields):
        message.history.append(message.text)
        message.json["edit_date"] = int(time.time())
    for name in fields:
        message.json.pop(name, None)
    message.json |= new
    return world.shown(where, message)


def _delete(world: World, where: Chat, message: Message) -> None:
    allowed = where.kind == "private" or where.status(world.bot.id) in ADMINISTRATORS
    if not (message.by_bot or allowed):
        raise bad("message can't be deleted")
    if time.time() - message.json["date"] > OLDEST:
        raise bad("message can't be deleted for everyone")
    message.deleted = True


MORE: dict[str, Any] = {
    "message_thread_id": integer,
    "disable_notification": boolean,
    "protect_content": boolean,
    "reply_parameters": thing,
}
METHODS = {
    "sendMessage": (Takes({"chat_id": chat, "text": text}, {**_WORDS, **MORE}), send_message),
    "editMessageText": (Takes({**EDITED, "text": text}, _WORDS), edit_message_text),
    "editMessageReplyMarkup": (Takes(EDITED, {"reply_markup": thing}), edit_message_reply_markup),
    "deleteMessage": (Takes(EDITED), delete_message),
    "deleteMessages": (Takes({"chat_id": chat, "message_ids": array}), delete_messages),
    "answerCallbackQuery": (
        Takes(
            {"callback_query_id": text},
            {"text": text, "show_alert": boolean, "url": text, "cache_time": integer},
        ),
        answer_callback_query,
    ),
    "sendChatAction": (
        Takes({"chat_id": chat, "action": text}, {"message_thread_id": integer}),
        send_chat_action,
    ),
}
