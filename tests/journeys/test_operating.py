"""The operator's side: beginning, invitations, what is set aside, and a look from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

from tests.journeys.people import Someone, enrol, with_account
from tests.servers.bot import Bot
from tests.servers.prosody import PASSWORDS
from tests.servers.xmpp_person import PersonClient


@pytest.fixture
def fresh(tmp_path):
    """A folder for a bot that is not configured yet."""
    bot = Bot(tmp_path)
    yield bot
    bot.kill()


@contextlib.asynccontextmanager
async def somebody(prosody, bot: Bot, name: str):
    async with PersonClient(prosody, enrol(prosody, name)) as client:
        client.subscribe(bot.jid)
        await client.sees(bot.jid)
        yield Someone(client, bot.jid)


async def test_from_init_to_the_first_invited_user(prosody, fresh):
    account = with_account(prosody, fresh)
    (fresh.folder / "password").write_text(account["password"])
    left_out = ("use", "password", "upload_sites")
    given = {name: value for name, value in account.items() if name not in left_out}
    given["password_file"] = fresh.folder / "password"
    options = [word for name, value in given.items() for word in ("--option", f"{name}={value}")]
    begin = [
        "init",
        "--language",
        "en",
        "--chat",
        "xmpp",
        *options,
        "--social",
        "plaza",
        "--public-url",
        "none",
    ]
    made = await asyncio.to_thread(fresh.run, *begin, "--json")
    assert made.returncode == 0, made.stderr
    claim = json.loads(made.stdout)["claim"]
    assert account["password"] not in fresh.config.read_text()
    await asyncio.to_thread(fresh.start)
    async with somebody(prosody, fresh, "olga") as olga, somebody(prosody, fresh, "lin") as lin:
        await olga.asks("hello?", r"This bot is by invitation")
        olga.says("/post let me in")
        await olga.asks(claim, r"^Hi! I put your microblogs into this chat")
        await olga.asks("/admin users", r"xmpp:olga\S+  operator · seen")
        invitation = (await olga.asks("/admin invite", r": (\S+)$")).found[0]
        await lin.asks(claim, r"This bot is by invitation")
        await lin.asks(f"/start {invitation}", r"^Hi! I put your microblogs into this chat")
        await lin.asks("/admin users", r"^Only operators of this bot can do that\.$")
        await lin.joins()
        assert "let me in" not in str(lin.chat())
    log = (fresh.folder / "log").read_text()
    assert fresh.troubles() == []
    assert not any(secret in log for secret in (claim, invitation, account["password"]))


async def test_a_wrong_configuration_names_everything_and_does_not_start(prosody, fresh):
    account = with_account(prosody, fresh)
    adapters = {"jabber": {**account, "colour": "blue"}, "plaza": {"use": "plaza", "limit": 0}}
    fresh.configure(adapters, acess="open", timezone="Mars/Olympus")
    ended = await asyncio.to_thread(fresh.run, "run")
    assert ended.returncode == 78
    for named in ("acess", "timezone", "adapters.jabber.colour", "adapters.plaza.limit"):
        assert named in ended.stderr
    assert account["password"] not in ended.stderr + ended.stdout
    assert not (fresh.folder / "bridgebot.db").exists()


async def test_an_adapter_that_cannot_be_loaded_is_set_aside_by_name(prosody, fresh):
    (fresh.folder / "my_networks").mkdir()
    (fresh.folder / "my_networks" / "needy.py").write_text("import a_library_that_nobody_has\n")
    adapters = {
        "jabber": with_account(prosody, fresh),
        "plaza": {"use": "plaza"},
        "needy": {"use": "my_networks.needy"},
    }
    fresh.configure(adapters)
    await asyncio.to_thread(fresh.start)
    aside = [line for line in fresh.log() if line["event"] == "set aside"]
    assert [line["adapter"] for line in aside] == ["needy"]
    assert "a_library_that_nobody_has" in str(aside)
    async with somebody(prosody, fresh, "ada") as ada:
        await ada.joins()
        await ada.posts("the rest goes on")


async def test_a_wrong_password_stops_one_chat_and_nothing_else(prosody, fresh, pages):
    account = with_account(prosody, fresh)
    fresh.configure({"jabber": {**account, "password": "wrong"}, "plaza": {"use": "plaza"}})
    await asyncio.to_thread(fresh.start)
    async with asyncio.timeout(60):
        while not any(line["event"] == "set aside" for line in fresh.troubles()):
            await asyncio.sleep(0.05)
    assert await pages.status(f"{fresh.base}/") == 200
    assert await pages.status(f"{fresh.base}/healthz") == 200
    assert await pages.status(f"{fresh.base}/readyz") == 503, "it was the only chat network"
    assert await asyncio.to_thread(fresh.stop) == 0


async def test_a_look_from_outside(bot, ada):
    await ada.posts("secret words of mine")
    looked = await asyncio.to_thread(bot.run, "status", "--json")
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    assert found["running"] is True
    assert found["initialised"] is True
    assert found["adapters"] == {"jabber": "xmpp", "plaza": "plaza", "pebble": "pebble"}
    assert found["users"]["user"] >= 1
    assert found["accounts"]["active"] >= 1
    assert "secret words" not in looked.stdout
    assert PASSWORDS[ada.name] not in looked.stdout


async def test_a_second_bot_on_the_same_database_is_refused(bot, ada):
    second = await asyncio.to_thread(bot.run, "run", "--set", "web.listen=127.0.0.1:0")
    assert second.returncode != 0
    assert "bridgebot.db" in second.stderr
    await ada.posts("the first one goes on")


async def test_the_log_tells_nothing_of_what_people_write(bot, ada):
    await ada.posts("words for the page, not for the log")
    log = (bot.folder / "log").read_text()
    assert "not for the log" not in log
    assert ada.name not in log
