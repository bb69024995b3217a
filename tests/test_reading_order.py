"""The order of the reading page: whatever came by however many timelines, each post stands there once."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bridgebot import model
from bridgebot.model import Limits, TimelineKind
from bridgebot.store import people, reading, routes, unread
from bridgebot.store import tables as t
from bridgebot.store.reading import NEWEST, Place, Wanted
from bridgebot.store.unread import OLDEST
from tests.house import TestHouse

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LINES = 4


@pytest.fixture
async def store(tmp_path):
    """A store in which Ada, user 1, reads four timelines in chat 1."""
    async with TestHouse(tmp_path) as house:
        await house.store.run(_follow)
        yield house.store


def _follow(tx, now):
    user = people.new_user(tx, now)
    person = people.person(tx, "chat", model.Person("ada"))
    people.set_person(tx, person.id, user_id=user.id)
    chat = people.chat(tx, "chat", model.Chat("ada", direct=True), person.id)
    people.link(tx, now, user.id, "north", model.Account("1", "@ada", "north"), Limits(500))
    for number in range(LINES):
        native = model.Timeline(TimelineKind.PERSON, "north", str(number))
        line = routes.timeline(tx, now, "north", native, None, f"@p{number}")
        routes.add(tx, now, user.id, "follow", timeline_id=line.id, chat_id=chat.id)


def _at(minute: int) -> int:
    return (BEGIN + timedelta(minutes=minute) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _fill(tx, seed: int) -> dict[int, Place]:
    """Posts of others and of hers; where each of them belongs. Of some nothing came into her chat."""
    chance, belongs = random.Random(seed), {}
    for post in range(1, 41):
        mine, minute = chance.random() < 0.2, chance.randrange(12)
        text = chance.choice(("a tea house", "nothing", "TEA"))
        _insert(tx, t.post, id=post, user_id=1 if mine else None, text=text, created_at=_time(minute))
        seen = {
            line: chance.randrange(12) for line in chance.sample(range(1, LINES + 1), chance.randint(1, 3))
        }
        for line, when in seen.items():
            _insert(tx, t.sighting, timeline_id=line, post_id=post, seen_at=_time(when))
        came = not mine and chance.random() < 0.8
        if came:
            _insert(tx, t.delivery, once=f"create:{post}:chat:1", post_id=post, chat_id=1, user_id=1)
        if mine or came:
            belongs[post] = Place(_at(minute if mine else min(seen.values())), post)
    return belongs


def _time(minute: int) -> datetime:
    return BEGIN + timedelta(minutes=minute)


_OTHERS = {
    "post": {
        "adapter": "north", "author_id": "9", "author_handle": "@lin", "author_name": "Lin",
        "audience": "public", "memo": False, "version": 0,
    },
    "delivery": {
        "action": "create", "state": "sent", "lane": "chat:1", "urgency": 2, "arguments": {}, "attempts": 1,
        "fence": 0, "due_at": BEGIN, "created_at": BEGIN,
    },
    "sighting": {},
}  # fmt: skip


def _insert(tx, table, **values) -> None:
    tx.connection.execute(sa.insert(table).values(_OTHERS[table.name] | values))


def _walked(tx, look, wanted: Wanted, most: int) -> list[Place]:
    """Page after page, to the end."""
    places, before = [], NEWEST
    for _ in range(200):
        found = look(tx, 1, wanted, before, most)
        assert len(found.posts) <= most
        # A post of hers that a timeline showed as well stands where she wrote it: see `items`.
        places += [one.place for one in found.posts if one.source is None or not _is_hers(tx, one.place.post)]
        if found.further is None:
            return places
        assert found.further < before
        before = found.further
    raise AssertionError("it never ends")


def _walked_forward(tx, read: dict[int, Place], most: int) -> list[Place]:
    """What is new, page after page."""
    places, after = [], OLDEST
    for _ in range(200):
        found = unread.page(tx, 1, read, after, most)
        assert len(found.posts) <= most
        places += [one.place for one in found.posts if not _is_hers(tx, one.place.post)]
        if found.further is None:
            return places
        assert found.further > after
        after = found.further
    raise AssertionError("it never ends")


def _first_seen(tx) -> dict[int, int]:
    """The timeline that brought each post first."""
    s = t.sighting.c
    rows = tx.connection.execute(
        sa.select(s.post_id, s.timeline_id).order_by(s.seen_at.desc(), s.timeline_id.desc())
    )
    return dict(rows.all())


def _is_hers(tx, post: int) -> bool:
    return tx.scalar(sa.select(t.post.c.user_id).where(t.post.c.id == post)) == 1


@pytest.mark.parametrize(("most", "spare", "looked"), [(40, 3, 20_000), (3, 1, 4), (1, 1, 1)])
async def test_every_post_stands_once_where_it_first_came(store, monkeypatch, most, spare, looked):
    monkeypatch.setattr(reading, "SPARE", spare)
    monkeypatch.setattr(reading, "LOOKED_THROUGH", looked)

    def walk(tx, now):
        for seed in range(3):
            for table in (t.delivery, t.sighting, t.post):
                tx.connection.execute(sa.delete(table))
            belongs = _fill(tx, seed)
            every = tuple(range(1, LINES + 1))
            in_order = sorted(belongs.values(), reverse=True)
            assert _walked(tx, reading.page, Wanted(every, True), most) == in_order
            texts = dict(tx.connection.execute(sa.select(t.post.c.id, t.post.c.text)).all())
            fit = [place for place in in_order if "tea" in texts[place.post].lower()]
            assert _walked(tx, reading.search, Wanted(every, True, "", ("tea",)), most) == fit

    await store.run(walk)


@pytest.mark.parametrize(("most", "spare"), [(40, 3), (3, 1), (1, 1)])
async def test_every_new_post_stands_once_behind_the_mark_of_what_brought_it(store, monkeypatch, most, spare):
    monkeypatch.setattr(unread, "SPARE", spare)

    def walk(tx, now):
        for seed in range(3):
            for table in (t.delivery, t.sighting, t.post):
                tx.connection.execute(sa.delete(table))
            belongs, chance = _fill(tx, seed), random.Random(seed)
            read = {
                line: Place(_at(chance.randrange(12)), chance.randrange(40)) for line in range(1, LINES + 1)
            }
            first = _first_seen(tx)
            new = sorted(
                place
                for post, place in belongs.items()
                if not _is_hers(tx, post) and place > read[first[post]]
            )
            assert new
            assert _walked_forward(tx, read, most) == new

    await store.run(walk)
