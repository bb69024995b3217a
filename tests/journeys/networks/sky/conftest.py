"""Bluesky beside a Mastodon, and one bot for each file: by day the strict fake, by night Bluesky's own.

What is told here in one set of words must be true of both, so what the fake says is held against the truth.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio
from yarl import URL

from bridgebot.testing.pictures import png
from tests.adapters.bluesky_sky import site
from tests.journeys.networks.skies import linked
from tests.journeys.networks.travellers import met
from tests.journeys.people import Talker, with_account
from tests.servers import bluesky, bluesky_real
from tests.servers.bluesky_resident import PretendedSky, RealSky, Resident, Sky
from tests.servers.bot import Bot, telegram_bot
from tests.servers.http_relay import HttpRelay

STONE = png((90, 90, 90), 12, 8)
PAGE = """<!doctype html><head><title>Stones</title><meta property="og:title" content="石头 &amp; stones">
<meta property="og:description" content="All about stones"><meta property="og:image" content="/stone.png">"""
Meet = Callable[[str, str], Awaitable[tuple[Talker, Resident]]]


@pytest.fixture(scope="session")
def network(tmp_path_factory) -> Iterator[bluesky_real.RealBluesky]:
    """Bluesky's own servers, started once for all files: that takes half a minute."""
    with bluesky_real.serve(tmp_path_factory.mktemp("bluesky"), whole=True) as network:
        yield network


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["pretended", pytest.param("real", marks=pytest.mark.nightly)]
)
async def sky(request) -> AsyncIterator[Sky]:
    if request.param == "real":
        yield RealSky(request.getfixturevalue("network"))
        return
    async with bluesky.serve() as server:
        yield PretendedSky(server)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay(sky) -> AsyncIterator[HttpRelay]:
    """The way to the server that keeps the accounts; things can go wrong on it."""
    async with HttpRelay(URL(sky.pds).port or 0) as relay:
        yield relay


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[str]:
    """The address of a page that says what it is about, with a picture."""
    pages = {"/a.html": ("text/html; charset=utf-8", PAGE.encode()), "/stone.png": ("image/png", STONE)}
    async with site(pages) as address:
        yield f"{address}/a.html"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(prosody, telegram, masto, sky, relay, page, tmp_path_factory) -> AsyncIterator[Bot]:
    """One process on two chat networks, with Mastodon and Bluesky; it may fetch what lies at their sites."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    masto.world.files = masto.url
    servers = {URL(sky.pds).authority: relay.url, "pages.example": str(URL(page).origin())}
    bot.configure(
        {
            "jabber": with_account(prosody, bot),
            "tg": telegram_bot(telegram),
            "mastodon": {"use": "mastodon", "servers": {masto.domain: masto.url}},
            "bluesky": {"use": "bluesky", "pace": 0, "servers": servers, **sky.options},
        },
        file_sites=[masto.url, sky.pictures],
    )
    await bot.starts()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def meet(prosody, telegram, sky, bot) -> AsyncIterator[Meet]:
    """Somebody in a chat, and the same person with another app on Bluesky."""
    async with contextlib.AsyncExitStack() as stack:

        async def meet(name: str, chat: str) -> tuple[Talker, Resident]:
            found = await met(stack, prosody, telegram, bot, name, chat)
            return found, await sky.person(found.name)

        yield meet


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet, chat):
    """Somebody in a chat with the account linked, and the same person with another app."""
    talker, there = await meet("ada", chat)
    await linked(talker, there)
    return talker, there
