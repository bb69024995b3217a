"""Starts bots that die at a chosen moment: `bridgebot run` with boundaries around it, put there from outside.

    python -m tests.crash.launcher run --config config.yaml --journal journal --kill-at 17
    python -m tests.crash.launcher serve

`serve` imports everything once and then forks a bot for each line that it reads: starting one so takes
some hundred milliseconds instead of seconds. It answers with the bot's process id, and when its own input
ends it ends every bot that still runs.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.crash.boundaries import Boundaries, hurry

MODULES = ("bridgebot.cli.commands", "bridgebot.app", "uvloop", "adapters.plaza", "adapters.mastodon")
MODULES += ("adapters.telegram", "adapters.xmpp", "alembic.runtime.migration", "aiosqlite")


@dataclass(frozen=True)
class Order:
    """A bot to be started."""

    folder: str
    arguments: list[str]  # of the command `bridgebot`
    log: str = ""  # empty: where this process writes
    journal: str = ""  # empty: nothing is counted, and nothing is wrapped
    kill_at: int | None = None  # None: it is not killed
    hurry: bool = True


def live(order: Order) -> int:
    """Be that bot, to its end; the exit code."""
    os.chdir(order.folder)
    if order.journal:
        Boundaries(Path(order.journal), order.kill_at).surround()
    if order.hurry:
        hurry()
    code: int = importlib.import_module("bridgebot.cli").main(order.arguments)
    return code


# --- forked ----------------------------------------------------------------------------------------


def serve() -> None:
    """Fork a bot for each order that comes in, until nobody can give one any more."""
    for module in MODULES:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how a bot ended
    tell("ready")
    bots: list[int] = []
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            become(Order(**json.loads(line)), bots)
        bots.append(os.pidfd_open(pid))
        tell(str(pid))
    for bot in bots:
        try:
            signal.pidfd_send_signal(bot, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has ended long ago


def become(order: Order, others: Sequence[int]) -> None:
    """In the fork: a process of its own, with nothing of what this one held open."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()  # or every bot would draw the same jitter
        for other in others:
            os.close(other)
        redirect(order.log)
        code = live(order)
        sys.stderr.flush()
    finally:
        os._exit(code)


def redirect(log: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for mine, wanted in ((nothing, 0), (stream, 1), (stream, 2)):
        os.dup2(mine, wanted)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def written(order: Order) -> str:
    """An order as `serve` reads it."""
    return json.dumps(asdict(order)) + "\n"


# --- the command line ------------------------------------------------------------------------------


def arguments(given: Sequence[str]) -> Any:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.launcher")
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("serve")
    run = does.add_parser("run")
    run.add_argument("--config", type=Path, required=True)
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    run.add_argument("--journal", type=Path, default=None, help="beside the configuration unless given")
    run.add_argument("--kill-at", type=int, default=None)
    run.add_argument("--hurry", action="store_true")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    wanted = arguments(given)
    if wanted.does == "serve":
        serve()
        return 0
    config, more = wanted.config.resolve(), [word for one in wanted.set for word in ("--set", one)]
    order = Order(
        folder=str(config.parent),
        arguments=["run", "--config", str(config), *more],
        journal=str((wanted.journal or config.with_name("journal")).resolve()),
        kill_at=wanted.kill_at,
        hurry=wanted.hurry,
    )
    return live(order)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
