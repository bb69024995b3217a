"""A bot that speaks bare HTTP to the pretend Telegram, and two people who know it."""

import aiohttp
import pytest

from tests.servers.telegram import serve
from tests.servers.telegram_caller import BareBot


@pytest.fixture
async def server():
    async with serve() as server:
        yield server


@pytest.fixture
async def bot(server):
    async with aiohttp.ClientSession() as session:
        yield BareBot(server, session)


@pytest.fixture
def ada(server):
    return server.person("Ada", "ada_l").met()


@pytest.fixture
def lin(server):
    return server.person("Lin", language="zh-hans").met()
