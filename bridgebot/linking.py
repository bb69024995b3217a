"""Linking accounts, one step at a time: the adapter asks, the person answers in the chat or in a browser.

Each attempt is a row (`store.links`), and what is done about it here is one unit of work: a restart between
any two steps loses nothing. Steps of different people go side by side; an attempt has one at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bridgebot import model
from bridgebot.adapter import Adapter, Clock, SocialAdapter
from bridgebot.commands import proving, settling
from bridgebot.dialog import House, Talk
from bridgebot.errors import AdapterError, Rejected, StoreError, Temporary
from bridgebot.log import Log
from bridgebot.model import Browser, Consent, Limits, Question, Redirect
from bridgebot.render import quoted
from bridgebot.store import Store, Tx, links, people
from bridgebot.store.links import LinkRequest

log = Log(__name__)

STEP_TIMEOUT = 30.0
# Seconds: from a start to the first question what servers accept, between two servers, and between two days.
SETTLED, BETWEEN, DAY = 60.0, 1.0, 86400.0
LOOK_AGAIN = 30.0  # seconds until those whose time is over are looked for, while any is under way

Result = Question | Browser | Consent | model.Account


class Linking:
    """Takes the adapters' steps. `wake` it after every commit that may have opened one."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, SocialAdapter[Any]],
        house: House,
        delivered: Callable[[], None],
        *,
        site: str | None = None,
    ) -> None:
        """`site` is where people reach the bot's pages, without a slash at the end; None: nowhere."""
        self._store = store
        self._adapters = adapters
        self._house = house
        self._delivered = delivered
        self._site = site
        self._woken = asyncio.Event()
        self._closing = False
        self._steps: dict[int, asyncio.Task[None]] = {}  # by request

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        try:
            while True:
                self._woken.clear()
                rest = None
                with contextlib.suppress(StoreError):  # of which the operator was told
                    await self._begin()
                    rest = LOOK_AGAIN if await self._store.read(_under_way) else None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), rest)
        finally:
            for task in self._steps.values():
                task.cancel()
            await asyncio.gather(*self._steps.values(), return_exceptions=True)

    async def drain(self) -> None:
        """Begin nothing more; returns when what was begun has its outcome: a code works once."""
        self._closing = True
        await asyncio.gather(*self._steps.values(), return_exceptions=True)

    async def step(self) -> int:
        """Take every step that is due, to its end; returns how many."""
        begun = await self._begin()
        await asyncio.gather(*begun)
        return len(begun)

    async def _begin(self) -> list[asyncio.Task[None]]:
        begun = []
        for request in await self._store.read(links.due):
            if not self._closing and request.id not in self._steps:
                self._steps[request.id] = task = asyncio.create_task(self._attend(request.id))
                begun.append(task)
        return begun

    async def _attend(self, request_id: int) -> None:
        try:
            # Read again: the step before may have ended between that look and this one's beginning.
            now, due = await self._store.read(lambda tx, now: (now, links.due(tx, now, request_id)))
            for request in due:
                await self._do(request, late=request.expires_at <= now)
        except StoreError as error:
            log.debug("linking.store", problem=str(error))
        except Exception:
            log.exception("linking.bug", request=request_id)
            return
        finally:
            del self._steps[request_id]
        self._delivered()
        self.wake()  # what it brought may be due itself

    async def _do(self, request: LinkRequest, *, late: bool) -> None:
        if request.state == "revoke":
            await self._give_back(request)
        elif late:
            await self._store.insist(lambda tx, now: expire(tx, request))
        else:
            await self._take(request)

    async def _take(self, request: LinkRequest) -> None:
        try:
            result, limits = await self._ask(request)
        except (AdapterError, TimeoutError) as error:
            refused = error if isinstance(error, AdapterError) else Temporary()
            await self._store.insist(lambda tx, now: refuse(tx, now, self._house, request, refused))
            return
        except Exception:
            log.exception("linking.bug", adapter=request.adapter)
            bug = Temporary("error-bug")
            await self._store.insist(lambda tx, now: refuse(tx, now, self._house, request, bug))
            return
        unit = partial(proceed, house=self._house, request=request, result=result, limits=limits)
        await self._store.insist(lambda tx, now: unit(tx, now, site=self._site or ""))

    async def _ask(self, request: LinkRequest) -> tuple[Result, Limits | None]:
        adapter, kept = self._adapters.get(request.adapter), request.kept
        if adapter is None:
            raise Rejected("error-not-configured")
        redirect = redirect_of(self._site, request)
        async with asyncio.timeout(STEP_TIMEOUT):
            owner = proving.owner_of(self._house, request)
            result = await adapter.link(kept.progress, kept.answer, owner=owner, redirect=redirect)
            if isinstance(result, Consent) and (redirect is None or kept.consent is not None):
                raise TypeError("consent that nobody can come back from")
            if isinstance(result, Browser) and redirect is not None and adapter.capabilities.web_link:
                raise TypeError(
                    "a code to paste, where the browser can bring it back"
                )  # proves one side only
            limits = await adapter.describe(result) if isinstance(result, model.Account) else None
        return result, limits

    async def _give_back(self, request: LinkRequest) -> None:
        """Somebody consented and nobody took it: best effort, as `unlink` is."""
        adapter = self._adapters.get(request.adapter)
        try:
            if adapter is not None and request.kept.account is not None:
                async with asyncio.timeout(STEP_TIMEOUT):
                    await adapter.unlink(request.kept.account)
        except (AdapterError, TimeoutError) as error:
            log.info("linking.not-revoked", adapter=request.adapter, problem=type(error).__name__)
        except Exception:
            log.exception("linking.bug", adapter=request.adapter)
        await self._store.insist(lambda tx, now: links.revoked(tx, request))


def _under_way(tx: Tx, _now: datetime) -> bool:
    return links.next_end(tx) is not None


def redirect_of(site: str | None, request: LinkRequest) -> Redirect | None:
    """The attempt's own address to come back to."""
    kept = request.kept
    if site is None or not kept.back or not kept.state:
        return None
    return Redirect(f"{site}/l/{kept.back}/back", kept.state)


# --- units of work -----------------------------------------------------------------------------


def proceed(
    tx: Tx,
    now: datetime,
    house: House,
    request: LinkRequest,
    result: Result,
    limits: Limits | None,
    site: str = "",
) -> None:
    """What an adapter's step brought: the next question, the way into a browser, or the proven account."""
    exchange = proving.conversation(tx, now, house, request)
    match result:
        case model.Account() if request.kept.consent is not None:
            proving.prove(exchange, request, result, limits or Limits(500))
        case model.Account():
            settling.linked(exchange, request, result, limits or Limits(500))
        case Consent():
            token = secrets.token_urlsafe(24)
            if links.send(tx, now, request, result, _first(request), token):
                proving.send(exchange, request, f"{site}/l/{token}")
        case _:
            _ask_in_chat(exchange, request, result)


def _ask_in_chat(exchange: Talk, request: LinkRequest, asks: Question | Browser) -> None:
    secret = isinstance(asks, Question) and asks.secret
    if not links.asked(exchange.tx, request, asks.progress or None, _first(request), secret=secret):
        return  # meanwhile the person began anew
    text = exchange.text(asks.key, **asks.arguments)
    if isinstance(asks, Browser):
        text = f"{text}\n{asks.url}"
    arguments = {"request": request.id, "key": asks.key, "arguments": dict(asks.arguments), "secret": secret}
    exchange.ask("link", text, arguments)


def _first(request: LinkRequest) -> str | None:
    """What the first question was answered with: to link the account again, nobody is asked that.

    An answer that alone proves an account is a secret, and not kept.
    """
    return request.kept.answer if request.kept.progress is None else request.kept.first


def refuse(tx: Tx, now: datetime, house: House, request: LinkRequest, error: AdapterError) -> None:
    """The answer will not do: say why, and let the person answer again; anything else ends the attempt."""
    exchange = proving.conversation(tx, now, house, request)
    told = quoted(error.arguments)
    if request.kept.consent is not None:  # a code from a browser works once
        proving.failed(exchange, request, error.key, told)
        return
    reason = exchange.text(error.key, **told)
    if isinstance(error, Rejected) and error.key != "error-not-configured":
        secret = request.kept.secret
        if not links.asked(tx, request, request.kept.progress, request.kept.first, secret=secret):
            return
        arguments = {"request": request.id, "key": error.key, "arguments": told, "secret": secret}
        exchange.ask("link", exchange.text("link-again", reason=reason), arguments)
        return
    links.end(tx, request.id)
    exchange.say("link-failed", reason=reason, network=house.title(request.adapter))


def expire(tx: Tx, request: LinkRequest) -> None:
    """Its time is over: the chat is told by the question that was open, the page by this."""
    links.end(tx, request.id, why=("link-page-late", {}))


class Describing:
    """Asks each server anew once a day what it accepts: limits change, and this bot may heed more of them
    than the one that linked an account.
    """

    def __init__(self, store: Store, adapters: Mapping[str, Adapter[Any]], clock: Clock) -> None:
        self._store = store
        self._adapters = adapters
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled: one server after another, with a pause behind each."""
        await self._clock.sleep(SETTLED)
        while True:
            with contextlib.suppress(StoreError):  # of which the operator was told
                for account_id in await self._store.read(lambda tx, now: people.one_of_each_server(tx)):
                    await self._ask(account_id)
                    await self._clock.sleep(BETWEEN)
            await self._clock.sleep(DAY)

    async def _ask(self, account_id: int) -> None:
        """A server that does not answer now keeps the limits that it had."""
        row, native = await self._store.read(
            lambda tx, now: (people.account(tx, account_id), people.native_account(tx, account_id))
        )
        adapter = self._adapters.get(row.adapter)
        if not isinstance(adapter, SocialAdapter):
            return  # it is not configured now
        try:
            async with asyncio.timeout(STEP_TIMEOUT):
                limits = await adapter.describe(native)
        except (AdapterError, TimeoutError) as error:
            log.debug("linking.described", adapter=row.adapter, problem=type(error).__name__)
            return
        if limits != row.fits:
            await self._store.run(
                lambda tx, now: people.set_limits(tx, row.adapter, row.server, limits),
            )
