"""A context without a house: for adapters that need neither network nor database, and outside a loop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import aiohttp

from bridgebot.adapter import Clock, Command, Context, Handler
from bridgebot.testing.clock import ManualClock

T = TypeVar("T")


class MemoryState:
    """A `State` that forgets with the process. `values` may be looked at and kept for a next start."""

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self.values = values if values is not None else {}

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def set(self, key: str, value: str) -> None:
        self.values[key] = value


class _NoRoutes:
    def add(self, method: str, path: str, handler: Handler) -> None:
        raise AssertionError("This context serves nothing: use bridgebot.testing.context.")

    def url(self, path: str) -> str:
        return f"http://bridgebot.invalid{path}"


class _NoDatabase:
    async def run(self, unit: Callable[[Any, datetime], T]) -> T:
        raise AssertionError("This context has no database: use bridgebot.testing.context.")

    async def read(self, unit: Callable[[Any, datetime], T]) -> T:
        return await self.run(unit)


class _NoSession:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError("This context reaches no network: use bridgebot.testing.context.")


def _key(language: str, key: str, /, **arguments: str | int) -> str:
    words = " ".join(f"{name}={value}" for name, value in arguments.items())
    return f"{key} {words}".strip()


def _menu(language: str, *, whole: bool = False) -> tuple[Command, ...]:
    more = (Command("undo", "take back", "nothing"), Command("post", "post", "text")) if whole else ()
    return (Command("start", "begin"), Command("help", "say how"), *more)


def bare_context(name: str, *, clock: Clock | None = None) -> Context:
    """A context of memory only; its texts are their keys."""
    return Context(
        name=name,
        http=cast(aiohttp.ClientSession, _NoSession()),
        clock=clock or ManualClock(),
        state=MemoryState(),
        routes=_NoRoutes(),
        texts=_key,
        menu=_menu,
        database=_NoDatabase(),
    )
