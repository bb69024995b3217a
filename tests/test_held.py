"""What waited while nothing could leave: sent, asked about, or dropped, and only where it was meant for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import asking, dialog
from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Unconfirmed
from bridgebot.model import Press
from bridgebot.store import overview, people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def ada(tmp_path):
    """Ada posts on North without questions."""
    async with TestHouse(tmp_path, operators=frozenset({"chat:ada"})) as house:
        await house.user("ada", "north")
        yield house


def north(house) -> list[str]:
    return house.social("north").texts()


def heard(house, start: str) -> list[str]:
    return [line for line in house.chat.lines() if line.startswith(start)]


def said(house, words: str) -> bool:
    return any(words in line for line in house.chat.lines())


async def states(house) -> list[str]:
    query = sa.select(t.delivery.c.state).where(t.delivery.c.action == "create").order_by(t.delivery.c.id)
    return await house.store.read(lambda tx, now: tx.scalars(query))


async def expire(house, *texts: str) -> None:
    """North no longer accepts Ada's token; what she writes waits."""
    house.social("north").expire(house.social("north").account("ada"))
    for text in texts:
        await house.says(text)


async def relink(house, who: str = "ada") -> None:
    account = house.social("north").account(who)
    house.social("north").network.tokens[f"token-{who}"] = account.id
    await house.says("/relink north")
    await house.says(f"token-{who}")


def data_of(house, label: str) -> str:
    """What a button carries, while it is shown."""
    shown = (one for line in reversed(house.chat.messages()) for one in line.buttons)
    return next(one.data for one in shown if one.label == label)


async def press_again(house, data: str, sender: str = "ada") -> None:
    """A button that is gone by now, in a client that has not noticed."""
    chat, person = house.chat.network.chat(sender), house.chat.network.person(sender)
    await house.inbox.receive("chat", Press("late-press", chat, person, "1", data))
    await house.settle()


# --- an expired token --------------------------------------------------------------------------


async def test_one_message_with_a_button_that_begins_to_relink(ada):
    await expire(ada, "one", "two")
    await ada.wait(2)
    assert len(heard(ada, "North no longer accepts north.")) == 1
    assert said(ada, "North: it waits: /relink north")
    ada.social("north").network.tokens["token-ada"] = ada.social("north").account("ada").id
    stale = data_of(ada, "Re-link")
    ada.chat.press("Re-link")
    await ada.settle()
    await ada.says("token-ada")
    assert north(ada) == ["one", "two"]
    await press_again(ada, stale)
    assert ada.chat.last().startswith("That was answered already.")


async def test_without_buttons_the_words_say_how_and_nothing_one_writes_is_taken_for_an_answer(tmp_path):
    able = replace(MemoryChat().capabilities, buttons=False)
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=able)) as house:
        await house.user("ada", "north", "south")
        await expire(house, "one")
        [told] = heard(house, "North no longer accepts north.")
        assert told.endswith("/relink north and they are sent.")
        await house.says("/to south relink")
        await house.says("1")
        assert house.social("south").texts() == ["one", "relink", "1"]


async def test_what_waited_up_to_an_hour_is_sent_and_what_waited_longer_is_asked_about(ada):
    await expire(ada, "old 1", "old 2", "old 3")
    await ada.wait(3000)
    await ada.says("young")
    await ada.wait(900)
    await relink(ada)
    assert north(ada) == ["young"]
    assert said(ada, "works again. What waited up to an hour is sent now.")
    [question] = heard(ada, "3 things waited for North (north) and were not sent.")
    assert ": old 1 (1 h)" in question
    ada.chat.press("Send all")
    await ada.settle()
    assert north(ada) == ["young", "old 1", "old 2", "old 3"]
    assert ada.chat.last() == "3 are sent now, in their order." or said(ada, "3 are sent now")


@pytest.mark.parametrize("words", ["send them", "全部发送", "全部发出", "［全发］"])
async def test_one_may_say_it_in_other_words(ada, words):
    await expire(ada, "old")
    await ada.wait(4000)
    await relink(ada)
    await ada.says(words)
    assert north(ada) == ["old"]


async def test_dropped_ones_never_leave_and_their_receipts_say_so(ada):
    await expire(ada, "old")
    await ada.wait(4000)
    await relink(ada)
    await ada.wait(2)
    assert said(ada, "it waits for your word: /held")
    await ada.says("drop")
    await ada.wait(2)
    assert await states(ada) == ["cancelled"]
    assert said(ada, "– North: not sent")
    await ada.says("/held")
    assert ada.chat.last() == "Nothing waits for your word."
    assert north(ada) == []


async def test_a_look_that_meets_an_expired_token_waits_for_the_new_one(tmp_path):
    """Else nobody would ever find out what became of the publication that had no answer."""
    look = replace(MemorySocial().capabilities, on_unconfirmed=OnUnconfirmed.LOOK)
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north", capabilities=look),)) as house:
        await house.user("ada", "north")
        house.social("north").fail("publish", Unconfirmed(), acted=True)
        await house.says("is it there?")
        house.social("north").expire(house.social("north").account("ada"))
        await house.wait(10)
        assert await states(house) == ["unconfirmed"]
        await relink(house)
        await house.wait(10)
        assert await states(house) == ["sent"]
        assert north(house) == ["is it there?"]


async def test_choosing_walks_through_them_with_text_network_and_age(ada):
    await expire(ada, "first", "second", "third", "fourth")
    await ada.wait(3 * 86_400)
    await relink(ada)
    ada.chat.press("Choose")
    await ada.settle()
    assert ada.chat.last().startswith("4 wait for North (north). This one is 3 days old. Send it?")
    assert ada.chat.last().endswith(": first")
    await ada.says("send")
    await ada.says("drop")
    assert ada.chat.lines()[-1].endswith(": third")
    await ada.says("later")
    assert ada.chat.last() == "2 stay kept: /held asks about them again."
    assert north(ada) == ["first"]
    await ada.says("/held")
    await ada.says("choose")
    await ada.says("send")
    await ada.says("drop the rest")
    assert north(ada) == ["first", "third"]
    assert await states(ada) == ["sent", "cancelled", "sent", "cancelled"]


async def test_only_the_same_account_gets_what_waits_for_it(ada):
    await expire(ada, "for ada")
    await ada.wait(60)
    await relink(ada, "lin")
    assert said(
        ada, "This is @lin@north.example. What waits for @ada@north.example is for that account alone"
    )
    await ada.wait(4000)
    await ada.says("/held")
    assert "One waits until north is proven again: /relink north" in ada.chat.last()
    assert north(ada) == []
    await relink(ada)
    await ada.says("send all")
    assert [(post.author.handle, post.text) for post in ada.social("north").posts] == [
        ("@ada@north.example", "for ada")
    ]


async def test_an_edit_and_a_deletion_reach_what_is_kept(ada):
    await expire(ada)
    edited = await ada.says("wrogn")
    deleted = await ada.says("gone")
    await ada.wait(4000)
    await relink(ada)
    ada.chat.edit_line(edited, "right")
    ada.chat.delete_line(deleted)
    await ada.settle()
    ada.chat.press("Send all")
    await ada.settle()
    assert north(ada) == ["right"]
    assert "edit" not in [call.name for call in ada.social("north").calls]
    assert await states(ada) == ["sent", "cancelled"]


async def test_a_deletion_is_never_late(ada):
    line = await ada.says("a mistake")
    await expire(ada)
    ada.chat.delete_line(line)
    await ada.settle()
    await ada.wait(4000)
    await relink(ada)
    assert north(ada) == []


async def test_an_answer_waits_for_what_it_answers_and_goes_with_it(ada):
    await expire(ada)
    parent = await ada.says("parent")
    await ada.wait(3500)
    await ada.says("child", reply_to=parent)
    await ada.wait(200)
    await relink(ada)
    assert north(ada) == []
    await ada.says("drop")
    assert await states(ada) == ["cancelled", "cancelled"]


async def test_when_the_question_is_over_what_it_was_about_stays_kept(ada):
    await expire(ada, "old")
    await ada.wait(4000)
    await relink(ada)
    ada.clock.skip(86_500)
    await ada.store.run(lambda tx, now: dialog.expire(tx, now, ada.house))
    await ada.settle()
    assert ada.chat.last().endswith("What waits for your word stays kept: /held shows it.")
    await ada.says("/status")
    assert "One of them waits for your word: /held" in ada.chat.last()
    await ada.says("/held")
    await ada.says("send all")
    assert north(ada) == ["old"]


async def test_the_question_survives_a_restart_and_an_old_button_still_counts(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await expire(house, "old")
        await house.wait(4000)
        await relink(house)
    async with TestHouse(tmp_path, chat=house.chat, socials=house.socials, clock=house.clock) as again:
        stale = data_of(again, "Send all")
        again.chat.press("Send all")
        await again.settle()
        assert north(again) == ["old"]
        await press_again(again, stale)
        assert north(again) == ["old"]


async def test_what_was_agreed_to_is_not_asked_about_again_so_soon(ada):
    await expire(ada, "old")
    await ada.wait(4000)
    await relink(ada)
    ada.social("north").expire(ada.social("north").account("ada"))
    await ada.wait(1)
    await ada.store.run(lambda tx, now: asking.expire_account(tx, now, ada.house, 1))
    await ada.says("send all")
    assert ada.chat.last() == "One waits until north is proven again: /relink north"
    await ada.wait(60)
    await relink(ada)
    assert north(ada) == ["old"]


async def test_whatever_waits_is_named_and_only_what_shows_something_new_is_asked_about(ada):
    line = await ada.says("first words")
    shown = await ada.shows("of Lin")
    await ada.says("/pause")
    ada.chat.edit_line(line, "second words")
    await ada.settle()
    await ada.says("/fav", reply_to=shown)
    await ada.says("/follow @lin")
    await ada.says("/cw careful")
    await ada.says("new words")
    await ada.says("/resume")
    [question] = heard(ada, "4 things waited for North (north) and were not sent.")
    assert ": second words (less than a minute)" in question
    assert "change of " in question
    assert "★ " in question
    assert "following @lin" in question
    assert ": ⚠ careful · new words" in question
    ada.chat.edit_line(line, "third words")
    await ada.settle()
    await ada.says("send all")
    social = ada.social("north")
    assert set(north(ada)) == {"third words", "of Lin", "new words"}
    assert (social.count("favourite"), social.count("follow")) == (1, 1)


async def test_a_group_that_was_gone_is_shown_five_and_who_let_the_posts_in_is_asked(ada):
    ada.chat.group("den")
    ada.chat.person("ada", admin=True)
    await ada.says("/mirror north own", chat="den")
    await ada.poll()
    await ada.wait(1)
    ada.chat.change("den", "gone")
    for n in range(7):
        await ada.says(f"public {n}")
    await ada.poll()
    await ada.wait(4000)
    ada.chat.change("den", "joined")
    await ada.settle()
    await ada.wait(2)
    there = ada.chat.lines("den")
    assert any(line.startswith("7 messages could not be shown here") for line in there)
    assert sum(": public " in line for line in there) == 5


async def test_unlinking_drops_what_is_kept(ada):
    await expire(ada, "old")
    await ada.wait(4000)
    await relink(ada)
    await ada.says("/unlink north")
    ada.chat.press("Forget it")
    await ada.settle()
    assert await states(ada) == ["cancelled"]


# --- pause -------------------------------------------------------------------------------------


async def test_a_pause_stops_what_is_queued_and_resume_asks_whatever_its_age(ada):
    await ada.says("/pause")
    await ada.says("not yet")
    await ada.wait(2)
    assert said(ada, "North: it waits: you paused everything, /resume")
    await ada.says("/resume")
    assert said(ada, "Goes on. One thing had waited; I ask before it is sent.")
    assert north(ada) == []
    await ada.says("not asked about")
    assert north(ada) == ["not asked about"]
    ada.chat.press("Send all")
    await ada.settle()
    assert north(ada) == ["not asked about", "not yet"]
    await ada.says("/resume")
    assert ada.chat.last() == "Nothing was paused."


async def test_who_paused_is_still_answered(ada):
    await ada.says("/pause")
    await ada.says("/whois @lin")
    assert ada.chat.last().startswith("✗ North: It is not there")


async def test_after_a_pause_at_most_five_items_come_unasked(ada):
    await ada.shows("before")
    await ada.says("/pause")
    for n in range(8):
        ada.social("north").add_post("lin", f"missed {n}")
    await ada.poll()
    assert not said(ada, "missed")
    await ada.says("/resume")
    assert said(ada, "8 messages could not be shown here for a while. The first 5 come now")
    assert sum("]: missed " in line for line in ada.chat.lines()) == 5
    ada.chat.press("Five more")
    await ada.settle()
    assert sum("]: missed " in line for line in ada.chat.lines()) == 8


async def test_the_operators_pause_stops_everybody_but_answers_to_operators(ada):
    await ada.user("bo", "north")
    await ada.says("/admin pause")
    assert ada.chat.last().startswith("Paused: nothing leaves for anybody")
    before = ada.chat.lines("bo")
    await ada.says("of ada")
    await ada.says("of bo", sender="bo")
    await ada.wait(60)
    assert north(ada) == []
    assert ada.chat.lines("bo") == before
    await ada.says("/status")
    assert "Whoever runs this bot paused everything outgoing" in ada.chat.last()
    seen = overview.look(ada.folder / "house.db")
    assert (seen["paused"], seen["held"]) == (True, {})
    await ada.says("/admin resume")
    await ada.wait(2)
    assert sorted(north(ada)) == ["of ada", "of bo"]
    assert len(ada.chat.lines("bo")) > len(before)
    audit = await ada.store.read(lambda tx, now: tx.scalars(sa.select(t.audit.c.action)))
    assert audit[-2:] == ["admin pause", "admin resume"]
    assert overview.look(ada.folder / "house.db")["paused"] is False


async def test_only_operators_pause_the_house(ada):
    await ada.user("bo", "north")
    await ada.says("/admin pause", sender="bo")
    await ada.says("goes", sender="bo")
    assert north(ada) == ["goes"]


async def test_after_a_long_pause_of_the_house_each_writer_is_asked(ada):
    await ada.user("bo", "north")
    await ada.says("/admin pause")
    await ada.says("old of bo", sender="bo")
    await ada.wait(4000)
    await ada.says("young of ada")
    await ada.says("/admin resume")
    assert north(ada) == ["young of ada"]
    assert "One thing waited for North (north) and was not sent." in "\n".join(ada.chat.lines("bo"))
    await ada.says("send all", sender="bo")
    assert north(ada) == ["young of ada", "old of bo"]


async def test_the_operators_pause_does_not_end_a_users_own(ada):
    await ada.user("bo", "north")
    await ada.says("/pause", sender="bo")
    await ada.says("of bo", sender="bo")
    await ada.says("/admin pause")
    await ada.wait(4000)
    await ada.says("/admin resume")
    await ada.wait(60)
    assert north(ada) == []
    await ada.says("/resume", sender="bo")
    await ada.says("send all", sender="bo")
    assert north(ada) == ["of bo"]


async def test_a_user_who_was_blocked_for_long_is_asked_when_let_in_again(ada):
    bo = await ada.user("bo", "north")
    await ada.says("/pause", sender="bo")
    await ada.says("spam?", sender="bo")
    await ada.store.run(lambda tx, now: people.set_user(tx, bo, role="blocked", paused_at=None))
    await ada.wait(4000)
    await ada.says(f"/admin unblock {bo}")
    await ada.wait(2)
    assert north(ada) == []
    await ada.says("send all", sender="bo")
    assert north(ada) == ["spam?"]


# --- a chat that was gone ----------------------------------------------------------------------


async def gone(house, items: int) -> None:
    """The person blocked the bot; posts for the chat wait."""
    await house.shows("before")
    house.chat.network.closed.add("ada")
    for n in range(items):
        house.social("north").add_post("lin", f"missed {n}")
    await house.poll()


async def test_a_chat_that_was_gone_for_days_is_shown_five_and_the_count(ada):
    await gone(ada, 12)
    await ada.wait(2 * 86_400)
    ada.chat.network.closed.clear()
    await ada.says("/status")
    await ada.wait(2)
    shown = [line for line in ada.chat.lines() if "]: missed " in line]
    assert [line[-1] for line in shown] == ["0", "1", "2", "3", "4"]
    [question] = heard(ada, "12 messages could not be shown here for a while.")
    assert "The first 5 come now, the others are kept." in question
    await ada.says("/status")
    assert "7 of them wait for your word" in ada.chat.last()
    ada.chat.press("Five more")
    await ada.settle()
    assert ada.chat.lines()[-6].startswith("2 more are kept.")
    await ada.says("drop")
    assert sum("]: missed " in line for line in ada.chat.lines()) == 10
    await ada.poll()
    assert sum("]: missed " in line for line in ada.chat.lines()) == 10


async def test_a_chat_that_was_gone_for_less_than_an_hour_simply_goes_on(ada):
    await gone(ada, 7)
    await ada.wait(1800)
    ada.chat.network.closed.clear()
    await ada.says("/help")
    assert sum("]: missed " in line for line in ada.chat.lines()) == 7
    assert not said(ada, "could not be shown")


async def test_a_question_that_ended_while_the_chat_was_gone_is_not_asked(ada):
    await ada.store.run(lambda tx, now: people.set_user(tx, 1, plain="ask"))
    ada.chat.network.closed.add("ada")
    await ada.says("shall this go?")
    ada.clock.skip(4000)
    await ada.store.run(lambda tx, now: dialog.expire(tx, now, ada.house))
    ada.chat.network.closed.clear()
    await ada.says("/help")
    assert not said(ada, "shall this go?")


async def test_what_the_bot_has_to_say_waits_for_a_chat_that_is_gone(ada):
    await ada.user("bo", "south")
    ada.chat.network.closed.add("ada")
    await ada.says("one")
    await ada.store.run(lambda tx, now: asking.expire_account(tx, now, ada.house, 1))
    await ada.wait(60)
    ada.chat.network.closed.clear()
    await ada.says("/help")
    assert len(heard(ada, "North no longer accepts north.")) == 1


async def test_on_shows_five_of_what_was_kept_and_the_count_first(ada):
    await ada.shows("before")
    await ada.says("/off")
    for n in range(7):
        ada.social("north").add_post("lin", f"missed {n}")
    await ada.poll()
    await ada.says("/on")
    count = "I deliver here again; 7 items were kept. The first 5 come now, the others when you want them."
    lines = ada.chat.lines()
    at = next(place for place, line in enumerate(lines) if line.startswith(count))
    assert [line[-1] for line in lines[at + 1 :]] == ["0", "1", "2", "3", "4"]
    await ada.says("all")
    assert sum("]: missed " in line for line in ada.chat.lines()) == 7
    await ada.says("/on")
    assert ada.chat.last() == "I deliver here again. Nothing was missed."
