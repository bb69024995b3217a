"""What must hold for a figure to be one: count, order, no repetition, nothing open, a disk that is asked."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FULL = 2  # what `PRAGMA synchronous` answers then
IN_MEMORY = frozenset({"tmpfs", "ramfs"})  # file systems where a flush does nothing


def log(port: int) -> dict[str, Any]:
    """What the servers noted; one port is as good as another."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_log", timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def reset(port: int, **behaviour: Any) -> None:
    """Forget the notes, and behave so from now on."""
    tell(port, "_reset", behaviour)


def say(port: int, *, person: int, text: str) -> None:
    """Somebody writes to the bot, at the server of Telegram."""
    tell(port, "_say", {"person": person, "text": text})


def tell(port: int, what: str, said: dict[str, Any]) -> None:
    """Tell a server what it is to do, by a POST."""
    body = json.dumps(said).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{what}", data=body, timeout=60) as answer:
        answer.read()


def posted(posts: Sequence[Sequence[Any]], expected: Mapping[str, Sequence[int]]) -> list[str]:
    """What is wrong with what reached the accounts: by token, the numbers that each must have, in order."""
    came: dict[str, list[int]] = defaultdict(list)
    for _, _, token, word in posts:
        came[token].append(int(word[1:]))
    problems = []
    wanted, got = sum(map(len, expected.values())), len(posts)
    if wanted != got:
        problems.append(f"{got} posts, not {wanted}")
    if twice := sum(n - 1 for one in came.values() for n in Counter(one).values() if n > 1):
        problems.append(f"{twice} posted twice")
    if wrong := sum(came[token] != list(numbers) for token, numbers in expected.items()):
        problems.append(f"{wrong} lanes out of order or incomplete")
    return problems


def disk(file: Path) -> list[str]:
    """Whether what lies there is written in WAL mode to something that can be flushed."""
    connection = sqlite3.connect(file)
    mode = connection.execute("pragma journal_mode").fetchone()[0]
    connection.close()
    problems = [] if mode == "wal" else [f"journal mode {mode}"]
    kind = file_system(file)
    return problems + ([f"the database lies on {kind}: nothing is flushed"] if kind in IN_MEMORY else [])


def durable(synchronous: int) -> list[str]:
    """Whether commits flush, as the connection that writes says it itself."""
    return [] if synchronous == FULL else [f"synchronous={synchronous}, not FULL"]


def file_system(path: Path) -> str:
    """The kind of the file system that holds a path: the longest mount point above it."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(len(point), kind) for point, kind in mounts if path.resolve().is_relative_to(point)]
    return max(above)[1] if above else "unknown"
