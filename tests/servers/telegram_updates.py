"""`getUpdates`: the queue of what the bot has yet to hear, and the one poller that may wait at it."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.servers.telegram_errors import TWO_POLLERS, WEBHOOK_SET, bad, conflict

LONGEST_WAIT = 50  # seconds; Telegram lets nobody wait longer
FUTURE = 10  # an offset so far behind the next id is of another numbering, and overlooked (TDLib, TQueue)
KINDS = (
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection"),
    *("business_message", "edited_business_message", "deleted_business_messages", "guest_message"),
    *("message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result"),
    *("callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll"),
    *("poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost"),
    *("removed_chat_boost", "managed_bot"),
)
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}  # never without being named

Ending = Literal["news", "conflict", "cut", "webhook"]


@dataclass(slots=True)
class Poller:
    """A `getUpdates` that waits. People may act in another thread than the one it waits in."""

    loop: asyncio.AbstractEventLoop
    ended: asyncio.Future[Ending]

    def end(self, how: Ending) -> None:
        self.loop.call_soon_threadsafe(self._end, how)

    def _end(self, how: Ending) -> None:
        if not self.ended.done():
            self.ended.set_result(how)


class Cut(Exception):
    """The connection of this poller is to be cut."""


class Updates:
    """Updates that the bot has not confirmed, oldest first."""

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self.waiting: list[dict[str, Any]] = []
        self.allowed = set(KINDS) - ON_REQUEST  # sticks until a call says otherwise
        self.named: list[str] = []  # what the last call that said so named
        self.webhook = ""
        self.polls = 0  # how often anybody asked
        self._next = random.randrange(10**8, 9 * 10**8)
        self._poller: Poller | None = None

    def add(self, update: dict[str, Any]) -> int:
        """Queue an update if the bot wants its kind; the id that it got."""
        kinds = update.keys() & set(KINDS)
        with self.lock:
            id = self._next
            if kinds and not kinds & self.allowed:
                return id
            self._next += 1
            self.waiting.append({"update_id": id, **update})
            if self._poller is not None:
                self._poller.end("news")
        return id

    def renumber(self) -> None:
        """A week without updates went by: the next id is any, here a lower one than before."""
        with self.lock:
            self._next = random.randrange(10**6, 10**8 - 10**6)

    def allow(self, kinds: Sequence[Any]) -> None:
        """Which kinds are queued from now on; an empty list: all but those on request."""
        for kind in kinds:
            if kind not in KINDS:  # Telegram overlooks it
                raise bad(f'unknown update type "{kind}" in allowed_updates')
        self.named = list(kinds)
        self.allowed = set(kinds) if kinds else set(KINDS) - ON_REQUEST

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; negative: all but so many of the newest."""
        with self.lock:
            if offset < 0:
                self.waiting = self.waiting[offset:]
            elif offset <= self._next + FUTURE:
                self.waiting = [update for update in self.waiting if update["update_id"] >= offset]

    async def poll(self, *, offset: int, limit: int, seconds: int) -> list[dict[str, Any]]:
        """Confirm, and give what is there, or what comes within so many seconds."""
        self.polls += 1
        if not 1 <= limit <= 100:
            raise bad("limit must be between 1 and 100")
        if seconds < 0:
            raise bad("timeout must not be negative")
        if self.webhook:
            raise conflict(WEBHOOK_SET)
        if self._poller is not None:
            self._poller.end("conflict")
        self.confirm(offset)
        if not self.waiting and seconds:
            await self._wait(min(seconds, LONGEST_WAIT))
        return self.waiting[:limit]

    async def _wait(self, seconds: int) -> None:
        loop = asyncio.get_running_loop()
        poller = self._poller = Poller(loop, loop.create_future())
        if self.waiting:  # somebody acted meanwhile
            poller.end("news")
        try:
            how = await asyncio.wait_for(poller.ended, seconds)
        except TimeoutError:
            return
        finally:
            if self._poller is poller:
                self._poller = None
        if how == "cut":
            raise Cut
        if how in ("conflict", "webhook"):
            raise conflict(TWO_POLLERS if how == "conflict" else WEBHOOK_SET)

    def interrupt(self, how: Ending) -> bool:
        """End whoever waits; False: nobody does."""
        poller = self._poller
        if poller is not None:
            poller.end(how)
        return poller is not None
