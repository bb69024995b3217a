"""How fast updates come in: `Adapter.run` with a `receive` that does nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks import bot_api
from benchmarks.limits import bot_api as bare
from benchmarks.limits import telegram_bot as stock
from benchmarks.runner import Comparison, Figures, Side, Stopwatch
from benchmarks.telegram import adapter
from bridgebot.model import Incoming

UPDATES = 20_000  # in one run
_BATCH = 50  # what the adapter asks for at a time

Take = Callable[[Any], bool]


class Taken:
    """Counts what comes, from the first to the last: connecting is not measured."""

    def __init__(self, wanted: int) -> None:
        self.watch = Stopwatch()
        self._wanted = wanted
        self._count = 0

    def __call__(self, thing: Any) -> bool:
        """Take one; True when that was the last."""
        if not self._count:
            self.watch.start()
        self._count += 1
        if self._count == self._wanted:
            self.watch.stop()
        return self._count >= self._wanted

    def figures(self) -> Figures:
        assert self._count == self._wanted, f"{self._count} came, not {self._wanted}"
        return self.watch.per_second(self._wanted - 1, "updates")


async def _adapter(api: str, take: Take) -> None:
    enough = asyncio.Event()

    async def receive(thing: Incoming, *, state: Mapping[str, str] | None = None) -> None:
        if take(thing):
            enough.set()

    async with adapter(api) as telegram:
        running = asyncio.create_task(telegram.run(receive))
        await enough.wait()
        running.cancel()
        await asyncio.wait([running])


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    count = max(2, round(UPDATES * scale))

    def side(name: str, poll: Callable[[Take], Awaitable[None]]) -> Side:
        def run() -> Figures:
            taken = Taken(count)
            asyncio.run(asyncio.wait_for(poll(taken), 120))
            return taken.figures()

        return Side(name, run)

    with bot_api.running(count) as api:
        yield [
            Comparison(
                "telegram-in",
                side("adapter", lambda take: _adapter(api, take)),
                (
                    side("bare aiohttp", lambda take: bare.poll(api, _BATCH, take)),
                    side("python-telegram-bot as it comes", lambda take: stock.poll(api, take)),
                ),
            )
        ]
