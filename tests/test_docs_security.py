"""The page about security: each rule names tests that exist, and each file of such tests has its rule."""

from __future__ import annotations

import re

import pytest

from tests.record import ROOT
from tests.test_docs_delivery import NAMED, cases

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
RULES, _, LIMITS = PAGE.partition("\n## What it cannot prevent\n")
# How the pages of linking look in a browser.
ELSEWHERE = {"tests/security/test_link_pages.py"}
FILES = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "tests" / "security").glob("test_*.py"))


def rules() -> dict[int, str]:
    """The numbered rules with what stands under them."""
    found = re.split(r"^(\d+)\. ", RULES, flags=re.MULTILINE)
    return {int(number): said for number, said in zip(found[1::2], found[2::2], strict=True)}


def test_there_are_thirteen_rules() -> None:
    assert list(rules()) == list(range(1, 14))


@pytest.mark.parametrize("number", rules())
def test_each_rule_names_tests_that_there_are(number: int) -> None:
    named = re.findall(NAMED, rules()[number])
    assert named, "a rule without a test"
    assert [f"{file}::{test}" for file, test in named if test not in cases(file)] == []
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("file", FILES)
def test_every_file_of_a_rule_is_named(file: str) -> None:
    assert file in {where for where, _ in re.findall(NAMED, RULES)} | ELSEWHERE


@pytest.mark.parametrize(
    "words",
    [
        "A code that is passed on",
        "Whoever runs the bot",
        "A stolen machine",
        "A chat account that was taken over",
        "What other servers do",
        "Modules of your own",
    ],
)
def test_what_cannot_be_prevented_is_said(words: str) -> None:
    assert f"**{words}" in LIMITS


def test_reports_go_a_private_way_and_no_address_is_made_up() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "private" in page
    assert not re.search(r"\S+@\S+\.\w+|https?://", page)
