"""Who comes in and what the bot makes of it: access, groups, weak people, buttons, plain chats, failures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.commands import compose
from bridgebot.model import Chat, ChatChanged, Message, Person, Unreadable
from bridgebot.store import keep, people
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

CODE = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
BARE = replace(MemoryChat().capabilities, buttons=False, edit=False, delete=False, replies=False)


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


async def code_for(house, role: str) -> str:
    return await house.store.run(lambda tx, now: keep.new_invite(tx, now, role))


def north(house) -> list[str]:
    return house.social("north").texts()


# --- access ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "sender", "admitted"),
    [
        ("open", "ada", True),
        ("invite", "ada", False),
        ("allowlist", "ada", False),
        ("allowlist", "lin", True),
        ("invite", "boss", True),
        ("allowlist", "boss", True),
    ],
)
async def test_who_is_let_in(tmp_path, access, sender, admitted):
    lists = {"allow": frozenset({"chat:lin", "other:ada"}), "operators": frozenset({"chat:boss"})}
    async with TestHouse(tmp_path, access=access, **lists) as house:
        await house.says("/start", sender=sender)
        [answer] = house.chat.lines(sender)
        assert answer.startswith(
            "Hi! I put your microblogs" if admitted else "Hi! This bot is by invitation."
        )
        assert len(await rows(house, t.user)) == int(admitted)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Hi! This bot is by invitation."),
        ("zh-Hant-TW", "你好！这个机器人需要邀请。"),
        ("fr", "Hi! This bot"),
    ],
)
async def test_a_stranger_is_answered_once_a_day(tmp_path, language, told):
    async with TestHouse(tmp_path, access="invite") as house:
        house.chat.person("ada", language=language)
        for text in ("hello?", "/post me", "/help", "undo"):
            await house.says(text)
        [answer] = house.chat.lines()
        assert answer.startswith(told)
        await house.wait(86_300)
        await house.says("hello?")
        assert len(house.chat.lines()) == 1
        await house.wait(200)
        await house.says("hello?")
        assert len(house.chat.lines()) == 2
        assert await rows(house, t.post) == []
        assert await rows(house, t.user) == []


@pytest.mark.parametrize("form", ["{}", "/start {}", "  {} ", "my code is {}"])
async def test_an_invitation_lets_one_person_in_once(tmp_path, form):
    async with TestHouse(tmp_path, access="invite") as house:
        code = await code_for(house, "user")
        await house.says(form.format(code.upper() if form == "{}" else code))
        [welcome] = house.chat.lines()
        assert welcome.startswith("Hi! I put your microblogs")
        await house.says(form.format(code), sender="bo")
        assert house.chat.last("bo").startswith("Hi! This bot is by invitation.")
        [user] = await rows(house, t.user)
        assert user["role"] == "user"


async def test_an_invitation_ends_after_its_days(tmp_path):
    async with TestHouse(tmp_path, access="invite") as house:
        code = await code_for(house, "user")
        house.clock.skip(keep.CLAIM_DAYS * 86_400 + 1)
        await house.says(code)
        assert house.chat.last().startswith("Hi! This bot is by invitation.")


async def test_a_code_is_guessed_by_nobody_though_it_looks_like_one(tmp_path):
    async with TestHouse(tmp_path, access="invite") as house:
        await code_for(house, "operator")
        for guess in ("aaaa-bbbb-cccc-dddd", "user", "operator", "%", "' or 1=1 --"):
            await house.says(guess)
        assert await rows(house, t.user) == []


@pytest.mark.parametrize("form", ["{}", "/start {}"])
async def test_the_operators_claim_by_a_stranger_and_by_a_user(tmp_path, form):
    async with TestHouse(tmp_path, access="invite", allow=frozenset({"chat:ada"})) as house:
        await house.says("/start")
        await house.says(form.format(await code_for(house, "operator")))
        assert house.chat.last() == "Welcome, operator."
        await house.says(form.format(await code_for(house, "operator")), sender="bo")
        assert [user["role"] for user in await rows(house, t.user)] == ["operator", "operator"]
        audit = [(row["action"], row["target"]) for row in await rows(house, t.audit)]
        assert ("redeemed", "operator") in audit
        assert ("admitted", "chat:bo") in audit


async def test_a_user_does_not_use_up_an_invitation(house):
    await house.says("/start")
    code = await code_for(house, "user")
    await house.says(code)
    assert house.chat.last() == "You are in already. The code is still good for somebody else."
    assert (await rows(house, t.invite))[0]["used_by"] is None


async def test_who_is_listed_later_becomes_an_operator(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.says("/start")
    later = MemoryChat(name="chat", network=house.chat.network)
    async with TestHouse(tmp_path, chat=later, operators=frozenset({"chat:ada"})) as house:
        await house.says("/admin users")
        assert house.chat.last() == "1  chat:ada  operator · seen 12:00"


# --- the first words ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hi", "你好", "/start", "!start", "/start x", "/开始"])
async def test_a_greeting_is_answered_by_the_welcome_alone(house, text):
    await house.says(text)
    [welcome] = house.chat.lines()
    assert welcome.startswith("Hi! I put your microblogs into this chat")


async def test_the_first_command_is_not_swallowed_by_the_welcome(house):
    await house.says("/help")
    welcome, menu = house.chat.lines()
    assert welcome.startswith("Hi! I put your microblogs")
    assert menu.startswith("What I can do")


async def test_a_secret_as_the_first_words_is_refused(house):
    await house.says("ghp_" + "a1B2c3D4e5F6" * 3 + "abcd")
    assert house.chat.last().startswith("That looks like an access token")


async def test_the_language_is_the_persons_own_choice_then_what_the_network_reports(house):
    house.chat.person("ada", language="zh_Hans")
    await house.says("/start")
    assert house.chat.last().startswith("你好！")
    await house.says("/language en")
    assert house.chat.last() == "We speak English now."
    await house.says("/status")
    assert house.chat.last() == "Nothing waits."
    await house.says("/语言 中文")
    assert house.chat.last() == "现在我们说中文。"
    house.chat.person("ada", language="en")
    await house.says("/status")
    assert house.chat.last() == "没有等待中的内容。"


# --- groups ------------------------------------------------------------------------------------


async def test_a_group_hears_nothing_unless_it_addresses_the_bot(house):
    await house.user("ada", "north")
    house.chat.group("den")
    for text in ("good morning all", "hi", "undo", "yes", "fav 7k2", "/pots x", "ghp_" + "a1B2" * 10):
        await house.says(text, chat="den", addressed=False)
    assert house.chat.lines("den") == []
    assert north(house) == []


async def test_a_group_that_addresses_the_bot_is_told_how_and_nothing_is_posted(house):
    await house.user("ada", "north")
    house.chat.group("den")
    shown = await house.says("post this please", chat="den", addressed=True)
    assert house.chat.last("den").startswith("Here I do nothing on my own.")
    await house.says("/pots this", chat="den", addressed=True)
    assert house.chat.last("den") == "Did you mean /post? Nothing was posted."
    await house.says("an answer", chat="den", reply_to=shown, addressed=True)
    assert north(house) == []


async def test_a_stranger_in_a_group_is_nobody(house):
    await house.user("ada", "north")
    house.chat.group("den")
    for text in ("/post mine", "/help", "/mirror @lin", "hello bot"):
        await house.says(text, sender="bo", chat="den")
    assert house.chat.lines("den") == []
    assert len(await rows(house, t.user)) == 1


async def test_a_question_in_a_group_is_answered_by_its_asker_alone(house):
    await house.user("ada", "north")
    await house.user("bo", "north")
    house.chat.group("den")
    await house.says("/post twice", chat="den")
    await house.says("/post twice", chat="den")
    assert house.chat.last("den").startswith("You wrote the same a moment ago.")
    house.chat.press("Post", sender="bo", chat="den")
    await house.says("post", sender="bo", chat="den", addressed=False)
    await house.settle()
    assert north(house) == ["twice"]
    house.chat.press("Post", sender="ada", chat="den")
    await house.settle()
    assert north(house) == ["twice", "twice"]


# --- weak people -------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [False, True])
async def test_a_nick_in_a_room_can_do_nothing(house, group):
    await house.user("ada", "north")
    house.chat.group("den")
    before = house.chat.lines(), len(await rows(house, t.user))
    house.chat.person("ada", weak=True)
    line = ""
    for text in ("/post as ada", "/help", "/unlink north", "plain", "/start"):
        line = await house.says(text, chat="den" if group else "ada")
    house.chat.edit_line(line, "/post as ada")
    house.chat.delete_line(line)
    await house.settle()
    assert (house.chat.lines(), len(await rows(house, t.user))) == before
    said = [line.partition(":")[0] for line in house.chat.lines("den")]
    assert said == (["I cannot tell who wrote that"] if group else [])  # once a day
    assert north(house) == []


# --- buttons and words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", ["Ask each time", "ask", "2", "[Ask each time]", "每次都问", "ASK EACH TIME."]
)
async def test_where_there_are_no_buttons_words_and_numbers_answer(tmp_path, answer):
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=BARE)) as house:
        await house.user("ada", "north", plain=None)
        await house.says("good day")
        assert house.chat.last().endswith("\n(answer: Post · Ask each time · Command)")
        assert house.chat.messages()[-1].buttons == ()
        await house.says(answer)
        assert "I ask before I post plain text." in house.chat.lines()[-2]
        assert house.chat.last().startswith("Shall I post this?")


async def test_words_that_name_no_option_are_the_next_message_and_the_question_stays(tmp_path):
    async with TestHouse(tmp_path, chat=MemoryChat(name="chat", capabilities=BARE)) as house:
        await house.user("ada", "north", plain="ask")
        await house.says("first")
        await house.says("second, meanwhile")
        assert "second, meanwhile" in house.chat.last()
        await house.says("no")
        await house.says("post")
        assert north(house) == ["first"]


async def test_an_unknown_button_does_nothing(house):
    from bridgebot.model import Press

    await house.user("ada", "north", plain="ask")
    await house.says("pending")
    data = house.chat.messages()[-1].buttons[0].data
    before = house.chat.lines()
    forged = [
        "",
        ":",
        "x:0",
        data.partition(":")[0] + ":9",
        data.partition(":")[0] + ":-1",
        data[:-1],
        "\x00:0",
    ]
    for number, wrong in enumerate(forged):
        press = Press(f"p{number}", Chat("ada", direct=True), Person("ada"), "m1", wrong)
        await house.inbox.receive("chat", press)
    await house.settle()
    assert house.chat.lines() == before
    assert north(house) == []


# --- chats -------------------------------------------------------------------------------------


async def test_a_direct_chat_that_was_named_before_anybody_wrote_is_still_the_persons_own(house):
    await house.inbox.receive("chat", ChatChanged("c1", Chat("ada", direct=True), "joined"))
    await house.user("ada", "north")
    [chat] = await rows(house, t.chat)
    assert chat["person_id"] is not None
    assert await house.store.read(lambda tx, now: people.direct_chat(tx, 1)) is not None


async def test_a_group_that_moved_keeps_its_posts(house):
    await house.user("ada", "north")
    house.chat.group("den")
    line = await house.says("/post from the den", chat="den")
    house.chat.change("den", "moved", to="new den")
    await house.settle()
    changed = Message(
        "x1", Chat("new den", direct=False), Person("ada"), "n1", "/url", house.clock.now(), line
    )
    await house.inbox.receive("chat", changed)
    await house.settle()
    assert house.chat.last("new den").startswith("https://north.example/")


async def test_what_came_of_the_new_id_before_the_move_was_told_is_kept(house):
    """A message may overtake the word that its group moved; topics move along."""
    await house.user("ada", "north")
    house.chat.group("den")
    await house.says("/post before", chat="den")
    early = Message(
        "x1", Chat("new den", direct=False), Person("ada"), "n1", "/post early", house.clock.now()
    )
    await house.inbox.receive("chat", early)
    topic = Message(
        "x2", Chat("den", direct=False, topic="7"), Person("ada"), "n2", "/post a topic", house.clock.now()
    )
    await house.inbox.receive("chat", topic)
    await house.inbox.receive("chat", ChatChanged("x3", Chat("den", direct=False), "moved", "new den"))
    assert [row["problem"] for row in await rows(house, t.inbox, t.inbox.c.state == "failed")] == []
    chats = await rows(house, t.chat, t.chat.c.direct.is_(False))
    assert sorted((row["native_id"], row["topic"]) for row in chats) == [("new den", ""), ("new den", "7")]
    den = next(row["id"] for row in chats if not row["topic"])
    assert len(await rows(house, t.short_id, t.short_id.c.chat_id == den)) == 2
    await house.wait(2)
    posted = sorted(post.text for post in house.social("north").posts)
    assert posted == ["a topic", "before", "early"]


# --- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "told"), [("en", "nothing was posted"), ("zh-CN", "没有发布任何内容")])
async def test_a_failure_is_told_in_the_persons_language_and_names_no_insides(
    house, monkeypatch, language, told
):
    house.chat.person("ada", language=language)
    await house.user("ada", "north")

    def bug(*_, **__):
        raise RuntimeError("insides: token-ada")

    monkeypatch.setattr(compose, "plain", bug)
    await house.says("good day")
    assert told in house.chat.last()
    assert "insides" not in house.chat.last()
    [failed] = await rows(house, t.inbox, t.inbox.c.state == "failed")
    assert failed["problem"] == "RuntimeError"


async def test_a_blocked_user_is_silent_air(tmp_path):
    async with TestHouse(tmp_path, operators=frozenset({"chat:boss"})) as house:
        await house.user("ada", "north")
        await house.says("/start", sender="boss")
        await house.says("/admin block 1", sender="boss")
        before = house.chat.lines()
        for text in ("/help", "still here?", "/undo", await code_for(house, "operator")):
            await house.says(text)
        assert house.chat.lines() == before
        assert north(house) == []
        await house.says("/admin unblock 1", sender="boss")
        await house.says("back again")
        assert north(house) == ["back again"]


@pytest.mark.parametrize(
    ("why", "language", "answer"),
    [
        ("media", "en", "I can carry words, pictures, films and sounds, but not this. Nothing was posted"),
        ("forwarded", "en", "This is a forwarded message"),
        ("late", "en", "This came when the rest of its album was on its way already"),
        ("media", "zh-CN", "我能转发文字、图片、视频和音频，但不能转发这个"),
        ("late", "zh-CN", "这一张到得晚了"),
    ],
)
async def test_what_is_no_text_is_answered_and_never_posted(tmp_path, why, language, answer):
    async with TestHouse(tmp_path) as house:
        house.chat.person("ada", language=language)
        await house.user("ada", "north")
        me = house.chat.person("ada", language=language)
        for event in ("album:1", "album:1", "next"):
            picture = Message(event, Chat("ada", direct=True), me, event, "", house.clock.now(), unfit=why)
            await house._receive(picture)
        await house.wait(2)
        assert sum(answer in line for line in house.chat.lines()) == 2
        assert house.social("north").posts == []


async def test_in_a_group_only_what_missed_an_album_for_the_bot_is_answered(house):
    await house.user("ada", "north")
    house.chat.group("den")
    await house.says("/help", chat="den")
    before, den, me = len(house.chat.lines("den")), Chat("den", direct=False), house.chat.person("ada")
    for why in ("media", "forwarded", "late"):
        now = house.clock.now()
        await house._receive(Message(why, den, me, why, "", now, addressed=False, unfit=why))
    await house.wait(2)
    [told] = house.chat.lines("den")[before:]
    assert told.startswith("This came when the rest of its album was on its way already")
    assert "/post" in told


async def test_what_cannot_be_read_is_kept_for_whoever_mends_it(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house._receive(Unreadable("7:abc", '{"update_id": 7, "message": "canary"}'))
        await house._receive(Unreadable("7:abc", '{"update_id": 7, "message": "canary"}'))
        query = sa.select(t.inbox.c.state, t.inbox.c.problem, t.inbox.c.kept)
        [row] = await house.store.read(lambda tx, now: list(tx.connection.execute(query)))
        assert (row.state, row.problem) == ("failed", "Unreadable")
        assert "canary" not in row.kept
        assert "canary" in await house.store.read(lambda tx, now: tx.vault.decrypt(row.kept))
        await house.says("/help")
        assert "/post" in house.chat.last()
