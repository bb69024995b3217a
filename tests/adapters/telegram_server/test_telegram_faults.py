"""The pretend Telegram goes wrong on order."""

import asyncio
import json

import aiohttp
import pytest

from tests.servers import telegram_faults as faults


async def test_too_many_requests_tell_how_long(bot, ada, lin):
    bot.server.faults.order(faults.slow_down(3), "sendMessage", chat=ada.id)
    await bot.says(lin.id)
    url = f"{bot.server.url}/bot{bot.server.token}/sendMessage"
    async with bot.session.post(url, json={"chat_id": ada.id, "text": "x"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        body = await answer.json()
    assert body["description"] == "Too Many Requests: retry after 3"
    assert body["parameters"] == {"retry_after": 3}
    await bot.says(ada.id)


@pytest.mark.parametrize(
    ("fault", "acted"),
    [(faults.CUT, False), (faults.LOST_ANSWER, True), (faults.HANG, False), (faults.HANG_AFTER, True)],
)
async def test_answers_that_never_come(bot, ada, fault, acted):
    bot.server.faults.order(fault, "sendMessage")
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with asyncio.timeout(2):
            await bot.says(ada.id, "once")
    assert [one.text for one in ada.sees()] == (["once"] if acted else [])
    await bot.says(ada.id, "and again")


async def test_answers_that_cannot_be_read(bot, ada):
    url = f"{bot.server.url}/bot{bot.server.token}/sendMessage"
    for fault, status, form in (
        (faults.TRUNCATED, 200, "application/json"),
        (faults.BAD_GATEWAY, 502, "text/html"),
        (faults.SERVER_ERROR, 500, "application/json"),
    ):
        bot.server.faults.order(fault, "sendMessage")
        async with bot.session.post(url, json={"chat_id": ada.id, "text": f"{status}"}) as answer:
            assert (answer.status, answer.content_type) == (status, form)
            if status != 500:
                with pytest.raises(ValueError):
                    json.loads(await answer.text())
    assert [one.text for one in ada.sees()] == ["200"]


async def test_connections_are_refused_and_taken_again(bot, ada):
    waiting = asyncio.create_task(bot.hears(timeout=10))
    await asyncio.sleep(0.05)
    await bot.server.refuses_connections()
    with pytest.raises(aiohttp.ClientError):
        await waiting
    with pytest.raises(aiohttp.ClientConnectorError):
        await bot.says(ada.id)
    await bot.server.listens_again()
    ada.says("back again")
    assert [one["message"]["text"] for one in await bot.hears()] == ["back again"]


async def test_nonsense_stands_between_good_updates(bot, ada):
    ada.says("one")
    bot.server.slips_in({"message": {"message_id": "many", "chat": None, "mood": ["blue"]}})
    bot.server.slips_in({"telepathy": {"thought": "?"}})
    ada.says("two")
    first, wrong, unknown, last = await bot.hears()
    assert [first["message"]["text"], last["message"]["text"]] == ["one", "two"]
    assert wrong["message"]["message_id"] == "many"
    assert unknown.keys() == {"update_id", "telepathy"}
    assert last["update_id"] == first["update_id"] + 3


async def test_the_poller_can_be_cut_off(bot):
    assert not bot.server.cuts_poller()
    waiting = asyncio.create_task(bot.hears(timeout=10))
    await asyncio.sleep(0.05)
    assert bot.server.cuts_poller()
    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert await bot.hears() == []
