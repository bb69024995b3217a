"""The same faults between the bot and Bluesky, and between it and feeds: each post and each item once."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.crash.town import becomes
from tests.journeys.faults.test_faults_of_calls import Wrong, table
from tests.journeys.networks.skies import POSTED, app_password, linked, texts
from tests.journeys.networks.travellers import OnTelegram, new_name
from tests.journeys.people import Receipt, within
from tests.servers.bluesky import BlueskyServer
from tests.servers.bluesky import serve as serve_bluesky
from tests.servers.bluesky_person import Someone as Elsewhere
from tests.servers.bot import Bot, telegram_bot
from tests.servers.feeds import Document, FeedServer
from tests.servers.feeds_written import TYPES, Channel, Item, on, write
from tests.servers.http_relay import HttpRelay
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly, pytest.mark.timeout(600)]

PUT, DELETE = (rf"com\.atproto\.repo\.{name}Record$" for name in ("put", "delete"))
ROUNDS = 12  # of polls; a server that fails is left alone for some of them


@dataclass
class Web:
    """The servers, what stands between them and the bot, and the bot."""

    telegram: TelegramServer
    sky: BlueskyServer
    sites: FeedServer
    to_sky: HttpRelay
    to_sites: HttpRelay
    bot: Bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        telegram, sky, sites = await enter(serve_telegram()), await enter(serve_bluesky()), FeedServer()
        await sites.open()
        stack.push_async_callback(sites.close)
        to_sky = await enter(HttpRelay(sky.port))
        to_sites = await enter(HttpRelay(int(sites.origin.rpartition(":")[2])))
        sky.port = to_sky.port  # the identities of its people name the relay
        bot = Bot(tmp_path_factory.mktemp("bot"))
        feeds = {"use": "feeds", "sites": [to_sites.url], "quickest": 0}
        sky_there = {"use": "bluesky", **sky.options}
        bot.configure({"tg": telegram_bot(telegram), "bluesky": sky_there, "feeds": feeds})
        await bot.starts()
        stack.callback(bot.kill)
        yield Web(telegram, sky, sites, to_sky, to_sites, bot)


async def meets(web: Web, name: str) -> tuple[OnTelegram, Elsewhere]:
    """Somebody in the chat, whose account on Bluesky is linked."""
    own = new_name(name)
    ada, there = OnTelegram(web.telegram.person(name.title(), own, "en").met(), own), web.sky.person(own)
    there.who.passwords[app_password()] = "a test"
    await linked(ada, there)
    return ada, there


async def test_each_post_is_there_once_edited_once_and_gone_in_the_end(web):
    ada, there = await meets(web, "ada")
    wrong = {f"{one.name} of {ada.name}": one for one in table()}
    for text, one in wrong.items():
        order(web.to_sky, one, PUT, holds=text)
    said = {text: ada.says(f"/post {text}") for text in wrong}
    posts = [
        Receipt(id, await ada.hears(POSTED, lambda heard, id=id: _answers(heard, id))) for id in said.values()
    ]
    assert Counter(texts(there)) == Counter(list(wrong))

    again = {f"{text}, edited": one for text, one in zip(wrong, table(), strict=True)}
    for (text, one), old in zip(again.items(), said, strict=True):
        key = next(post.uri for post in there.posts() if post.text == old).rpartition("/")[2]
        order(web.to_sky, one, DELETE, holds=key)
        order(web.to_sky, one, PUT, holds=text)
    for text, post in zip(again, posts, strict=True):
        ada.corrects(post.message, f"/post {text}")
    await within(lambda: Counter(texts(there)) == Counter(list(again)) or None, lambda: str(texts(there)))
    await ada.stands(lambda chat: len(lines(chat, POSTED)) == len(again))

    for one, post in zip(table(), there.posts(), strict=True):
        order(web.to_sky, one, DELETE, holds=post.uri.rpartition("/")[2])
    for post in posts:
        ada.takes_back(post)
    await ada.stands(lambda chat: len(lines(chat, r"^#\w+ taken back")) == len(posts))
    await ada.caught_up()
    assert texts(there) == []
    assert len(lines(ada.chat(), r"^#\w+ ")) == len(posts), "one receipt each"
    assert {fault for fault, _, _ in web.to_sky.met} == {one.fault for one in wrong.values()}
    assert web.bot.troubles() == []


async def test_what_others_publish_comes_once_whatever_happened_to_the_reading(web):
    """One author and one feed for each fault."""
    ada, _ = await meets(web, "ada")
    wrong, web.to_sky.met, web.to_sites.met = table(), [], []
    authors = [web.sky.person(new_name("lin")) for _ in wrong]
    feeds = [f"/{one.name}.xml" for one in wrong]
    for one, lin, path in zip(wrong, authors, feeds, strict=True):
        publishes(web, path, one.name, 1)
        await ada.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
        await ada.asks(f"/feed {web.to_sites.url}{path}", rf"^✓ About {one.name}\b")
    actors = [lin.did.rpartition(":")[2] for lin in authors]
    await within(lambda: read(web.to_sky, actors) or None, lambda: "each author is read once")
    for one, lin, actor, path in zip(wrong, authors, actors, feeds, strict=True):
        order(web.to_sky, one, rf"getAuthorFeed.*{actor}", method="GET")
        order(web.to_sites, one, rf"{path}$", method="GET")
        lin.post(f"sky in spite of {one.name}.")
        publishes(web, path, one.name, 2)
    wanted = [f"{place} in spite of {one.name}." for one in wrong for place in ("sky", "feed")]
    for _ in range(ROUNDS):
        await web.bot.sleeps()
        if await becomes(lambda: all(shown(ada, text) for text in wanted), 10):
            break
    await ada.caught_up()
    assert {text: shown(ada, text) for text in wanted} == dict.fromkeys(wanted, 1)
    for relay in (web.to_sky, web.to_sites):
        assert {fault for fault, _, _ in relay.met} == {one.fault for one in wrong}
        assert len(relay.met) == len(wrong)
    assert web.bot.troubles() == []


def order(relay: HttpRelay, one: Wrong, path: str, method: str = "POST", holds: str = "") -> None:
    relay.order(one.fault, method, path, holds=holds, seconds=one.seconds, headers=one.headers)


def publishes(web: Web, path: str, name: str, count: int) -> None:
    """A feed with so many entries, the newest first."""
    link = "https://stones.example/{0}/{1}"
    items = [
        Item(
            guid=f"urn:{name}:{number}",
            title=f"{name}, entry {number}",
            text=f"feed in spite of {name}." if number == 2 else "It is grey.",
            link=link.format(name, number),
            published=on(1, number),
        )
        for number in range(count, 0, -1)
    ]
    body = write("rss", Channel(f"About {name}", own=f"{web.to_sites.url}{path}"), items)
    web.sites.documents[path] = Document(body, TYPES["rss"])


def read(relay: HttpRelay, actors: list[str]) -> bool:
    """Whether all of these authors have been read."""
    return all(any("getAuthorFeed" in path and actor in path for _, path in relay.passed) for actor in actors)


def shown(ada: OnTelegram, text: str) -> int:
    return sum(text in line for line in ada.chat().values())


def lines(chat: Mapping[str, str], pattern: str) -> list[str]:
    """What stands in a chat and looks like that."""
    return [line for line in chat.values() if re.search(pattern, line)]


def _answers(heard: object, message: str) -> bool:
    return getattr(heard, "reply_to", None) == message
