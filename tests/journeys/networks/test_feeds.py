"""Somebody follows feeds from a chat: they come once, whatever becomes of the feed and of the bot."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import OnTelegram, new_name
from tests.journeys.people import Someone, Talker, enrol, with_account, within
from tests.servers.bot import Bot, telegram_bot
from tests.servers.feeds import Document, FeedServer
from tests.servers.feeds_hub import Hub
from tests.servers.feeds_written import TYPES, Channel, Item, on, write
from tests.servers.prosody import Prosody
from tests.servers.telegram import TelegramServer
from tests.servers.xmpp_person import PersonClient

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Site:
    """A blog with a page, a feed and a hub."""

    def __init__(self, server: FeedServer, hub: Hub, path: str) -> None:
        self.server, self.hub, self.path = server, hub, path
        self.items: list[Item] = []

    async def publishes(self, *items: Item) -> None:
        """These stand in the feed from now on, the first the newest, and whoever subscribed is told."""
        self.items = list(items)
        channel = Channel("Stones", own=self.server.url(self.path), hub=self.server.url("/hub"))
        old = self.server.documents.get(self.path, Document(b""))
        body = write("rss", channel, self.items)
        self.server.documents[self.path] = replace(old, body=body, type=TYPES["rss"])
        await self.hub.publish(self.server.url(self.path))

    async def is_subscribed(self) -> None:
        topic = self.server.url(self.path)
        await within(lambda: any(t == topic for _, t in self.hub.subscriptions), lambda: "a subscription")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web() -> AsyncIterator[tuple[FeedServer, Hub]]:
    server, hub = FeedServer(), Hub()
    server.routes += hub.routes()
    await server.open()
    yield server, hub
    await server.close()
    assert (server.complaints, hub.complaints) == ([], [])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    prosody: Prosody, telegram, web, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bot]:
    """A bot on two chat networks that reads feeds, and has a hub tell it of news."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    feeds = {"use": "feeds", "sites": [web[0].origin], "hubs": True, "quickest": 0}
    chats = {"jabber": with_account(prosody, bot), "tg": telegram_bot(telegram)}
    bot.configure({**chats, "feeds": feeds})
    await bot.starts()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def ada(prosody: Prosody, bot: Bot) -> AsyncIterator[Someone]:
    async with PersonClient(prosody, enrol(prosody, "ada")) as client:
        client.subscribe(bot.jid)
        await client.sees(bot.jid)
        yield Someone(client, bot.jid)


@pytest.fixture(params=["telegram", pytest.param("xmpp", marks=pytest.mark.nightly)])
def reader(request: pytest.FixtureRequest, telegram, ada: Someone) -> Talker:
    """Somebody who reads, on each chat network."""
    return ada if request.param == "xmpp" else on_telegram(telegram)


@pytest.fixture(params=["xmpp", pytest.param("telegram", marks=pytest.mark.nightly)])
def follower(request: pytest.FixtureRequest, telegram, ada: Someone) -> Talker:
    """The same, for what is tried on XMPP at each change."""
    return ada if request.param == "xmpp" else on_telegram(telegram)


def on_telegram(telegram: TelegramServer) -> Talker:
    own = new_name("lin")
    return OnTelegram(telegram.person("Lin", own, "en").met(), own)


def item(number: int, **more: object) -> Item:
    given = {"guid": f"urn:stone:{number}", "title": f"Stone {number}", "text": f"It is grey, {number}."}
    given |= {"link": f"https://stones.example/{number}", "published": on(1, number)}
    return Item(**{**given, **more})


async def test_a_feed_is_followed_from_its_page_and_each_entry_comes_once(follower, bot, web):
    server, hub = web
    page, path = f"/{follower.name}/", f"/{follower.name}/feed.xml"
    blog = Site(server, hub, path)
    await blog.publishes(item(2), item(1))
    head = f'<html><link rel="alternate" type="application/rss+xml" href="{path}">'
    server.documents[page] = Document(head.encode(), "text/html")
    await follower.asks(f"/feed {server.url(page)}", r"✓ Stones · 127\.0\.0\.1 on Feeds")
    await blog.is_subscribed()

    await blog.publishes(item(3), item(2), item(1))
    heard = await follower.hears("Stone 3")
    assert "@Stones on Feeds" in heard.text
    assert heard.text.count("https://stones.example/3") == 1

    anew = [item(n, guid=f"https://stones.example/?p={n}") for n in (4, 3, 2, 1)]
    await blog.publishes(*anew)
    await follower.hears("Stone 4")

    await follower.caught_up()  # it is not only out but noted: else it may come once more
    await bot.dies()
    await blog.publishes(item(5), *reversed(anew))
    await bot.starts()
    await follower.hears("Stone 5")
    await blog.is_subscribed()

    await blog.publishes(item(5, text="It is green."), *anew)
    await follower.hears("It is green", lambda found: found.corrects is not None)
    told = [line for line in await follower.caught_up() if "Stone" in line]
    assert told == [], "nothing came twice"
    assert (await follower.asks("/feed", "Stones")).text.count("Stones") == 1


async def test_the_address_of_a_private_feed_stays_between_two(follower, bot, web):
    server, hub = web
    path = f"/private/{follower.name}/feed.xml"
    site = Site(server, hub, path)
    server.documents[path] = Document(b"", password=("ada", "pa55word"), query="token=t0psecret")
    await site.publishes(item(1))
    address = f"http://ada:pa55word@{server.origin[7:]}{path}?token=t0psecret"
    await follower.asks(f"/feed {address}", "✓ Stones")
    await site.publishes(item(2), item(1))
    await bot.sleeps()
    await follower.hears("Stone 2")
    for command in ("/feed", "/routes"):
        shown = await follower.asks(command, "Stones")
        assert "t0psecret" not in shown.text
        assert "pa55word" not in shown.text
    assert not hub.subscriptions.keys() & {key for key in hub.subscriptions if path in key[1]}
    log = (bot.folder / "log").read_text()
    with sqlite3.connect(bot.folder / "bridgebot.db") as database:
        rows = "\n".join(database.iterdump())
    for secret in ("t0psecret", "pa55word"):
        assert secret not in log
        assert secret not in rows


async def test_a_feed_is_looked_at_without_being_followed(reader, web):
    site = Site(*web, f"/{reader.name}/feed.xml")
    await site.publishes(item(2), item(1))
    address = site.server.url(site.path)
    shown = await reader.asks(f"/get {address}", r"^The last posts of Stones.* on Feeds:\n")
    assert shown.text.index("Stone 1") < shown.text.index("Stone 2")
    assert "https://stones.example/2" in shown.text
    await reader.asks("/feed", r"^No feeds yet\.")
    await reader.asks("/get stones.invalid", r"^✗ Feeds: stones\.invalid cannot be reached at the moment\.")


async def test_a_list_of_feeds_goes_out_and_comes_back(reader, web, telegram):
    one, two = (Site(*web, f"/{reader.name}/{name}.xml") for name in ("one", "two"))
    for site in (one, two):
        await site.publishes(item(1))
        await reader.asks(
            f"/feed {site.server.url(site.path)}", r"^✓ Stones .* on Feeds arrives here from now on\."
        )
    listed = await reader.asks("/opml", r"(?s)^<\?xml.*<opml.*</opml>")
    assert all(site.server.url(site.path) in listed.text for site in (one, two))
    other = OnTelegram(telegram.person("Zoe", new_name("zoe"), "en").met(), "zoe")
    other.says(listed.text)
    await other.hears(r"^2 of the 2 feeds of your list arrive here\.")
    shown = await other.asks("/feed", r"^Feeds:")
    assert shown.text.count("Stones") == 2
    await other.asks("/feed off 1", r"^✓ Stones .*no longer arrives here\.")
    await two.publishes(item(2), item(1))
    await one.publishes(item(2), item(1))
    await reader.hears("Stone 2")
    await reader.hears("Stone 2")
    await other.hears("Stone 2")
    assert not any("Stone 2" in line for line in other.unheard())
