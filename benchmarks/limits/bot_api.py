"""The Bot API by bare aiohttp: forms out, `json.loads` in, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp

from benchmarks.bot_api import TOKEN


async def poll(api: str, batch: int, take: Callable[[Any], bool]) -> None:
    """`getUpdates` again and again, until `take` says that it has enough."""
    url, offset = f"{api}/bot{TOKEN}/getUpdates", 1
    async with aiohttp.ClientSession() as http:
        while True:
            form = {"limit": str(batch), "timeout": "50", "offset": str(offset)}
            async with http.post(url, data=form) as answer:
                updates = json.loads(await answer.read())["result"]
            for update in updates:
                offset = update["update_id"] + 1
                if take(update):
                    return


def form(chat: int, text: str) -> dict[str, str]:
    """The same that the adapter sends for a plain text."""
    return {"chat_id": str(chat), "text": text, "link_preview_options": '{"is_disabled": true}'}


async def send(http: aiohttp.ClientSession, api: str, chat: int, text: str) -> str:
    """`sendMessage`; the message's id."""
    async with http.post(f"{api}/bot{TOKEN}/sendMessage", data=form(chat, text)) as answer:
        return str(json.loads(await answer.read())["result"]["message_id"])
