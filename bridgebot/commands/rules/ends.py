"""The two ends of a rule: an account, this chat, or a group or channel that somebody administers.

A chat elsewhere is named by its title. Which of those that are called so is meant, its network is asked: it
is one that whoever speaks administers now. Whether there are others of that name nobody learns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bridgebot.commands.rules.options import Token
from bridgebot.dialog import Talk
from bridgebot.render import clean_name
from bridgebot.store import chats, people
from bridgebot.store.rows import Account, Chat

HERE = ("here", "this", "这里", "此处", "本群", "本聊天")
MOST_ASKED = 5  # chats of one title that are asked about


@dataclass(frozen=True, slots=True)
class End:
    """One end: one of the three is set. Plain JSON, so that a look-up can keep it."""

    account: int | None = None
    chat: int | None = None
    title: str = ""  # of a chat that is yet to be found
    among: tuple[int, ...] = ()  # the chats that it may be

    @property
    def known(self) -> bool:
        return self.account is not None or self.chat is not None

    def stored(self) -> dict[str, Any]:
        return {"account": self.account, "chat": self.chat, "title": self.title, "among": list(self.among)}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> End:
        return cls(**stored | {"among": tuple(stored["among"])})


def named(exchange: Talk, token: Token) -> End:
    """What a word or a title in quotes names."""
    if token.kind != "quoted":
        if token.text.lower() in HERE:
            return End(chat=exchange.chat.id)
        if (account := _account(exchange, token.text)) is not None:
            return End(account=account.id)
    return _titled(exchange, token.text)


def several(exchange: Talk, piece: Sequence[Token]) -> list[End]:
    """What stands between two commas: names of accounts one behind the other, or all of it is one title."""
    if all(token.kind == "quoted" or _is_plain(exchange, token.text) for token in piece):
        return [named(exchange, token) for token in piece]
    return [_titled(exchange, " ".join(token.text for token in piece))]


def account(exchange: Talk, end: End) -> Account | None:
    return people.account(exchange.tx, end.account) if end.account is not None else None


def chat(exchange: Talk, end: End) -> Chat | None:
    return people.chat_by_id(exchange.tx, end.chat) if end.chat is not None else None


def source_chat(exchange: Talk, end: End) -> Chat | None:
    """A group as a whole: what is published in one of its topics is the group's."""
    found = chat(exchange, end)
    return None if found is None else chats.whole(exchange.tx, found) if not found.direct else found


def words(exchange: Talk, end: End) -> str:
    """An end as it is spoken of."""
    if end.account is not None:
        return people.account(exchange.tx, end.account).name
    found = chat(exchange, end)
    return chat_words(exchange, found) if found is not None else f"“{clean_name(end.title)}”"


def chat_words(exchange: Talk, found: Chat) -> str:
    """A chat as somebody hears of it in another one, or in itself."""
    if found.id == exchange.chat.id:
        return exchange.text("route-here")
    name = clean_name(found.title or found.native_id)
    if found.direct:
        return exchange.text("route-direct", network=exchange.house.title(found.adapter))
    return exchange.text("route-channel" if found.broadcast else "route-group", title=name)


def _is_plain(exchange: Talk, word: str) -> bool:
    return word.lower() in HERE or _account(exchange, word) is not None


def _account(exchange: Talk, word: str) -> Account | None:
    return people.account_named(exchange.tx, exchange.user.id, word)


def _titled(exchange: Talk, title: str) -> End:
    """A chat of this title, on the networks where whoever speaks is known."""
    known = {person.adapter for person in people.persons_of(exchange.tx, exchange.user.id)}
    able = [name for name in sorted(known) if tells_who_administers(exchange, name)]
    found = chats.titled(exchange.tx, title.strip(), able, MOST_ASKED)
    return End(title=title.strip(), among=tuple(one.id for one in found))


def tells_who_administers(exchange: Talk, adapter: str) -> bool:
    network = exchange.house.network(adapter)
    return network is not None and network.chat is not None and network.chat.administers
