"""Trying again, doing again, and what became of a post: in words and by buttons."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot import keeper
from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Audience, Limits, Span
from bridgebot.outbox import outcome
from bridgebot.store import tables as t
from bridgebot.store import versions
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        yield house


@pytest.fixture(autouse=True)
def soon_parked(monkeypatch):
    monkeypatch.setattr(outcome, "MOST_ATTEMPTS", 2)


def town(folder, **more) -> TestHouse:
    return TestHouse(folder, socials=(MemorySocial(name="north", capabilities=able(**more)),))


def able(**more):
    return replace(MemorySocial().capabilities, **more)


def receipt(house, text: str = "#"):
    return next(line for line in reversed(house.chat.messages()) if line.text.startswith(text))


def labels(line) -> list[str]:
    """But for the one that says where else it can go, which is there as long as the post."""
    return [button.label for button in line.buttons if button.label != "Where…"]


async def press(house, line, label: str, *, sender: str = "ada") -> None:
    data = next(button.data for button in line.buttons if button.label == label)
    house.chat.network.press(line.id, data, sender=sender)
    await house.settle()
    await house.wait(2)


def keys(social) -> list[str]:
    return [call.arguments[2] for call in social.calls if call.name == "publish"]


async def states(house, action: str = "create") -> list[str]:
    query = sa.select(t.delivery.c.state).where(t.delivery.c.action == action).order_by(t.delivery.c.id)
    return await house.store.read(lambda tx, now: tx.scalars(query))


# --- retry -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [None, "/retry 2k7", "!chongshi 2k7", "/重试2k7", "/retry"])
async def test_retry_sends_what_was_refused_as_something_new_and_nothing_else(house, words):
    house.social("south").fail("publish", Rejected())
    line = await house.says("only once")
    await house.wait(2)
    assert labels(receipt(house)) == ["Undo", "Retry"]
    if words is None:
        await press(house, receipt(house), "Retry")
    else:
        await house.says(words, reply_to=line if words == "/retry" else None)
        await house.wait(2)
    assert house.social("north").texts() == house.social("south").texts() == ["only once"]
    assert (house.social("north").count("publish"), house.social("south").count("publish")) == (1, 2)
    first, second = keys(house.social("south"))
    assert first != second
    assert receipt(house).text.count("✓") == 2
    assert labels(receipt(house)) == ["Undo"]


async def test_retry_of_what_was_parked_keeps_the_key(house):
    house.social("south").fail("publish", Temporary(), times=2)
    await house.says("later")
    await house.wait(60)
    await house.wait(2)
    assert sorted(await states(house)) == ["parked", "sent"]
    await press(house, receipt(house), "Retry")
    assert house.social("south").texts() == ["later"]
    assert len(set(keys(house.social("south")))) == 1


async def test_a_thread_goes_on_at_the_part_that_failed(tmp_path):
    async with town(tmp_path, limits=Limits(100)) as house:
        await house.user("ada", "north")
        await house.store.run(lambda tx, now: tx.update(t.account, limits={"max_length": 100}))
        social = house.social("north")
        social.fail("publish", Rejected(), at=2)
        await house.says("word " * 50)
        await house.wait(2)
        assert [text[-5:] for text in social.texts()] == ["(1/3)"]
        await house.poll()
        await press(house, receipt(house), "Retry")
        made = social.posts
        assert [post.text[-5:] for post in made] == ["(1/3)", "(2/3)", "(3/3)"]
        assert [post.reply_to for post in made] == [None, made[0].id, made[1].id]
        assert "(thread of 3)" in receipt(house).text


async def test_what_is_out_of_a_broken_thread_can_be_taken_back(tmp_path):
    async with town(tmp_path, limits=Limits(100)) as house:
        await house.user("ada", "north")
        await house.store.run(lambda tx, now: tx.update(t.account, limits={"max_length": 100}))
        house.social("north").fail("publish", Rejected(), at=2)
        line = await house.says("word " * 50)
        assert len(house.social("north").posts) == 1
        house.chat.delete_line(line)
        await house.settle()
        assert house.social("north").posts == []


async def test_the_first_part_of_a_broken_thread_is_known_when_it_is_met(tmp_path):
    """It comes back in a timeline: rules carry the post on, and not its first part as one more."""
    north = MemorySocial(name="north", capabilities=able(limits=Limits(100)))
    async with TestHouse(tmp_path, socials=(north, MemorySocial(name="south"))) as house:
        await house.user("ada", "north", "south")
        await house.says("/default north")
        await house.says("/sync north to south")
        await house.poll()
        await house.wait(1)
        await house.store.run(
            lambda tx, now: tx.update(t.account, t.account.c.adapter == "north", limits={"max_length": 100})
        )
        north.fail("publish", Rejected(), at=2)
        await house.says("word " * 50)
        await house.poll()
        await house.wait(2)
        assert [text.strip() for text in house.social("south").texts()] == [("word " * 50).strip()]


async def test_an_edit_meanwhile_goes_with_the_retry(house):
    house.social("south").fail("publish", Rejected())
    line = await house.says("frist")
    house.chat.edit_line(line, "first")
    await house.settle()
    await house.wait(2)
    await press(house, receipt(house), "Retry")
    assert house.social("south").texts() == house.social("north").texts() == ["first"]


async def test_a_refused_edit_is_tried_again(house):
    house.social("south").fail("edit", Rejected())
    line = await house.says("frist")
    house.chat.edit_line(line, "first")
    await house.settle()
    await house.wait(2)
    assert house.social("south").texts() == ["frist"]
    await press(house, receipt(house), "Retry")
    assert house.social("south").texts() == ["first"]
    assert "Retry" not in labels(receipt(house))


async def test_a_refused_deletion_is_tried_again(house):
    house.social("south").fail("delete", Rejected())
    line = await house.says("oops")
    house.chat.delete_line(line)
    await house.settle()
    await house.wait(2)
    assert house.social("south").texts() == ["oops"]
    assert labels(receipt(house)) == ["Retry"]
    await press(house, receipt(house), "Retry")
    assert house.social("south").texts() == []
    assert labels(receipt(house)) == []


@pytest.mark.parametrize("error", [TargetGone()])
async def test_where_it_cannot_help_it_is_not_offered(house, error):
    house.social("south").fail("publish", error)
    await house.says("in vain")
    await house.wait(2)
    assert labels(receipt(house)) == ["Undo"]
    await house.says("/retry 2k7")
    assert house.chat.last() == "Nothing about 2k7 failed that trying again could mend."


async def test_what_a_network_cannot_carry_is_not_offered(tmp_path):
    async with town(tmp_path, audiences=frozenset({Audience.PUBLIC})) as house:
        await house.user("ada", "north")
        await house.says("/vis followers")
        await house.says("for friends")
        await house.wait(2)
        assert "left out" in receipt(house).text
        assert labels(receipt(house)) == []


async def test_a_second_press_sends_nothing_twice(house):
    house.social("south").fail("publish", Rejected())
    await house.says("once")
    await house.wait(2)
    line = receipt(house)
    data = next(button.data for button in line.buttons if button.label == "Retry")
    for _ in range(3):
        house.chat.network.press(line.id, data)
    await house.settle()
    await house.wait(5)
    assert house.social("south").texts() == ["once"]


async def test_only_the_writer_retries(house):
    house.chat.group("den")
    await house.user("bo", "north")
    house.social("south").fail("publish", Rejected())
    await house.says("/post from the den", chat="den")
    await house.wait(2)
    shown = house.chat.messages("den")[-1]
    await press(house, shown, "Retry", sender="bo")
    assert house.social("south").texts() == []


@pytest.mark.parametrize(("acted", "answer"), [(True, "It is there"), (False, "Send again")])
async def test_retry_of_what_may_be_out_asks_first_and_survives_a_restart(tmp_path, acted, answer):
    north = MemorySocial(name="north", capabilities=able(on_unconfirmed=OnUnconfirmed.ASK))
    chat = MemoryChat(name="chat")
    async with TestHouse(tmp_path, chat=chat, socials=(north,)) as house:
        await house.user("ada", "north")
        north.fail("publish", Unconfirmed(), acted=acted)
        await house.says("perhaps")
        await house.says("/cancel")
        await house.wait(2)
        assert "Retry" in labels(receipt(house))
        await press(house, receipt(house), "Retry")
        assert north.count("publish") == 1
    async with TestHouse(tmp_path, chat=chat, socials=(north,)) as house:
        asked = receipt(house, "North never answered")
        data = [button.data for button in asked.buttons]
        chosen = labels(asked).index(answer)
        for pressed in (data[chosen], data[chosen], data[1 - chosen]):
            house.chat.network.press(asked.id, pressed)
        await house.settle()
        assert north.texts() == ["perhaps"]
        assert await states(house) == ["sent"]
        assert labels(receipt(house, "North never answered")) == []


@pytest.mark.parametrize(("acted", "words"), [(True, "it is there"), (False, "再发一次")])
async def test_a_doubt_is_settled_in_words(tmp_path, acted, words):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, buttons=False))
    north = MemorySocial(name="north", capabilities=able(on_unconfirmed=OnUnconfirmed.ASK))
    async with TestHouse(tmp_path, chat=chat, socials=(north,)) as house:
        await house.user("ada", "north")
        north.fail("publish", Unconfirmed(), acted=acted)
        await house.says("who knows")
        await house.says(words)
        await house.wait(2)
        assert north.texts() == ["who knows"]
        assert await states(house) == ["sent"]


async def test_what_a_person_saw_there_is_known_once_a_timeline_shows_it(tmp_path):
    """No second post is made of it, and then it can be edited."""
    north = MemorySocial(name="north", capabilities=able(on_unconfirmed=OnUnconfirmed.ASK))
    async with TestHouse(tmp_path, socials=(north, MemorySocial(name="south"))) as house:
        await house.user("ada", "north", "south")
        await house.says("/default north")
        await house.says("/sync north to south")
        await house.poll()
        await house.wait(1)
        north.fail("publish", Unconfirmed(), acted=True)
        line = await house.says("seen there")
        house.chat.press("It is there")
        await house.settle()
        house.chat.edit_line(line, "seen and edited")
        await house.settle()
        await house.wait(2)
        assert north.texts() == ["seen there"]
        for _ in range(3):
            await house.poll()
            await house.wait(2)
        assert house.social("south").texts() == ["seen and edited"]  # by the rule, once
        await press(house, receipt(house), "Retry")
        assert north.texts() == ["seen and edited"]


async def test_of_a_thread_that_a_person_saw_begin_the_rest_follows(tmp_path):
    async with town(tmp_path, limits=Limits(100), on_unconfirmed=OnUnconfirmed.ASK) as house:
        await house.user("ada", "north")
        await house.store.run(lambda tx, now: tx.update(t.account, limits={"max_length": 100}))
        house.social("north").fail("publish", Unconfirmed(), acted=True)
        await house.says("word " * 50)
        house.chat.press("It is there")
        await house.settle()
        assert [text[-5:] for text in house.social("north").texts()] == ["(1/3)", "(2/3)", "(3/3)"]


# --- what is said ------------------------------------------------------------------------------


async def test_a_receipt_names_the_time_when_a_network_makes_us_wait(house):
    await house.says("/timezone Asia/Shanghai")
    house.social("south").fail("publish", Temporary("http-busy", host="south.example", retry_after=600))
    await house.says("patience")
    await house.wait(2)
    until = house.clock.now() - timedelta(seconds=2) + timedelta(hours=8, seconds=600)
    assert f"south.example asks us to wait. It is tried again at {until:%H:%M}" in receipt(house).text


async def test_a_receipt_says_that_something_earlier_goes_first(house):
    south = house.social("south")
    south.fail("publish", Temporary("http-busy", host="south.example", retry_after=600))
    await house.says("patience")
    await house.says("and more of it")
    await house.wait(2)
    assert "… South: it waits: something earlier goes there first" in receipt(house).text
    await house.says("/language zh")
    await house.says("还有")
    await house.wait(2)
    assert "… South：正在等待：先前要发往那里的内容先发" in receipt(house).text
    await house.wait(700)
    assert "✓ South" in receipt(house).text
    assert "正在等待" not in receipt(house).text
    assert south.texts() == ["patience", "and more of it", "还有"]


class SlowSocial(MemorySocial):
    """A network that thinks about each publication until `answers` is set."""

    def __init__(self) -> None:
        super().__init__(name="south")
        self.answers = asyncio.Event()

    async def publish(self, account, draft, *, key):
        await self.answers.wait()
        return await super().publish(account, draft, key=key)


async def test_a_receipt_that_was_written_while_a_network_was_asked_says_so_afterwards(tmp_path):
    south = SlowSocial()
    async with TestHouse(tmp_path, socials=(south,)) as house:
        await house.user("ada", "south")
        for text in ("patience", "and more of it"):
            house.chat.say(text)
        await house.chat.settled(60)
        asking = [asyncio.create_task(house.outbox.step())]
        while await states(house, "create") != ["sending", "queued"]:
            await asyncio.sleep(0.01)
        house.clock.skip(2)
        while await states(house, "receipt") != ["sent", "sent"]:
            asking.append(asyncio.create_task(house.outbox.step()))
            await asyncio.sleep(0.05)
        assert receipt(house).text == "#3bd public … South"
        south.fail("publish", Temporary("http-busy", host="south.example", retry_after=600))
        south.answers.set()
        await asyncio.gather(*asking)
        await house.wait(2)
        assert "… South: it waits: something earlier goes there first" in receipt(house).text


async def test_a_receipt_names_what_was_lost(tmp_path):
    async with town(tmp_path, markup=frozenset()) as house:
        await house.user("ada", "north")
        await house.says("bold and hidden", spans=(Span(0, 4, "bold"), Span(9, 15, "spoiler")))
        await house.wait(2)
        lines = receipt(house).text.split("\n")
        assert lines[1:] == [
            "  North: bold, italic and the like are not shown there",
            "  North: a warning was put in front, for words cannot be hidden there",
        ]


async def test_a_warning_that_leaves_no_room_says_by_how_much(house):
    await house.says(f"/cw {'w' * 262}")
    await house.says("text " * 60)
    await house.wait(2)
    assert "too long by 12: 262 of 250" in receipt(house).text
    assert house.social("north").texts() == []


async def test_without_buttons_the_words_to_retry_stand_there(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, buttons=False))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        house.social("north").fail("publish", Rejected())
        await house.says("once more")
        await house.wait(2)
        assert receipt(house).text.endswith("retry: /retry 2k7")


@pytest.mark.parametrize(("label", "posted"), [("Post", ["question"]), ("No", [])])
async def test_the_buttons_of_a_question_go_when_it_was_answered(tmp_path, label, posted):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", plain="ask")
        await house.says("question")
        asked = house.chat.messages()[-1]
        assert labels(asked) == ["Post", "No"]
        await press(house, asked, label)
        now = next(line for line in house.chat.messages() if line.id == asked.id)
        assert (now.text, labels(now)) == (asked.text, [])
        assert house.social("north").texts() == posted


async def test_a_message_of_the_bot_that_somebody_deleted_holds_nothing_up(house):
    """An edit of it fails, and says nothing about the chat."""
    await house.says("one")
    await house.wait(2)
    house.chat.network.remove(receipt(house).id)
    await house.says("/undo")
    await house.wait(2)
    await house.says("two")
    await house.wait(2)
    assert "✓ North" in receipt(house).text


# --- redo --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["/redo", "/redo 2k7", "/重做", "!chongzuo 2k7"])
async def test_redo_posts_again_what_undo_took_back(house, words):
    await house.says("back and forth")
    await house.wait(2)
    await house.says("/undo")
    await house.wait(2)
    assert house.social("north").texts() == []
    await house.says(words)
    await house.wait(2)
    assert house.social("north").texts() == house.social("south").texts() == ["back and forth"]
    first, second = keys(house.social("north"))
    assert first != second
    assert receipt(house).text.startswith("#2k7 public ✓ North https://")
    assert labels(receipt(house)) == ["Undo"]
    await house.says("/redo")
    assert house.chat.last().startswith("There is nothing to do again here")
    await house.says("/undo")
    await house.wait(2)
    assert house.social("north").texts() == house.social("south").texts() == []


async def test_several_are_done_again_one_at_a_time(house):
    for text in ("one", "two"):
        await house.says(text)
    for _ in range(2):
        await house.says("/undo")
    await house.wait(2)
    await house.says("/redo")
    assert house.social("north").texts() == ["one"]
    await house.says("/redo")
    assert house.social("north").texts() == ["one", "two"]


async def test_what_was_deleted_otherwise_is_not_done_again_with_an_undo(house):
    await house.says("kept")
    line = await house.says("regretted")
    house.chat.delete_line(line)
    await house.settle()
    await house.says("/undo")
    await house.wait(2)
    await house.says("/redo")
    assert house.social("north").texts() == ["kept"]


async def test_only_what_the_same_person_took_back_and_for_a_day(house):
    await house.user("bo", "north")
    await house.says("mine")
    await house.says("/undo")
    await house.wait(2)
    await house.says("/redo", sender="bo")
    assert house.social("north").texts() == []
    await house.wait(90000)
    await house.says("/redo")
    assert house.chat.last().startswith("There is nothing to do again here")
    assert house.social("north").texts() == []


async def test_a_deletion_that_was_refused_is_not_tried_again_once_the_post_is_wanted(house):
    await house.says("back and forth")
    await house.wait(2)
    house.social("north").fail("delete", Rejected())
    await house.says("/undo")
    await house.wait(2)
    assert "Retry" in labels(receipt(house))
    await house.says("/redo")
    await house.wait(2)
    assert labels(receipt(house)) == ["Undo"]
    await house.says("/retry 2k7")
    await house.wait(2)
    assert house.social("north").texts() == house.social("south").texts() == ["back and forth"]


async def test_redo_of_a_memo_and_of_a_mark(house):
    await house.says("/memo milk")
    await house.says("/undo")
    await house.says("/redo")
    await house.says("/memos")
    assert "milk" in house.chat.last()
    item = await house.shows("like me")
    await house.says("/fav", reply_to=item)
    await house.says("/undo")
    assert house.social("north").network.favourites == set()
    await house.says("/redo")
    assert len(house.social("north").network.favourites) == 1
    await house.says("/undo")
    assert house.social("north").network.favourites == set()


async def test_redo_of_a_shared_memo_shares_it_again(house):
    await house.says("/memo for later")
    await house.says("/vis followers")
    await house.says("/share 2k7 to north")
    await house.wait(2)
    await house.says("/undo")
    await house.wait(2)
    assert house.social("north").texts() == []
    await house.says("/redo")
    await house.wait(2)
    assert [(p.text, p.audience) for p in house.social("north").posts] == [("for later", Audience.FOLLOWERS)]


async def test_redo_brings_back_copies_that_a_rule_had_made(house):
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("ada", "a walk")
    await house.poll()
    await house.wait(2)
    await press(house, receipt(house, "↔"), "Undo copies")
    assert house.social("south").texts() == []
    await house.says("/redo")
    await house.wait(2)
    assert house.social("south").texts() == ["a walk"]
    assert house.social("north").texts() == ["a walk"]


async def test_an_answer_whose_parent_is_gone_is_not_posted_alone(house):
    first = await house.says("parent")
    await house.says("child", reply_to=first)
    await house.wait(2)
    await house.says("/undo")
    await house.says("/undo")
    await house.wait(2)
    await house.says("/redo")
    await house.says("/undo")
    await house.wait(2)
    assert house.social("north").texts() == []
    await house.says("/redo 3bd")
    await house.wait(2)
    assert house.social("north").texts() == []


# --- history -----------------------------------------------------------------------------------


async def test_history_tells_every_version_and_what_happened_where(house):
    line = await house.says("frist 一")
    await house.wait(60)
    house.chat.edit_line(line, "first 一")
    await house.settle()
    house.social("south").fail("delete", Rejected())
    await house.says("/undo")
    await house.wait(2)
    await house.says("/history 2k7")
    told = house.chat.last().split("\n")
    assert told[0] == "History of 2k7:"
    assert [one[6:] for one in told[1:3]] == ["│ frist 一", "│ first 一"]
    whole = "\n".join(told[3:])
    for part in (
        "North: posted",
        "South: posted",
        "North: edited",
        "North: taken back",
        "South: deletion, failed",
    ):
        assert part in whole, whole


async def test_history_is_in_the_order_in_which_things_happened(house):
    house.social("north").fail("publish", Temporary())
    line = await house.says("frist")
    house.chat.edit_line(line, "first")
    await house.settle()
    await house.wait(60)
    await house.says("/history 2k7")
    told = [one[6:].partition(" http")[0] for one in house.chat.last().split("\n")[3:]]
    assert told[:2] == ["South: posted", "South: edited"]
    assert told[2].startswith("North: posted")


async def test_history_is_ones_own_and_counts_the_tries(house):
    house.social("north").fail("publish", Temporary())
    line = await house.says("stubborn")
    await house.wait(10)
    await house.says("/历史", reply_to=line)
    assert "(tried 2 times)" in house.chat.last()
    item = await house.shows("not mine")
    await house.says("/history", reply_to=item)
    assert house.chat.last().endswith("is not your post.")


async def test_old_versions_are_wiped_with_other_old_words(house):
    line = await house.says("secret plan")
    house.chat.edit_line(line, "plan")
    await house.settle()
    house.clock.skip(31 * 86400)
    await house.store.run(lambda tx, now: versions.forget_old(tx, now - keeper.MIRRORED_TEXT_KEPT))
    await house.says("/history 2k7")
    assert "(no longer kept)" in house.chat.last()
    assert "secret" not in house.chat.last()
    assert "│ plan" in house.chat.last()
