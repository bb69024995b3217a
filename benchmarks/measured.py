"""Sides that run in a process of their own, and are sized so that one run takes as long as it should."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import apart
from benchmarks.runner import Figures, Side, Void

SECONDS = 2.5  # that one run takes, so that none that counts is below two


def answered(answer: dict[str, Any]) -> Figures:
    """The figures of a process's answer. Raises Void where it says that something was wrong."""
    if answer["problems"]:
        raise Void("; ".join(answer["problems"]))
    figures: Figures = answer["figures"]
    return figures


def apart_from(name: str, target: str, *, loop: str = apart.HOUSE, **arguments: Any) -> Side:
    """A side that is one call in a fresh process."""
    return Side(name, lambda: answered(apart.run(target, loop=loop, **arguments)))


class Sized:
    """The same with a count: the round that does not count tells how many there must be."""

    def __init__(
        self, target: str, unit: str, first: int, scale: float, *, loop: str = apart.HOUSE, **arguments: Any
    ) -> None:
        self._call: Callable[[int], Figures] = lambda count: answered(
            apart.run(target, loop=loop, count=count, **arguments)
        )
        self._unit = unit
        self._seconds = SECONDS * scale
        self._least = max(1, round(first * scale))
        self.count = self._least
        self.rate = 0.0  # the last one

    def __call__(self) -> Figures:
        figures = self._call(self.count)
        self.rate = figures[self._unit]
        self.count = max(self._least, round(self.rate * self._seconds))
        return figures


def constant(name: str, figures: Figures) -> Side:
    """A limit that is arithmetic."""
    return Side(name, lambda: figures)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all are: 0.5 is the median."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
