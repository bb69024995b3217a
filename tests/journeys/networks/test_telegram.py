"""What happens on Telegram only: deep links, groups, blocked bots, rates, a token that two programs use."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import BOTH, OnTelegram, new_name, resident
from tests.journeys.people import CODE, within
from tests.servers.bot import Bot
from tests.servers.telegram import serve
from tests.servers.telegram_faults import slow_down

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONFLICT = "Another program fetches this bot's messages with the same token."


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet):
    ada = await meet("ada", "telegram")
    await ada.settles()
    return ada


@pytest.fixture
def stones(telegram, ada):
    """A group of Ada's, with the bot in it."""
    return telegram.group("Stones", ada.talker.person)


async def test_a_deep_link_with_the_claim_makes_the_operator(tmp_path):
    fresh = Bot(tmp_path)
    async with serve() as telegram:
        (tmp_path / "token").write_text(telegram.token)
        given = {"api": telegram.url, "token_file": tmp_path / "token"}
        options = [word for name, value in given.items() for word in ("--option", f"{name}={value}")]
        begin = ["init", "--language", "en", "--chat", "telegram", *options, "--social", "plaza"]
        made = await asyncio.to_thread(fresh.run, *begin, "--public-url", "none", "--json")
        assert made.returncode == 0, made.stderr
        claim = json.loads(made.stdout)["claim"]
        await fresh.starts()
        try:
            person, other = telegram.person("Olga"), telegram.person("Lin")
            olga, lin = OnTelegram(person, "olga"), OnTelegram(other, "lin")
            person.starts(claim)
            await olga.hears(r"^Hi! I put your microblogs into this chat")
            await olga.asks("/admin users", rf"telegram:{person.id}\s.*operator · seen")
            other.starts(claim)
            await lin.hears(r"This bot is by invitation")
            code = (await olga.asks("/admin invite", r": (\S+)$")).found[0]
            other.starts(code)
            await lin.hears(r"^Hi! I put your microblogs into this chat")
            assert telegram.token not in (fresh.folder / "log").read_text()
        finally:
            await fresh.dies()


async def test_a_second_poller_is_named_in_the_log_and_nothing_is_lost(ada, bot, telegram):
    url = f"{telegram.url}/bot{telegram.token}/getUpdates"
    async with aiohttp.ClientSession() as session:
        thief = asyncio.create_task(_fetches(session, url))
        await within(lambda: [line for line in bot.log() if CONFLICT in str(line)], lambda: "a word")
        ada.talker.says("/post 还在 still here")
        thief.cancel()
    await ada.talker.hears(BOTH)
    assert bot.running
    told = [line for line in bot.log() if CONFLICT in str(line)]
    assert {line["level"] for line in told} == {"warning"}
    assert len(told) <= 3
    await ada.both_have("还在 still here")


async def _fetches(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        async with session.get(url, params={"timeout": "5"}) as answer:
            await answer.read()


async def test_a_group_posts_by_command_and_is_brought_public_posts(ada, stones, masto, telegram):
    here = ada.talker.in_group(stones.chat)
    lin = resident(masto, new_name("lin"))
    here.says("/post from the group 群里")
    await here.hears(BOTH)
    await ada.both_have("from the group 群里")
    await here.asks(f"/mirror {lin.handle}", r"^Public posts of .* on Mastodon arrive here from now on")
    lin.post("among friends", visibility="private")
    own = ada.there.post("my friends alone", visibility="private")
    lin.post("answered for all", reply_to=own)
    lin.post("for all 大家好 🌍")
    await here.hears(rf"on Mastodon \[{CODE}\]: for all 大家好 🌍$")
    assert "among friends" not in str(here.chat())
    into = [str(call.parameters) for call in telegram.calls if str(stones.chat.id) in str(call.parameters)]
    assert any("for all" in asked for asked in into)
    assert not [asked for asked in into if "friends" in asked]  # in no raw request about the group
    assert "for all" not in str(ada.talker.chat())


async def test_a_group_that_becomes_a_supergroup_goes_on(telegram, ada, masto):
    group = telegram.group("Pebbles", ada.talker.person, kind="group")
    here = ada.talker.in_group(group.chat)
    lin = resident(masto, new_name("lin"))
    await here.asks(f"/mirror {lin.handle}", r"arrive here from now on")
    moved = ada.talker.in_group(group.migrates().chat)
    lin.post("where did you go? 搬家")
    await moved.hears(rf"on Mastodon \[{CODE}\]: where did you go\? 搬家$")
    moved.says("/post we moved 搬了")
    await moved.hears(BOTH)


async def test_what_comes_while_the_bot_is_blocked_is_kept(ada, masto, telegram, bot):
    lin = resident(masto, new_name("lin"))
    await ada.talker.asks(f"/follow {lin.handle}", r"^✓ you follow")
    lin.post("one 一")
    await ada.talker.hears(r": one 一$")
    ada.talker.person.blocks()
    lin.post("two 二")
    last = ("GET", f"/api/v1/statuses/{lin.post('three 三').id}")
    await within(lambda: last in masto.asked and not telegram.updates, lambda: "a look at the third")
    await bot.sleeps()
    assert "two" not in str(ada.talker.chat())
    ada.talker.person.starts()
    await ada.talker.hears(r": two 二$")
    await ada.talker.hears(r": three 三$")
    assert sum(": t" in line for line in ada.talker.chat().values()) == 2


async def test_a_chat_that_is_told_to_slow_down_holds_up_no_other(meet, ada, telegram):
    lin = await meet("lin", "telegram")
    telegram.faults.order(slow_down(8), "sendMessage", chat=ada.talker.person.id)
    ada.talker.says("/help")
    await within(lambda: not telegram.faults.ordered, lambda: "a refusal")
    await lin.talker.asks("/help", r"^What I can do")
    assert not any("What I can do" in line for line in ada.talker.chat().values()), "it still waits"
    await ada.talker.hears(r"^What I can do")


async def test_an_update_that_nobody_can_read_takes_no_other_with_it(ada, telegram, bot):
    await bot.dies()
    ada.talker.says("/post first 前")
    telegram.slips_in({"message": {"message_id": "?", "chat": 7, "text": ["nonsense"]}})
    telegram.slips_in({})
    ada.talker.says("/post second 后")
    await bot.starts()
    await ada.talker.hears(BOTH)
    await ada.talker.hears(BOTH)
    await ada.both_have("first 前", "second 后")
    await within(lambda: not telegram.updates, lambda: f"{telegram.updates} confirmed")
    assert bot.troubles() == []


async def test_people_on_two_chat_networks_meet_in_one_bot(ada, meet):
    bo = await meet("bo", "xmpp")
    await bo.settles()
    await bo.talker.asks(f"/follow {ada.there.handle}", r"^✓ you follow")
    await ada.posts("from Telegram 来自")
    item = await bo.talker.hears(rf"^{ada.there.handle} on Mastodon \[{CODE}\]: from Telegram 来自$")
    bo.talker.says(f"/re {item.found[0]} from XMPP 回答")
    await bo.talker.hears(rf"✓ replied to {ada.there.handle} on Mastodon$")
    answer = await ada.talker.hears(rf"^{bo.there.handle} on Mastodon \[{CODE}\]: .*from XMPP 回答$")
    assert answer.reply_to is not None
    assert bo.statuses()[0].reply_to is ada.statuses()[0]
    await bo.plaza_has()
