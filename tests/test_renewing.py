"""Credentials that a network no longer takes: renewed once for all that was refused, or one message."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.errors import AuthExpired, Rejected, Temporary
from bridgebot.outbox import recover
from bridgebot.store import people, renewals
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


def north(house) -> MemorySocial:
    return house.social("north")


def lapse(house) -> None:
    """The access token's time is over; the network gives a fresh one for it."""
    north(house).lapse(north(house).account("ada"))


def told(house) -> list[str]:
    return [line for line in house.chat.lines() if "no longer accepts" in line and "north" in line]


async def stored(house) -> tuple[str, str]:
    """What Ada's account on North is, and with which credentials."""
    account = await house.store.read(lambda tx, now: people.account(tx, 1))
    native = await house.store.read(lambda tx, now: people.native_account(tx, 1))
    return account.state, native.credentials


async def relink(house) -> None:
    account = north(house).account("ada")
    north(house).network.tokens["token-ada"] = account.id
    await house.says("/relink north")
    await house.says("token-ada")


# --- once --------------------------------------------------------------------------------------


async def test_fifty_posts_look_ups_and_reads_that_are_refused_together_renew_once(house):
    for command in ("/home on north", "/mentions on north", "/tag cats on north"):
        await house.says(command)
    await house.poll()
    lapse(house)
    for number in range(50):
        house.chat.say(f"post number {number}")
    north(house).add_post("eve", "of cats")
    for _ in range(25):
        house.chat.say("/search cats")
    timelines = list(house.poller._known.values())
    await house.chat.settled()
    await asyncio.gather(house.settle(), *(house.poller._poll(one) for one in timelines))
    await house.settle()
    assert north(house).count("refresh") == 1
    assert north(house).texts("ada") == [f"post number {number}" for number in range(50)]
    assert await stored(house) == ("active", "token-ada+")
    assert told(house) == []
    assert sum("of cats" in line for line in house.chat.lines()) == 25


async def test_what_is_refused_late_with_the_old_credentials_is_asked_again_with_the_new(house):
    run = asyncio.create_task(house.outbox.run())
    try:
        late = north(house).hang("whois", error=AuthExpired())
        house.chat.say("/whois @lin@north.example")
        north(house).network.person("lin")
        await until(lambda: north(house).count("whois") == 1, house)
        lapse(house)
        house.chat.say("said meanwhile")
        await until(lambda: north(house).texts() == ["said meanwhile"], house)
        late.set()
        await until(lambda: any("@lin@north.example" in line for line in house.chat.lines()), house)
    finally:
        run.cancel()
    assert north(house).count("refresh") == 1
    assert (await stored(house))[0] == "active"


async def until(happened, house) -> None:
    async with asyncio.timeout(60):
        while not happened():
            house.outbox.wake()
            house.clock.skip(0.05)
            await asyncio.sleep(0.01)


async def test_a_read_is_refused_and_goes_on_where_it_was(house):
    await house.says("/home on north")
    await house.poll()
    lin = north(house).network.person("lin").id
    north(house).network.follows.add((north(house).account("ada").id, lin))
    lapse(house)
    north(house).add_post("lin", "written meanwhile")
    await house.poll()
    await house.wait(60)
    await house.poll()
    assert sum("written meanwhile" in line for line in house.chat.lines()) == 1
    assert north(house).count("refresh") == 1


async def test_a_stream_that_is_refused_has_the_timeline_read(house):
    await house.says("/home on north")
    await house.poll()
    north(house).fail("listen", AuthExpired())
    lapse(house)
    run = asyncio.create_task(house.poller.run())
    try:
        async with asyncio.timeout(60):
            while (await stored(house))[1] != "token-ada+":
                house.clock.skip(1)
                await house.outbox.step()
                await asyncio.sleep(0.01)
    finally:
        run.cancel()
    assert told(house) == []


async def test_where_an_account_is_kept_now_comes_with_its_fresh_credentials(house, monkeypatch):
    renewed, lanes = north(house)._refresh, sa.select(t.lane.c.realm).where(t.lane.c.name == "account:1")
    await house.says("/home on north")
    await house.says("before")
    assert await house.store.read(lambda tx, now: tx.scalars(lanes)) == ["north/north.example"]
    monkeypatch.setattr(north(house), "_refresh", lambda one: replace(renewed(one), host="kept.example"))
    lapse(house)
    await house.says("after")
    assert north(house).texts() == ["before", "after"]
    assert await house.store.read(lambda tx, now: tx.scalars(lanes)) == ["north/kept.example"]
    assert (await house.store.read(lambda tx, now: people.native_account(tx, 1))).kept_at == "kept.example"
    await house.poll()
    assert {one.realm for one in house.poller._known.values()} == {"north/kept.example"}
    await relink(house)
    assert await house.store.read(lambda tx, now: tx.scalars(lanes)) == ["north/north.example"]


async def test_an_adapter_that_renews_nothing_is_not_asked(tmp_path):
    able = replace(MemorySocial().capabilities, refresh=False)
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=able),)) as house:
        await house.user("ada", "north")
        lapse(house)
        await house.says("it waits")
        assert (await stored(house))[0] == "expired"
        assert len(told(house)) == 1


# --- it does not work --------------------------------------------------------------------------


async def test_a_refusal_of_the_renewal_is_one_message_and_posts_are_kept(house):
    await house.says("/home on north")
    await house.poll()
    north(house).add_post("eve", "of cats")
    north(house).expire(north(house).account("ada"))  # revoked
    for line in ("one", "two", "/search cats"):
        house.chat.say(line)
    await house.settle()
    await house.poll()
    assert north(house).count("refresh") == 1
    assert len(told(house)) == 1
    assert (await stored(house))[0] == "expired"
    assert [line for line in house.chat.lines() if "link the account again" in line]  # what was asked ends
    house.chat.press("Re-link")
    await house.settle()
    north(house).network.tokens["token-ada"] = north(house).account("ada").id
    await house.says("token-ada")
    assert north(house).texts("ada") == ["one", "two"]


@pytest.mark.parametrize("way", ["publishing", "reading", "looking up", "listening"])
async def test_a_revoked_token_is_one_message_wherever_it_is_met(house, way):
    await house.says("/home on north")
    await house.poll()
    north(house).add_post("eve", "of cats")
    north(house).expire(north(house).account("ada"))
    if way == "publishing":
        await house.says("kept")
    elif way == "looking up":
        await house.says("/search cats")
    elif way == "reading":
        await house.poll()
    else:
        run = asyncio.create_task(house.poller.run())
        async with asyncio.timeout(60):
            while (await stored(house))[0] == "active":
                house.clock.skip(1)
                await house.outbox.step()
                await asyncio.sleep(0.01)
        run.cancel()
    await house.settle()
    await house.says("kept, too")
    await house.poll()
    assert len(told(house)) == 1
    assert (await stored(house))[0] == "expired"
    await relink(house)
    assert "kept, too" in north(house).texts()


async def test_a_server_in_trouble_is_asked_again_until_it_answers(house):
    lapse(house)
    north(house).fail("refresh", Temporary(), times=30)
    await house.says("patience")
    for _ in range(40):
        await house.wait(400)
    assert north(house).count("refresh") == 31
    assert north(house).texts() == ["patience"]
    assert told(house) == []


async def test_fresh_credentials_that_are_refused_at_once_are_not_renewed_for_ever(house):
    lapse(house)
    north(house).fail("publish", AuthExpired(), times=10)
    await house.says("refused whatever one does")
    assert north(house).count("refresh") == 1
    assert (await stored(house))[0] == "expired"
    assert len(told(house)) == 1


async def test_any_other_refusal_is_the_end_of_it_too(house):
    lapse(house)
    north(house).fail("refresh", Rejected())
    await house.says("kept")
    assert (await stored(house))[0] == "expired"
    assert len(told(house)) == 1


async def test_credentials_of_another_account_are_not_taken(house, monkeypatch):
    async def another(account):
        north(house).calls.append(("refresh",))
        return north(house).account("eve")

    lapse(house)
    monkeypatch.setattr(north(house), "refresh", another)
    await house.says("not hers")
    assert north(house).texts() == []
    assert await stored(house) == ("expired", "token-ada")


# --- and meanwhile -----------------------------------------------------------------------------


async def ends_during_the_renewal(house, *, acted: bool) -> None:
    """The process ends when the network was asked, and before its answer was kept."""
    gate = north(house).hang("refresh", acted=acted)
    house.chat.say("written before")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    async with asyncio.timeout(60):
        while not north(house).count("refresh"):
            await asyncio.sleep(0.01)
    running = [step, *house.outbox._running]
    for task in running:
        task.cancel()
    gate.set()
    await asyncio.gather(*running, return_exceptions=True)


async def starts_anew(house) -> None:
    await house.store.run(lambda tx, now: recover(tx, now, house.house))
    await house.settle()
    await house.wait(5)


async def test_a_process_that_ends_before_the_network_heard_asks_again(house):
    lapse(house)
    await ends_during_the_renewal(house, acted=False)
    await starts_anew(house)
    assert north(house).texts() == ["written before"]
    assert (await stored(house))[1].startswith("token-ada+")


async def test_where_the_answer_is_lost_with_the_process_nothing_else_is(house):
    """A token that works once is used up; the person is asked, once, and the post goes out once."""
    lapse(house)
    await ends_during_the_renewal(house, acted=True)
    await starts_anew(house)
    assert north(house).texts() == []
    assert len(told(house)) == 1
    await relink(house)
    assert north(house).texts() == ["written before"]


async def test_who_links_anew_meanwhile_keeps_what_they_brought(house):
    lapse(house)
    run = asyncio.create_task(house.outbox.run())
    try:
        answer = north(house).hang("refresh", acted=True)
        house.chat.say("waits")
        await until(lambda: north(house).count("refresh") == 1, house)
        north(house).network.tokens["token-new"] = north(house).account("ada").id
        for line in ("/relink north", "token-new"):
            house.chat.say(line)
            await house.chat.settled()
            await house.linking.step()
        answer.set()
        await until(lambda: north(house).texts() == ["waits"], house)
    finally:
        run.cancel()
    assert await stored(house) == ("active", "token-new")
    assert told(house) == []


async def test_nothing_is_renewed_for_an_account_that_is_unlinked(house):
    lapse(house)
    north(house).fail("refresh", Temporary(), times=5)
    await house.says("waits")
    await house.says("/unlink north")
    await house.says("unlink")
    await house.wait(600)
    asked = north(house).count("refresh")
    await house.wait(600)
    assert north(house).count("refresh") == asked
    assert await stored(house) == ("unlinked", "")


async def test_fresh_credentials_stand_nowhere_in_the_clear(house):
    lapse(house)
    await house.says("in the clear")
    assert north(house).texts() == ["in the clear"]

    def rows(tx, now):
        return [repr(tx.connection.execute(sa.select(table)).all()) for table in t.metadata.sorted_tables]

    assert "token-ada" not in "".join(await house.store.read(rows))
    assert (await house.store.read(lambda tx, now: renewals.of(tx, 1))).ended_at is not None
