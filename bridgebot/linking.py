"""Linking accounts, one step at a time: the adapter asks, the person answers in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bridgebot import dialog, flow, model
from bridgebot.adapter import SocialAdapter
from bridgebot.commands import held
from bridgebot.dialog import House, Talk
from bridgebot.errors import AdapterError, Rejected, StoreError, Temporary
from bridgebot.log import Log
from bridgebot.model import Browser, Limits, Question, TimelineKind
from bridgebot.store import Store, Tx, deliveries, keep, links, people, routes
from bridgebot.store.links import LinkRequest
from bridgebot.store.rows import Account

log = Log(__name__)

STEP_TIMEOUT = 30.0


class Linking:
    """Takes the adapters' steps. `wake` it after every commit that may have opened one."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, SocialAdapter[Any]],
        house: House,
        delivered: Callable[[], None],
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._house = house
        self._delivered = delivered
        self._woken = asyncio.Event()
        self._closing = False
        self._resting = asyncio.Event()  # no step is being taken

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            self._resting.clear()
            try:
                await self.step()
            except StoreError as error:
                log.debug("linking.store", problem=str(error))
            finally:
                self._resting.set()
            await self._woken.wait()

    async def drain(self) -> None:
        """Begin nothing more; returns when the step that was begun has its outcome: a code works once."""
        self._closing = True
        await self._resting.wait()

    async def step(self) -> int:
        """Take every step that is due; returns how many."""
        requests = await self._store.read(links.due)
        for request in requests:
            if self._closing:
                break
            await self._take(request)
            self._delivered()
        return len(requests)

    async def _take(self, request: LinkRequest) -> None:
        adapter = self._adapters.get(request.adapter)
        try:
            if adapter is None:
                raise Rejected("error-not-configured")
            async with asyncio.timeout(STEP_TIMEOUT):
                result = await adapter.link(request.progress, request.answer, owner=self._owner(request))
                limits = await adapter.describe(result) if isinstance(result, model.Account) else None
        except (AdapterError, TimeoutError) as error:
            refused = error if isinstance(error, AdapterError) else Temporary()
            await self._store.insist(lambda tx, now: refuse(tx, now, self._house, request, refused))
            return
        except Exception:
            log.exception("linking.bug", adapter=request.adapter)
            await self._store.insist(
                lambda tx, now: refuse(tx, now, self._house, request, Temporary("error-bug"))
            )
            return
        await self._store.insist(lambda tx, now: proceed(tx, now, self._house, request, result, limits))

    def _owner(self, request: LinkRequest) -> str:
        """Whose the account will be, by the id that the chat network verified: `Telegram 4711`."""
        return f"{self._house.title(request.owner_adapter)} {request.owner_id}".strip()


def proceed(
    tx: Tx,
    now: datetime,
    house: House,
    request: LinkRequest,
    result: Question | Browser | model.Account,
    limits: Limits | None,
) -> None:
    """What an adapter's step brought: the next question, or the proven account."""
    exchange = _exchange(tx, now, house, request)
    if isinstance(result, model.Account):
        _linked(exchange, request, result, limits or Limits(500))
        return
    if not links.asked(tx, request.id, result.progress or None, _first(request)):
        return  # meanwhile the person began anew
    text = exchange.text(result.key, **result.arguments)
    if isinstance(result, Browser):
        text = f"{text}\n{result.url}"
    exchange.ask(
        "link", text, {"request": request.id, "key": result.key, "arguments": dict(result.arguments)}
    )


def _linked(exchange: Talk, request: LinkRequest, proven: model.Account, limits: Limits) -> None:
    """Store a proven account: a new one settles in, a known one goes on where it stopped."""
    tx, now, user_id = exchange.tx, exchange.now, request.user_id
    known = [(a.server, a.native_id) for a in people.accounts(tx, user_id) if a.adapter == request.adapter]
    account = people.link(tx, now, user_id, request.adapter, proven, limits, first=request.first)
    links.stop_all(tx, user_id, request.adapter)  # an impatient second attempt would make another account
    links.end(tx, request.id, "done")
    network = exchange.house.title(account.adapter)
    if (proven.server, proven.id) in known:
        _go_on(exchange, account)
        asked = held.is_asked(exchange, account)
        exchange.say("relinked-some" if asked else "relinked", handle=account.handle, network=network)
        held.ask(exchange, f"account:{account.id}")
    else:
        settle_in(exchange, account)
        exchange.say("linked", handle=account.handle, network=network, name=account.name)
        _say_what_still_waits(exchange, account)


def _say_what_still_waits(exchange: Talk, linked: Account) -> None:
    """Perhaps another account was to be proven: what waits for it is for it alone."""
    for other in people.accounts(exchange.tx, exchange.user.id):
        if other.state == "expired" and (other.adapter, other.server) == (linked.adapter, linked.server):
            exchange.say("linked-another", handle=linked.handle, other=other.handle, name=other.name)


def _first(request: LinkRequest) -> str | None:
    """What the first question was answered with: to link the account again, nobody is asked that.

    An answer that alone proves an account is a secret, and not kept.
    """
    return request.answer if request.progress is None else request.first


def refuse(tx: Tx, now: datetime, house: House, request: LinkRequest, error: AdapterError) -> None:
    """The answer will not do: say why, and let the person answer again; anything else ends the attempt."""
    exchange = _exchange(tx, now, house, request)
    reason = exchange.text(error.key, **error.arguments)
    if isinstance(error, Rejected) and error.key != "error-not-configured":
        if not links.asked(tx, request.id, request.progress, request.first):
            return
        arguments = {"request": request.id, "key": error.key, "arguments": error.arguments}
        exchange.ask("link", exchange.text("link-again", reason=reason), arguments)
        return
    links.end(tx, request.id, "ended")
    exchange.say("link-failed", reason=reason, network=house.title(request.adapter))


def _exchange(tx: Tx, now: datetime, house: House, request: LinkRequest) -> Talk:
    chat = people.chat_by_id(tx, request.chat_id)
    language = dialog.language_of(tx, house, request.user_id)
    return Talk(tx, now, house, chat, people.user(tx, request.user_id), language)


def settle_in(exchange: Talk, account: Account) -> None:
    """A linked account is a default target here, and its mentions come here; what waited goes on."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    _go_on(exchange, account)
    routes.add(tx, now, user_id, "default", source_chat_id=exchange.chat.id, account_id=account.id)
    network = exchange.house.network(account.adapter)
    able = network.social if network else None
    if able is not None and TimelineKind.MENTIONS in able.timelines:
        native = model.Timeline(TimelineKind.MENTIONS, account.server)
        title = f"{account.handle} mentions"
        timeline = routes.timeline(tx, now, account.adapter, native, account.id, title)
        routes.add(tx, now, user_id, "follow", timeline_id=timeline.id, chat_id=exchange.chat.id)


def _go_on(exchange: Talk, account: Account) -> None:
    """What waited for the account's credentials waits no longer."""
    for order in deliveries.queued_for(exchange.tx, account.id):
        if order.action == "unlink":  # of an earlier time: it would revoke what was just given
            flow.cancel(exchange.tx, exchange.now, order)
    held.account_back(exchange.tx, exchange.now, account.id)
    routes.hold_timelines(exchange.tx, account.id, None)
    keep.audit(exchange.tx, exchange.now, exchange.user.id, "linked", f"{account.adapter} {account.handle}")
