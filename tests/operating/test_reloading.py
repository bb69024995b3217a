"""SIGHUP: who may use the bot, limits and the level of the log change while it runs."""

from __future__ import annotations

import asyncio
import signal
import socket

import yaml

from tests.journeys.networks.travellers import OnTelegram
from tests.journeys.people import within
from tests.operating.conftest import status_of


def change(bot, **options) -> None:
    values = yaml.safe_load(bot.config.read_text())
    bot.config.write_text(yaml.safe_dump({**values, **options}))


async def hang_up(bot, event: str) -> dict:
    """Ask for a reload; what the log says of it."""
    before = len(bot.log())
    bot._process.send_signal(signal.SIGHUP)

    def found() -> list[dict]:
        return [line for line in bot.log()[before:] if event in str(line.get("event"))]

    await within(lambda: bool(found()), lambda: str(bot.log()[before:]))
    return found()[0]


async def test_what_changed_counts_at_once_and_the_rest_is_named(bot, telegram):
    stranger = OnTelegram(telegram.person("Lin", "lin", "en").met(), "lin")
    change(bot, access="invite", timezone="Asia/Shanghai", log={"level": "debug"}, shutdown_grace=3)
    said = await hang_up(bot, "reloaded")
    assert said["changed"] == ["access", "log.level", "shutdown_grace"]
    await within(
        lambda: any("timezone" in str(line.get("event")) for line in bot.log()), lambda: "a word on the rest"
    )
    await stranger.asks("hello", r"This bot is by invitation")
    change(bot, access="open")
    assert (await hang_up(bot, "reloaded"))["changed"] == ["access"]
    await stranger.asks("/help", r"Hi! I put your microblogs into this chat")


async def test_what_waits_by_a_limit_of_plaza_goes_when_that_is_raised(bot, telegram):
    adapters = yaml.safe_load(bot.config.read_text())["adapters"]
    await asyncio.to_thread(bot.stop)
    change(bot, adapters=adapters | {"plaza": {"use": "plaza", "posts_per_hour": 1}})
    await bot.starts()
    lin = OnTelegram(telegram.person("Lin", "lin", "en").met(), "lin")
    await lin.joins()
    await lin.asks("/post the one of this hour", r"public ✓ Plaza")
    await lin.asks("/post one too many", r"It is tried again at \d\d:\d\d")
    await lin.asks("/post and what stands behind it", r"public … Plaza")
    change(bot, adapters=adapters | {"plaza": {"use": "plaza", "posts_per_hour": 60}})
    assert (await hang_up(bot, "reloaded"))["changed"] == ["adapters.plaza.posts_per_hour"]
    await lin.stands(lambda chat: sum("✓ Plaza" in text for text in chat.values()) == 3)


async def test_the_level_of_the_log_counts_from_then_on(bot):
    async def shown() -> list[str]:
        """The levels of the lines that a look at the probe brings about: it is logged at debug."""
        before = len(bot.log())
        assert await status_of(bot, "/healthz") == 200
        return [line["level"] for line in bot.log()[before:] if line.get("route") == "/healthz"]

    assert await shown() == []
    assert [line for line in bot.log() if line.get("level") == "debug"] == []
    change(bot, log={"level": "debug"})
    assert (await hang_up(bot, "reloaded"))["changed"] == ["log.level"]
    assert await shown() == ["debug"]
    change(bot, log={"level": "info"})
    await hang_up(bot, "reloaded")
    assert await shown() == []


async def test_a_broken_file_changes_nothing_and_is_one_error(bot, telegram):
    good = bot.config.read_text()
    change(bot, access="nobody", colour="blue")
    said = await hang_up(bot, "nothing has changed")
    assert said["level"] == "error"
    assert "access" in said["event"]
    assert "colour" in said["event"]
    bot.config.write_text("access: [")
    assert (await hang_up(bot, "nothing has changed"))["level"] == "error"
    person = OnTelegram(telegram.person("Ada", "ada", "en").met(), "ada")
    await person.asks("/help", r"Hi! I put your microblogs into this chat")
    bot.config.write_text(good)
    assert (await hang_up(bot, "reloaded"))["changed"] == []


async def test_an_operator_is_made_by_the_file(bot, telegram):
    person = telegram.person("Olga", "olga", "en").met()
    olga = OnTelegram(person, "olga")
    await olga.asks("/help", r"Hi! I put your microblogs into this chat")
    await olga.asks("/admin users", r"Only operators of this bot can do that")
    change(bot, operators=[f"tg:{person.id}"])
    await hang_up(bot, "reloaded")
    await olga.asks("/admin users", r"operator · ")


async def test_the_service_manager_hears_how_it_goes(bot, tmp_path, monkeypatch):
    await asyncio.to_thread(bot.stop)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        heard: list[str] = []

        def hear(state: str) -> None:
            heard.append("")
            while state not in heard[-1]:
                heard.append(manager.recv(4096).decode())

        await bot.starts()
        for state in ("READY=1", "WATCHDOG=1", "WATCHDOG=1"):
            await asyncio.to_thread(hear, state)
        bot._process.send_signal(signal.SIGHUP)
        for state in ("RELOADING=1", "MONOTONIC_USEC="):
            await asyncio.to_thread(hear, state) if state not in heard[-1] else None
        await asyncio.to_thread(hear, "READY=1")
        stopping = asyncio.create_task(asyncio.to_thread(bot.stop))
        await asyncio.to_thread(hear, "STOPPING=1")
        assert await stopping == 0
