"""What the adapter remembers of the messages that went by: by which names they may be meant later."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

K = TypeVar("K")

BOT: Final = ""  # stands for the bot where a sender's id is asked for
_NAMES = 30_000  # kept in all; then the oldest go
_EXCERPT = 200  # characters of a message that a later answer may quote


@dataclass(frozen=True, slots=True)
class Known:
    """A message."""

    id: str  # native id, as the house knows it
    sender: str  # the person's id, or BOT
    attribute: str = ""  # the stanza's `id`: what corrections name
    author: str = ""  # the sender's address in this chat
    text: str = ""


class Memory:
    """Messages by chat and name. A name counts only with its sender: anybody can choose any `id`."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[tuple[str, str, str], Known] = OrderedDict()
        self._by_id: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self._gone: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def note(self, chat: str, known: Known, *names: str) -> None:
        """Remember a message by its id, its attribute and any further names."""
        known = Known(known.id, known.sender, known.attribute, known.author, known.text[:_EXCERPT])
        _keep(self._by_id, (chat, known.id), known)
        for name in filter(None, {known.id, known.attribute, *names}):
            _keep(self._by_name, (chat, known.sender, name), known)

    def alias(self, chat: str, known: Known, name: str) -> None:
        """A further name: clients may answer or correct a correction by its own id."""
        if name:
            _keep(self._by_name, (chat, known.sender, name), known)

    def of(self, chat: str, sender: str, name: str) -> Known | None:
        """The message of this sender that is meant by a name."""
        return self._by_name.get((chat, sender, name))

    def take_back(self, chat: str, id: str) -> None:
        """The bot took this message back: a correction would bring it up again as a new one."""
        _keep(self._gone, (chat, id), Known(id, BOT))

    def is_gone(self, chat: str, id: str) -> bool:
        """Did the bot take this message back?"""
        return (chat, id) in self._gone

    def get(self, chat: str, id: str) -> Known | None:
        """The message of this native id."""
        return self._by_id.get((chat, id))


def _keep(table: OrderedDict[K, Known], key: K, known: Known) -> None:
    table[key] = known
    table.move_to_end(key)
    if len(table) > _NAMES:
        table.popitem(last=False)
