"""The whole house on memory networks, moved by hand: for tests of the core."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet

from bridgebot.adapter import ChatAdapter, Network
from bridgebot.dialog import House
from bridgebot.inbox import Inbox
from bridgebot.journal import Journal
from bridgebot.leaving import Farewell
from bridgebot.linking import Linking
from bridgebot.meter import Meter
from bridgebot.outbox import Outbox
from bridgebot.outbox.digests import Digests
from bridgebot.poller import Poller
from bridgebot.store import Store, people, routes
from bridgebot.testing.fakes import ManualClock, MemoryChat, MemorySocial
from bridgebot.texts import Texts

KEY = Fernet.generate_key().decode()
TEXTS = Texts()  # read once for all houses: each text is parsed when it is first wanted

PATIENCE = 600  # seconds until a house hangs for sure: the machine may be busy with something else


class TestHouse:
    """One process: a chat, some social networks, and a clock. Nothing moves but by `settle`."""

    __test__ = False

    def __init__(
        self,
        folder: Path,
        *,
        chat: MemoryChat | None = None,
        chats: tuple[MemoryChat, ...] = (),  # and others beside it
        socials: tuple[MemorySocial, ...] | None = None,
        clock: ManualClock | None = None,
        access: str = "open",
        operators: frozenset[str] = frozenset(),
        allow: frozenset[str] = frozenset(),
        meter: Meter | None = None,
        public_url: str | None = None,
        site: str | None = None,
        file_sites: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.clock = clock or ManualClock()
        self.chat = chat or MemoryChat(name="chat")
        self.socials = (
            socials if socials is not None else (MemorySocial(name="north"), MemorySocial(name="south"))
        )
        self.chats = (self.chat, *chats)
        for adapter in (*self.chats, *self.socials):
            adapter.network.clock = self.clock
        self.adapters = {a.context.name: a for a in (*self.chats, *self.socials)}
        self.house = House(
            networks={name: _network(name, adapter) for name, adapter in self.adapters.items()},
            texts=TEXTS,
            access=access,
            operators=operators,
            allow=allow,
            public_url=public_url,
            file_sites=file_sites,
        )
        self.store = Store(folder / "house.db", [KEY], self.clock)
        journal = Journal(meter)
        self.inbox = Inbox(self.store, self.house, lambda: None, journal=journal)
        self.outbox = Outbox(self.store, self.adapters, self.house, self.clock, journal=journal)
        self.digests = Digests(self.store, self.house, self.clock, lambda: None)
        social = {a.context.name: a for a in self.socials}
        self.poller = Poller(self.store, social, self.house, self.clock, lambda: None, meter=meter)
        self.linking = Linking(self.store, social, self.house, lambda: None, site=site)
        self.farewell = Farewell(self.store, self.house, self.clock, lambda: None)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> TestHouse:
        await self.store.open()
        for chat in self.chats:
            self._tasks.append(asyncio.create_task(chat.run(partial(self._receive, chat=chat.context.name))))
            await chat.connected.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.outbox._carrier.end()  # as when a run ends
        await self.store.close()

    @property
    def second(self) -> MemoryChat:
        """The other chat network."""
        return self.chats[1]

    async def _receive(self, thing, *, state=None, chat="chat"):
        await self.inbox.receive(chat, thing, state=state)

    def social(self, name: str) -> MemorySocial:
        return next(a for a in self.socials if a.context.name == name)

    async def settle(self) -> None:
        """Everything that is due now happens, and what follows from it."""
        for chat in self.chats:
            await chat.settled(PATIENCE)
        for _ in range(20):
            moved = await self.linking.step() + await self.outbox.step()
            if not moved:
                return
        raise AssertionError("the house does not come to rest")

    async def poll(self) -> None:
        """Read every timeline, and deliver what that brings."""
        await self.poller.step()
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Time passes, then what is due happens."""
        self.clock.skip(seconds)
        await self.settle()

    async def turn(self) -> None:
        """Everything is read, and what follows from it happens."""
        for _ in range(2):
            await self.poll()
            await self.wait(3)

    async def says(self, text: str, *, sender: str = "ada", **more) -> str:
        """A person writes and the bot answers; returns the message's id."""
        line = self.chat.say(text, sender=sender, **more)
        await self.settle()
        return line

    async def meets(self, sender: str = "ada") -> None:
        """A user is known on the second chat network too."""
        name, native = self.second.context.name, self.second.network.person(sender)

        def same(tx, now):
            person = people.person(tx, name, native)
            people.set_person(tx, person.id, user_id=_user_of(tx, sender))
            people.chat(tx, name, self.second.network.chat(sender), person.id)

        await self.store.run(same)

    async def goes(self) -> None:
        """Whoever asked to be forgotten is."""
        for _ in range(8):
            await self.farewell.step()
            await self.wait(20)
        await self.farewell.step()

    async def shows(self, text: str, **more) -> str:
        """A post of Lin's on North is shown in Ada's chat; the id of the message that shows it."""
        await self.says("/home on north")
        await self.poll()
        await self.wait(1)
        social = self.social("north")
        social.network.follows.add((social.network.person("ada").id, social.network.person("lin").id))
        social.add_post("lin", text, **more)
        before = {line.id for line in self.chat.messages()}
        await self.poll()
        return next(line.id for line in self.chat.messages() if line.id not in before)

    async def user(self, sender: str = "ada", *networks: str, plain: str | None = "post") -> int:
        """A user with a linked account on each network, whose plain text is posted without questions."""
        await self.says("/help", sender=sender)
        user_id = await self.store.read(lambda tx, now: _user_of(tx, sender))
        for name in networks:
            social = self.social(name)
            await self.store.run(
                lambda tx, now, s=social, n=name: _link(tx, now, user_id, n, s.account(sender))
            )
        await self.store.run(lambda tx, now: people.set_user(tx, user_id, plain=plain, asks_left=0))
        await self.wait(180)
        return user_id


def _network(name: str, adapter) -> Network:
    if isinstance(adapter, ChatAdapter):
        return Network(name, name.title(), chat=adapter.capabilities, rates=adapter.rates)
    return Network(name, name.title(), social=adapter.capabilities, rates=adapter.rates)


def _user_of(tx, sender: str) -> int:
    import sqlalchemy as sa

    from bridgebot.store import tables as t

    return tx.scalar(sa.select(t.person.c.user_id).where(t.person.c.native_id == sender))


def _link(tx, now, user_id: int, adapter: str, account) -> None:
    from bridgebot.model import Limits

    chat = people.direct_chat(tx, user_id)
    row = people.link(tx, now, user_id, adapter, account, Limits(500))
    routes.add(tx, now, user_id, "default", source_chat_id=chat.id, account_id=row.id)
