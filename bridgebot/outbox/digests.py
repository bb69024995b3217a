"""When more comes in than a chat can carry, it is gathered into a digest, and the chat is told.

Nothing is dropped: [Show] or /digest brings the items, a few at a time, and each has its short id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bridgebot import dialog
from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.store import Store, Tx, digests, people
from bridgebot.store.digests import Digest

log = Log(__name__)

EVERY = 10.0  # seconds between two looks
TOO_LONG = timedelta(minutes=1)  # an item that waits longer for its turn is late
PERIOD = timedelta(minutes=10)  # of one digest, while items keep coming


class Digests:
    """Looks which chats are flooded. A look reads beside the writer, and writes only where one is."""

    def __init__(self, store: Store, house: House, clock: Clock, delivered: Callable[[], None]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._delivered = delivered  # called after a commit that may have queued deliveries

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.step()
            except StoreError as error:
                log.error("digests.store", problem=str(error))
            await self._clock.sleep(EVERY)

    async def step(self) -> int:
        """One look; returns in how many chats something was gathered or let go."""
        chats = await self._store.read(lambda tx, now: _wanted(tx, now, self._house.digest_after))
        for chat_id in chats:
            await self._store.run(lambda tx, now, one=chat_id: turn(tx, now, self._house, one))  # type: ignore[misc]
        if chats:
            self._delivered()
        return len(chats)


def _wanted(tx: Tx, now: datetime, most: int) -> list[int]:
    if not most:
        return []
    return [*digests.flooded(tx, now, most, TOO_LONG), *digests.due(tx, now, PERIOD)]


def turn(tx: Tx, now: datetime, house: House, chat_id: int) -> None:
    """Gather what came and say so; where little comes again, let it go one by one."""
    number = digests.coming(tx, chat_id)
    if number <= house.digest_after // 2:
        digests.end(tx, chat_id)
        return
    tell(tx, now, house, digests.gather(tx, now, chat_id), number)


def tell(tx: Tx, now: datetime, house: House, made: Digest, number: int) -> None:
    """One line for all of them."""
    chat = people.chat_by_id(tx, made.chat_id)
    owner = people.owner_of(tx, chat)
    language = dialog.language_of(tx, house, owner) if owner is not None else house.language
    minutes = max(round((made.until - made.since).total_seconds() / 60), 1)
    unit, time = ("minutes", minutes) if minutes < 120 else ("hours", round(minutes / 60))
    text = house.texts(language, f"digest-{unit}", number=number, time=time)
    dialog.notice(tx, now, chat, text, language, user_id=owner, digest=made.token)
