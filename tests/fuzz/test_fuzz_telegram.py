"""Telegram's updates, made wrong in every way, through the adapter's own polling into the core."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from adapters import telegram
from adapters.telegram import reading
from adapters.telegram.naming import Me
from bridgebot.model import Incoming, Message, Unreadable
from bridgebot.supervisor import Supervisor
from bridgebot.testing.clock import RealClock
from bridgebot.testing.context import house
from tests.fuzz.core import Core, core
from tests.fuzz.mutate import Fuzz
from tests.servers.telegram import TelegramServer

UPDATES = 2000  # through polling and the core
READ = 5000  # … and so many only read
BATCH = 50
BETWEEN = 10  # batches between two good messages


class Hasty(RealClock):
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


class Script:
    """A Bot API server that hands out what it is told to, and is content with everything it is asked for."""

    def __init__(self, me: dict[str, Any]) -> None:
        self.me = me
        self.bodies: asyncio.Queue[str] = asyncio.Queue()
        self.polls = 0
        self.idle = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        match request.match_info["method"]:
            case "getMe":
                return self._ok(self.me)
            case "getWebhookInfo":
                return self._ok({"url": ""})
            case "getChatMember":
                return self._ok({"status": "administrator"})
            case "getUpdates":
                self.polls += 1
                if self.bodies.empty():
                    self.idle.set()
                body = (await self.bodies.get()).encode("utf-8", "surrogatepass")
                return web.Response(body=body, content_type="application/json")
        return self._ok(True)

    async def hands_out(self, *bodies: str) -> None:
        """… and waits until the bot asks for more."""
        self.idle.clear()
        for body in bodies:
            self.bodies.put_nowait(body)
        async with asyncio.timeout(60):
            await self.idle.wait()

    def _ok(self, result: Any) -> web.Response:
        return web.json_response({"ok": True, "result": result})


def samples() -> tuple[list[dict[str, Any]], dict[str, Any], str, dict[str, Any]]:
    """Updates of every kind; one from Ada who is good throughout; her id; the bot."""
    server = TelegramServer()
    ada, bo = server.person("Ada").met(), server.person("Bo", "bo_b").met()
    server.world.updates.allow(reading.ALLOWED)
    group = server.group("Stones", bo, ada, bot="administrator", kind="group")
    forum = server.group("Forum", bo, bot="administrator", forum=True)
    first = bo.says("hello 𠮷 *bold* https://example.org #tag @somebody")
    bo.says("/post@nobody hi")
    bo.says("/fav 7k2", reply_to=first)
    bo.edits(first, "hello again")
    bo.reacts(first, "👍", {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"})
    bo.forwards("somebody else's words")
    bo.shows_photo("look", album="1")
    bo.shows_sticker()
    bo.rolls()
    bo.starts("payload")
    bo.blocks()
    bo.unblocks()
    bo.says(f"@{server.bot.username} hi", where=group.chat)
    bo.says("/status", where=group.chat)
    bo.says("in a topic", where=forum.chat)
    group.demotes_bot()
    group.removes_bot()
    group.adds_bot()
    group.migrates()
    found = server.updates
    written = next(one["message"] for one in found if "message" in one)
    press = {"id": "77", "from": written["from"], "chat_instance": "5", "data": "abc:0"}
    found.append({"update_id": 9, "callback_query": {**press, "message": written}})
    bold = {"type": "bold", "offset": 0, "length": 5}
    entities = [{**bold, "offset": offset, "length": length} for offset, length in ((7, 1), (-3, 99), (2, 4))]
    link = {"type": "text_link", "offset": 1, "length": 2, "url": "https://example.org"}
    found.append({"update_id": 10, "message": {**written, "entities": [*entities, link]}})
    server.world.updates.waiting.clear()
    ada.says("/help")
    me = {"id": server.bot.id, "is_bot": True, "first_name": "Bot", "username": server.bot.username}
    return found, server.updates[0], str(ada.id), me


class Poster:
    """Ada: what she posts must arrive, whatever came before."""

    def __init__(self, own: Core, script: Script, update: dict[str, Any]) -> None:
        self.core, self.script, self.update = own, script, update
        self.number = 10**9

    async def says(self, text: str) -> None:
        self.number += 1
        message = {**self.update["message"], "message_id": self.number, "text": text, "entities": []}
        update = {"update_id": self.number, "message": message}
        await self.script.hands_out(json.dumps({"ok": True, "result": [update]}))

    async def posts(self, text: str) -> None:
        await self.says(f"/post {text}")
        await self.core.outbox.step()
        assert text in [post.text for post in self.core.north.network.standing.values()]


def test_whatever_an_update_is_reading_it_gives_a_thing_that_can_be_stored(fuzz):
    good, *_ = samples()
    me, kinds = Me(1, "the_bot"), Counter()
    for number in range(READ * fuzz.times):
        found = reading.read(fuzz.json({**fuzz.random.choice(good), "update_id": number}), me)
        kinds[type(found.thing)] += 1
        for text in _texts(found.thing):
            text.encode()
    assert kinds[Unreadable] > READ / 20
    assert kinds[Message] > READ / 20


def _texts(thing: Incoming | None) -> list[str]:
    """What of it will be stored, as it is or encrypted."""
    if isinstance(thing, Unreadable):
        return [thing.raw, thing.event]
    parts = [thing.event, thing.chat.title] if thing is not None else []
    return [*parts, *(getattr(thing, name) for name in ("text", "id", "data") if hasattr(thing, name))]


async def test_updates_that_are_wrong_break_nothing_and_hide_nothing(fuzz):
    good, first, ada_id, me = samples()
    script, app = Script(me), web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/bot{token}/{method}", script.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    config = telegram.Config(token="1:x", api=f"http://127.0.0.1:{runner.addresses[0][1]}")
    supervisor = Supervisor(Hasty())
    async with house(telegram) as context, core(telegram.Adapter.capabilities) as own, ended(supervisor):
        adapter = telegram.Adapter(config, context)
        supervisor.start("tg", lambda: adapter.run(own.receive))
        ada = Poster(own, script, first)
        await ada.says("/help")
        await own.settle(ada_id)
        sent, most = 0, UPDATES * fuzz.times
        while sent < most:
            for _ in range(BETWEEN):
                await script.hands_out(*batch(fuzz, good, sent))
                sent += BATCH
            await ada.posts(f"still here after {sent}")
            assert own.troubles() == [], fuzz.told
        assert await own.failed() == 0, fuzz.told
        assert await own.taken_in() > most / 4, "most are read or kept aside"
        assert all("Traceback" not in text for text in own.mouth.said)
        assert script.polls > most / BATCH
    await runner.cleanup()


@contextlib.asynccontextmanager
async def ended(supervisor: Supervisor) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await supervisor.stop()


def batch(fuzz: Fuzz, good: list[dict[str, Any]], number: int) -> list[str]:
    """One answer to `getUpdates` with updates that are wrong; now and then the answer itself is."""
    updates = [{**fuzz.random.choice(good), "update_id": number + one} for one in range(BATCH)]
    texts = [
        fuzz.json_text(one) if fuzz.random.random() < 0.95 else json.dumps(fuzz.junk()) for one in updates
    ]
    readable = [text for text in texts if _is_json(text)]
    bodies = ['{"ok": true, "result": [' + ", ".join(readable) + "]}"]
    if len(readable) < len(texts):
        bodies.append('{"ok": true, "result": [' + ", ".join(texts) + "]}")
    if fuzz.random.random() < 0.1:
        bodies.append(fuzz.bent(fuzz.random.choice(bodies)))
    return bodies


def _is_json(text: str) -> bool:
    try:
        json.loads(text.encode())
    except ValueError:
        return False
    return True
