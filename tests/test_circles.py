"""Rules between accounts in any direction, circles too: a post comes to every place that it should, once.

The echo of a copy may be met before the network has answered the call that made it, or after.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridgebot.model import Draft
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

NAMES = ("north", "south", "west")
RULES = tuple(permutations(NAMES, 2))
QUICK = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

Rule = tuple[str, str]


def reached(start: Iterable[str], rules: Iterable[Rule]) -> set[str]:
    """Where a post comes to by rules, from where it stands."""
    places, before = set(start), set()
    while places != before:
        before = set(places)
        places |= {to for first, to in rules if first in before}
    return places


async def step_while_read(house: TestHouse, early: frozenset[str]) -> None:
    """Deliver what is due; on some networks the copy is met in a timeline before its call is answered."""
    gates = [house.social(name).hang("publish", acted=True) for name in sorted(early)]
    calls = {name: house.social(name).count("publish") for name in early}
    step = asyncio.create_task(house.outbox.step())
    while not step.done() and not any(house.social(name).count("publish") > calls[name] for name in early):
        await asyncio.sleep(0.001)
    await house.poller.step()
    for gate in gates:
        gate.set()
    await step
    await house.settle()


async def carried(rules: set[Rule], said: frozenset[str], own: str, early: frozenset[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        socials = tuple(MemorySocial(name=name) for name in NAMES)
        async with TestHouse(Path(folder), socials=socials) as house:
            await house.user("ada", *NAMES)
            for first, to in sorted(rules):
                await house.says(f"/sync {first} to {to}")
            await house.poll()
            await house.wait(2)
            house.chat.say(" ".join([*(f"+{name}" for name in sorted(said)), "said in the chat"]))
            await house.chat.settled()
            network = house.social(own).network
            network.add(network.person("ada"), Draft("from elsewhere"))
            for _ in range(5):
                await step_while_read(house, early)
                await house.wait(2)
                await house.poll()
            await comes_to_rest(house)
            for name in NAMES:
                texts = house.social(name).texts()
                assert texts.count("said in the chat") == (name in reached(said, rules))
                assert texts.count("from elsewhere") == (name in reached({own}, rules))
                assert len(texts) <= 2


async def comes_to_rest(house: TestHouse) -> None:
    """Nothing waits any more, and reading on brings nothing."""
    calls = sum(social.count("publish") for social in house.socials)
    for _ in range(2):
        await house.wait(120)
        await house.poll()
    assert sum(social.count("publish") for social in house.socials) == calls
    query = sa.select(sa.func.count()).where(t.delivery.c.ended_at.is_(None))
    assert await house.store.read(lambda tx, now: tx.scalar(query)) == 0


ANY = {
    "rules": st.sets(st.sampled_from(RULES)),
    "said": st.frozensets(st.sampled_from(NAMES), min_size=1),
    "own": st.sampled_from(NAMES),
    "early": st.frozensets(st.sampled_from(NAMES)),
}


@QUICK
@given(**ANY)
@example(rules=set(RULES), said=frozenset(NAMES), own="north", early=frozenset(NAMES))
@example(rules=set(RULES), said=frozenset({"south"}), own="south", early=frozenset())
def test_rules_in_any_direction_carry_a_post_to_each_place_once(rules, said, own, early):
    asyncio.run(carried(rules, said, own, early))


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@settings(QUICK, derandomize=False, max_examples=400)
@given(**ANY)
def test_many_more_topologies(rules, said, own, early):
    asyncio.run(carried(rules, said, own, early))
