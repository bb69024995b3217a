"""Run the sides of a comparison in turns, and say what came of it.

Every side does the same work. After one round that does not count, a round is one run of every side, each
time in another order; ratios are taken within a round, so that what slows the machine down for a while
slows both sides down. What is given is the median of all rounds, with the quartiles of the ratio.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, float]  # by unit: {"updates/s": 2000.0, "CPU µs each": 400.0}
CPU = "CPU µs each"


class Void(Exception):
    """What was measured was not done rightly, so there is no figure; the words say what was wrong."""


@dataclass(frozen=True)
class Side:
    """One way to do the work; `run` does it once and measures itself. It raises `Void` if it went wrong."""

    name: str
    run: Callable[[], Figures]


@dataclass(frozen=True)
class Comparison:
    """The adapter, and what it is compared with."""

    name: str
    own: Side
    others: tuple[Side, ...] = ()
    once: bool = False  # figures without noise, such as counts: one round is enough

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.own, *self.others)


# Makes the comparisons of a name; `scale` 1 is the full amount of work. Servers run within the context.
Benchmark = Callable[[float], AbstractContextManager[Sequence[Comparison]]]


@dataclass(frozen=True)
class Row:
    """What was measured of one side in one unit."""

    comparison: str
    side: str
    unit: str
    median: float
    ratio: float  # of the adapter's figure to this one, as the median of the rounds
    low: float  # the quartiles of that
    high: float
    rounds: int
    between: tuple[float, float] = (0.0, 0.0)  # the quartiles of the side's own figure
    own: bool = False  # it is the side that is compared with the others

    def json(self) -> str:
        """One line, with where and when it was measured."""
        return json.dumps({**vars(self), **_machine()}, ensure_ascii=False)


class Stopwatch:
    """Wall time and CPU time of this process, from `start` to `stop`."""

    def __init__(self) -> None:
        self._from = self._to = (0.0, 0.0)

    def start(self) -> None:
        self._from = (time.perf_counter(), time.process_time())

    def stop(self) -> None:
        self._to = (time.perf_counter(), time.process_time())

    def per_second(self, count: int, what: str) -> Figures:
        """How many a second, and what one cost of CPU."""
        wall, cpu = self._to[0] - self._from[0], self._to[1] - self._from[1]
        return {f"{what}/s": count / wall, CPU: cpu / count * 1e6}

    def each(self, count: int, what: str) -> Figures:
        """Microseconds for one, of the clock and of CPU."""
        wall, cpu = self._to[0] - self._from[0], self._to[1] - self._from[1]
        return {f"µs a {what}": wall / count * 1e6, f"CPU µs a {what}": cpu / count * 1e6}


def compare(comparison: Comparison, rounds: int) -> list[Row]:
    """One round for warming up, then `rounds` that count; with 0 only the first, to see that it runs."""
    gc.collect()
    gc.freeze()  # what is here by now is looked through no more: the recordings are large, no side uses them
    try:
        only_one = comparison.once or not rounds
        turns = range(1 if only_one else rounds + 1)
        measured = [_round(comparison.sides, turn) for turn in turns][0 if only_one else 1 :]
    finally:
        gc.unfreeze()
    first = measured[0]
    return [
        _row(comparison, side.name, unit, measured)
        for unit in first[comparison.own.name]
        for side in comparison.sides
        if unit in first[side.name]
    ]


def _round(sides: Sequence[Side], turn: int) -> dict[str, Figures]:
    """Every side once; which is the first changes, since what runs after what may matter."""
    first = turn % len(sides)
    found = {}
    for side in (*sides[first:], *sides[:first]):
        gc.collect()
        found[side.name] = side.run()
    return found


def _row(comparison: Comparison, side: str, unit: str, measured: Sequence[Mapping[str, Figures]]) -> Row:
    values = [one[side][unit] for one in measured]
    own = [one[comparison.own.name][unit] for one in measured]
    ratios = [mine / value if value else float(mine == 0) for mine, value in zip(own, values, strict=True)]
    low, middle, high = _quartiles(ratios)
    least, median, most = _quartiles(values)
    return Row(
        comparison.name,
        side,
        unit,
        median,
        middle,
        low,
        high,
        len(measured),
        (least, most),
        side == comparison.own.name,
    )


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median, the upper quartile."""
    low, _, high = statistics.quantiles(values, n=4) if len(values) > 1 else list(values) * 3
    return low, statistics.median(values), high


def table(rows: Sequence[Row]) -> str:
    """Rows as they stand in README.md."""
    lines = [
        "| comparison | side | unit | median | adapter to this | quartiles |",
        "|---|---|---|--:|--:|---|",
    ]
    for row in rows:
        quartiles = f"{shown(row.low)} to {shown(row.high)}" if row.ratio != 1 else ""
        figures = f"{shown(row.median)} | {shown(row.ratio)} | {quartiles}"
        lines.append(f"| {row.comparison} | {row.side} | {row.unit} | {figures} |")
    return "\n".join(lines)


def shown(value: float) -> str:
    """Three digits: there are no more in it."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def _machine() -> dict[str, Any]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
