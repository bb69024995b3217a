"""Coming in: each numbered sentence of docs/architecture.md on what comes in, on memory networks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import flow
from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import StoreError, Unconfirmed
from bridgebot.model import Audience, Chat, Draft, Message, Person
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


def message(house, event: str, text: str) -> Message:
    return Message(event, Chat("ada", direct=True), Person("ada"), event, text, house.clock.now())


def follow(social: MemorySocial, who: str, whom: str) -> None:
    social.network.follows.add((social.network.person(who).id, social.network.person(whom).id))


async def called(adapter, method: str) -> None:
    """Wait until a call of the adapter is under way."""
    async with asyncio.timeout(60):
        while not adapter.count(method):
            await asyncio.sleep(0.01)


def items(house) -> list[str]:
    """The mirrored posts that stand in Ada's chat."""
    return [line for line in house.chat.lines() if line.startswith("@")]


async def read_home(house, name: str = "north", verb: str = "follow") -> None:
    """Ada's home timeline of a network comes into her chat."""
    await house.says(f"/home on {name}")
    await house.poll()
    await house.wait(1)


# --- 1 ---


async def test_1_receive_returns_after_the_commit(house):
    await house.user("ada", "north")
    await house.inbox.receive("chat", message(house, "x1", "good day"))
    assert [row["text"] for row in await rows(house, t.post)] == ["good day"]
    assert len(await rows(house, t.delivery, t.delivery.c.action == "create")) == 1


async def test_1_the_same_event_again_is_harmless(house):
    await house.user("ada", "north")
    for _ in range(3):
        await house.inbox.receive("chat", message(house, "x1", "good day"))
    await house.settle()
    assert house.social("north").texts() == ["good day"]


async def test_1_order_within_a_chat_is_call_order_though_calls_are_concurrent(house):
    await house.user("ada", "north")
    await asyncio.gather(
        *(house.inbox.receive("chat", message(house, f"x{n}", f"post {n}")) for n in range(30))
    )
    await house.settle()
    assert house.social("north").texts() == [f"post {n}" for n in range(30)]


async def test_1_a_message_that_cannot_be_handled_is_kept_told_and_acknowledged(house, monkeypatch):
    await house.user("ada", "north")

    def bug(*_):
        raise RuntimeError("bug")

    monkeypatch.setattr("bridgebot.commands.hearing.hear", bug)
    await house.says("good day")
    monkeypatch.undo()
    failed = await rows(house, t.inbox, t.inbox.c.state == "failed")
    assert [row["problem"] for row in failed] == ["RuntimeError"]
    assert "nothing was posted" in house.chat.last()
    await house.says("the next one")
    assert house.social("north").texts() == ["the next one"]


async def test_1_a_failing_store_withholds_the_acknowledgement(house):
    await house.user("ada", "north")
    await house.store.close()
    with pytest.raises(StoreError):
        await house.inbox.receive("chat", message(house, "x1", "good day"))
    await house.store.open()
    await house.inbox.receive("chat", message(house, "x1", "good day"))
    await house.settle()
    assert house.social("north").texts() == ["good day"]


async def test_1_state_is_written_with_the_thing(house):
    await house.inbox.receive("chat", message(house, "x1", "/help"), state={"cursor": "x1"})
    assert await house.store.state("chat").get("cursor") == "x1"


# --- 2 ---


async def test_2_the_first_sighting_fans_out_and_a_second_does_not(house):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    follow(social, "ada", "lin")
    social.add_post("lin", "hi")
    await house.poll()
    await house.poll()
    assert items(house) == ["@lin@north.example on North [2k7]: hi"]


async def test_2_two_timelines_reach_the_routes_of_both(house):
    """A post that the first timeline brought must still reach the second one's chat."""
    await house.user("ada", "north")
    await house.user("bo", "north")
    social = house.social("north")
    follow(social, "ada", "lin")
    follow(social, "bo", "lin")
    await house.says("/home on north", sender="ada")
    await house.says("/home on north", sender="bo")
    await house.poll()
    await house.wait(1)
    social.add_post("lin", "to both")
    await house.poll()
    for name in ("ada", "bo"):
        assert [line for line in house.chat.lines(name) if "to both" in line] == [
            "@lin@north.example on North [2k7]: to both"
        ]
    assert len(await rows(house, t.post)) == 1
    assert len(await rows(house, t.sighting)) == 2


async def test_2_one_chat_with_two_timelines_gets_a_post_once(house):
    await house.user("ada", "north")
    await house.says("/home on north")
    await house.says("/tag bridge")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    follow(social, "ada", "lin")
    social.add_post("lin", "see #bridge")
    await house.poll()
    assert len([line for line in house.chat.lines() if "see #bridge" in line]) == 1


async def test_2_a_post_with_a_canonical_address_is_one_post_on_two_servers(house):
    await house.user("ada", "north", "south")
    for name in ("north", "south"):
        await read_home(house, name)
        follow(house.social(name), "ada", "lin")
    for name in ("north", "south"):
        house.social(name).add_post("lin", "federated", uri="https://origin.example/1")
    await house.poll()
    assert len([line for line in house.chat.lines() if "federated" in line]) == 1
    assert len(await rows(house, t.copy, t.copy.c.realm.like("%.example"))) == 2


async def test_2_nothing_older_than_the_route_is_sent(house):
    await house.user("ada", "north")
    social = house.social("north")
    follow(social, "ada", "lin")
    old = social.add_post("lin", "old")
    await house.wait(5)
    await read_home(house)
    social.edit_post(old.id, "old, edited")
    await house.poll()
    assert not [line for line in house.chat.lines() if "old" in line]


async def test_2_a_route_that_ended_and_starts_again_sends_nothing_of_the_time_between(house):
    await house.user("ada", "north")
    social = house.social("north")
    follow(social, "ada", "lin")
    await read_home(house)
    await house.says("/home off north")
    social.add_post("lin", "meanwhile")
    await house.wait(5)
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    social.add_post("lin", "now")
    await house.poll()
    assert items(house) == ["@lin@north.example on North [2k7]: now"]


async def test_2_an_undone_post_stays_away_from_a_target_that_it_never_reached(house):
    """The cancelled delivery is a tombstone: no later sighting sends it after all."""
    await house.user("ada", "north")
    await house.says("/pause")
    line = house.chat.say("not this")
    await house.settle()
    house.chat.delete_line(line)
    await house.settle()
    await house.says("/resume")
    await house.wait(60)
    assert house.social("north").texts() == []
    states = [row["state"] for row in await rows(house, t.delivery, t.delivery.c.action == "create")]
    assert states == ["cancelled"]


# --- 3 ---


async def test_3_what_is_once_only_is_a_unique_index(house):
    """The same delivery, copy, sighting and event cannot be stored twice, whoever tries."""
    unique = {
        "delivery": {("once",)},
        "copy": {("realm", "native_id")},
        "inbox": {("adapter", "event")},
        "short_id": {("chat_id", "post_id")},
        "post": {("uri",)},
    }

    def indexes(tx, now):
        inspector = sa.inspect(tx.connection)
        return {
            name: {tuple(found["column_names"]) for found in inspector.get_unique_constraints(name)}
            for name in unique
        } | {"sighting": tuple(inspector.get_pk_constraint("sighting")["constrained_columns"])}

    found = await house.store.run(indexes)
    assert found.pop("sighting") == ("timeline_id", "post_id")
    for name, wanted in unique.items():
        assert wanted <= found[name]


# --- 4 ---


def test_4_targets_are_one_pure_function():
    assert flow.choose([], [], [1, 2]) == [1, 2]  # the defaults
    assert flow.choose([3], [], [1, 2]) == [3]  # those named instead
    assert flow.choose([], [2], [1, 2]) == [1]  # less the excluded
    assert flow.choose([], [], [1, 2], reader=7) == [7]  # a reply: the account that reads it
    assert flow.choose([], [], [1], holders=[2, 4]) == [2, 4]  # to one's own: where it is
    assert flow.choose([], [4], [1], holders=[2, 4, 2]) == [2]


async def test_4_a_reply_to_a_foreign_post_goes_out_by_the_account_that_brought_it(house):
    await house.user("ada", "north", "south")
    await read_home(house, "south")
    social = house.social("south")
    follow(social, "ada", "lin")
    post = social.add_post("lin", "question?")
    await house.poll()
    await house.says("answer", reply_to=house.chat.messages()[-1].id)
    assert house.social("north").texts() == []
    answer = social.posts[-1]
    assert (answer.text, answer.reply_to) == ("answer", post.id)


async def test_4_a_reply_to_ones_own_post_goes_wherever_that_stands(house):
    await house.user("ada", "north", "south")
    first = await house.says("+north only here")
    await house.says("further", reply_to=first)
    await house.says("both")
    own = house.social("north").posts[0]
    assert [(p.text, p.reply_to) for p in house.social("north").posts] == [
        ("only here", None),
        ("further", own.id),
        ("both", None),
    ]
    assert house.social("south").texts() == ["both"]


# --- 5 ---


async def test_5_an_edit_of_the_original_edits_every_copy(house):
    await house.user("ada", "north", "south")
    line = await house.says("god day")
    house.chat.edit_line(line, "good day")
    await house.settle()
    assert house.social("north").texts() == ["good day"] == house.social("south").texts()


async def test_5_our_own_edit_coming_back_goes_no_further(house):
    await house.user("ada", "north")
    await house.user("ada", "south")
    await house.says("/default north")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    line = await house.says("one")
    await house.poll()
    house.chat.edit_line(line, "two")
    await house.settle()
    for _ in range(3):
        await house.poll()
    edits = await rows(house, t.delivery, t.delivery.c.action == "edit")
    assert len(edits) == len({row["account_id"] for row in edits})
    assert house.social("south").texts() == ["two"]


async def test_5_an_edit_before_the_first_attempt_is_folded_into_the_create(house):
    await house.user("ada", "north")
    await house.says("/pause")
    line = await house.says("god day")
    house.chat.edit_line(line, "good day")
    await house.settle()
    await house.says("/resume")
    await house.says("send all")
    calls = [call.name for call in house.social("north").calls]
    assert house.social("north").texts() == ["good day"]
    assert "edit" not in calls


async def test_5_an_edit_during_the_create_waits_for_it(house):
    await house.user("ada", "north")
    release = house.social("north").hang("publish")
    line = house.chat.say("god day")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    await called(house.social("north"), "publish")
    house.chat.edit_line(line, "good day")
    await house.chat.settled()
    release.set()
    await step
    await house.settle()
    assert [c.name for c in house.social("north").calls if c.name in ("publish", "edit")] == [
        "publish",
        "edit",
    ]
    assert house.social("north").texts() == ["good day"]


async def test_5_a_deletion_at_the_original_deletes_every_copy(house):
    await house.user("ada", "north", "south")
    line = await house.says("oops")
    house.chat.delete_line(line)
    await house.settle()
    assert house.social("north").texts() == [] == house.social("south").texts()


async def test_5_a_copy_that_vanishes_takes_nothing_with_it(house):
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.poll()
    await house.says("stays")
    social = house.social("south")
    await house.says("/home on south")
    await house.poll()
    social.delete_post(social.posts[0].id)
    await house.poll()
    assert house.social("north").texts() == ["stays"]


async def test_5_edits_and_deletions_of_a_followed_post_change_the_item(house):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    follow(social, "ada", "lin")
    post = social.add_post("lin", "frist")
    await house.poll()
    await house.wait(1)
    social.edit_post(post.id, "first")
    await house.poll()
    assert items(house) == ["@lin@north.example on North [2k7] (edited): first"]
    social.delete_post(post.id)
    await house.poll()
    assert not [line for line in house.chat.lines() if "first" in line]


# --- 6 ---


async def test_6_the_first_fetch_brings_no_history_and_a_cursor(house):
    await house.user("ada", "north")
    social = house.social("north")
    follow(social, "ada", "lin")
    social.add_post("lin", "history")
    await read_home(house)
    assert not [line for line in house.chat.lines() if "history" in line]
    assert all(row["cursor"] is not None for row in await rows(house, t.timeline))


async def test_6_the_cursor_moves_in_the_unit_that_accepted_the_page(house, monkeypatch):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    follow(social, "ada", "lin")
    before = (await rows(house, t.timeline))[0]["cursor"]
    social.add_post("lin", "must not be lost")
    real = flow.accept

    def broken(*args, **more):
        raise RuntimeError("crash")

    monkeypatch.setattr(flow, "accept", broken)
    await house.poll()
    assert (await rows(house, t.timeline))[0]["cursor"] == before
    monkeypatch.setattr(flow, "accept", real)
    await house.wait(120)
    await house.poll()
    assert [line for line in house.chat.lines() if "must not be lost" in line]


async def test_6_a_hint_is_fetched_by_its_id_and_the_poll_behind_it_repeats_nothing(house):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    follow(social, "ada", "lin")
    run = asyncio.create_task(house.poller.run())
    await listening(social)
    social.add_post("lin", "when the stream began")
    await shown(house, "when the stream began")
    social.add_post("lin", "by the stream")
    await shown(house, "by the stream")
    assert "get" in [call.name for call in social.calls]
    run.cancel()
    await house.poll()
    assert len([line for line in house.chat.lines() if "by the stream" in line]) == 1


async def test_6_what_came_before_a_stream_began_is_shown_before_what_it_tells(house):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    follow(social, "ada", "lin")
    for number in range(3):
        social.add_post("lin", f"while nobody listened {number}")
    run = asyncio.create_task(house.poller.run())
    await listening(social)
    social.add_post("lin", "by the stream")
    await shown(house, "by the stream")
    run.cancel()
    posts = [line.rpartition(": ")[2] for line in house.chat.lines() if line.startswith("@lin")]
    assert posts == [*(f"while nobody listened {number}" for number in range(3)), "by the stream"]


async def listening(social) -> None:
    async with asyncio.timeout(60):
        while not social.network.streams:
            await asyncio.sleep(0.01)


async def shown(house, text: str) -> None:
    """Wait until the chat shows it, while the poller runs."""
    async with asyncio.timeout(60):
        while not [line for line in house.chat.lines() if text in line]:
            await house.settle()
            await asyncio.sleep(0.02)


async def test_6_a_hint_without_a_post_has_the_timeline_read(house):
    await house.user("ada", "north")
    await house.says("/mentions on north")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    run = asyncio.create_task(house.poller.run())
    async with asyncio.timeout(60):
        while not social.network.streams:
            await asyncio.sleep(0.01)
    social.notify("ada", "follow", "lin")
    async with asyncio.timeout(60):
        while "follows you" not in house.chat.last():
            await house.settle()
            await asyncio.sleep(0.02)
    run.cancel()


async def test_an_account_that_a_read_finds_expired_is_told_once_and_goes_on_when_relinked(house):
    await house.user("ada", "north")
    await read_home(house)
    social = house.social("north")
    account = social.account("ada")
    follow(social, "ada", "lin")
    social.expire(account)
    for _ in range(3):
        await house.poll()
        await house.wait(120)
    assert len([line for line in house.chat.lines() if "no longer accepts north" in line]) == 1
    social.add_post("lin", "while it was expired")
    social.network.tokens["token-ada"] = account.id
    await house.says("/relink north")
    await house.says("token-ada")
    await house.poll()
    assert [line for line in items(house) if "while it was expired" in line]


# --- 7 ---


async def test_7_an_echo_before_the_answer_makes_no_second_post(house):
    """The own post stands in the timeline while the call that publishes it has not answered."""
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.says("/default north")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    release = social.hang("publish", acted=True)
    house.chat.say("echo")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    await called(social, "publish")
    assert social.texts() == ["echo"]  # it is there, but nobody has heard so
    await house.poller.step()
    assert len(await rows(house, t.post)) == 1
    release.set()
    await step
    await house.wait(5)
    await house.poll()
    assert len(await rows(house, t.post)) == 1
    assert house.social("south").texts() == ["echo"]


async def test_7_an_unconfirmed_publication_is_settled_by_its_appearance(tmp_path):
    ask = replace(MemorySocial().capabilities, on_unconfirmed="ask")
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=ask),)) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poll()
        await house.wait(1)
        social = house.social("north")
        social.fail("publish", Unconfirmed(), acted=True)
        await house.says("did it arrive?")
        assert [r["state"] for r in await rows(house, t.delivery, t.delivery.c.action == "create")] == [
            "unconfirmed"
        ]
        await house.poll()
        await house.wait(5)
        await house.poll()
        assert [r["state"] for r in await rows(house, t.delivery, t.delivery.c.action == "create")] == [
            "sent"
        ]
        assert len(await rows(house, t.post)) == 1
        assert social.texts() == ["did it arrive?"]


async def test_7_a_look_whose_answer_a_timeline_brought_first_ends_quietly(tmp_path):
    """The publication is settled by its appearance: the look that was queued for it finds nothing to do."""
    look = replace(MemorySocial().capabilities, on_unconfirmed=OnUnconfirmed.LOOK)
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=look),)) as house:
        await house.user("ada", "north")
        await read_home(house)
        house.social("north").fail("publish", Unconfirmed(), acted=True)
        await house.says("did it arrive?")
        await house.poll()
        for _ in range(3):
            await house.wait(60)
        looks = await rows(house, t.delivery, t.delivery.c.action == "look")
        assert [(row["state"], row["attempts"]) for row in looks] == [("sent", 1), ("sent", 1)]
        assert house.social("north").texts() == ["did it arrive?"]


# --- sync ---


async def test_sync_in_a_circle_comes_to_rest(house):
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.says("/sync south to north")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    await social.publish(social.account("ada"), Draft("from elsewhere"), key="k1")
    for _ in range(4):
        await house.poll()
        await house.wait(5)
    assert house.social("north").texts() == ["from elsewhere"]
    assert house.social("south").texts() == ["from elsewhere"]
    told = [line for line in house.chat.lines() if "from elsewhere" in line]
    assert len(told) == 1
    assert told[0].startswith("↔ #")


async def test_a_rule_carries_no_answer_away_from_what_it_answers(house):
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    theirs = social.add_post("lin", "who is there?")
    await social.publish(social.account("ada"), Draft("me", reply_to=theirs.id), key="k1")
    await house.poll()
    assert house.social("south").texts() == []
    assert len(await rows(house, t.delivery, t.delivery.c.action == "create")) == 0
    own = await social.publish(social.account("ada"), Draft("a thread"), key="k2")
    await house.poll()
    await social.publish(social.account("ada"), Draft("goes on", reply_to=own.id), key="k3")
    await house.poll()
    first, second = house.social("south").posts
    assert (second.text, second.reply_to) == ("goes on", first.id)


@pytest.mark.parametrize("audience", [Audience.UNLISTED, Audience.FOLLOWERS, Audience.DIRECT])
async def test_only_public_posts_leave_by_a_sync_rule(house, audience):
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    await social.publish(social.account("ada"), Draft("not for all", audience), key="k1")
    await house.poll()
    assert house.social("south").texts() == []


async def test_a_followers_only_post_never_enters_a_group(house):
    await house.user("ada", "north")
    house.chat.group("den", title="Den")
    house.chat.person("ada", admin=True)
    await house.says("/mirror home", chat="den")
    await house.poll()
    await house.wait(1)
    social = house.social("north")
    follow(social, "ada", "lin")
    for audience in Audience:
        social.add_post("lin", f"for {audience}", audience=audience)
    await house.poll()
    assert [line for line in house.chat.lines("den") if "for " in line] == [
        "@\u2060lin@north.example on North [2k7]: for public"
    ]


async def test_a_target_that_cannot_keep_the_audience_is_skipped_and_named(tmp_path):
    narrow = replace(MemorySocial().capabilities, audiences=frozenset({Audience.PUBLIC}))
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=narrow))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        await house.says("/vis followers")
        await house.says("between us")
        assert house.social("north").texts() == ["between us"]
        assert house.social("south").texts() == []
        assert "✗ South" in house.chat.last()
        assert "it cannot keep a post to your followers" in house.chat.last()
