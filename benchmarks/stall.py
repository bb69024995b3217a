"""What a dead server costs the others: deliveries to a good one, alone and beside 300 accounts of it."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from benchmarks.runner import Comparison, Figures, Side, Stopwatch
from tests.servers.prosody import free_port
from tests.servers.stalled import Server, Works, running, serving, working

OTHERS = 1000  # deliveries to the good server in one run
DEAD = 300  # accounts of the dead one
WHILE = 6.0  # seconds until it is known for what it is

Nuisance = Callable[[], AbstractAsyncContextManager[Server]]


@contextlib.asynccontextmanager
async def _refusing() -> AsyncIterator[Server]:
    """Nobody listens there."""
    server = Server()
    server.address = f"127.0.0.1:{free_port()}"
    yield server


def _hanging() -> AbstractAsyncContextManager[Server]:
    return serving(hangs=True)


async def _drive(nuisance: Nuisance | None, count: int) -> Figures:
    """The others are queued when the dead server has got what it gets."""
    watch = Stopwatch()
    async with contextlib.AsyncExitStack() as stack:
        works = await stack.enter_async_context(
            working(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        )
        good = await stack.enter_async_context(serving())
        accounts = await works.accounts(good, count)
        if nuisance is not None:
            dead = await stack.enter_async_context(nuisance())
            await works.calls(await works.accounts(dead, DEAD))
        await stack.enter_async_context(running(works.outbox))
        await asyncio.sleep(WHILE)
        watch.start()
        await works.calls(accounts)
        await _sent(works, good, count)
        watch.stop()
    return watch.per_second(count, "deliveries")


async def _sent(works: Works, good: Server, count: int) -> None:
    while good.answered < count or await works.sent() < count:  # noqa: ASYNC110 - no event tells of a commit
        await asyncio.sleep(0.005)
    assert (good.answered, await works.sent()) == (count, count), "each once"


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    count = max(10, round(OTHERS * scale))

    def side(name: str, nuisance: Nuisance | None) -> Side:
        return Side(name, lambda: asyncio.run(_drive(nuisance, count)))

    beside: dict[str, Nuisance] = {"hangs": _hanging, "refuses connections": _refusing}
    yield [
        Comparison(
            f"stall, a server that {what}",
            side(f"beside {DEAD} accounts of it", nuisance),
            (side("without it", None),),
        )
        for what, nuisance in beside.items()
    ]
