"""/edit and /del of what was written with another app: it changes there, and what was made of it follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import outbox
from bridgebot.errors import Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Attachment, Ballot, Limits, Span
from bridgebot.store import deliveries, people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

ABLE = MemorySocial().capabilities
PICTURE = Attachment("image", "https://north.invalid/1.png", "a tree")


async def town(folder, **north) -> TestHouse:
    """Ada has accounts on North and South; a rule carries what she writes on North to South."""
    socials = (MemorySocial(name="north", capabilities=replace(ABLE, **north)), MemorySocial(name="south"))
    house = await TestHouse(folder, socials=socials).__aenter__()
    await house.user("ada", "north", "south")
    await house.says("/sync north to south")
    await house.turn()
    return house


@pytest.fixture
async def house(tmp_path):
    house = await town(tmp_path)
    yield house
    await house.__aexit__(None, None, None)


async def writes(house, text: str = "a wlak 🌲", **more) -> str:
    """Ada writes on North with another app; the short id of that in her chat."""
    house.social("north").add_post("ada", text, **more)
    await house.turn()
    return house.chat.last().split("#")[1][:3]


async def being_changed(house, code: str) -> asyncio.Task:
    """Ada says how the post should be; the outbox, which is asking North for it."""
    house.chat.say(f"/edit {code} a walk")
    await house.chat.settled()
    step = asyncio.create_task(house.outbox.step())
    while not house.social("north").count("edit"):
        await asyncio.sleep(0.01)
    return step


def texts(house) -> tuple[list[str], list[str]]:
    return house.social("north").texts("ada"), house.social("south").texts("ada")


def edits(house) -> tuple[int, int]:
    return house.social("north").count("edit"), house.social("south").count("edit")


def shown(house) -> list[str]:
    """The one message that shows what she wrote."""
    return [line.text for line in house.chat.messages() if line.text.startswith("↔")]


# --- it changes there --------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["/edit {} 在森林里散步 🌲", "/改 {} 在森林里散步 🌲", "answer"])
async def test_an_edit_changes_it_where_it_was_written_and_each_copy_once(house, typed):
    code = await writes(house)
    if typed == "answer":
        item = next(one for one in house.chat.messages() if one.text.startswith("↔"))
        await house.says("/edit 在森林里散步 🌲", reply_to=item.id)
    else:
        await house.says(typed.format(code))
    assert house.chat.last() == f"✓ {code} is changed on North."
    await house.turn()
    assert texts(house) == (["在森林里散步 🌲"], ["在森林里散步 🌲"])
    assert edits(house) == (1, 1)
    [item] = shown(house)
    assert "在森林里散步 🌲" in item
    assert "wlak" not in item
    await house.turn()
    assert edits(house) == (1, 1)


async def test_what_stands_beside_the_words_stays(house):
    poll = Ballot(("forest", "park"))
    await writes(house, "whre?", warning="trees", language="en", media=[PICTURE], poll=poll)
    before = house.social("north").posts[-1]
    await house.says("/edit 2k7 where?")
    [after] = house.social("north").posts
    assert (after.text, after.warning, after.language) == ("where?", "trees", "en")
    assert (after.media, after.poll) == (before.media, before.poll)
    assert after.media == (PICTURE,)
    await house.turn()
    [copy] = house.social("south").posts
    assert (copy.text.split("\n")[0], copy.warning) == ("where?", "trees")


async def test_emphasis_goes_there_and_hidden_words_bring_a_warning(tmp_path):
    house = await town(tmp_path, markup=frozenset({"bold"}))
    await writes(house)
    await house.says("/edit 2k7 a bold end", spans=(Span(12, 16, "bold"), Span(17, 20, "spoiler")))
    [there] = house.social("north").posts
    assert (there.text, there.spans) == ("a bold end", (Span(2, 6, "bold"),))
    assert there.warning == "spoiler"
    await house.__aexit__(None, None, None)


async def test_what_only_a_chat_shows_changes_there(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("/follow @ada")
        await house.poll()
        house.social("north").add_post("ada", "a wlak")
        await house.turn()
        code = house.chat.last().partition("[")[2][:3]
        await house.says(f"/edit {code} a walk")
        await house.turn()
        lines = "\n".join(house.chat.lines())
        assert f"[{code}] (edited): a walk" in lines
        assert "wlak" not in lines
        await house.says(f"/del {code}")
        await house.turn()
        assert house.social("north").texts() == []
        assert not [line for line in house.chat.lines() if line.startswith("@ada@north.example on North")]


async def test_a_deletion_deletes_it_there_and_each_copy(house):
    code = await writes(house)
    await house.says(f"/del {code}")
    assert house.chat.last() == f"✓ {code} is deleted on North."
    await house.turn()
    assert texts(house) == ([], [])
    assert [house.social(name).count("delete") for name in ("north", "south")] == [1, 1]
    await house.says(f"/del {code}")
    assert house.chat.last() == f"{code} is deleted already."
    await house.says(f"/edit {code} words")
    assert house.chat.last() == f"{code} is deleted already."


async def test_of_several_edits_that_wait_the_last_goes_and_a_deletion_after_all(house):
    code = await writes(house)
    await house.says("/pause")
    await house.says(f"/edit {code} one")
    await house.says(f"/edit {code} two")
    await house.says("/resume")
    assert f"change of {code}: two" in "\n".join(house.chat.lines())
    assert f"change of {code}: one" not in "\n".join(house.chat.lines())
    house.chat.press("Send all")
    await house.turn()
    assert texts(house) == (["two"], ["two"])
    assert edits(house) == (1, 1)
    await house.says("/pause")
    await house.says(f"/edit {code} three")
    await house.says(f"/del {code}")
    await house.says("/resume")
    await house.turn()
    assert texts(house) == ([], [])
    assert edits(house) == (1, 1)


# --- it does not -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/edit {} a walk", "/del {}"])
@pytest.mark.parametrize(
    ("error", "told"),
    [(Rejected(), "The network refused this"), (TargetGone(), "It is not there any more")],
)
async def test_a_refusal_is_told_and_nothing_else_changes(house, command, error, told):
    code = await writes(house)
    before = texts(house), shown(house)
    house.social("north").fail(command[1:].split()[0].replace("del", "delete"), error)
    await house.says(command.format(code))
    assert house.chat.last().startswith(f"✗ North: {told}")
    await house.turn()
    assert (texts(house), shown(house)) == before
    assert house.social("south").count("edit") + house.social("south").count("delete") == 0
    await house.says(command.format(code))
    await house.turn()
    assert texts(house)[0] == texts(house)[1] != before[0][0]


async def test_a_server_that_answers_with_another_post_changes_nothing_here(house, monkeypatch):
    await writes(house, "the other")
    code = await writes(house)
    north = house.social("north")
    other, real = north.posts[0], north.edit

    async def edit(account, post_id, draft):
        await real(account, post_id, draft)
        return other

    monkeypatch.setattr(north, "edit", edit)
    await house.says(f"/edit {code} a walk")
    assert texts(house) == (["the other", "a walk"], ["the other", "a wlak 🌲"])
    await house.turn()  # until a timeline shows what stands there
    assert texts(house) == (["the other", "a walk"], ["the other", "a walk"])


async def test_what_is_too_long_is_said_at_once(house):
    account = (await house.store.read(lambda tx, now: people.accounts(tx, 1)))[0]
    await house.store.run(lambda tx, now: people.set_limits(tx, "north", account.server, Limits(20)))
    code = await writes(house, "short", warning="trees")
    await house.says(f"/edit {code} {'x' * 17}")
    assert house.chat.last() == "That is too long for North by 2: 17 of 15. Nothing was changed."
    assert edits(house) == (0, 0)
    await house.says(f"/edit {code} {'x' * 15}")
    assert texts(house)[0] == ["x" * 15]


@pytest.mark.parametrize("command", ["/edit {} a long walk", "/edit {}", "/del {}"])
async def test_where_nothing_can_be_changed_its_address_is_told_and_copies_change(tmp_path, command):
    house = await town(tmp_path, edit=False, delete=False)
    code = await writes(house)
    url = house.social("north").posts[0].url
    before = len(house.chat.messages())
    await house.says(command.format(code))
    await house.turn()
    told = "\n".join(one.text for one in house.chat.messages()[before:])
    assert f"You wrote {code} on North with another app. There it stays as it is" in told
    assert url in told
    assert (f"/edit {code} a wlak 🌲" in told) is (command == "/edit {}")  # of the copies
    copies = {"/edit {} a long walk": ["a long walk"], "/edit {}": ["a wlak 🌲"], "/del {}": []}
    assert texts(house) == (["a wlak 🌲"], copies[command])
    await house.__aexit__(None, None, None)


@pytest.mark.parametrize("command", ["/edit {} a long walk", "/edit {}", "/del {}"])
async def test_and_what_stands_nowhere_else_is_shown_as_it_stands_there(tmp_path, command):
    able = replace(ABLE, edit=False, delete=False)
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=able),)) as house:
        await house.user("ada", "north")
        await house.says("/follow @ada")
        await house.poll()
        house.social("north").add_post("ada", "a walk 🌲")
        await house.turn()
        item = house.chat.last()
        await house.says(command.format(item.partition("[")[2][:3]))
        await house.turn()
        assert item in house.chat.lines()
        assert "with another app. There it stays as it is" in house.chat.last()


async def test_with_an_account_that_is_not_linked_any_more_nothing_is_asked_for(house):
    code = await writes(house)
    account = (await house.store.read(lambda tx, now: people.accounts(tx, 1)))[0]
    await house.store.run(lambda tx, now: people.unlink(tx, account.id))
    await house.says(f"/edit {code} a walk")
    await house.turn()
    assert "There it stays as it is" in "\n".join(house.chat.lines())
    assert edits(house) == (0, 1)


@pytest.mark.parametrize("typed", ["/edit {} mine", "/edit {}", "/del {}", "/edit {url} mine", "/del {url}"])
async def test_nobody_elses_post_is_touched_or_told(house, typed):
    """Bo follows Ada on North: her post stands in his chat, too."""
    await house.user("bo", "north")
    network = house.social("north").network
    network.follows.add((network.person("bo").id, network.person("ada").id))
    await house.says("/home on", sender="bo")
    await house.turn()
    await writes(house)
    code = house.chat.last("bo").partition("[")[2][:3]
    before, calls = texts(house), len(house.social("north").calls)
    url = house.social("north").posts[0].url
    await house.says(typed.format(code, url=url), sender="bo")
    assert house.chat.last("bo") == f"{code} is not your post."
    await house.wait(3)
    made = [call.name for call in house.social("north").calls[calls:]]
    assert (texts(house), {"edit", "delete", "typed"} & set(made)) == (before, set())


async def test_a_secret_leaves_neither_here_nor_there(house):
    code = await writes(house)
    await house.says(f"/edit {code} ghp_{'a1B2' * 9}")
    assert "was not posted" in house.chat.last()
    assert edits(house) == (0, 0)


# --- answers that are lost ---------------------------------------------------------------------


@pytest.mark.parametrize("acted", [True, False])
@pytest.mark.parametrize("command", ["/edit {} a walk", "/del {}"])
@pytest.mark.parametrize("error", [Unconfirmed, Temporary])
async def test_a_call_without_an_answer_is_made_again(house, command, error, acted):
    code = await writes(house)
    house.social("north").fail("edit" if "edit" in command else "delete", error(), acted=acted)
    await house.says(command.format(code))
    await house.poll()  # what it did may be read before it is known that it worked
    await house.wait(10)
    await house.turn()
    assert house.chat.last().startswith(f"✓ {code} is ")
    wanted = ["a walk"] if "edit" in command else []
    assert texts(house) == (wanted, wanted)
    assert house.social("south").count("edit") + house.social("south").count("delete") == 1


@pytest.mark.parametrize("acted", [True, False])
async def test_what_the_process_was_doing_when_it_died_is_done_again(house, acted):
    code = await writes(house)
    never = house.social("north").hang("edit", acted=acted)
    step = await being_changed(house, code)
    step.cancel()
    for task in list(house.outbox._running):
        task.cancel()
    await asyncio.gather(step, *house.outbox._running, return_exceptions=True)
    assert not never.is_set()
    await house.store.run(lambda tx, now: outbox.recover(tx, now, house.house))
    await house.wait(10)
    await house.turn()
    assert texts(house) == (["a walk"], ["a walk"])
    assert house.social("south").count("edit") == 1
    assert house.chat.lines().count(f"✓ {code} is changed on North.") == 1


async def test_what_was_read_before_the_answer_came_is_not_changed_twice(house):
    code = await writes(house)
    release = house.social("north").hang("edit", acted=True)
    step = await being_changed(house, code)
    await house.poller.step()
    release.set()
    await step
    await house.turn()
    assert texts(house) == (["a walk"], ["a walk"])
    assert edits(house) == (1, 1)
    versions = await house.store.read(
        lambda tx, now: tx.scalars(sa.select(t.post.c.version).where(t.post.c.text == "a walk"))
    )
    assert versions == [1]


async def test_the_order_is_its_askers_and_waits_in_the_lane_of_its_account(house):
    code = await writes(house)
    await house.says("/pause")
    await house.says(f"/edit {code} a walk")
    [order] = await house.store.read(lambda tx, now: deliveries.of_post(tx, 1, "edit-original"))
    assert (order.lane, order.user_id, order.account_id) == ("account:1", 1, 1)


# --- the words ---------------------------------------------------------------------------------


async def test_without_a_text_the_words_come_as_they_were_typed_to_be_sent_back(house):
    code = await writes(house, "@lin 你好\n*hi*")
    await house.says(f"/edit {code}")
    assert house.chat.last() == f"Send this back with your changes:\n/edit {code} @lin 你好\n*hi*"
    assert house.social("north").count("typed") == 1
    await house.says(house.chat.last().partition("\n")[2].replace("*hi*", "*hi!*"))
    assert texts(house)[0] == ["@lin 你好\n*hi!*"]
    item = next(one for one in house.chat.messages() if one.text.startswith("↔"))
    await house.says("/edit", reply_to=item.id)
    assert house.chat.last().endswith(f"/edit {code} @lin 你好\n*hi!*")


async def test_where_a_network_keeps_no_others_the_words_are_those_that_are_known(tmp_path):
    house = await town(tmp_path, typed=False)
    code = await writes(house)
    await house.says(f"/edit {code}")
    assert house.chat.last() == f"Send this back with your changes:\n/edit {code} a wlak 🌲"
    assert house.social("north").count("typed") == 0
    await house.__aexit__(None, None, None)


async def test_the_words_of_what_was_written_here_are_known(house):
    line = await house.says("+south hello *there*\nyou")
    await house.wait(3)
    await house.says("/edit", reply_to=line)
    assert house.chat.last().endswith(" hello *there*\nyou")
    assert house.social("south").count("typed") == 0


async def test_words_that_cannot_be_asked_for_are_said_to_be_so(house):
    code = await writes(house)
    house.social("north").fail("typed", TargetGone())
    await house.says(f"/edit {code}")
    assert house.chat.last().startswith("✗ North: It is not there any more")


@pytest.mark.parametrize("typed", [True, False])
async def test_a_post_without_words_has_none_to_change(tmp_path, typed):
    house = await town(tmp_path, typed=typed)
    code = await writes(house, "", media=[PICTURE])
    await house.says(f"/edit {code}")
    assert house.chat.last() == "/edit ID TEXT"
    await house.__aexit__(None, None, None)
