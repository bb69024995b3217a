"""WebSub (W3C Recommendation of 2018): a hub that says when there is something new.

A delivery is only a hint: what is new is read from the feed itself, so a hub is believed nothing but the
time. Nothing is kept between two starts: where a hub reaches the bot, and with which secret, follows from the
feed and a key of the bot's own, so subscribing again is the same subscription.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bridgebot.errors import Temporary, Unsupported
from bridgebot.http import call
from bridgebot.model import Hint

LEASE = 10 * 86400  # seconds, as asked for
SHORTEST = 300.0  # seconds of a lease that is worth anything
CONFIRMED = 300.0  # seconds in which a hub must come back with its challenge
PAUSE = 10.0  # seconds between two hints, however often a hub delivers
RENEWED = 0.8  # of a lease, after which it is renewed

_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # WebSub, 8.1; more is not asked for


@dataclass(frozen=True, slots=True)
class Hub:
    """Where a feed can be subscribed to."""

    url: str
    topic: str = field(repr=False)  # what it is called there


@dataclass(slots=True)
class _Subscription:
    hub: Hub
    secret: str = field(repr=False)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    lease: float = LEASE
    denied: bool = False


class Hubs:
    """The subscriptions that stand, by the last part of the address at which their hubs reach the bot."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._standing: dict[str, _Subscription] = {}
        self._told: dict[str, asyncio.Future[Hub | None]] = {}

    def tell(self, address: str, hub: Hub | None) -> None:
        """What was read of a feed."""
        known = self._told.get(address)
        if known is None or known.done():
            self._told[address] = known = asyncio.get_running_loop().create_future()
        known.set_result(hub)

    async def listen(self, address: str, callback: str, secret: str) -> AsyncIterator[Hint]:
        """A hint for each delivery. Raises Unsupported where the feed has no hub, Temporary where the hub
        does not keep its word.
        """
        hub = await self._of(address)
        if hub is None:
            raise Unsupported()
        id = callback.rpartition("/")[2]
        subscription = self._standing[id] = _Subscription(hub, secret)
        try:
            while True:
                ends = await self._subscribed(subscription, callback)
                while (left := ends - time.monotonic()) > 0:
                    happened = await _happens(subscription.news, left)
                    if subscription.denied:
                        raise self._broken(subscription)
                    if happened:
                        subscription.news.clear()
                        yield Hint(None)
                        await asyncio.sleep(PAUSE)
        finally:
            if self._standing.get(id) is subscription:
                del self._standing[id]

    async def _of(self, address: str) -> Hub | None:
        """What the feed says of its hub, once it has been read."""
        if address not in self._told:
            self._told[address] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._told[address])

    async def _subscribed(self, subscription: _Subscription, callback: str) -> float:
        """Subscribe, or renew it; when to do so again."""
        subscription.confirmed.clear()
        asked = {
            "hub.mode": "subscribe",
            "hub.topic": subscription.hub.topic,
            "hub.callback": callback,
            "hub.secret": subscription.secret,
            "hub.lease_seconds": str(LEASE),
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        where = subscription.hub.url
        data = urlencode(asked).encode()
        await call(
            self._http,
            "POST",
            where,
            expect="any",
            headers=kind,
            data=data,
            idempotent=True,
            timeout=CONFIRMED,
        )
        if not await _happens(subscription.confirmed, CONFIRMED) or subscription.denied:
            raise self._broken(subscription)
        return time.monotonic() + max(subscription.lease * RENEWED, SHORTEST)

    def _broken(self, subscription: _Subscription) -> Temporary:
        return Temporary("feeds-hub", host=subscription.hub.url.partition("//")[2].partition("/")[0])

    # --- what hubs ask ---

    async def verify(self, request: web.Request) -> web.Response:
        """A hub asks whether we want what it was told that we want (WebSub, 5.3), or says that it is over."""
        subscription = self._standing.get(request.match_info["id"])
        asked = request.query
        mine = subscription is not None and asked.get("hub.topic") == subscription.hub.topic
        mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
        if subscription is not None and mine and mode == "denied":
            subscription.denied = True
            subscription.confirmed.set()
            subscription.news.set()
            return web.Response()
        if subscription is not None and mine and mode == "subscribe" and challenge:
            lease = asked.get("hub.lease_seconds", "")
            if lease.isascii() and lease.isdigit() and len(lease) < 10:
                subscription.lease = float(lease)
            subscription.confirmed.set()
            return _said(challenge)
        if not mine and mode == "unsubscribe" and challenge:
            return _said(challenge)
        raise web.HTTPNotFound

    async def deliver(self, request: web.Request) -> web.Response:
        """Something is new, if the hub can prove that it is the one that was asked. One that cannot is told
        nothing (WebSub, 8); where nobody listens any more, it may stop (7: 410).
        """
        subscription = self._standing.get(request.match_info["id"])
        if subscription is None:
            raise web.HTTPGone
        body = await request.read()
        if signed(body, request.headers.get("X-Hub-Signature", ""), subscription.secret):
            subscription.news.set()
        return web.Response(status=202)


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether this was said by somebody who has the secret."""
    method, _, given = signature.partition("=")
    if method.lower() not in _METHODS:
        return False
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(digest.encode(), given.strip().lower().encode())


def _said(challenge: str) -> web.Response:
    return web.Response(body=challenge.encode(), content_type="text/plain")


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
