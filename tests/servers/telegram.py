"""A strict fake of Telegram's Bot API server, with people who can be played.

Written from the documentation of the Bot API, version 10.0 (https://core.telegram.org/bots/api), and from
the words of errors that its open source server gives. What Telegram would refuse is refused in its own
words; what it silently overlooks (unknown parameters, fields and update types, values of a wrong type) is
refused, too. It is not Telegram where it does less: files and media of the bot, inline mode, payments,
polls, stories and business accounts are unknown methods here, Markdown is refused, a webhook can be set but
nobody is called, entities that cross are not split, and no rate is limited unless that is ordered.

    async with serve() as telegram:
        ada = telegram.person("Ada").met()
        group = telegram.group("Stones", ada, bot="administrator")
        ada.says("hello", where=group.chat)
        shown = await ada.hears("welcome", where=group.chat)
        telegram.faults.order(slow_down(7), "sendMessage")

| file | what it holds |
| --- | --- |
| `telegram` | the server: tokens, routes, faults |
| `telegram_parameters`, `telegram_text`, `telegram_html`, `telegram_markup` | what is checked in a call |
| `telegram_sending`, `telegram_showing`, `telegram_asking`, `telegram_settings` | the methods |
| `telegram_world`, `telegram_updates` | what is known, and what the bot has yet to hear |
| `telegram_person`, `telegram_group` | what people do |
| `telegram_faults`, `telegram_errors` | how it goes wrong |
| `telegram_stage` | the contract kit's stage |
| `telegram_caller` | a bot that speaks bare HTTP, for tests of the server itself |
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers import telegram_asking, telegram_sending, telegram_settings, telegram_showing
from tests.servers.telegram_errors import Refused, bad, unauthorized
from tests.servers.telegram_faults import Fault, Faults
from tests.servers.telegram_group import Group, added, made
from tests.servers.telegram_parameters import Sent, Takes, array, integer, read
from tests.servers.telegram_person import Person
from tests.servers.telegram_updates import Cut
from tests.servers.telegram_world import User, World

METHODS = {
    **telegram_sending.METHODS,
    **telegram_showing.METHODS,
    **telegram_asking.METHODS,
    **telegram_settings.METHODS,
}
NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}  # Telegram looks at no case
GET_UPDATES = Takes({}, {"offset": integer, "limit": integer, "timeout": integer, "allowed_updates": array})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that came, whatever became of it."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)
    read: bool = False  # True: it came as GET


class TelegramServer:
    """The server. People act through `person` and `group`; `calls` is what the bot asked for."""

    def __init__(self, *, privacy: bool = True) -> None:
        self.world = World(privacy=privacy)
        self.token = f"{self.world.bot.id}:{secrets.token_urlsafe(40)[:35]}"
        self.faults = Faults()
        self.calls: list[Call] = []
        self.url = ""
        self.revoked = False  # True: the token is nobody's any more
        self._runner: web.AppRunner | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def bot(self) -> User:
        """Who the bot is: `id`, `username`."""
        return self.world.bot

    @property
    def updates(self) -> list[dict[str, Any]]:
        """What the bot has not confirmed."""
        return list(self.world.updates.waiting)

    # --- people ---

    def person(self, first_name: str, username: str | None = None, language: str | None = "en") -> Person:
        """Somebody new; `.met()` or `.starts()` opens the direct chat."""
        return added(self.world, first_name, username, language)

    def group(self, title: str, creator: Person, *people: Person, **more: Any) -> Group:
        """A group: `kind` (group, supergroup, channel), `bot` (member, administrator, None), `forum`."""
        return made(self.world, title, creator, *people, **more)

    def slips_in(self, update: dict[str, Any]) -> int:
        """Put any update among the others, be it nonsense; its id."""
        return self.world.updates.add(update)

    def renumbers_updates(self) -> None:
        """The ids of updates go on somewhere else, as after a week without any."""
        self.world.updates.renumber()

    def forgets_presses(self) -> None:
        """Presses that were not answered are too old from now on."""
        with self.world.lock:
            self.world.presses.clear()

    # --- going wrong as a whole ---

    def revokes_token(self) -> None:
        """The bot's owner took the token back; who waits is cut off."""
        self.revoked = True
        self.world.updates.interrupt("cut")

    def cuts_poller(self) -> bool:
        """Cut the connection on which the bot waits; False: it does not wait now."""
        return self.world.updates.interrupt("cut")

    async def refuses_connections(self) -> None:
        """Nobody listens any more, and every connection is cut."""
        await self._in_loop(self._stop())

    async def listens_again(self) -> None:
        """… and here it is again, at the same address."""
        await self._in_loop(self.start(int(self.url.rpartition(":")[2])))

    async def _in_loop(self, doing: Any) -> None:
        if self._loop is None or self._loop is asyncio.get_running_loop():
            await doing
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._loop))

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=1 << 20)
        for verb in ("GET", "POST"):
            app.router.add_route(verb, "/bot{token:[^/]*}/{method}", self._handle)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.*}", self._file)
        # No access log: the token stands in the address.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        self._loop = asyncio.get_running_loop()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- a call ---

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request)
            sent = await read(request)
            self.calls.append(Call(method, dict(sent.values), request.method == "GET"))
            fault = self.faults.due(method, _chat(sent))
            if fault is not None:
                return await self._wrong(request, fault, method, sent)
            return _answer({"ok": True, "result": await self._result(method, sent)})
        except Refused as error:
            return _refusal(error)
        except Cut:
            return _cut(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if self.revoked or not secrets.compare_digest(request.match_info["token"], self.token):
            return _refusal(unauthorized())
        content = self.world.content(request.match_info["path"])
        if content is None:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=content, content_type="application/octet-stream")

    def _method(self, request: web.Request) -> str:
        token = request.match_info["token"]
        if not re.fullmatch(r"[1-9]\d*:[A-Za-z0-9_-]{35}", token):
            raise Refused(404, "Not Found")
        if self.revoked or not secrets.compare_digest(token, self.token):
            raise unauthorized()
        name = NAMES.get(request.match_info["method"].lower())
        if name is None:
            raise Refused(404, "Not Found: method not found")
        if self.world.logged_out:
            raise bad("Logged out")
        return name

    async def _result(self, method: str, sent: Sent) -> Any:
        if method == "getUpdates":
            return await self._updates(GET_UPDATES.check(sent))
        takes, does = METHODS[method]
        with self.world.lock:
            return does(self.world, takes.check(sent))

    async def _updates(self, given: dict[str, Any]) -> Any:
        updates = self.world.updates
        if "allowed_updates" in given:
            updates.allow(given["allowed_updates"])
        return await updates.poll(
            offset=given.get("offset", 0), limit=given.get("limit", 100), seconds=given.get("timeout", 0)
        )

    async def _wrong(self, request: web.Request, fault: Fault, method: str, sent: Sent) -> web.StreamResponse:
        result = await self._result(method, sent) if fault.acts else None
        match fault.ending:
            case "hang":
                await asyncio.Event().wait()  # until the bot gives up, or the server ends
            case "cut":
                return _cut(request)
            case "truncate":
                whole = json.dumps({"ok": True, "result": result})
                return web.Response(text=whole[: len(whole) // 2], content_type="application/json")
        kind = "text/html" if fault.html else "application/json"
        return web.Response(
            status=fault.status, text=fault.body, content_type=kind, headers=dict(fault.headers)
        )


def _chat(sent: Sent) -> object:
    value = sent.values.get("chat_id")
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value


def _answer(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


def _refusal(error: Refused) -> web.Response:
    wait = error.parameters.get("retry_after")
    return _answer(error.json(), error.code, None if wait is None else {"Retry-After": str(wait)})


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@contextlib.asynccontextmanager
async def serve(*, privacy: bool = True, port: int = 0) -> AsyncIterator[TelegramServer]:
    """The server on a free port of this machine, in this event loop."""
    server = TelegramServer(privacy=privacy)
    await server.start(port)
    try:
        yield server
    finally:
        await server._stop()


@contextlib.contextmanager
def serve_in_thread(*, privacy: bool = True) -> Iterator[TelegramServer]:
    """The server in a thread of its own: for tests that block, and fixtures that outlive one test's loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = TelegramServer(privacy=privacy)
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server._stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
