"""Whatever rules there are, of whichever houses, and whoever else copies between the same accounts: each
place ends with one copy of each post, and nothing goes on for ever.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.foreign import CHANGES, CHANNEL, SHORT, Copier, World, world

PLACES = ("north", "south", "west", "east", "isle")  # accounts; the sixth place is a channel
WAYS = tuple(permutations(PLACES, 2))
RULES = tuple(permutations((*PLACES, CHANNEL), 2))
SAID = (
    "Episode 12 of the podcast about stones and rivers is out now: granite, and what lives on it",
    "Episode 13 of the podcast about stones and rivers is out now: granite, and what lives on it",
    "A long walk along the river today, with stones of every colour https://ada.example/walk",
    "A long walk along the lake today, with stones of every colour https://ada.example/walk",
    "今天沿着河边走了很久，捡到了各种颜色的石头，晚上再慢慢讲给大家听",
    "gm",
)
QUICK = settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # a story takes a second: to make it shorter would take hours
)

Rule = tuple[str, str]
Bridge = tuple[Rule, str, int]  # between which accounts, what it makes of texts, after how many seconds
Step = tuple[str, int, str]  # what happens, of which house, bridge or text, and where


@dataclass(frozen=True)
class Story:
    """Rules of one or two houses, other people's bridges, and in which order things happen."""

    rules: tuple[frozenset[Rule], ...]
    bridges: tuple[Bridge, ...]
    steps: tuple[Step, ...]


STEPS = st.one_of(
    st.tuples(st.just("says"), st.integers(0, len(SAID) - 1), st.sampled_from(PLACES)),
    st.tuples(st.just("airs"), st.integers(0, len(SAID) - 1), st.just(CHANNEL)),
    st.tuples(st.just("writes"), st.integers(0, len(SAID) - 1), st.sampled_from(PLACES)),
    st.tuples(st.just("reads"), st.integers(0, 1), st.just("")),
    st.tuples(st.just("copies"), st.integers(0, 1), st.just("")),
    st.tuples(st.just("waits"), st.sampled_from((1, 20, 70, 900)), st.just("")),
)
STORIES = st.builds(
    Story,
    st.lists(st.frozensets(st.sampled_from(RULES), min_size=1, max_size=8), min_size=1, max_size=2).map(
        tuple
    ),
    st.lists(
        st.tuples(st.sampled_from(WAYS), st.sampled_from(sorted(CHANGES)), st.sampled_from((0, 45, 1200))),
        max_size=2,
    ).map(tuple),
    st.lists(STEPS, min_size=2, max_size=10).map(tuple),
)


class Play:
    """One story as it happens. Each text is said at most once; where, is kept."""

    def __init__(self, all_: World, story: Story) -> None:
        self.all, self.story = all_, story
        self.said: dict[int, set[str]] = {}  # by number of the text, where it stood first
        networks = all_.networks
        self.copiers = [
            Copier(networks[first], networks[to], change, timedelta(seconds=delay), f"carrier{n}.example")
            for n, ((first, to), change, delay) in enumerate(story.bridges)
        ]

    async def step(self, what: str, which: int, where: str) -> None:
        houses = self.all.houses
        match what:
            case "says" if which not in self.said:
                self.all.says(where, SAID[which])
                self.said[which] = {where}
            case "writes" if which not in self.said:
                await houses[which % len(houses)].says(f"+{where} {SAID[which]}")
                self.said[which] = {where}
            case "airs" if which not in self.said:
                await self.all.airs(SAID[which])
                self.said[which] = {CHANNEL}
            case "reads":
                await houses[which % len(houses)].poll()
            case "copies" if self.copiers:
                copier = self.copiers[which % len(self.copiers)]
                copier.reads(but=self.copiers)
                copier.writes()
            case "waits":
                self.all.clock.skip(which)

    def reached(self, which: int, *, surely: bool = False) -> set[str]:
        """Where a text comes to, from where it was said; `surely`: whoever is first. A bridge copies nothing
        that a bridge made: where one may have come first, the next one perhaps finds nothing to carry on.
        """
        start = self.said[which]
        first, *others = self.story.rules
        ways = set(first) | {rule for rules in others for rule in rules if CHANNEL not in rule}
        # Out of the channel goes what people post there: what the bot says is its own.
        ways = {way for way in ways if way[0] != CHANNEL or CHANNEL in start}
        if len(SAID[which]) > SHORT:
            bridges = {way for way, _, _ in self.story.bridges}
            bridged = {to for _, to in bridges} - start
            ways |= {way for way in bridges if not surely or way[0] not in bridged}
        places, before = set(start), set()
        while places != before:
            before = set(places)
            places |= {to for first, to in ways if first in before}
        return places

    def counts(self, place: str) -> tuple[Counter[int], Counter[int]]:
        """How often each text stands there: by Ada or a house, and by somebody's bridge."""
        own, foreign = Counter[int](), Counter[int]()
        if place == CHANNEL:
            own.update(number_of(text) for text in self.all.texts(place))
            own.update(which for which, start in self.said.items() if CHANNEL in start)
            return own, foreign
        made = {post for one in self.copiers if one.target is self.all.networks[place] for post in one.made}
        for post in self.all.networks[place].standing.values():
            (foreign if post.id in made else own)[number_of(post.text)] += 1
        return own, foreign

    def check(self) -> None:
        for place in (*PLACES, CHANNEL):
            own, foreign = self.counts(place)
            assert max(own.values(), default=0) <= 1, (place, self.all.texts(place))
            to_here = sum(to == place for (_, to), _, _ in self.story.bridges)
            assert max(foreign.values(), default=0) <= to_here, (place, self.all.texts(place))
            for which in self.said:
                here, told = own[which] + foreign[which], (place, which, self.all.texts(place))
                assert here > 0 or place not in self.reached(which, surely=True), told
                assert here == 0 or place in self.reached(which), told


def number_of(text: str) -> int:
    """Which text that is, whatever bridges made of it: none of them takes away the beginning."""
    return next(which for which, said in enumerate(SAID) if said[:26] in text)


async def told(story: Story) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with world(Path(folder), PLACES, *[sorted(rules) for rules in story.rules]) as all_:
            play = Play(all_, story)
            for step in story.steps:
                await play.step(*step)
            await all_.rests(*play.copiers, turns=60)
            play.check()


ROUND = frozenset({("north", "south"), ("south", "west"), ("west", "north")})
DUMB = ((("north", "south"), "its own short links", 0), (("west", "north"), "RT", 45))


@QUICK
@given(STORIES)
@example(Story((frozenset(RULES), frozenset(WAYS)), DUMB, (("airs", 2, CHANNEL), ("says", 3, "isle"))))
@example(
    Story((ROUND,), DUMB, (("says", 0, "north"), ("copies", 0, ""), ("reads", 0, ""), ("says", 1, "west")))
)
@example(
    Story(
        (frozenset({("isle", "south")}),),
        ((("east", "south"), "its own short links", 45), (("south", "west"), "via", 45)),
        (("says", 1, "east"), ("says", 5, "west")),  # a bridge behind a bridge
    )
)
def test_each_place_ends_with_one_copy_whoever_else_copies(story):
    asyncio.run(told(story))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(QUICK, derandomize=False, max_examples=300)
@given(STORIES)
def test_many_more_topologies(story):
    asyncio.run(told(story))
