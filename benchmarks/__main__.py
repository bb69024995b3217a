"""`python -m benchmarks [NAME …]`: a table, and with `--json FILE` a line of JSON for each row of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import mastodon_page, mastodon_render, stall, start, telegram_in, telegram_out
from benchmarks.runner import Benchmark, Row, compare, table

BENCHMARKS: dict[str, Benchmark] = {
    "telegram-in": telegram_in.comparisons,
    "telegram-out": telegram_out.comparisons,
    "mastodon-page": mastodon_page.comparisons,
    "mastodon-render": mastodon_render.comparisons,
    "start": start.comparisons,
    "stall": stall.comparisons,
}


def measure(name: str, rounds: int, scale: float) -> Iterator[Row]:
    """The rows of one benchmark, comparison after comparison."""
    with BENCHMARKS[name](scale) as comparisons:
        for comparison in comparisons:
            yield from compare(comparison, rounds)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, beside the limits.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)} (all)")
    parser.add_argument("--rounds", type=int, default=12, help="that count, after one that does not (12)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of work (1)")
    parser.add_argument("--json", type=Path, help="a file to which the rows are added as JSON lines")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}: {', '.join(BENCHMARKS)}")
    for name in given.names or BENCHMARKS:
        rows = list(measure(name, given.rounds, given.scale))
        print(f"\n{name}\n\n{table(rows)}", flush=True)
        if given.json is not None:
            given.json.parent.mkdir(parents=True, exist_ok=True)
            with given.json.open("a", encoding="utf-8") as file:
                file.writelines(f"{row.json()}\n" for row in rows)


if __name__ == "__main__":
    main()
