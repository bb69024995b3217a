"""How it goes with a process: ready or not, who may read the measurements, and what is seen from outside."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bridgebot import beside, health
from bridgebot.app import App
from bridgebot.config import Settings, WebSettings, adapter, new_key
from bridgebot.errors import AuthExpired, StoreError
from bridgebot.store import gauges
from bridgebot.web import Web


class Bot:
    """The whole house in this process, with a terminal that nobody types at and a network in memory."""

    def __init__(self, folder: Path, web: WebSettings, chats: tuple[str, ...] = ("talk",)) -> None:
        self.settings = Settings(
            f"sqlite:///{folder / 'x.db'}",
            (new_key(),),
            (*(adapter(name, "console", input="false") for name in chats), adapter("pebble")),
            web=web,
            folder=folder,
        )
        self.app = App(self.settings)

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        host, port = self.app.web._runner.addresses[0]
        url = f"http://{host}:{port}{path}"
        async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def start(tmp_path) -> AsyncIterator:
    made = []

    async def start(*chats: str, **web) -> Bot:
        bot = Bot(tmp_path, WebSettings("127.0.0.1", 0, **web), chats or ("talk",))
        await bot.app.start()
        bot.app.connect()
        made.append(bot)
        async with asyncio.timeout(60):
            while bot.app.health.degraded() or not all((await bot.app.health.ready()).values()):
                await asyncio.sleep(0.05)
        return bot

    yield start
    for bot in made:
        await bot.app.stop()


async def test_all_parts_are_named_and_ready(start) -> None:
    bot = await start()
    status, text = await bot.get("/readyz")
    parts = json.loads(text)
    assert status == 200
    assert parts.keys() == {
        "database",
        "outbox",
        "poller",
        "linking",
        "digests",
        "announcer",
        "keeper",
        "describing",
        "leaving",
        "watchdog",
        "health",
        "chats",
        "degraded",
    }
    assert (await bot.get("/healthz"))[0] == 200


async def test_as_soon_as_anybody_can_ask_they_are_answered(tmp_path, monkeypatch) -> None:
    bot, heard = Bot(tmp_path, WebSettings("127.0.0.1", 0)), {}
    listen = Web.start

    async def listen_and_be_asked(web: Web) -> None:
        await listen(web)
        for path in ("/healthz", "/readyz", "/metrics"):
            heard[path] = await bot.get(path)

    monkeypatch.setattr(Web, "start", listen_and_be_asked)
    await bot.app.start()
    await bot.app.stop()
    assert {path: status for path, (status, _) in heard.items()} == {
        "/healthz": 200,
        "/readyz": 503,
        "/metrics": 200,
    }
    assert json.loads(heard["/readyz"][1]) == {"database": True, "chats": False, "degraded": []}


async def test_one_adapter_that_is_down_leaves_the_rest_ready(start) -> None:
    bot = await start()
    bot.app.health.watchdog.down.add("talk")
    status, text = await bot.get("/readyz")
    assert (status, json.loads(text)["degraded"]) == (200, ["talk"])
    assert 'bridgebot_adapter_up{adapter="talk"} 0.0' in (await bot.get("/metrics"))[1]
    assert 'bridgebot_adapter_up{adapter="pebble"} 1.0' in (await bot.get("/metrics"))[1]


async def refuse(bot: Bot, name: str) -> None:
    """The network takes the bot's own account no more, now that it connects anew."""

    async def run(receive) -> None:
        raise AuthExpired

    bot.app.adapters[name].run = run
    bot.app.supervisor.restart(name)
    async with asyncio.timeout(60):
        while bot.app.health.conditions()[name].state != "aside":
            await asyncio.sleep(0.02)


async def test_without_any_chat_network_nobody_is_read_and_nothing_is_ready(start) -> None:
    bot = await start()
    bot.app.health.watchdog.down.add("talk")  # before it was found to be refused
    await refuse(bot, "talk")
    status, text = await bot.get("/readyz")
    parts = json.loads(text)
    assert (status, parts.pop("chats"), parts.pop("degraded")) == (503, False, ["talk"])
    assert all(parts.values())
    assert (await bot.get("/healthz"))[0] == 200  # starting again would mend nothing


async def test_a_chat_network_that_is_left_keeps_the_bot_ready(start) -> None:
    bot = await start("talk", "walk")
    await refuse(bot, "talk")
    status, text = await bot.get("/readyz")
    assert (status, json.loads(text)["chats"], json.loads(text)["degraded"]) == (200, True, ["talk"])
    await refuse(bot, "walk")
    status, text = await bot.get("/readyz")
    assert (status, json.loads(text)["chats"], json.loads(text)["degraded"]) == (503, False, ["talk", "walk"])


@pytest.mark.parametrize(("use", "ready"), [("no_such_chat", False), ("pebble", True)])
async def test_a_chat_network_that_cannot_be_loaded_is_none(tmp_path, use, ready) -> None:
    """Whoever names none wants none: the pages of a network of one's own are there without."""
    bot = Bot(tmp_path, WebSettings("127.0.0.1", 0), ())
    bot.app.settings = replace(bot.settings, adapters=(adapter("one", use),))
    await bot.app.start()
    try:
        bot.app.connect()
        assert (await bot.app.health.ready())["chats"] is ready
    finally:
        await bot.app.stop()


async def test_a_database_that_fails_is_not_ready(start, monkeypatch) -> None:
    bot = await start()

    async def gone(unit) -> None:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(bot.app.store, "read", gone)
    status, text = await bot.get("/readyz")
    assert (status, json.loads(text)["database"]) == (503, False)
    status, text = await bot.get("/metrics")  # what was counted can still be read
    assert (status, "bridgebot_db_commits_total" in text, "queue_depth" in text) == (200, True, False)


async def test_a_database_that_cannot_be_written_is_not_ready(start, monkeypatch) -> None:
    bot = await start()
    run = bot.app.store.run

    async def full(unit) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(bot.app.store, "run", full)
    await bot.app.health._note()
    assert (await bot.get("/readyz"))[0] == 503
    monkeypatch.setattr(bot.app.store, "run", run)
    await bot.app.health._note()
    assert (await bot.get("/readyz"))[0] == 200


async def test_a_loop_that_does_not_run_is_not_ready(start) -> None:
    bot = await start()
    bot.app.supervisor.restart("poller")  # it waits a second before it is begun anew
    async with asyncio.timeout(60):
        while (await bot.get("/readyz"))[0] != 503:
            await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        while (await bot.get("/readyz"))[0] != 200:
            await asyncio.sleep(0.05)


async def test_a_writer_that_is_stuck_is_not_alive(start) -> None:
    bot = await start()
    stats = bot.app.store.database.stats
    stats.busy_since = time.monotonic() - 30  # it may wait that long for a lock
    assert (await bot.get("/healthz"))[0] == 200
    stats.busy_since = time.monotonic() - 61
    assert (await bot.get("/healthz"))[0] == 503
    stats.busy_since = None


# --- who may read the measurements -------------------------------------------------------------


async def test_this_machine_may_read_them_and_nobody_through_a_proxy(start) -> None:
    bot = await start(public_url="https://bot.example.org")
    status, text = await bot.get("/metrics")
    assert (status, "bridgebot_build_info" in text) == (200, True)
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert (await bot.get("/metrics", **{header: "203.0.113.7"}))[0] == 404
    assert (await bot.get("/metrics", Host="bot.example.org"))[0] == 404
    assert (await bot.get("/metrics", Host="BOT.example.org:443"))[0] == 404


async def test_old_proxies_are_known_by_their_http(start) -> None:
    bot = await start()
    reader, writer = await asyncio.open_connection(*bot.app.web._runner.addresses[0])
    writer.write(b"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"404"
    writer.close()


async def test_only_networks_that_are_named_may(start) -> None:
    bot = await start(metrics_allow=("10.0.0.0/8",))
    assert (await bot.get("/metrics"))[0] == 404


async def test_a_token_opens_it_from_anywhere_and_no_other_does(start) -> None:
    bot = await start(metrics_allow=(), metrics_token="s3cret")
    assert (await bot.get("/metrics"))[0] == 404
    assert (await bot.get("/metrics", Authorization="Bearer wrong"))[0] == 404
    assert (await bot.get("/metrics", Authorization="Bearer s3cret"))[0] == 200
    assert (await bot.get("/metrics", Authorization="Bearer s3cret", Via="proxy"))[0] == 200
    assert "s3cret" not in repr(bot.settings)


# --- from outside ------------------------------------------------------------------------------


async def test_status_shows_what_the_running_process_noted(start) -> None:
    bot = await start()
    await bot.app.health._note()
    shown = (await beside.status(bot.settings))["health"]
    assert {name: one["state"] for name, one in shown.items()} == {"pebble": "up", "talk": "up"}
    bot.app.health.watchdog.down.add("talk")
    bot.app.health._news.set()  # as the watchdog does
    async with asyncio.timeout(60):
        while shown["talk"]["state"] != "down":
            shown = (await beside.status(bot.settings))["health"]
            await asyncio.sleep(0.02)
    assert (shown["talk"]["problem"], shown["pebble"]["state"]) == ("check", "up")
    assert shown["talk"]["seen_seconds_ago"] < 10
    await bot.app.stop()
    after = await beside.status(bot.settings)
    assert (after["running"], after["health"]) == (False, {})


async def test_what_only_began_when_it_was_noted_is_noted_again_soon(start, monkeypatch) -> None:
    monkeypatch.setattr(health, "SOON", 0.01)
    bot = await start()  # here everything works, and the first note was made before that
    async with asyncio.timeout(60):
        while set((await noted(bot)).values()) != {"up"}:
            await asyncio.sleep(0.02)


async def test_who_asks_meanwhile_does_not_put_that_off(start, monkeypatch) -> None:
    bot = await start()
    own = bot.app.health
    began = {name: gauges.Condition("starting", one.since, None) for name, one in own.conditions().items()}
    with monkeypatch.context() as before:
        before.setattr(own, "conditions", lambda: began)
        await own._note()
    assert (await bot.get("/readyz"))[0] == 200  # here it is seen that all of them are up
    assert own._pause() == health.SOON
    await own._note()
    assert own._pause() == health.EVERY


async def noted(bot: Bot) -> dict[str, str]:
    """What `bridgebot status` reads."""
    found = await bot.app.store.read(gauges.noted)
    return {name: one["state"] for name, one in found.items()}
