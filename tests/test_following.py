"""A post that many chats follow: which routes carry it, into what, and what is told to the lanes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot.flow import picking
from bridgebot.flow.picking import Facts
from bridgebot.model import Audience
from bridgebot.store import Store, following, lanes, posts, routes
from bridgebot.store import tables as t
from bridgebot.store.posts import MIRROR, RECEIPT, Spot
from bridgebot.testing.fakes import ManualClock

PLAIN = {"adapter": "chat", "topic": "", "title": "", "open": True}
DIRECT, GROUP = 1, 2
VOICES = ("north", "lin", "ann")  # a server, who wrote it there, who boosted it


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "a.db", [Fernet.generate_key().decode()], ManualClock())
    await store.open()
    await store.run(fill)
    yield store
    await store.close()


def fill(tx, now):
    """A user with two chats and an account; a timeline and a post."""
    tx.insert(t.user, {"role": "user", "asks_left": 0, "created_at": now})
    tx.insert(t.person, {"adapter": "chat", "native_id": "1", "name": "", "user_id": 1})
    for number, person in ((DIRECT, 1), (GROUP, None)):
        here = {"native_id": str(number), "direct": number == DIRECT, "person_id": person}
        tx.insert(t.chat, PLAIN | here)
    account = dict.fromkeys(("adapter", "server", "native_id", "handle", "display_name", "name"), "north")
    more = {"user_id": 1, "credentials": "", "limits": {}, "state": "active", "created_at": now}
    tx.insert(t.account, account | more)
    timeline = dict.fromkeys(("key", "adapter", "server", "kind", "argument", "title"), "north")
    tx.insert(t.timeline, timeline | {"due_at": now, "failures": 0})
    words = dict.fromkeys(("adapter", "author_id", "author_handle", "author_name", "text"), "lin")
    posts.add(tx, words | {"audience": "public", "created_at": now})


def follow(chat=DIRECT, filters=None, **more):
    place = more or {"chat_id": chat}
    return lambda tx, now: routes.add(tx, now, 1, "follow", timeline_id=1, filters=filters, **place)


def carry(audience=Audience.PUBLIC, by=None, since=timedelta(0)):
    return lambda tx, now: following.into_chats(tx, now, 1, 1, audience, now + since, by, VOICES)


def taken(tx, now, audience, *, boosted=False):
    """The routes that are weighed one by one and take it."""
    facts = Facts("", audience, now, boosted=boosted)
    picky = routes.picky(tx, 1, now, VOICES)
    return [route for route in picky if picking.takes(route.filters, facts, synced=False)]


async def queued(store):
    query = sa.select(t.delivery).order_by(t.delivery.c.id)
    return await store.read(lambda tx, now: [dict(row) for row in tx.connection.execute(query).mappings()])


async def test_each_chat_is_given_the_post_once_in_the_order_of_the_routes(store):
    for chat in (GROUP, DIRECT):
        await store.run(follow(chat))
    assert await store.run(carry()) == 2
    assert await store.run(carry()) == 0
    made = await queued(store)
    assert [(row["lane"], row["once"]) for row in made] == [
        ("chat:2", "create:1:chat:2"),
        ("chat:1", "create:1:chat:1"),
    ]
    first = made[0]
    assert (first["action"], first["state"], first["urgency"]) == ("create", "queued", lanes.MIRRORED)
    assert (first["post_id"], first["chat_id"], first["route_id"], first["user_id"]) == (1, 2, 1, 1)
    assert (first["arguments"], first["due_at"]) == ({}, first["created_at"])


async def test_what_was_boosted_says_by_whom_and_goes_where_boosts_are_wanted(store):
    await store.run(follow(DIRECT, {"boosts": False}))
    assert await store.run(carry(by="@ann")) == 0
    await store.run(follow(GROUP, {"boosts": True}))
    assert await store.run(carry(by="@ann")) == 1
    assert [row["arguments"] for row in await queued(store)] == [{"boosted_by": "@ann"}]
    assert await store.run(carry()) == 1  # by its author it goes into the other one too


@pytest.mark.parametrize(
    ("filters", "audience", "goes"),
    [
        (None, Audience.FOLLOWERS, True),
        ({"audiences": ["public"]}, Audience.FOLLOWERS, False),
        ({"audiences": ["public", "followers"]}, Audience.FOLLOWERS, True),
        ({"audiences": ["public", "followers"], "boosts": False}, Audience.FOLLOWERS, True),
        ({"audiences": []}, Audience.PUBLIC, False),
        ({"boosts": False}, Audience.UNLISTED, True),
    ],
)
async def test_a_route_carries_the_audiences_that_it_names_or_all(store, filters, audience, goes):
    await store.run(follow(DIRECT, filters))
    await store.run(follow(filters=filters, account_id=1))
    assert await store.run(carry(audience)) == int(goes)
    into = await store.read(lambda tx, now: taken(tx, now, audience))
    assert [route.account_id for route in into] == [1] * goes


async def test_where_others_read_only_public_posts_come(store):
    await store.run(follow(GROUP))
    assert await store.run(carry(Audience.UNLISTED)) == 0
    assert await store.run(carry()) == 1


async def test_in_anybody_elses_chat_too(store):
    await store.run(follow())
    await store.run(lambda tx, now: tx.update(t.person, user_id=None))
    for audience in (Audience.UNLISTED, Audience.FOLLOWERS, Audience.DIRECT):
        assert await store.run(carry(audience)) == 0
    assert await store.run(carry()) == 1


@pytest.mark.parametrize(("whom", "goes"), [("lin", False), ("ann", False), ("bo", True)])
async def test_whom_its_user_has_muted_it_does_not_carry(store, whom, goes):
    await store.run(follow())
    await store.run(follow(account_id=1))
    muted = {"server": "north", "native_id": whom, "user_id": 1, "kind": "mute", "adapter": "north"}
    await store.run(lambda tx, now: tx.insert(t.mute, muted | {"handle": f"@{whom}", "since": now}))
    assert await store.run(carry(by="@ann")) == int(goes)
    into = await store.read(lambda tx, now: taken(tx, now, Audience.PUBLIC, boosted=True))
    assert [route.account_id for route in into] == [1] * goes


async def test_a_route_carries_nothing_that_is_older_and_nothing_once_it_has_ended(store):
    await store.run(follow())
    await store.run(follow(account_id=1))
    assert await store.run(carry(since=-timedelta(seconds=1))) == 0
    before = await store.read(lambda tx, now: taken(tx, now - timedelta(seconds=1), Audience.PUBLIC))
    assert before == []
    await store.run(lambda tx, now: routes.end(tx, 1))
    assert await store.run(carry()) == 0


async def test_a_chat_that_has_or_had_the_post_is_not_given_it_again(store):
    await store.run(follow())

    def note(role, chat):
        spot = Spot("chat/1", f"{role}{chat}", "chat", chat_id=chat)
        return lambda tx, now: posts.add_copy(tx, 1, role, spot)

    await store.run(note(MIRROR, DIRECT))
    assert await store.run(carry()) == 0
    await store.run(follow(GROUP))
    await store.run(note(RECEIPT, GROUP))  # that is no copy of the words
    assert await store.run(carry()) == 1


async def test_the_lanes_are_made_or_told_but_not_woken_while_they_are_held_or_leased(store):
    def lane(tx, now):
        found = tx.connection.execute(sa.select(t.lane).order_by(t.lane.c.name)).mappings()
        return [(row["name"], row["realm"], row["due_at"] == now, row["urgency"]) for row in found]

    await store.run(follow())
    await store.run(carry())
    assert await store.run(lane) == [("chat:1", "chat", True, lanes.MIRRORED)]
    await store.run(follow(GROUP))
    await store.run(lambda tx, now: lanes.hold(tx, "chat:2", "gone"))
    assert await store.run(carry()) == 1
    assert await store.run(lane) == [("chat:1", "chat", True, 2), ("chat:2", "chat", False, 2)]
    await store.run(lambda tx, now: tx.update(t.lane, leased_until=now, due_at=now + timedelta(seconds=9)))
    await store.run(lambda tx, now: tx.update(t.delivery, once=None))
    assert await store.run(carry()) == 2
    assert [due for _, _, due, _ in await store.run(lane)] == [False, False]
