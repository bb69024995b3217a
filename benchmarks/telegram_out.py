"""How fast messages go out: `Adapter.send`, one after another and 32 at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager

import aiohttp

from benchmarks import bot_api
from benchmarks.bot_api import CHATS, TEXT
from benchmarks.limits import bot_api as bare
from benchmarks.limits import telegram_bot as stock
from benchmarks.runner import Comparison, Figures, Side, Stopwatch
from benchmarks.telegram import adapter
from bridgebot.model import Chat, OutgoingMessage

SENDS = {1: 2000, 32: 4000}  # in one run, by how many are in flight

Send = Callable[[int], Awaitable[object]]  # to a chat with this number


@contextlib.asynccontextmanager
async def _adapter(api: str) -> AsyncIterator[Send]:
    chats, message = [Chat(str(1000 + number), direct=True) for number in range(CHATS)], OutgoingMessage(TEXT)
    async with adapter(api) as telegram:
        yield lambda number: telegram.send(chats[number], message)


@contextlib.asynccontextmanager
async def _bare(api: str) -> AsyncIterator[Send]:
    async with aiohttp.ClientSession() as http:
        yield lambda number: bare.send(http, api, 1000 + number, TEXT)


@contextlib.asynccontextmanager
async def _stock(api: str) -> AsyncIterator[Send]:
    async with stock.bot(api) as bot:
        yield lambda number: stock.send(bot, 1000 + number, TEXT)


async def _drive(opened: AbstractAsyncContextManager[Send], count: int, in_flight: int) -> Figures:
    """Connections are open before the clock starts; one in flight writes to one chat."""
    numbers = iter(range(count))
    chats = CHATS if in_flight > 1 else 1
    watch = Stopwatch()

    async def worker() -> None:
        for number in numbers:
            await send(number % chats)

    async with opened as send:
        await asyncio.gather(*(send(0) for _ in range(in_flight)))
        watch.start()
        await asyncio.gather(*(worker() for _ in range(in_flight)))
        watch.stop()
    return watch.per_second(count, "sends")


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    with bot_api.running(0) as api:

        def side(name: str, open: Callable[[str], AbstractAsyncContextManager[Send]], in_flight: int) -> Side:
            count = max(in_flight, round(SENDS[in_flight] * scale))
            return Side(name, lambda: asyncio.run(_drive(open(api), count, in_flight)))

        yield [
            Comparison(
                f"telegram-out, {in_flight} in flight",
                side("adapter", _adapter, in_flight),
                (
                    side("bare aiohttp", _bare, in_flight),
                    side("python-telegram-bot as it comes", _stock, in_flight),
                ),
            )
            for in_flight in SENDS
        ]
