"""What the bot says of itself: commands by scope and language, name and descriptions by language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.servers.telegram_errors import bad
from tests.servers.telegram_parameters import Takes, array, text, thing
from tests.servers.telegram_text import units
from tests.servers.telegram_world import Json, World

MAX_COMMANDS = 100
SCOPES: dict[str, set[str]] = {
    **{key: set() for key in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")},
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
WORDS = {"name": 64, "description": 512, "short_description": 120}  # the longest, in characters


def set_my_commands(world: World, given: Json) -> bool:
    commands = given["commands"]
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check(command)
    world.commands[_place(world, given)] = commands
    return True


def get_my_commands(world: World, given: Json) -> list[Json]:
    """Only what was set for exactly this scope and language."""
    found: list[Json] = world.commands.get(_place(world, given), [])
    return found


def delete_my_commands(world: World, given: Json) -> bool:
    world.commands.pop(_place(world, given), None)
    return True


def _check(command: Any) -> None:
    if not isinstance(command, dict) or not isinstance(command.get("command"), str):
        raise bad("can't parse BotCommand: Can't find field \"command\"")
    for name in command.keys() - {"command", "description", "is_ephemeral"}:
        raise bad(f'can\'t parse BotCommand: unknown field "{name}"')
    if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
        raise bad("BOT_COMMAND_INVALID")
    words = command.get("description")
    if not isinstance(words, str) or not 1 <= units(words.strip()) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def _place(world: World, given: Json) -> tuple[str, str]:
    """Where commands stand: the scope in one writing, and the language."""
    scope = given.get("scope", {"type": "default"})
    if scope.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    if scope.keys() != {"type"} | SCOPES[scope["type"]]:
        raise bad("can't parse BotCommandScope: missing or unknown field")
    if "chat_id" in scope:
        world.found(scope["chat_id"])
    return json.dumps(scope, sort_keys=True), _language(given)


def _language(given: Json) -> str:
    code: str = given.get("language_code", "")
    if not re.fullmatch("([a-z]{2})?", code):
        raise bad("invalid language code specified")
    return code


def _setter(what: str) -> Callable[[World, Json], bool]:
    def set_words(world: World, given: Json) -> bool:
        words = given.get(what, "")
        if len(words) > WORDS[what]:
            raise bad(f"BOT_{what.upper()}_TOO_LONG")
        world.words[what, _language(given)] = words
        return True

    return set_words


def _getter(what: str) -> Callable[[World, Json], Json]:
    def get_words(world: World, given: Json) -> Json:
        """In this language, else what is shown to everybody."""
        own = world.words.get((what, _language(given)))
        default = world.bot.first_name if what == "name" else ""
        return {what: own or world.words.get((what, ""), default)}

    return get_words


_LANGUAGE = {"language_code": text}
_PLACE = {"scope": thing, **_LANGUAGE}
METHODS: dict[str, tuple[Takes, Callable[[World, Json], Any]]] = {
    "setMyCommands": (Takes({"commands": array}, _PLACE), set_my_commands),
    "getMyCommands": (Takes({}, _PLACE), get_my_commands),
    "deleteMyCommands": (Takes({}, _PLACE), delete_my_commands),
}
for _what in WORDS:
    _title = "".join(part.title() for part in _what.split("_"))
    METHODS[f"setMy{_title}"] = (Takes({}, {_what: text, **_LANGUAGE}), _setter(_what))
    METHODS[f"getMy{_title}"] = (Takes({}, _LANGUAGE), _getter(_what))
