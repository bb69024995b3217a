"""The page about delivery: each sentence names tests that exist, and each crash test has its sentence."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.record import DELIVERY, ROOT

NAMED = r"`((?:tests|bridgebot)/[\w/]+\.py)::(\w+)`"
CRASHES = (
    "tests/crash/test_kill_points.py",
    "tests/crash/test_random_kills.py",
    "tests/journeys/test_crashes.py",
    "tests/journeys/networks/test_networks_and_crashes.py",
    "tests/test_unanswered.py",
)
ELSEWHERE = {
    "test_wrong_sql_is_a_bug_and_no_failing_store"
}  # tells a bug from a failing store: nothing is delivered
PAGE = DELIVERY.read_text("utf-8")


@cache
def cases(file: str) -> set[str]:
    """The tests of a file, methods of the contract kit as well."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name for one in ast.walk(tree) if isinstance(one, functions) and one.name.startswith("test_")}


def sentences() -> dict[int, str]:
    """The numbered sentences with what stands under them."""
    part = PAGE.partition("\n## What is not promised\n")[0]
    found = re.split(r"^(\d+)\. ", part, flags=re.MULTILINE)
    return {int(number): said for number, said in zip(found[1::2], found[2::2], strict=True)}


def test_the_sentences_are_numbered_one_after_another() -> None:
    assert list(sentences()) == list(range(1, len(sentences()) + 1))


@pytest.mark.parametrize("number", sentences())
def test_each_sentence_names_tests_that_there_are(number: int) -> None:
    named = re.findall(NAMED, sentences()[number])
    assert named, "a sentence without a test"
    assert [f"{file}::{test}" for file, test in named if test not in cases(file)] == []
    assert len(set(named)) == len(named)


def test_every_test_that_is_named_exists() -> None:
    assert [f"{file}::{test}" for file, test in re.findall(NAMED, PAGE) if test not in cases(file)] == []


@pytest.mark.parametrize("file", CRASHES)
def test_every_crash_test_stands_under_a_sentence(file: str) -> None:
    named = {test for where, test in re.findall(NAMED, PAGE) if where == file}
    assert cases(file) - named - ELSEWHERE == set()


def test_numbers_that_other_sentences_are_called_by_are_theirs() -> None:
    """`sentence 26` means one that speaks of what it is called upon for."""
    called = {int(number) for number in re.findall(r"sentence (\d+)", PAGE)}
    assert called == {2, 13, 26}
    said = sentences()
    assert "flushed" in said[2]
    assert "looks for the post" in said[13]
    assert "twice in a chat" in said[26]
