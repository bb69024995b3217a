"""A bare bot of python-telegram-bot that polls and has nothing to do: `python -m … ADDRESS`.

Over aiohttp, as its default HTTP library would be measured otherwise.
"""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks.bot_api import TOKEN
from benchmarks.limits.aiohttp_request import AiohttpRequest


async def nothing(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Nobody writes."""


def application(api: str) -> Application:  # type: ignore[type-arg]
    made = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot")
    return made.request(AiohttpRequest()).get_updates_request(AiohttpRequest()).build()


if __name__ == "__main__":
    bot = application(sys.argv[1])
    bot.add_handler(MessageHandler(filters.TEXT, nothing))
    bot.run_polling(poll_interval=0)
