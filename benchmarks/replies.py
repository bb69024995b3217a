"""P7: Telegram, from polling over a durable row to the answer. The bot beside a bare python-telegram-bot.

Both run over aiohttp and answer one text with one message. The bot's is `/accounts` by somebody who is
known: a command that is read, noted, answered from the database, and whose answer is a delivery like any
other.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks import apart, checks, crowd, house
from benchmarks.bot_api import TOKEN
from benchmarks.limits.aiohttp_request import AiohttpRequest
from benchmarks.measured import Sized
from benchmarks.runner import Comparison, Side
from benchmarks.through import ended_badly, open_deliveries
from benchmarks.watch import Watch

PEOPLE = 200
TEXT = "/accounts"
AT_ONCE = 32  # of the limit: updates that it handles together


async def bot(ports: Sequence[int], api: int, count: int) -> dict[str, Any]:
    """From the first time that updates are asked for to the last answer."""
    with house.folder() as folder:
        settings = house.settings(folder, ports, telegram=api)
        async with house.running(settings) as app:  # while nobody writes
            checks.reset(api)
            await crowd.followers(app, PEOPLE, "telegram")
        checks.reset(api, updates=count, text=TEXT, people=PEOPLE)
        async with house.running(settings) as app:
            watch = Watch(app)
            await _answered(api, count)
            await watch.durable(lambda tx: open_deliveries(tx) == 0)
            cpu = watch.cpu()
            problems = checks.durable(await watch.synchronous()) + await ended_badly(app)
        problems += checks.disk(folder / "bench.db")
    figures, wrong = _figures(api, count, cpu)
    return {"figures": figures, "problems": problems + wrong}


async def limit(api: int, count: int) -> dict[str, Any]:
    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_chat is not None
        await context.bot.send_message(update.effective_chat.id, "No account is linked yet. " + "x" * 80)

    made = ApplicationBuilder().token(TOKEN).base_url(f"http://127.0.0.1:{api}/bot")
    made = made.request(AiohttpRequest()).get_updates_request(AiohttpRequest()).concurrent_updates(AT_ONCE)
    application = made.build()
    application.add_handler(MessageHandler(filters.ALL, answer))
    checks.reset(api, updates=count, text=TEXT, people=PEOPLE)
    cpu = time.process_time()
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0)
        await application.start()
        await _answered(api, count)
        cpu = time.process_time() - cpu
        await application.updater.stop()
        await application.stop()
    figures, problems = _figures(api, count, cpu)
    return {"figures": figures, "problems": problems}


async def _answered(api: int, count: int) -> None:
    """Until so many answers have been sent; asked seldom, in a thread."""
    async with asyncio.timeout(300):
        while True:  # it is another process
            await asyncio.sleep(0.2)
            if len((await asyncio.to_thread(checks.log, api))["sent"]) >= count:
                return


def _figures(api: int, count: int, cpu: float) -> tuple[dict[str, float], list[str]]:
    log = checks.log(api)
    sent = [(at, chat) for at, chat, status in log["sent"] if status == 200]
    by_chat = {chat for _, chat in sent}
    problems = [] if len(sent) == count else [f"{len(sent)} answers, not {count}"]
    problems += [] if len(by_chat) == min(count, PEOPLE) else [f"{len(by_chat)} people were answered"]
    return {"updates/s": count / (sent[-1][0] - log["asked_at"]), "CPU µs each": cpu / count * 1e6}, problems


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    with (
        apart.serving("benchmarks.mastodon_api", "1") as ports,
        apart.serving("benchmarks.telegram_api") as (api,),
    ):
        own = Sized("benchmarks.replies:bot", "updates/s", 400, scale, ports=ports, api=api)
        bare = Sized("benchmarks.replies:limit", "updates/s", 2000, scale, loop=apart.PLAIN, api=api)
        yield [Comparison("replies", Side("bot", own), (Side("bare python-telegram-bot", bare),))]
