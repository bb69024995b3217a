"""A chat network takes the bot's own account no more: whoever watches over the bot is told."""

from __future__ import annotations

import asyncio
import json

from tests.operating.conftest import becomes, status_of


async def test_the_only_chat_network_that_refuses_the_token_leaves_nothing_ready(bot, telegram):
    async def is_ready() -> bool:
        return await status_of(bot, "/readyz") == 200

    async def is_not() -> bool:
        return await status_of(bot, "/readyz") == 503

    await becomes(is_ready, "ready")
    telegram.revokes_token()
    await becomes(is_not, "not ready any more")
    assert await status_of(bot, "/healthz") == 200
    looked = json.loads((await asyncio.to_thread(bot.run, "status", "--json")).stdout)
    assert looked["running"] is True
