"""What the bot sends, as the Bot API wants it. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    TelegramObject,
)

from adapters.telegram.entities import entities
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Button, Chat, OutgoingMessage

_IN_A_ROW: Final = 4  # buttons; more are narrower than a finger
_ROW: Final = 32  # columns of labels that a telephone shows in one row without cutting them
_JSON: Final = json.JSONEncoder(default=TelegramObject.to_dict)
_QUIET: Final = LinkPreviewOptions(is_disabled=True).to_json()
_START: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # core.telegram.org/bots/features#deep-linking


def content(message: OutgoingMessage) -> dict[str, Any]:
    """Text, emphasis and buttons. `parse_mode` is never used: no markup in a text acts."""
    return {
        "text": message.text,
        "entities": entities(message.text, message.spans) or None,
        "reply_markup": keyboard(message.buttons),
        "link_preview_options": _QUIET,
    }


def form(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters of a method as they are sent: what is no text is JSON, and None is left out."""
    return {
        name: value if isinstance(value, str) else _JSON.encode(value)
        for name, value in parameters.items()
        if value is not None
    }


def place(chat: Chat) -> dict[str, Any]:
    """The chat and the topic in it."""
    return {"chat_id": native(chat.id), "message_thread_id": native(chat.topic) if chat.topic else None}


def said(chat: Chat, message_id: str) -> dict[str, Any]:
    """A message that stands in the chat already."""
    return {"chat_id": native(chat.id), "message_id": native(message_id)}


def answering(reply_to: str | None) -> ReplyParameters | None:
    """A native reply; if what it answers is gone, the message stands by itself."""
    if reply_to is None or not reply_to.isascii() or not reply_to.isdigit():
        return None
    return ReplyParameters(int(reply_to), allow_sending_without_reply=True)


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Buttons in rows: as many beside each other as their labels have room."""
    if not buttons:
        return None
    rows = [
        [InlineKeyboardButton(button.label, callback_data=button.data) for button in row]
        for row in _rows(buttons)
    ]
    return InlineKeyboardMarkup(rows)


def native(id: str) -> int:
    """A number of Telegram's; what is none was never in this network."""
    try:
        return int(id)
    except ValueError:
        raise TargetGone("telegram-gone", words=id[:40]) from None


def start(payload: str) -> str:
    """What may stand behind `?start=` in a link to the bot."""
    if _START.fullmatch(payload) is None:
        raise Rejected("telegram-start-wrong")
    return payload


def _rows(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    row: list[Button] = []
    for button in buttons:
        widest = max(_width(one.label) for one in (*row, button))
        if row and (len(row) == _IN_A_ROW or widest * (len(row) + 1) > _ROW):
            yield row
            row = []
        row.append(button)
    yield row


def _width(label: str) -> int:
    """Columns; all buttons of a row are equally wide, with some room around the label."""
    return 2 + sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)
