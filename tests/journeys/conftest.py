"""A Prosody for all journeys, a bot for each file, and people whom nobody has met for each test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest

from tests.journeys.people import Pages, Someone, on_xmpp, with_account
from tests.servers.bot import Bot
from tests.servers.prosody import Prosody

Meet = Callable[..., Awaitable[Someone]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.prosody)


@pytest.fixture(scope="module")
def bot(prosody: Prosody, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A running bot with an XMPP account of its own, Plaza and Pebble; anybody may use it."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    adapters = {"plaza": {"use": "plaza", "posts_per_hour": 1000}, "pebble": {"use": "pebble"}}
    bot.configure({"jabber": with_account(prosody, bot), **adapters})
    bot.start()
    yield bot
    bot.kill()


@pytest.fixture
async def meet(prosody: Prosody, bot: Bot) -> AsyncIterator[Meet]:
    """Makes somebody who can talk to the bot: `await meet("ada")`."""
    async with contextlib.AsyncExitStack() as stack:

        async def meet(name: str, language: str | None = None) -> Someone:
            return await on_xmpp(stack, prosody, bot, name, language)

        yield meet


@pytest.fixture
async def ada(meet: Meet) -> Someone:
    """Somebody with an account on Plaza."""
    ada = await meet("ada")
    await ada.joins()
    return ada


@pytest.fixture
async def lin(meet: Meet) -> Someone:
    """Somebody else with an account on Plaza."""
    lin = await meet("lin")
    await lin.joins()
    return lin


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    async with aiohttp.ClientSession() as session:
        yield Pages(session)
