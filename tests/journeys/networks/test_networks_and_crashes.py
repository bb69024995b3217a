"""The bot is killed in the worst moments: on Mastodon exactly once, in the chat at least once and true."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import BOTH, Traveller
from tests.journeys.people import within
from tests.servers.bot import Bot
from tests.servers.mastodon import Fault, MastodonServer
from tests.servers.telegram_faults import HANG, LOST_ANSWER

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLISHING = {"method": "POST", "path": r"/api/v1/statuses$"}


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_before(bot, masto, gotosocial, telegram):
    yield
    telegram.faults.clear()
    await masto.heal()
    await gotosocial.heal()
    if not bot.running:
        await bot.starts()


@pytest.fixture
def servers(masto, gotosocial) -> dict[str, MastodonServer]:
    """GoToSocial knows no idempotency keys: there one must look."""
    return {"mastodon": masto, "gotosocial": gotosocial}


async def settled(meet, chat: str, server: MastodonServer) -> Traveller:
    ada = await meet("ada", chat, server)
    await ada.settles()
    return ada


async def published(server: MastodonServer, before: int) -> None:
    """Wait until the bot has tried to publish."""
    await within(lambda: attempts(server) > before, lambda: "an attempt to publish")


def attempts(server: MastodonServer) -> int:
    return server.asked.count(("POST", "/api/v1/statuses"))


async def ends_well(ada: Traveller, *texts: str) -> None:
    """The chat ends with a receipt of both addresses for each post, and each stands in each place once."""
    await ada.talker.stands(lambda chat: len(receipts(ada)) == len(texts))
    await ada.talker.caught_up()
    await ada.both_have(*texts)
    assert len(receipts(ada)) == len(texts)


async def passes_time(bot: Bot, done: Callable[[], bool]) -> None:
    """Wait for what the bot does only after a while; longer each time, until it has connected again."""
    for patience in (0.5, 1, 2, 4, 8):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not done():
                    await asyncio.sleep(0.02)
                return
        await bot.sleeps()


def receipts(ada: Traveller) -> set[str]:
    """The addresses on the server that the receipts name, as they stand."""
    found = (re.search(BOTH, line) for line in ada.talker.chat().values())
    return {one[3] for one in found if one is not None}


@pytest.mark.parametrize(
    ("chat", "flavour", "fault"),
    [
        pytest.param("xmpp", "mastodon", Fault.HANG, marks=pytest.mark.nightly),
        pytest.param("telegram", "gotosocial", Fault.HANG, marks=pytest.mark.nightly),
        pytest.param("xmpp", "gotosocial", Fault.CUT_AFTER, marks=pytest.mark.nightly),
        ("telegram", "mastodon", Fault.CUT_AFTER),
    ],
)
async def test_killed_while_the_server_was_publishing(meet, servers, bot, chat, flavour, fault):
    server = servers[flavour]
    ada = await settled(meet, chat, server)
    server.fail(fault, **PUBLISHING)
    before = attempts(server)
    ada.talker.says("/post 只一次 once 🌓")
    await published(server, before)
    await bot.dies()
    await server.heal()
    await bot.starts()
    await passes_time(bot, lambda: len(receipts(ada)) == 1)  # it looks twice before it publishes again
    await ends_well(ada, "只一次 once 🌓")


async def test_the_answer_is_lost_and_the_bot_lives(meet, gotosocial):
    ada = await settled(meet, "telegram", gotosocial)
    gotosocial.fail(Fault.CUT_AFTER, **PUBLISHING)
    ada.talker.says("/post heard but not said 听见")
    await ends_well(ada, "heard but not said 听见")


async def test_killed_between_the_messages_and_their_receipts(meet, bot, masto):
    ada = await settled(meet, "telegram", masto)
    for number in range(2):
        before = attempts(masto)
        ada.talker.says(f"/post number {number} 号")
        await published(masto, before)
        await bot.dies()
        await bot.starts()
    await ends_well(ada, *(f"number {number} 号" for number in range(2)))


@pytest.mark.parametrize("fault", [LOST_ANSWER, HANG], ids=["after it acted", "while it waits"])
async def test_killed_while_telegram_was_sending_the_receipt(meet, telegram, masto, bot, fault):
    ada = await settled(meet, "telegram", masto)
    await ada.talker.caught_up()
    telegram.faults.order(fault, "sendMessage", chat=ada.talker.person.id)
    sent = len(telegram.calls)
    ada.talker.says("/post told at least once 至少")
    await within(
        lambda: any(call.method == "sendMessage" for call in telegram.calls[sent:]), lambda: "a receipt"
    )
    await bot.dies()
    telegram.faults.clear()
    await bot.starts()
    await ends_well(ada, "told at least once 至少")
