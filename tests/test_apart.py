"""Muting and blocking: by whichever account shows that person, taken back at once, and kept to here too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

ADA, LIN = "u-ada", "u-lin"


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        for social in house.socials:
            social.network.person("lin")
        yield house


def mutes(house, name="north"):
    return house.social(name).network.mutes


def blocks(house, name="north"):
    return house.social(name).network.blocks


async def posts(house: TestHouse, text: str, by: str = "lin") -> None:
    house.social("north").add_post(by, text)
    await house.poll()
    await house.wait(2)


def shown(house: TestHouse, text: str) -> bool:
    return any(text in line for line in house.chat.lines())


async def test_a_mute_is_said_and_taken_back_by_its_button(house):
    await house.says("/mute @lin")
    assert house.chat.last() == (
        "✓ you are shown nothing of @lin@north.example (Lin) any more (North). /unmute lifts it."
    )
    assert mutes(house) == {(ADA, LIN)}
    house.chat.press("Take it back")
    await house.settle()
    assert house.chat.last() == "✓ @lin@north.example (Lin) is not muted on North."
    assert mutes(house) == set()


@pytest.mark.parametrize(
    "lifted", ["/unmute @lin", "/mute @lin off", "/undo", "/静音 @lin 关", "/jingyin @lin 停"]
)
async def test_a_mute_is_lifted_in_words(house, lifted):
    await house.says("/静音 @lin")
    assert mutes(house) == {(ADA, LIN)}
    await house.says(lifted)
    assert mutes(house) == set()


async def test_undo_and_redo_name_it(house):
    await house.says("/mute @lin")
    await house.wait(700)
    await house.says("/undo")
    assert "muted @lin" in house.chat.last()
    await house.says("yes")
    assert mutes(house) == set()
    await house.says("/redo")
    assert mutes(house) == {(ADA, LIN)}


async def test_a_block_is_asked_about_first(house):
    network = house.social("north").network
    network.follows |= {(ADA, LIN), (LIN, ADA)}
    await house.says("/block @lin")
    assert house.chat.last().startswith("Block @lin on North? Neither of you sees the other any more")
    assert blocks(house) == set()
    house.chat.press("No")
    await house.settle()
    assert (house.chat.last(), blocks(house)) == ("Nobody was blocked.", set())
    await house.says("/拉黑 @lin")
    await house.says("拉黑")
    assert blocks(house) == {(ADA, LIN)}
    assert network.follows == set()
    house.chat.press("Take it back")
    await house.settle()
    assert blocks(house) == set()


async def test_it_is_done_with_the_account_that_shows_them(house):
    await house.says("/home on south")
    await house.poll()
    await house.wait(2)
    south = house.social("south")
    south.network.follows.add((ADA, LIN))
    south.add_post("lin", "from the south")
    await house.poll()
    await house.says("/mute 2k7")
    assert (mutes(house, "north"), mutes(house, "south")) == (set(), {(ADA, LIN)})
    await house.says("/unmute", reply_to=house.chat.messages()[-2].id)
    await house.says("/unmute @lin@south.example")
    assert mutes(house, "south") == set()


async def test_or_with_the_one_that_is_named(house):
    await house.says("/mute @lin south")
    assert mutes(house, "south") == {(ADA, LIN)}
    await house.says("/mute south @lin off")
    assert mutes(house, "south") == set()
    await house.says("/block @lin@south.example")
    await house.says("yes")
    assert (blocks(house, "north"), blocks(house, "south")) == (set(), {(ADA, LIN)})


async def test_a_network_that_can_neither_is_answered_in_words(tmp_path):
    less = replace(EVERYTHING, mute=False, block=False)
    socials = (MemorySocial(name="north", capabilities=less), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north")
        await house.says("/mute @lin")
        assert house.chat.last() == "None of your accounts can do that."
        await house.user("ada", "south")
        for typed in ("/mute @lin north", "/block @lin north"):
            await house.says(typed)
            assert house.chat.last() == "North cannot do that."
        for typed in ("/mute", "/block"):
            await house.says(typed)
            assert house.chat.last().startswith(typed.split()[0] + " @name")


async def test_a_handle_of_a_network_that_cannot_is_not_looked_for_on_another(tmp_path):
    less = replace(EVERYTHING, mute=False)
    socials = (MemorySocial(name="north", capabilities=less), MemorySocial(name="south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        await house.says("/mute @lin@north.example")
        assert house.chat.last() == "North cannot do that."
        assert mutes(house, "south") == set()


# --- what is mirrored ----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["mute", "block"])
async def test_nothing_of_theirs_is_mirrored_though_the_network_still_gives_it(house, how):
    await house.says("/mirror @lin")
    await house.poll()
    await posts(house, "before")
    await house.says(f"/{how} @lin")
    await house.says("yes") if how == "block" else None
    await posts(house, "meanwhile")
    await house.says(f"/un{how} @lin")
    await posts(house, "afterwards")
    assert [shown(house, text) for text in ("before", "meanwhile", "afterwards")] == [True, False, True]
    assert house.social("north").texts("lin") == ["before", "meanwhile", "afterwards"]


async def test_nor_what_they_boost_or_what_others_boost_of_theirs(house):
    network = house.social("north").network
    network.follows |= {(ADA, "u-bo"), (ADA, LIN)}
    await house.says("/mirror @lin")
    await house.says("/mirror @bo")
    await house.poll()
    await house.says("/mute @lin")
    theirs, other = (house.social("north").add_post(by, f"of {by}") for by in ("lin", "cy"))
    house.social("north").boost_post(theirs.id, "bo")
    house.social("north").boost_post(other.id, "lin")
    await house.poll()
    await house.wait(2)
    assert not shown(house, "of lin")
    assert not shown(house, "of cy")


async def test_another_user_still_reads_them(house):
    await house.user("bo", "north")
    for sender in ("ada", "bo"):
        await house.says("/mirror @lin", sender=sender)
    await house.poll()
    await house.says("/mute @lin")
    await posts(house, "for whoever reads")
    assert not shown(house, "for whoever reads")
    assert any("for whoever reads" in line for line in house.chat.lines("bo"))


async def test_what_waited_to_be_shown_goes_too(house):
    await house.says("/mirror @lin")
    await house.poll()
    await house.wait(2)
    await house.says("/off")
    await posts(house, "while it was off")
    await house.says("/mute @lin")
    await house.says("/on")
    await house.wait(2)
    assert not shown(house, "while it was off")


async def test_what_they_do_is_not_told_either(house):
    await house.says("/mentions on")
    await house.says("a post")
    await house.poll()
    await house.wait(2)
    await house.says("/mute @lin")
    house.social("north").network.mutes.clear()  # a network whose mute hides no notifications
    for kind, post in (("follow", None), ("favourite", house.social("north").posts[0].id)):
        house.social("north").notify("ada", kind, "lin", post)
    await house.poll()
    await house.wait(20)
    assert not shown(house, "follows you")
    assert not shown(house, "likes")


# --- bookmarks -----------------------------------------------------------------------------------


async def test_bookmarks_are_shown_with_ids_that_work(house):
    north = house.social("north")
    kept = [north.add_post("lin", f"keep {n}") for n in range(12)]
    for post in kept:
        north.network.bookmark(north.network.person("ada"), post.id, True)
    await house.says("/bookmarks")
    [head, *lines], [none] = (
        next(text for text in house.chat.lines() if name in text.split("\n")[0]).split("\n")
        for name in ("bookmarks on North", "bookmarks on South")
    )
    assert (head, none) == ("Your bookmarks on North, the last first:", "You have no bookmarks on South.")
    assert [line.partition("]: ")[2].split(" https")[0] for line in lines] == [
        f"keep {n}" for n in range(11, 1, -1)
    ]
    code = lines[0].partition("[")[2].partition("]")[0]
    await house.says(f"/fav {code}")
    assert (ADA, kept[11].id) in north.network.favourites
    await house.says(f"/unbookmark {code}")
    assert (ADA, kept[11].id) not in north.network.bookmarks


async def test_bookmarks_are_neither_mirrored_nor_posted_on(house):
    await house.says("/sync north to south")
    await house.says("/home on")
    north = house.social("north")
    post = north.add_post("lin", "keep")
    north.network.bookmark(north.network.person("ada"), post.id, True)
    await house.says("/书签夹")
    await house.poll()
    await house.wait(2)
    assert sum("keep https" in line for line in house.chat.lines()) == 1
    assert house.social("south").texts() == []


async def test_a_network_without_bookmarks_is_not_asked(tmp_path):
    kinds = EVERYTHING.timelines - {"bookmarks"}
    socials = (MemorySocial(name="north", capabilities=replace(EVERYTHING, timelines=kinds)),)
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north")
        await house.says("/bookmarks")
        assert house.chat.last() == "None of your accounts can do that."
