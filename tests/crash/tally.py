"""What came of many trials: counts, kept in a file that `docs/delivery.md` shows as a table."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.crash.laws import Evidence, repeated, reports, violations

RESULTS = Path(__file__).with_name("results.json")
HEAD = "| what | over | moments | kills | posts | items | shown twice | reported | broken | date | command |"


@dataclass
class Tally:
    """Trials of one kind; `broken` names each law that did not hold, with the trial."""

    moments: int = 0  # that the recorded run passed; 0: kills came at random
    kills: int = 0
    posts: int = 0  # copies that had to stand on a network, exactly once each
    items: int = 0  # messages that had to come to the chat
    repeated: int = 0  # of them, came a second time after an unconfirmed call
    reported: int = 0  # posts reported as unconfirmed or failed
    broken: list[str] = field(default_factory=list)

    def add(self, seen: Evidence, where: str, kills: int) -> None:
        """One trial more."""
        self.kills += kills
        self.posts += len(seen.places) * sum(1 for wrote in seen.wrote if wrote.text is not None)
        self.items += len(seen.wrote) + len(seen.mirrored) + len(seen.answers)
        self.repeated += repeated(seen)
        self.reported += reports(seen)
        self.broken += [f"{where}: {broken}" for broken in violations(seen)]

    def row(self, what: str, over: str, command: str) -> dict[str, Any]:
        counts = asdict(self) | {"broken": len(self.broken)}
        return {
            "what": what,
            "over": over,
            **counts,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "command": command,
        }


def command(config: pytest.Config, **variables: str) -> str:
    """What was typed to get a result."""
    given = [f"{name}={value}" for name, value in variables.items()]
    return shlex.join([*given, "pytest", *map(str, config.invocation_params.args)])


def keep(row: dict[str, Any], file: Path = RESULTS) -> None:
    """In place of the last result of that kind."""
    rows = [one for one in kept(file) if (one["what"], one["over"]) != (row["what"], row["over"])]
    rows = sorted([*rows, row], key=lambda one: (one["what"], one["over"]))
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kept(file: Path = RESULTS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return found


def table(rows: Sequence[dict[str, Any]] | None = None) -> str:
    """The results as a page shows them."""
    lines = [HEAD, f"|{' --- |' * HEAD.count(' | ')} --- |"]
    for one in kept() if rows is None else rows:
        cells = [one[name] for name in ("what", "over", "moments", "kills", "posts", "items")]
        cells += [one[name] for name in ("repeated", "reported", "broken", "date")]
        lines.append(
            f"| {' | '.join(str(cell or '–') if cell != 0 else '0' for cell in cells)} | `{one['command']}` |"
        )
    return "\n".join(lines)
