"""Users are walls: two people on one bot and one network, and what the one can never reach of the other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bridgebot.model import Audience, Chat, Deletion, Edit, Message, Person, Press
from bridgebot.store import tables as t
from tests.house import TestHouse

SECRET_WORDS = "the colour is octarine"


@pytest.fixture
async def house(tmp_path):
    """Ada and Bo, each with accounts on North and South; Ada has a memo and a post for followers."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.user("bo", "north")
        await house.says(f"/memo {SECRET_WORDS}")
        await house.says("/vis followers")
        await house.says(f"+north for friends: {SECRET_WORDS}")
        await house.wait(2)
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


async def world(house) -> list[object]:
    """Everything of Ada's: posts, copies, routes, accounts, questions, and what stands on the networks."""
    tables = (t.post, t.copy, t.route, t.account, t.question, t.short_id)
    stored = [await rows(house, table) for table in tables]
    return [*stored, house.social("north").posts, house.social("south").posts, house.chat.lines("ada")]


def codes(house) -> list[str]:
    """The short ids that Ada's chat was shown."""
    return [line.split()[0].lstrip("#") for line in house.chat.lines("ada") if line.startswith("#")]


# --- commands ----------------------------------------------------------------------------------


async def test_nothing_of_hers_is_reached_by_id_address_or_name(house):
    before = await world(house)
    own = house.social("north").posts[0]
    names = [*codes(house), own.url, own.id, "@ada", "@ada@north.example", "1", "2"]
    commands = ("fav", "boost", "unfav", "unboost", "del", "edit", "url", "thread", "share", "report", "re")
    for command in commands:
        for name in names:
            await house.says(f"/{command} {name} words", sender="bo")
    assert await world(house) == before
    heard = "\n".join(house.chat.lines("bo"))
    assert SECRET_WORDS not in heard
    assert own.url not in heard.replace(f"“{own.url}”", "")


async def test_her_accounts_chats_rules_and_memos_are_unknown_to_him(house):
    await house.says("/sync north to south")
    before = await world(house)
    for typed in (
        "/to south mine",
        "/default south",
        "/unlink south",
        "/relink south",
        "/home south",
        "/mentions off south",
        "/sync north to south",
        "/sync off north to south",
        "/mirror south own",
        "/share 2k7 to south",
        "/post +south mine",
        "/memos",
        "/memos octarine",
        "/routes stop 2",
        "/routes stop 3",
        "/undo",
        "/cancel",
        "/resume",
        "/off",
        "/accounts",
        "/routes",
        "/status",
    ):
        await house.says(typed, sender="bo")
    after = await world(house)
    assert [row for row in after[0] if row["user_id"] == 1] == before[0]
    assert [row for row in after[2] if row["user_id"] == 1] == [
        row for row in before[2] if row["user_id"] == 1
    ]
    assert after[3] == before[3]
    assert house.social("south").posts == []
    assert after[-1] == before[-1]
    heard = "\n".join(house.chat.lines("bo"))
    assert SECRET_WORDS not in heard
    # The bot's networks are no secret; that Ada has an account on one of them is.
    # What he typed himself is said back to him, and the list of them is everybody's.
    for said in ("+south mine", "“south”", "(North, South)"):
        heard = heard.replace(said, "")
    assert "south" not in heard.lower()


async def test_short_ids_are_counted_for_each_chat(house):
    await house.says("mine", sender="bo")
    await house.wait(2)
    assert house.chat.last("bo").startswith("#2k7 public")
    await house.says("/url 2k7", sender="bo")
    assert house.chat.last("bo").startswith("https://north.example/bo/")
    await house.says("/url 3bd", sender="bo")
    assert house.chat.last("bo").startswith("I know no post “3bd” in this chat.")


async def test_a_post_that_both_are_shown_bears_an_id_in_each_chat_and_marks_of_each(house):
    for who in ("ada", "bo"):
        await house.says("/tag news", sender=who)
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("lin", "some #news")
    await house.poll()
    assert house.chat.last("ada").split("[")[1][:3] != house.chat.last("bo").split("[")[1][:3]
    await house.says("/fav 2k7", sender="bo")
    assert house.social("north").network.favourites == {("u-bo", "p2")}


async def test_a_group_sees_no_post_of_a_direct_chat(house):
    house.chat.group("den")
    own = house.social("north").posts[0]
    for which in (*codes(house), own.url, "@ada@north.example"):
        for who in ("ada", "bo"):
            await house.says(f"/url {which}", sender=who, chat="den")
    assert own.url not in "\n".join(house.chat.lines("den")).replace(f"“{own.url}”", "")


async def test_a_followers_only_post_is_shown_to_nobody_else(house):
    await house.says("/home on", sender="bo")
    await house.says("/tag octarine", sender="bo")
    await house.poll()
    await house.wait(1)
    await house.says("/vis followers")
    await house.says("+north #octarine again")
    await house.poll()
    assert "octarine again" not in "\n".join(house.chat.lines("bo"))


# --- questions ---------------------------------------------------------------------------------


@pytest.fixture
async def asked(house):
    """Ada was asked something."""
    await house.says("/settings plain ask")
    await house.says("for later")
    return house


async def test_her_question_is_answered_by_nobody_else(asked):
    line = asked.chat.messages("ada")[-1]
    before = await rows(asked, t.question)
    for number, chat in enumerate(("ada", "bo")):
        for index in (0, 1):
            data = line.buttons[index].data
            press = Press(f"x{number}{index}", Chat(chat, direct=True), Person("bo"), line.id, data)
            await asked.inbox.receive("chat", press)
    for text in ("post", "yes", "1", "/cancel"):
        await asked.says(text, sender="bo")
    await asked.settle()
    assert [row for row in await rows(asked, t.question) if row["user_id"] == 1] == before
    assert "for later" not in "".join(asked.social("north").texts())
    await asked.says("post")
    assert "for later" in asked.social("north").texts("ada")


async def test_the_same_person_in_another_chat_does_not_answer_it_either(asked):
    asked.chat.group("den")
    data = asked.chat.messages("ada")[-1].buttons[0].data
    press = Press("x1", Chat("den", direct=False), Person("ada"), "m1", data)
    await asked.inbox.receive("chat", press)
    await asked.says("post", chat="den")
    assert "for later" not in asked.social("north").texts("ada")


# --- ids that clients choose -------------------------------------------------------------------


def own_line(house) -> str:
    """The id of Ada's message that became a post."""
    return next(line.id for line in house.chat.network.lines("ada") if "for friends" in line.text)


@pytest.mark.parametrize(
    "chat", [Chat("ada", direct=True), Chat("bo", direct=True), Chat("den", direct=False)]
)
async def test_an_edit_or_deletion_by_somebody_else_touches_nothing(house, chat):
    before = await world(house)
    line = own_line(house)
    bo = Person("bo", admin=True)
    await house.inbox.receive("chat", Edit("x1", chat, bo, line, "now mine"))
    await house.inbox.receive("chat", Deletion("x2", chat, bo, line))
    await house.settle()
    assert await world(house) == before


async def test_her_own_id_in_another_chat_touches_nothing(house):
    before = await world(house)
    line = own_line(house)
    house.chat.group("den")
    for number, chat in enumerate((Chat("den", direct=False), Chat("bo", direct=True))):
        await house.inbox.receive("chat", Edit(f"x{number}", chat, Person("ada"), line, "now mine"))
        await house.inbox.receive("chat", Deletion(f"y{number}", chat, Person("ada"), line))
    await house.settle()
    assert await world(house) == before


async def test_a_message_that_bears_the_id_of_somebody_elses_in_a_group_is_a_post_of_its_own(house):
    house.chat.group("den")
    line = await house.says("/post by ada", chat="den")
    stolen = Message(
        "x1", Chat("den", direct=False), Person("bo"), line, "/post by bo", house.clock.now(), None, True
    )
    await house.inbox.receive("chat", stolen)
    await house.settle()
    assert "by ada" in house.social("north").texts("ada")
    assert house.social("north").texts("bo") == ["by bo"]
    await house.inbox.receive("chat", Edit("x2", Chat("den", direct=False), Person("bo"), line, "/post hers"))
    await house.inbox.receive("chat", Deletion("x3", Chat("den", direct=False), Person("bo"), line))
    await house.settle()
    assert "by ada" in house.social("north").texts("ada")


async def test_a_message_that_bears_the_id_of_a_mirrored_item_does_not_post_that_item(house):
    await house.says("/home on", sender="bo")
    await house.poll()
    await house.wait(1)
    network = house.social("north").network
    network.follows.add(("u-bo", network.person("lin").id))
    house.social("north").add_post("lin", "between us", audience=Audience.FOLLOWERS)
    await house.poll()
    item = house.chat.messages("bo")[-1]
    assert "between us" in item.text
    same = Message("x1", Chat("bo", direct=True), Person("bo"), item.id, "my words", house.clock.now())
    await house.inbox.receive("chat", same)
    await house.settle()
    assert house.social("north").texts("bo") == ["my words"]
    assert house.social("north").texts("lin") == ["between us"]


async def test_a_message_id_of_another_chat_answers_nothing_there(house):
    """A native answer that names a message of another chat is no reply to what that shows."""
    line = own_line(house)
    answer = Message("x1", Chat("bo", direct=True), Person("bo"), "n1", "me too", house.clock.now(), line)
    await house.inbox.receive("chat", answer)
    await house.settle()
    assert house.chat.last("bo").startswith("You answered something that is no post.")
    for number, typed in enumerate(("/fav", "/url", "/del", "/thread", "/edit x", "/share")):
        event = Message(
            f"y{number}", Chat("bo", direct=True), Person("bo"), f"o{number}", typed, house.clock.now(), line
        )
        await house.inbox.receive("chat", event)
    await house.settle()
    assert SECRET_WORDS not in "\n".join(house.chat.lines("bo"))
    assert house.social("north").texts("bo") == []


# --- identity ----------------------------------------------------------------------------------


async def test_a_name_is_no_identity(house):
    house.chat.person("mallory", name="Ada")
    await house.says("/accounts", sender="mallory")
    assert house.chat.last("mallory").startswith("You have no account here yet.")
    await house.says("/memos", sender="mallory")
    assert house.chat.last("mallory").startswith("No memos.")


async def test_a_request_to_link_is_answered_in_its_own_chat_alone(house):
    await house.says("/link south", sender="bo")
    house.social("south").network.person("eve")
    await house.says("token-eve")
    accounts = [(row["user_id"], row["handle"]) for row in await rows(house, t.account)]
    assert (1, "@eve@south.example") not in accounts
    assert (2, "@eve@south.example") not in accounts


async def test_credentials_are_in_no_answer_and_readable_nowhere(house):
    for typed in ("/accounts", "/status", "/settings", "/routes", "/relink north"):
        await house.says(typed)
    assert "token-ada" not in "\n".join(house.chat.lines("ada"))
    for file in house.folder.glob("house.db*"):
        assert b"token-ada" not in file.read_bytes(), file
