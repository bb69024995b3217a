"""Updates of the pretend Telegram: given, confirmed, waited for, fought over."""

import asyncio

import aiohttp
import pytest

from tests.servers.telegram import serve_in_thread
from tests.servers.telegram_caller import BareBot
from tests.servers.telegram_errors import TWO_POLLERS, WEBHOOK_SET


async def test_what_is_not_confirmed_comes_again(bot, ada):
    for text in ("one", "two", "three"):
        ada.says(text)
    first = await bot.hears(limit=2)
    assert [one["message"]["text"] for one in first] == ["one", "two"]
    assert await bot.hears(limit=2) == first
    rest = await bot.hears(offset=first[-1]["update_id"] + 1)
    assert [one["message"]["text"] for one in rest] == ["three"]
    assert rest[0]["update_id"] == first[-1]["update_id"] + 1
    assert await bot.hears(offset=rest[0]["update_id"] + 1) == bot.server.updates == []


async def test_a_negative_offset_keeps_only_the_newest(bot, ada):
    for text in ("one", "two", "three"):
        ada.says(text)
    assert [one["message"]["text"] for one in await bot.hears(offset=-1)] == ["three"]
    assert len(bot.server.updates) == 1


async def test_a_poll_waits_for_news(bot, ada):
    waiting = asyncio.create_task(bot.hears(timeout=10))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    ada.says("here I am")
    assert (await waiting)[0]["message"]["text"] == "here I am"
    begin = asyncio.get_running_loop().time()
    assert await bot.hears(timeout=1, offset=bot.server.updates[-1]["update_id"] + 1) == []
    assert asyncio.get_running_loop().time() - begin >= 0.9


async def test_allowed_updates_stick(bot, ada):
    await bot.hears(allowed_updates=["callback_query"])
    ada.says("not for you")
    assert await bot.hears() == []
    assert (await bot.gets("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    await bot.hears(allowed_updates=[])
    ada.says("for you")
    assert [one["message"]["text"] for one in await bot.hears()] == ["for you"]
    told = await bot.refusal("getUpdates", allowed_updates=["deletions"])
    assert told == '400 Bad Request: unknown update type "deletions" in allowed_updates'
    for limit in (0, 101):
        told = await bot.refusal("getUpdates", limit=limit)
        assert told == "400 Bad Request: limit must be between 1 and 100"


async def test_reactions_are_told_to_whoever_names_them(bot, ada):
    line = ada.says("hello")
    ada.reacts(line, "❤")
    assert [list(one)[1] for one in await bot.hears()] == ["message"]
    await bot.hears(allowed_updates=["message", "message_reaction"])
    ada.reacts(line, "👍", "🔥")
    ada.reacts(line)
    told = [one["message_reaction"] for one in (await bot.hears())[1:]]
    sets = [
        [[kind["emoji"] for kind in one[name]] for name in ("old_reaction", "new_reaction")] for one in told
    ]
    assert sets == [[["❤"], ["👍", "🔥"]], [["👍", "🔥"], []]]
    assert {(one["message_id"], one["user"]["id"], one["chat"]["id"]) for one in told} == {
        (line, ada.id, ada.id)
    }


def test_only_what_telegram_offers_can_be_given(bot, ada):
    line = ada.says("hello")
    for given in (("⭐",), ("🔁",), ("👍", "❤", "🔥", "⚡")):
        with pytest.raises(ValueError, match="no such reaction"):
            ada.reacts(line, *given)
    with pytest.raises(LookupError):
        ada.reacts(line + 1, "👍")


async def test_in_a_group_only_an_administrator_is_told_of_reactions(bot, ada):
    group = bot.server.group("Tea", ada, bot="member")
    await bot.hears(allowed_updates=["message_reaction"], offset=-1)
    line = ada.says("hello", where=group.chat)
    ada.reacts(line, "❤", where=group.chat)
    assert [one for one in await bot.hears() if "message_reaction" in one] == []
    group.promotes_bot()
    ada.reacts(line, "👍", where=group.chat)
    assert [one for one in await bot.hears() if "message_reaction" in one] != []


async def test_a_second_poller_ends_the_first(bot, ada):
    older = asyncio.create_task(bot.refusal("getUpdates", timeout=10))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(bot.hears(timeout=10))
    assert await older == f"409 Conflict: {TWO_POLLERS}"
    ada.says("hello")
    assert len(await newer) == 1


async def test_a_webhook_and_polling_exclude_each_other(bot):
    told = await bot.refusal("setWebhook", url="http://bot.example/hook")
    assert told == "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    assert await bot.gets("setWebhook", url="https://bot.example/hook")
    assert await bot.refusal("getUpdates") == f"409 Conflict: {WEBHOOK_SET}"
    assert (await bot.gets("getWebhookInfo"))["url"] == "https://bot.example/hook"
    assert await bot.gets("deleteWebhook", drop_pending_updates=True)
    assert await bot.hears() == []


async def test_closing_and_logging_out(bot):
    body = await bot.asks("close")
    assert body["error_code"] == 429
    assert 0 < body["parameters"]["retry_after"] <= 600
    assert await bot.gets("logOut")
    assert await bot.refusal("getMe") == "400 Bad Request: Logged out"


async def test_an_offset_of_an_earlier_numbering_confirms_nothing(bot, ada):
    ada.says("before")
    old = (await bot.hears())[-1]["update_id"]
    assert await bot.hears(offset=old + 1) == []
    bot.server.renumbers_updates()
    ada.says("after")
    update = (await bot.hears(offset=old + 1))[0]
    assert update["message"]["text"] == "after"
    assert update["update_id"] < old
    assert await bot.hears(offset=old + 1) == [update], "it stays until its own number is confirmed"
    assert await bot.hears(offset=update["update_id"] + 1) == []


def test_nothing_is_lost_between_threads():
    async def polls(server, count):
        heard, offset = [], 0
        async with aiohttp.ClientSession() as session:
            while len(heard) < count:
                batch = await BareBot(server, session).hears(offset=offset, timeout=5, limit=7)
                heard += [one["message"]["text"] for one in batch]
                offset = batch[-1]["update_id"] + 1
        return heard

    async def talk(server):
        people = [server.person(name).met() for name in ("Ada", "Lin", "Mia")]
        told = [
            asyncio.to_thread(lambda who=who: [who.says(f"{who.id} {n}") for n in range(100)])
            for who in people
        ]
        heard, *_ = await asyncio.gather(polls(server, 300), *told)
        for who in people:
            own = [text for text in heard if text.startswith(f"{who.id} ")]
            assert own == [f"{who.id} {n}" for n in range(100)]

    with serve_in_thread() as server:
        asyncio.run(talk(server))
