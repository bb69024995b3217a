"""What a chat adapter hands its things to: it commits, refuses or holds them, as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bridgebot.errors import StoreError
from bridgebot.model import ChatChanged, Incoming, Message
from bridgebot.testing.contract import Stage

I = TypeVar("I", bound=Incoming)  # noqa: E741 - the one letter for what comes in


@dataclass(slots=True)
class Inbox:
    """A `Receive`. `seen` is everything that was handed in, `committed` what was taken."""

    stage: Stage[Any, Any]
    refuse: int = 0  # so many calls fail, as with a store that cannot be written
    gate: asyncio.Event | None = None  # every call waits for it
    seen: list[Incoming] = field(default_factory=list)
    committed: list[Incoming] = field(default_factory=list)
    run: asyncio.Task[None] | None = None
    refuses: Callable[[Incoming], bool] = lambda thing: True  # which calls `refuse` is about

    async def __call__(self, thing: Incoming, *, state: Mapping[str, str] | None = None) -> None:
        self.seen.append(thing)
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse and self.refuses(thing):
            self.refuse -= 1
            raise StoreError("the store cannot be written")
        await asyncio.sleep(0)  # as any commit: others run meanwhile
        self.committed.append(thing)
        for key, value in (state or {}).items():
            await self.stage.context.state.set(key, value)

    async def takes(self, kind: type[I], wanted: Callable[[I], bool] = lambda thing: True) -> I:
        """Wait until such a thing is committed; the first one of them."""

        async def look() -> list[I]:
            self._still_running()
            return [thing for thing in self.committed if isinstance(thing, kind) and wanted(thing)]

        return (await self.stage.eventually(look, f"a committed {kind.__name__}"))[0]

    async def hears(self, text: str) -> Message:
        """Wait until a message of this text is committed."""
        return await self.takes(Message, lambda message: message.text == text)

    async def asked(self, count: int = 1) -> Incoming:
        """Wait until so many things were handed in; the last of these."""

        async def look() -> list[Incoming]:
            return self.things(self.seen)[count - 1 : count]

        return (await self.stage.eventually(look, f"thing {count}"))[0]

    def things(self, among: list[Incoming] | None = None) -> list[Incoming]:
        """What people did: the bot's own comings and goings left out."""
        chosen = self.committed if among is None else among
        return [thing for thing in chosen if not isinstance(thing, ChatChanged)]

    def texts(self) -> list[str]:
        """The texts of the committed messages."""
        return [thing.text for thing in self.committed if isinstance(thing, Message)]

    async def ended(self) -> BaseException:
        """Wait until `run` ends by itself; the error by which it did."""
        assert self.run is not None
        done, _ = await asyncio.wait({self.run}, timeout=self.stage.deadline)
        assert done, "run did not end"
        error = self.run.exception()
        assert error is not None, "run ended without an error"
        return error

    def _still_running(self) -> None:
        if self.run is not None and self.run.done():
            self.run.result()
            raise AssertionError("run ended without an error")


@contextlib.asynccontextmanager
async def running(
    stage: Stage[Any, Any], *, adapter: Any = None, refuse: int = 0, hold: bool = False
) -> AsyncIterator[Inbox]:
    """Run the adapter (or `adapter`) for as long as the block lasts, then cancel it and wait."""
    inbox = Inbox(stage, refuse, asyncio.Event() if hold else None)
    inbox.run = asyncio.create_task((adapter or stage.adapter).run(inbox))
    try:
        yield inbox
    finally:
        inbox.run.cancel()
        done, _ = await asyncio.wait({inbox.run}, timeout=stage.deadline)
        assert done, "run did not end when it was cancelled"
