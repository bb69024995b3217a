"""Pictures, films and sounds of posts, shown in chats: end to end on memory networks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.adapter import Shows
from bridgebot.errors import Temporary, Unconfirmed
from bridgebot.model import Attachment, Draft, FileLimits, Uploaded
from bridgebot.model import changed as other
from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.testing import chat_side
from bridgebot.testing.fakes import MemoryChat
from bridgebot.testing.pictures import picture, png, reader
from tests.house import TestHouse

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
FILM = b"\0\0\0\x14ftypisom\0\0\0\0isom" + bytes(100)
SHOWS = chat_side.EVERYTHING.shows
ONE_BY_ONE = Shows(FileLimits(count=1))


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


def at(name, kind="image", **more):
    return Attachment(kind, f"https://north.example/{name}", f"a {name}", **more)


def house_with(tmp_path, **more):
    chat = MemoryChat(name="chat", capabilities=replace(chat_side.EVERYTHING, **more))
    return TestHouse(tmp_path, chat=chat)


def messages(house):
    """The last messages in the chat: their words and what they show."""
    return [(line.text, [one.content for one in line.shown]) for line in house.chat.messages()]


async def shows(house, text="look", **more):
    """A post of Lin's comes into the chat; the messages that it came in."""
    before = len(house.chat.messages())
    await house.shows(text, **more)
    return house.chat.messages()[before + 1 :]  # behind the answer to /home


# --- in which messages -------------------------------------------------------------------------


async def test_one_picture_stands_with_its_words_and_buttons(house):
    house.chat.network.web["https://north.example/red.png"] = RED
    [line] = await shows(house, media=(at("red.png"),))
    assert [one.content for one in line.shown] == [RED]
    assert line.text == "@lin@north.example on North [2k7]: look\n🖼 a red.png"
    assert [button.label for button in line.buttons]
    assert house.chat.count("send") == len(house.chat.messages()), "each message was one call"


async def test_several_follow_their_words_as_one_message(house):
    words, album = await shows(house, media=(at("red.png"), at("film.mp4", "video"), at("s", "file")))
    assert words.text.split("\n")[1:] == ["🖼 a red.png", "🎬 a film.mp4", "📎 a s: https://north.example/s"]
    assert words.buttons
    assert not album.buttons
    assert (album.text, [one.kind for one in album.shown]) == ("", ["image", "video"])


async def test_longer_words_stand_before_their_picture(house):
    words, picture = await shows(house, "long " * 60, media=(at("red.png"),))
    assert words.text.startswith("@lin@north.example on North [2k7]: long long")
    assert (picture.text, len(picture.shown)) == ("", 1)


async def test_a_sound_stands_alone(house):
    found = await shows(house, media=(at("a", "audio"), at("red.png"), at("b", "audio")))
    assert [[one.kind for one in line.shown] for line in found] == [[], ["audio"], ["image"], ["audio"]]


async def test_where_no_words_stand_beside_them_each_is_a_message(tmp_path, site):
    site |= {"https://north.example/red.png": RED, "https://north.example/blue.png": BLUE}
    async with house_with(tmp_path, shows=ONE_BY_ONE) as house:
        await house.user("ada", "north")
        words, red, blue = await shows(house, media=(at("red.png"), at("blue.png")))
        assert words.text.endswith("look\n🖼 a red.png\n🖼 a blue.png")
        assert [[one.content for one in line.shown] for line in (red, blue)] == [[RED], [BLUE]]


async def test_whoever_wants_none_is_told_where_they_are(house):
    await house.says("/settings pictures off")
    [line] = await shows(house, media=(at("red.png"),))
    assert line.shown == ()
    assert line.text.endswith("look\n🖼 a red.png: https://north.example/red.png")
    await house.says("/settings pictures on")
    [line] = await shows(house, media=(at("red.png"),))
    assert len(line.shown) == 1


# --- what is hidden ----------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{"warning": "food"}, {"media": (at("red.png", hidden=True),)}])
async def test_what_is_to_be_hidden_is_covered(house, more):
    [line] = await shows(house, **({"media": (at("red.png"),)} | more))
    assert [one.hidden for one in line.shown] == [True]


async def test_where_nothing_can_be_covered_only_its_address_is_told(tmp_path):
    async with house_with(tmp_path, shows=replace(SHOWS, hides=False)) as house:
        await house.user("ada", "north")
        found = await shows(house, media=(at("red.png", hidden=True), at("blue.png")))
        assert [one.url for line in found for one in line.shown] == ["https://north.example/blue.png"]
        assert "🖼 a red.png: https://north.example/red.png" in found[0].text
        [line] = await shows(house, media=(at("red.png"),), warning="food")
        assert line.shown == ()


# --- going wrong -------------------------------------------------------------------------------


async def test_what_the_network_cannot_fetch_is_handed_over(house, site):
    house.chat.network.web["https://north.example/red.png"] = None
    site["https://north.example/red.png"] = RED
    [line] = await shows(house, media=(at("red.png"),))
    assert [(one.content, one.url) for one in line.shown] == [(RED, None)]


async def test_what_a_network_serves_itself_is_asked_of_nobody_else(house, site):
    """Neither of its address, which only the bot may reach, nor by the chat's network."""
    north = house.social("north")
    lin, file = north.account("lin"), picture(RED, "a red stone")
    there = Uploaded(await north.upload(lin, file, reader(RED), key="red"), "a red stone")
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    north.network.follows.add((north.network.person("ada").id, lin.id))
    await north.publish(lin, Draft("look", files=(there,)), key="post")
    await house.poll()
    line = house.chat.messages()[-1]
    assert line.text.endswith("look\n🖼 a red stone")
    assert [(one.content, one.url) for one in line.shown] == [(RED, None)]
    assert north.count("download") == 1
    assert site == {}


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", FILM, RED[:40]])
async def test_what_is_no_picture_is_told_by_its_address(house, site, content):
    house.chat.network.web["https://north.example/red.png"] = None
    site["https://north.example/red.png"] = content
    [line] = await shows(house, media=(at("red.png"),))
    assert line.shown == ()
    assert line.text.endswith("look\n🖼 a red.png: https://north.example/red.png")
    assert line.buttons


async def test_what_nobody_can_fetch_is_told_in_the_place_of_its_message(house, site):
    house.chat.network.web["https://north.example/red.png"] = None
    words, told = await shows(house, media=(at("red.png"), at("blue.png")))
    assert words.text.endswith("look\n🖼 a red.png\n🖼 a blue.png")
    assert told.text == (
        "🖼 a red.png: https://north.example/red.png\n🖼 a blue.png: https://north.example/blue.png"
    )
    assert not told.shown
    assert not told.buttons


async def test_nobody_waits_for_a_picture(house, site):
    house.chat.network.web["https://north.example/red.png"] = None
    site["https://north.example/red.png"] = None
    [line] = await shows(house, media=(at("red.png"),))
    assert line.text.endswith("look\n🖼 a red.png: https://north.example/red.png")


async def test_nobody_waits_long_for_a_slow_one(house, monkeypatch):
    async def silent(http, url, most):
        await asyncio.Event().wait()
        yield b""

    monkeypatch.setattr("bridgebot.outbox.carrier.fetch", silent)
    monkeypatch.setattr("bridgebot.outbox.carrier._SOON", 0.01)
    house.chat.network.web["https://north.example/red.png"] = None
    [line] = await shows(house, media=(at("red.png"),))
    assert "https://north.example/red.png" in line.text


async def test_a_picture_without_an_answer_is_sent_once_more(house):
    house.chat.fail("send", Unconfirmed(), at=2, acted=True)
    await shows(house, media=(at("red.png"),))
    await house.wait(10)
    found = [line for line in house.chat.messages() if line.shown]
    assert len(found) == 2, "at least once, and a second time only after a call without an answer"
    await house.wait(60)
    assert len([line for line in house.chat.messages() if line.shown]) == 2


async def test_a_retry_goes_on_behind_the_words(house):
    house.chat.fail("send", Temporary(), at=3)
    await shows(house, media=(at("red.png"), at("blue.png")))
    await house.wait(5)
    words = [line for line in house.chat.messages() if "look" in line.text]
    assert len(words) == 1
    assert [len(line.shown) for line in house.chat.messages()[-1:]] == [2]


# --- afterwards --------------------------------------------------------------------------------


async def changed(house, **more):
    [post] = house.social("north").posts
    house.social("north").network._stands(other(post, edited_at=house.clock.now(), **more))
    await house.poll()
    await house.wait(1)


async def test_an_edit_changes_the_words_beside_a_picture(house):
    [line] = await shows(house, media=(at("red.png"),))
    await changed(house, text="look here")
    after = house.chat.messages()[-1]
    assert (after.id, after.edits, len(after.shown)) == (line.id, 1, 1)
    assert "look here\n🖼 a red.png" in after.text


async def test_an_edit_leaves_what_follows_the_words_where_it_is(house):
    words, album = await shows(house, media=(at("red.png"), at("blue.png")))
    await changed(house, text="look here")
    assert [(line.id, line.edits) for line in house.chat.messages()[-2:]] == [(words.id, 1), (album.id, 0)]


async def test_other_pictures_take_the_place_of_those_that_are_gone(house):
    words, album = await shows(house, media=(at("red.png"), at("blue.png")))
    await changed(house, media=(at("red.png"), at("green.png")))
    first, second = house.chat.messages()[-2:]
    assert (first.id, second.id != album.id) == (words.id, True)
    assert [one.url for one in second.shown] == [
        "https://north.example/red.png", "https://north.example/green.png"
    ]  # fmt: skip
    await changed(house, media=())
    assert [line.shown for line in house.chat.messages()[-1:]] == [()]
    await changed(house, media=(at("red.png"),))
    [only] = house.chat.messages()[-1:]
    assert len(only.shown) == 1
    assert "look" in only.text


async def test_words_that_grow_leave_their_picture(house):
    [line] = await shows(house, media=(at("red.png"),))
    await changed(house, text="long " * 60)
    words, picture = house.chat.messages()[-2:]
    assert words.text.split("\n")[0].startswith("@lin@north.example on North [2k7]")
    assert (picture.text, len(picture.shown)) == ("", 1)
    assert line.id not in (words.id, picture.id)


async def test_a_deletion_takes_away_what_was_shown(house):
    before = len(house.chat.messages())
    await shows(house, media=(at("red.png"), at("blue.png")))
    [post] = house.social("north").posts
    house.social("north").delete_post(post.id)
    await house.poll()
    await house.wait(1)
    assert len(house.chat.messages()) == before + 1, "only the answer to /home is left"


async def test_an_answer_to_a_picture_is_an_answer_to_its_post(house):
    _, album = await shows(house, media=(at("red.png"), at("blue.png")))
    await house.says("nice", reply_to=album.id)
    first, second = house.social("north").posts
    assert second.reply_to == first.id


async def test_nothing_stays_on_this_machine_when_it_was_shown(house, site):
    house.chat.network.web["https://north.example/red.png"] = None
    site["https://north.example/red.png"] = RED
    await shows(house, media=(at("red.png"),))
    [kept] = house.store.beside.iterdir()
    assert kept.read_bytes() == RED, "another chat may want the same"
    house.outbox._carrier._shelf._linger = 0
    house.outbox._carrier.begin()  # what a start does, whatever ended the run before
    assert not house.store.beside.exists()


async def test_what_was_put_into_one_chat_is_shown_in_another(house):
    """However a post comes there: what opens the file in the one chat is told in none."""
    await house.user("lin", "north")
    await house.says("stones\nalt: a red one", files=[RED, BLUE])

    def into_lins_chat(tx, now):
        chat_id = tx.scalar(sa.select(t.chat.c.id).where(t.chat.c.native_id == "lin"))
        post_id = tx.scalar(sa.select(t.post.c.id))
        order = Order("create", f"chat:{chat_id}", MIRRORED, chat_id=chat_id, post_id=post_id)
        return deliveries.queue(tx, now, order)

    await house.store.run(into_lins_chat)
    await house.settle()
    words, album = house.chat.messages("lin")[-2:]
    assert words.text.endswith("stones\n🖼 a red one")
    assert [(one.content, one.url) for one in album.shown] == [(RED, None), (BLUE, None)]
    assert "ref-" not in f"{words}{album}"


async def test_a_rule_takes_pictures_into_a_channel_and_changes_them_there(house):
    house.chat.person("ada", name="Ada", admin=True)
    house.chat.broadcast("notes", title="Ada's notes")
    await house.wait(180)
    await house.says("/sync here to “Ada's notes”")
    line = await house.says("stones\nalt: a red one", files=[RED])
    await house.wait(2)
    [there] = house.chat.messages("notes")
    assert (there.text, [one.content for one in there.shown]) == ("stones\n🖼 a red one", [RED])
    house.chat.edit_line(line, "a stone\nalt: a red one")
    await house.settle()
    [there] = house.chat.messages("notes")
    assert (there.text, len(there.shown)) == ("a stone\n🖼 a red one", 1)
    await house.says("/undo")
    await house.wait(2)
    assert house.chat.messages("notes") == []
