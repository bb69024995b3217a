"""Being sure who asks, for what cannot be taken back: another chat of the same user confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridgebot.dialog import Talk, on_its_own
from bridgebot.store import people
from bridgebot.store.rows import Chat


def second_chat(exchange: Talk) -> Chat | None:
    """Another chat of the user, on a chat network that is there: who holds one chat need not hold both."""
    others = (
        chat for chat in people.reachable_chats(exchange.tx, exchange.user.id) if _is_another(exchange, chat)
    )
    return next(others, None)


def _is_another(exchange: Talk, chat: Chat) -> bool:
    elsewhere = (chat.adapter, chat.person_id) != (exchange.chat.adapter, exchange.chat.person_id)
    return elsewhere and exchange.house.network(chat.adapter) is not None


def title(exchange: Talk, chat: Chat) -> str:
    return exchange.house.title(chat.adapter)


def ask_there(
    exchange: Talk, there: Chat, kind: str, key: str, arguments: dict[str, Any], options: Sequence[str]
) -> None:
    """Ask in the other chat, and say here that it was asked there."""
    other = on_its_own(exchange.tx, exchange.now, exchange.house, there, exchange.user.id)
    text = other.text(key, network=title(exchange, exchange.chat))
    other.ask(kind, text, arguments | {"chat": exchange.chat.id}, options)
    exchange.say("confirm-there", network=title(exchange, there))


def asker(exchange: Talk, arguments: dict[str, Any]) -> Talk:
    """The chat in which it all began: what was asked for is given there."""
    if arguments["chat"] == exchange.chat.id:
        return exchange
    chat = people.chat_by_id(exchange.tx, arguments["chat"])
    return on_its_own(exchange.tx, exchange.now, exchange.house, chat, exchange.user.id)


def refuse(exchange: Talk, arguments: dict[str, Any], key: str) -> None:
    """It is not to be: said in both chats."""
    exchange.say(key)
    first = asker(exchange, arguments)
    if first is not exchange:
        first.say(f"{key}-there", network=title(exchange, exchange.chat))
