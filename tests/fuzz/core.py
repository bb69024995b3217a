"""The core for a fuzz test: real store and inbox, a network in memory, and a look at all that is logged."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, Network
from bridgebot.dialog import House
from bridgebot.inbox import Inbox
from bridgebot.outbox import Outbox
from bridgebot.poller import Poller
from bridgebot.store import Store, people, routes
from bridgebot.store import tables as t
from bridgebot.testing.bare import bare_context
from bridgebot.testing.clock import RealClock
from bridgebot.testing.fakes import MemorySocial
from bridgebot.texts import Texts
from tests.house import KEY

FAST = "/dev/shm"  # what is lost by a power cut is nothing that a fuzz test looks at


class Mouth(ChatAdapter[AdapterConfig]):
    """Where the bot's answers go: they are read, and nobody hears them."""

    title = "Mouth"

    def __init__(self, able: ChatCapabilities) -> None:
        super().__init__(AdapterConfig(), bare_context("chat"))
        self.capabilities = able
        self.said: list[str] = []

    async def run(self, receive: Any) -> None:
        await asyncio.Event().wait()

    async def send(self, chat: model.Chat, message: model.OutgoingMessage) -> tuple[str, ...]:
        message.text.encode()
        assert self.capabilities.limits.fits(message.text)
        self.said.append(message.text)
        return (uuid.uuid4().hex,)

    async def edit(self, chat: model.Chat, message_id: str, message: model.OutgoingMessage) -> None:
        await self.send(chat, message)

    async def delete(self, chat: model.Chat, message_id: str) -> None:
        """Nothing stands there."""


class Errors(logging.Handler):
    """What the log was told at ERROR and above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info and record.exc_info[1]
        self.found.append(
            f"{record.name}: {record.getMessage()} {record.__dict__.get('facts', '')} {raised!r}"
        )


class Core:
    """One chat network (by its capabilities), the network `north`, and perhaps one more that is tested."""

    def __init__(
        self, folder: Path, able: ChatCapabilities, socials: Mapping[str, Any] | None = None
    ) -> None:
        clock = RealClock()
        self.mouth, self.north = Mouth(able), MemorySocial(name="north")
        self.north.network.clock = clock
        own = {"north": self.north, **(socials or {})}
        networks = {name: Network(name, name.title(), social=one.capabilities) for name, one in own.items()}
        networks["chat"] = Network("chat", "Chat", chat=able)
        self.house = House(networks, Texts(), access="open")
        self.store = Store(folder / "core.db", [KEY], clock)
        self.inbox = Inbox(self.store, self.house, lambda: None)
        self.outbox = Outbox(self.store, {"chat": self.mouth, **own}, self.house, clock)
        self.poller = Poller(self.store, own, self.house, clock, lambda: None)
        self.errors = Errors()

    async def receive(self, thing: model.Incoming, *, state: Mapping[str, str] | None = None) -> None:
        await self.inbox.receive("chat", thing, state=state)

    async def settle(self, native_id: str) -> int:
        """This person has an account on north, and their words are posts; their user id."""
        query = sa.select(t.person.c.user_id).where(t.person.c.native_id == native_id)
        user_id = await self.store.read(lambda tx, now: tx.scalar(query))
        assert user_id is not None, f"{native_id} is not known"
        name = "".join(one for one in native_id if one.isalnum())
        account = self.north.account(f"p{name}")

        def unit(tx, now):
            chat = people.direct_chat(tx, user_id)
            row = people.link(tx, now, user_id, "north", account, model.Limits(500))
            routes.add(tx, now, user_id, "default", source_chat_id=chat.id, account_id=row.id)
            people.set_user(tx, user_id, plain="post", asks_left=0)

        await self.store.run(unit)
        return user_id

    def troubles(self) -> list[str]:
        """What was logged as an error, or as something that nobody expected."""
        return self.errors.found

    async def failed(self) -> int:
        """Messages that broke the house while they were handled."""
        query = sa.select(sa.func.count()).where(
            t.inbox.c.state == "failed", t.inbox.c.problem != "Unreadable"
        )
        return await self.store.read(lambda tx, now: tx.scalar(query))

    async def taken_in(self) -> int:
        return await self.store.read(
            lambda tx, now: tx.scalar(sa.select(sa.func.count()).select_from(t.inbox))
        )


@contextlib.asynccontextmanager
async def core(able: ChatCapabilities, socials: Mapping[str, Any] | None = None) -> AsyncIterator[Core]:
    with tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder:
        made = Core(Path(folder), able, socials)
        await made.store.open()
        gc.collect()  # what another test left open is told of in the log when it is collected
        logging.getLogger().addHandler(made.errors)
        try:
            yield made
        finally:
            logging.getLogger().removeHandler(made.errors)
            await made.store.close()
