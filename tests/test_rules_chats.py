"""Rules from and to chats: channels, groups, one's own; one place more or less; so many an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot.model import Audience, Draft, Message, Person
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat
from bridgebot.testing.pictures import png
from tests.house import TestHouse
from tests.house import _link as link
from tests.test_rules import posted, rule


@pytest.fixture
async def house(tmp_path):
    """Ada, two accounts, a channel and a group that she administers."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        house.chat.person("ada", name="Ada", admin=True)
        house.chat.broadcast("notes", title="Ada's notes")
        house.chat.group("den", title="Den")
        await house.says("/help", chat="den")
        await house.wait(180)
        yield house


async def airs(house, text: str, **more) -> str:
    """Something is posted in the channel."""
    line = house.chat.say(text, sender="notes", chat="notes", **more)
    await house.settle()
    await house.wait(2)
    return line


def labels(house) -> list[str]:
    return [button.label for button in house.chat.messages()[-1].buttons]


async def press(house, label: str) -> None:
    house.chat.press(label)
    await house.settle()
    await house.wait(2)


# --- a channel as a target ---------------------------------------------------------------------


@pytest.mark.parametrize("typed", ['"Ada\'s notes"', "ada's notes", "“Ada's notes”", "《Ada's notes》"])
async def test_a_channel_is_a_target_like_any_other(house, typed):
    said = await rule(house, f"/sync north to {typed}, south")
    assert said.startswith("What you post on north goes to channel “Ada's notes”, south too, from now on.")
    await posted(house, "for all\nto read")
    assert house.chat.lines("notes") == ["for all\nto read"]
    assert house.social("south").texts() == ["for all\nto read"]
    shown = house.chat.last()
    assert shown.startswith("↔ #2k7 from North: for all to read ✓ South")
    assert shown.endswith("✓ channel “Ada's notes”")
    await press(house, "Stop this rule")
    assert house.chat.lines()[-2:] == [
        "Ended: North @ada@north.example → channel “Ada's notes”",
        "Ended: North @ada@north.example → South @ada@south.example",
    ]
    await press(house, "Undo copies")
    assert house.chat.lines("notes") == house.social("south").texts() == []
    await posted(house, "no more")
    assert house.chat.lines("notes") == []


async def test_what_not_everybody_may_see_never_enters_a_channel(house):
    await rule(house, "/sync north to “Ada's notes” followers unlisted")
    for audience in (Audience.FOLLOWERS, Audience.UNLISTED, Audience.DIRECT):
        await posted(house, f"for {audience}", audience=audience)
    assert house.chat.lines("notes") == []
    await house.says("/sync here to “Ada's notes”")
    await house.says("/vis followers")
    await house.says("for friends")
    await house.wait(2)
    assert "✗ channel “Ada's notes”" in house.chat.last()
    assert house.chat.lines("notes") == []


@pytest.mark.parametrize("admin", [True, False])
async def test_only_who_administers_it_now_can_name_it(house, admin):
    house.chat.person("ada", name="Ada", admin=admin)
    said = await rule(house, "/sync north to “Ada's notes”")
    there = said.startswith("What you post on north goes to channel")
    assert there == admin
    assert admin or "is no account of yours" in said
    await posted(house, "hello")
    assert house.chat.lines("notes") == ["hello"] * admin


async def test_where_no_network_tells_who_administers_it_is_said_in_the_group(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, administers=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        house.chat.person("ada", name="Ada", admin=True)
        house.chat.group("den", title="Den")
        await house.says("/help", chat="den")
        said = await rule(house, "/sync north to Den")
        assert said.endswith("In a group you can also say it there: /sync NAME to here")
        await house.says("/sync north to here", chat="den")
        assert house.chat.last("den").startswith("What you post on north goes to this chat too")
        await house.poll()
        await house.wait(1)
        await posted(house, "to the den")
        assert house.chat.last("den") == "@\u2060ada@north.example on North [2k7]: to the den"


async def test_edits_and_deletions_reach_what_stands_in_a_channel(house):
    await rule(house, '/sync north to “Ada\'s notes” prefix "News: " suffix " (via North)"')
    social = house.social("north")
    post = await social.publish(social.account("ada"), Draft("old words"), key="k")
    await house.poll()
    await house.wait(2)
    assert house.chat.lines("notes") == ["News: old words (via North)"]
    await social.edit(social.account("ada"), post.id, Draft("new words"))
    await house.poll()
    await house.wait(2)
    assert house.chat.lines("notes") == ["News: new words (via North)"]


async def test_what_is_posted_here_goes_to_a_channel_and_accounts(house):
    await rule(house, "/sync here to “Ada's notes” without #quiet")
    await house.says("from my chat")
    await house.wait(2)
    assert house.chat.lines("notes") == ["from my chat"]
    assert house.social("north").texts() == ["from my chat"] == house.social("south").texts()
    assert "✓ channel “Ada's notes”" in house.chat.last()
    await house.says("a #quiet one")
    await house.says("+north only there")
    await house.says("-north not there")
    await house.wait(2)
    assert house.chat.lines("notes") == ["from my chat", "not there"]
    assert house.social("north").texts() == ["from my chat", "a #quiet one", "only there"]
    line = next(line for line in house.chat.network.lines("ada") if line.text == "-north not there")
    house.chat.delete_line(line.id)
    await house.settle()
    await house.wait(2)
    assert house.chat.lines("notes") == ["from my chat"]


async def test_one_writes_in_a_channel_alone(house):
    await house.says("/sync here to “Ada's notes”")
    await house.says("/routes stop 1")
    await house.says("/routes stop 1")
    await house.says("for the channel")
    await house.wait(2)
    assert house.chat.lines("notes") == ["for the channel"]
    assert house.social("north").texts() == []


# --- a channel as a source ---------------------------------------------------------------------


async def test_a_channel_is_a_source_like_any_other(house):
    await airs(house, "before the rule")
    said = await rule(house, "/sync “Ada's notes” to north south without #ads")
    assert said.startswith("What is posted in channel “Ada's notes” goes to north, south too, from now on.")
    line = await airs(house, "from the channel")
    await airs(house, "buy this #ads")
    await airs(house, "only here #local")
    assert house.social("north").texts() == ["from the channel"] == house.social("south").texts()
    shown = [line for line in house.chat.lines() if line.startswith("↔")]
    assert len(shown) == 1
    assert shown[0].startswith("↔ #2k7 from channel “Ada's notes”: from the channel ✓ North")
    house.chat.edit_line(line, "from the channel, again")
    await house.settle()
    await house.wait(2)
    assert house.social("south").texts() == ["from the channel, again"]
    await house.says("/undo 2k7")
    await house.wait(2)
    assert house.social("north").texts() == [] == house.social("south").texts()
    assert house.chat.lines("notes") == []  # the bot says nothing there
    await house.says("/sync off “Ada's notes”")
    await airs(house, "no more")
    assert house.social("north").texts() == []


async def test_what_comes_behind_its_album_is_told_once_and_only_where_the_album_was_carried(house):
    await rule(house, "/sync “Ada's notes” to north only #art")
    there = house.chat.network.chats["notes"]
    files = [png((200, 30, 30))]
    albums = [await airs(house, words, files=files) for words in ("stones #art", "just stones")]
    for number, first in enumerate(albums * 2):
        nobody, name = Person("notes", weak=True), f"part{number}"
        part = Message(name, there, nobody, name, "", house.clock.now(), first, False, unfit="late")
        await house._receive(part)
    await house.wait(2)
    [told] = [line for line in house.chat.lines() if "album" in line]
    assert told.startswith("Part of an album in channel “Ada's notes” came when the rest was on its way")
    assert house.social("north").texts() == ["stones #art"]


async def test_a_channel_runs_no_command_and_gives_away_no_secret(house):
    await rule(house, "/sync “Ada's notes” to north")
    for typed in ("/sync here to north", "/pots typo", "/off", "ghp_" + "a1B2c3D4e5" * 4):
        await airs(house, typed)
    assert house.social("north").texts() == []
    assert house.chat.lines("notes") == []
    told = [
        line for line in house.chat.lines() if line.startswith("In channel “Ada's notes” I take no commands")
    ]
    assert len(told) == 1


async def test_an_answer_in_a_channel_goes_where_what_it_answers_stands(house):
    first = await airs(house, "nobody carries this")
    await rule(house, "/sync “Ada's notes” to north")
    await airs(house, "stays home", reply_to=first)
    second = await airs(house, "a thread")
    await airs(house, "goes on", reply_to=second)
    posts = house.social("north").posts
    assert [post.text for post in posts] == ["a thread", "goes on"]
    assert posts[1].reply_to == posts[0].id


async def test_one_administrators_rules_speak_for_a_channel(house):
    await rule(house, "/sync “Ada's notes” to north")
    await house.user("bo", "south")
    house.chat.person("bo", name="Bo", admin=True)
    await house.says("/sync “Ada's notes” to south", sender="bo")
    assert (
        house.chat.last("bo") == "The rules of another administrator speak for channel “Ada's notes” already."
    )
    await airs(house, "hello")
    assert house.social("south").texts() == []


async def test_two_administrators_who_share_an_account_bring_its_posts_into_their_channel_once(house):
    bo = await house.user("bo")
    house.chat.person("bo", name="Bo", admin=True)
    shared = house.social("north").account("ada")
    await house.store.run(lambda tx, now: link(tx, now, bo, "north", shared))
    for sender in ("ada", "bo"):
        await house.says("/sync north to “Ada's notes”", sender=sender)
        assert "goes to channel “Ada's notes”" in house.chat.last(sender)
    await house.poll()
    await house.wait(1)
    await posted(house, "from the account of both")
    assert house.chat.lines("notes") == ["from the account of both"]


async def test_a_channel_is_taken_over_when_whoever_spoke_for_it_administers_it_no_longer(house):
    await rule(house, "/sync “Ada's notes” to north, south")
    await house.user("bo", "south")
    house.chat.person("bo", name="Bo", admin=True)
    house.chat.person("ada", name="Ada", admin=False)
    await airs(house, "the last of hers")
    await house.says("/routes on 3")
    assert "You did not administer it any more" in house.chat.last()
    await airs(house, "nobody speaks for it")
    await house.says("/sync “Ada's notes” to south", sender="bo")
    assert house.chat.last("bo").startswith("What is posted in channel “Ada's notes” goes to south too")
    await airs(house, "the first of his")
    assert house.social("north").texts() == ["the last of hers"]
    assert house.social("south").texts() == ["the last of hers", "the first of his"]
    await house.says("/routes")
    assert "Ada's notes" not in house.chat.last()


async def test_a_channel_is_called_what_it_is_called_now(house):
    house.chat.network.chats["notes"] = replace(house.chat.network.chats["notes"], title="Old stones")
    await airs(house, "under another name")
    said = await rule(house, "/sync “old stones” to north")
    assert said.startswith("What is posted in channel “Old stones” goes to north too")


async def test_a_reply_is_no_affair_of_the_defaults_caps(house):
    await house.says("/filter 1 cap 1")
    line = await house.shows("a question")
    await house.wait(120)
    await house.says("one")
    await house.says("an answer", reply_to=line)
    await house.wait(2)
    assert house.social("north").texts()[1:] == ["one", "an answer"]


async def test_whoever_administers_a_channel_no_longer_has_rules_that_rest(house):
    await rule(house, "/sync “Ada's notes” to north")
    await airs(house, "still hers")
    house.chat.person("ada", name="Ada", admin=False)
    await airs(house, "the same day")
    await house.wait(86400)
    await airs(house, "the first of the next")
    assert house.chat.lines()[-2].startswith("You do not administer channel “Ada's notes” any more")
    await airs(house, "not hers")
    assert house.social("north").texts() == ["still hers", "the same day", "the first of the next"]


async def test_both_ways_nothing_goes_round(house):
    await rule(house, "/sync “Ada's notes” to north")
    await rule(house, "/sync north to “Ada's notes”")
    await airs(house, "from the channel")
    await house.poll()
    await posted(house, "from north")
    for _ in range(2):
        await house.poll()
        await house.wait(60)
    assert house.social("north").texts() == ["from the channel", "from north"]
    assert house.chat.lines("notes") == ["from north"]


# --- groups ------------------------------------------------------------------------------------


async def test_only_administrators_make_rules_in_a_group_and_only_about_it(house):
    await house.says("/sync north to south", chat="den")
    assert house.chat.last("den").startswith("/sync works in a direct chat with me only.")
    house.chat.person("ada", name="Ada", admin=False)
    await house.says("/sync north to here", chat="den")
    assert house.chat.last("den") == "Only the administrators of this group can do that."


async def test_what_is_published_in_a_group_with_a_loan_goes_on_and_nothing_else(house):
    await house.user("bo", "north")
    await house.says("/sync here to south", chat="den")
    assert house.chat.last("den").startswith(
        "What is published here with /post, with an account that is lent"
    )
    await house.says("just talk", chat="den", addressed=False)
    await house.says("/post bo's own", sender="bo", chat="den")
    await house.wait(2)
    assert house.social("south").texts() == []
    await house.says("/post +north from Ada", chat="den")
    await house.wait(2)
    assert house.social("south").texts() == ["from Ada"]
    assert house.chat.last().startswith("↔ #2k7 from group “Den”: from Ada ✓ North")
    await press(house, "Undo copies")
    assert house.social("south").texts() == []
    assert house.social("north").texts()[-1] == "from Ada"
    await house.says("/grant north to everyone as brand", chat="den")
    await house.says("lend it")
    house.chat.press("Accept", chat="den")
    await house.settle()
    await house.says("/post +brand from Bo", sender="bo", chat="den")
    await house.wait(2)
    assert house.social("south").texts() == ["from Bo"]
    assert "South" not in house.chat.last("den")  # where rules carry it is not the group's affair


async def test_a_group_sees_the_rules_that_lead_in_and_out_and_nobodys_account(house):
    await house.user("bo", "north")
    house.chat.person("bo", name="Bo", admin=True)
    for typed in ("/sync north to here", "/sync here to south"):
        await house.says(typed, chat="den")
    await house.says("/routes", sender="bo", chat="den")
    assert house.chat.last("den").split("\n")[1:5] == [
        "↔ own posts (North)",
        "  1 → this chat",
        "↔ this chat",
        "  2 → somebody’s account on South",
    ]
    await house.says("/routes stop 2", sender="bo", chat="den")
    await house.says("/post +north hello", chat="den")
    await house.wait(2)
    assert house.social("south").texts() == []


async def test_ones_own_posts_come_into_ones_own_chat_once(house):
    await rule(house, "/sync north to here")
    await posted(house, "first")
    assert [line for line in house.chat.lines() if "first" in line] == [
        "@ada@north.example on North [2k7]: first"
    ]
    await rule(house, "/sync north to south")
    await posted(house, "second")
    assert [line[:18] for line in house.chat.lines() if "second" in line] == ["↔ #3bd from North:"]


# --- one place more or less --------------------------------------------------------------------


async def test_where_a_post_goes_is_changed_below_its_receipt(house):
    await house.says("+north hello")
    await house.wait(2)
    assert labels(house) == ["Undo", "Where…"]
    await press(house, "Where…")
    assert labels(house) == ["− North", "+ South", "Back"]
    await press(house, "Back")
    assert labels(house) == ["Undo", "Where…"]
    await press(house, "Where…")
    await press(house, "+ South")
    assert house.social("south").texts() == ["hello"]
    assert labels(house) == ["Undo", "Where…"]
    assert "✓ South" in house.chat.last()
    await press(house, "Where…")
    await press(house, "− North")
    assert house.social("north").texts() == []
    await press(house, "Where…")
    assert labels(house) == ["+ North", "− South", "Back"]
    await press(house, "+ North")
    assert house.social("north").texts() == ["hello"] == house.social("south").texts()


async def test_what_was_written_elsewhere_stays_there(house):
    await rule(house, "/sync north to south")
    await posted(house, "from an app")
    await press(house, "Where…")
    assert labels(house) == ["− South", "Back"]


async def test_by_words_it_is_taken_back_from_one_place(house):
    await house.says("a walk")
    await house.wait(2)
    await house.says("/undo 2k7 south")
    await house.wait(2)
    assert house.social("north").texts() == ["a walk"]
    assert house.social("south").texts() == []
    await house.says("/undo 2k7 south")
    assert house.chat.last() == "2k7 does not stand on south."
    await house.says("/undo 2k7 nowhere")
    assert house.chat.last() == "2k7 does not stand on nowhere."


# --- so many an hour ---------------------------------------------------------------------------


async def held(house) -> int:
    query = sa.select(sa.func.count()).where(t.delivery.c.state == "held")
    return await house.store.read(lambda tx, now: tx.scalar(query))


async def test_what_is_beyond_the_cap_is_asked_about_once(house):
    await rule(house, "/sync north to south cap 2/h")
    for n in range(5):
        await posted(house, f"post {n}")
    await house.wait(120)
    asked = [line for line in house.chat.lines() if "wait" in line and "carries 2 an hour" in line]
    assert asked == [
        "3 more posts from North @ada@north.example wait for South @ada@south.example: "
        "the rule carries 2 an hour."
    ]
    assert house.social("south").texts() == ["post 0", "post 1"]
    await posted(house, "post 5")
    await house.wait(120)
    assert await held(house) == 4
    await press(house, "Send")
    assert house.social("south").texts() == [f"post {n}" for n in range(6)]
    await house.wait(3600)
    await posted(house, "an hour later")
    assert house.social("south").texts()[-1] == "an hour later"
    assert await held(house) == 0


async def test_what_is_beyond_the_cap_of_a_default_can_be_dropped(house):
    await house.says("/filter 2 cap 1")
    await house.says("one")
    await house.says("two")
    await house.wait(120)
    assert house.social("south").texts() == ["one"]
    assert house.social("north").texts() == ["one", "two"]
    await press(house, "Drop")
    await house.wait(2)
    assert house.social("south").texts() == ["one"]
    assert await held(house) == 0


async def test_a_channel_that_was_silent_for_a_day_sends_nothing_old(house):
    await rule(house, "/sync “Ada's notes” to north")
    await house.says("/routes pause 3")
    await airs(house, "meanwhile")
    await house.wait(86400)
    await house.says("/routes on 3")
    await house.wait(1)
    late = house.clock.now() - timedelta(minutes=5)
    await airs(house, "written while it rested", sent_at=late)
    await airs(house, "afterwards")
    assert house.social("north").texts() == ["afterwards"]
