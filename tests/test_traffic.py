"""How many calls may be under way to each server: decided without a clock or a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.traffic import PATIENCE, SILENT_AFTER, Traffic, answered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + PATIENCE
NORTH, SOUTH, CHAT = "mastodon/north", "mastodon/south", "tg"


@pytest.fixture
def traffic() -> Traffic:
    return Traffic(most=10, share=6, tries=2)


def begins(traffic: Traffic, realm: str, count: int, now: datetime = NOW) -> list[int]:
    return [traffic.begin(realm, now) for _ in range(count)]


def falls_silent(traffic: Traffic, realm: str, now: datetime = NOW) -> None:
    for _ in range(SILENT_AFTER):
        traffic.heard(realm, Unconfirmed(), now)


def test_a_server_has_its_share_and_leaves_the_others_theirs(traffic):
    begins(traffic, NORTH, 6)
    assert traffic.room(NOW) == 4
    assert not traffic.may_begin(NORTH, NOW)
    assert traffic.may_begin(SOUTH, NOW)
    assert traffic.look(1, NOW).crowded == {NORTH}


def test_a_claim_of_several_never_goes_beyond_the_share(traffic):
    begins(traffic, NORTH, 3)
    assert traffic.look(3, NOW).crowded == frozenset()
    assert traffic.look(4, NOW).crowded == {NORTH}


def test_room_comes_back_when_a_call_ends_however_it_does(traffic):
    calls = begins(traffic, NORTH, 6)
    traffic.end(calls[2])
    assert traffic.room(NOW) == 5
    assert traffic.may_begin(NORTH, NOW)
    for call in (*calls[:2], *calls[3:]):
        traffic.end(call)
    assert traffic.room(NOW) == 10
    assert traffic.look(6, NOW).crowded == frozenset()


def test_a_call_that_has_waited_for_a_while_takes_no_room(traffic):
    begins(traffic, NORTH, 6)
    begins(traffic, SOUTH, 4, NOW + timedelta(seconds=1))
    assert traffic.room(NOW + timedelta(seconds=1)) == 0
    assert traffic.next_room(NOW + timedelta(seconds=1)) == LATER
    assert traffic.room(LATER) == 6
    assert not traffic.may_begin(NORTH, NOW), "its share is still used up"
    assert traffic.next_room(LATER + PATIENCE) is None


def test_a_silent_server_is_only_tried_and_takes_no_room(traffic):
    falls_silent(traffic, NORTH)
    found = traffic.look(5, NOW).sort([(number, NORTH) for number in range(5)])
    assert [work for work, _ in found.go] == [0, 1]
    assert [work for work, _ in found.wait] == [2, 3, 4]
    begins(traffic, NORTH, 2)
    assert not traffic.may_begin(NORTH, NOW)
    assert traffic.look(6, NOW).crowded == frozenset(), "it is put off, not left standing in the way"
    assert traffic.room(NOW) == 10


def test_a_server_that_lets_everything_wait_is_silent_until_it_says_anything(traffic):
    begins(traffic, NORTH, 3)
    begins(traffic, SOUTH, 3)
    traffic.heard(SOUTH, None, NOW + timedelta(seconds=1))
    assert traffic.is_silent(NORTH, LATER)
    assert not traffic.is_silent(SOUTH, LATER), "slow is not silent"
    assert [work for work, _ in traffic.look(1, LATER).sort([(0, NORTH), (1, SOUTH)]).go] == [1]
    traffic.heard(NORTH, Rejected(), LATER)
    assert not traffic.is_silent(NORTH, LATER)


def test_what_is_for_a_server_that_is_silent_for_long_waits_longer(traffic):
    falls_silent(traffic, NORTH)
    begins(traffic, NORTH, 2)
    waits = [
        traffic.look(1, NOW + timedelta(seconds=seconds)).sort([(0, NORTH)]).wait[0][1].total_seconds()
        for seconds in (0, 120, 100_000)
    ]
    assert waits == [15, 30, 300]


def test_one_answer_ends_the_silence(traffic):
    falls_silent(traffic, NORTH)
    begins(traffic, NORTH, 2)
    traffic.heard(NORTH, Rejected(), NOW)
    assert traffic.may_begin(NORTH, NOW)
    assert traffic.look(1, NOW).sort([(0, NORTH)]).wait == []


def test_a_few_failures_are_no_silence(traffic):
    for error in (Unconfirmed(), Temporary(), None, Unconfirmed(), Temporary()):
        traffic.heard(NORTH, error, NOW)
    assert not traffic.is_silent(NORTH, NOW)


def test_servers_that_are_silent_together_do_not_take_more_than_all_others_may(traffic):
    realms = [f"mastodon/dead{number}" for number in range(20)]
    for realm in realms:
        falls_silent(traffic, realm)
    for realm in realms:
        for _ in range(2):
            if traffic.may_begin(realm, NOW):
                traffic.begin(realm, NOW)
    assert sum(not traffic.may_begin(realm, NOW) for realm in realms) == 20
    assert traffic.room(NOW) == 10
    assert traffic.may_begin(CHAT, NOW)


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (None, True),
        (Rejected(), True),
        (TargetGone(), True),
        (AuthExpired(), True),
        (Temporary(retry_after=3), True),
        (Temporary(), False),
        (Unconfirmed(), False),
        (RuntimeError(), False),
    ],
)
def test_what_counts_as_an_answer(error, is_one):
    assert answered(error) is is_one
