"""`reply_markup`: keyboards under a message, checked field by field."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.telegram_errors import bad
from tests.servers.telegram_text import units

Json = dict[str, Any]
MAX_BUTTONS = 100
MAX_DATA = 64  # bytes
ACTIONS = {
    *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"),
    *("switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game"),
}
LOOKS = {"text", "style", "icon_custom_emoji_id"}
# Keyboards that take the place of the phone's own: their fields besides the first, which must be there.
OTHERS: dict[str, set[str]] = {
    "force_reply": {"input_field_placeholder", "selective"},
    "remove_keyboard": {"selective"},
    "keyboard": {
        *("is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"),
    },
}


def checked(markup: Json, *, inline_only: bool = False) -> Json:
    """The markup, if Telegram takes it."""
    if "inline_keyboard" in markup:
        if markup.keys() != {"inline_keyboard"}:
            raise bad("can't parse inline keyboard: unknown field")
        _inline(markup["inline_keyboard"])
        return markup
    if inline_only:
        raise bad("inline keyboard expected")
    for name, optional in OTHERS.items():
        if name in markup:
            _other(markup, name, optional)
            return markup
    raise bad("object expected as reply markup")


def kept(markup: Json | None) -> Json:
    """What of it stays at the message: only an inline keyboard that has buttons."""
    rows = [row for row in (markup or {}).get("inline_keyboard", []) if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _inline(rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(
            'can\'t parse reply keyboard markup JSON object: Field "inline_keyboard" must be of type Array'
        )
    buttons = [button for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _button(button)


def _button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    for name in button.keys() - ACTIONS - LOOKS:
        raise bad(f'can\'t parse inline keyboard button: unknown field "{name}"')
    actions = [name for name in button.keys() & ACTIONS if button[name] != ""]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: exactly one action is allowed")
    _action(actions[0], button[actions[0]])


def _action(name: str, value: Any) -> None:
    if name == "callback_data":
        if not isinstance(value, str):
            raise bad('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
        if len(value.encode()) > MAX_DATA:
            raise bad("BUTTON_DATA_INVALID")
    if name == "url" and not re.match(r"(https?|tg)://[^\s/]+", str(value)):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _other(markup: Json, name: str, optional: set[str]) -> None:
    for unknown in markup.keys() - {name} - optional:
        raise bad(f'can\'t parse reply markup: unknown field "{unknown}"')
    if name == "keyboard":
        rows = markup[name]
        if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
            raise bad(
                'can\'t parse reply keyboard markup JSON object: Field "keyboard" must be of type Array'
            )
    elif markup[name] is not True:
        raise bad(f'can\'t parse reply markup: Field "{name}" must be true')
    if "input_field_placeholder" in markup and not 1 <= units(str(markup["input_field_placeholder"])) <= 64:
        raise bad("REPLY_MARKUP_PLACEHOLDER_INVALID")
