"""What one person may have and do: refused with a sentence, set by operators, live, and without a hole."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.commands import quotas
from bridgebot.config import Quotas
from bridgebot.store import quotas as store
from bridgebot.store import tables as t
from bridgebot.store.quotas import Allowances
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

HOUR = 3600


@pytest.fixture
async def house(tmp_path):
    """Ada has accounts on North and South; Boss runs the bot."""
    async with TestHouse(tmp_path, operators=frozenset({"chat:boss"})) as house:
        await house.says("/start", sender="boss")
        await house.user("ada", "north", "south")
        yield house


def allow(house, **most) -> None:
    """From now on these are everybody's quotas, as after a SIGHUP."""
    house.house = replace(house.house, quotas=replace(Quotas(), **most))
    house.house.allowances.forget()
    house.inbox.use(house.house)


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [dict(r) for r in tx.connection.execute(sa.select(table).where(*where)).mappings()]
    )


def north(house) -> list[str]:
    return house.social("north").texts()


# --- posts -------------------------------------------------------------------------------------


async def test_who_posted_as_often_as_is_allowed_is_told_when_the_next_one_goes(house):
    allow(house, posts=3)
    for number in range(3):
        await house.says(f"post {number}")
        await house.wait(HOUR)
    opens = house.clock.now().replace(second=0)
    await house.says("post 3")
    assert house.chat.last().startswith("Nothing was posted: you have posted 3 times in 24 hours")
    assert f"from 2026-01-02 {opens:%H}" not in house.chat.last(), "the first of them is what it waits for"
    assert "from " in house.chat.last()
    assert north(house) == ["post 0", "post 1", "post 2"]
    await house.wait(21 * HOUR + 60)
    await house.says("post 4")
    assert north(house)[-1] == "post 4", "the first is more than 24 hours ago"
    await house.says("post 5")
    assert north(house)[-1] == "post 4", "the second is not"


@pytest.mark.parametrize(
    "typed", ["plain words", "/post words", "/to north words", "+north words", "/memo words"]
)
async def test_it_is_met_by_every_way_to_post(house, typed):
    allow(house, posts=1)
    await house.says("the first")
    await house.says(typed)
    assert house.chat.last().startswith("Nothing was posted: you have posted once in 24 hours")
    assert len(await rows(house, t.post)) == 1


async def test_pictures_are_counted_by_themselves_and_go_all_or_none(house):
    allow(house, media=3)
    await house.says("two", files=[b"\xff\xd8\xff", b"GIF89a"])
    await house.wait(HOUR)
    await house.says("two more", files=[b"\xff\xd8\xff", b"GIF89a"])
    assert house.chat.last().startswith("Nothing was posted: this bot allows 3 pictures, films and sounds")
    await house.says("words by themselves")
    await house.says("/memo one more", files=[b"GIF89a"])
    await house.says("/memo and another", files=[b"GIF89a"])
    assert "Nothing was posted" in house.chat.last()
    words = [row["text"] for row in await rows(house, t.post)]
    assert words == ["two", "words by themselves", "one more"]
    await house.wait(23 * HOUR + 60)
    await house.says("/memo tomorrow", files=[b"GIF89a", b"\xff\xd8\xff"])
    assert len(await rows(house, t.post)) == 4


async def test_who_may_have_no_pictures_is_told_so(house):
    allow(house, media=0)
    await house.says("a picture", files=[b"\xff\xd8\xff"])
    assert "no pictures, films or sounds can be posted" in house.chat.last()
    await house.says("/admin limits 2 media 1", sender="boss")
    await house.says("another picture", files=[b"\xff\xd8\xff"])
    assert [row["text"] for row in await rows(house, t.post)] == ["another picture"]


async def test_a_restart_opens_no_hole(house):
    allow(house, posts=2)
    await house.says("one")
    await house.__aexit__()
    later = MemoryChat(name="chat", network=house.chat.network)
    async with TestHouse(house.folder, chat=later, clock=house.clock, socials=house.socials) as again:
        allow(again, posts=2)
        await again.says("two")
        await again.says("three")
        assert house.social("north").texts() == ["one", "two"]


async def test_a_time_that_a_client_invents_opens_no_hole(house):
    allow(house, posts=1)
    await house.says("one")
    house.chat.say("two", sent_at=house.clock.now().replace(year=2020))
    await house.settle()
    await house.says("post")
    assert north(house) == ["one"]


async def test_one_persons_posts_are_nothing_to_another(house):
    await house.user("bo", "north")
    allow(house, posts=1)
    await house.says("mine")
    await house.says("mine too", sender="bo")
    assert north(house) == ["mine", "mine too"]


async def test_posting_within_the_quota_asks_the_database_nothing_more(house):
    """The allowance is counted once, and taken from in memory."""
    await house.says("counted here")
    statements: list[str] = []
    raw = house.store.database.engine().raw_connection()
    raw.driver_connection.set_trace_callback(statements.append)
    await house.says("and not here")
    assert len(statements) > 20, "it listens"
    assert not [one for one in statements if "quota" in one or "min(delivery.created_at)" in one]


def test_an_allowance_is_a_lower_bound_and_forgotten_rather_than_grown():
    allowances = Allowances()
    assert not allowances.take(1), "nobody counted yet"
    allowances.give(1, 2)
    assert [allowances.take(1) for _ in range(3)] == [True, True, False]
    for user_id in range(store.REMEMBERED + 1):
        allowances.give(user_id, 1)
    assert len(allowances._left) <= store.REMEMBERED


# --- all else ----------------------------------------------------------------------------------


async def test_follows_are_counted_with_those_that_are_being_made(house):
    allow(house, follows=4)
    for name in ("lin", "mia"):
        house.social("north").network.person(name)
    for typed in ("/home on north", "/tag one", "/tag two"):
        await house.says(typed)
    house.chat.say("/follow @lin")
    house.chat.say("/follow @mia")
    await house.settle()
    told = "\n".join(house.chat.lines())
    assert told.count("You follow 4 things here, which is what this bot allows.") == 1
    assert len(await rows(house, t.route, t.route.c.verb == "follow", t.route.c.state == "active")) <= 4
    await house.says("/tag three")
    assert house.chat.last().startswith("You follow 4 things here")
    await house.says("/tag one off")
    await house.says("/tag three")
    assert not house.chat.last().startswith("You follow")


async def test_mirrors_and_sync_rules_are_counted_together(house):
    allow(house, routes=2)
    await house.says("/sync north to south")
    await house.says("/sync south to north")
    house.chat.group("den")
    house.chat.person("ada", admin=True)
    await house.says("/mirror #news", chat="den")
    assert house.chat.last("den").startswith("You have 2 mirrors and sync rules")
    await house.says("/sync north to south boosts")
    assert not house.chat.last().startswith("You have 2"), "what replaces a rule takes no more room"


async def test_accounts_are_counted(house):
    allow(house, accounts=2)
    await house.says("/link north")
    assert house.chat.last().startswith("You have linked 2 accounts")
    assert await rows(house, t.link_request) == []


async def test_attempts_to_link_that_are_under_way_are_counted_and_end(house):
    allow(house, links=0)
    await house.says("/link north")
    assert house.chat.last() == "This bot lets nobody link an account now."
    allow(house, links=1)
    await house.says("/link north")
    await house.says("/link south")
    assert house.chat.last().startswith("One attempt to link an account is under way")
    await house.says("/cancel")
    await house.says("/link south")
    assert not house.chat.last().startswith("One attempt")


# --- what operators say ------------------------------------------------------------------------


async def test_an_operator_says_how_much_somebody_may_and_it_counts_at_once(house):
    allow(house, posts=1)
    await house.says("one")
    await house.says("two")
    await house.says("/admin limits 2 posts 3", sender="boss")
    assert house.chat.last("boss") == "posts: 1 of 3, for this user alone (posts in 24 hours)"
    await house.says("three")
    assert north(house) == ["one", "three"]
    await house.says("/admin limits 2 posts default", sender="boss")
    assert house.chat.last("boss") == "posts: 2 of 1 (posts in 24 hours)"
    await house.says("four")
    assert north(house) == ["one", "three"]
    log = await rows(house, t.audit, t.audit.c.action == "admin limits")
    assert [row["target"] for row in log] == ["2 posts 3", "2 posts default"]


async def test_limits_are_shown_for_all_and_for_one(house):
    await house.says("/admin limits", sender="boss")
    assert house.chat.last("boss").splitlines()[0] == "posts: 300 (posts in 24 hours)"
    await house.says("/admin limits 2", sender="boss")
    assert "accounts: 2 of 20 (linked accounts)" in house.chat.last("boss")
    assert all(f"{name}: " in house.chat.last("boss") for name in quotas.NAMES)


@pytest.mark.parametrize(
    "typed", ["2 posts", "2 posts many", "2 posts -1", "2 sleep 8", "2 posts 1 2", "2 posts 99999999"]
)
async def test_wrong_limits_are_explained_and_change_nothing(house, typed):
    await house.says(f"/admin limits {typed}", sender="boss")
    assert house.chat.last("boss").startswith("/admin limits, /admin limits NUMBER")
    assert await rows(house, t.quota) == []


async def test_there_is_no_limit_for_nobody(house):
    await house.says("/admin limits 99 posts 1", sender="boss")
    assert (
        house.chat.last("boss")
        == "There is no user 99 whom that could be done to. /admin users shows their numbers and addresses."
    )


async def test_what_was_said_for_somebody_goes_with_them(house):
    await house.says("/admin limits 2 posts 3", sender="boss")
    with_user = sa.delete(t.user)

    def forget(tx, now):
        tx.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        fresh = tx.insert(t.user, {"role": "user", "asks_left": 0, "created_at": now})
        tx.insert_or_ignore(t.quota, {"user_id": fresh, "name": "posts", "most": 1})
        tx.connection.execute(with_user.where(t.user.c.id == fresh))

    await house.store.run(forget)
    assert [row["user_id"] for row in await rows(house, t.quota)] == [2]
