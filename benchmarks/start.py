"""What importing costs: a process that imports one module and ends, beside one that imports nothing.

And P19: `bridgebot --help`, beside the least program of the same library for command lines.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.runner import Comparison, Figures, Side, Void
from bridgebot.loader import available

_ROOT = Path(__file__).parents[1]
# The highest that the process's memory was, said by itself: a parent's account of its children begins with
# the memory of the parent.
_SAY = "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"


HEAVY = ("telegram", "slixmpp", "sqlalchemy", "aiohttp", "alembic", "pydantic", "cryptography", "msgspec")
_HELP = f"""
import contextlib, io, sys
from bridgebot.cli import main
with contextlib.redirect_stdout(io.StringIO()) as out:
    main(["--help"])
assert "check-config" in out.getvalue()
found = set({HEAVY!r}) & sys.modules.keys() | {{name for name in sys.modules if name.startswith("adapters")}}
assert not found, found
"""
_LIBRARY = """
import contextlib, io
from cyclopts import App
app = App(name="least", help_format="plaintext")
@app.command
def run(*, config: str = "config.yaml") -> None:
    "Run it."
with contextlib.redirect_stdout(io.StringIO()) as out:
    app(["--help"], exit_on_error=False, result_action="return_value")
assert "run" in out.getvalue()
"""


def run(statement: str) -> Figures:
    """Seconds from the start of the interpreter to its end, of the clock and of CPU, and MiB of memory."""
    before, start = _children(), time.perf_counter()
    command = [sys.executable, "-c", f"{statement}\n{_SAY}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, env=_environment())
    if done.returncode:
        raise Void(done.stderr.strip().splitlines()[-1])
    wall = time.perf_counter() - start
    return {"s": wall, "CPU s": _children() - before, "MiB": int(done.stdout) / 1024}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    """Modules are compiled once, in the round that does not count."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    """The core beside nothing; every adapter alone beside nothing, and with the core beside the core."""
    nothing, core = Side("nothing", lambda: run("pass")), _importing("the core", "bridgebot.app")
    helped, library = Side("bridgebot --help", lambda: run(_HELP)), Side("cyclopts", lambda: run(_LIBRARY))
    found = [Comparison("start, --help", helped, (library,)), Comparison("start, the core", core, (nothing,))]
    for name in sorted(available())[: max(1, round(len(available()) * scale))]:
        module = f"adapters.{name}"
        found.append(Comparison(f"start, {name}", _importing(name, module), (nothing,)))
        both = _importing(f"the core and {name}", "bridgebot.app", module)
        found.append(Comparison(f"start, {name} in the house", both, (core,)))
    yield found


def _importing(name: str, *modules: str) -> Side:
    return Side(name, lambda: run(f"import {', '.join(modules)}"))
