"""A bot whose every connection goes through a relay: Telegram, XMPP, two servers of Mastodon's kind."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import CONSENT, OnTelegram, Traveller, new_name, resident
from tests.journeys.people import Someone, enrol, with_account
from tests.servers.bot import Bot, telegram_bot
from tests.servers.http_relay import HttpRelay
from tests.servers.mastodon import MastodonServer
from tests.servers.mastodon import serve as serve_mastodon
from tests.servers.prosody import Prosody
from tests.servers.relay import Relay
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram
from tests.servers.xmpp_person import PersonClient

Meet = Callable[..., Awaitable[Traveller]]


@dataclass
class World:
    """The servers, and what stands between them and the bot."""

    prosody: Prosody
    telegram: TelegramServer
    servers: dict[str, MastodonServer]  # GoToSocial knows no idempotency keys
    bot: Bot
    stream: Relay  # to XMPP
    to_telegram: HttpRelay
    to: dict[str, HttpRelay]  # by the servers' names


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(prosody: Prosody, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        telegram = await enter(serve_telegram())
        masto = await enter(serve_mastodon("mastodon", "masto.example"))
        gotosocial = await enter(serve_mastodon("gotosocial", "gts.example"))
        servers = {"mastodon": masto, "gotosocial": gotosocial}
        to = {name: await enter(HttpRelay(server.port)) for name, server in servers.items()}
        for name, server in servers.items():
            server.budgets.enforced = False
            server.streams_port = to[name].port
        to_telegram = await enter(HttpRelay(int(telegram.url.rpartition(":")[2])))
        stream = await enter(Relay(prosody.port))
        bot = Bot(tmp_path_factory.mktemp("bot"))
        bot.configure(
            {
                "jabber": {**with_account(prosody, bot), "port": stream.port},
                "tg": {**telegram_bot(telegram), "api": to_telegram.url},
                "mastodon": {
                    "use": "mastodon",
                    "servers": {server.domain: to[name].url for name, server in servers.items()},
                },
            }
        )
        await bot.starts()
        yield World(prosody, telegram, servers, bot, stream, to_telegram, to)
        bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def meet(world: World) -> AsyncIterator[Meet]:
    """Makes somebody with an account: `await meet("ada", "telegram", "gotosocial")`."""
    async with contextlib.AsyncExitStack() as stack:

        async def on_xmpp(name: str) -> Someone:
            client = PersonClient(world.prosody, enrol(world.prosody, name))
            await stack.enter_async_context(client)
            client.subscribe(world.bot.jid)
            await client.sees(world.bot.jid)  # what is written before the bot's first start is history
            return Someone(client, world.bot.jid)

        async def on_telegram(name: str) -> OnTelegram:
            own = new_name(name)
            return OnTelegram(world.telegram.person(name.title(), own).met(), own)

        async def meet(name: str, chat: str, server: str = "mastodon", *, links: bool = True) -> Traveller:
            talker = await (on_xmpp if chat == "xmpp" else on_telegram)(name)
            there = resident(world.servers[server], talker.name)
            traveller = Traveller(talker, "", world.servers[server], there, None, world.bot.base)
            if links:
                await _links(traveller, world.to[server])
            return traveller

        yield meet


async def _links(ada: Traveller, relay: HttpRelay) -> None:
    """As `ada.links()`; her browser goes to the server without the bot's relay between."""
    address = await ada.talker.asks(f"/link mastodon {ada.server.domain}", CONSENT)
    code = await ada.there.consents(address.found[0].replace(relay.url, ada.server.url))
    await ada.talker.asks(code, "is yours here")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_before(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    yield
    if "world" not in request.fixturenames:
        return
    world: World = request.getfixturevalue("world")
    world.telegram.faults.clear()
    for relay in (world.to_telegram, *world.to.values()):
        await relay.listen()
        relay.heal()
    await world.stream.listen()
    if not world.bot.running:
        await world.bot.starts()
