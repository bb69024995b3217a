"""Whether a chat network takes the bot's credentials: asked by one call, while nothing runs.

The call is the adapter's `address`; no adapter is known here by name, and one that does not declare
it is not asked.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import aiohttp

from bridgebot import http, loader
from bridgebot.adapter import ChatAdapter, Command, Context, Handler
from bridgebot.cli.terminal import late, say_in
from bridgebot.errors import AdapterError, ConfigError, StoreError, Temporary, Unconfirmed
from bridgebot.ground import SystemClock
from bridgebot.loader import Prepared
from bridgebot.texts import Texts

T = TypeVar("T")

PATIENCE = 20.0  # seconds for one network; an operator sits before it
_TRIAL = "check"  # said in an address that nobody is going to open


class Verdict(enum.Enum):
    """What came of the question."""

    REACHED = "reached"  # the network knows the bot
    REFUSED = "refused"  # it does not: the configuration must be changed
    UNREACHABLE = "unreachable"  # nobody could say; perhaps later
    UNASKED = "unasked"  # the adapter has no such question


@dataclass(frozen=True, slots=True)
class Answer:
    """One network's answer; `words` are the address, or a sentence that says what is wrong."""

    name: str  # the adapter's, in the configuration
    title: str
    verdict: Verdict
    words: str = field(default="", repr=False)  # an address may hold a code

    @property
    def site(self) -> str:
        """The address without what it says to the bot."""
        return self.words.partition("?")[0]


def ask(
    prepared: Iterable[Prepared], language: str, *, start: str = _TRIAL, public_url: str | None = None
) -> tuple[Answer, ...]:
    """Ask each chat network at the same time. Takes `PATIENCE` at most; raises nothing of theirs."""
    chats = [one for one in prepared if is_chat(one)]
    return asyncio.run(_all(chats, language, start, public_url))


def is_chat(prepared: Prepared) -> bool:
    return prepared.kind is not None and issubclass(prepared.kind, ChatAdapter)


async def _all(
    chats: list[Prepared], language: str, start: str, public_url: str | None
) -> tuple[Answer, ...]:
    return tuple(await asyncio.gather(*(_one(chat, language, start, public_url) for chat in chats)))


async def _one(prepared: Prepared, language: str, start: str, public_url: str | None) -> Answer:
    kind: Any = prepared.kind
    if not kind.capabilities.address:
        return Answer(prepared.name, kind.title, Verdict.UNASKED)
    async with http.session(prepared.policy, public_url=public_url) as session:
        loaded = loader.load(prepared, _context(prepared, session, public_url), language)
        if not isinstance(loaded.adapter, ChatAdapter):
            return Answer(prepared.name, kind.title, Verdict.REFUSED, loaded.problem or "")
        verdict, words = await _asked(loaded.adapter, prepared, start, language)
        return Answer(prepared.name, kind.title, verdict, words)


async def _asked(
    adapter: ChatAdapter[Any], prepared: Prepared, start: str, language: str
) -> tuple[Verdict, str]:
    try:
        async with asyncio.timeout(PATIENCE):
            return Verdict.REACHED, await adapter.address(start)
    except TimeoutError:
        words = say_in(language, "reach-timeout", network=adapter.title, seconds=round(PATIENCE))
        return Verdict.UNREACHABLE, words
    except ConfigError as error:
        return Verdict.REFUSED, str(error)
    except AdapterError as error:
        later = isinstance(error, Temporary | Unconfirmed)
        verdict = Verdict.UNREACHABLE if later else Verdict.REFUSED
        return verdict, _sentence(error, verdict, adapter, prepared, language)
    except Exception as error:  # a bug of the adapter says nothing about the credentials
        words = say_in(language, "loader-failed", use=prepared.use, error=type(error).__name__)
        return Verdict.UNREACHABLE, words


def _sentence(
    error: AdapterError, verdict: Verdict, adapter: ChatAdapter[Any], prepared: Prepared, language: str
) -> str:
    """The adapter's own words. What the core says where it has none is for people who link an account."""
    if error.key == error.default_key:
        return say_in(language, f"reach-{verdict.value}", network=adapter.title)
    return Texts(prepared.texts)(language, error.key, **error.arguments)


# --- all of the house that there is before it stands --------------------------------------------


class _Memory:
    """A `State` for one question."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self._values.get(key)

    async def set(self, key: str, value: str) -> None:
        self._values[key] = value


class _Unserved:
    """`Routes` that nobody serves."""

    def __init__(self, public_url: str | None) -> None:
        self._base = public_url or "http://127.0.0.1"

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Nothing: no server runs."""

    def url(self, path: str) -> str:
        return f"{self._base}{path}"


class _NoDatabase:
    async def run(self, unit: Callable[[Any, datetime], T]) -> T:
        raise StoreError("The database is closed.")

    async def read(self, unit: Callable[[Any, datetime], T]) -> T:
        raise StoreError("The database is closed.")


def _menu(texts: Texts, language: str, *, whole: bool = False) -> tuple[Command, ...]:
    """As a running bot has it. Hardly any adapter asks for it here: the commands are imported only then."""
    found: tuple[Command, ...] = late("bridgebot.commands").menu(texts, language, whole=whole)
    return found


def _context(prepared: Prepared, session: aiohttp.ClientSession, public_url: str | None) -> Context:
    texts = Texts(prepared.texts)
    return Context(
        name=prepared.name,
        http=session,
        clock=SystemClock(),
        state=_Memory(),
        routes=_Unserved(public_url),
        texts=texts,
        menu=partial(_menu, texts),
        database=_NoDatabase(),
    )
