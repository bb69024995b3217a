"""The bot is killed at random moments while much comes in from both sides: in the end the same laws hold.

Three kills in each burst: five in `make test`, five hundred in `make nightly` (`KILLS=100`: so many).
"""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.crash.bots import Nursery
from tests.crash.laws import violations
from tests.crash.tally import Tally, command, keep
from tests.crash.town import Town, founded, under_fire

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEW = 5
MANY = int(os.environ.get("KILLS", "500"))
SPREAD = 0.8  # seconds; within so long of its start a bot that has nothing else to do has done it all


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with founded(tmp_path_factory.mktemp("fire"), nursery) as town:
        yield town


async def fire(town: Town, kills: int) -> Tally:
    """Bursts with three kills in each, until there were so many."""
    tally, chance = Tally(), random.Random()
    while tally.kills < kills:
        moments = [chance.uniform(0, SPREAD) for _ in range(min(3, kills - tally.kills))]
        seen = await under_fire(town, f"f{tally.kills}", moments)
        tally.add(seen, f"after {[round(one, 3) for one in moments]}", len(moments))
    return tally


async def test_nothing_is_lost_and_nothing_comes_twice_under_fire(town):
    assert (await fire(town, FEW)).broken == []


@pytest.mark.nightly
@pytest.mark.timeout(4 * 3600)
async def test_five_hundred_kills(request, town):
    tally = await fire(town, MANY)
    keep(tally.row("killed at random", "Telegram", command(request.config, KILLS=str(MANY))))
    assert tally.broken == []


async def test_a_quiet_town_stays_quiet(town):
    """What the laws judge is the bot: without a kill they find nothing either."""
    assert violations(await under_fire(town, "quiet", [])) == []
