"""Polls as lines of text."""

from __future__ import annotations

from collections.abc import Collection

from bridgebot.model import Poll
from bridgebot.render.plain import MARK, one_line, seen

BAR = 10  # squares of a whole bar
CHOICE = 100  # graphemes of a choice
SHOWN = 20  # choices of one poll; the others are counted, and can be voted for as well


def choice_lines(poll: Poll) -> list[str]:
    """`○ yes`, one line each: a poll where none can be made."""
    return _some([f"○ {_choice(choice)}" for choice in poll.choices])


def poll_lines(poll: Poll, chosen: Collection[int] = ()) -> list[str]:
    """`│ ○ 1 yes`, by whose numbers people vote; with `▰▰▰▱▱▱▱▱▱▱ 33 %` behind it once the network shows
    votes, and with ● where one's own vote went (`chosen`, from 0).
    """
    behind = _results(poll)
    lines = [
        f"{MARK}{'●' if number in chosen else '○'} {number + 1} {_choice(choice)}{result}"
        for number, (choice, result) in enumerate(zip(poll.choices, behind, strict=True))
    ]
    return _some(lines)


def shares(poll: Poll) -> list[int] | None:
    """How many of a hundred chose each; None where votes are not shown, or there are none."""
    counted = [votes for votes in poll.votes if votes is not None]
    if len(counted) != len(poll.choices) or not sum(counted):
        return None
    whole = poll.voters if poll.multiple and poll.voters else sum(counted)
    return [round(100 * votes / whole) for votes in counted]


def result_line(poll: Poll) -> str:
    """`yes 33 % · no 67 %`; the bare choices where votes are not shown."""
    found, choices = shares(poll), [_choice(choice) for choice in poll.choices]
    if found is None:
        return " · ".join(choices)
    return " · ".join(f"{choice} {share} %" for choice, share in zip(choices, found, strict=True))


def _results(poll: Poll) -> list[str]:
    found = shares(poll)
    if found is None:
        return [""] * len(poll.choices)
    full = [max(0, min(round(share * BAR / 100), BAR)) for share in found]
    return [
        f" {'▰' * squares}{'▱' * (BAR - squares)} {share} %"
        for squares, share in zip(full, found, strict=True)
    ]


def _some(lines: list[str]) -> list[str]:
    return [*lines[:SHOWN], f"… +{len(lines) - SHOWN}"] if len(lines) > SHOWN else lines


def _choice(choice: str) -> str:
    """On one line, without what cannot be seen."""
    return one_line(seen(choice), CHOICE)
