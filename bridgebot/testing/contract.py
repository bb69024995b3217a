"""What both contracts share: the stage on which an adapter meets its fake server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import pytest
import pytest_asyncio

from bridgebot.adapter import Context, Rate
from bridgebot.errors import AdapterError, Temporary
from bridgebot.model import Limits, Markup, Span
from bridgebot.testing.context import house
from bridgebot.testing.shelf import LANGUAGES, Shelf

T = TypeVar("T")
A = TypeVar("A", bound=Any)
R = TypeVar("R", bound="Remote")

# What a network must carry as it is: each of these was eaten by some bridge or other.
TEXTS = (
    "plain",
    "你好，世界！在吗？",
    "👩‍👩‍👧‍👦 and 🇨🇳 and 👍🏽",
    "one\ntwo\n\nfour",
    "a: b :smile: 10:30",
    "<b>not bold</b> &amp; *stars* _lines_ `ticks` [x](y) ~~no~~ > quote",
    "1/2 -20°C #5 100% \\n {braces} \"quotes\" 'single'",
    "  two in front",
    "two behind  ",
)


def emphasised(kinds: Iterable[Markup]) -> tuple[str, tuple[Span, ...]]:
    """A text with one stretch of each kind, behind characters that other units count differently."""
    text, spans = "", []
    for kind in sorted(kinds):
        text += "👩‍👩‍👧‍👦 你好: "
        url = "https://stones.example/found?by=ada" if kind == "link" else None
        spans.append(Span(len(text), len(text) + len(label := f"{kind} 重点 👍🏽"), kind, url))
        text += f"{label}, "
    return f"{text}and so on", tuple(spans)


class Remote(Protocol):
    """The network's side, as far as both contracts need it."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must never be seen in a log, an error or a repr: tokens, passwords that are in use now."""


@dataclass(slots=True)
class Stage(Generic[A, R]):
    """One adapter, its house and its network, for one test."""

    adapter: A
    remote: R
    context: Context
    make: Callable[[], A]  # the adapter as it is after a restart: same state, same network
    deadline: float  # how many seconds to wait for what must come
    log: list[str] = field(default_factory=list)  # every line that was logged
    errors: list[AdapterError] = field(default_factory=list)  # every error that was expected and came

    @contextlib.contextmanager
    def raises(self, *kinds: type[AdapterError]) -> Iterator[list[AdapterError]]:
        """An error of one of these kinds must come, and both languages must have its text."""
        caught: list[AdapterError] = []
        with pytest.raises(kinds) as info:
            yield caught
        caught.append(info.value)
        self.errors.append(info.value)
        self.reads(info.value.key, info.value.arguments)

    def reads(self, key: str, arguments: Mapping[str, str | int]) -> None:
        """People can read this: the text is there in each language and its arguments suffice."""
        if not key.startswith(("error-", "http-")):  # the core's own
            for language in LANGUAGES:
                assert self.context.texts(language, key, **arguments).strip(), f"{key} is empty"

    def slows(self, error: AdapterError, seconds: float) -> None:
        """The error of a 429: when to come back, and which rate it is about."""
        assert isinstance(error, Temporary)
        assert error.retry_after == seconds, "the server said when to come back"
        names = {"", *(rate.name for rate in self.adapter.capabilities.rates)}
        assert error.rate in names, "it came too fast: `rate` names a declared rate, or is empty"

    async def eventually(self, look: Callable[[], Awaitable[T]], what: str) -> T:
        """Wait until `look` gives something true, and give it back."""
        end = asyncio.get_running_loop().time() + self.deadline
        while not (seen := await look()):
            assert asyncio.get_running_loop().time() < end, f"{what} did not happen in {self.deadline} s"
            await asyncio.sleep(0.005)
        return seen

    def keeps_secrets(self, *shown: object) -> None:
        """No secret of the network is in the repr or str of these, in an error or in the log."""
        texts = [form(thing) for thing in (*shown, *self.errors) for form in (repr, str)]
        for secret in self.remote.secrets:
            assert not [text for text in (*texts, *self.log) if secret in text], "a secret is shown"


class Contract(Generic[A, R]):
    """A test class: subclass one of the two contracts, say which module, and make its fake server.

    Every test takes `stage`; its docstring is the promise that it checks.
    """

    pytestmark = pytest.mark.asyncio
    module: ClassVar[ModuleType]
    texts_in: ClassVar[ModuleType | None] = None  # of an adapter in parts: which of them has the texts
    deadline: ClassVar[float] = 5.0

    def remote(self) -> AbstractAsyncContextManager[R]:
        """Start the network, fake or real; it ends with the test."""
        raise NotImplementedError

    def config(self, remote: R) -> Mapping[str, Any]:
        """The options with which the adapter finds this network."""
        return {}

    def adapter(self, context: Context, remote: R) -> A:
        """The adapter for this network."""
        adapter: A = self.module.Adapter(self.module.Config(**self.config(remote)), context)
        return adapter

    @contextlib.asynccontextmanager
    async def on_stage(self) -> AsyncIterator[Stage[A, R]]:
        """Everything that one test needs."""
        with _logged() as log:
            async with self.remote() as remote, house(self.texts_in or self.module) as context:

                def make() -> A:
                    return self.adapter(context, remote)

                yield Stage(make(), remote, context, make, self.deadline, log)

    @pytest_asyncio.fixture
    async def stage(self) -> AsyncIterator[Stage[A, R]]:
        async with self.on_stage() as stage:
            yield stage

    async def test_texts_stand_in_both_languages(self, stage: Stage[A, R]) -> None:
        """Every text that the adapter uses is there in English and in Chinese, with the same arguments."""
        shelf = Shelf(str(self.module.__file__))
        english, chinese = (shelf.keys(language) for language in LANGUAGES)
        assert english == chinese, "the two languages differ in keys or arguments"
        assert shelf.used() <= english.keys(), "a key is used that has no text"
        assert [key for key in english if not key.startswith(shelf.prefix)] == [], "a key without the prefix"

    async def test_configuration_refuses_unknown_options(self, stage: Stage[A, R]) -> None:
        """A misspelt option is refused; the network's name for people is not empty."""
        kind = type(stage.adapter.config)
        assert kind.model_config.get("extra") == "forbid"
        assert stage.adapter.title.strip()

    async def test_rates_can_be_kept(self, stage: Stage[A, R]) -> None:
        """Each declared rate has a name of its own and allows something; with `pace: 0` none holds."""
        rates: Sequence[Rate] = stage.adapter.capabilities.rates
        assert len({rate.name for rate in rates} - {""}) == len(rates), "two rates of one name, or of none"
        for rate in rates:
            assert rate.amount >= rate.burst >= 1, f"{rate.name} lets nothing through, or more than it says"
            assert rate.seconds > 0
        boundless = stage.adapter.config.model_copy(update={"pace": 0.0})
        assert type(stage.adapter)(boundless, stage.context).rates == ()


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextlib.contextmanager
def _logged() -> Iterator[list[str]]:
    """Every line, however quiet the process: also a server's own of each request, with its address."""
    lines = list[str]()
    handler, root = _Lines(lines), logging.getLogger()
    loud = (root, logging.getLogger("aiohttp.access"))
    levels = [logger.level for logger in loud]
    root.addHandler(handler)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        for logger, level in zip(loud, levels, strict=True):
            logger.setLevel(level)
        root.removeHandler(handler)


def needs(condition: object, what: str) -> None:
    """The rest of this test is only for adapters that have `what`."""
    if not condition:
        pytest.skip(f"not declared: {what}")


def fill(limits: Limits, extra: int = 0) -> str:
    """A text of exactly the longest length, by this network's own measure, plus `extra`."""
    return "x" * (limits.max_length + extra)


def fill_wide(limits: Limits) -> str:
    """As long as allowed, of characters that the units of length count differently."""
    wide = {"utf16": "😀", "bytes": "é", "graphemes": "é", "characters": "字"}[limits.unit]
    text = wide * (limits.max_length // limits.length(wide))
    return text + "x" * (limits.max_length - limits.length(text))
