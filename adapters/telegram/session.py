"""One run: who am I, may I poll, the menu, and then batch after batch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any, Final, TypeGuard

from telegram import Bot

from adapters.telegram import albums, menu, reading
from adapters.telegram.naming import Me
from adapters.telegram.polling import Poll
from adapters.telegram.request import Wire, told, who
from bridgebot.adapter import Context, Receive
from bridgebot.errors import AdapterError
from bridgebot.model import ChatChanged, Edit, Incoming, Message, Press, Unreadable

log = logging.getLogger(__name__)

_ASKING: Final = 5.0  # seconds for a question on which an update waits


class Errands:
    """What may be done beside the updates, and whose failure is only noted."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, what: str, errand: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(self._run(what, errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, what: str, errand: Coroutine[Any, Any, Any]) -> None:
        try:
            await errand
        except AdapterError as error:
            log.info("%s failed: %s", what, error.key)
        except Exception as error:
            log.warning("%s failed: %s", what, type(error).__name__)


class Session:
    """From the first call to the error or cancellation that ends it."""

    def __init__(
        self,
        bot: Bot,
        wire: Wire,
        context: Context,
        receive: Receive,
        *,
        poll_timeout: int,
        album_wait: float,
    ) -> None:
        self._bot = bot
        self._wire = wire
        self._context = context
        self._receive = receive
        self._poll = Poll(wire, poll_timeout)
        self._errands = Errands()
        self._albums = albums.Albums()
        self._album_wait = album_wait

    @property
    def overdue(self) -> bool:
        """Does a question for updates wait longer than it may?"""
        return self._poll.overdue

    async def run(self) -> None:
        """Hand in what comes, each chat's in its order; an update is confirmed after its commit only."""
        try:
            me = await self._begin()
            while True:
                updates = await self._taken(me)
                for raw in updates:
                    self._poll.done(raw)
                self._poll.check(updates)
        finally:
            await self._errands.close()

    async def _taken(self, me: Me) -> list[Any]:
        """A batch of updates, all of them handed in. Where an album may not be whole, the batch is asked for
        again after a while, with what came since: none of it is confirmed before.
        """
        updates, waited, given = await self._poll.batch(), 0.0, set[str]()
        while True:
            over = waited >= albums.LONGEST or not self._poll.has_room(updates)
            found = self._albums.sort([reading.read(raw, me) for raw in updates], over=over)
            fresh = [one for one in found.ready if one.thing is None or one.thing.event not in given]
            await self._take(fresh)
            given |= {one.thing.event for one in fresh if one.thing is not None}
            if not found.waits:
                return updates
            await self._context.clock.sleep(self._album_wait)
            waited += self._album_wait
            updates = await self._poll.batch(wait=False)

    async def _begin(self) -> Me:
        me = await who(self._wire)
        await self._no_webhook()
        self._errands.start("showing the menu", menu.show(self._bot, self._context, me.id))
        return me

    async def _no_webhook(self) -> None:
        """Telegram does not let a bot poll that has a webhook. What waits for it is kept."""
        info = await self._wire.call("getWebhookInfo")
        if isinstance(info, dict) and info.get("url"):
            log.warning("%s: the bot had a webhook, which is taken away: bridgebot polls", self._context.name)
            await told(self._bot.delete_webhook(drop_pending_updates=False), repeatable=True)

    async def _take(self, batch: Iterable[reading.Reading]) -> None:
        """Hand in a batch: its chats beside each other, so that they share a commit. Raises the first error
        when all has ended: then none of it is confirmed, and what was committed comes again as known.
        """
        takings = [self._take_chat(chat) for chat in _by_chat(batch)]
        ends = await asyncio.gather(*takings, return_exceptions=True)
        for error in ends:
            if error is not None:
                raise error

    async def _take_chat(self, batch: Iterable[reading.Reading]) -> None:
        """What was written in one chat, each after the commit of the one before."""
        for found in batch:
            await self._hand_in(found)

    async def _hand_in(self, found: reading.Reading) -> None:
        if found.thing is not None:
            await self._receive(await self._with_rights(found.thing))
        if found.query is not None:  # the button turns a wheel until the client hears that it was heard
            self._errands.start("answering a button", told(self._bot.answer_callback_query(found.query)))

    async def _with_rights(self, thing: Incoming) -> Incoming:
        """Who speaks to the bot in a group, with their rights there at this moment."""
        if not _is_for_the_bot(thing):
            return thing
        admin, outside = await self._standing(thing.chat.id, thing.sender.id)
        return replace(thing, sender=replace(thing.sender, admin=admin, outside=outside))

    async def _standing(self, chat: str, person: str) -> tuple[bool, bool]:
        """Whether somebody administers a group, and whether they are outside of it. Who left can still press
        buttons and comment in a public one; of whom nobody can say anything, nothing is believed.
        """
        question = {"chat_id": chat, "user_id": person}
        try:
            member = await self._wire.call("getChatMember", question, timeout=_ASKING)
        except AdapterError as error:
            log.info("nobody knows what somebody is in a group: %s", error.key)
            return False, True
        return reading.standing(member)


def _is_for_the_bot(thing: Incoming) -> TypeGuard[Message | Press | Edit]:
    """Whether somebody whom Telegram names does something in a group that rights may be asked for. Pure."""
    if not isinstance(thing, Message | Press | Edit) or thing.chat.direct or thing.sender.weak:
        return False
    if isinstance(thing, Press) or (isinstance(thing, Message) and thing.addressed):
        return True
    return thing.text.lstrip().startswith(reading.SIGNS)


def _by_chat(batch: Iterable[reading.Reading]) -> list[list[reading.Reading]]:
    """In the order in which each chat is first met; what is about none stands by itself. A group that moves
    is one chat, before and after. Pure.
    """
    lines: list[list[reading.Reading]] = []
    chats: dict[str, list[reading.Reading]] = {}
    for found in batch:
        chat = "" if found.thing is None or isinstance(found.thing, Unreadable) else found.thing.chat.id
        line = chats.get(chat)
        if line is None:
            lines.append(line := [])
        if chat:
            chats[chat] = line
        line.append(found)
        if isinstance(found.thing, ChatChanged) and found.thing.moved_to:
            chats.setdefault(found.thing.moved_to, line)
    return lines
