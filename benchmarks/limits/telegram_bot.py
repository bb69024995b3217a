"""python-telegram-bot as it comes: httpx, its own polling loop, its `Application`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from telegram import Bot, LinkPreviewOptions, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from benchmarks.bot_api import TOKEN


def _application(api: str) -> Application[Any, Any, Any, Any, Any, Any]:
    return ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").build()


async def poll(api: str, take: Callable[[Any], bool]) -> None:
    """Poll until `take` says that it has enough."""
    enough = asyncio.Event()

    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if take(update):
            enough.set()

    application = _application(api)
    application.add_handler(TypeHandler(Update, handle))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        await enough.wait()
        await application.updater.stop()
        await application.stop()


@contextlib.asynccontextmanager
async def bot(api: str) -> AsyncIterator[Bot]:
    async with _application(api).bot as opened:
        yield opened


async def send(bot: Bot, chat: int, text: str) -> str:
    """`sendMessage`, as the adapter asks for it; the message's id."""
    quiet = LinkPreviewOptions(is_disabled=True)
    return str((await bot.send_message(chat, text, link_preview_options=quiet)).message_id)
