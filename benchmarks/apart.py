"""Work in a process of its own, on a core of its own.

    python -m benchmarks.apart MODULE:FUNCTION LOOP JSON      # calls it with that, prints its answer

What is measured (the bot, or a limit) has one core, the servers that it speaks to have the other: a server
on the same core would be measured with it, and threads that change cores make other figures from run to
run.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

from benchmarks.runner import Void

ROOT = Path(__file__).parents[1]
MEASURED, SERVERS = 0, 1  # which of the cores this process may use, by their order
# The event loop. The bot has the one that it would have under `bridgebot run`: uvloop, where that is
# installed. A limit has Python's own, as the scripts had by which the goals were set.
HOUSE, PLAIN = "house", "plain"


class Failed(Void):
    """The process ended with an error; the words are the last that it wrote."""


def cores() -> list[int]:
    """The cores that may be used, the first for what is measured."""
    return sorted(os.sched_getaffinity(0))


def core(which: int) -> set[int]:
    """Where there is only one core, both share it."""
    allowed = cores()
    return {allowed[min(which, len(allowed) - 1)]}


def run(target: str, *, loop: str = HOUSE, timeout: float = 600, **arguments: Any) -> dict[str, Any]:
    """Call `module:function` in a fresh process on the core of what is measured; its answer."""
    command = [sys.executable, "-m", "benchmarks.apart", target, loop, json.dumps(arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=timeout,
        preexec_fn=lambda: os.sched_setaffinity(0, core(MEASURED)),
    )  # fmt: skip
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
        raise Failed(done.stderr.strip().rpartition("\n")[2])
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@contextlib.contextmanager
def serving(module: str, *arguments: str) -> Iterator[list[int]]:
    """A server in a process on the other core: the ports that it prints, while the block lasts."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment(),
        preexec_fn=lambda: os.sched_setaffinity(0, core(SERVERS)),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield [int(port) for port in process.stdout.readline().split()]
        finally:
            process.terminate()


def environment() -> dict[str, str]:
    """Modules are compiled once, in the round that does not count."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(target: str, loop: str, arguments: str) -> None:
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    given = json.loads(arguments)
    is_work = inspect.iscoroutinefunction(function)
    answer = _on_loop(function(**given), loop) if is_work else function(**given)
    print(json.dumps(answer), flush=True)


def _on_loop(work: Coroutine[Any, Any, Any], loop: str) -> Any:
    if loop == PLAIN or importlib.util.find_spec("uvloop") is None:
        return asyncio.run(work)
    return importlib.import_module("uvloop").run(work)


if __name__ == "__main__":
    main(*sys.argv[1:4])
