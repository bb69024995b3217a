"""The moments at which a bot may die: counted from outside, and at one of them it does.

Nothing in the product knows of this. The launcher wraps, by name, what every unit of work, every HTTP
request and every call of an adapter must pass; a name that is not there any more is a clear error, so that
nobody takes a run without boundaries for one that went well.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CALLS = ("send", "edit", "delete", "publish", "find")  # of adapters: what acts out there, and what looks
KINDS = ("unit begins", "unit commits", "unit committed", "asks", "asked", "answered", "calls", "called")


class Vanished(RuntimeError):
    """What the launcher wraps is not where it was."""


class Boundaries:
    """Counts moments, notes each in the journal, and ends the process at the `kill_at`-th."""

    def __init__(self, journal: Path, kill_at: int | None) -> None:
        self.kill_at = kill_at
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._lock = threading.Lock()  # the writer's thread and the loop's come by here
        self._count = 0

    def reach(self, kind: str, what: str = "") -> None:
        """One moment. At the chosen one the process is gone before this returns."""
        with self._lock:
            self._count += 1
            os.write(self._journal, f"{self._count}\t{kind}\t{what}\n".encode())
            if self._count == self.kill_at:
                os.write(self._journal, b"killed\n")
                os.kill(os.getpid(), signal.SIGKILL)
                threading.Event().wait()  # the signal is on its way: nothing more is done here

    # --- what is wrapped ---

    def surround(self) -> None:
        """Put every boundary in place. Raises Vanished."""
        self._writer()
        self._requests()
        self._adapters()

    def _writer(self) -> None:
        """Before a unit of work begins, before it is committed, and before anybody hears that it was."""
        sqlalchemy = importlib.import_module("sqlalchemy")
        kind = part("bridgebot.store.writer", "Writer")
        transaction, made = member(kind, "_transaction"), member(kind, "__init__")
        member(kind, "engine")

        @functools.wraps(transaction)
        def around(writer: Any, *arguments: Any, **more: Any) -> Any:
            self.reach("unit begins")
            values = transaction(writer, *arguments, **more)
            self.reach("unit committed")
            return values

        @functools.wraps(made)
        def making(writer: Any, *arguments: Any, **more: Any) -> None:
            made(writer, *arguments, **more)
            sqlalchemy.event.listen(writer.engine(), "commit", lambda _: self.reach("unit commits"))

        kind._transaction, kind.__init__ = around, making

    def _requests(self) -> None:
        """Before a request, when its body is on its way, and when its answer begins."""
        session, request = part("aiohttp", "ClientSession"), part("aiohttp.client_reqrep", "ClientRequest")
        ask, write = member(session, "_request"), member(request, "write_bytes")

        @functools.wraps(ask)
        async def asking(own: Any, method: str, url: Any, *arguments: Any, **more: Any) -> Any:
            self.reach("asks", named(method, url))
            answer = await ask(own, method, url, *arguments, **more)
            self.reach("answered", named(method, url))
            return answer

        @functools.wraps(write)
        async def writing(own: Any, *arguments: Any, **more: Any) -> None:
            await write(own, *arguments, **more)
            self.reach("asked", named(own.method, own.url))

        session._request, request.write_bytes = asking, writing

    def _adapters(self) -> None:
        """Before and after each call of an adapter that acts."""
        loader = importlib.import_module("bridgebot.loader")
        load = member(loader, "load")

        @functools.wraps(load)
        def loading(*arguments: Any, **more: Any) -> Any:
            loaded = load(*arguments, **more)
            if loaded.adapter is not None:
                for call in CALLS:
                    if hasattr(loaded.adapter, call):
                        self._call(loaded.adapter, loaded.name, call)
            return loaded

        loader.load = loading

    def _call(self, adapter: Any, name: str, call: str) -> None:
        does: Callable[..., Any] = getattr(adapter, call)

        @functools.wraps(does)
        async def calling(*arguments: Any, **more: Any) -> Any:
            self.reach("calls", f"{name}.{call}")
            result = await does(*arguments, **more)
            self.reach("called", f"{name}.{call}")
            return result

        setattr(adapter, call, calling)


def part(module: str, name: str) -> Any:
    return member(importlib.import_module(module), name)


def member(owner: Any, name: str) -> Any:
    """An attribute by name; raises Vanished."""
    try:
        return getattr(owner, name)
    except AttributeError:
        known = getattr(owner, "__qualname__", getattr(owner, "__name__", owner))
        raise Vanished(
            f"{known} has no {name} any more: tests/crash/boundaries.py must wrap another"
        ) from None


def named(method: str, url: Any) -> str:
    """A request without its host, its query and whatever in its path is a secret or an id."""
    return f"{method} {'/'.join(map(_step, urlsplit(str(url)).path.split('/')))}"


def _step(one: str) -> str:
    if one.startswith("bot") and ":" in one:
        return "bot…"
    return "…" if any(sign.isdigit() for sign in one) and not one.startswith("v") else one


# --- patience --------------------------------------------------------------------------------------

# What the bot waits for though nothing happens. Servers on this machine know at once what they did, so
# the tests need not sit through what a federated network needs.
# A name may stand in any of the modules that are named, and is shortened wherever it does.
OUTBOX = ("bridgebot.outbox.outcome", "bridgebot.outbox.doubt")
POLLER = ("bridgebot.poller", "bridgebot.sightings", "bridgebot.streams")
HURRY: dict[str, tuple[tuple[str, ...], Any]] = {
    "LOOK_AFTER": (OUTBOX, (0.3, 1.0)),
    "FIRST_WAIT": (OUTBOX, 0.2),
    "EVERY": (POLLER, 1.0),
    "AFTER_SUBSCRIBING": (POLLER, 0.2),
    "WAIT_FOR_SEND": (POLLER, 0.2),
}


def hurry() -> None:
    """Shorten those waits. Raises Vanished."""
    for name, (modules, value) in HURRY.items():
        for owner in where(name, modules):
            setattr(owner, name, value)


def where(name: str, modules: Sequence[str]) -> list[Any]:
    """The modules that have this name; raises Vanished if none does."""
    there = [importlib.import_module(one) for one in modules if importlib.util.find_spec(one)]
    return [one for one in there if hasattr(one, name)] or [member(there[0], name)]
