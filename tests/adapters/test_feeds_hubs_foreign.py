"""WebSub with a hub and a subscriber that we did not write: each of ours is judged by the other's."""

import asyncio
import contextlib
import ssl

import pytest
from aiohttp import web

from adapters import feeds
from bridgebot.model import Hint
from tests.adapters.test_feeds_hubs import ITEMS, Listener, house
from tests.servers.feeds import Document, FeedServer
from tests.servers.feeds_foreign import ForeignHub, ForeignSubscriber
from tests.servers.feeds_hub import Hub
from tests.servers.feeds_written import Channel, write
from tests.servers.prosody import certify

PATIENCE = 60.0


async def becomes(so):
    async with asyncio.timeout(PATIENCE):
        while not so():
            await asyncio.sleep(0.02)


@pytest.fixture
async def site():
    server = FeedServer()
    await server.open()
    yield server
    await server.close()


# --- our subscriber, and their hub -------------------------------------------------------------


@pytest.fixture
def hub(tmp_path):
    hub = ForeignHub(tmp_path)
    with hub.serving():
        yield hub


@contextlib.asynccontextmanager
async def listening(site, hub):
    """Our adapter follows a feed that names this hub."""
    async with house(feeds) as context:
        listener = Listener(site, None, context, sites=(site.origin, hub.url.removesuffix("/hub")))
        # In the header: that is where their hub wants them.
        links = f'<{hub.url}>; rel="hub", <{listener.topic}>; rel="self"'
        site.documents["/feed.xml"] = Document(write("rss", Channel(), ITEMS), headers={"Link": links})
        await listener.read()
        task = asyncio.create_task(listener.listen())
        try:
            await becomes(lambda: hub.subscribers(listener.topic) or task.done())
            yield listener, task
        finally:
            task.cancel()
            await asyncio.wait([task])


async def test_their_hub_verifies_us_and_we_believe_its_signature(site, hub):
    async with listening(site, hub) as (listener, _):
        [(_, secret)] = hub.subscribers(listener.topic)
        assert len(secret) >= 32
        hub.publish(listener.topic)
        async with asyncio.timeout(PATIENCE):
            assert await listener.heard.get() == Hint(None)


async def test_their_hub_stops_where_we_listen_no_more(site, hub):
    async with listening(site, hub) as (listener, task):
        task.cancel()
        await asyncio.wait([task])
        assert hub.subscribers(listener.topic)
        hub.publish(listener.topic)
        await becomes(lambda: not hub.subscribers(listener.topic))


# --- our hub, and their subscriber -------------------------------------------------------------


@pytest.fixture
def subscriber(tmp_path):
    subscriber = ForeignSubscriber(tmp_path)
    with subscriber.serving():
        yield subscriber


@contextlib.asynccontextmanager
async def standing(hub, folder):
    """Our hub over TLS: without it their subscriber gives no secret away. Its origin, and its certificate."""
    certify(folder)
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(folder / "server.crt", folder / "server.key")
    app = web.Application()
    app.add_routes(hub.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure).start()
        yield f"https://127.0.0.1:{runner.addresses[0][1]}", folder / "server.crt"
    finally:
        await runner.cleanup()


def feed_of(site, origin):
    """A feed that says in itself where its hub is."""
    topic = site.url("/feed.xml")
    written = write("rss", Channel(own=topic, hub=f"{origin}/hub"), ITEMS)
    site.documents["/feed.xml"] = Document(written, type="application/rss+xml; charset=utf-8")
    return topic


async def test_their_subscriber_is_served_by_our_hub(site, subscriber, tmp_path):
    hub = Hub()
    async with standing(hub, tmp_path) as (origin, certificate):
        topic = feed_of(site, origin)
        await subscriber.subscribe(topic, secret="between us", certificate=certificate)
        assert await subscriber.hears() == ("done", topic, "subscribe")
        await becomes(lambda: hub.subscriptions)
        await hub.publish(topic, b"<rss>guessed</rss>", secret="a guess")
        await hub.publish(topic, "<rss>新的</rss>".encode())
        assert await subscriber.hears() == ("news", topic, "<rss>新的</rss>".encode())
        assert (hub.answers, hub.complaints) == ([200, 200], [])


async def test_their_subscriber_is_refused_by_our_hub(site, subscriber, tmp_path):
    hub = Hub(deny=True)
    async with standing(hub, tmp_path) as (origin, certificate):
        topic = feed_of(site, origin)
        await subscriber.subscribe(topic, secret="between us", certificate=certificate)
        assert await subscriber.hears() == ("denied", topic, "not here")
        assert hub.subscriptions == {}
