"""The bot is killed before and after every unit of work, request and call, and comes back: the laws hold.

A recorded run of the story counts the moments. `make test` kills at an even sample of them, `make nightly`
at each (`EVERY=5`: at each fifth), on Telegram and over a real Prosody.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.crash.bots import Nursery
from tests.crash.boundaries import KINDS
from tests.crash.laws import violations
from tests.crash.tally import Tally, command, keep
from tests.crash.town import Town, founded, trial
from tests.servers.prosody import Prosody

pytestmark = pytest.mark.asyncio(loop_scope="module")

ON_TELEGRAM, ON_XMPP = 60, 8  # kills in the sample
EVERY = int(os.environ.get("EVERY", "1"))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with founded(tmp_path_factory.mktemp("telegram"), nursery) as town:
        yield town


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def xmpp(
    nursery: Nursery, prosody: Prosody, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    async with founded(tmp_path_factory.mktemp("xmpp"), nursery, prosody) as town:
        yield town


async def recorded(town: Town) -> int:
    """How many moments the story has, when nobody dies."""
    assert violations(await trial(town, "recorded", None)) == []
    assert town.bot.killed_at() is None
    return len(town.bot.boundaries())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_telegram(telegram: Town) -> int:
    return await recorded(telegram)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_xmpp(xmpp: Town) -> int:
    return await recorded(xmpp)


async def killed(town: Town, moment: int) -> None:
    seen = await trial(town, f"k{moment}", moment)
    assert violations(seen) == [], town.bot.killed_at()


async def test_the_story_passes_every_kind_of_moment(telegram, on_telegram):
    passed = telegram.bot.boundaries()
    assert [kind for kind in KINDS if not any(one.startswith(kind) for one in passed)] == []
    calls = {one.split()[1] for one in passed if one.startswith("calls ")}
    assert {"tg.send", "tg.edit", "mastodon.publish", "mastodon.edit", "mastodon.delete"} <= calls
    assert {"plaza.publish", "plaza.edit", "plaza.delete"} <= calls


@pytest.mark.parametrize("part", range(ON_TELEGRAM))
async def test_killed_on_telegram(telegram, on_telegram, part):
    await killed(telegram, 1 + part * (on_telegram - 1) // ON_TELEGRAM)


@pytest.mark.prosody
@pytest.mark.parametrize("part", range(ON_XMPP))
async def test_killed_on_xmpp(xmpp, on_xmpp, part):
    await killed(xmpp, 1 + part * (on_xmpp - 1) // ON_XMPP)


async def killed_everywhere(town: Town, over: str, config: pytest.Config) -> None:
    tally = Tally(moments=await recorded(town))
    for moment in range(1, tally.moments + 1, EVERY):
        seen = await trial(town, f"k{moment}", moment)
        at = town.bot.killed_at()
        tally.add(seen, f"{moment} {at}", kills=at is not None)
    keep(tally.row("killed at a counted moment", over, command(config, EVERY=str(EVERY))))
    assert tally.broken == []


@pytest.mark.nightly
@pytest.mark.timeout(4 * 3600)
async def test_killed_at_every_moment_on_telegram(telegram, pytestconfig):
    await killed_everywhere(telegram, "Telegram", pytestconfig)


@pytest.mark.nightly
@pytest.mark.prosody
@pytest.mark.timeout(4 * 3600)
async def test_killed_at_every_moment_on_xmpp(xmpp, pytestconfig):
    await killed_everywhere(xmpp, "XMPP", pytestconfig)
