"""Whether a text is another one that somebody carried, and when a rule goes round: both pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgebot.flow.breaker import Carried, trips
from bridgebot.likeness import WINDOW, Said, alike, printed
from tests.foreign import CHANGES

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WALK = "A long walk along the river today, with stones of every colour https://ada.example/walk"
NEWS = "New on the podcast about stones and rivers"
RIVER = "今天沿着河边走了很久，捡到了各种颜色的石头，晚上再慢慢讲给大家听"


def copied(first: str, then: str, *, after: timedelta = timedelta(minutes=30)) -> bool:
    return alike(Said(first, NOON), Said(then, NOON + after))


@pytest.mark.parametrize("text", [WALK, RIVER])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_bridges_make_of_a_text_is_that_text(text, change):
    assert copied(text, change(text, 7))


@pytest.mark.parametrize(
    "copy",
    [
        "A long walk along the river today, with stones of every colour https://go.carrier.example/7",
        "🐘 A long walk along the river today, with stones of every colour ada.example/walk",
        "[north] A long  walk along the RIVER today,\nwith stones of every colour http://www.ada.example/walk/",
        "A long walk along the river today, with stones of every colour https://ada.example/walk?utm_source=x",
        "A long walk along the river today, with stones of every colour ht…",
        "A long walk along the river today, with sto [...] https://sho.rt/ab12",
        "RT @ada@north.example: A long walk along the river today, with stones of every colour",
        "A long walk along the river today, with stones of every colour — via @carrier",
        "1/2 A long walk along the river today, with stones",
        "A long walk along the river today, with stones of every colour\n🖼 a stone: https://ada.example/1.png",
    ],
)
def test_a_copy_is_known_whatever_stands_around_it(copy):
    assert copied(WALK, copy)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (WALK, WALK.replace("river", "lake")),
        (WALK, WALK.replace("/walk", "/again")),
        (WALK, f"Not at all: {WALK}"),
        (f"{NEWS}, episode 12: granite", f"{NEWS}, episode 13: granite"),
        (f"{NEWS}, epis…", f"{NEWS}, episode 13: granite"),
        ("Pictures of a day at the river (1/2)", "Pictures of a day at the river (2/2)"),
        ("gm", "gm"),
        ("Thanks, see you there!", "Thanks, see you there!"),
        ("早上好", "早上好"),
        ("", ""),
        ("🎉🎉", "🎉🎉"),
        ("see https://ada.example/1", "see https://ada.example/2"),
    ],
)  # fmt: skip
def test_what_differs_is_told_apart(first, then):
    assert not copied(first, then)


def test_few_words_are_a_copy_within_a_minute_and_many_within_hours():
    assert copied("gm", "gm", after=timedelta(seconds=40))
    assert not copied("gm", "gm", after=timedelta(minutes=2))
    assert copied(WALK, WALK, after=WINDOW)
    assert not copied(WALK, WALK, after=WINDOW + timedelta(minutes=1))
    assert copied("see https://ada.example/stones", "RT see https://ada.example/stones")


def test_the_parts_of_a_thread_are_the_whole_of_it():
    whole = "One part speaks of stones. The second one speaks of rivers only. And the third one ends here."
    parts = [
        "One part speaks of stones. (1/3)",
        "The second one speaks of rivers only. (2/3)",
        "ends here. (3/3)",
    ]
    assert all(copied(whole, part) for part in parts)
    assert not any(copied(part, whole) for part in parts)


def test_what_rules_write_around_a_text_is_no_part_of_it():
    frames = ("From my other account:", "#synced")
    framed = f"From my other account: {WALK} #synced"
    assert printed(framed, frames) == printed(WALK)
    assert not copied(WALK, framed)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared_in_either_order(one, other):
    assert copied(one, other, after=timedelta()) == copied(other, one, after=timedelta())
    assert copied(one, one, after=timedelta()) == bool(printed(one).words or printed(one).links)


# --- the breaker ---------------------------------------------------------------------------------


def carried(*texts: str, every: float = 5) -> list[Carried]:
    """So many minutes lie between them; the last of them comes at noon."""
    times = [NOON - timedelta(minutes=every * n) for n in reversed(range(len(texts)))]
    return [Carried(printed(text), at) for text, at in zip(texts, times, strict=True)]


def opens(*texts: str, every: float = 5):
    *before, this = carried(*texts, every=every)
    return trips(this, before)


def test_the_same_for_the_fourth_time_is_a_circle():
    assert opens(WALK, WALK, WALK) is None
    assert opens(WALK, WALK, WALK, WALK) == "again"


def test_what_grows_with_each_round_is_the_same():
    rounds = [WALK]
    for number in range(3):
        rounds.append(f"Carrier {number} has seen: {rounds[-1]}")
    assert opens(*rounds) == "again"
    assert opens(*rounds, every=60 * 24) is None


def test_greetings_may_be_said_more_often_but_not_within_an_hour():
    assert opens(*["gm"] * 4, every=120) is None
    assert opens(*["gm"] * 4, every=5) == "again"
    assert opens(*["gm"] * 7, every=120) == "again"


def test_much_that_is_alike_in_a_short_time_is_a_circle_and_much_that_differs_is_not():
    turns = [f"Round {number} of what goes from the river to the lake and back again" for number in range(12)]
    assert opens(*turns, every=0.5) == "burst"
    assert opens(*turns, every=5) is None
    differ = [
        f"{number * 'word '} at {number} o'clock {number * number} people saw stone{number}"
        for number in range(12)
    ]
    assert opens(*differ, every=0.5) is None


def test_pictures_without_words_are_never_a_circle():
    assert opens(*[""] * 12, every=0.5) is None
