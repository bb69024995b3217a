"""A chat network whose bot can answer only while it is connected, and takes its time."""

from __future__ import annotations

import asyncio

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, OnUnconfirmed
from bridgebot.model import Limits


class Config(AdapterConfig):
    pass


class Adapter(ChatAdapter[Config]):
    title = "Pigeons"
    capabilities = ChatCapabilities(
        limits=Limits(10_000), on_unconfirmed=OnUnconfirmed.REPEAT, needs_connection=True
    )

    def __init__(self, config, context) -> None:
        super().__init__(config, context)
        self.receive = None  # while connected
        self.sending, self.sent, self.gate = asyncio.Event(), [], asyncio.Event()

    async def run(self, receive) -> None:
        self.receive = receive
        try:
            await asyncio.Event().wait()
        finally:
            self.receive = None

    async def send(self, chat, message):
        self.sending.set()
        await self.gate.wait()
        assert self.receive is not None, "it is connected until its last answer"
        self.sent.append(message.text)
        return (str(len(self.sent)),)
