"""What Telegram shows of the bot: the menu of commands, and who it is, in both languages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

from telegram import Bot

from adapters.telegram.request import told
from bridgebot.adapter import Command, Context

KEY: Final = "menu"  # in the adapter's state: the digest of what was shown last
# Telegram's code (the empty one is for everybody else) and the house's language.
_LANGUAGES: Final = (("", "en"), ("zh", "zh-CN"))
_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True)
class Face:
    """The bot in one language, within what core.telegram.org/bots/api allows."""

    code: str
    commands: tuple[tuple[str, str], ...]  # name, description
    description: str  # in an empty chat, above the button that starts it
    short: str  # on the bot's own page, and where it is shared


async def show(bot: Bot, context: Context, bot_id: int) -> None:
    """Tell Telegram, if it does not know yet. Raises the errors of a call."""
    shown = faces(context)
    digest = _digest(bot_id, shown)
    if await context.state.get(KEY) == digest:
        return
    for face in shown:
        await told(bot.set_my_commands(face.commands, language_code=face.code))
        await told(bot.set_my_description(face.description, language_code=face.code))
        await told(bot.set_my_short_description(face.short, language_code=face.code))
    await context.state.set(KEY, digest)


def faces(context: Context) -> tuple[Face, ...]:
    """The bot in each language."""
    return tuple(
        Face(
            code,
            _commands(context.menu(language)),
            context.texts(language, "telegram-description")[:512],
            context.texts(language, "telegram-short-description")[:120],
        )
        for code, language in _LANGUAGES
    )


def _commands(commands: Iterable[Command]) -> tuple[tuple[str, str], ...]:
    fitting = [one for one in commands if _NAME.fullmatch(one.name) and one.description.strip()]
    return tuple((one.name, one.description[:256]) for one in fitting)[:100]


def _digest(bot_id: int, shown: tuple[Face, ...]) -> str:
    return hashlib.sha256(json.dumps([bot_id, [astuple(face) for face in shown]]).encode()).hexdigest()
