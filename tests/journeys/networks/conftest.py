"""A Telegram, two servers of Mastodon's kind and one bot for each file; its people are new for each test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import Traveller, met, resident
from tests.journeys.people import Pages, with_account
from tests.servers.bot import Bot, telegram_bot
from tests.servers.mastodon import MastodonServer
from tests.servers.mastodon import serve as serve_mastodon
from tests.servers.prosody import Prosody
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram

CHATS = ("xmpp", "telegram")
Meet = Callable[..., Awaitable[Traveller]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram() -> AsyncIterator[TelegramServer]:
    async with serve_telegram() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def masto() -> AsyncIterator[MastodonServer]:
    async with serve_mastodon("mastodon", "masto.example") as server:
        server.budgets.enforced = False
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gotosocial() -> AsyncIterator[MastodonServer]:
    async with serve_mastodon("gotosocial", "gts.example") as server:
        server.budgets.enforced = False
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    prosody: Prosody,
    telegram: TelegramServer,
    masto: MastodonServer,
    gotosocial: MastodonServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Bot]:
    """One process on two chat networks, with Mastodon and Plaza; anybody may use it."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    servers = {one.domain: one.url for one in (masto, gotosocial)}
    bot.configure(
        {
            "jabber": with_account(prosody, bot),
            "tg": telegram_bot(telegram),
            "plaza": {"use": "plaza", "posts_per_hour": 1000},
            "mastodon": {"use": "mastodon", "servers": servers},
        }
    )
    await bot.starts()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def pages() -> AsyncIterator[Pages]:
    async with aiohttp.ClientSession() as session:
        yield Pages(session)


@pytest_asyncio.fixture(loop_scope="module")
async def meet(
    prosody: Prosody, telegram: TelegramServer, masto: MastodonServer, bot: Bot, pages: Pages
) -> AsyncIterator[Meet]:
    """Makes somebody: `await meet("ada", "telegram")`."""
    async with contextlib.AsyncExitStack() as stack:

        async def meet(
            name: str, chat: str, server: MastodonServer | None = None, language: str = "en"
        ) -> Traveller:
            talker = await met(stack, prosody, telegram, bot, name, chat, language)
            server = server or masto
            there = resident(server, talker.name)
            return Traveller(talker, talker.identity, server, there, pages, bot.base)

        yield meet


@pytest.fixture(params=CHATS)
def chat(request: pytest.FixtureRequest) -> str:
    """The chat network on which the story happens."""
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet: Meet, chat: str) -> Traveller:
    """Somebody with an account on Mastodon and one on Plaza."""
    ada = await meet("ada", chat)
    await ada.settles()
    return ada
