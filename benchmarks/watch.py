"""What a running house does while it is looked at: time, CPU, units of work, commits, statements."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bridgebot.app import App
from bridgebot.store import Tx


class Watch:
    """From when it is made; `ended` tells that a message's publications have been answered."""

    def __init__(self, app: App, places: int = 3) -> None:
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._database = app.store.database
        self._run = self._database.run
        self.units = 0
        self._places = places
        self._left: dict[str, tuple[list[int], asyncio.Future[float]]] = {}  # by the post's first word
        self._database.run = self._counting  # type: ignore[method-assign, assignment]
        social = app.adapters["mastodon"]
        self._publish = social.publish  # type: ignore[union-attr]
        social.publish = self._published  # type: ignore[union-attr, method-assign]
        self._commits = self._database.commits
        self._from = (time.perf_counter(), time.process_time())

    def _counting(self, unit: Any) -> Any:
        self.units += 1
        return self._run(unit)

    async def _published(self, *arguments: Any, **named: Any) -> Any:
        post = await self._publish(*arguments, **named)
        text = arguments[1].text
        left, answered = self._of(text[: text.index(" ")])
        left[0] -= 1
        if left[0] == 0:
            answered.set_result(time.monotonic())
        return post

    def _of(self, word: str) -> tuple[list[int], asyncio.Future[float]]:
        found = self._left.get(word)
        if found is None:
            found = self._left[word] = ([self._places], self._loop.create_future())
        return found

    async def ended(self, word: str) -> float:
        """When the last publication of the post that begins so was answered."""
        try:
            return await self._of(word)[1]
        finally:
            del self._left[word]

    def seconds(self) -> float:
        return time.perf_counter() - self._from[0]

    def cpu(self) -> float:
        return time.process_time() - self._from[1]

    def commits(self) -> int:
        return self._database.commits - self._commits

    async def durable(self, wanted: Callable[[Tx], bool], *, every: float = 0.01) -> None:
        """Until the rows say so; ask seldom enough that it costs nothing."""
        while True:  # the rows tell nobody when they change
            if await self._app.store.read(lambda tx, now: wanted(tx)):
                return
            await asyncio.sleep(every)

    async def synchronous(self) -> int:
        """As the connection that writes says it."""

        def unit(tx: Tx, now: datetime) -> int:
            return int(tx.connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0)

        return await self._app.store.run(unit)


class Statements:
    """Every statement that the writer's connection runs, by its first word; SQLite itself tells."""

    def __init__(self) -> None:
        self.by_verb: Counter[str] = Counter()
        self.texts: Counter[str] = Counter()

    async def begin(self, app: App) -> None:
        await self._trace(app, self._note)
        self.by_verb.clear()
        self.texts.clear()

    async def end(self, app: App) -> None:
        await self._trace(app, None)

    def _note(self, statement: str) -> None:
        self.by_verb[statement.lstrip().split(None, 1)[0].upper()] += 1

    async def _trace(self, app: App, note: Callable[[str], None] | None) -> None:
        def unit(tx: Tx, now: datetime) -> None:
            driver: Any = tx.connection.connection.driver_connection
            driver.set_trace_callback(note)

        await app.store.run(unit)

    def statements(self) -> int:
        return sum(n for verb, n in self.by_verb.items() if verb not in ("BEGIN", "COMMIT", "ROLLBACK"))
