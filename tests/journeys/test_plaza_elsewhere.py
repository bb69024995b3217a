"""Two bots, each a process: the one has a Plaza, and a person of it lets the other act for her there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
import pytest_asyncio

from tests.journeys.people import CODE, Receipt, Someone, enrol, with_account
from tests.servers.bot import Bot
from tests.servers.http_relay import Fault, HttpRelay
from tests.servers.plaza_browser import Browser, browser
from tests.servers.prosody import Prosody
from tests.servers.xmpp_person import PersonClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOST = "plaza.example"
SITE = f"https://{HOST}"
CONSENT = r"http://127\.0\.0\.1:\d+(/oauth/authorize\S+)"  # where the operator says that the server is
ADDRESS = rf"({SITE}/plaza/signin/\S+)"
THERE = rf"^#{CODE} public ✓ Mastodon ({SITE}\S+)"


@pytest.fixture(scope="module")
def house(prosody: Prosody, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """The bot with the Plaza."""
    bot = Bot(tmp_path_factory.mktemp("house"))
    bot.configure(
        {"jabber": with_account(prosody, bot), "plaza": {"use": "plaza", "posts_per_hour": 1000}},
        web={"public_url": SITE},
    )
    bot.start()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wire(house: Bot) -> AsyncIterator[HttpRelay]:
    """What lies between the two."""
    async with HttpRelay(house.port) as relay:
        yield relay


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guest(
    prosody: Prosody, wire: HttpRelay, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bot]:
    """The bot that knows Plaza only as a server of Mastodon's kind."""
    bot = Bot(tmp_path_factory.mktemp("guest"))
    mastodon = {"use": "mastodon", "servers": {HOST: wire.url}}
    bot.configure({"jabber": with_account(prosody, bot), "mastodon": mastodon})
    await bot.starts()
    yield bot
    bot.kill()


class Resident:
    """Somebody with one chat client, in a chat with each of the two bots, and a browser."""

    def __init__(self, at_home: Someone, away: Someone, window: Browser, house: Bot) -> None:
        self.at_home, self.away, self.window, self.house = at_home, away, window, house
        self.name = at_home.name

    async def signs_in(self) -> None:
        heard = await self.at_home.asks("/signin", ADDRESS)
        await self.window.signs_in(heard.found[0])

    async def links(self) -> None:
        code = await self.agrees(f"/link mastodon {HOST}")
        await self.away.asks(code, rf"^@{self.name}@{HOST} on Mastodon is yours here")
        await self.away.asks("/settings plain post", r"/settings plain ask")

    async def agrees(self, command: str) -> str:
        """Ask the bot for the address, say yes there, and get the code."""
        heard = await self.away.asks(command, CONSENT)
        return (await self.window.consents(SITE + heard.found[0])).code

    async def posts(self, text: str) -> Receipt:
        message = self.away.says(f"/post {text}")
        return Receipt(message, await self.away.hears(THERE, lambda heard: heard.reply_to == message))

    async def page(self, url: str) -> tuple[int, str]:
        shown = await self.window.opens(url)
        return shown.status, shown.text

    async def feed(self) -> list[str]:
        shown = await self.window.opens(f"{SITE}/@{self.name}/feed.json")
        return re.findall(r'"content_text": "([^"]*)"', shown.html)


@pytest_asyncio.fixture(loop_scope="module")
async def ada(prosody: Prosody, house: Bot, guest: Bot) -> AsyncIterator[Resident]:
    async for one in _somebody(prosody, house, guest, "ada"):
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def lin(prosody: Prosody, house: Bot, guest: Bot) -> AsyncIterator[Resident]:
    async for one in _somebody(prosody, house, guest, "lin"):
        yield one


async def _somebody(prosody: Prosody, house: Bot, guest: Bot, name: str) -> AsyncIterator[Resident]:
    client = PersonClient(prosody, enrol(prosody, name))
    async with client, browser(SITE, house.base) as window:
        for bot in (house, guest):
            client.subscribe(bot.jid)
            await client.sees(bot.jid)
        one = Resident(Someone(client, house.jid), Someone(client, guest.jid), window, house)
        await one.at_home.joins()
        yield one


async def test_what_is_written_elsewhere_stands_on_plaza_and_changes_and_goes(ada):
    await ada.signs_in()
    await ada.links()
    post = await ada.posts("the bridge is clsoed 桥")
    assert "the bridge is clsoed 桥" in (await ada.page(post.url))[1]
    ada.away.corrects(post.message, "/post the bridge is closed 桥")
    await _until(ada, post.url, lambda status, text: "is closed 桥" in text and "clsoed" not in text)
    ada.away.retracts(post.message)
    await _until(ada, post.url, lambda status, text: status == 404)
    apps = (await ada.window.opens(f"{SITE}/plaza/apps")).text
    assert f"bridgebot for XMPP {ada.away.jid}" in apps


async def test_an_answer_that_gets_lost_makes_no_second_post(ada, wire):
    await ada.signs_in()
    await ada.links()
    wire.order(Fault.LOST_ANSWER, "POST", r"/api/v1/statuses$")
    ada.away.says("/post only once")
    await ada.away.hears(THERE)  # it looks, and finds what was posted
    assert [fault for fault, _, _ in wire.met][-1] is Fault.LOST_ANSWER
    assert await ada.feed() == ["only once"]


async def test_home_and_mentions_come_and_are_answered(ada, lin, guest):
    await ada.signs_in()
    await ada.links()
    await ada.away.asks(f"/follow @{lin.name}@{HOST}", rf"✓ you follow @{lin.name}@{HOST} .*on Mastodon")
    first = await lin.at_home.posts("what shall we cook?")
    await lin.at_home.posts(f"@{ada.name} noodles?")
    await guest.sleeps()  # nothing here streams: it reads what came when it is time
    item = await ada.away.hears(rf"^@{lin.name}@{HOST} on Mastodon \[{CODE}\].*: what shall we cook\?$")
    await ada.away.hears(rf"^@{lin.name}@{HOST} on Mastodon \[{CODE}\].*noodles\?$")
    await ada.away.asks(f"/re {item.found[0]} with peanuts", rf"✓ replied to @{lin.name}@{HOST} on Mastodon")
    await lin.at_home.hears(rf"^@{ada.name} on Plaza \[{CODE}\].*with peanuts$")
    assert "with peanuts" in (await ada.page(first.url))[1]
    await ada.away.asks(f"/fav {item.found[0]}", rf"^★ {item.found[0]}")
    await lin.at_home.hears(rf"@{ada.name}\b.*(likes|favourite|★)")


async def test_who_stops_the_app_or_unlinks_is_rid_of_it(ada, guest, house):
    await ada.signs_in()
    await ada.links()
    page = await ada.window.opens(f"{SITE}/plaza/apps")
    await ada.window.presses(page, "/plaza/apps")
    await ada.away.asks("/post waits", r"✗ Mastodon: it waits: /relink mastodon")
    await ada.away.asks(await ada.agrees("/relink mastodon"), r"works again")
    await _until(ada, f"{SITE}/@{ada.name}", lambda status, text: "waits" in text)
    await ada.away.asks("/unlink mastodon", r"\?")
    ada.away.says("unlink")
    await _until(ada, f"{SITE}/plaza/apps", lambda status, text: "No app acts for you" in text)
    assert "waits" in (await ada.page(f"{SITE}/@{ada.name}"))[1], "the account and its posts stay"


async def test_another_chat_of_hers_links_the_account_that_is_there(ada, prosody, house):
    """`/link plaza` goes by Plaza's own consent: the account stays whose its key is."""
    await ada.signs_in()
    client = PersonClient(prosody, enrol(prosody, "phone"))
    async with client:
        client.subscribe(house.jid)
        await client.sees(house.jid)
        phone = Someone(client, house.jid)
        heard = await phone.asks("/link plaza", rf"({SITE}/l/\S+)")
        assert phone.jid in (await ada.window.opens(heard.found[0])).text
        await by_the_web(ada, phone, heard.found[0])
        await phone.asks("yes", rf"^@{ada.name} on Plaza is yours here")
        await phone.asks("/settings plain post", r"/settings plain ask")
        await phone.posts("from the other chat")
        assert await ada.feed() == ["from the other chat"]
        await phone.asks("/unlink plaza", r"\?")
        phone.says("unlink")
        await _until(ada, f"{SITE}/plaza/apps", lambda status, text: "No app acts for you" in text)
    await ada.at_home.posts("from the first chat")
    assert await ada.feed() == ["from the first chat", "from the other chat"]


async def test_a_bot_with_pages_of_its_own_links_by_them(ada, prosody, wire, tmp_path):
    """No code is carried over by hand: the browser goes there and back, and Plaza says who answers."""
    await ada.signs_in()
    bot = Bot(tmp_path)
    mastodon = {"use": "mastodon", "servers": {HOST: wire.url}}
    adapters = {"jabber": with_account(prosody, bot), "mastodon": mastodon}
    bot.configure(adapters, web={"public_url": bot.base})
    try:
        await bot.starts()
        ada.away.client.subscribe(bot.jid)
        await ada.away.client.sees(bot.jid)
        away = Someone(ada.away.client, bot.jid)
        heard = await away.asks(f"/link mastodon {HOST}", rf"({bot.base}/l/\S+)")
        await by_the_web(ada, away, heard.found[0])
        await away.asks("yes", rf"^@{ada.name}@{HOST} on Mastodon is yours here")
        await away.asks("/settings plain post", r"/settings plain ask")
        away.says("/post linked by pages")
        await away.hears(THERE)
        assert await ada.feed() == ["linked by pages"]
    finally:
        bot.kill()


async def by_the_web(who: Resident, chat: Someone, address: str) -> None:
    """From the bot's page to Plaza's and back, and type what is shown then; the last question is open."""
    began = await who.window.opens(address)
    sent = urlsplit((await who.window.presses(began)).location)
    assert sent.path == "/oauth/authorize"
    back = await who.window.consents(f"{SITE}{sent.path}?{sent.query}")
    came = await who.window.opens(back.location)
    while came.location:
        came = await who.window.opens(urljoin(came.url, came.location))
    shown = came
    async with asyncio.timeout(60):
        while (code := re.search(r"\b(\d{3}) (\d{3})\b", shown.text)) is None:
            await asyncio.sleep(0.2)
            shown = await who.window.opens(came.url)
    await chat.hears(r"six digits")
    await chat.asks(code[1] + code[2], rf"^@{who.name}\S* on \w+ becomes yours here\?")


async def test_secrets_stand_in_no_log_of_either(ada, house, guest):
    heard = await ada.at_home.asks("/signin", ADDRESS)
    await ada.window.signs_in(heard.found[0])
    code = await ada.agrees(f"/link mastodon {HOST}")
    await ada.away.asks(code, r"is yours here")
    logs = (house.folder / "log").read_text() + (guest.folder / "log").read_text()
    for secret in (code, heard.found[0].rpartition("/")[2], *ada.window.cookies.values()):
        assert secret not in logs
    assert ada.window.cookies.keys() == {"__Host-plaza"}


async def _until(who: Resident, url: str, wanted: Callable[[int, str], bool]) -> None:
    async with asyncio.timeout(60):
        while not wanted(*await who.page(url)):
            await asyncio.sleep(0.1)
