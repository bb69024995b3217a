"""A Telegram, two servers of Mastodon's kind and one bot for each file; its people are new for each test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import OnTelegram, Traveller, new_name, resident
from tests.journeys.people import Pages, Someone, enrol, with_account
from tests.servers.bot import Bot, telegram_bot
from tests.servers.mastodon import MastodonServer
from tests.servers.mastodon import serve as serve_mastodon
from tests.servers.prosody import Prosody
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram
from tests.servers.xmpp_person import PersonClient

CHATS = ("xmpp", "telegram")
LANGUAGES = {"en": "en", "zh-CN": "zh-hans"}  # ours, and Telegram's name for it
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
        server.tolerated.add("content_type")  # GoToSocial's own
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

        async def on_xmpp(name: str, language: str) -> tuple[Someone, str]:
            client = PersonClient(prosody, enrol(prosody, name))
            await stack.enter_async_context(client)
            client.subscribe(bot.jid)
            await client.sees(bot.jid)  # what is written before the bot's first start is history
            return Someone(client, bot.jid, language), f"XMPP {client.jid}"

        async def on_telegram(name: str, language: str) -> tuple[OnTelegram, str]:
            own = new_name(name)
            person = telegram.person(name.title(), own, LANGUAGES[language]).met()
            return OnTelegram(person, own), f"Telegram {person.id}"

        async def meet(
            name: str, chat: str, server: MastodonServer | None = None, language: str = "en"
        ) -> Traveller:
            talker, identity = await (on_xmpp if chat == "xmpp" else on_telegram)(name, language)
            server = server or masto
            there = resident(server, talker.name)
            return Traveller(talker, identity, server, there, pages, bot.base)

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
