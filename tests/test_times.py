"""Times in front of a text: what is read as one, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bridgebot.commands.grammar import times

FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai


@pytest.mark.parametrize(
    ("typed", "when", "rest"),
    [
        ("18:30 hello", "11-27 18:30", "hello"),
        ("9:00 hi", "11-28 09:00", "hi"),
        ("6:30pm: x", "11-27 18:30", "x"),
        ("12am x", "11-28 00:00", "x"),
        ("tomorrow at 9am, hi", "11-28 09:00", "hi"),
        ("tonight 8:30 x", "11-27 20:30", "x"),
        ("the day after tomorrow 7:15 x", "11-29 07:15", "x"),
        ("monday 9:00 x", "11-30 09:00", "x"),
        ("fri 9:00 x", "12-04 09:00", "x"),
        ("Friday 20:00 x", "11-27 20:00", "x"),
        ("in 2h x", "11-27 20:00", "x"),
        ("in 1 hour and 30 min\nx", "11-27 19:30", "x"),
        ("2026-12-01 09:00 x", "12-01 09:00", "x"),
        ("2026-12-01T09:00 x", "12-01 09:00", "x"),
        ("明天 9点 开会", "11-28 09:00", "开会"),
        ("明天9点半开会", "11-28 09:30", "开会"),
        ("后天18:30，好", "11-29 18:30", "好"),
        ("大后天 １０：００ x", "11-30 10:00", "x"),
        ("30分钟后 喝水", "11-27 18:30", "喝水"),
        ("半小时后喝水", "11-27 18:30", "喝水"),
        ("两个小时以后 x", "11-27 20:00", "x"),
        ("今晚8点 x", "11-27 20:00", "x"),
        ("明早七点一刻 x", "11-28 07:15", "x"),
        ("周五下午3点 x", "12-04 15:00", "x"),
        ("下周一上午9点15分 x", "11-30 09:15", "x"),
        ("12月1日9点 x", "12-01 09:00", "x"),
        ("12月1日晚上12点 x", "12-02 00:00", "x"),
        ("中午12点 吃饭", "11-28 12:00", "吃饭"),
        ("9点3个人 x", "11-28 09:00", "3个人 x"),
    ],
)
def test_a_time_is_read_in_its_writers_time_zone(typed, when, rest):
    due = times.read(typed, FRIDAY, "Asia/Shanghai")
    assert due is not None
    assert (due.at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%m-%d %H:%M"), due.text) == (when, rest)
    assert times.rest(typed) == rest


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow hi", "2026-02-31 9:00 x", "25:00 x", "13pm x", "18:30x y", "hello 18:30", "1/2 x", "",
        "in the evening", "2h later", "5 people in 3 min", "明天见", "sunny 10:00", "in two hours", "9",
    ],
)  # fmt: skip
def test_what_is_no_time_is_left_alone(typed):
    assert times.read(typed, FRIDAY, "Asia/Shanghai") is None
    assert times.rest(typed) == typed


def test_an_hour_that_the_clocks_skip_is_the_one_behind_it():
    due = times.read("2026-03-29 2:30 x", FRIDAY, "Europe/Berlin")
    assert (due.at, due.moved) == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), True)


def test_an_hour_that_comes_twice_is_the_first():
    due = times.read("2026-10-25 2:30 x", FRIDAY, "Europe/Berlin")
    assert (due.at, due.moved) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False)


def test_a_day_of_the_last_month_is_one_of_next_year():
    assert times.read("1月3日 9点 x", FRIDAY, "UTC").at.year == 2027
