"""A chat network without a wire: what is handed in comes from the benchmark itself, what is sent is counted.

It can do what Telegram can (buttons, replies, edits), so receipts cost what they cost there, but for
the network's own library and the request: those are measured by themselves (`telegram-in`, `telegram-out`).
The reference pipeline has no chat network either.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, Context, OnUnconfirmed, Receive
from bridgebot.model import Chat, Limits, Message, OutgoingMessage, Person


class Config(AdapterConfig):
    """The desk has no options."""


class Adapter(ChatAdapter[Config]):
    title = "Desk"
    for_trying = True
    capabilities = ChatCapabilities(
        limits=Limits(4096, "utf16"),
        replies=True,
        buttons=True,
        markup=frozenset({"bold", "italic", "strike", "code", "spoiler", "link"}),
        edit=True,
        delete=True,
        on_unconfirmed=OnUnconfirmed.ASK,
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self.receive: Receive | None = None
        self.connected = asyncio.Event()
        self.sent: Counter[str] = Counter()  # by chat
        self.edited = 0
        self.texts: dict[str, str] = {}  # the last that a chat was sent
        self._ids = itertools.count(1)

    async def run(self, receive: Receive) -> None:
        self.receive = receive
        self.connected.set()
        await asyncio.Event().wait()

    async def hand_in(self, number: int, chat: int, text: str) -> None:
        """A person writes in their own chat; returns when it is durable."""
        assert self.receive is not None
        native = Chat(str(chat), direct=True)
        event = Message(f"e{number}", native, Person(str(chat)), f"n{number}", text, datetime.now(UTC))
        await self.receive(event)

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        self.sent[chat.id] += 1
        self.texts[chat.id] = message.text
        return (f"s{next(self._ids)}",)

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        self.edited += 1

    async def delete(self, chat: Chat, message_id: str) -> None:
        return
