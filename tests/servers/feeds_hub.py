"""A WebSub hub, strict by the W3C Recommendation of 2018: what it does not like it says in `complaints`."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import web


@dataclass(frozen=True)
class Subscription:
    """Who wants to hear of what."""

    callback: str
    topic: str
    secret: str
    lease: int


class Hub:
    """It stands at `/hub` of a server; `publish` tells all who subscribed."""

    def __init__(self, *, lease: int = 864_000, deny: bool = False, silent: bool = False) -> None:
        self.lease = lease  # seconds that it grants, whatever is asked for
        self.deny = deny
        self.silent = silent  # it takes subscriptions and never verifies them
        self.subscriptions: dict[tuple[str, str], Subscription] = {}  # by callback and topic
        self.renewed = 0
        self.answers: list[int] = []  # of subscribers, to deliveries
        self.complaints: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/hub", self._subscribe)]

    async def publish(self, topic: str, body: bytes = b"<rss/>", *, secret: str | None = None) -> None:
        """Deliver; with another secret, as somebody who only knows the callback."""
        for subscription in list(self.subscriptions.values()):
            if subscription.topic == topic:
                with contextlib.suppress(aiohttp.ClientConnectorError):  # it is told the next time
                    await self._deliver(subscription, body, subscription.secret if secret is None else secret)

    async def _deliver(self, to: Subscription, body: bytes, secret: str) -> None:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={signature}", "Content-Type": "application/rss+xml"}
        headers["Link"] = f'<http://hub/>; rel="hub", <{to.topic}>; rel="self"'
        async with aiohttp.ClientSession() as http, http.post(to.callback, data=body, headers=headers) as got:
            self.answers.append(got.status)
            if got.status == 410:
                del self.subscriptions[to.callback, to.topic]

    async def _subscribe(self, request: web.Request) -> web.Response:
        if request.content_type != "application/x-www-form-urlencoded":
            self.complaints.append("a subscription that is no form")
        asked = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        missing = {"hub.callback", "hub.mode", "hub.topic"} - set(asked)
        if missing or asked["hub.mode"] not in ("subscribe", "unsubscribe"):
            self.complaints.append(f"without {missing or 'a mode'}")
            return web.Response(status=400)
        if len(asked.get("hub.secret", "").encode()) >= 200:  # 5.1
            self.complaints.append("a secret of 200 bytes or more")
        if "#" in asked["hub.callback"]:
            self.complaints.append("a callback with a fragment")
        task = asyncio.create_task(self._verify(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.Response(status=202)

    async def _verify(self, asked: dict[str, str]) -> None:
        callback, topic, challenge = asked["hub.callback"], asked["hub.topic"], secrets.token_urlsafe(24)
        if self.silent:
            return
        said = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "not here"}
        if not self.deny:
            said = {"hub.mode": asked["hub.mode"], "hub.topic": topic, "hub.challenge": challenge}
            said["hub.lease_seconds"] = str(self.lease)
        async with aiohttp.ClientSession() as http, http.get(f"{callback}?{urlencode(said)}") as got:
            confirmed = 200 <= got.status < 300 and await got.text() == challenge
        if confirmed and asked["hub.mode"] == "subscribe":
            self.renewed += (callback, topic) in self.subscriptions
            subscription = Subscription(callback, topic, asked.get("hub.secret", ""), self.lease)
            self.subscriptions[callback, topic] = subscription
        elif confirmed:
            self.subscriptions.pop((callback, topic), None)
