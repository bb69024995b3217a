"""The goals: which figure of which comparison, beside which limit, and what its ratio must be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.runner import Row, shown


@dataclass(frozen=True)
class Goal:
    """One line of the table. With `beside` None the figure itself is judged, there is no limit to run."""

    id: str
    what: str
    comparison: str  # its name, as the benchmark gives it
    unit: str
    gate: float
    stretch: float
    beside: str | None = "reference pipeline"  # the other side's name
    least: bool = True  # the ratio must be at least the gate; False: at most

    def well(self, ratio: float, wanted: float) -> bool:
        return ratio >= wanted if self.least else ratio <= wanted


@dataclass(frozen=True)
class Result:
    """What came of a goal."""

    goal: Goal
    bot: float | None = None
    limit: float | None = None
    ratio: float | None = None
    spread: tuple[float, float] | None = None  # the quartiles of the ratio
    pairs: int = 0
    void: str | None = None  # why there is no figure

    @property
    def holds(self) -> bool:
        return self.void is None and self.ratio is not None and self.goal.well(self.ratio, self.goal.gate)

    @property
    def stretched(self) -> bool:
        return self.void is None and self.ratio is not None and self.goal.well(self.ratio, self.goal.stretch)

    @property
    def unclear(self) -> bool:
        """It does not hold, but by less than what the pairs differ."""
        if self.holds or self.ratio is None or self.spread is None:
            return False
        return abs(self.ratio - self.goal.gate) <= (self.spread[1] - self.spread[0]) / 2

    def json(self) -> dict[str, Any]:
        goal = self.goal
        return {
            "id": goal.id, "what": goal.what, "bot": _rounded(self.bot), "limit": _rounded(self.limit),
            "ratio": _rounded(self.ratio), "gate": goal.gate, "stretch": goal.stretch, "holds": self.holds,
            "spread": [_rounded(one) for one in self.spread] if self.spread else None, "pairs": self.pairs,
            "unit": goal.unit, "at_least": goal.least, "void": self.void,
        }  # fmt: skip


def judged(goal: Goal, rows: Sequence[Row]) -> Result:
    """What the rows of a benchmark say about a goal."""
    mine = [row for row in rows if row.comparison == goal.comparison and row.unit == goal.unit]
    own = next((row for row in mine if row.own), None)
    if own is None:
        return Result(goal, void="it was not measured")
    if goal.beside is None:
        return Result(goal, own.median, None, own.median, own.between, own.rounds)
    other = next((row for row in mine if row.side == goal.beside), None)
    if other is None:
        return Result(goal, void=f"{goal.beside} was not measured")
    return Result(goal, own.median, other.median, other.ratio, (other.low, other.high), other.rounds)


def table(results: Iterable[Result]) -> str:
    """As it stands in README.md."""
    head = (
        "| id | what | unit | bot | limit | ratio | quartiles | gate | stretch | holds | pairs |\n"
        "|---|---|---|--:|--:|--:|---|--:|--:|---|--:|"
    )
    return "\n".join([head, *(_line(one) for one in results)])


def _line(one: Result) -> str:
    goal = one.goal
    sign = "≥" if goal.least else "≤"
    if one.void is not None:
        words = one.void.replace("|", "/").replace("\n", " ")[:100]
        bounds = f"{sign} {goal.gate:g} | {goal.stretch:g}"
        return f"| {goal.id} | {goal.what} | {goal.unit} | | | | {words} | {bounds} | void | 0 |"
    spread = f"{shown(one.spread[0])} to {shown(one.spread[1])}" if one.spread else ""
    figures = " | ".join(
        shown(value) if value is not None else "" for value in (one.bot, one.limit, one.ratio)
    )
    word = "stretch" if one.stretched else "yes" if one.holds else "unclear" if one.unclear else "**no**"
    return (
        f"| {goal.id} | {goal.what} | {goal.unit} | {figures} | {spread} | {sign} {goal.gate:g} "
        f"| {goal.stretch:g} | {word} | {one.pairs} |"
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def document(results: Iterable[Result]) -> str:
    return json.dumps([one.json() for one in results], indent=1, ensure_ascii=False) + "\n"
