"""WebSub: what hubs say is a hint and no more, and only the hub that was asked is heard."""

import asyncio
import contextlib
import hashlib
import hmac
from dataclasses import replace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters import feeds
from adapters.feeds import addresses, hubs
from bridgebot.errors import Temporary, Unsupported
from bridgebot.model import Hint, Timeline, TimelineKind
from bridgebot.testing.context import house
from tests.servers.feeds import Document, FeedServer
from tests.servers.feeds_hub import Hub
from tests.servers.feeds_written import Channel, Item, write

ITEMS = [Item("1", title="One", link="https://stones.example/1")]


class Listener:
    """An adapter that reads one feed and listens to it."""

    def __init__(self, server, hub, context, **options):
        self.server, self.hub, self.context = server, hub, context
        config = {"sites": (server.origin,), "hubs": True, **options}
        self.adapter = feeds.Adapter(feeds.Config(**config), context)
        self.topic = server.url("/feed.xml")
        self.timeline = Timeline(TimelineKind.FEED, "127.0.0.1", self.topic)
        self.heard = asyncio.Queue()
        self.stands(hub="/hub")

    def stands(self, hub="", headers=None):
        channel = Channel(own=self.topic, hub=self.server.url(hub) if hub else "")
        self.server.documents["/feed.xml"] = Document(write("rss", channel, ITEMS), headers=headers or {})

    async def read(self):
        return await self.adapter.fetch(self.timeline, None, None)

    async def listen(self):
        async for hint in self.adapter.listen(self.timeline, None):
            await self.heard.put(hint)

    @contextlib.asynccontextmanager
    async def listening(self):
        await self.read()
        task = asyncio.create_task(self.listen())
        async with asyncio.timeout(5):
            while not self.hub.subscriptions and not task.done():
                await asyncio.sleep(0.005)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def hears(self):
        async with asyncio.timeout(5):
            return await self.heard.get()

    @property
    def callback(self):
        ((callback, _),) = self.hub.subscriptions
        return callback


@pytest.fixture
async def hub():
    return Hub()


@contextlib.asynccontextmanager
async def a_listener(hub):
    server = FeedServer()
    server.routes += hub.routes()
    await server.open()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(server.close)
        context = await stack.enter_async_context(house(feeds))
        yield Listener(server, hub, context)
    assert (server.complaints, hub.complaints) == ([], [])


@pytest.fixture
async def listener(hub):
    async with a_listener(hub) as listener:
        yield listener


async def test_a_delivery_is_a_hint_to_read(listener, hub):
    async with listener.listening():
        await hub.publish(listener.topic)
        assert await listener.hears() == Hint(None)
        assert hub.answers == [202]


async def test_deliveries_that_come_close_together_are_few_hints(listener, hub, monkeypatch):
    monkeypatch.setattr(hubs, "PAUSE", 0.2)
    async with listener.listening():
        for _ in range(20):
            await hub.publish(listener.topic)
        await listener.hears()
        await listener.hears()
        assert listener.heard.empty()


async def test_who_cannot_prove_to_be_the_hub_is_heard_by_nobody(listener, hub):
    async with listener.listening():
        await hub.publish(listener.topic, secret="guessed")
        async with aiohttp.ClientSession() as http, http.post(listener.callback, data=b"x") as answer:
            assert answer.status == 202, "nobody learns whether the guess was right"
        await asyncio.sleep(0.05)
        assert listener.heard.empty()


async def test_only_what_was_asked_for_is_confirmed(listener, hub):
    async with listener.listening():
        said = {"hub.topic": listener.topic, "hub.challenge": "c", "hub.mode": "subscribe"}
        async with aiohttp.ClientSession() as http:
            for more, status in (
                ({"hub.topic": "https://elsewhere.example/"}, 404),
                ({"hub.mode": "unsubscribe"}, 404),
                ({"hub.challenge": ""}, 404),
                ({"hub.mode": "publish"}, 404),
                ({}, 200),
            ):
                async with http.get(listener.callback, params=said | more) as answer:
                    assert answer.status == status, more
            async with http.get(listener.callback[:-32] + "0" * 32, params=said) as answer:
                assert answer.status == 404


async def test_where_nobody_listens_any_more_the_hub_is_told_to_stop(listener, hub):
    async with listener.listening():
        callback = listener.callback
    await hub.publish(listener.topic)
    assert (hub.answers, hub.subscriptions) == ([410], {})
    said = {"hub.topic": listener.topic, "hub.challenge": "c", "hub.mode": "unsubscribe"}
    async with aiohttp.ClientSession() as http, http.get(callback, params=said) as answer:
        assert (answer.status, await answer.text()) == (200, "c")


async def test_a_lease_is_renewed_before_it_ends_by_the_same_subscription(listener, hub, monkeypatch):
    monkeypatch.setattr(hubs, "SHORTEST", 0.0)
    hub.lease = 1
    async with listener.listening(), asyncio.timeout(10):
        while hub.renewed < 2:
            await asyncio.sleep(0.05)
    assert len(hub.subscriptions) == 1


async def test_after_a_restart_it_is_the_same_subscription(listener, hub):
    async with listener.listening():
        before = set(hub.subscriptions.values())
    hub.subscriptions.clear()
    listener.adapter = feeds.Adapter(listener.adapter.config, replace(listener.context, name="again"))
    async with listener.listening():
        pass
    (old,) = before
    new = next(iter(hub.subscriptions.values()))
    assert (old.secret, old.callback.rpartition("/")[2]) == (new.secret, new.callback.rpartition("/")[2])


async def test_a_hub_that_says_no_or_nothing_is_asked_again_later(listener, hub, monkeypatch):
    monkeypatch.setattr(hubs, "CONFIRMED", 0.2)
    for hub.deny, hub.silent in ((True, False), (False, True)):
        async with listener.listening() as task:
            with pytest.raises(Temporary):
                await task


async def test_a_subscription_that_ends_early_is_made_anew(listener, hub):
    async with listener.listening() as task:
        said = {"hub.topic": listener.topic, "hub.mode": "denied"}
        async with aiohttp.ClientSession() as http, http.get(listener.callback, params=said) as answer:
            assert answer.status == 200
        with pytest.raises(Temporary):
            await asyncio.wait_for(task, 15)


async def test_the_header_of_an_answer_names_the_hub_too(listener, hub):
    listener.stands(
        headers={"Link": f'<{listener.server.url("/hub")}>; rel="hub", <{listener.topic}>; rel=self'}
    )
    async with listener.listening():
        await hub.publish(listener.topic)
        assert await listener.hears() == Hint(None)


async def test_what_is_kept_of_a_feed_with_a_hub_does_not_tell_its_address(listener, hub):
    """An address may let in whoever has it though nothing shows that; the hub knows it as `http://`, too."""
    cursor = (await listener.read()).cursor
    assert "/hub" in cursor
    assert "feed.xml" not in cursor
    again = feeds.Adapter(listener.adapter.config, replace(listener.context, name="again"))
    await again.fetch(listener.timeline, None, cursor)
    assert [one.status for one in listener.server.seen] == [200, 304]
    listener.adapter = again
    task = asyncio.create_task(listener.listen())
    async with asyncio.timeout(5):
        while not hub.subscriptions:
            await asyncio.sleep(0.005)
    assert [topic for _, topic in hub.subscriptions] == [listener.topic]
    task.cancel()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("https://a.example/x/0ther", "https://a.example/ "),
        ("http://a.example/x/0ther/", "http://a.example/ /"),
        ("https://hub.example/of/x/0ther", "https://hub.example/of/ "),
        ("https://a.example/", "https://a.example/"),
        ("", ""),
    ],
)
def test_a_name_at_a_hub_is_kept_without_what_the_address_has_of_its_own(name, kept):
    for address in ("https://a.example/x/0ther", "https://a.example/x/0ther/"):
        assert addresses.veiled(name, address) == kept
        assert addresses.unveiled(kept, address) == name
    assert addresses.veiled(name, "https://a.example/") == name


async def test_without_a_hub_or_an_address_there_is_no_stream(listener, hub):
    listener.stands()
    await listener.read()
    with pytest.raises(Unsupported):
        await listener.listen()
    for hubs_wanted in (False, None):  # nobody reaches a bot that stands at 127.0.0.1
        config = listener.adapter.config.model_copy(update={"hubs": hubs_wanted})
        listener.adapter = feeds.Adapter(config, replace(listener.context, name=f"x{hubs_wanted}"))
        with pytest.raises(Unsupported):
            await listener.listen()
    assert hub.subscriptions == {}


class Elsewhere:
    """Routes of a bot that people reach at another address."""

    def __init__(self, address):
        self.address = address

    def add(self, method, path, handler):
        pass

    def url(self, path):
        return f"{self.address}{path}"


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("https://bot.example", True),
        ("https://bot.example:8443/bots", True),
        ("http://bot.example", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::7]", False),
    ],
)
async def test_where_people_reach_the_bot_by_name_over_https_hubs_are_asked_unbidden(
    listener, address, reached
):
    there = replace(listener.context, name="there", routes=Elsewhere(address))
    assert feeds.Adapter(feeds.Config(), there)._is_reached() is reached
    assert not feeds.Adapter(feeds.Config(hubs=False), replace(there, name="never"))._is_reached()


async def test_a_private_feed_is_told_to_no_hub(listener, hub):
    address = listener.server.url("/feed.xml?token=t0psecret")
    listener.timeline = Timeline(TimelineKind.FEED, "127.0.0.1", address)
    page = await listener.read()
    assert "hub" not in page.cursor
    with pytest.raises(Unsupported):
        await listener.listen()


@given(some.binary(), some.text(min_size=1), some.sampled_from(["sha1", "sha256", "SHA384", "sha512"]))
def test_what_is_signed_with_the_secret_and_nothing_else_is_believed(body, secret, method):
    good = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    assert hubs.signed(body, f"{method}={good}", secret)
    for wrong in ("", good, f"md5={good}", f"{method}={good[:-1]}", f"{method}=ä", f"{method}="):
        assert not hubs.signed(body, wrong, secret)
    assert not hubs.signed(body + b"x", f"{method}={good}", secret)
