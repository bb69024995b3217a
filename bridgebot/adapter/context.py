"""All of the house that an adapter sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

import aiohttp
from aiohttp import web

from bridgebot.http.retry import Left
from bridgebot.model import Account, Incoming

T = TypeVar("T")


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait so long."""


class Receive(Protocol):
    """Hands one thing in; returns when it is committed, so acknowledge it to the network only then.

    It may be called concurrently; within a chat the order is that of the calls. `state` is written
    in the same unit of work as the thing: an offset, a stanza id.
    """

    async def __call__(self, thing: Incoming, *, state: Mapping[str, str] | None = None) -> None: ...


class State(Protocol):
    """Small values kept for one adapter, encrypted at rest."""

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Routes(Protocol):
    """What an adapter serves over HTTP: a webhook, pages. Declared in the adapter's constructor."""

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Serve `path` (aiohttp's pattern syntax, from the root of the site)."""

    def url(self, path: str) -> str:
        """The absolute address of `path` as people reach it: `web.public_url`, else where it listens."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a menu shows it."""

    name: str  # without the slash: lower case, Latin letters
    description: str
    # What may be said behind it: nothing, a few words on one line, or any text.
    takes: Literal["nothing", "words", "text"] = "words"

    def said(self, words: str) -> str:
        """The text of the message that says this command: a form of it is handed in as that `Message`,
        and means what the same words in the chat would mean.
        """
        return f"/{self.name} {words}".rstrip()


class Menu(Protocol):
    """What stands in the bot's menu, for a chat network that shows one; `whole`: every command that a
    person may use in their direct chat, for one that shows them as forms.
    """

    def __call__(self, language: str, *, whole: bool = False) -> Sequence[Command]: ...


class Translate(Protocol):
    """An adapter's own texts and the core's, by key."""

    def __call__(self, language: str, key: str, /, **arguments: str | int) -> str: ...


class Database(Protocol):
    """The house's writer, for an adapter that declares tables of its own.

    A unit is a plain function of (SQLAlchemy connection, now). It must be repeatable and do no
    other I/O: if the group it was committed with is rolled back, it runs again.
    """

    async def run(self, unit: Callable[[Any, datetime], T]) -> T:
        """Run `unit` on the writer; returns after its commit."""

    async def read(self, unit: Callable[[Any, datetime], T]) -> T:
        """Run a unit that writes nothing, beside the writer."""


class Rates(Protocol):
    """Takes what a network says of its own limits, so that the house slows down before a 429."""

    def heard(self, rate: str, account: Account | None, left: Left, *, server: str = "") -> None:
        """What is left of a declared rate for this account, or for `server` without one. A hint that costs
        nothing: call it for every answer that says so. What lies further away than the rate's own span
        is about another limit.
        """


class Unheard:
    """`Rates` where nobody listens: a context without a house."""

    def heard(self, rate: str, account: Account | None, left: Left, *, server: str = "") -> None:
        """Nothing follows."""


UNHEARD = Unheard()


@dataclass(frozen=True, slots=True)
class Context:
    """All of the house that an adapter sees."""

    name: str  # the adapter's name in the configuration
    http: aiohttp.ClientSession  # guarded: see `bridgebot.http`
    clock: Clock
    state: State
    routes: Routes
    texts: Translate
    menu: Menu
    database: Database
    rates: Rates = UNHEARD
