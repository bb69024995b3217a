"""What a person does with a post: each action, its inverse, and taking back the last thing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.errors import Rejected
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse

LIN = "@lin@north.example"


@pytest.fixture
async def house(tmp_path):
    """Ada posts on North and sees a post of Lin's, 2k7."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("/home on north")
        await house.poll()
        await house.wait(1)
        network = house.social("north").network
        network.follows.add((network.person("ada").id, network.person("lin").id))
        house.social("north").add_post("lin", "hi there")
        await house.poll()
        assert house.chat.last() == f"{LIN} on North [2k7]: hi there"
        yield house


def marks(house) -> tuple[int, int, int]:
    network = house.social("north").network
    return len(network.favourites), len(network.boosts), len(network.follows)


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


# --- favourite, boost --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "off", "told_on", "told_off", "which"),
    [
        ("/fav", "/unfav", "★ 2k7", "✓ no more ★ 2k7", 0),
        ("/boost", "/unboost", "🔁 2k7", "✓ no more 🔁 2k7", 1),
        ("!zan", "！取消赞", "★ 2k7", "✓ no more ★ 2k7", 0),
    ],
)
async def test_on_and_off(house, on, off, told_on, told_off, which):
    await house.says(f"{on} 2k7")
    assert house.chat.last() == told_on
    assert marks(house)[which] == 1
    await house.says(f"{off} 2k7")
    assert house.chat.last() == told_off
    assert marks(house)[which] == 0


@pytest.mark.parametrize("named", ["2K7", "#2k7", "[2k7]", LIN, "https://north.example/lin/1"])
async def test_every_way_to_name_a_post(house, named):
    url = house.social("north").posts[0].url
    await house.says(f"/fav {url if named.startswith('http') else named}")
    assert house.chat.last() == "★ 2k7"


async def test_a_native_answer_with_the_bare_command(house):
    await house.says("/fav", reply_to=house.chat.messages()[-1].id)
    assert house.chat.last() == "★ 2k7"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/fav", "Which post?"),
        ("/boost 7zz", "I know no post “7zz” in this chat."),
        ("/thread nobody", "I know no post “nobody” in this chat."),
        ("/url https://north.example/none", "I know no post “https://north.example/none”"),
        ("/del", "Which post?"),
        ("/edit 7zz x", "I know no post “7zz” in this chat."),
    ],
)
async def test_a_post_that_is_not_there(house, typed, told):
    await house.says(typed)
    assert house.chat.last().startswith(told)


async def test_a_refusal_of_the_network_is_told(house):
    house.social("north").fail("favourite", Rejected())
    await house.says("/fav 2k7")
    assert house.chat.last().startswith("✗ North: The network refused this")


async def test_url_and_thread(house):
    post = house.social("north").posts[0]
    house.social("north").add_post("mei", "an answer", reply_to=post.id)
    await house.says("/url 2k7")
    assert house.chat.last() == post.url
    await house.says("/thread 2k7")
    assert house.chat.last() == (
        "The conversation around 2k7 (2):\n│ @lin@north.example: hi there\n│ @mei@north.example: an answer"
    )


async def test_hostile_texts_in_a_thread_stay_on_their_lines(house):
    post = house.social("north").posts[0]
    house.social("north").add_post("mei", "line\n✓ you now own everything\u202e\x1b[31m", reply_to=post.id)
    await house.says("/thread 2k7")
    assert house.chat.last().split("\n")[2:] == ["│ @mei@north.example: line ✓ you now own everything[31m"]


# --- one's own ---------------------------------------------------------------------------------


async def test_edit_by_id_and_as_a_native_answer(house):
    line = await house.says("god day")
    await house.wait(2)
    code = house.chat.last().split()[0].lstrip("#")
    await house.says(f"/edit {code} good day")
    assert house.chat.last() == f"{code} is being changed; its receipt tells if a network refuses."
    assert house.social("north").texts("ada") == ["good day"]
    await house.says("/edit lin, good day", reply_to=line)
    assert house.social("north").texts("ada") == ["lin, good day"]
    await house.says(f"/edit {code}")
    assert house.chat.last() == f"Send this back with your changes:\n/edit {code} lin, good day"


async def test_delete_by_id_and_as_a_native_answer(house):
    line = await house.says("one")
    await house.says("two")
    await house.wait(2)
    await house.says("/del", reply_to=line)
    assert house.social("north").texts("ada") == ["two"]
    code = house.chat.lines()[-2].split()[0].lstrip("#")
    assert house.chat.last().endswith("is being taken back; its receipt tells how it went.")
    await house.says(f"/del {code}")
    await house.says("/del", reply_to=line)
    assert house.chat.last().endswith("is deleted already.")


@pytest.mark.parametrize("typed", ["/edit 2k7 mine now", "/del 2k7"])
async def test_somebody_elses_post_is_not_changed(house, typed):
    await house.says(typed)
    assert house.chat.last() == "2k7 is not your post."
    assert house.social("north").texts() == ["hi there"]


async def test_share_of_somebody_elses_post_is_refused(house):
    await house.says("/share 2k7")
    assert house.chat.last().startswith("/share ID: a memo or post of your own")
    assert house.social("north").texts() == ["hi there"]


# --- undo --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/fav 2k7", "✓ took back ★ 2k7"),
        ("/boost 2k7", "✓ took back 🔁 2k7"),
        ("/follow @mei@north.example", "✓ you no longer follow @mei@north.example (Mei) on North."),
        ("/unfollow @lin", "✓ you follow @lin@north.example (Lin) on North; the posts arrive here."),
    ],
)
async def test_undo_does_the_inverse(house, typed, told):
    house.social("north").network.person("mei")
    before = marks(house)
    await house.says(typed)
    assert marks(house) != before
    await house.says("/undo")
    assert house.chat.last() == told
    assert marks(house) == before


async def test_undo_of_unfav_is_fav(house):
    await house.says("/fav 2k7")
    await house.says("/unfav 2k7")
    await house.says("/undo")
    assert marks(house)[0] == 1


async def test_undo_goes_back_one_thing_at_a_time_and_never_forth_again(house):
    await house.says("a post")
    await house.says("/fav 2k7")
    await house.says("/undo")
    assert marks(house)[0] == 0
    await house.says("/undo")
    assert marks(house)[0] == 0
    assert house.social("north").texts("ada") == []
    await house.says("/undo")
    assert house.chat.last() == "There is nothing to take back."


async def test_undo_after_a_memo_takes_back_the_memo_and_not_the_post_before(house):
    await house.says("a post")
    await house.says("/memo milk")
    await house.says("/undo")
    assert house.social("north").texts("ada") == ["a post"]
    await house.says("/memos")
    assert house.chat.last().startswith("No memos.")


@pytest.mark.parametrize("way", ["/del", "retraction"])
async def test_undo_passes_over_what_was_taken_back_otherwise(house, way):
    await house.says("first")
    line = await house.says("second")
    if way == "/del":
        await house.says("/del", reply_to=line)
    else:
        house.chat.delete_line(line)
        await house.settle()
    await house.says("/undo")
    assert house.social("north").texts("ada") == []
    await house.says("/undo")
    assert house.chat.last() == "There is nothing to take back."


async def test_undo_of_what_has_not_left_cancels_it(house):
    await house.says("/pause")
    await house.says("/fav 2k7")
    await house.says("/undo")
    assert house.chat.last() == "Taken back before it left."
    await house.says("a post")
    await house.says("/undo")
    await house.says("/resume")
    await house.wait(60)
    assert marks(house)[0] == 0
    assert house.social("north").texts("ada") == []


async def test_an_undo_during_the_publication_deletes_afterwards(house):
    release = house.social("north").hang("publish")
    house.chat.say("oops")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    async with asyncio.timeout(60):
        while "publish" not in [call.name for call in house.social("north").calls]:
            await asyncio.sleep(0.01)
    house.chat.say("/undo")
    await house.chat.settled()
    release.set()
    await step
    await house.wait(2)
    assert house.social("north").texts("ada") == []


@pytest.mark.parametrize(
    ("typed", "named"),
    [("an old post", "#3bd “an old post”"), ("/fav 2k7", "★ 2k7"), ("/follow @mei", "following @mei")],
)
async def test_what_is_older_than_ten_minutes_is_named_and_asked_about(house, typed, named):
    house.social("north").network.person("mei")
    await house.says(typed)
    before = marks(house), house.social("north").texts()
    await house.wait(601)
    await house.says("/undo")
    assert house.chat.last() == f"That was a while ago. Take back {named}?"
    assert (marks(house), house.social("north").texts()) == before
    await house.says("no")
    assert house.chat.last() == "Nothing was taken back."
    await house.says("/undo")
    house.chat.press("Take it back")
    await house.settle()
    assert (marks(house), house.social("north").texts()) != before


async def test_undo_takes_back_only_what_was_done_in_this_chat(house):
    house.chat.group("den")
    await house.says("/post in the group", chat="den")
    await house.says("/undo")
    assert house.chat.last() == "There is nothing to take back."
    assert house.social("north").texts("ada") == ["in the group"]


async def test_undo_where_messages_cannot_be_edited_is_told_by_a_new_receipt(tmp_path):
    plain = replace(MemoryChat().capabilities, buttons=False, edit=False, delete=False, replies=False)
    chat = MemoryChat(name="chat", capabilities=plain)
    async with TestHouse(tmp_path, chat=chat, socials=(MemorySocial(name="north"),)) as house:
        await house.user("ada", "north")
        await house.says("a post")
        await house.wait(2)
        assert house.chat.last().endswith("undo: /undo")
        await house.says("/undo")
        await house.wait(2)
        assert house.chat.last() == "#2k7 taken back – North"


async def test_no_chain_of_undo_leaves_a_failed_message(house):
    for typed in ("a", "/fav 2k7", "/memo m", "/undo", "/undo", "/undo", "/undo"):
        await house.says(typed)
    assert await rows(house, t.inbox, t.inbox.c.state == "failed") == []
