"""The poller in the house: what it keeps in memory is what is committed."""

import asyncio
from dataclasses import replace

import pytest

from bridgebot import poller
from bridgebot.errors import Temporary
from bridgebot.store import news, routes
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poll()
        yield house


async def test_a_poll_that_finds_nothing_commits_nothing_and_reads_nothing(house, monkeypatch):
    await house.poll()
    commits, reads = house.store.database.commits, []
    read = house.store.read
    monkeypatch.setattr(house.store, "read", lambda unit: reads.append(unit) or read(unit))
    assert await house.poller._poll(next(iter(house.poller._known.values()))) == 1
    assert house.store.database.commits == commits
    assert reads == []


async def test_what_is_followed_and_no_more_followed_is_news(house):
    known = len(house.poller._known)
    await house.says("/mentions on north")
    await house.poller._reload()
    assert len(house.poller._known) == known + 1
    await house.says("/mentions off north")
    await house.poller._reload()
    assert len(house.poller._known) == known


async def test_many_timelines_are_no_more_work_to_look_at_than_few(house, monkeypatch):
    asked = []
    real = routes.read_timelines
    monkeypatch.setattr(routes, "read_timelines", lambda tx, **more: asked.append(more) or real(tx, **more))
    await house.poller._reload()
    assert asked == []
    await house.says("/mentions on north")
    await house.poller._reload()
    assert [len(more["of"]) for more in asked] == [1]


async def test_a_new_login_is_used_at_the_next_poll(house):
    social = house.social("north")
    account = social.account("ada")
    social.expire(account)
    await house.poll()
    social.network.tokens["token-ada"] = account.id
    await house.says("/relink north")
    await house.says("token-ada")
    lin = social.network.person("lin").id
    social.network.follows.add((account.id, lin))
    social.add_post("lin", "after the new login")
    await house.wait(120)
    await house.poll()
    assert [line for line in house.chat.lines() if "after the new login" in line]


async def test_a_read_that_fails_is_put_off_in_memory_and_in_the_row_alike(house):
    house.social("north").fail("fetch", Temporary())
    timeline = next(iter(house.poller._known.values()))
    await house.poller._poll(timeline)
    known = house.poller._known[timeline.id]
    row = await house.store.read(lambda tx, now: routes.timeline_by_id(tx, timeline.id))
    assert (known.due_at, known.failures) == (row.due_at, row.failures)
    assert row.failures == 1


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Temporary(retry_after=1), poller.EVERY),
        (Temporary(retry_after=300), 300),
        (Temporary(retry_after=2, rate=""), 2),
        (Temporary(retry_after=0, rate=""), poller.EVERY),
    ],
)
async def test_a_server_that_fails_is_not_read_more_often_than_one_that_works(house, error, seconds):
    house.social("north").fail("fetch", error)
    timeline = next(iter(house.poller._known.values()))
    await house.poller._poll(timeline)
    row = await house.store.read(lambda tx, now: routes.timeline_by_id(tx, timeline.id))
    assert (row.due_at - house.clock.now()).total_seconds() == seconds


async def test_a_server_that_hangs_holds_no_more_than_its_share(tmp_path, monkeypatch):
    monkeypatch.setattr(poller, "AT_ONCE", 3)
    monkeypatch.setattr(poller, "SHARE", 2)
    socials = (MemorySocial(name="north"), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        for command in ("/home on north", "/mentions on north", "/home on south"):
            await house.says(command)
        await house.says("/tag cats on north")
        for _ in range(3):
            house.social("north").hang("fetch")
        run = asyncio.create_task(house.poller.run())
        async with asyncio.timeout(60):
            while not all(house.social(name).count("fetch") for name in ("north", "south")):
                house.clock.skip(0.02)
                await asyncio.sleep(0.01)
        assert house.social("north").count("fetch") <= 2
        run.cancel()


class Hosted(MemorySocial):
    """A network whose accounts are kept at hosts of their own, as Bluesky's are; one may hang."""

    hangs = ""

    def account(self, name):
        return replace(super().account(name), host=f"host-of-{name}")

    async def fetch(self, timeline, account, cursor):
        page = await super().fetch(timeline, account, cursor)
        if account.host == self.hangs:
            await asyncio.Event().wait()
        return page


async def test_a_host_that_hangs_holds_up_nobody_of_its_network_who_is_kept_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(poller, "SHARE", 2)
    async with TestHouse(tmp_path, socials=(Hosted(name="north"),)) as house:
        for who in ("ada", "lin"):
            await house.user(who, "north")
            for command in ("/home on north", "/mentions on north", "/tag cats on north"):
                await house.says(command, sender=who)
        await house.poll()
        north = house.social("north")
        ada, lin = (north.account(who) for who in ("ada", "lin"))
        north.hangs = ada.host
        north.calls.clear()
        house.clock.skip(120)
        run = asyncio.create_task(house.poller.run())
        async with asyncio.timeout(60):
            while len(read := [call.arguments[1].id for call in north.calls if call.name == "fetch"]) < 5:
                house.clock.skip(0.02)
                await asyncio.sleep(0.01)
        assert (read.count(ada.id), read.count(lin.id)) == (2, 3)
        run.cancel()


async def test_notes_are_numbered_and_forgotten(house):
    await house.store.run(lambda tx, now: news.note(tx, 6))
    newest = await house.store.read(lambda tx, now: news.newest(tx))
    await house.store.run(lambda tx, now: news.note(tx, 7))
    assert await house.store.read(lambda tx, now: news.since(tx, newest)) == (newest + 1, frozenset({7}))
    await house.store.run(lambda tx, now: news.forget(tx, newest + 1))
    await house.store.run(lambda tx, now: news.note(tx, 8))
    assert await house.store.read(lambda tx, now: news.newest(tx)) == newest + 2
