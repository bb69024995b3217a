"""The Telegram adapter, as the house makes it, on the server of the benchmarks."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from adapters import telegram
from benchmarks.bot_api import TOKEN
from bridgebot import http
from bridgebot.testing.bare import MemoryState, bare_context

STATE = MemoryState()  # one for all runs: the menu is shown to Telegram once, as after any restart


@contextlib.asynccontextmanager
async def adapter(api: str) -> AsyncIterator[telegram.Adapter]:
    """With the guarded session that it has in the house."""
    options = {"token": TOKEN, "api": api}
    async with http.session(http.policy(options)) as session:
        context = replace(bare_context("telegram"), http=session, state=STATE)
        yield telegram.Adapter(telegram.Config(**options), context)
