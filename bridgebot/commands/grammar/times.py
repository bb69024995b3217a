"""Reading a time in front of a text: a small grammar, strict, in English and Chinese. Pure.

    18:30 · 6pm · today 18:30 · tomorrow 9:00 · monday 9am · in 2h · in 1 hour 30 min · 2026-12-01 09:00
    18:30 · 今晚8点 · 明天 9点半 · 后天18:30 · 周五下午3点 · 30分钟后 · 半小时后 · 12月1日9点

A day is never enough without an hour: nobody means midnight by "tomorrow".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import regex

_FOLD = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20, 0x00A0: 0x20}
NUMBERS: dict[str, float] = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
NUMBERS |= {"十一": 11, "十二": 12, "半": 0.5}
_NUMBER = r"\d{1,4}|十[一二]|[一二两三四五六七八九十半]"

_AMOUNT = regex.compile(
    rf"\s*(?P<n>{_NUMBER})\s*个?\s*(?P<unit>minutes?|mins?|m(?![a-z])|hours?|hrs?|h(?![a-z])|days?|d(?![a-z])"
    r"|weeks?|w(?![a-z])|分钟?|小时|钟头|天|日|周|星期)\s*(?:and\s+)?",
    regex.IGNORECASE,
)
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "分": 1, "小": 60, "钟": 60, "天": 1440, "日": 1440}
_MINUTES |= {"周": 10080, "星": 10080}
_IN = regex.compile(r"in\s+", regex.IGNORECASE)
_LATER = regex.compile(r"\s*(?:之后|以后|后)")

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_WEEKDAYS = "一二三四五六日"
_DAYS = regex.compile(
    r"(?P<word>today|tonight|tomorrow|(?:the )?day after tomorrow|今[天日晚早]|明[天日晚早]|大?后[天日])"
    r"|(?:on )?(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b"
    r"|(?P<next>下个?)?(?:周|星期|礼拜)(?P<han>[一二三四五六日天])"
    r"|(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?T?"
    r"|(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?",
    regex.IGNORECASE,
)
_AHEAD = {"大后": 3, "后天": 2, "后日": 2, "明": 1, "今": 0}
_BETWEEN = regex.compile(r"\s*(?:,|at\b|的)?\s*", regex.IGNORECASE)
_CLOCK = regex.compile(
    r"(?P<part>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚)?\s*"
    rf"(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\d)|(?P<hour>{_NUMBER})[点點时](?:钟|整)?"
    r"(?:(?P<minute>\d{1,2})分|(?P<minute>\d{2})(?!\d)|(?P<half>半)|(?P<quarter>[一三])刻)?"
    r"|(?P<hour>\d{1,2})(?=\s*[ap]\.?m\b))"
    r"(?:\s*(?P<m>[ap])\.?m\b\.?)?",
    regex.IGNORECASE,
)
_EVENING = frozenset({"下午", "傍晚", "晚上", "晚", "p"})
_MORNING = frozenset({"凌晨", "早上", "早晨", "清晨", "上午", "a"})
_END = regex.compile(r"\s*[,:，：、]?\s*")


@dataclass(frozen=True, slots=True)
class Due:
    """When, and what is to happen then."""

    at: datetime  # UTC
    text: str  # what follows, as typed
    moved: bool = False  # the clocks skip the hour that was named: it is the one behind it


def read(text: str, now: datetime, zone: str) -> Due | None:
    """The time that stands in front of a text, in the time zone of its writer; None: there is none."""
    folded = text.translate(_FOLD)
    start = len(folded) - len(folded.lstrip())
    return _relative(text, folded, start, now) or _absolute(text, folded, start, now, ZoneInfo(zone))


def rest(text: str) -> str:
    """What follows the time in front of a text; all of it where there is none."""
    due = read(text, datetime.now(UTC), "UTC")
    return text if due is None else due.text


def _relative(text: str, folded: str, start: int, now: datetime) -> Due | None:
    """`in 2h`, `30分钟后`."""
    before = _IN.match(folded, start)
    end, minutes = before.end() if before else start, 0.0
    while found := _AMOUNT.match(folded, end):
        number = NUMBERS.get(found["n"]) or float(found["n"])
        minutes, end = minutes + number * _MINUTES[found["unit"][0].lower()], found.end()
    behind = _LATER.match(folded, end)
    if not minutes or (before is None) == (behind is None):
        return None
    end = behind.end() if behind else end
    return Due(now + timedelta(minutes=minutes), _behind(text, folded, end))


def _absolute(text: str, folded: str, start: int, now: datetime, zone: ZoneInfo) -> Due | None:
    here = now.astimezone(zone)
    try:
        day = _DAYS.match(folded, start)
        at = _BETWEEN.match(folded, day.end()).end() if day else start
        clock = _CLOCK.match(folded, at)
        if clock is None or not _ends(folded, clock.end(), bool(clock["hour"]) and ":" in clock[0]):
            return None
        wanted = _day(day, here.date()) if day else here.date()
        extra, hour = _time(clock, _part(day))
        local = datetime.combine(wanted + timedelta(days=extra), hour, zone)
        if (day is None or day["weekday"] or (day["han"] and not day["next"])) and local <= here:
            local += timedelta(days=1 if day is None else 7)
    except (ValueError, OverflowError):  # 25:00, 31 February
        return None
    at_utc = local.astimezone(UTC)
    moved = at_utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
    return Due(at_utc, _behind(text, folded, clock.end()), moved)


def _day(found: regex.Match[str], today: date) -> date:
    """The day of the week is the next of its name, today included."""
    if found["word"]:
        return today + timedelta(days=_days_ahead(found["word"].lower()))
    if found["weekday"]:
        wanted = _WEEKDAYS.index(found["weekday"][:3].lower())
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    if found["han"]:
        wanted = _HAN_WEEKDAYS.index(found["han"].replace("天", "日"))
        if found["next"]:
            return today + timedelta(days=7 - today.weekday() + wanted)
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    day = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
    return day if found["year"] or day >= today else day.replace(year=today.year + 1)


def _days_ahead(word: str) -> int:
    if "after" in word:
        return 2
    if word in ("today", "tonight"):
        return 0
    return 1 if word == "tomorrow" else next(n for begins, n in _AHEAD.items() if word.startswith(begins))


def _part(day: regex.Match[str] | None) -> str:
    """The part of the day that the day's word names."""
    word = (day["word"] or "").lower() if day else ""
    return "晚上" if word == "tonight" or word.endswith("晚") else "早上" if word.endswith("早") else ""


def _time(clock: regex.Match[str], named: str) -> tuple[int, time]:
    """Days to be added (`晚上12点` is the next day's beginning), and the time."""
    part = clock["part"] or (clock["m"] or "").lower() or named
    hour = int(NUMBERS.get(clock["hour"]) or clock["hour"])
    minute = 30 if clock["half"] else 15 * int(NUMBERS[clock["quarter"]]) if clock["quarter"] else 0
    minute = int(clock["minute"]) if clock["minute"] else minute
    if (clock["m"] and not 1 <= hour <= 12) or hour > 24:
        raise ValueError(hour)
    if part == "p" and hour == 12:
        hour = 12
    elif (part in _EVENING and hour <= 12) or (part == "中午" and hour < 11):
        hour += 12
    elif part in _MORNING and hour == 12:
        hour = 0
    return hour // 24, time(hour % 24, minute)


def _ends(folded: str, end: int, figures: bool) -> bool:
    """Whether a time really ends here: `18:30abc` is none, `9点开会` is one."""
    following = folded[end : end + 1]
    return not (figures and following.isalnum() and following.isascii())


def _behind(text: str, folded: str, end: int) -> str:
    found = _END.match(folded, end)
    return text[found.end() :] if found else text[end:]
