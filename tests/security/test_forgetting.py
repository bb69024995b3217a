"""Whoever asked to be forgotten is: no row, no byte and no token is left, and what is others' stays whole."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.errors import Temporary
from bridgebot.leaving import PATIENCE
from bridgebot.model import Audience
from bridgebot.store import forgetting, grants, keep, leavings
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.mentions import cleaned
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

MARK = "canarymark"  # in every field of the one who goes, also as part of their name
ADA = f"ada{MARK}"


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


@pytest.fixture
async def two(tmp_path):
    """The same where people have a chat on a second network too."""
    async with TestHouse(tmp_path, chats=(MemoryChat(name="other"),)) as house:
        yield house


async def rows(house, table, *where) -> list[dict]:
    query = sa.select(table).where(*where)
    return await house.store.read(lambda tx, now: [dict(r) for r in tx.connection.execute(query).mappings()])


async def everything(house) -> dict[str, list[dict]]:
    return {table.name: await rows(house, table) for table in metadata.sorted_tables}


async def asks(house, sender: str = ADA, *, option: str = "stay") -> None:
    await house.says("/forget", sender=sender)
    await house.says(option, sender=sender)
    await house.says("forget me", sender=sender)


def on_disk(house) -> bytes:
    """Every byte of every file in the database's folder."""
    return b"".join(file.read_bytes() for file in sorted(house.folder.rglob("*")) if file.is_file())


async def lives(house, sender: str, *networks: str) -> int:
    """Somebody who leaves a mark in everything that a user can write."""
    user = await house.user(sender, *networks)
    await house.says(f"/memo a memo of {sender}", sender=sender)
    await house.says(f"/cw a warning of {sender}", sender=sender)
    line = await house.says(f"/post some words of {sender}", sender=sender)
    await house.wait(2)
    house.chat.edit_line(line, f"/post other words of {sender}")
    await house.wait(200)
    await house.says(f"/post more words of {sender} #{sender}tag", sender=sender)
    await house.wait(2)
    await house.says("/follow @lin", sender=sender)
    await house.says(f"/tag {sender}tag", sender=sender)
    await house.says("/home on north", sender=sender)
    await house.poll()
    await house.says(f"/cw a later warning of {sender}", sender=sender)
    await house.says("/link north", sender=sender)
    await house.says("/cancel", sender=sender)
    await house.wait(200)
    return user


# --- nothing is left ---------------------------------------------------------------------------


async def test_no_row_of_any_table_is_left(house):
    """Whoever was alone here leaves an empty house."""
    await lives(house, ADA, "north", "south")
    await asks(house)
    await house.goes()
    left = {name: rows for name, rows in (await everything(house)).items() if rows}
    assert MARK not in str(left)
    assert {(line["user_id"], line["target"]) for line in left.pop("audit")} == {(None, "")}
    assert set(left) <= {"adapter_state", "news", "lane", "timeline", "post", "copy", "sighting", "health"}
    assert all(post["user_id"] is None for post in left.get("post", ()))


async def test_no_byte_is_left_in_any_file(house):
    user = await lives(house, ADA, "north", "south")
    await house.says(f"/post waiting words of {ADA}", sender=ADA)
    await lives(house, "lin", "north")
    assert MARK.encode() in on_disk(house)
    await asks(house)
    await house.goes()
    assert await rows(house, t.user, t.user.c.id == user) == []
    found = on_disk(house)
    assert MARK.encode() not in found
    assert b"other words of lin" in found


async def test_what_the_tree_moved_about_is_overwritten_too(house):
    """Rows that grow are moved in their pages, and leave copies behind that no deletion finds."""
    await house.user(ADA, "north")
    for number in range(60):
        await house.says(f"/memo {MARK} {number} " + "x" * 400, sender=ADA)
    memos = await rows(house, t.post, t.post.c.memo)
    for size in (1200, 80, 2500):
        for memo in memos[::2]:
            words = f"{MARK} {memo['id']} " + "y" * size
            await house.store.run(
                lambda tx, now, id=memo["id"], w=words: tx.update(t.post, t.post.c.id == id, text=w)
            )
    await asks(house)
    await house.goes()
    assert MARK.encode() not in on_disk(house)


async def test_every_table_that_hangs_on_a_user_is_reached():
    """Also one that somebody adds: whatever points to a user, directly or not, goes or is emptied."""
    reached, left = {t.user}, [t.user]
    while left:
        for column in forgetting._pointing(left.pop()):
            if not forgetting.only_mentions(column) and column.table not in reached:
                reached.add(column.table)
                left.append(column.table)
    pointing = {
        table
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table in (t.user, t.person, t.account)
    }
    assert pointing <= reached


async def test_a_table_that_is_added_is_covered_without_being_named(house):
    added = sa.Table(
        "added",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False),
        sa.Column("by_id", sa.ForeignKey("user.id")),
        sa.Column("words", sa.Text),
    )
    forgetting._pointing.cache_clear()
    try:
        ada, lin = await house.user(ADA), await house.user("lin")
        mine = {"user_id": ada, "by_id": lin, "words": MARK}
        others = {"user_id": lin, "by_id": ada, "words": "of lin"}

        def fill(tx, now):
            added.create(tx.connection)
            tx.connection.execute(sa.insert(added), [mine, others])

        await house.store.run(fill)
        await asks(house)
        await house.goes()
        [kept] = await rows(house, added)
        assert (kept["user_id"], kept["by_id"], kept["words"]) == (lin, None, "of lin")
    finally:
        metadata.remove(added)
        forgetting._pointing.cache_clear()


async def test_adapters_keep_nothing_about_them(house):
    await lives(house, ADA, "north")
    await asks(house)
    await house.goes()
    kept = await rows(house, t.adapter_state)
    assert all(MARK not in house.store.vault.decrypt(row["value"]) for row in kept)


async def test_grants_end_and_lines_of_operators_name_nobody(house):
    await house.user(ADA, "north")
    lin = await house.user("lin", "north")
    house.chat.group("den")
    await house.says("/help", chat="den", sender=ADA)
    [den] = await rows(house, t.chat, t.chat.c.native_id == "den")

    def fill(tx, now):
        values = {"role": "everyone", "lent": "everyone", "name": "north", "since": now}
        tx.insert(grants.grants, values | {"chat_id": den["id"], "account_id": 1})
        keep.audit(tx, now, lin, "block", f"chat:{ADA}")

    await house.store.run(fill)
    await asks(house)
    await house.goes()
    assert await rows(house, grants.grants) == []
    assert [(r["action"], r["target"]) for r in await rows(house, t.audit, t.audit.c.user_id == lin)][-1] == (
        "block",
        "",
    )


async def test_many_posts_go_in_many_small_units(house):
    user = await house.user(ADA, "north")
    values = {"user_id": user, "adapter": "chat", "author_id": "", "author_handle": "", "author_name": ""}
    values |= {"audience": "public", "memo": False, "version": 0, "created_at": house.clock.now()}
    many = [values | {"text": f"{MARK} {n}"} for n in range(3 * forgetting.BATCH)]
    await house.store.run(lambda tx, now: tx.connection.execute(sa.insert(t.post), many))
    await asks(house)
    before = house.store.database.stats.units
    await house.goes()
    assert house.store.database.stats.units - before > 3
    assert await rows(house, t.post) == []


# --- what is others' ---------------------------------------------------------------------------


async def test_what_others_wrote_stays_whole(house):
    await house.user(ADA, "north")
    await lives(house, "lin", "north")
    before = await everything(house)
    lin = 2
    posts = [p for p in before["post"] if p["user_id"] == lin]
    await asks(house)
    await house.goes()
    after = await everything(house)
    assert [p for p in after["post"] if p["user_id"] == lin] == posts
    for name in ("account", "person", "chat", "route", "version", "short_id"):
        assert {str(row) for row in after[name]} <= {str(row) for row in before[name]}
    assert len(after["person"]) == len(before["person"]) - 1
    await house.says("/memo still here", sender="lin")
    assert "memo kept" in house.chat.last("lin")


async def test_an_answer_to_them_keeps_its_place(house):
    """Lin answered a post that Lin saw in a timeline: the answer stays, what it answers is an empty place."""
    await house.user(ADA, "north")
    await house.user("lin", "north")
    network = house.social("north").network
    network.follows.add((network.person("lin").id, network.person(ADA).id))
    await house.says("/home on north", sender="lin")
    await house.poll()
    await house.wait(2)
    await house.says(f"/post words of {ADA}", sender=ADA)
    await house.wait(2)
    await house.poll()
    item = next(line for line in house.chat.messages("lin") if "words of" in line.text)
    await house.says("my own words", sender="lin", reply_to=item.id)
    await house.wait(2)
    await asks(house)
    await house.goes()
    [answer] = await rows(house, t.post, t.post.c.text == "my own words")
    [parent] = await rows(house, t.post, t.post.c.id == answer["parent_id"])
    assert (parent["text"], parent["user_id"], parent["author_handle"], parent["url"]) == ("", None, "", None)
    assert parent["deleted_at"] is not None
    copies = await rows(house, t.copy, t.copy.c.post_id == answer["id"])
    assert {copy["role"] for copy in copies} >= {"original", "mirror"}
    await house.says("/re and another", sender="lin", reply_to=item.id)
    await house.wait(2)
    assert house.chat.last("lin")  # it is answered, and nothing breaks
    assert await rows(house, t.inbox, t.inbox.c.state == "failed") == []


async def test_private_words_to_them_go_with_the_chat(house):
    await house.user("ada", "north")
    await house.shows("only for followers: canary", audience=Audience.FOLLOWERS)
    assert b"only for followers" in on_disk(house)
    await asks(house, "ada")
    await house.goes()
    assert b"only for followers" not in on_disk(house)


async def test_a_number_that_is_given_again_opens_nothing(house):
    """The database gives the number of the last account again: nothing of the old one hangs on it."""
    await house.user("lin", "north")
    await lives(house, ADA, "south")
    await asks(house)
    await house.goes()
    await house.user("eve", "south")
    assert house.social("south").network is not None
    lanes = {row["name"] for row in await rows(house, t.lane)}
    [eve] = await rows(house, t.account, t.account.c.handle == "@eve@south.example")
    assert eve["state"] == "active"
    waiting = await rows(house, t.delivery, t.delivery.c.account_id == eve["id"])
    assert waiting == []
    assert f"account:{eve['id']}" not in lanes
    await house.says("hello from eve", sender="eve")
    await house.wait(2)
    assert [post.text for post in house.social("south").posts if post.author.handle.startswith("@eve")] == [
        "hello from eve"
    ]


# --- what is out there -------------------------------------------------------------------------


async def test_tokens_are_given_back_and_posts_stay(house):
    await house.user(ADA, "north", "south")
    await house.says(f"/post words of {ADA}", sender=ADA)
    await house.wait(2)
    await asks(house)
    await house.goes()
    for name in ("north", "south"):
        social = house.social(name)
        assert [call for call in social.calls if call.name == "unlink"]
        assert [post.text for post in social.posts] == [f"words of {ADA}"]


async def test_posts_go_too_where_that_was_chosen(house):
    await house.user(ADA, "north", "south")
    for number in range(3):
        await house.says(f"/post words {number} of {ADA}", sender=ADA)
        await house.wait(2)
    await asks(house, option="delete my posts there")
    await house.goes()
    assert house.social("north").posts == house.social("south").posts == []
    assert await rows(house, t.user) == []


async def test_what_waited_is_stopped_and_told(house):
    await house.user(ADA, "north")
    await house.says("/pause", sender=ADA)
    await house.says(f"/post waiting words of {ADA}", sender=ADA)
    await house.says("/forget", sender=ADA)
    assert "One thing still waits to be sent; it is stopped." in house.chat.last(ADA)
    await house.says("stay", sender=ADA)
    await house.says("forget me", sender=ADA)
    assert any("One thing was still waiting" in line for line in house.chat.lines(ADA))
    await house.goes()
    assert house.social("north").posts == []


async def test_a_network_that_does_not_answer_holds_nothing_up(house):
    await house.user(ADA, "north")
    house.social("north").fail("unlink", Temporary(), times=1000)
    await asks(house)
    await house.farewell.step()
    await house.settle()
    await house.wait(PATIENCE["parting"].total_seconds() + 1)
    await house.farewell.step()
    await house.settle()
    assert "These did not answer" in house.chat.last(ADA)
    await house.goes()
    assert await rows(house, t.user) == []


async def test_from_the_word_on_nothing_that_they_write_acts(house):
    await house.user(ADA, "north")
    await asks(house)
    for words in ("/post after all", "hello", "/cancel", "/export"):
        await house.says(words, sender=ADA)
    await house.wait(2)
    assert house.social("north").posts == []
    assert "is erased here" not in house.chat.last(ADA)
    await house.goes()
    assert house.chat.last(ADA).startswith("This is my last word to you.")
    await house.says("hello again", sender=ADA)
    assert "First you need an account" in "\n".join(house.chat.lines(ADA)[-2:])


async def test_from_the_word_on_nothing_is_shown_to_them_any_more(house):
    await house.user("ada", "north")
    await house.shows("seen before")
    await house.says("/link north")
    await asks(house, "ada")
    house.social("north").add_post("lin", "too late for ada")
    await house.poll()
    await house.goes()
    assert "too late for ada" not in "\n".join(house.chat.lines("ada"))
    assert "No answer" not in "\n".join(house.chat.lines("ada"))


# --- being sure --------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["yes", "forget", "forget me not", "please forget me", "", "👍"])
async def test_another_word_forgets_nothing(house, word):
    user = await house.user(ADA, "north")
    await house.says("/forget", sender=ADA)
    await house.says("stay", sender=ADA)
    await house.says(word or " ", sender=ADA)
    await house.goes()
    assert len(await rows(house, t.user, t.user.c.id == user)) == 1
    assert await rows(house, leavings.leaving) == []


@pytest.mark.parametrize("word", ["forget me", "Forget Me", "忘记我", "“forget me”"])
async def test_the_word_counts_in_every_language(house, word):
    await house.user(ADA, "north")
    await house.says("/forget", sender=ADA)
    await house.says("stay", sender=ADA)
    await house.says(word, sender=ADA)
    await house.goes()
    assert await rows(house, t.user) == []


async def test_the_same_message_twice_forgets_nothing(house):
    """No answer to the first question is the word of the second."""
    await house.user(ADA, "north")
    for answer in ("stay", "My posts there stay", "delete", "1", "2", "yes", "forget me"):
        await house.says("/forget", sender=ADA)
        await house.says(answer, sender=ADA)
        if answer != "forget me":
            await house.says(answer, sender=ADA)
    assert await rows(house, leavings.leaving) == []


async def test_a_second_chat_has_the_last_word(two):
    await two.user(ADA, "north")
    await two.meets(ADA)
    await asks(two)
    assert "I asked in your chat on Other" in two.chat.last(ADA)
    assert await rows(two, leavings.leaving) == []
    await two.goes()
    assert len(await rows(two, t.user)) == 1
    await asks(two)
    two.second.press("Yes, forget me", sender=ADA)
    await two.settle()
    await two.goes()
    assert await rows(two, t.user) == []
    assert await rows(two, t.person) == []


async def test_a_no_in_the_second_chat_keeps_everything(two):
    await two.user(ADA, "north")
    await two.meets(ADA)
    await asks(two)
    two.second.press("No", sender=ADA)
    await two.settle()
    assert "the answer was No" in two.chat.last(ADA)
    await two.goes()
    assert len(await rows(two, t.user)) == 1


async def test_what_goes_is_said_first_and_export_is_offered(house):
    await lives(house, ADA, "north")
    await house.says("/forget", sender=ADA)
    told = house.chat.last(ADA)
    assert "/export" in told
    assert "posts (2)" in told
    assert "memos (1)" in told
    assert "accounts (1)" in told


# --- a restart in the middle -------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(7))
async def test_a_restart_in_the_middle_goes_on_to_the_end(tmp_path, steps):
    chat, clock = MemoryChat(name="chat"), ManualClock()
    socials = tuple(MemorySocial(name=name) for name in ("north", "south"))
    house = TestHouse(tmp_path, chat=chat, socials=socials, clock=clock)
    async with house:
        await lives(house, ADA, "north")
        await asks(house)
        for _ in range(steps):
            [one] = await house.store.read(lambda tx, now: leavings.all_(tx)) or [None]
            if one is not None:
                await house.store.run(lambda tx, now: _one_step(house, tx, now))
            await house.wait(10)
    again = TestHouse(tmp_path, chat=chat, socials=socials, clock=clock)
    async with again:
        await again.goes()
        assert await rows(again, t.user) == []
        assert MARK.encode() not in on_disk(again)


def _one_step(house, tx, now):
    from bridgebot.leaving import advance

    for one in leavings.all_(tx):
        advance(tx, now, house.house, one.user_id)


async def test_bytes_are_overwritten_after_a_restart_between_the_rows_and_the_file(tmp_path):
    async with TestHouse(tmp_path) as house:
        await lives(house, ADA, "north")
        await asks(house)
        house.store.rewrite = _never  # the process ends just before
        for _ in range(8):
            await house.farewell.step()
            await house.wait(20)
        assert await rows(house, t.user) == []
        assert await house.store.read(lambda tx, now: forgetting.has_traces(tx))
    async with TestHouse(tmp_path) as again:
        await again.goes()
        assert MARK.encode() not in on_disk(again)
        assert not await again.store.read(lambda tx, now: forgetting.has_traces(tx))


async def _never() -> bool:
    return False


# --- what is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_privacy_says_what_the_operator_can_read_and_how_to_go(house, language):
    house.chat.person("ada", language=language)
    house.house = replace(house.house, privacy="Run by Boss; copies are kept for a week.")
    house.inbox.use(house.house)
    await house.says("/privacy")
    told = house.chat.last()
    assert re.search("whoever runs the bot can read|运行机器人的人能看到", told)
    for word in ("/export", "/forget", "30", "Run by Boss"):
        assert word in told


# --- what others were told ---------------------------------------------------------------------


async def test_the_bot_forgets_what_it_told_others_about_them(tmp_path):
    """An operator listed the users, and somebody follows an account that was made here."""
    here = MemorySocial(name="north", capabilities=replace(MemorySocial().capabilities, join=True))
    boss = frozenset({"chat:boss"})
    async with TestHouse(tmp_path, socials=(here,), operators=boss) as house:
        await house.user(ADA, "north")
        await house.user("lin", "north")
        await house.says("/start", sender="boss")
        await house.says("/admin users", sender="boss")
        await house.says(f"/follow @{ADA}", sender="lin")
        await house.wait(2)
        assert MARK in house.chat.last("boss")
        assert MARK in str(await rows(house, t.timeline))
        await house.says(f"/post {ADA} is what lin wrote", sender="lin")
        await house.wait(2)
        await asks(house)
        await house.goes()
        for table in (t.timeline, t.delivery, t.part, t.audit, t.person, t.account):
            left = [row for row in await rows(house, table) if re.search(f"(@|chat:|'){ADA}", str(row))]
            assert [row for row in left if "is what lin wrote" not in str(row)] == [], table.name
        await house.says("/routes", sender="lin")
        await house.says("/undo", sender="lin")
        assert await rows(house, t.inbox, t.inbox.c.state == "failed") == []


def test_only_whole_names_are_taken_out():
    names = frozenset({"@jo", "jo@example.org"})
    told = {
        "text": "@jo, @john and @jo@elsewhere: jo",
        "handle": "jo",
        "action": "jo",
        "n": 1,
        "list": ["@jo"],
    }
    assert cleaned(told, names) == {
        "text": "@–, @john and @–@elsewhere: jo",
        "handle": "@–",
        "action": "jo",
        "n": 1,
        "list": ["@–"],
    }
