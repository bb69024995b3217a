"""Groups: whose account it is, who may post with it, and who decides, asked at the moment it counts.

Ada owns an account that she lends to a group; Cy administers the group, Bo is in it, and Mallory was.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import dialog
from bridgebot.flow.leave import leave
from bridgebot.model import Audience, Chat, Deletion, Draft, Edit, Limits, Person, Press
from bridgebot.store import grants, people, quotas
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

ADMINS_ONLY = "Only the administrators of this group can do that."


class Read(MemoryChat):
    """A chat as people read it: what keeps a name from calling somebody is not seen."""

    def lines(self, chat: str = "ada") -> list[str]:
        return [line.replace("\u2060", "") for line in super().lines(chat)]


@pytest.fixture
async def house(tmp_path):
    """A group called Den, in which nothing is lent."""
    async with TestHouse(tmp_path, chat=Read(name="chat")) as house:
        await house.user("ada", "north", "south")
        await house.user("cy", "north")
        for name in ("bo", "dee", "mallory"):
            await house.user(name)
        house.chat.group("den", title="Den")
        house.chat.person("cy", admin=True)
        yield house


async def lend(house: TestHouse, to: str = "admins", chat: str = "den") -> None:
    """Ada lends her account on North as `brand`, and Cy takes it."""
    await house.says(f"/grant north to {to} as brand", chat=chat)
    await house.says("lend it")
    house.chat.press("Accept", sender="cy", chat=chat)
    await house.settle()


@pytest.fixture
async def lent(house):
    """Administrators may post with it; the others make drafts."""
    await lend(house)
    assert "brand (@ada@north.example) is lent to this group" in house.chat.last("den")
    return house


async def rows(house: TestHouse, table, *where):
    query = sa.select(table).where(*where)
    return await house.store.read(lambda tx, now: [dict(r) for r in tx.connection.execute(query).mappings()])


async def audit(house: TestHouse) -> list[str]:
    return [row["action"] for row in await rows(house, t.audit) if row["action"] != "admitted"]


async def loans(house: TestHouse) -> int:
    return len(await rows(house, grants.grants))


def posted(house: TestHouse, on: str = "north") -> list[str]:
    return house.social(on).texts("ada")


async def draft(house: TestHouse, text: str = "from all of us", sender: str = "bo") -> str:
    """Somebody without the right writes; the message's id."""
    line = await house.says(f"/post +brand {text}", sender=sender, chat="den")
    assert "Draft " in house.chat.last("den")
    return line


async def a_day_passes(house: TestHouse) -> None:
    house.clock.skip(86500)
    await house.store.run(lambda tx, now: dialog.expire(tx, now, house.house))
    await house.settle()


async def presses(house: TestHouse, label: str, sender: str, *, line: int = -1, chat: str = "den") -> None:
    """Somebody presses a button under one of the bot's messages, whether it still stands there or not."""
    shown = [one for one in house.chat.messages(chat) if one.buttons]
    data = next(button.data for button in shown[line].buttons if button.label == label)
    await presses_data(house, data, sender, shown[line].id, chat=chat)


async def presses_data(house: TestHouse, data: str, sender: str, line: str, *, chat: str = "den") -> None:
    who = house.chat.network.person(sender)
    events = len(await rows(house, t.inbox))
    await house.inbox.receive("chat", Press(f"p{events}", Chat(chat, direct=False), who, line, data))
    await house.settle()


# --- neither can an administrator take an account, nor its owner force one on a group -----------


async def test_an_account_is_lent_by_its_owner_and_taken_by_an_administrator(house):
    await house.says("/grant north to admins as brand", chat="den")
    assert house.chat.last("den") == "I wrote you in private."
    assert "Lend @ada@north.example on North to the group Den?" in house.chat.last()
    assert await loans(house) == 0
    await house.says("lend it")
    assert await loans(house) == 0
    assert "Ada offers this group the account @ada@north.example" in house.chat.last("den")
    house.chat.press("Accept", sender="cy", chat="den")
    await house.settle()
    assert await loans(house) == 1
    assert house.chat.last().startswith("Your account north is lent to Den now.")
    assert await audit(house) == ["loan-offered", "loan-accepted"]


async def test_an_administrator_cannot_lend_what_is_not_theirs(house):
    for typed in ("/grant south to everyone", "/grant @ada to admins", "/grant ada"):
        await house.says(typed, sender="cy", chat="den")
        assert "There is no account" in house.chat.last("den")
    assert house.chat.lines("cy")[-1].startswith("What I can do")
    assert await loans(house) == 0


async def test_nobody_else_answers_the_owners_question(house):
    await house.says("/grant north to everyone as brand", chat="den")
    data = house.chat.messages("ada")[-1].buttons[0].data
    for who, chat in (("cy", "den"), ("bo", "bo")):
        await presses_data(house, data, who, "m1", chat=chat)
        await house.says("lend it", sender=who, chat="den")
    assert await loans(house) == 0
    assert "offers this group" not in "".join(house.chat.lines("den"))


async def test_an_owner_who_does_not_administer_the_group_cannot_accept_for_it(house):
    await house.says("/grant north to everyone as brand", chat="den")
    await house.says("lend it")
    await presses(house, "Accept", "ada")
    assert house.chat.last("den") == ADMINS_ONLY
    await presses(house, "Accept", "bo")
    assert await loans(house) == 0
    house.chat.person("cy", admin=False)  # the question was shown while Cy was one
    await presses(house, "Accept", "cy")
    assert await loans(house) == 0
    house.chat.person("cy", admin=True)
    await presses(house, "Accept", "cy")
    assert await loans(house) == 1


async def test_an_owner_may_think_better_of_it_until_it_is_taken(house):
    await house.says("/grant north to admins as brand", chat="den")
    await house.says("no")
    assert house.chat.last() == "Nothing was lent."
    await house.says("/grant north to admins as brand", chat="den")
    await house.says("lend it")
    await house.says("/revoke north")
    await presses(house, "Accept", "cy")
    assert await loans(house) == 0


async def test_an_offer_can_be_declined_and_lapses_after_a_day(house):
    for end in ("declined", "lapsed"):
        await house.says("/grant north to admins as brand", chat="den")
        await house.says("lend it")
        if end == "declined":
            await presses(house, "Decline", "cy")
            assert house.chat.last().startswith("The administrators of Den did not take the account.")
        else:
            await a_day_passes(house)
            assert house.chat.last("den").startswith("Nobody accepted within a day")
    assert await loans(house) == 0


async def test_administrators_narrow_and_never_widen_what_the_owner_allowed(lent):
    await lent.says("/grant brand to everyone", sender="cy", chat="den")
    assert lent.chat.last("den").endswith("Its owner allows: the administrators. Both count.")
    await draft(lent)
    assert posted(lent) == []
    await lent.says("/grant brand to ada", sender="cy", chat="den")
    await draft(lent, "by one whom the other rule names", sender="cy")
    assert posted(lent) == []


async def test_who_is_no_administrator_says_nothing_about_who_may(lent):
    before = await rows(lent, grants.grants)
    for who in ("bo", "dee"):
        await lent.says("/grant brand to everyone", sender=who, chat="den")
        assert lent.chat.last("den") == ADMINS_ONLY
        await lent.says("/revoke brand", sender=who, chat="den")
        assert lent.chat.last("den") == ADMINS_ONLY
    assert await rows(lent, grants.grants) == before


# --- roles ------------------------------------------------------------------------------------


async def test_the_role_of_administrators_is_asked_at_that_moment(lent):
    await lent.says("/post +brand by an administrator", sender="cy", chat="den")
    assert posted(lent) == ["by an administrator"]
    lent.chat.person("cy", admin=False)
    await draft(lent, "not any more", sender="cy")
    assert posted(lent) == ["by an administrator"]


async def test_everyone_means_whoever_is_in_the_group_and_known_by_a_stable_id(house):
    await lend(house, "everyone")
    await house.says("/post +brand by bo", sender="bo", chat="den")
    assert posted(house) == ["by bo"]
    house.chat.person("mallory", outside=True)
    await house.says("/post +brand by somebody who left", sender="mallory", chat="den")
    assert house.chat.last("den") == "I cannot see that you are in this group. Nothing was done."
    house.chat.person("dee", weak=True)
    await house.says("/post +brand by a nick", sender="dee", chat="den")
    assert house.chat.last("den").startswith("I cannot tell who wrote that")
    assert posted(house) == ["by bo"]


async def test_named_persons_are_named_by_their_stable_ids(house):
    await house.says("/grants", sender="bo")
    assert house.chat.last("bo").endswith("Your id here: bo")
    await house.says("/grant north to @bo as brand", chat="den")
    assert house.chat.last("den").startswith("/grant NAME to admins")
    await lend(house, "bo")
    house.chat.person("dee", name="Bo")
    assert "persons (1)" in [row["result"] for row in await rows(house, t.audit)]  # and names nobody
    await draft(house, "by another Bo", sender="dee")
    await draft(house, "by an administrator", sender="cy")
    assert posted(house) == []
    await house.says("/post +brand by bo", sender="bo", chat="den")
    assert posted(house) == ["by bo"]


@pytest.mark.parametrize("who", ["everyone", "admins", "persons bo", "unheard-of"])
def test_a_nick_and_somebody_who_left_fit_no_rule(who):
    rule = grants.Rule.read(who)
    assert not rule.fits(Person("bo", weak=True, admin=True))
    assert not rule.fits(Person("bo", outside=True, admin=True))
    assert rule.fits(Person("bo", admin=True)) == (who != "unheard-of")


# --- the end of a loan --------------------------------------------------------------------------


async def owner_revokes(house):
    await house.says("/revoke north")


async def owner_revokes_by_number(house):
    await house.says("/revoke 1")


async def owner_revokes_there(house):
    await house.says("/revoke brand", chat="den")


async def administrator_revokes(house):
    await house.says("/revoke brand", sender="cy", chat="den")


async def bot_is_put_out(house):
    house.chat.change("den", "gone", by="cy")
    await house.chat.settled()
    house.chat.change("den", "joined", by="cy")
    await house.settle()


async def owner_unlinks(house):
    await house.says("/unlink north")
    await house.says("forget it")
    await house.store.run(lambda tx, now: people.set_account(tx, 1, state="active"))


async def owner_is_blocked(house):
    await house.store.run(lambda tx, now: people.set_user(tx, 5, role="operator"))
    await house.says("/admin block 1", sender="mallory")
    await house.says("/admin unblock 1", sender="mallory")


async def owner_goes(house):
    home = (await rows(house, t.chat, t.chat.c.native_id == "ada"))[0]["id"]
    await house.store.run(lambda tx, now: leave(tx, now, 1, home, posts_too=False))
    await house.settle()


ENDS = (
    owner_goes,
    owner_revokes,
    owner_revokes_by_number,
    owner_revokes_there,
    administrator_revokes,
    bot_is_put_out,
    owner_unlinks,
    owner_is_blocked,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_a_loan_ends_for_good_and_leaves_its_line_in_the_audit_log(lent, end):
    await draft(lent)
    await end(lent)
    assert await loans(lent) == 0
    assert "grant-ended" in await audit(lent)
    await presses(lent, "Approve", "cy")
    await lent.says("/post +brand after the end", sender="cy", chat="den")
    assert "There is no account “brand” here" in lent.chat.last("den").replace("there is", "There is")
    assert posted(lent) == []


async def test_what_is_dead_by_another_way_lends_nothing(lent):
    """However an owner came to be blocked: it counts at once."""
    await draft(lent)
    await lent.store.run(lambda tx, now: people.set_user(tx, 1, role="blocked"))
    await presses(lent, "Approve", "cy")
    await lent.says("/post +brand hers", sender="cy", chat="den")
    assert posted(lent) == []
    await lent.store.run(lambda tx, now: people.set_user(tx, 1, role="user"))
    await lent.says("/post +brand hers", sender="cy", chat="den")
    assert posted(lent) == []


async def test_a_group_that_becomes_another_keeps_what_is_lent_to_it(lent):
    await draft(lent)
    lent.chat.change("den", "moved", by="cy", to="castle")
    await lent.chat.settled()
    await lent.says("/post +brand from the castle", sender="cy", chat="castle")
    assert posted(lent) == ["from the castle"]
    await lent.says("/approve 1", sender="cy", chat="castle")
    assert posted(lent) == ["from the castle", "from all of us"]


async def test_what_is_lent_counts_in_every_topic_of_the_group_and_in_no_other_group(lent):
    for chat, topic in (("den", "t1"), ("attic", "")):
        place = Chat(chat, direct=False, topic=topic)
        lent.chat.network.chats[f"{chat}/{topic}"] = place
        await lent.says(f"/post +brand in {chat}", sender="cy", chat=f"{chat}/{topic}")
    assert posted(lent) == ["in den"]


# --- posting -----------------------------------------------------------------------------------


async def test_only_post_publishes_in_a_group(lent):
    """Not words, not an answer, not what a message becomes when it is edited, not a repeated yes."""
    await lent.says("/mirror north @lin", sender="cy", chat="den")
    shown = lent.chat.messages("den")[-1].id
    for typed in (
        "+brand hello",
        "hello all",
        "/re 2k7 hi",
        "/to brand hi",
        "/memo hi",
        "/share 2k7",
        "/boost 2k7",
    ):
        for who in ("cy", "ada"):
            await lent.says(typed, sender=who, chat="den", reply_to=shown)
    line = await lent.says("just words", chat="den")
    lent.chat.edit_line(line, "/nothing more")
    await lent.settle()
    again = [await lent.says("/post twice the same", chat="den") for _ in range(2)]
    before = posted(lent)
    assert before == ["twice the same"]
    lent.chat.edit_line(again[1], "now these words are no command")
    await lent.settle()
    assert posted(lent) == before
    assert lent.social("north").texts("cy") == []


async def test_native_replies_and_items_have_no_buttons_in_a_group_and_publish_nothing(lent):
    network = lent.social("north").network
    await lent.says("/mirror north own", sender="cy", chat="den")
    await lent.poll()
    await lent.wait(1)
    lent.social("north").network.add(network.person("cy"), Draft("from cy"))
    await lent.poll()
    item = lent.chat.messages("den")[-1]
    assert "from cy" in item.text
    assert item.buttons == ()
    await lent.says("an answer", sender="cy", chat="den", reply_to=item.id)
    assert [p.text for p in lent.social("north").posts] == ["from cy"]


async def test_a_name_that_is_nobodys_is_never_posted_as_words(lent):
    await lent.says("/post +brandd our news", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: there is no account “brandd” here")
    await lent.says("/post -brand our news", chat="den")
    assert posted(lent) == []
    await lent.says("/post +1 for the idea", chat="den")
    assert posted(lent) == ["+1 for the idea"]


async def test_own_and_lent_accounts_are_never_mixed_up(lent):
    await lent.says("/post +north +brand both", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: you name an account of your own")
    await calls_it(lent, "cy", "brand")
    await lent.says("/post +brand whose", sender="cy", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: you name an account of your own")
    assert posted(lent) == []
    assert lent.social("north").texts("cy") == []


async def calls_it(house: TestHouse, who: str, name: str) -> None:
    """Somebody's own account on North bears another short name."""
    [account] = await rows(house, t.account, t.account.c.handle == f"@{who}@north.example")
    await house.store.run(lambda tx, now: people.set_account(tx, account["id"], name=name))


async def test_accounts_of_two_owners_are_not_named_together(lent):
    await lent.says("/grant north to everyone as other", sender="cy", chat="den")
    await lent.says("lend it", sender="cy")
    await presses(lent, "Accept", "cy")
    await lent.says("/post +brand +other both", sender="dee", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: these accounts belong to different people.")


async def test_nothing_but_public_and_unlisted_leaves_a_group(lent):
    for audience in ("followers", "direct"):
        await lent.says(f"/vis {audience}", sender="cy")
        for typed in (f"/post mine, {audience}", f"/post +brand ours, {audience}"):
            await lent.says(typed, sender="cy", chat="den")
            assert lent.chat.last("den").startswith("Nothing was posted: everybody here would read"), typed
    await lent.says("/vis unlisted", sender="cy")
    await lent.says("/post +brand quietly", sender="cy", chat="den")
    assert [(p.text, p.audience) for p in lent.social("north").posts] == [("quietly", Audience.UNLISTED)]


async def test_what_the_owner_chose_for_their_next_post_is_not_spent_on_the_groups(lent):
    await lent.says("/vis followers")
    await lent.says("/post +brand from cy", sender="cy", chat="den")
    await lent.says("+north for friends")
    assert [(p.text, p.audience) for p in lent.social("north").posts] == [
        ("from cy", Audience.PUBLIC),
        ("for friends", Audience.FOLLOWERS),
    ]


async def test_a_secret_is_posted_and_shown_by_no_draft(lent):
    await lent.says("/post +brand ghp_abcdefghijklmnopqrstuvwxyz0123456789", sender="bo", chat="den")
    assert "Draft" not in lent.chat.last("den")
    assert posted(lent) == []


async def test_an_owners_pause_stops_the_groups_posts_too_and_a_writers_pause_their_own(lent):
    await lent.says("/pause")
    await lent.says("/post +brand waits", sender="cy", chat="den")
    await lent.wait(5)
    assert posted(lent) == []
    await lent.says("/resume")
    await lent.says("/pause", sender="cy")
    await lent.says("/post +brand not while cy is paused", sender="cy", chat="den")
    assert "not while" not in "".join(posted(lent))


async def test_the_owner_hears_of_each_post_and_can_take_it_back(lent):
    await lent.says("/post +brand for everybody", sender="cy", chat="den")
    told = lent.chat.last()
    assert told.startswith("Cy posted with your account north in Den: 2k7 “for everybody”")
    await lent.says("/del 2k7")
    await lent.wait(2)
    assert posted(lent) == []


async def test_the_groups_receipt_tells_nothing_of_the_owners_rules(lent):
    await lent.says("/sync north to south")
    await lent.poll()
    await lent.wait(1)
    await lent.says("/post +brand carried on", sender="cy", chat="den")
    await lent.poll()
    await lent.wait(5)
    assert posted(lent, "south") == ["carried on"]
    assert "South" not in "".join(lent.chat.lines("den"))
    assert "South" not in "".join(lent.chat.lines("cy")).replace("North, South", "")
    assert any("South" in line and line.startswith("↔ #2k7 from group") for line in lent.chat.lines())
    await lent.says("/url 2k7", sender="cy", chat="den")
    assert "south.example" not in lent.chat.last("den")


async def test_a_receipt_in_a_group_says_no_name_of_other_accounts(lent):
    await lent.says("/default south")
    await lent.says("/unlink south")
    await lent.says("forget it")
    await lent.says("/post where to", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: none of your accounts is a default target.")


# --- taking back and changing ------------------------------------------------------------------


async def test_undo_in_a_group_is_for_whoever_may_post_now(lent):
    await lent.says("/post +brand a mistake", sender="cy", chat="den")
    await lent.wait(2)
    await presses(lent, "Undo", "bo")
    assert posted(lent) == ["a mistake"]
    lent.chat.person("cy", admin=False)
    await presses(lent, "Undo", "cy")
    assert posted(lent) == ["a mistake"]
    lent.chat.person("dee", admin=True)
    await presses(lent, "Undo", "dee")
    await lent.wait(2)
    assert posted(lent) == []


async def test_undo_that_was_asked_about_counts_only_for_who_still_may(lent):
    await lent.says("/post +brand long ago", sender="cy", chat="den")
    await lent.wait(1200)
    await presses(lent, "Undo", "cy")
    assert "Take it back" in [button.label for button in lent.chat.messages("den")[-1].buttons]
    lent.chat.person("cy", admin=False)
    await presses(lent, "Take it back", "cy")
    assert posted(lent) == ["long ago"]


async def test_an_edited_message_changes_the_groups_post_only_with_the_right_to_post(lent):
    line = await lent.says("/post +brand first words", sender="cy", chat="den")
    lent.chat.edit_line(line, "/post +brand second words")
    await lent.settle()
    assert posted(lent) == ["second words"]
    lent.chat.person("cy", admin=False)
    lent.chat.edit_line(line, "/post +brand third words")
    await lent.settle()
    assert posted(lent) == ["second words"]
    assert "stays as it was let out" in lent.chat.last("den")
    lent.chat.delete_line(line)
    await lent.settle()
    assert posted(lent) == ["second words"]


async def test_somebody_elses_edit_and_deletion_change_no_post_and_no_draft(lent):
    mine = await lent.says("/post +brand out", sender="cy", chat="den")
    waits = await draft(lent)
    den, mallory = Chat("den", direct=False), Person("mallory", admin=True)
    for n, line in enumerate((mine, waits)):
        await lent.inbox.receive("chat", Edit(f"e{n}", den, mallory, line, "/post +brand stolen"))
        await lent.inbox.receive("chat", Deletion(f"d{n}", den, mallory, line))
    await lent.settle()
    assert posted(lent) == ["out"]
    await lent.says("/approve 1", sender="cy", chat="den")
    assert posted(lent) == ["out", "from all of us"]


# --- draft and approve -------------------------------------------------------------------------


async def test_a_draft_is_let_out_by_whoever_may_and_by_nobody_else(lent):
    await draft(lent)
    for who in ("bo", "dee", "ada"):
        await presses(lent, "Approve", who)
        await lent.says("/approve 1", sender=who, chat="den")
        await lent.says("approve", sender=who, chat="den", addressed=False)
    assert posted(lent) == []
    refusals = [line for line in lent.chat.lines("den") if line.startswith("Draft 1 waits for")]
    assert len(refusals) == 3  # once to each
    button = next(one for one in lent.chat.messages("den") if one.buttons)
    await presses(lent, "Approve", "cy")
    before = len(lent.chat.lines("den"))
    for _ in range(3):  # whoever presses on and on fills no group
        await presses_data(lent, button.buttons[0].data, "bo", button.id)
    assert len(lent.chat.lines("den")) == before + 1
    assert posted(lent) == ["from all of us"]
    assert "✓ Draft 1 was let out by Cy." in lent.chat.lines("den")


async def test_the_right_is_asked_when_the_button_is_pressed_not_when_it_was_shown(lent):
    await draft(lent)
    lent.chat.person("cy", admin=False)
    await presses(lent, "Approve", "cy")
    assert posted(lent) == []
    lent.chat.person("dee", admin=True)
    await presses(lent, "Approve", "dee")
    assert posted(lent) == ["from all of us"]


async def test_who_left_the_group_acts_on_none_of_its_drafts(lent):
    line = await draft(lent)
    lent.chat.person("cy", admin=True, outside=True)
    lent.chat.person("bo", outside=True)
    for who in ("cy", "bo"):
        await presses(lent, "Approve", who)
        await presses(lent, "Reject", who)
        await lent.says("/reject 1", sender=who, chat="den")
        await lent.says("/drafts", sender=who, chat="den")
        assert lent.chat.last("den") == "I cannot see that you are in this group. Nothing was done."
    lent.chat.edit_line(line, "/post +brand other words")
    await lent.settle()
    lent.chat.person("dee", admin=True)
    await presses(lent, "Approve", "dee")
    assert posted(lent) == ["from all of us"]  # that its author left takes nothing away


async def test_an_edited_draft_is_let_out_in_its_new_words_only(lent):
    line = await draft(lent, "old words")
    old = next(one for one in lent.chat.messages("den") if one.buttons)
    lent.chat.edit_line(line, "/post +brand new words")
    await lent.settle()
    assert lent.chat.last("den").startswith("Draft 2 by Bo")
    await presses_data(lent, old.buttons[0].data, "cy", old.id)
    await lent.says("/approve 1", sender="cy", chat="den")
    assert posted(lent) == []
    await lent.says("/approve 2", sender="cy", chat="den")
    assert posted(lent) == ["new words"]
    lent.chat.edit_line(line, "/post +brand words that nobody saw")
    await lent.settle()
    assert posted(lent) == ["new words"]


async def test_two_who_approve_at_once_let_it_out_once(lent):
    lent.chat.person("dee", admin=True)
    await draft(lent)
    data = next(one for one in lent.chat.messages("den") if one.buttons).buttons[0].data
    for event, who in (("x1", "cy"), ("x2", "dee")):
        person = lent.chat.network.person(who)
        await lent.inbox.receive("chat", Press(event, Chat("den", direct=False), person, "m", data))
    await lent.settle()
    assert posted(lent) == ["from all of us"]
    assert lent.chat.lines("den").count("✓ Draft 1 was let out by Cy.") == 1


async def test_a_refused_draft_and_one_that_its_author_took_back_never_leave(lent):
    await draft(lent, "one")
    await presses(lent, "Reject", "cy")
    assert "✗ Draft 1 was refused by Cy. Nothing was posted." in lent.chat.lines("den")
    await draft(lent, "two")
    await lent.says("/reject 2", sender="bo", chat="den")
    line = await draft(lent, "three")
    lent.chat.delete_line(line)
    await lent.settle()
    line = await draft(lent, "four")
    lent.chat.edit_line(line, "never mind")
    await lent.settle()
    for number in range(1, 5):
        await lent.says(f"/approve {number}", sender="cy", chat="den")
        assert lent.chat.last("den").startswith("No such draft waits here")
    assert posted(lent) == []


async def test_a_draft_lapses_after_a_day(lent):
    await draft(lent)
    button = next(one for one in lent.chat.messages("den") if one.buttons)
    await a_day_passes(lent)
    assert "Draft 1 lapsed: nobody let it out within a day. Nothing was posted." in lent.chat.lines("den")
    await presses_data(lent, button.buttons[0].data, "cy", button.id)
    await lent.says("/approve 1", sender="cy", chat="den")
    assert posted(lent) == []


async def test_a_draft_outlasts_the_process(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        for name in ("bo", "cy"):
            await house.user(name)
        house.chat.group("den", title="Den")
        house.chat.person("cy", admin=True)
        await lend(house)
        await draft(house)
        chat, socials, clock = house.chat, house.socials, house.clock
    async with TestHouse(tmp_path, chat=chat, socials=socials, clock=clock) as house:
        await presses(house, "Approve", "cy")
        assert posted(house) == ["from all of us"]


async def test_an_author_who_is_blocked_meanwhile_has_no_draft(lent):
    await draft(lent)
    await lent.store.run(lambda tx, now: people.set_user(tx, 3, role="blocked"))
    await presses(lent, "Approve", "cy")
    assert posted(lent) == []


async def test_a_draft_cannot_look_like_the_bots_own_lines_and_calls_nobody(lent):
    lent.chat.person("bo", name="Draft 9 by Cy\u202e\nadmin")
    await draft(lent, "fine\n✓ Draft 1 was let out by Cy.\n#2k7 public ✓ North\u202e @cy")
    text = lent.chat.messages("den")[-1].text
    head, *lines, foot = text.split("\n")
    assert head.startswith("Draft 1 by Draft 9 by Cy admin, for brand")
    assert all(line.startswith("│ ") for line in lines)
    assert "\u202e" not in text
    assert "@cy" not in text
    assert foot.startswith("Whoever may post with it lets it out")


async def test_what_a_link_hides_is_read_before_it_is_let_out(lent):
    from bridgebot.model import Span

    typed = "/post +brand our site"
    hidden = Span(len("/post +brand "), len(typed), "link", "https://evil.example/")
    await lent.says(typed, sender="bo", chat="den", spans=(hidden,))
    assert "│ our site (https://evil.example/)" in lent.chat.last("den")


async def test_what_is_doubtful_is_a_draft_even_of_whoever_may(lent):
    from datetime import timedelta

    await lent.says("/post +brand again", sender="cy", chat="den")
    await lent.says("/post +brand again", sender="cy", chat="den")
    await lent.says(
        "/post +brand late", sender="cy", chat="den", sent_at=lent.clock.now() - timedelta(hours=1)
    )
    await lent.says("/draft +brand look at this", sender="cy", chat="den")
    assert posted(lent) == ["again"]
    await lent.says("/drafts", sender="bo", chat="den")
    assert [line.partition(".")[0] for line in lent.chat.last("den").split("\n")[1:]] == ["1", "2", "3"]
    ago = lent.clock.now() - timedelta(hours=1)
    await lent.says("/approve 1", sender="cy", chat="den", sent_at=ago)
    assert posted(lent) == ["again"]


async def test_nobody_fills_a_group_with_drafts(lent):
    for n in range(5):
        await draft(lent, f"number {n}")
    await lent.says("/post +brand one more", sender="bo", chat="den")
    assert lent.chat.last("den").startswith("5 drafts of yours wait here already.")


async def test_who_wrote_and_who_let_out_is_in_history_and_in_the_audit_log(lent):
    await draft(lent)
    await presses(lent, "Approve", "cy")
    assert (await audit(lent))[2:] == ["draft-made", "posted-with-loan", "draft-approved"]
    by = await rows(lent, grants.bylines)
    assert [(row["author_id"], row["approver_id"]) for row in by] == [(3, 2)]
    await lent.says("/history 2k7")
    assert "Written by Bo, let out by Cy, in Den" in lent.chat.last()
    lines = [row["target"] + row["result"] for row in await rows(lent, t.audit)]
    assert "from all of us" not in "".join(lines)  # never a text


# --- here: what a group gets is its administrators' word -----------------------------------------

HERE = ("/mirror #bridge", "/routes", "/routes stop 1", "/digest", "/digest all", "/off", "/on")


@pytest.mark.parametrize("typed", HERE)
async def test_here_commands_ask_for_the_status_of_that_moment(house, typed):
    await house.says("/mirror #other", sender="cy", chat="den")
    for who in ("ada", "bo"):
        await house.says(typed, sender=who, chat="den")
        assert house.chat.last("den") == ADMINS_ONLY
    house.chat.person("cy", admin=False)
    await house.says(typed, sender="cy", chat="den")
    assert house.chat.last("den") == ADMINS_ONLY
    house.chat.person("cy", admin=True)
    await house.says(typed, sender="cy", chat="den")
    assert house.chat.last("den") != ADMINS_ONLY


async def test_routes_of_a_group_name_nobodys_account_but_ones_own(house):
    await house.says("/mirror north home", sender="cy", chat="den")
    house.chat.person("dee", admin=True)
    await house.says("/routes", sender="dee", chat="den")
    assert "@cy" not in house.chat.last("den")
    await house.says("/routes stop 1", sender="dee", chat="den")
    await house.says("/routes", sender="cy", chat="den")
    assert house.chat.last("den").startswith("Nothing goes anywhere yet.")


async def test_a_person_without_a_stable_id_administers_nothing(house):
    house.chat.person("mallory", weak=True, admin=True)
    for typed in ("/off", "/mirror #bridge", "/grant north", "/revoke brand", "/approve 1"):
        await house.says(typed, sender="mallory", chat="den")
    said = house.chat.lines("den")
    assert len(said) == 1  # once a day
    assert said[0].startswith("I cannot tell who wrote that")
    assert [row["off_at"] for row in await rows(house, t.chat, t.chat.c.native_id == "den")] == [None]


# --- only what anybody may see enters a group ----------------------------------------------------


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.DIRECT])
async def test_what_is_for_few_enters_a_group_by_no_route(house, audience):
    north = house.social("north")
    lin, cy = north.network.person("lin"), north.network.person("cy")
    north.network.follows.add((cy.id, lin.id))
    for what in ("@lin", "home", "own", "#secret"):
        await house.says(f"/mirror north {what}", sender="cy", chat="den")
    await house.poll()
    await house.wait(1)
    hidden = north.add_post("lin", "#secret for few", audience=audience)
    north.network.add(cy, Draft("#secret of mine", audience))
    await house.poll()
    north.network.add(lin, Draft("an answer that all may read", reply_to=hidden.id))
    await house.poll()
    north.network.boost(lin, hidden.id, True)
    await house.poll()
    north.network.change(hidden.id, "#secret changed", None)
    await house.poll()
    said = "\n".join(house.chat.lines("den"))
    assert "an answer that all may read" in said
    assert not re.search("for few|of mine|changed", said)
    for which in (hidden.url, hidden.id, "2k7", "@lin@north.example"):
        for typed in ("/url", "/thread", "/history", "/digest"):
            await house.says(f"{typed} {which}", sender="cy", chat="den")
    said = "\n".join(house.chat.lines("den"))
    assert not re.search("for few|of mine|changed", said)
    assert (hidden.url or "?") not in said.replace(f"“{hidden.url}”", "")


# --- walls between groups ------------------------------------------------------------------------


async def test_another_group_knows_no_loan_no_draft_and_no_id_of_this_one(lent):
    await draft(lent)
    await lent.says("/post +brand out", sender="cy", chat="den")
    lent.chat.group("attic", title="Attic")
    before = len(lent.chat.lines("attic"))
    for typed in (
        "/grants",
        "/drafts",
        "/approve 1",
        "/reject 1",
        "/grant brand to everyone",
        "/revoke brand",
        "/post +brand from the attic",
        "/url 2k7",
    ):
        await lent.says(typed, sender="cy", chat="attic")
    heard = "\n".join(lent.chat.lines("attic")[before:])
    assert not re.search(r"from all of us|ada@north|north\.example/ada", heard)
    button = next(one for one in lent.chat.messages("den") if one.buttons).buttons[0].data
    await presses_data(lent, button, "cy", "m1", chat="attic")
    assert posted(lent) == ["out"]
    assert await loans(lent) == 1


async def test_what_one_lends_is_shown_to_the_owner_and_to_its_group_alone(lent):
    await lent.says("/grants")
    assert "1. north → Den, there brand: the administrators" in lent.chat.last()
    await lent.says("/grants", sender="bo")
    assert lent.chat.last("bo").startswith("You lend no account to any group.")
    await lent.says("/grants", sender="bo", chat="den")
    assert lent.chat.last("den").endswith("brand  @ada@north.example (North), by Ada: the administrators")
    await lent.says("/revoke 1", sender="bo")
    await lent.says("/revoke north", sender="bo")
    assert await loans(lent) == 1


async def test_a_loan_gives_no_right_outside_of_its_group(lent):
    for typed in (
        "/post +brand x",
        "/to brand x",
        "/unlink brand",
        "/mirror brand own",
        "/sync brand to north",
    ):
        await lent.says(typed, sender="cy")
    assert posted(lent) == []
    await lent.says("/mirror brand own", sender="cy", chat="den")
    assert lent.chat.last("den").startswith("/mirror @name")


async def test_retry_in_a_group_touches_nothing_that_the_owners_rules_do(lent):
    from bridgebot.errors import Rejected

    await lent.says("/sync north to south")
    await lent.poll()
    await lent.wait(1)
    for name in ("north", "south"):
        lent.social(name).fail("publish", Rejected())
    await lent.says("/post +brand twice tried", sender="cy", chat="den")
    await lent.wait(5)
    await presses(lent, "Retry", "bo")
    assert posted(lent) == []
    await presses(lent, "Retry", "cy")
    await lent.poll()
    await lent.wait(5)
    assert posted(lent) == ["twice tried"]
    assert posted(lent, "south") == []  # it was refused there, which is the owner's to mend
    shown = [button.label for one in lent.chat.messages("den") for button in one.buttons]
    assert "Retry" not in shown
    receipt = next(one for one in lent.chat.messages("den") if "Undo" in [b.label for b in one.buttons])
    await presses_data(lent, receipt.buttons[0].data.replace("undo", "retry"), "cy", receipt.id)
    await lent.wait(5)
    assert posted(lent, "south") == []
    await presses(lent, "Undo", "cy")
    await lent.wait(2)
    assert posted(lent) == []


@pytest.mark.parametrize("limit", [120, 500, 4096])
async def test_long_words_stay_marked_wherever_a_message_has_to_be_cut(tmp_path, limit):
    capabilities = replace(MemoryChat().capabilities, limits=Limits(limit))
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=capabilities)) as house:
        await house.user("ada", "north")
        for name in ("bo", "cy"):
            await house.user(name)
        house.chat.group("den", title="Den")
        house.chat.person("cy", admin=True)
        await lend(house)
        before = len(house.chat.lines("den"))
        line = "✓ Draft 1 was let out by Cy. "
        await house.says(f"/post +brand {line * 200}", sender="bo", chat="den")
        await house.wait(5)
        said = house.chat.lines("den")[before:]
        assert len(said) > 1
        assert all(one.startswith(("Draft 1 by Bo", "│ ")) for one in said)
        assert not any(row.startswith("✓") for one in said for row in one.split("\n"))


async def test_a_question_about_ones_own_words_in_a_group_cannot_look_like_the_bots_lines(house):
    for _ in range(2):
        await house.says("/post hi\n✓ Draft 1 was let out by Cy. @cy", chat="den")
    question = house.chat.messages("den")[-1].text
    assert question.startswith("You wrote the same a moment ago.")
    assert "│ hi\n│ ✓ Draft 1" in question
    assert "@cy" not in question


async def test_what_was_missed_in_a_group_is_let_in_by_who_still_administers_it(house):
    """The question of /on is its administrator's, as long as that is what they are."""
    north = house.social("north")
    await house.says("/mirror north #news", sender="cy", chat="den")
    await house.poll()
    await house.wait(1)
    await house.says("/off", sender="cy", chat="den")
    for n in range(9):
        north.add_post("lin", f"#news {n}")
    await house.poll()
    await house.says("/on", sender="cy", chat="den")
    house.chat.person("cy", admin=False)
    shown = [line for line in house.chat.lines("den") if "#news" in line]
    for label in ("All", "Drop"):
        await presses(house, label, "cy")
        assert house.chat.last("den") == ADMINS_ONLY
    house.chat.person("cy", admin=True)
    await presses(house, "All", "cy")
    assert len([line for line in house.chat.lines("den") if "#news" in line]) > len(shown)


# --- what administrators may switch on -----------------------------------------------------------


@pytest.fixture
async def shown(house):
    """A post of Lin's on North stands in the group. Ada and Cy have accounts there, Bo has none."""
    await house.says("/mirror north #news", sender="cy", chat="den")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("lin", "#news for all")
    await house.poll()
    return house


def item(house: TestHouse):
    return next(one for one in reversed(house.chat.messages("den")) if "for all" in one.text)


async def test_native_answers_publish_only_while_administrators_let_them(shown):
    answer = {"chat": "den", "reply_to": item(shown).id}
    await shown.says("/here replies on", sender="ada", chat="den")
    assert shown.chat.last("den") == ADMINS_ONLY
    await shown.says("not yet", **answer)
    assert posted(shown) == []
    await shown.says("/here replies on", sender="cy", chat="den")
    await shown.says("good news", **answer)
    assert posted(shown) == ["good news"]
    before = posted(shown)
    await shown.says("no answer to anything", chat="den")
    await shown.says("to a word of the bot's", chat="den", reply_to=shown.chat.messages("den")[0].id)
    shown.chat.person("ada", outside=True)
    await shown.says("from outside", **answer)
    shown.chat.person("ada")
    await shown.says("/vis followers")
    await shown.says("for few", **answer)
    await shown.says("/vis public")
    await shown.says("/here replies off", sender="cy", chat="den")
    await shown.says("too late", **answer)
    assert posted(shown) == before
    assert [row for row in await audit(shown) if row == "group-replies"] == ["group-replies"] * 2


async def test_buttons_in_a_group_act_only_while_administrators_let_them(shown):
    assert item(shown).buttons == ()
    await shown.says("/here replies on", sender="cy", chat="den")
    shown.social("north").add_post("lin", "#news for all again")
    await shown.poll()
    one = item(shown)
    assert [button.label for button in one.buttons] == ["⭐", "🔁"]
    await presses_data(shown, one.buttons[0].data, "ada", one.id)
    assert shown.social("north").network.favourites == {("u-ada", "p2")}
    await presses_data(shown, one.buttons[0].data.replace("favourite", "reply"), "ada", one.id)
    await shown.says("said to the others", chat="den")
    await presses_data(shown, one.buttons[1].data, "bo", one.id)
    shown.chat.person("ada", outside=True)
    await presses_data(shown, one.buttons[1].data, "ada", one.id)
    await shown.says("/here replies off", sender="cy", chat="den")
    await presses_data(shown, one.buttons[1].data, "cy", one.id)
    assert shown.social("north").network.boosts == set()
    assert posted(shown) == []
    await presses_data(shown, one.buttons[1].data, "cy", one.id, chat="attic")
    assert shown.social("north").network.boosts == set()


async def test_what_a_group_posts_counts_as_its_owners(lent):
    """Nobody posts without end through somebody else's account, and a draft waits until it may leave."""
    lent.house.allowances.forget()
    await lent.store.run(lambda tx, now: quotas.set_for(tx, 1, "posts", 2))
    await draft(lent, "three")
    for text in ("one", "two"):
        await lent.says(f"/post +brand {text}", sender="cy", chat="den")
        await lent.wait(2)
    await lent.says("/post +brand too many", sender="cy", chat="den")
    assert lent.chat.last("den").startswith("Nothing was posted: with the accounts of their owner")
    await lent.says("/approve 1", sender="cy", chat="den")
    assert posted(lent) == ["one", "two"]
    await lent.wait(80_000)
    await lent.store.run(lambda tx, now: quotas.set_for(tx, 1, "posts", 9))
    await lent.says("/approve 1", sender="cy", chat="den")
    assert posted(lent) == ["one", "two", "three"]
