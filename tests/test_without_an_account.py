"""People and feeds that anybody may read, for somebody who has no account anywhere."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridgebot import archive, model, outline
from bridgebot.errors import Rejected, Temporary
from bridgebot.http import policy
from bridgebot.model import Audience, TimelineKind
from bridgebot.outbox import lists
from bridgebot.store import keep, people, routes
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

FEEDS = replace(
    EVERYTHING,
    timelines=frozenset({TimelineKind.FEED}),
    anonymous=frozenset({TimelineKind.FEED}),
    accountless=True,
)


@pytest.fixture
async def house(tmp_path):
    socials = (MemorySocial(name="north"), MemorySocial(name="feeds", capabilities=FEEDS))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada")
        yield house


async def test_a_network_without_accounts_is_not_offered_for_linking(house):
    await house.says("/link")
    assert house.chat.last() == "/link and one of: North"
    await house.says("/link feeds")
    assert house.chat.last() == "/link and one of: North"
    await house.says("/start")
    assert "Feeds" not in house.chat.last()


# --- people ------------------------------------------------------------------------------------


def north(house):
    return house.social("north")


async def timelines(house):
    def unit(tx, now):
        wanted = sa.select(t.timeline).where(
            sa.exists().where(t.route.c.timeline_id == t.timeline.c.id, t.route.c.state == "active")
        )
        return tx.connection.execute(wanted).mappings().all()

    return await house.store.read(unit)


@pytest.mark.parametrize("typed", ["@lin@north.example", "lin@north.example"])
async def test_somebody_is_followed_without_an_account(house, typed):
    north(house).network.person("lin")
    await house.says(f"/follow {typed}")
    assert house.chat.last() == (
        "✓ @lin@north.example (Lin) on North arrives here from now on. No account is needed; "
        "/unfollow stops it."
    )
    north(house).add_post("lin", "news")
    await house.poll()
    assert house.chat.last() == "@lin@north.example on North [2k7]: news"
    await house.says(f"/unfollow {typed}")
    assert house.chat.last() == "✓ @lin@north.example no longer arrives here."
    north(house).add_post("lin", "more news")
    await house.poll()
    assert "more news" not in house.chat.last()
    assert await timelines(house) == []


async def test_who_can_see_what_is_not_for_all_is_not_read_without_an_account(house):
    north(house).network.person("lin")
    await house.says("/follow @lin@north.example")
    north(house).add_post("lin", "for few", audience=Audience.FOLLOWERS)
    await house.poll()
    assert "for few" not in house.chat.last()


async def test_many_who_follow_one_person_are_one_reader(house):
    north(house).network.person("lin")
    for name in ("ada", "eve", "bob"):
        await house.user(name)
        await house.says("/follow @lin@north.example", sender=name)
    assert len(await timelines(house)) == 1
    await house.poll()
    before = north(house).count("fetch")
    north(house).add_post("lin", "news")
    await house.poll()
    assert north(house).count("fetch") == before + 1
    assert [house.chat.last(name).endswith("news") for name in ("ada", "eve", "bob")] == [True] * 3


async def test_nobody_is_told_in_words(house):
    await house.says("/follow @nobody@north.example")
    assert house.chat.last() == "There is nobody and nothing to read at @nobody@north.example."
    assert await timelines(house) == []


async def test_a_bare_name_needs_an_account(house):
    await house.says("/follow lin")
    assert house.chat.last().startswith("You have no account here yet.")


async def test_several_things_at_an_address_are_chosen_from(house):
    north(house).network.person("lin")
    await house.says("/follow https://north.example/@lin")
    assert house.chat.last() == (
        "Several things can be read there on North. Which one?\n"
        "1. @lin@north.example (Lin) (person)\n2. Lin's stones · north.example (feed)"
    )
    house.chat.press("2")
    await house.settle()
    assert house.chat.last().startswith("✓ Lin's stones · north.example on North arrives here")
    [line] = await timelines(house)
    assert (line["kind"], line["account_id"]) == ("feed", None)


async def test_the_account_follows_whom_it_can(house):
    await house.user("ada", "north")
    lin = north(house).network.person("lin")
    await house.says("/follow @lin@north.example")
    assert house.chat.last().startswith("✓ you follow @lin@north.example (Lin) on North")
    assert (north(house).network.person("ada").id, lin.id) in north(house).network.follows
    assert north(house).count("sources") == 0


async def test_a_page_of_somebody_whom_an_account_can_follow_is_followed_with_it(house):
    await house.user("ada", "north")
    north(house).network.person("lin")
    await house.says("/follow https://north.example/@lin")
    house.chat.press("1")
    await house.settle()
    assert house.chat.last().startswith("✓ you follow @lin@north.example (Lin) on North")


async def test_one_network_after_the_other_is_asked_until_one_answers(house):
    house.social("feeds").network.person("lin")
    await house.says("/follow https://feeds.example/lin.feed")
    assert house.chat.last().startswith("✓ Lin's stones · feeds.example on Feeds arrives here")
    assert [north(house).count("sources"), house.social("feeds").count("sources")] == [1, 1]


async def test_what_cannot_be_reached_is_told_after_three_attempts(house):
    for network in house.socials:
        network.fail("sources", Temporary("http-unreachable", host="north.example"), times=9)
    await house.says("/follow https://north.example/lin.feed")
    await house.wait(2)
    await house.wait(4)
    assert house.chat.last() == "✗ North: north.example cannot be reached at the moment."
    assert [north(house).count("sources"), house.social("feeds").count("sources")] == [1, 3]


async def test_the_most_telling_failure_is_told(house):
    north(house).fail("sources", Rejected("http-rejected", host="north.example", words="log in"))
    await house.says("/follow https://north.example/lin.feed")
    assert house.chat.last() == "✗ North: north.example refused this: log in"


async def test_a_server_that_shows_nothing_to_anybody_makes_no_route(house):
    north(house).network.person("lin")
    north(house).fail("fetch", Rejected("http-rejected", host="north.example", words="log in"))
    await house.says("/follow @lin@north.example")
    assert house.chat.last() == "✗ North: north.example refused this: log in"
    assert await timelines(house) == []


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "“@lin@north.example” on North cannot be read without an account now: north.example refused "
            "this: log in I look again once a day.",
        ),
        ("zh-CN", "North 上的“@lin@north.example”现在没有账号就读不到了："),
    ],
)
async def test_a_server_that_closes_is_told_of_once_and_left_alone_for_a_day(house, language, told):
    north(house).network.person("lin")
    await house.says(f"/language {language}")
    await house.says("/follow @lin@north.example")
    north(house).fail("fetch", Rejected("http-rejected", host="north.example", words="log in"), times=2)
    await house.poll()
    assert house.chat.last().startswith(told)
    [line] = await timelines(house)
    assert line["due_at"] - house.clock.now() > timedelta(hours=23)
    before = len(house.chat.messages())
    await house.wait(86_400)
    await house.poll()
    assert len(house.chat.messages()) == before, "nobody is told twice"
    north(house).add_post("lin", "open again")
    await house.poll()
    assert house.chat.last().endswith("open again")


# --- looking without following -------------------------------------------------------------------


async def test_the_last_posts_of_somebody(house):
    for number in range(7):
        north(house).add_post("lin", f"post {number}")
    await house.says("/get @lin@north.example")
    head, *lines = house.chat.last().splitlines()
    assert head == "The last posts of @lin@north.example on North:"
    assert [line.partition(" https")[0] for line in lines] == [
        f"│ @lin@north.example: post {number}" for number in range(2, 7)
    ]
    north(house).network.person("eve")
    await house.says("/get @eve@north.example")
    assert house.chat.last() == "@eve@north.example on North shows no posts."
    await house.says("/get @nobody@north.example")
    assert house.chat.last() == "There is nobody and nothing to read at @nobody@north.example."


async def test_the_last_posts_with_an_account(house):
    await house.user("ada", "north")
    north(house).add_post("lin", "hello")
    await house.says("/get lin")
    assert house.chat.last().splitlines()[0] == "The last posts of @lin@north.example on North:"
    assert "hello" in house.chat.last()


async def test_somebody_is_looked_up_and_posts_are_searched_without_an_account(house):
    north(house).add_post("lin", "a grey stone")
    await house.says("/whois @lin@north.example")
    assert house.chat.last().splitlines()[0] == "@lin@north.example (Lin) on North"
    await house.says("/search stone")
    assert house.chat.last().splitlines()[0] == "“stone” on North:"
    assert "a grey stone" in house.chat.last()


# --- feeds ---------------------------------------------------------------------------------------


async def feed(house, name="lin", **more):
    house.social("feeds").network.person(name)
    await house.says(f"/feed https://feeds.example/{name}.feed", **more)


async def test_an_address_is_kept_nowhere_once_it_was_looked_at(house):
    house.social("feeds").network.person("lin")
    for name in ("lin", "nobody"):
        await house.says(f"/feed https://feeds.example/{name}.feed")
    await house.says("/get https://north.example/@grete")
    with sqlite3.connect(house.folder / "house.db") as other:
        deliveries = "\n".join(str(row) for row in other.execute("SELECT * FROM delivery"))
        parts = "\n".join(str(row) for row in other.execute("SELECT * FROM part"))
    assert "sources" in deliveries
    for kept in (deliveries, parts):
        assert "lin.feed" not in kept
        assert "nobody.feed" not in kept


async def test_a_feed_arrives_and_ends(house):
    await house.says("/feed")
    assert house.chat.last() == "No feeds yet. /feed and the address of a site follows one."
    await feed(house)
    assert house.chat.last().startswith("✓ Lin's stones · feeds.example on Feeds arrives here")
    house.social("feeds").add_post("lin", "news")
    await house.poll()
    assert house.chat.last().endswith("news")
    await feed(house, "eve")
    await house.says("/feed")
    assert house.chat.last().splitlines()[1:3] == [
        "1. Lin's stones · feeds.example",
        "2. Eve's stones · feeds.example",
    ]
    for which, title in (("2", "Eve"), ("https://feeds.example/lin.feed", "Lin")):
        await house.says(f"/feed off {which}")
        assert house.chat.last() == f"✓ {title}'s stones · feeds.example no longer arrives here."
    await house.says("/feed off 1")
    assert house.chat.last() == "1 does not arrive here."


async def test_a_feed_is_never_named_by_its_address(house):
    await feed(house)
    await house.says("/routes")
    shown = house.chat.last().splitlines()[1:3]
    assert shown == ["↓ Lin's stones · feeds.example (Feeds)", "  1 → this chat"]
    await house.says("/unfollow Lin's stones")
    assert house.chat.last() == "✓ Lin's stones · feeds.example no longer arrives here."
    await house.says("/unfollow https://feeds.example/lin.feed")
    assert house.chat.last() == "feeds.example does not arrive here."


async def test_a_page_without_a_feed_is_told(house):
    north(house).network.person("lin")
    await house.says("/feed https://elsewhere.example/@lin")
    assert house.chat.last() == "There is nobody and nothing to read at elsewhere.example."
    await house.says("/feed stones")
    assert house.chat.last().startswith("/feed ADDRESS")


async def test_as_many_as_one_may_follow(house):
    house.house = replace(house.house, quotas=replace(house.house.quotas, follows=1))
    house.inbox.use(house.house)
    await feed(house)
    await feed(house, "eve")
    assert house.chat.last().startswith("You follow one thing here")
    assert len(await timelines(house)) == 1


async def test_administrators_let_feeds_and_people_into_a_group(house):
    house.chat.group("den")
    north(house).network.person("lin")
    await feed(house, chat="den")
    assert house.chat.last("den") == "Only the administrators of this group can do that."
    house.chat.person("ada", admin=True)
    await feed(house, chat="den")
    await house.says("/mirror @lin@north.example", chat="den")
    assert house.chat.last("den").startswith(
        "Public posts of @\u2060lin@north.example (Lin) on North arrive here"
    )
    await house.says("/routes", chat="den")
    assert house.chat.last("den").splitlines()[1:5] == [
        "↓ Lin's stones · feeds.example (Feeds)",
        "  1 → this chat",
        "↓ @\u2060lin@north.example (North)",
        "  2 → this chat",
    ]
    house.social("feeds").add_post("lin", "news")
    await house.poll()
    assert house.chat.last("den").endswith("news")
    await house.says("/feed off 1", chat="den")
    assert len(await timelines(house)) == 1


# --- lists of feeds ------------------------------------------------------------------------------


def outline_of(*names):
    feeds = "".join(f'<outline text="{n}" xmlUrl="https://feeds.example/{n}.feed"/>' for n in names)
    return f"<opml><body>{feeds}</body></opml>"


@pytest.mark.parametrize("command", ["/opml ", ""])
async def test_a_list_of_feeds_is_brought(house, command):
    for name in ("lin", "eve"):
        house.social("feeds").network.person(name)
    await house.says(command + outline_of("lin", "nobody", "eve"))
    await house.wait(1)
    assert house.chat.last() == (
        "2 of the 3 feeds of your list arrive here.\nOne could not be read: feeds.example"
    )
    assert len(await timelines(house)) == 2
    assert house.social("feeds").posts == [], "a list is never published"


async def test_of_a_list_as_many_feeds_are_brought_as_one_may_follow(house):
    house.house = replace(house.house, quotas=replace(house.house.quotas, follows=2))
    house.inbox.use(house.house)
    names = ("lin", "eve", "bob", "zoe")
    for name in names:
        house.social("feeds").network.person(name)
    await house.says(f"/opml {outline_of(*names)}")
    await house.wait(1)
    assert house.chat.last() == (
        "2 of the 4 feeds of your list arrive here.\n"
        "2 were left out: you follow as many things as this bot allows."
    )
    assert len(await timelines(house)) == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/opml hello", "/opml gives your feeds as a list."),
        ("<opml><body>", "That is no list of feeds that I can read."),
        ("<opml><body/></opml>", "There are no feeds in that list."),
        ("/opml", "No feeds yet."),
    ],
)
async def test_what_is_no_list_is_told(house, typed, told):
    await house.says(typed)
    assert house.chat.last().startswith(told)


async def followed(house, number):
    """So many feeds that are somewhere on the web."""

    def many(tx, now):
        chat, user = people.chat_by_id(tx, 1), people.user(tx, 1)
        for n in range(number):
            native = model.Timeline(TimelineKind.FEED, "f.example", f"https://f.example/{n}?key=s3cret")
            line = routes.timeline(tx, now, "feeds", native, None, f"Feed {n}")
            routes.add(tx, now, user.id, "follow", timeline_id=line.id, chat_id=chat.id)

    await house.store.run(many)


async def test_a_short_list_is_given_in_the_chat_and_its_words_are_not_kept(house):
    await followed(house, 2)
    await house.says("/opml")
    assert outline.read(house.chat.last()) == [
        outline.Entry(f"Feed {n}", f"https://f.example/{n}?key=s3cret") for n in range(2)
    ]

    def unit(tx, now):
        told = tx.connection.execute(sa.select(t.delivery.c.arguments, t.delivery.c.result)).all()
        return repr([told, tx.connection.execute(sa.select(t.part.c.payload)).all()])

    await house.store.run(keep.wipe_handed)  # as the keeper does every hour
    assert "s3cret" not in await house.store.read(unit)


async def test_a_long_list_comes_with_the_export(house):
    await followed(house, 60)
    await house.says("/opml")
    assert house.chat.last().startswith("You have 60 feeds: too many for a message.")
    making = archive.Making(1, house.clock.now(), "0")
    pieces = [piece async for piece in archive.stream(house.store, making)]
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as taken:
        assert len(outline.read(taken.read("feeds.opml"))) == 60


async def test_who_asks_twice_for_the_list_is_given_it_twice(house):
    await followed(house, 2)
    for times in (1, 2):
        await house.says("/opml")
        assert sum(outline.is_outline(line) for line in house.chat.lines()) == times


async def lies(body, status=200):
    """A site with a list of feeds."""

    async def answer(request):
        return web.Response(body=body, status=status)

    app = web.Application()
    app.router.add_get("/mine.opml", answer)
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (outline_of("lin").encode(), 200, "The one feed of your list arrives here."),
        (b"<html>hello</html>", 200, "✗ 127.0.0.1: That is no list of feeds that I can read."),
        (b"<opml/>", 200, "There are no feeds in that list."),
        (b"", 404, "There is nobody and nothing to read at 127.0.0.1."),
    ],
)
async def test_a_list_that_lies_on_the_web_is_brought(house, monkeypatch, body, status, told):
    house.social("feeds").network.person("lin")
    server = await lies(body, status)
    address = str(server.make_url("/mine.opml"))
    monkeypatch.setattr(lists, "POLICY", policy({"site": address}))
    try:
        await house.says(f"/opml {address}")
        await _until(house, lambda: house.chat.last().startswith(told))
    finally:
        await server.close()


async def _until(house, seen):
    for _ in range(200):
        await house.wait(1)
        if seen():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(house.chat.last())


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x", "https://localhost/x", "http://feeds.example:8080/x"]
)
async def test_a_list_is_fetched_from_public_names_alone(house, address):
    await house.says(f"/opml {address}")
    await _until(house, lambda: "The bot does not connect to" in house.chat.last())


async def test_what_was_looked_for_is_forgotten_when_that_is_over(house):
    house.social("feeds").network.person("lin")
    await feed(house)
    await house.says("/opml " + outline_of("lin", "nobody"))
    await house.says("/get https://feeds.example/lin.feed")
    await house.wait(1)

    def unit(tx, now):
        rows = tx.connection.execute(sa.select(t.delivery)).mappings().all()
        parts = tx.connection.execute(sa.select(t.part.c.payload)).all()
        looks = [row for row in rows if row["action"] in ("sources", "latest", "outline")]
        return [(row["arguments"], row["result"]) for row in looks], parts

    looks, parts = await house.store.read(unit)
    assert len(looks) > 5
    assert ".feed" not in repr(looks)
    assert not [part for part in parts if part.payload.get("op") in ("sources", "latest", "outline")]
