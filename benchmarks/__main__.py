"""`python -m benchmarks [NAME | GOAL …]`: tables of what was measured and of what it says about the goals.

`--json FILE` adds a line of JSON for each row of the first; `--results FILE` writes the second as JSON, and
`--page FILE` puts it between the marks of a page.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import (
    fanout,
    latency,
    limited,
    mastodon_page,
    mastodon_render,
    mirror,
    polling,
    render,
    replies,
    restart,
    sky,
    stall,
    start,
    stuck,
    telegram_in,
    telegram_out,
    through,
    xmpp_echo,
)
from benchmarks.goals import Result, document, judged
from benchmarks.goals import table as goals_table
from benchmarks.page import put_in
from benchmarks.runner import Benchmark, Row, Void, compare, table
from benchmarks.wanted import BY_ID, GOALS

BENCHMARKS: dict[str, Benchmark] = {
    "through": through.comparisons,
    "latency": latency.comparisons,
    "fan-out": fanout.comparisons,
    "limited": limited.comparisons,
    "stuck": stuck.comparisons,
    "stall": stall.comparisons,
    "polling": polling.comparisons,
    "sky": sky.comparisons,
    "mirror": mirror.comparisons,
    "restart": restart.comparisons,
    "replies": replies.comparisons,
    "xmpp-echo": xmpp_echo.comparisons,
    "telegram-in": telegram_in.comparisons,
    "telegram-out": telegram_out.comparisons,
    "mastodon-page": mastodon_page.comparisons,
    "mastodon-render": mastodon_render.comparisons,
    "render": render.comparisons,
    "start": start.comparisons,
}

QUICK_ROUNDS, QUICK_SCALE = 2, 0.1


def measure(name: str, rounds: int, scale: float) -> Iterator[Row]:
    """The rows of one benchmark, comparison after comparison."""
    with BENCHMARKS[name](scale) as comparisons:
        for comparison in comparisons:
            yield from compare(comparison, rounds)


def measured(name: str, rounds: int, scale: float) -> tuple[list[Row], list[Result]]:
    """A benchmark, and its goals. What could not be measured rightly is void, and the rest goes on."""
    rows: list[Row] = []
    goals = GOALS.get(name, ())
    try:
        rows.extend(measure(name, rounds, scale))
    except Void as error:
        print(f"{name} is void: {error}", file=sys.stderr)
        there = {row.comparison for row in rows}
        return rows, [
            judged(goal, rows) if goal.comparison in there else Result(goal, void=str(error))
            for goal in goals
        ]
    return rows, [judged(goal, rows) for goal in goals]


def chosen(given: Sequence[str]) -> list[str]:
    """The benchmarks behind names of benchmarks and of goals, each once, in their order."""
    wanted = {BY_ID.get(one, one) for one in given}
    return [name for name in BENCHMARKS if not given or name in wanted]


def main(arguments: Sequence[str] | None = None) -> None:
    given = _given(arguments)
    rounds, scale = (QUICK_ROUNDS, QUICK_SCALE) if given.quick else (given.rounds, given.scale)
    results: list[Result] = []
    for name in chosen(given.names):
        rows, found = measured(name, rounds, scale)
        print(
            f"\n{name}: {time.strftime('%H:%M')}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True
        )
        results += found
        print(f"\n{name}\n\n{table(rows)}", flush=True)
        if found:
            print(f"\n{goals_table(found)}", flush=True)
        if given.json is not None:
            _append(given.json, rows)
        if given.results is not None:
            _write(given.results, document(results))
        if given.page is not None:
            given.page.write_text(put_in(given.page.read_text("utf-8"), results), "utf-8")


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, beside the limits.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join((*BENCHMARKS, *BY_ID))} (all)"
    )
    parser.add_argument("--rounds", type=int, default=12, help="that count, after one that does not (12)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of work (1)")
    parser.add_argument("--quick", action="store_true", help="little of all: to see that it runs")
    parser.add_argument("--json", type=Path, help="a file to which the rows are added as JSON lines")
    parser.add_argument("--results", type=Path, help="a file for what came of the goals, as JSON")
    parser.add_argument("--page", type=Path, help="a page between whose marks the table of goals is put")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS) - set(BY_ID):
        parser.error(f"there is no {', '.join(sorted(unknown))}: {', '.join((*BENCHMARKS, *BY_ID))}")
    return given


def _append(file: Path, rows: Sequence[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(f"{row.json()}\n" for row in rows)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
