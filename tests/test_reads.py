"""Reading at a host that counts the calls of all its accounts together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridgebot.adapter import Per, Rate
from bridgebot.http.retry import Left
from bridgebot.model import Account
from bridgebot.store.budgets import Budgets
from bridgebot.store.reads import MOST, Reads

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOGETHER = Rate("calls-there", Per.HOST, 10, 10)


def hosted(rate: Rate = TOGETHER) -> Reads:
    """Reads of a network that counts by the host."""
    return Reads(Budgets({"north": (rate,)}))


def account_of(name: str) -> Account:
    """Kept at the host that is its name without the last letter."""
    return Account(name, f"@{name}", "north.example", host=name[:-1])


def test_all_who_are_read_at_one_host_share_what_it_allows():
    reads = hosted()
    waits = [reads.wait("north", "north.example", account_of(f"here{n}"), NOW, n) for n in range(9)]
    assert waits == pytest.approx([n * 10 / 8 for n in range(9)])  # four fifths, evenly
    assert reads.wait("north", "north.example", account_of("away1"), NOW, 100) == 0


def test_who_waits_has_a_slot_of_its_own_and_nobody_takes_it():
    reads = hosted()
    first, second, third = (
        reads.wait("north", "north.example", account_of(f"here{n}"), NOW, n) for n in range(3)
    )
    assert first == 0
    later = NOW + timedelta(seconds=third)
    assert reads.wait("north", "north.example", account_of("here9"), later, 9) > 0  # who came last is last
    assert reads.wait("north", "north.example", account_of("here2"), later, 2) == 0
    assert reads.wait("north", "north.example", account_of("here1"), later, 1) == 0
    early = NOW + timedelta(seconds=second / 2)
    reads = hosted()
    for n in range(2):
        reads.wait("north", "north.example", account_of(f"here{n}"), NOW, n)
    assert reads.wait("north", "north.example", account_of("here1"), early, 1) == pytest.approx(second / 2)


def test_for_nobody_no_slot_is_kept():
    reads = hosted()
    assert reads.wait("north", "north.example", account_of("here1"), NOW, 1) == 0
    wanted = [reads.wait("north", "north.example", account_of("here2"), NOW) for _ in range(3)]
    assert wanted == pytest.approx([10 / 8] * 3)


def test_a_host_that_says_no_is_asked_again_when_it_counts_anew_and_not_by_all_at_once():
    reads = hosted()
    reads.refused("north", "north.example", account_of("here1"), "", NOW, 30)
    waits = [reads.wait("north", "north.example", account_of(f"here{n}"), NOW, n) for n in range(3)]
    assert waits == pytest.approx([30, 30 + 10 / 8, 30 + 20 / 8])
    assert reads.wait("north", "north.example", account_of("away1"), NOW, 100) == 0


def test_a_slot_that_was_given_is_no_good_once_the_host_says_that_little_is_left():
    reads = hosted()
    for n in range(3):
        reads.wait("north", "north.example", account_of(f"here{n}"), NOW, n)
    later = NOW + timedelta(seconds=5)
    reads.budgets.hints.note(("north", "here", "", "calls-there"), Left(10, 1, 20), later)
    assert reads.wait("north", "north.example", account_of("here2"), later, 2) >= 20


def test_a_refusal_that_says_nothing_of_its_length_holds_for_a_minute():
    reads = hosted()
    reads.refused("north", "north.example", account_of("here1"), "", NOW, None)
    assert reads.wait("north", "north.example", account_of("here2"), NOW) == pytest.approx(60)


def test_what_is_over_is_let_go_and_many_who_are_read_are_not_looked_through_for_each():
    reads, minute = Reads(Budgets({"north": (TOGETHER,)}), _room=10), timedelta(minutes=2)
    for n in range(40):
        reads.wait("north", "north.example", Account(str(n), "@a", "north.example", host=str(n)), NOW, n)
    assert (len(reads._next), reads._room) == (40, MOST)
    reads._room = 10
    reads.wait("north", "north.example", account_of("late1"), NOW + minute, 41)
    assert len(reads._next) == 1
