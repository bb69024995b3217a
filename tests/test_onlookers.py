"""Who knows a post from a network sees what stands there: not sooner, not twice, no more when it is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bridgebot.errors import Rejected
from bridgebot.model import Audience, Limits, Media, Span
from bridgebot.store import items, people, posts, reading, routes
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.pictures import png
from tests.house import TestHouse

ABLE = MemorySocial().capabilities
NORTH = replace(ABLE, edit=False)


async def town(folder, north=NORTH) -> TestHouse:
    """Ada writes on North and on South; Bo follows her on North, in his own chat."""
    socials = (MemorySocial(name="north", capabilities=north), MemorySocial(name="south"))
    house = await TestHouse(folder, socials=socials).__aenter__()
    await house.user("ada", "north", "south")
    await house.user("bo", "north")
    network = house.social("north").network
    network.follows.add((network.person("bo").id, network.person("ada").id))
    await house.says("/home on north", sender="bo", chat="bo")
    await house.turn()
    return house


@pytest.fixture
async def house(tmp_path):
    house = await town(tmp_path)
    yield house
    await house.__aexit__(None, None, None)


@pytest.fixture
async def editing(tmp_path):
    house = await town(tmp_path, ABLE)
    yield house
    await house.__aexit__(None, None, None)


async def writes(house, text: str = "frist", **more) -> str:
    line = await house.says(text, **more)
    await house.turn()
    return line


async def edits(house, line: str, text: str) -> None:
    house.chat.edit_line(line, text)
    await house.settle()
    await house.wait(3)


def seen(house, place: str = "bo") -> list[str]:
    """The items in a chat, without what stands before their words."""
    shown = [line.text for line in house.chat.messages(place) if line.text.startswith("@ada@")]
    return [text.partition(": ")[2] for text in shown]


async def press(house, label: str) -> None:
    house.chat.press(label)
    await house.settle()
    await house.turn()


async def test_new_words_wait_until_the_network_has_them(editing):
    line = await writes(editing)
    release = editing.social("north").hang("edit")
    editing.chat.edit_line(line, "first")
    await editing.chat.settled()
    step = asyncio.create_task(editing.outbox.step())
    while not editing.social("north").count("edit"):
        await asyncio.sleep(0)
    assert seen(editing) == ["frist"]
    release.set()
    await step
    await editing.settle()
    assert seen(editing) == ["first"]


async def test_where_nothing_can_be_edited_they_wait_for_the_writers_word(house):
    line = await writes(house)
    await house.wait(400)
    await edits(house, line, "first")
    await house.turn()
    assert seen(house) == ["frist"]
    await press(house, "Delete and post anew")
    assert house.social("north").texts() == ["first"]
    assert seen(house) == ["first"]
    await house.says("/url 2k7", sender="bo", chat="bo")
    assert house.chat.last("bo") == house.social("north").posts[0].url


async def test_who_is_left_the_old_words_keeps_them(house):
    line = await writes(house)
    await house.wait(400)
    await edits(house, line, "first")
    await press(house, "Leave it")
    assert seen(house) == ["frist"]


async def test_who_comes_to_see_it_meanwhile_sees_what_stands_there(house):
    """Bo's chat is shown it for the first time when the writer has other words already."""
    emphasis = (Span(0, 5, "bold"),)
    line = await house.says("frist and all", spans=emphasis)
    await house.wait(400)
    await edits(house, line, "first")
    await house.turn()
    assert seen(house) == ["frist and all"]
    [item] = [one for one in house.chat.messages("bo") if "frist" in one.text]
    assert "bold" in [span.kind for span in item.spans]


async def test_what_others_answer_is_quoted_as_it_stands(house):
    line = await writes(house, "frist words")
    await house.wait(400)
    await edits(house, line, "other words")
    social = house.social("north")
    social.network.follows.add((social.network.person("bo").id, social.network.person("lin").id))
    social.add_post("lin", "indeed", reply_to=social.posts[0].id)
    await house.turn()
    answer = next(one.text for one in house.chat.messages("bo") if "indeed" in one.text)
    assert "frist words" in answer
    assert "other words" not in "".join(house.chat.lines("bo"))


async def test_somebody_elses_rule_carries_what_stands_there_and_no_more(house):
    bo = await house.store.read(lambda tx, now: people.accounts(tx, 2)[0])
    await house.store.run(partial(_carries_on, house, bo.user_id))
    line = await writes(house, "+north frist")
    south = house.social("south")
    assert south.texts("bo") == ["frist"]
    await house.wait(400)
    await edits(house, line, "+north first")
    await house.turn()
    assert south.texts("bo") == ["frist"]
    assert "first" not in "".join(house.chat.lines("bo"))  # his receipt, either
    await press(house, "Delete and post anew")
    assert south.texts("bo") == ["first"]
    assert "first" in house.chat.last("bo")


def _carries_on(house, bo: int, tx, now) -> None:
    """A rule that brings what Bo's timeline on North shows to his account on South."""
    account = people.link(tx, now, bo, "south", house.social("south").account("bo"), Limits(500))
    home = next(one for one in routes.of_user(tx, bo) if one.timeline_id is not None)
    routes.add(tx, now, bo, "sync", timeline_id=home.timeline_id, account_id=account.id)


async def page(house) -> list:
    """What Bo reads on his page."""

    def read(tx, now):
        sources = reading.sources(tx, 2)
        wanted = reading.Wanted(tuple(one.id for one in sources), own=True)
        return items.entries(tx, 2, reading.page(tx, 2, wanted, reading.NEWEST, 9).posts, sources)

    return await house.store.read(read)


async def test_on_the_reading_page_others_read_what_stands_there(house):
    line = await writes(house, "frist", files=[(png((1, 2, 3)), Media("image", "", "image/png", 200))])
    await house.wait(400)
    await edits(house, line, "first")
    [entry] = await page(house)
    assert (entry.post.text, entry.url) == ("frist", house.social("north").posts[0].url)
    await house.says("/undo 2k7 north")
    await house.turn()
    assert await page(house) == []


async def test_nobody_is_offered_to_vote_where_a_poll_stands_in_words_alone(house):
    """Its choices are too long for Ada's server on North."""
    short = Limits(500, choice_length=2)
    await house.store.run(lambda tx, now: people.set_limits(tx, "north", "north.example", short))
    await house.says("/poll +south tea? | yes please | no")
    await press(house, "Post")
    await house.says("/share 2k7 to north")
    await house.turn()
    [item] = [line for line in house.chat.messages("bo") if "yes please" in line.text]
    assert [button.label for button in item.buttons if button.label.isdigit()] == []
    await house.says("/vote 2k7 1", sender="bo", chat="bo")
    assert house.chat.last("bo").endswith("no poll that you could vote in.")


async def test_of_what_is_gone_from_there_no_word_is_quoted(house):
    await writes(house)
    social = house.social("north")
    social.network.follows.add((social.network.person("bo").id, social.network.person("lin").id))
    social.add_post("lin", "indeed", reply_to=social.posts[0].id)
    await house.says("/undo 2k7 north")
    await house.turn()
    assert "indeed" in "".join(house.chat.lines("bo"))
    assert "frist" not in "".join(house.chat.lines("bo"))


# --- what is gone, and what is back -------------------------------------------------------------


async def test_what_is_taken_back_from_their_network_alone_goes_and_comes_again(house):
    await writes(house)
    await house.says("/undo 2k7 north")
    await house.turn()
    assert (seen(house), house.social("south").texts()) == ([], ["frist"])
    await press(house, "Where…")
    await press(house, "+ North")
    assert (seen(house), house.social("north").texts()) == (["frist"], ["frist"])


async def test_who_knows_it_from_two_networks_has_it_while_it_stands_on_one(house):
    await house.store.run(lambda tx, now: people.link(tx, now, 2, "south", _bo(house), Limits(500)))
    social = house.social("south")
    social.network.follows.add((social.network.person("bo").id, social.network.person("ada").id))
    await house.says("/home on south", sender="bo", chat="bo")
    await house.turn()
    await writes(house)
    await house.says("/undo 2k7 north")
    await house.turn()
    assert (seen(house), social.texts()) == (["frist"], ["frist"])
    await house.says("/undo 2k7 south")
    await house.turn()
    assert seen(house) == []


def _bo(house):
    return house.social("south").account("bo")


async def test_what_its_writer_deletes_there_with_another_app_goes(house):
    await writes(house)
    house.social("north").delete_post(house.social("north").posts[0].id)
    await house.turn()
    assert (seen(house), house.social("south").texts()) == ([], ["frist"])


@pytest.mark.parametrize("seconds", [0, 3])
async def test_what_was_undone_is_back_when_the_network_has_it_again(house, seconds):
    await writes(house)
    await house.says("/undo")
    await house.wait(seconds)
    assert seen(house) == []
    release = house.social("north").hang("publish")
    house.chat.say("/redo")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    while house.social("north").count("publish") < 2:
        await asyncio.sleep(0)
    assert seen(house) == []
    release.set()
    await step
    await house.turn()
    assert (seen(house), house.social("north").texts()) == (["frist"], ["frist"])


async def test_an_undo_that_had_not_left_takes_nothing_from_anybody(house):
    await writes(house)
    house.chat.say("/undo")
    house.chat.say("/redo")
    await house.settle()
    await house.turn()
    assert (seen(house), house.social("north").texts()) == (["frist"], ["frist"])


async def test_what_could_not_be_posted_anew_is_gone_until_it_can(house):
    line = await writes(house)
    house.social("north").fail("publish", Rejected("error-refused"))
    await edits(house, line, "first")
    assert (seen(house), house.social("north").texts()) == ([], [])
    await house.says("/retry 2k7")
    await house.turn()
    assert (seen(house), house.social("north").texts()) == (["first"], ["first"])


async def test_what_may_be_read_by_fewer_people_does_not_come_back(house):
    await writes(house)
    await house.says("/undo 2k7 north")
    await house.turn()
    await house.store.run(lambda tx, now: posts.change(tx, 1, audience=Audience.DIRECT.value))
    await house.says("/redo")
    await house.turn()
    assert seen(house) == []
