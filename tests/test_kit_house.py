"""What the kit gives a test: the clock, failures on order, the house with its routes and its database."""

import asyncio
import contextlib
from dataclasses import replace

import pytest
import sqlalchemy as sa
from aiohttp import web

from adapters import pebble, plaza
from bridgebot.adapter import ChatCapabilities
from bridgebot.errors import Temporary, Unconfirmed, Unsupported
from bridgebot.model import Button, Chat, Draft, OutgoingMessage, Timeline, TimelineKind
from bridgebot.testing.context import house
from bridgebot.testing.fakes import ManualClock, MemoryChat, MemorySocial
from bridgebot.testing.shelf import Shelf

ADA = Chat("ada", direct=True)
HELLO = OutgoingMessage("hello")


async def test_the_clock_wakes_in_order():
    clock, woken = ManualClock(), []

    async def sleeper(name, seconds):
        await clock.sleep(seconds)
        woken.append((name, (clock.now() - start).total_seconds()))
        if name == "a":
            await sleeper("again", 1)

    start = clock.now()
    tasks = [asyncio.create_task(sleeper(name, n)) for name, n in (("b", 2), ("a", 1), ("c", 9))]
    await clock.advance(5)
    assert woken == [("a", 1), ("b", 2), ("again", 2)]
    assert (clock.now() - start).total_seconds() == 5
    await clock.advance(4)
    assert woken[-1] == ("c", 9)
    await asyncio.gather(*tasks)


async def test_sleeping_for_nothing_takes_no_time():
    clock = ManualClock()
    await asyncio.wait_for(clock.sleep(0), 60)
    await asyncio.wait_for(clock.sleep(-1), 60)


async def test_the_second_send_fails():
    chat = MemoryChat(capabilities=ChatCapabilities(needs_connection=False))
    chat.fail("send", Temporary(retry_after=3), at=2)
    await chat.send(ADA, HELLO)
    with pytest.raises(Temporary):
        await chat.send(ADA, HELLO)
    await chat.send(ADA, HELLO)
    assert len(chat.lines("ada")) == 2
    assert chat.count("send") == 3
    assert chat.calls[0].arguments == (ADA, HELLO)


async def test_two_sends_in_a_row_fail():
    chat = MemoryChat(capabilities=ChatCapabilities(needs_connection=False))
    chat.fail("send", Temporary(), times=2)
    for _ in range(2):
        with pytest.raises(Temporary):
            await chat.send(ADA, HELLO)
    await chat.send(ADA, HELLO)
    assert chat.lines() == ["hello"]


async def test_an_answer_gets_lost():
    social = MemorySocial()
    ada = social.account("ada")
    social.fail("publish", Unconfirmed(), acted=True)
    with pytest.raises(Unconfirmed):
        await social.publish(ada, Draft("hello"), key="k")
    assert social.texts("ada") == ["hello"]
    assert (await social.publish(ada, Draft("hello"), key="k")).id == social.posts[0].id
    assert social.texts() == ["hello"]


@pytest.mark.parametrize("acted", [False, True])
async def test_a_call_hangs_until_released(acted):
    chat = MemoryChat(capabilities=ChatCapabilities(needs_connection=False))
    release = chat.hang("send", acted=acted)
    call = asyncio.create_task(chat.send(ADA, HELLO))
    await asyncio.sleep(0.01)
    assert not call.done()
    assert chat.lines() == (["hello"] if acted else [])
    release.set()
    assert await call == (chat.messages()[0].id,)
    assert chat.lines() == ["hello"]


async def test_a_conversation_in_memory():
    chat, seen = MemoryChat(), []

    async def receive(thing, *, state=None):
        seen.append(thing)

    run = asyncio.create_task(chat.run(receive))
    chat.group("stones", title="Stones")
    chat.person("lin", weak=True, admin=True, language="zh-CN")
    first = chat.say("helo", sender="lin", chat="stones")
    chat.edit_line(first, "hello")
    chat.delete_line(first)
    await chat.settled()
    await chat.send(ADA, OutgoingMessage("sure?", buttons=(Button("y", "Yes"),)))
    chat.press("Yes")
    chat.change("stones", "moved", to="rocks")
    await chat.settled()
    kinds = [type(thing).__name__ for thing in seen]
    assert kinds == ["Message", "Edit", "Deletion", "Press", "ChatChanged"]
    assert seen[0].chat == Chat("stones", direct=False, title="Stones")
    assert seen[0].sender.weak
    assert seen[0].sender.admin
    assert seen[0].sender.language == "zh-CN"
    assert (seen[3].data, seen[4].moved_to) == ("y", "rocks")
    assert chat.last() == "sure?"
    with pytest.raises(KeyError):
        chat.press("No")
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run


async def test_expired_credentials_and_boosts():
    social = MemorySocial(name="north")
    ada = social.account("ada")
    social.network.follow(social.network.person("ada"), social.network.person("lin"), True)
    home = Timeline(TimelineKind.HOME, ada.server)
    cursor = (await social.fetch(home, ada, None)).cursor
    post = social.add_post("grete", "look")
    social.boost_post(post.id, by="lin")
    (shown,) = (await social.fetch(home, ada, cursor)).posts
    assert shown.boost is not None
    assert (shown.id, shown.boost.by.handle) == (post.id, "@lin@north.example")


async def test_routes_are_served():
    async def hello(request):
        return web.Response(text=f"hello {request.match_info['name']}")

    async with house(pebble) as context:
        context.routes.add("GET", "/hello/{name}", hello)
        async with context.http.get(context.routes.url("/hello/ada")) as answer:
            assert (answer.status, await answer.text()) == (200, "hello ada")
        async with context.http.post(context.routes.url("/hello/ada")) as answer:
            assert answer.status == 405
        async with context.http.get(context.routes.url("/nothing")) as answer:
            assert answer.status == 404


async def test_a_database_only_for_who_declares_it():
    async with house(plaza) as context:
        tables = await context.database.read(lambda connection, now: sa.inspect(connection).get_table_names())
        assert "alembic_version_plaza" in tables
    async with house(pebble) as context:
        with pytest.raises(AssertionError, match="no database"):
            await context.database.run(lambda connection, now: None)


async def test_state_outlives_the_house():
    kept = {}
    for expected in (None, "1"):
        async with house(pebble, state=kept) as context:
            assert await context.state.get("after") == expected
            await context.state.set("after", "1")


def test_the_shelf_is_strict():
    shelf = Shelf(pebble.__file__)
    assert "140" in shelf("zh-CN", "pebble-refused", limit=140)
    assert shelf.used() == shelf.keys("en").keys()
    with pytest.raises(KeyError, match="pebble-refused"):
        shelf("en", "pebble-refused")
    with pytest.raises(KeyError, match="pebble-nothing"):
        shelf("en", "pebble-nothing")


async def test_what_is_not_declared_is_unsupported():
    social = MemorySocial(capabilities=replace(MemorySocial().capabilities, boost=False))
    with pytest.raises(Unsupported):
        await social.boost(social.account("ada"), social.add_post("lin", "hi").id, True)
