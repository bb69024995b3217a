"""The tests of circles bite: with any one guard gone, one of them fails.

A mutant is one function of the product with one change, made in its place while a test runs.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib
import inspect
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridgebot.likeness import printed
from tests import test_circles as circles
from tests import test_likeness as likeness
from tests import test_rules_boosts as boosts
from tests.house import TestHouse
from tests.sampled import one_in

FLOW, LIKE, UNLESS = "bridgebot.flow.circles", "bridgebot.likeness", "bridgebot.outbox.unless"


async def signed(tmp_path: Path) -> None:
    await circles.test_few_words_that_another_house_carried_late_are_known_by_its_name(tmp_path, True, 1)


async def unsigned(tmp_path: Path) -> None:
    await circles.test_few_words_that_another_house_carried_late_are_known_by_its_name(tmp_path, False, 2)


def two_pages() -> None:
    likeness.test_what_differs_is_told_apart(*(f"{likeness.NEWS} https://a.example/{n}" for n in (1, 2)))


# What it does wrong -> (module, function, what stands there, what the mutant has instead, what sees it)
MUTANTS: dict[str, tuple[str, str, str, str, Any]] = {
    "counts no steps": (
        FLOW, "withheld", "if one.steps > 1:", "if False:",
        circles.test_what_a_bridge_brought_goes_one_step_only,
    ),
    "knows no bridge": (
        FLOW, "history", "if met.bridged:", "if False:",
        circles.test_what_a_bridge_brought_goes_one_step_only,
    ),
    "counts the first step again and again": (
        FLOW, "history", "before['steps'] + 1", "before['steps']",
        circles.test_what_a_bridge_brought_goes_one_step_only,
    ),
    "has no breaker": (
        FLOW, "withheld", "if _goes_round(one):", "if False:",
        circles.test_a_rule_that_goes_round_rests_and_its_owner_is_asked,
    ),
    "holds old rounds against a rule that goes on": (
        FLOW, "_goes_round", "one.when[other.id] >= one.route.since", "True",
        circles.test_a_rule_that_goes_round_rests_and_its_owner_is_asked,
    ),
    "sends what came while a rule rested": (
        "bridgebot.store.routes", "resume", "since=now, ", "",
        circles.test_a_rule_that_goes_round_rests_and_its_owner_is_asked,
    ),
    "asks nobody about a circle": (
        UNLESS, "tell", "error.key == circles.CIRCLE", "False",
        circles.test_a_rule_that_goes_round_rests_and_its_owner_is_asked,
    ),
    "compares no words here": (
        FLOW, "withheld", "if found is not None", "if False",
        circles.test_a_channel_is_given_the_same_once_and_again_when_its_owner_wants_it,
    ),
    "compares no words on the network": (
        UNLESS, "before", "[{'op'", "[] and [{'op'",
        circles.test_two_houses_with_the_same_rule_carry_a_post_once,
    ),
    "withholds what was asked for": (
        FLOW, "errand", "and (not delivery.arguments.get('again'))", "",
        circles.test_what_was_withheld_is_told_and_carried_when_its_owner_wants_it,
    ),
    "knows not what copies were made of": (
        FLOW, "withheld", "made_of(one)", "()", circles.test_what_two_bridges_make_of_one_text_is_one_text,
    ),
    "knows not on the network what copies were made of": (
        UNLESS, "_is_like", "payload.get('made_of', ())", "()",
        circles.test_what_another_bridge_made_of_the_same_text_is_found_on_the_network_too,
    ),
    "takes two parts of a thread for one": (
        LIKE, "both_of", "if _are_two_parts(one.print(frames), other.print(frames)):", "if False:",
        circles.test_parts_of_a_thread_that_somebody_made_of_a_text_are_all_carried,
    ),
    "takes a whole for new because its piece stands there": (
        LIKE, "both_of", "return alike", "return False and alike",
        circles.test_a_whole_that_comes_behind_its_piece_is_known_by_what_both_were_made_of,
    ),
    "forgets with what a post was written": (
        UNLESS, "_briefly", "(post.application or '')", "''", signed,
    ),
    "takes every greeting for a copy": (
        FLOW, "briefly", "BRIEFLY if of_this_rule else SOON", "WINDOW", unsigned,
    ),
    "takes this house for another one": (
        UNLESS, "_briefly", "post.id not in payload.get('known', ())", "True",
        circles.test_few_words_that_this_house_wrote_there_are_said_anew,
    ),
    "takes two pages of a site for one": (
        LIKE, "_may_lead_to_one", "return False", "return True", two_pages,
    ),
    "sees no bridges' frames": (
        LIKE, "_bared", "while start < end", "while False and start < end",
        likeness.test_the_parts_of_a_thread_are_the_whole_of_it,
    ),
    "takes the same for the fourth time for no circle": (
        "bridgebot.flow.breaker", "trips", "len(again) >= most", "len(again) > most",
        likeness.test_the_same_for_the_fourth_time_is_a_circle,
    ),
    "sees no burst": (
        "bridgebot.flow.breaker", "trips", "len(like) >= NEAR", "False",
        likeness.test_much_that_is_alike_in_a_short_time_is_a_circle_and_much_that_differs_is_not,
    ),
    "says not whose words it carries": (
        FLOW, "history", "if boosted else", "if False else",
        boosts.test_a_boost_says_whose_words_they_are_and_where_they_stand,
    ),
    "brings somebody's words back to them": (
        "bridgebot.flow.fanout", "carry", "if circles.WHOSE in history:", "if False:",
        boosts.test_what_was_boosted_does_not_come_back_as_ones_own,
    ),
}  # fmt: skip


@contextlib.contextmanager
def mutant(module: str, function: str, old: str, new: str) -> Iterator[None]:
    """One change in one function, wherever it is known by now."""
    there = importlib.import_module(module)
    it: types.FunctionType = inspect.unwrap(getattr(there, function))
    source = ast.unparse(ast.parse(inspect.getsource(it)))
    assert source.count(old) >= 1, f"{old} stands no longer in {function}:\n{source}"
    made: dict[str, Any] = {}
    exec(
        compile(f"from __future__ import annotations\n{source.replace(old, new)}", module, "exec"),
        dict(vars(there)),
        made,
    )
    kept, it.__code__ = it.__code__, made[function].__code__
    try:
        yield
    finally:
        it.__code__ = kept


async def sees(test: Any, folder: Path) -> bool:
    """Does the test fail?"""
    try:
        wanted = inspect.signature(test).parameters
        if "house" in wanted:
            async with TestHouse(folder) as house:
                await house.user("ada", "north", "south")
                await test(house)
        elif (run := test(folder) if wanted else test()) is not None:
            await run
    except Exception:
        return True
    return False


@pytest.mark.parametrize("what", one_in(4, MUTANTS))
def test_a_test_sees_a_house_that(what, tmp_path):
    *change, test = MUTANTS[what]
    printed.cache_clear()
    with mutant(*change):
        seen = asyncio.run(sees(test, tmp_path))
    printed.cache_clear()
    assert seen


@pytest.mark.nightly
def test_without_a_change_none_of_them_fails(tmp_path):
    for number, test in enumerate({test for *_, test in MUTANTS.values()}):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert not asyncio.run(sees(test, folder)), test.__name__
