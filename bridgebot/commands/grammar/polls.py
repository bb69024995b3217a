"""Reading a poll: its question, its choices, how long it is open, and whether one may choose several."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from bridgebot.commands.grammar.times import NUMBERS

DAY = 86400  # seconds that a poll is open where nobody said how long

_BARS = regex.compile(r"[|｜]")
_FOR = regex.compile(
    r"(\d{1,4}|[一二三四五六七两]|half an|an?|半个?)\s*个?\s*"
    r"(m|min|mins|minutes?|分钟?|h|hours?|hrs?|小时|钟头|d|days?|天|日|w|weeks?|周|星期)",
    regex.IGNORECASE,
)
_SECONDS = {"m": 60, "分": 60, "h": 3600, "小": 3600, "钟": 3600, "d": DAY, "天": DAY, "日": DAY}
_SECONDS |= {"w": 7 * DAY, "周": 7 * DAY, "星": 7 * DAY}
_NUMBERS = NUMBERS | {"a": 1, "an": 1, "半个": 0.5, "half an": 0.5}
_SEVERAL = frozenset({"multiple", "multi", "several", "多选", "可多选", "複選", "复选"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll as it was typed."""

    question: str
    choices: tuple[str, ...]
    seconds: int = DAY
    multiple: bool = False


def poll(text: str) -> Asked | None:
    """`Tea or coffee? | tea | coffee | 2h | multiple`, or one per line; None: less than two choices, or no
    question. What may be said behind the choices is a choice where they would else be less than two. Pure.
    """
    pieces = _BARS.split(text) if _BARS.search(text) else text.split("\n")
    question, *rest = (piece.strip() for piece in pieces)
    choices = [piece for piece in rest if piece]
    seconds: int | None = None
    multiple = False
    while len(choices) > 2:
        if not multiple and choices[-1].lower() in _SEVERAL:
            multiple = True
        elif seconds is None and (found := duration(choices[-1])) is not None:
            seconds = found
        else:
            break
        choices.pop()
    if not question or len(choices) < 2:
        return None
    return Asked(question, tuple(" ".join(choice.split()) for choice in choices), seconds or DAY, multiple)


def duration(text: str) -> int | None:
    """Seconds in `30m`, `2 hours`, `1d`, `1天`, `半小时`; None: it is no such time. Pure."""
    found = _FOR.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = found[1].lower(), found[2][0].lower()
    return round(float(_NUMBERS.get(number) or number) * _SECONDS[unit])


def numbers(text: str) -> tuple[int, ...] | None:
    """The numbers that somebody chose, in their order and each once; None: it is something else. Pure."""
    words = [word for word in regex.split(r"[\s,，、]+", text.strip()) if word]
    if not words or not all(regex.fullmatch(r"[0-9]{1,3}", word) for word in words):
        return None
    return tuple(sorted({int(word) for word in words}))
