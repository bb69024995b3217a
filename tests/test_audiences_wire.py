"""Whatever anybody writes, for whomever, and does with it: no place is asked to show what it may not see."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgebot.model import Audience
from tests.gossip import NETWORKS, Town

QUICK = settings(
    max_examples=4, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
BLUE = {"audiences": frozenset({Audience.PUBLIC}), "edit": False, "polls": False}  # as Bluesky is
BARE = {"audiences": frozenset({Audience.PUBLIC, Audience.FOLLOWERS}), "warnings": False, "quotes": False}

Step = tuple[str, tuple[Any, ...], dict[str, Any]]


def step(name: str, *positional: Any, **named: Any) -> st.SearchStrategy[Step]:
    def whole(value: Any) -> st.SearchStrategy[Any]:
        return value if isinstance(value, st.SearchStrategy) else st.just(value)

    return st.tuples(
        st.just(name),
        st.tuples(*map(whole, positional)),
        st.fixed_dictionaries({key: whole(value) for key, value in named.items()}),
    )


AUDIENCE, YES, NETWORK = st.sampled_from(list(Audience)), st.booleans(), st.sampled_from(NETWORKS)
NUMBER, MAYBE = st.integers(0, 5), st.none() | st.integers(0, 5)
SOME = st.lists(NETWORK, max_size=2, unique=True)
SHAPE = st.sampled_from(["{}", "/post {}", "/schedule in 1m {}", "/poll {} | yes | no"])
STEPS = st.one_of(
    step("says", AUDIENCE, YES, SOME, SHAPE, files=YES),
    step("says", AUDIENCE, YES, SOME, under=NUMBER, shows=YES),
    step("posts_in_app", NETWORK, st.sampled_from(["ada", "lin"]), AUDIENCE, YES, MAYBE, MAYBE),
    step("posts_in_app", NETWORK, st.sampled_from(["ada", "lin"]), AUDIENCE, YES, MAYBE, None),
    step("changes", NUMBER),
    step("changes_in_app", NETWORK, st.sampled_from(["ada", "lin"]), NUMBER, st.none() | AUDIENCE),
    step("shares", NUMBER, NETWORK, public=YES),
    step("keeps"),
    step(
        "rules", NETWORK, NETWORK, st.lists(st.sampled_from(["unlisted", "followers", "boosts"]), unique=True)
    ),
    step("is_careless", NUMBER, st.sampled_from(["ada", "bo"]), "den"),
    step("is_careless", NUMBER, "bo", "bo"),
    step("says_in_group", AUDIENCE),
    step("press", st.sampled_from(["Undo", "Retry", "Undo copies", "Post", "Now"])),
    step("is_marked", NETWORK, NUMBER),
    step("waits", st.sampled_from([30, 400])),
)
ABLE = st.fixed_dictionaries(
    {
        "audiences": st.frozensets(AUDIENCE).map(lambda some: some | {Audience.PUBLIC}),
        "warnings": YES,
        "edit": YES,
        "quotes": YES,
        "polls": YES,
    }
)


async def _lived(abilities: Sequence[dict[str, Any]], steps: Sequence[Step], *, rest_every: int = 3) -> Town:
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), abilities)
        await town.open()
        try:
            for number, (name, positional, named) in enumerate(steps):
                await getattr(town, name)(*positional, **named)
                town.judge()
                if number % rest_every == 0:
                    await town.rests()
            await town.rests()
            await town.house.wait(120)
            town.judge()
        finally:
            await town.close()
        return town


def _everything() -> list[Step]:
    """Each thing for each audience, one after the other."""
    made: list[Step] = [
        ("rules", ("north", "south", ["unlisted", "followers", "boosts"]), {}),
        ("rules", ("west", "north", []), {}),
    ]
    for audience in Audience:
        for warned in (False, True):
            made += [
                ("says", (audience, warned, ["north"] if warned else [], "{}"), {"files": warned}),
                ("posts_in_app", ("north", "ada", audience, warned, None, None), {}),
                ("posts_in_app", ("north", "lin", audience, warned, 0, None), {}),
                ("says", (Audience.PUBLIC, False, []), {"under": 0}),
                ("posts_in_app", ("west", "ada", audience, warned, None, None), {}),
                ("posts_in_app", ("west", "ada", Audience.PUBLIC, False, 0, 1), {}),
                ("changes", (0,), {}),
                ("changes_in_app", ("north", "ada", 0, Audience.FOLLOWERS if warned else None), {}),
                ("shares", (1, "south"), {"public": warned}),
            ]
        made += [
            ("says", (audience, False, [], "/poll {} | yes | no"), {}),
            ("says", (audience, False, [], "/schedule in 1m {}"), {}),
            ("waits", (90,), {}),
            ("says", (Audience.PUBLIC, False, []), {"under": 1, "shows": True}),
            ("says_in_group", (audience,), {}),
            ("is_marked", ("north", 0), {}),
            ("is_careless", (0, "ada", "den"), {}),
            ("is_careless", (0, "bo", "bo"), {}),
            ("keeps", (), {}),
            ("shares", (0, "north"), {"public": False}),
            ("press", ("Undo",), {}),
        ]
    return made


def test_everything_for_every_audience_stays_where_it_may_be_seen():
    town = asyncio.run(_lived([{}, BLUE, BARE], _everything(), rest_every=6))
    published = [social.count("publish") for social in town.house.socials]
    assert min(published) > 5, published  # it was worth looking at
    assert len(town.house.chat.lines("den")) > 5


FRIENDS, ALL = Audience.FOLLOWERS, Audience.PUBLIC
# What is broken, instead of what, and what then shows it.
BROKEN: list[tuple[str, Any, list[Step]]] = [
    ("bridgebot.flow.as_meant", lambda tx, post: (ALL, None), [("says", (FRIENDS, False, []), {})]),
    (
        "bridgebot.flow.changes.narrow",
        lambda tx, now, post, audience, reader: post,
        [
            ("posts_in_app", ("north", "ada", ALL, False, None, None), {}),
            ("rests", (), {}),
            ("changes_in_app", ("north", "ada", 0, FRIENDS), {}),
        ],
    ),
    (
        "bridgebot.commands.changing.as_chosen",
        lambda exchange, question: exchange,
        [
            ("says", (FRIENDS, False, [], "/schedule in 1m {}"), {}),
            ("changes", (0,), {}),
            ("waits", (90,), {}),
        ],
    ),
    (
        "bridgebot.outbox.shown._may_quote",
        lambda tx, parent, chat: True,
        [
            ("posts_in_app", ("north", "lin", FRIENDS, False, None, None), {}),
            ("posts_in_app", ("north", "lin", ALL, False, 0, None), {}),
        ],
    ),
]


@pytest.mark.parametrize(
    ("what", "instead", "steps"), BROKEN, ids=[one[0].rpartition(".")[2] for one in BROKEN]
)
def test_what_is_wrong_is_noticed(monkeypatch, what, instead, steps):
    monkeypatch.setattr(what, instead)
    with pytest.raises(AssertionError, match="with Words"):
        asyncio.run(_lived([{}, BLUE, BARE], steps))


@QUICK
@given(abilities=st.tuples(ABLE, ABLE, ABLE), steps=st.lists(STEPS, min_size=8, max_size=14))
def test_nothing_is_shown_to_whom_it_is_not_for(abilities, steps):
    asyncio.run(_lived(abilities, steps))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(QUICK, derandomize=False, max_examples=300)
@given(abilities=st.tuples(ABLE, ABLE, ABLE), steps=st.lists(STEPS, min_size=15, max_size=40))
def test_many_more_lives(abilities, steps):
    asyncio.run(_lived(abilities, steps))
