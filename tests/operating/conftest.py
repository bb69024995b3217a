"""One bot for each test, on a pretend Telegram with a pretend Mastodon: it is stopped, filled and broken."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from tests.journeys.networks.travellers import OnTelegram, Traveller, new_name, resident
from tests.journeys.people import CODE, Pages
from tests.servers.bot import Bot, telegram_bot
from tests.servers.mastodon import MastodonServer
from tests.servers.mastodon import serve as serve_mastodon
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram

RECEIPT = rf"^#{CODE} public(?=.* ✓ Mastodon (http\S+))"


class Gate:
    """Publications that come to the server wait before it; `open` lets them in."""

    def __init__(self, server: MastodonServer) -> None:
        self.waiting = asyncio.Event()  # one is there
        self._opened = asyncio.Event()
        self._good, self._server = server._good, server
        server._good = self._answer

    async def _answer(self, request: Any, route: Any) -> Any:
        if (request.method, request.path) == ("POST", "/api/v1/statuses"):
            self.waiting.set()
            await self._opened.wait()
        return await self._good(request, route)

    async def reached(self) -> None:
        async with asyncio.timeout(60):
            await self.waiting.wait()

    def open(self) -> None:
        self._server._good = self._good
        self._opened.set()


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with serve_telegram() as server:
        yield server


@pytest_asyncio.fixture
async def masto() -> AsyncIterator[MastodonServer]:
    async with serve_mastodon("mastodon", "masto.example") as server:
        server.budgets.enforced = False
        yield server


@pytest_asyncio.fixture
async def bot(telegram: TelegramServer, masto: MastodonServer, tmp_path: Path) -> AsyncIterator[Bot]:
    folder = tmp_path / "bot"
    folder.mkdir()
    bot = Bot(folder)
    configure(bot, telegram, masto)
    await bot.starts()
    yield bot
    await bot.dies()


def configure(bot: Bot, telegram: TelegramServer, masto: MastodonServer, **options: Any) -> None:
    adapters = {
        "tg": telegram_bot(telegram) | {"pace": 0},
        "mastodon": {"use": "mastodon", "servers": {masto.domain: masto.url}, "pace": 0},
    }
    bot.configure(adapters, **options)


@pytest_asyncio.fixture
async def ada(telegram: TelegramServer, masto: MastodonServer, bot: Bot) -> AsyncIterator[Traveller]:
    """Somebody whose account on the server is linked."""
    async with aiohttp.ClientSession() as session:
        name = new_name("ada")
        person = telegram.person("Ada", name, "en").met()
        talker = OnTelegram(person, name)
        there = resident(masto, name)
        ada = Traveller(talker, f"Telegram {person.id}", masto, there, Pages(session), bot.base)
        await ada.links()
        yield ada


def rows(bot: Bot, query: str) -> list[tuple[Any, ...]]:
    """What stands in the bot's database."""
    with contextlib.closing(sqlite3.connect(bot.folder / "bridgebot.db")) as database:
        return database.execute(query).fetchall()


def errors(bot: Bot, trouble: str) -> list[dict[str, Any]]:
    """What the bot logged about its database."""
    return [line for line in bot.troubles() if line.get("trouble") == trouble]


async def status_of(bot: Bot, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{bot.base}{path}") as answer:
        return answer.status


async def becomes(probe: Callable[[], Awaitable[bool]], what: str, seconds: float = 20) -> None:
    """Wait until `probe` says so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await probe():
                await asyncio.sleep(0.05)
            return
    raise AssertionError(what)
