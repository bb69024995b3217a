"""Streams: what they hint at, by websocket and by server-sent events, and how they end."""

import asyncio
import contextlib
import json
from dataclasses import replace

import pytest

from adapters.mastodon import entities, streaming
from bridgebot.errors import AuthExpired, Temporary, Unsupported
from bridgebot.model import Account, Hint, Timeline, TimelineKind
from tests.adapters.mastodon_town import town

ADA = Account("1", "@ada@masto.example", "masto.example")


@contextlib.asynccontextmanager
async def listening(here, timeline):
    """Hints as they come; the stream stands."""
    heard = asyncio.Queue()

    async def listen():
        async for hint in here.adapter.listen(timeline, here.ada):
            heard.put_nowait(hint)

    task = asyncio.create_task(listen())
    for _ in range(200):
        if here.server.streams.listeners or task.done():
            break
        await asyncio.sleep(0.01)
    try:
        yield heard, task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


async def hints(heard, number):
    return [(await asyncio.wait_for(heard.get(), 60)).post for _ in range(number)]


@pytest.fixture(params=["websocket", "events"])
async def here(request):
    async with town() as place:
        if request.param == "events":

            async def no_websocket(asked):
                raise_(streaming_module().NoStream(400, "no websockets here"))

            place.server.streams._websocket = no_websocket
        yield place


def raise_(error):
    raise error


def streaming_module():
    from tests.servers import mastodon_stream

    return mastodon_stream


async def test_the_home_timeline_as_it_happens(here):
    async with listening(here, here.home) as (heard, _):
        here.server.person("stranger").post("not for here")
        post = here.grete.post("news")
        here.grete.edit(post, "news!")
        boost = here.grete.boost(here.server.person("stranger").post("good"))
        here.grete.delete(post)
        assert await hints(heard, 4) == [post.id, post.id, boost.id, post.id]


async def test_own_posts_alone(here):
    async with listening(here, here.timeline(TimelineKind.OWN)) as (heard, _):
        here.me.follow(here.grete)
        here.grete.post("not mine")
        here.me.boost(here.grete.post("nor this"))
        mine = here.me.post("mine")
        assert await hints(heard, 1) == [mine.id]


async def test_mentions_come_as_notifications(here):
    async with listening(here, here.timeline(TimelineKind.MENTIONS)) as (heard, _):
        here.me.post("not told")
        here.grete.post("hello @ada")
        assert await hints(heard, 1) == [None]


@pytest.mark.parametrize("kind", [TimelineKind.TAG, TimelineKind.LIST])
async def test_a_tag_and_a_list(here, kind):
    here.me.follow(here.grete)
    argument = "tea" if kind is TimelineKind.TAG else here.me.list("friends", here.grete).id
    async with listening(here, here.timeline(kind, argument)) as (heard, _):
        here.me.post("neither")
        post = here.grete.post("hello #tea")
        assert await hints(heard, 1) == [post.id]


async def test_the_token_is_in_no_address(here):
    async with listening(here, here.home):
        pass
    asked = [path for _, path in here.server.asked]
    assert "/api/v1/streaming" in " ".join(asked)
    assert here.token not in " ".join(asked)


async def test_a_stream_that_breaks_ends(here):
    async with listening(here, here.home) as (_, task):
        here.server.streams.cut()
        with contextlib.suppress(Temporary):
            await asyncio.wait_for(task, 60)
        assert task.done()


async def test_nobody_listens_any_more(here):
    async with listening(here, here.home):
        assert here.server.streams.listeners
    for _ in range(100):
        if not here.server.streams.listeners:
            return
        here.grete.post("somebody there?")
        await asyncio.sleep(0.01)
    raise AssertionError("the stream was not closed")


async def test_a_refused_token_is_told(here):
    here.server.expire("ada")
    with pytest.raises(AuthExpired) as info:
        await anext(here.adapter.listen(here.home, here.ada))
    assert here.token not in f"{info.value!r} {info.value.__cause__!r}"


async def test_a_server_that_is_away(here):
    await here.server.refuse()
    with pytest.raises(Temporary):
        await anext(here.adapter.listen(here.home, here.ada))


async def test_without_either_way():
    async with town("gotosocial") as here:

        async def no_websocket(asked):
            raise_(streaming_module().NoStream(400, "no websockets here"))

        here.server.streams._websocket = no_websocket
        with pytest.raises(Temporary):
            await anext(here.adapter.listen(here.home, here.ada))


async def test_takahe_has_no_streams():
    async with town("takahe") as here:
        with pytest.raises(Unsupported):
            await anext(here.adapter.listen(here.home, here.ada))


async def test_pleroma_reads_the_token_as_a_subprotocol():
    async with town() as here:
        known = json.loads(here.ada.credentials) | {"software": "pleroma"}
        here.ada = replace(here.ada, credentials=json.dumps(known))
        async with listening(here, here.home) as (heard, _):
            post = here.grete.post("news")
            assert await hints(heard, 1) == [post.id]


# --- what an event means -----------------------------------------------------------------------


def status(by="2", **more):
    made = {"id": "7", "created_at": "2026-01-01T00:00:00Z", "account": {"id": by, "acct": "x"}, **more}
    return json.dumps(made)


@pytest.mark.parametrize(
    ("event", "payload", "kind", "hint"),
    [
        ("update", status(), TimelineKind.HOME, Hint("7")),
        ("update", json.loads(status()), TimelineKind.HOME, Hint("7")),
        ("status.update", status(), TimelineKind.HOME, Hint("7")),
        ("update", status(), TimelineKind.OWN, None),
        ("update", status(by="1"), TimelineKind.OWN, Hint("7")),
        ("update", status(by="1", reblog=json.loads(status())), TimelineKind.OWN, None),
        ("update", status(), TimelineKind.MENTIONS, None),
        ("status.update", status(mentions=[{"id": "1", "acct": "ada"}]), TimelineKind.MENTIONS, Hint("7")),
        ("delete", "7", TimelineKind.OWN, Hint("7")),
        ("delete", 7, TimelineKind.HOME, Hint("7")),
        ("delete", None, TimelineKind.HOME, None),
        ("notification", "{}", TimelineKind.MENTIONS, Hint(None)),
        ("notification", "{}", TimelineKind.HOME, None),
        ("filters_changed", None, TimelineKind.HOME, None),
        ("conversation", "{}", TimelineKind.HOME, None),
        ("hologram", "{}", TimelineKind.HOME, None),
        ("update", "{", TimelineKind.HOME, None),
        ("update", "[]", TimelineKind.HOME, None),
        ("update", None, TimelineKind.HOME, None),
        ("update", "[" * 100_000, TimelineKind.HOME, None),
    ],
)
def test_an_event_means(event, payload, kind, hint):
    assert streaming.hint_of(entities.Event(event, payload), Timeline(kind, "masto.example"), ADA) == hint


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "thump", '{"event":3}', "{" * 10, '{"event": "x", "payload": ' + "[" * 10**6]
)
def test_what_is_no_event_is_passed_over(text):
    assert streaming._event(text) is None


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("wss://streaming.example", "wss://streaming.example/api/v1/streaming?stream=user"),
        ("wss://example/", "wss://example/api/v1/streaming?stream=user"),
        ("wss://example/api/v1/streaming/", "wss://example/api/v1/streaming/?stream=user"),
    ],
)
def test_the_address_of_a_stream(base, address):
    assert str(streaming._address(base, Timeline(TimelineKind.HOME, "example"))) == address
