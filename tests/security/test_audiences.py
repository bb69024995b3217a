"""What is not for everybody stands in its owner's own chats and nowhere else.

Every kind of timeline, every audience, every kind of chat, with routes that no command would make: without
filters, into a group, into somebody else's chat. Then everything that names, quotes, looks up, counts or
tells of such a post.
"""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from bridgebot import commands
from bridgebot.model import Audience, Draft, Timeline, TimelineKind
from bridgebot.store import routes
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat
from bridgebot.testing.memory_remotes import MemorySocialRemote
from bridgebot.testing.social_base import FOLLOWED
from tests.house import TestHouse

NARROW = (Audience.FOLLOWERS, Audience.DIRECT)
SECRET = "octarine"
PLACES = ("ada", "den", "bo")  # her own chat, a group that she is in, and another user's


@pytest.fixture
async def house(tmp_path):
    """Ada is a user on two chat networks, Bo on one; she is in a group called Den."""
    second = MemoryChat(name="second")
    async with TestHouse(tmp_path, chats=(second,)) as house:
        await house.user("ada", "north")
        await house.user("bo", "north")
        await house.meets()
        house.chat.group("den", title="Den")
        await house.says("/help", chat="den")
        yield house


async def reads(house: TestHouse, timeline: Timeline, *, anonymous: bool = False) -> None:
    """The timeline goes into every chat that there is."""

    def add(tx, now):
        account = tx.connection.execute(sa.select(t.account).where(t.account.c.handle.contains("ada"))).one()
        reader = None if anonymous else account.id
        row = routes.timeline(tx, now, "north", timeline, reader, "x")
        for chat in tx.scalars(sa.select(t.chat.c.id)):
            routes.add(tx, now, account.user_id, "follow", timeline_id=row.id, chat_id=chat)

    await house.store.run(add)
    await house.poll()
    await house.wait(2)


def seen(house: TestHouse, word: str) -> dict[str, bool]:
    """In which chats a word stands."""
    there = {place: word in "\n".join(house.chat.lines(place)) for place in PLACES}
    return there | {"second": word in "\n".join(house.second.lines("ada"))}


def nowhere_else(house: TestHouse) -> None:
    for place in ("den", "bo"):
        assert SECRET not in "\n".join(house.chat.lines(place)), place


# --- timelines -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FOLLOWED)
async def test_a_timeline_brings_it_into_her_own_chats_alone(house, kind):
    remote, ada = MemorySocialRemote(house.social("north").network), house.social("north").account("ada")
    timeline = await remote.timeline(kind, ada)
    await reads(house, timeline)
    wide = ("den", "bo")
    for audience in Audience:
        text = f"word{audience} @ada" if audience is Audience.DIRECT else f"word{audience}"
        post = await remote.add(timeline, text, account=ada, audience=audience)
        await house.poll()
        await house.wait(5)
        found = seen(house, f"word{audience}")
        assert (found["ada"], found["second"]) == (True, True) or kind is TimelineKind.OWN
        if audience in NARROW:
            assert [found[place] for place in wide] == [False, False], (kind, audience)
        assert found["den"] is (audience is Audience.PUBLIC)
        await remote.edit(post, f"later {SECRET if audience in NARROW else ''}")
        await house.poll()
        await house.wait(5)
        nowhere_else(house)


async def test_a_boost_widens_nothing(house):
    north = house.social("north")
    await reads(
        house, await MemorySocialRemote(north.network).timeline(TimelineKind.HOME, north.account("ada"))
    )
    north.network.follows.add(("u-ada", "u-lin"))
    for audience in NARROW:
        post = north.add_post("lin", f"{SECRET} @ada", audience=audience)
        north.boost_post(post.id, "grete")
    await house.poll()
    await house.wait(5)
    nowhere_else(house)


async def test_a_public_answer_quotes_nothing_of_it(house):
    north = house.social("north")
    await reads(
        house, await MemorySocialRemote(north.network).timeline(TimelineKind.HOME, north.account("ada"))
    )
    for audience in NARROW:
        parent = north.add_post("grete", f"{SECRET} @ada", audience=audience)
        north.add_post("grete", f"about {audience}", reply_to=parent.id)
    await house.poll()
    await house.wait(5)
    assert seen(house, "about followers")["den"]
    nowhere_else(house)


async def test_a_public_post_shows_nothing_of_it(house):
    north = house.social("north")
    await reads(
        house, await MemorySocialRemote(north.network).timeline(TimelineKind.HOME, north.account("ada"))
    )
    for audience in NARROW:
        shown = north.add_post("grete", f"{SECRET} @ada", audience=audience)
        north.network.add(north.network.person("grete"), Draft(f"look at {audience}", quote=shown.id))
    await house.poll()
    await house.wait(5)
    assert seen(house, "look at followers")["den"]
    nowhere_else(house)


# --- what tells of it ------------------------------------------------------------------------------


async def test_who_likes_it_is_told_to_her_alone(house):
    await house.says("/vis followers")
    await house.says(f"dear {SECRET}")
    await house.poll()
    await house.wait(2)
    north = house.social("north")
    await reads(house, Timeline(TimelineKind.MENTIONS, "north.example"))
    for kind in ("favourite", "boost", "follow", "follow-request"):
        north.notify("ada", kind, "lin", north.posts[0].id if "follow" not in kind else None)
    await house.poll()
    await house.wait(20)
    before = seen(house, "@lin@north.example (Lin)")
    assert before == {"ada": True, "second": True, "den": False, "bo": False}


async def test_no_command_in_the_group_shows_it(house):
    """She herself is careless: every command there is, about everything that her own chat was shown."""
    north = house.social("north")
    await reads(
        house, await MemorySocialRemote(north.network).timeline(TimelineKind.HOME, north.account("ada"))
    )
    texts = itertools.count(1)
    for audience in NARROW:
        post = north.add_post("grete", f"{SECRET} {next(texts)} @ada", audience=audience)
        north.add_post("grete", f"public {next(texts)}", reply_to=post.id)
        north.network.bookmark(north.network.person("ada"), post.id, True)
    await house.poll()
    await house.wait(5)
    for name in commands.COMMANDS:
        for argument in ("2k7", "3bd", "@grete", north.posts[0].url):
            house.chat.say(f"/{name} {argument}", sender="ada", chat="den")
        house.chat.say("/cancel", sender="ada", chat="den")
        await house.settle()
    nowhere_else(house)


async def test_look_ups_show_it_where_she_asks_in_her_own_chat(house):
    """The counterpart: nothing is hidden from whoever may read it."""
    north = house.social("north")
    north.network.follows.add(("u-ada", "u-lin"))
    await house.says("/home on")
    await house.poll()
    await house.wait(2)
    post = north.add_post("lin", f"among us {SECRET}", audience=Audience.FOLLOWERS)
    north.network.bookmark(north.network.person("ada"), post.id, True)
    await house.poll()
    await house.wait(2)
    for typed in (f"/search {SECRET}", "/thread 2k7", "/bookmarks"):
        await house.says(typed)
        assert f"among us {SECRET}" in house.chat.last(), typed
    for typed in (f"/search {SECRET}", "/bookmarks"):
        await house.says(typed, sender="bo")
        assert "among us" not in house.chat.last("bo"), typed


async def test_a_group_is_told_of_nobodys_follow_requests(house):
    def question_chats(tx, now):
        query = sa.select(t.chat.c.native_id).join(t.question, t.question.c.chat_id == t.chat.c.id)
        return tx.scalars(query.where(t.question.c.kind == "follow-request"))

    await reads(house, Timeline(TimelineKind.MENTIONS, "north.example"))
    house.social("north").notify("ada", "follow-request", "lin")
    await house.poll()
    assert sorted(await house.store.read(question_chats)) == ["ada", "ada"]
