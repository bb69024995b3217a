"""Tells everybody what operators announce, a few at a time, behind all else that leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bridgebot import dialog
from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.store import Store, Tx, announcements, people
from bridgebot.store.announcements import Announcement
from bridgebot.store.deliveries import MIRRORED

log = Log(__name__)

EVERY = 5.0  # seconds between two batches
ROOM = 200  # notices that may wait to leave before more are queued
PATIENCE = timedelta(minutes=1)  # after so long more are queued all the same: some wait for their reader


class Announcer:
    """Where it is stands in the rows, moved in the unit that queued a batch: a crash tells nobody twice."""

    def __init__(self, store: Store, house: House, clock: Clock, delivered: Callable[[], None]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._delivered = delivered
        self._woken = asyncio.Event()
        self._last: datetime | None = None

    def wake(self) -> None:
        """There is something to tell."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; at rest it looks at nothing."""
        while True:
            self._woken.clear()
            try:
                going = await self.step()
            except StoreError as error:
                log.debug("announcer.store", problem=str(error))
                going = True
            await (self._clock.sleep(EVERY) if going else self._woken.wait())

    async def step(self) -> bool:
        """One batch, if there is room for it; False when nothing is left to tell."""
        waiting = await self._store.read(lambda tx, now: _waiting(tx))
        if waiting is None:
            return False
        now = self._clock.now()
        if waiting >= ROOM and self._last is not None and now - self._last < PATIENCE:
            return True
        self._last = now
        await self._store.run(lambda tx, now: tell(tx, now, self._house))
        self._delivered()
        return True


def _waiting(tx: Tx) -> int | None:
    """How many notices of what is under way wait to leave; None: nothing is under way."""
    announcement = announcements.under_way(tx)
    return None if announcement is None else announcements.waiting(tx, announcement)


def tell(tx: Tx, now: datetime, house: House) -> int:
    """Queue it for the next few; how many."""
    announcement = announcements.under_way(tx)
    if announcement is None:
        return 0
    hearers = announcements.next_hearers(tx, announcement)
    for user_id in hearers:
        _tell_one(tx, now, house, announcement, user_id)
    announcements.note_told(tx, now, announcement, hearers)
    return len(hearers)


def _tell_one(tx: Tx, now: datetime, house: House, announcement: Announcement, user_id: int) -> None:
    chat = people.direct_chat(tx, user_id)
    if chat is None:
        return
    language = dialog.language_of(tx, house, user_id)
    text = f"{house.texts(language, 'announce-from')}\n{announcement.words(language)}"
    once = announcements.once(announcement, user_id)
    dialog.notice(tx, now, chat, text, language, user_id=user_id, once=once, urgency=MIRRORED)
