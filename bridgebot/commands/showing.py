"""Whether pictures, films and sounds are shown in a chat, or told by their addresses alone."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot.dialog import Talk
from bridgebot.store import people

_NAMES = ("pictures", "图片")
_SWITCH = {"on": True, "开": True, "off": False, "关": False, "停": False}


def is_meant(words: Sequence[str]) -> bool:
    """Whether these are `pictures on` or `pictures off`. Pure."""
    return len(words) == 2 and words[0] in _NAMES and words[1] in _SWITCH


def switch(exchange: Talk, word: str) -> None:
    """Show them in this chat, or not; who may say so was asked before."""
    on = _SWITCH[word]
    people.set_chat(exchange.tx, exchange.chat.id, pictures=on)
    exchange.say("pictures-shown" if on else "pictures-told")


def stands(exchange: Talk) -> str:
    """How it is here, in words."""
    return exchange.text("pictures-are-told" if exchange.chat.pictures is False else "pictures-are-shown")
