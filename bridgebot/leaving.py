"""Forgetting somebody, step by step: what is out there first, then the last word, then every row.

Each step is a unit of work that notes how far it is, so that a restart goes on where it was. Nothing out
there can hold it up for long: what does not end in its time is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bridgebot import dialog, flow
from bridgebot.adapter import Clock
from bridgebot.dialog import House
from bridgebot.errors import StoreError
from bridgebot.log import Log
from bridgebot.store import Store, Tx, deliveries, exports, forgetting, leavings, mentions, people, posts
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.leavings import LEAVING, Leaving
from bridgebot.texts import listed

log = Log(__name__)

PATIENCE = {  # so long each state may wait for what it began out there
    "parting": timedelta(minutes=2),
    "saying": timedelta(minutes=2),
    "erasing": timedelta(days=36500),
}
SOME = 50  # posts whose deletion is queued in one unit
PAUSE = 1.0  # seconds between two looks while somebody is leaving
FADING = timedelta(seconds=15)  # in which posts of closed accounts go from the chats of others
REST = 60.0  # seconds between two looks otherwise: addresses of exports end, and are wiped


class Farewell:
    """Takes the steps. `wake` it when somebody asked to be forgotten."""

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        delivered: Callable[[], None],
        *,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        """`delivered`: something may be due; `let_go` of files that lie ready for nobody."""
        self._store = store
        self._house = house
        self._clock = clock
        self._delivered = delivered
        self._let_go = let_go
        self._woken = asyncio.Event()
        store.listen(LEAVING, self.wake)

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            busy = False
            try:
                busy = await self.step()
            except StoreError as error:
                log.debug("leaving.store", problem=str(error))
            await self._wait(PAUSE if busy else REST)

    async def _wait(self, seconds: float) -> None:
        """Until it is time to look again, or somebody leaves."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait({sleeping, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            woken.cancel()

    async def step(self) -> bool:
        """Go on with everybody who leaves, as far as it goes now; whether somebody is left."""
        await self._store.run(lambda tx, now: exports.expire(tx, now))
        for one in await self._store.read(lambda tx, now: leavings.all_(tx)):
            if one.state == "erasing":
                await self._scrub(one.user_id)
            while await self._store.run(partial(advance, house=self._house, user_id=one.user_id)):
                self._delivered()
            self._delivered()
        tidied = await self._tidy()
        return not tidied or bool(await self._store.read(lambda tx, now: leavings.all_(tx)))

    async def _scrub(self, user_id: int) -> None:
        """Their names go from what others were told, while it is still known what they are."""
        here = _networks_here(self._house)
        names = await self._store.read(lambda tx, now: mentions.names(tx, user_id, here))
        await self._store.run(lambda tx, now: mentions.untitle(tx, user_id, here))
        last = await self._store.read(lambda tx, now: mentions.newest(tx)) if names else 0
        for after in range(0, last, mentions.SPAN):
            await self._store.run(partial(_scrub_some, user_id=user_id, names=names, after=after))

    async def _tidy(self) -> bool:
        """Leave no byte of rows that are gone; False when that has to be tried again."""
        if not await self._store.read(lambda tx, now: forgetting.has_traces(tx)):
            return True
        self._let_go()
        await self._store.run(lambda tx, now: forgetting.clear_traces(tx))
        rewritten = False
        try:
            rewritten = await self._store.rewrite()
        finally:
            if not rewritten:
                await self._store.insist(lambda tx, now: forgetting.note_traces(tx))
        return rewritten


def _scrub_some(tx: Tx, now: datetime, user_id: int, names: frozenset[str], after: int) -> None:
    mentions.scrub(tx, user_id, names, after)


# --- one step: True when the next can follow at once -------------------------------------------


def advance(tx: Tx, now: datetime, house: House, user_id: int) -> bool:
    one = leavings.of(tx, user_id)
    return one is not None and _STEPS[one.state](tx, now, house, one)


def _deleting(tx: Tx, now: datetime, house: House, one: Leaving) -> bool:
    """Posts that go too are deleted out there, as long as there is time."""
    late = now >= one.until
    if one.posts and not late and (some := leavings.published(tx, one.user_id, SOME)):
        for post_id in some:
            flow.delete(tx, now, posts.post(tx, post_id))
        return True
    if shown := leavings.shown_to_others(tx, one.user_id, _made_here(tx, house, one.user_id), SOME):
        for create in shown:  # their network has them no more in a moment
            flow.unshare(tx, now, create)
        return True
    if not late and leavings.under_way(tx, one.user_id, "delete", "edit"):
        return False
    for waiting in leavings.waiting(tx, one.user_id):
        flow.cancel(tx, now, waiting)
    for account_id in leavings.accounts(tx, one.user_id):
        _revoke(tx, now, one.user_id, account_id)
    leavings.go_on(tx, one.user_id, "parting", now + PATIENCE["parting"])
    return True


def _made_here(tx: Tx, house: House, user_id: int) -> list[int]:
    """The accounts that are closed when they are given back."""
    here = _networks_here(house)
    return [account.id for account in people.accounts(tx, user_id) if account.adapter in here]


def _networks_here(house: House) -> list[str]:
    return [name for name, network in house.networks.items() if network.social and network.social.join]


def _revoke(tx: Tx, now: datetime, user_id: int, account_id: int) -> None:
    order = Order(
        action="unlink",
        lane=f"look:{user_id}:forget:{account_id}",
        urgency=ANSWER,
        once=f"forget:{account_id}",
        account_id=account_id,
        user_id=user_id,
    )
    deliveries.queue(tx, now, order)


def _parting(tx: Tx, now: datetime, house: House, one: Leaving) -> bool:
    """Networks are told that they need not know the bot any more; those that do not answer are left."""
    if now < one.until and leavings.under_way(tx, one.user_id, "unlink"):
        return False
    unheard = leavings.unheard(tx, one.user_id)
    chat, language = people.chat_by_id(tx, one.chat_id), dialog.language_of(tx, house, one.user_id)
    words = house.texts(language, "forget-last")
    if unheard:
        accounts = listed(language, unheard)
        words = f"{words}\n{house.texts(language, 'forget-unheard', accounts=accounts)}"
    once = f"farewell:{one.user_id}:{one.begun_at.timestamp()}"
    dialog.notice(tx, now, chat, words, language, user_id=one.user_id, once=once)
    leavings.go_on(tx, one.user_id, "saying", now + PATIENCE["saying"])
    return True


def _saying(tx: Tx, now: datetime, house: House, one: Leaving) -> bool:
    """The last word, and what follows in the chats of others, goes out first."""
    early = now < one.until - PATIENCE["saying"] + FADING
    if early or (
        now < one.until and leavings.under_way(tx, one.user_id, "notice", "notice-change", "happening")
    ):
        return False
    leavings.go_on(tx, one.user_id, "erasing", now + PATIENCE["erasing"])
    return False  # what others were told is looked through first


def _erasing(tx: Tx, now: datetime, house: House, one: Leaving) -> bool:
    if forgetting.erase_some(tx, now, one.user_id):
        return True
    forgetting.erase(tx, one.user_id)
    return False


_STEPS: dict[str, Callable[[Tx, datetime, House, Leaving], bool]] = {
    "deleting": _deleting,
    "parting": _parting,
    "saying": _saying,
    "erasing": _erasing,
}
