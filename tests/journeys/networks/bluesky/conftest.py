"""A Bluesky and one bot for each file; its people are new for each test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.journeys.networks.skies import Meet, app_password
from tests.journeys.networks.travellers import met
from tests.journeys.people import Talker, with_account
from tests.servers.bluesky import BlueskyServer, serve
from tests.servers.bluesky_person import Someone as Elsewhere
from tests.servers.bot import Bot, telegram_bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sky() -> AsyncIterator[BlueskyServer]:
    async with serve() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(prosody, telegram, sky, tmp_path_factory) -> AsyncIterator[Bot]:
    """One process on two chat networks, with Bluesky alone."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    bot.configure(
        {
            "jabber": with_account(prosody, bot),
            "tg": telegram_bot(telegram),
            "bluesky": {"use": "bluesky", **sky.options},
        }
    )
    await bot.starts()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def meet(prosody, telegram, sky, bot) -> AsyncIterator[Meet]:
    """Somebody in a chat, and the same person with another app."""
    async with contextlib.AsyncExitStack() as stack:

        async def meet(name: str, chat: str) -> tuple[Talker, Elsewhere]:
            found = await met(stack, prosody, telegram, bot, name, chat)
            there = sky.person(found.name)
            there.who.passwords[app_password()] = "a test"
            return found, there

        yield meet
