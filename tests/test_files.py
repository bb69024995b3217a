"""Pictures, films and sounds from a chat out to the networks, end to end on memory networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.files import films
from bridgebot.model import Attachment, FileLimits, Limits, Media, changed
from bridgebot.store import tables as t
from bridgebot.testing import chat_side, social_side
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.testing.pictures import png
from tests.house import TestHouse

RED, BLUE, GREEN = png((200, 30, 30)), png((30, 30, 200), 5, 9), png((30, 200, 30), 9, 5)
FILM = b"\0\0\0\x14ftypisom\0\0\0\0isom" + bytes(100)
TEXT_ONLY = replace(social_side.EVERYTHING, uploads=False, limits=Limits(500))


@pytest.fixture
async def house(tmp_path):
    """Ada posts to North and South."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


def house_with(tmp_path, south, **more):
    """A house whose South can do less."""
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=south))
    return TestHouse(tmp_path, socials=socials, **more)


def with_files(**limits):
    return replace(social_side.EVERYTHING, limits=Limits(500, files=FileLimits(**limits)))


def held(house, name="north"):
    """What the posts that stand on a network hold, the oldest post first."""
    network = house.social(name).network
    return [network.contents(post) for post in network.standing]


def alts(house, name="north"):
    return [[one.alt for one in post.media] for post in house.social(name).posts]


def film(content=FILM, **more):
    return content, Media(**({"kind": "video", "ref": "", "type": "video/mp4", "size": len(content)} | more))


# --- out ---------------------------------------------------------------------------------------


async def test_a_picture_with_words_stands_on_every_network(house):
    await house.says("a red stone", files=[RED])
    for name in ("north", "south"):
        assert house.social(name).texts() == ["a red stone"]
        assert held(house, name) == [[RED]]
    assert house.chat.count("download") == 1, "it is fetched once for all networks"
    assert "✓ North" in house.chat.last()
    assert "not take" not in house.chat.last()


async def test_descriptions_stand_at_the_end_of_the_message(house):
    await house.says("stones\n\nalt: a red one\n描述：蓝色的石头", files=[RED, BLUE])
    assert house.social("north").texts() == ["stones"]
    assert alts(house) == [["a red one", "蓝色的石头"]]
    assert held(house) == [[RED, BLUE]]


async def test_a_picture_needs_no_words_and_answers_no_question(house):
    await house.says("/link north")
    question = house.chat.last()
    await house.says("", files=[RED])
    assert held(house) == [[RED]]
    assert house.social("north").texts() == [""]
    assert question != house.chat.last()


@pytest.mark.parametrize("typed", ["/post stones", "/to north stones", "+north stones", "/发 stones"])
async def test_commands_that_post_take_what_is_beside_them(house, typed):
    await house.says(f"{typed}\nalt: red", files=[RED])
    assert (house.social("north").texts(), held(house), alts(house)) == (["stones"], [[RED]], [["red"]])


async def test_an_answer_with_a_picture_stands_under_what_it_answers(house):
    shown = await house.shows("what do you see?")
    await house.says("", reply_to=shown, files=[RED])
    last = house.social("north").posts[-1]
    assert last.reply_to is not None
    assert held(house)[-1] == [RED]


async def test_a_long_text_is_a_thread_whose_first_post_shows_the_picture(house):
    await house.says("word " * 150, files=[RED])
    assert [len(files) for files in held(house)] == [1, 0]
    first, second = house.social("north").posts
    assert second.reply_to == first.id


async def test_who_is_asked_first_sees_what_is_enclosed(house):
    await house.user("lin", "north", plain="ask")
    await house.says("look\nalt: a red stone", sender="lin", files=[RED, BLUE])
    assert "look\n🖼 a red stone\n🖼" in house.chat.last("lin")
    assert held(house) == []
    house.chat.press("Post", sender="lin")
    await house.settle()
    assert held(house) == [[RED, BLUE]]


async def test_the_same_picture_twice_is_asked_about_and_two_pictures_are_not(house):
    await house.says("", files=[RED])
    await house.says("", files=[BLUE])
    assert held(house) == [[RED], [BLUE]]


async def test_what_came_late_keeps_its_pictures(house):
    early = house.clock.now()
    await house.wait(3600)
    await house.says("/post late", sent_at=early, files=[RED])
    assert held(house) == []
    await house.wait(10)
    house.chat.press("Post")
    await house.settle()
    assert held(house) == [[RED]]


# --- where less is taken -----------------------------------------------------------------------


async def test_a_network_without_files_gets_the_words_and_the_receipt_says_so(tmp_path):
    async with house_with(tmp_path, TEXT_ONLY) as house:
        await house.user("ada", "north", "south")
        await house.says("a red stone", files=[RED])
        assert house.social("south").texts() == ["a red stone"]
        assert held(house) == [[RED]]
        assert "South: takes no pictures, films or sounds; only the words are there" in house.chat.last()
        assert "North" not in house.chat.last().partition("\n")[2]


async def test_a_picture_alone_does_not_go_where_none_are_taken(tmp_path):
    async with house_with(tmp_path, TEXT_ONLY) as house:
        await house.user("ada", "north", "south")
        await house.says("", files=[RED])
        assert house.social("south").posts == []
        assert "✗ South" in house.chat.last()
        assert "no words in the post; words beside it would go there" in house.chat.last()


async def test_fewer_pictures_are_the_first_ones(tmp_path):
    async with house_with(tmp_path, with_files(count=2)) as house:
        await house.user("ada", "north", "south")
        await house.says("three", files=[RED, BLUE, GREEN])
        assert (held(house), held(house, "south")) == ([[RED, BLUE, GREEN]], [[RED, BLUE]])
        assert "South: does not take all" in house.chat.last()


async def test_films_go_where_they_are_taken_and_not_beside_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(films, "there", lambda: False)  # none is made anew, wherever this runs
    takes = {"types": frozenset({"image/png", "video/mp4"}), "video_bytes": 10_000}
    async with house_with(tmp_path, with_files(**takes)) as house:
        await house.user("ada", "south")
        await house.says("a film", files=[film()])
        await house.says("both", files=[RED, film()])
        await house.says("too long", files=[film(FILM + bytes(10_000))])
        assert held(house, "south") == [[FILM], [RED], []]
        assert "(too many, too large or of another kind). As an answer to the post" in house.chat.last()
        await house.says("", files=[film(FILM + bytes(10_000))])
        assert held(house, "south") == [[FILM], [RED], []]
        assert "✗ South: The file is too large there: at most 0.01 MB. A shorter film" in house.chat.last()


async def test_a_description_that_is_too_long_is_cut_where_it_must_be(tmp_path):
    async with house_with(tmp_path, with_files(alt_length=10)) as house:
        await house.user("ada", "north", "south")
        await house.says("x\nalt: 0123456789ABC", files=[RED])
        uploaded = next(call for call in house.social("south").calls if call.name == "upload").arguments[1]
        assert uploaded.alt == "012345678…"
        assert alts(house) == [["0123456789ABC"]]


async def test_what_is_larger_than_the_chat_gives_is_answered(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(chat_side.EVERYTHING, file_bytes=2_000_000))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        await house.says("large", files=[film(size=2_000_001)])
        assert house.chat.last().startswith("This file is too large: here I am given at most 2 MB")
        assert house.social("north").posts == []


async def test_a_picture_that_no_network_shows_is_answered_with_a_way_round(house):
    await house.says("a stone", files=[(b"\0\0\0\x18ftypheic", Media("image", "", "image/heic", 12))])
    assert house.chat.last().startswith("No network shows HEIC pictures. Send it as a photo")
    assert house.social("north").posts == []


async def test_what_is_no_file_of_its_kind_is_refused_in_words(house):
    await house.says("a picture?", files=[b"MZ\x90 this is a program"])
    assert house.social("north").posts == []
    assert "✗ North" in house.chat.last()
    assert "does not take files of this kind" in house.chat.last()


# --- going wrong -------------------------------------------------------------------------------


async def test_a_retry_goes_on_at_the_part_that_is_missing(house):
    house.social("north").fail("publish", Temporary())
    await house.says("stones", files=[RED, BLUE])
    await house.wait(5)
    assert held(house) == [[RED, BLUE]]
    assert house.social("north").count("upload") == 2, "what is there is not brought again"
    assert house.social("north").count("publish") == 2


async def test_an_upload_without_an_answer_is_repeated_with_its_key(house):
    house.social("north").fail("upload", Unconfirmed(), acted=True)
    await house.says("stones", files=[RED])
    await house.wait(5)
    assert held(house) == [[RED]]
    keys = [call.arguments[3] for call in house.social("north").calls if call.name == "upload"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    "error", [Temporary(), AuthExpired(), Unconfirmed(), Temporary(rate="", retry_after=1)]
)
async def test_a_chat_that_does_not_give_the_file_now_is_asked_again(house, error):
    house.chat.fail("download", error, times=2)
    await house.says("stones", files=[RED])
    assert held(house) == []
    await house.wait(60)
    assert held(house) == held(house, "south") == [[RED]]
    accounts = await house.store.read(lambda tx, now: tx.scalars(sa.select(t.account.c.state)))
    assert set(accounts) == {"active"}, "that says nothing about the accounts"


async def test_a_file_that_is_gone_fails_with_a_sentence_and_retry_takes_it(house):
    house.chat.fail("download", TargetGone(), times=2)
    await house.says("stones", files=[RED])
    assert "no longer there to be fetched" in house.chat.last()
    house.chat.press("Retry")
    await house.settle()
    assert held(house) == [[RED]]


async def test_what_is_taken_back_before_its_post_leaves_no_trace(house):
    house.social("north").fail("publish", Temporary(), times=5)
    house.social("south").fail("publish", Temporary(), times=5)
    await house.says("stones", files=[RED])
    await house.says("/undo")
    await house.wait(60)
    assert house.social("north").posts == house.social("south").posts == []


async def test_after_a_refused_post_its_files_are_brought_anew(house):
    house.social("north").fail("publish", Rejected())
    await house.says("stones", files=[RED])
    house.chat.press("Retry")
    await house.settle()
    assert held(house) == [[RED]]
    assert house.social("north").count("upload") == 2, "the first may be forgotten there"


# --- afterwards --------------------------------------------------------------------------------


async def test_an_edit_keeps_the_pictures_and_describes_them_anew(house):
    line = await house.says("helo\nalt: red", files=[RED, BLUE])
    house.chat.edit_line(line, "hello")
    await house.settle()
    assert house.social("north").texts() == ["hello"]
    assert (held(house), alts(house)) == ([[RED, BLUE]], [["red", ""]])
    house.chat.edit_line(line, "hello\nalt: a red stone\nalt: a blue one")
    await house.settle()
    assert house.social("north").texts() == ["hello"]
    assert alts(house) == alts(house, "south") == [["a red stone", "a blue one"]]


async def test_where_nothing_can_be_edited_the_post_comes_anew_with_its_pictures(tmp_path):
    async with house_with(tmp_path, replace(social_side.EVERYTHING, edit=False)) as house:
        await house.user("ada", "south")
        line = await house.says("helo", files=[RED])
        house.chat.edit_line(line, "hello")
        await house.settle()
        assert house.social("south").texts() == ["hello"]
        assert held(house, "south") == [[RED]]


async def test_what_was_taken_back_comes_again_with_its_pictures(house):
    await house.says("stones", files=[RED])
    await house.says("/undo")
    assert held(house) == []
    await house.says("/redo")
    assert held(house) == [[RED]]


async def test_a_memo_keeps_its_picture_until_it_is_shared(house):
    await house.says("/memo a stone", files=[RED])
    assert held(house) == []
    code = house.chat.last().split()[0].lstrip("#")
    await house.says(f"/share {code}")
    assert held(house) == [[RED]]


async def test_nothing_stays_on_this_machine_and_words_leave_nothing_there(house):
    await house.says("only words")
    assert not house.store.beside.exists()
    await house.says("stones", files=[RED])
    shelf = house.outbox._carrier._shelf
    assert [path.read_bytes() for path in house.store.beside.iterdir()] == [RED]
    shelf.clear()
    assert not house.store.beside.exists()


# --- descriptions ------------------------------------------------------------------------------


async def test_a_posted_picture_is_described_afterwards(house):
    await house.says("stones", files=[RED, BLUE])
    await house.says("/alt 2 a blue  stone")
    assert alts(house) == alts(house, "south") == [["", "a blue stone"]]
    assert held(house) == [[RED, BLUE]]
    assert "Picture 2" in house.chat.messages()[-1].text
    await house.says("/描述一块红石头")
    assert alts(house) == [["一块红石头", "a blue stone"]]
    assert house.social("north").texts() == ["stones"]


async def test_the_answer_to_a_post_says_which_one_is_described(house):
    first = await house.says("one", files=[RED])
    await house.says("two", files=[BLUE])
    await house.says("/alt a red stone", reply_to=first)
    assert alts(house) == [["a red stone"], [""]]


async def test_a_picture_that_waits_is_described_where_it_waits(house):
    await house.says("/settings alt on")
    await house.says("stones\nalt: a red one", files=[RED, BLUE])
    assert "without a description" in house.chat.last()
    assert held(house) == []
    await house.says("/alt 2 a blue one")
    house.chat.press("Post")
    await house.settle()
    assert alts(house) == [["a red one", "a blue one"]]


async def test_whoever_does_not_want_it_is_never_asked_for_descriptions(house):
    await house.says("/settings alt on")
    await house.says("described\nalt: a red one", files=[RED])
    await house.says("/post none", files=[BLUE])
    assert len(held(house)) == 1
    await house.says("/cancel")
    await house.says("/settings alt off")
    await house.says("/post none", files=[GREEN])
    assert len(held(house)) == 2


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/alt", "/alt TEXT describes"),
        ("/alt 3 what?", "There are 2 pictures in it"),
        ("/alt 0 what?", "There are 2 pictures in it"),
    ],
)
async def test_alt_says_what_is_missing(house, typed, answer):
    await house.says("/alt a stone")
    assert house.chat.last().startswith("I know of no post of yours with pictures")
    await house.says("stones", files=[RED, BLUE])
    await house.says(typed)
    assert house.chat.last().startswith(answer)
    assert alts(house) == [["", ""]]


async def test_nobody_describes_what_is_somebody_elses(house):
    await house.user("lin", "north")
    await house.says("stones", files=[RED])
    await house.says("/alt mine?", sender="lin")
    assert alts(house) == [[""]]


# --- by a sync rule ----------------------------------------------------------------------------


def pictures(*names):
    return tuple(Attachment("image", f"https://north.example/{name}.png", f"a {name}") for name in names)


async def synced(house, text, *names, media=()):
    """Ada posts on North with another app, and a rule carries it to South."""
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("ada", text, media=media or pictures(*names))
    await house.poll()
    await house.wait(1)


async def test_a_rule_takes_pictures_along(house, site):
    site |= {"https://north.example/red.png": RED, "https://north.example/blue.png": BLUE}
    await synced(house, "two stones", "red", "blue")
    assert house.social("south").texts() == ["two stones"]
    assert held(house, "south") == [[RED, BLUE]]
    assert alts(house, "south") == [["a red", "a blue"]]
    assert "as links" not in house.chat.last()


async def test_pictures_that_their_author_covers_stay_covered(tmp_path, site):
    site["https://north.example/red.png"] = RED
    for able, warning, carried in ((True, "sensitive pictures", [RED]), (False, None, [])):
        south = replace(social_side.EVERYTHING, warnings=able)
        folder = tmp_path / str(able)
        folder.mkdir()
        async with house_with(folder, south) as house:
            await house.user("ada", "north", "south")
            [red] = pictures("red")
            await synced(house, "a stone", media=(changed(red, hidden=True),))
            [post] = house.social("south").posts
            assert post.warning == warning
            assert held(house, "south") == [carried]
            assert able is not (red.url in post.text)


async def test_what_cannot_be_fetched_is_named_by_its_address(house, site):
    site |= {"https://north.example/red.png": RED, "https://north.example/page.png": b"<html>"}
    await synced(house, "three", "red", "gone", "page")
    assert held(house, "south") == [[RED]]
    assert house.social("south").texts() == [
        "three\n🖼 a gone: https://north.example/gone.png\n🖼 a page: https://north.example/page.png"
    ]


async def test_where_nobody_answers_the_post_does_not_wait_for_long(house, site):
    site["https://north.example/red.png"] = None
    await synced(house, "a stone", "red")
    assert house.social("south").texts() == []
    for _ in range(3):
        await house.wait(40)
    assert house.social("south").texts() == ["a stone\n🖼 a red: https://north.example/red.png"]


async def test_an_edit_leaves_pictures_that_a_rule_brought_where_they_are(house, site):
    site["https://north.example/red.png"] = RED
    await synced(house, "helo", "red", "gone")
    [post] = house.social("north").posts
    house.social("north").edit_post(post.id, "hello")
    await house.poll()
    await house.wait(1)
    assert house.social("south").texts() == ["hello\n🖼 a gone: https://north.example/gone.png"]
    assert (held(house, "south"), alts(house, "south")) == ([[RED]], [["a red"]])


async def test_a_text_that_leaves_no_room_for_addresses_goes_as_before(house, site):
    site["https://north.example/red.png"] = RED
    await synced(house, "x" * 490, "red")
    assert held(house, "south")[0] == []
    assert "https://north.example/red.png" in "".join(house.social("south").texts())
