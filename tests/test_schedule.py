"""When timelines are read: the heap behind the poller."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bridgebot.schedule import SPREAD, Schedule, next_read
from bridgebot.store.rows import Timeline

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def timeline(id, due=0.0, server="one.example", **more):
    values = {
        "adapter": "north",
        "kind": "home",
        "argument": "",
        "account_id": id,
        "title": "",
        "cursor": "c",
    }
    due_at = NOW + timedelta(seconds=due)
    return Timeline(
        **{**values, "id": id, "server": server, "due_at": due_at, "failures": 0, "held": None, **more}
    )


def started(*timelines, pace=60.0):
    schedule = Schedule()
    schedule.start(timelines, NOW, pace)
    return schedule


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def anywhere(_realm, _now):
    return True


def test_what_is_due_comes_in_its_order_and_is_busy_until_it_is_done():
    schedule = started(timeline(1, 100), timeline(2, 90), timeline(3, 500))
    assert schedule.pop(at(80), anywhere) is None
    assert [schedule.pop(at(120), anywhere).id for _ in range(2)] == [2, 1]
    assert schedule.pop(at(120), anywhere) is None
    assert schedule.busy == {1, 2}
    schedule.keep(timeline(1, 110))
    schedule.done(timeline(1))
    assert schedule.pop(at(120), anywhere).id == 1


def test_what_is_kept_elsewhere_now_is_counted_there():
    schedule = started(timeline(1, 0), timeline(2, 0))
    schedule.put(timeline(2, 0, host="kept.example"))
    schedule.put(timeline(2, 0, host="kept.example"))
    assert schedule._spacing._number == {timeline(1).realm: 1, timeline(2, host="kept.example").realm: 1}
    schedule.drop(2)
    assert schedule._spacing._number == {timeline(1).realm: 1}


def fullest(times):
    """How many there are in the fullest second."""
    return max(Counter(int((one - NOW).total_seconds()) for one in times).values())


def test_a_start_spreads_many_evenly_whatever_they_waited_for():
    many = started(*(timeline(n, -n, f"{n % 7}.example") for n in range(1, 10_001)), pace=60)
    assert fullest(many.due.values()) <= 10_000 / 60 + 4
    assert fullest(due for id, due in many.due.items() if id % 7 == 3) <= 10_000 / 60 / 7 + 4
    assert min(many.due.values()) >= NOW
    assert max(many.due.values()) < at(60)


def test_a_start_reads_few_at_once_in_their_order():
    few = started(*(timeline(n, -n) for n in range(1, 6)))
    assert sorted(few.due, key=few.due.get) == [5, 4, 3, 2, 1]
    assert max(few.due.values()) == NOW + 4 * SPREAD


def test_a_start_leaves_what_is_put_off_until_later_where_it_is():
    assert started(timeline(1, 3600), *(timeline(n) for n in range(2, 400))).due[1] == at(3600)


def test_a_timeline_is_read_at_its_own_moment_of_every_period():
    first = next_read(17, NOW, 60)
    second = next_read(17, first + timedelta(milliseconds=300), 60)
    assert (second - first).total_seconds() == pytest.approx(60)
    assert next_read(18, NOW, 60) != first


def test_no_two_reads_are_closer_than_a_tenth_of_a_period_or_further_apart_than_eleven():
    pauses = [(next_read(n, at(n * 0.37), 60) - at(n * 0.37)).total_seconds() for n in range(1000)]
    assert 6 <= min(pauses) < 7
    assert 65 < max(pauses) <= 66


def test_what_has_piled_up_is_read_faster_than_it_came_but_not_all_at_once():
    many, begun = started(*(timeline(n) for n in range(6000)), pace=60), []
    for tick in range(20, 200):  # for five seconds nothing was read
        now = at(tick / 4)
        while (found := many.pop(now, anywhere)) is not None:
            begun.append(now)
            many.put_off(found.id, next_read(found.id, now, 60))
            many.done(found)
    assert fullest(begun) <= 200
    assert fullest(begun[-1000:]) <= 105
    assert len(begun) == pytest.approx(100 * 49.75, abs=50)


def test_what_waits_for_its_turn_keeps_its_order():
    many = started(*(timeline(n, n / 1000) for n in range(100)))
    for id in many.known:
        many.put_off(id, at(id / 1000))
    read = []
    for tick in range(40, 400):
        while (found := many.pop(at(tick / 40), anywhere)) is not None:
            read.append(found.id)
    assert read == list(range(100))


def test_what_nobody_wants_any_more_is_read_no_more():
    schedule = started(timeline(1, 100))
    schedule.drop(1)
    assert schedule.pop(at(200), anywhere) is None
    assert schedule.next_due() is None


def test_one_that_is_dropped_while_it_is_read_does_not_come_back():
    schedule = started(timeline(1, 100))
    reading = schedule.pop(at(100), anywhere)
    schedule.drop(1)
    schedule.done(reading)
    assert schedule.pop(at(1000), anywhere) is None


def test_one_that_changes_is_due_when_it_says_and_not_when_it_said():
    schedule = started(timeline(1, 100))
    schedule.put(timeline(1, 200))
    assert schedule.pop(at(150), anywhere) is None
    assert schedule.next_due() == at(200)
    schedule.put(timeline(1, 120))
    assert schedule.pop(at(150), anywhere).id == 1
    assert schedule.pop(at(1000), anywhere) is None


def test_a_server_with_its_share_is_passed_over_and_costs_the_others_nothing():
    here = [timeline(n, 100 + n, "dead.example") for n in range(1, 6)]
    schedule = started(*here, timeline(9, 110))
    under_way = Counter()

    def two_each(one, _now):
        return under_way[one] < 2

    def begin():
        found = schedule.pop(at(200), two_each)
        if found is not None:
            under_way[found.realm] += 1
        return found and found.id

    assert [begin() for _ in range(4)] == [1, 2, 9, None]
    assert schedule.crowded
    under_way[here[0].realm] -= 1
    schedule.keep(timeline(1, 300, "dead.example"))
    schedule.done(here[0])
    assert [begin(), begin()] == [3, None]


def test_all_that_waits_aside_gets_its_turn():
    waiting = [timeline(n, 100, "slow.example") for n in range(1, 21)]
    schedule, read, under_way = started(*waiting), [], Counter()
    while len(read) < 20:
        found = schedule.pop(at(200), lambda one, _now: under_way[one] < 1)
        assert found is not None
        read.append(found.id)
        schedule.keep(timeline(found.id, 900, "slow.example"))
        schedule.done(found)
    assert sorted(read) == list(range(1, 21))
    assert not schedule.crowded


def test_words_that_all_share_are_kept_once():
    schedule = started(*(timeline(n, 0, "".join(("one", ".example"))) for n in range(2)))
    first, second = schedule.known.values()
    assert first.server is second.server
