"""The audit log: who did what, added to and never changed; what operators see is nobody's words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebot.commands.operator import announcing, words
from bridgebot.keeper import Keeper
from bridgebot.outbox import announcer
from bridgebot.outbox.announcer import Announcer
from bridgebot.store import announcements, audit, figures, gauges, keep, people
from bridgebot.store import tables as t
from bridgebot.store.gauges import Condition
from tests.house import TestHouse
from tests.processes import beside

ROOT = Path(__file__).parents[2]
SECRET_WORDS = "the colour is octarine"
DAY = 24 * 3600


@pytest.fixture
async def house(tmp_path):
    """Boss runs the bot, Ada has accounts on North and South and thoughts of her own."""
    async with TestHouse(tmp_path, operators=frozenset({"chat:boss"})) as house:
        await house.says("/start", sender="boss")
        await house.user("ada", "north", "south")
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [dict(r) for r in tx.connection.execute(sa.select(table).where(*where)).mappings()]
    )


async def log(house) -> list[str]:
    return [f"{one['action']} {one['target']} {one['result']}" for one in await rows(house, t.audit)]


def press(house, label: str, chat: str = "boss") -> None:
    line = next(one for one in reversed(house.chat.messages(chat)) if one.buttons)
    data = next(button.data for button in line.buttons if button.label == label)
    house.chat.network.press(line.id, data, sender=chat)


# --- append-only -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
        "UPDATE audit SET action = 'nothing'",
        "UPDATE audit SET result = 'ok', at = 0",
        "UPDATE audit SET target = 'somebody else'",
        "UPDATE audit SET user_id = 2",
        "UPDATE audit SET id = id + 100",
        "INSERT OR REPLACE INTO audit (id, at, action, target, result) VALUES (1, 1, 'x', '', '')",
    ],
)
async def test_no_line_is_changed_or_taken_away(house, statement):
    before = await rows(house, t.audit)
    assert before
    with pytest.raises((sa.exc.IntegrityError, sa.exc.DatabaseError)):
        await house.store.run(lambda tx, now: tx.connection.exec_driver_sql(statement))
    assert await rows(house, t.audit) == before


async def test_old_lines_go_after_the_days_that_the_operator_chose(house):
    await house.wait(100 * DAY)
    await house.says("/admin stats", sender="boss")
    there = len(await rows(house, t.audit))
    keeper = Keeper(house.store, house.clock, lambda: 365)
    await keeper.step()
    assert len(await rows(house, t.audit)) == there
    await Keeper(house.store, house.clock, lambda: 90).step()
    assert [row["action"] for row in await rows(house, t.audit)] == ["admin stats"]


async def test_who_is_gone_is_named_no_more_and_their_lines_stay(house):
    def gone(tx, now):
        user = people.new_user(tx, now)
        keep.audit(tx, now, user.id, "did", "something")
        tx.connection.execute(sa.delete(t.user).where(t.user.c.id == user.id))

    await house.store.run(gone)
    [line] = await rows(house, t.audit, t.audit.c.action == "did")
    assert (line["user_id"], line["target"]) == (None, "something")


# --- what stands in it -------------------------------------------------------------------------


async def test_links_unlinks_roles_and_admittance_are_noted(house):
    await house.says("/unlink south")
    await house.says("unlink")
    await house.says("/admin promote 2", sender="boss")
    await house.says("/admin demote 2", sender="boss")
    noted = "\n".join(await log(house))
    for line in (
        "admitted chat:ada user",
        "unlinked south @ada@south.example ok",
        "role 2 operator promotion",
        "role 2 user ok",
        "admin promote 2 ok",
        "admin demote 2 ok",
    ):
        assert line in noted


@pytest.mark.parametrize("word", [word.name for word in words.WORDS])
async def test_every_word_of_an_operator_is_noted_and_nothing_that_anybody_wrote(house, word):
    await house.says(f"/admin {word} {SECRET_WORDS}", sender="boss")
    lines = [line for line in await log(house) if line.startswith(f"admin {word}")]
    assert len(lines) == 1
    assert "octarine" not in lines[0]


@pytest.mark.parametrize(
    "typed", ["", "users", "invite", "block 1", "promote 2", "stats page", "announce hi", "nonsense"]
)
async def test_what_is_refused_is_noted_too(house, typed):
    house.chat.group("den")
    for more in ({}, {"chat": "den"}, {"sender": "boss", "chat": "den"}):
        before = len(await log(house))
        await house.says(f"/admin {typed}", **more)
        [line] = (await log(house))[before:]
        assert line.endswith("refused")
    assert [user["role"] for user in await rows(house, t.user)] == ["operator", "user"]
    assert (
        await rows(house, t.invite) == await rows(house, t.announcement) == await rows(house, t.visit) == []
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ivnite", "invite"),
        ("userz", "users"),
        ("anounce hello all", "announce"),
        ("stat", "stats"),
        ("用护", "users"),
    ],
)
async def test_a_slip_does_nothing_and_names_what_was_meant(house, typed, meant):
    await house.says(f"/admin {typed}", sender="boss")
    assert house.chat.last("boss") == f"Did you mean /admin {meant}? Nothing was done."


@pytest.mark.parametrize("typed", ["/管理 用户", "/管理用户", "/guanli yonghu", "/admin 用户"])
async def test_operators_words_are_chinese_too(house, typed):
    await house.says("/language zh", sender="boss")
    await house.says(typed, sender="boss")
    assert "chat:ada  用户" in house.chat.last("boss")


async def test_audit_shows_the_latest_lines_by_word_and_by_user(house):
    for _ in range(30):
        await house.says("/admin queue", sender="boss")
    await house.says("/admin block 2", sender="boss")
    await house.says("/admin audit", sender="boss")
    assert len(house.chat.last("boss").splitlines()) == 20
    await house.says("/admin audit block", sender="boss")
    assert house.chat.last("boss").splitlines()[-1].endswith("1  admin block 2")
    await house.says("/admin audit 2", sender="boss")
    assert "admitted chat:ada" in house.chat.last("boss")
    assert "admin" not in house.chat.last("boss")
    await house.says("/admin audit %", sender="boss")
    assert house.chat.last("boss") == "The log has no such line."


# --- users, adapters ---------------------------------------------------------------------------


async def test_users_are_shown_in_pages_without_a_word_of_theirs(house):
    await house.says(SECRET_WORDS)

    def many(tx, now):
        for number in range(45):
            user = people.new_user(tx, now)
            person = people.person(tx, "chat", house.chat.person(f"u{number}"))
            people.set_person(tx, person.id, user_id=user.id)

    await house.store.run(many)
    await house.says("/admin users", sender="boss")
    first = house.chat.last("boss").splitlines()
    assert len(first) == 21
    assert first[1].startswith("2  chat:ada  user · North 1, South 1 · seen ")
    assert first[-1] == "Page 1 of 3, 47 users: /admin users PAGE"
    await house.says("/admin users 3", sender="boss")
    assert len(house.chat.last("boss").splitlines()) == 8
    await house.says("/admin users u44", sender="boss")
    assert house.chat.last("boss") == "47  chat:u44  user"
    await house.says("/admin users %", sender="boss")
    assert house.chat.last("boss") == "There is nobody like that."
    assert "octarine" not in "\n".join(house.chat.lines("boss"))


async def test_adapters_are_shown_with_what_troubles_them_and_since_when(house):
    await house.says("/admin adapters", sender="boss")
    assert house.chat.last("boss") == "Nothing is noted yet: look again in half a minute."
    now = house.clock.now()
    noted = {
        "north": Condition("down", now - timedelta(hours=1), "refused\u202e the token"),
        "chat": Condition("up", now),
    }
    await house.store.run(lambda tx, at: gauges.note(tx, at, noted))
    await house.says("/admin adapters", sender="boss")
    lines = house.chat.last("boss").splitlines()
    assert lines[0].startswith("chat: works since ")
    assert lines[1].startswith("north: does not work since ")
    assert lines[1].endswith("refused the token")


# --- announcements -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("hello", {"": "hello"}),
        ("hello\nzh: 你好\n各位", {"": "hello", "zh-CN": "你好\n各位"}),
        ("en: hello\n中文：你好", {"en": "hello", "zh-CN": "你好"}),
        ("note: this is text", {"": "note: this is text"}),
        ("", {}),
        ("zh:", {}),
    ],
)
def test_an_announcement_is_read_by_language(typed, texts):
    assert announcing.by_language(typed) == texts


async def everybody(house) -> None:
    house.chat.person("cy", language="zh")
    await house.says("/start", sender="cy")
    await house.says("/start", sender="dee")
    await house.says("/admin block 4", sender="boss")


async def told(house, step: Announcer, steps: int = 5) -> None:
    for _ in range(steps):
        await step.step()
        await house.wait(6)


def step_of(house) -> Announcer:
    return Announcer(house.store, house.house, house.clock, lambda: None)


async def test_everybody_is_told_once_in_their_language_after_a_question(house):
    await everybody(house)
    await house.says("/admin announce The bot moves.\nzh: 机器人要搬家。", sender="boss")
    assert "This goes to 3 people, each in their direct chat:" in house.chat.last("boss")
    await told(house, step_of(house))
    assert "moves" not in house.chat.last(), "nothing before [Send]"
    press(house, "Send")
    await house.settle()
    await told(house, step_of(house))
    assert house.chat.last() == "From the operator of this bot:\nThe bot moves."
    assert house.chat.last("cy") == "机器人管理者的通知：\n机器人要搬家。"
    assert "moves" not in "\n".join(house.chat.lines("dee")), "who is blocked hears nothing"
    assert house.chat.lines("ada").count(house.chat.last()) == 1
    assert "moves" not in str(await log(house))


@pytest.mark.parametrize("answer", ["yes", "Send", "发出"])
async def test_where_there_are_no_buttons_a_word_sends_it(house, answer):
    await house.says("/admin announce Hear this.", sender="boss")
    await house.says(answer, sender="boss")
    await told(house, step_of(house))
    assert house.chat.last() == "From the operator of this bot:\nHear this."


async def test_no_means_no(house):
    await house.says("/admin announce Hello.", sender="boss")
    press(house, "No")
    await house.settle()
    await told(house, step_of(house))
    assert house.chat.last("boss") == "Nobody was told anything."
    assert await rows(house, t.announcement) == []


async def test_a_crash_at_any_batch_tells_nobody_twice_and_leaves_nobody_out(house, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 1)
    await everybody(house)
    await house.store.run(lambda tx, now: announcements.begin(tx, now, 1, {"": "Hear this."}))
    for _ in range(8):  # another process each time
        await step_of(house).step()
        await house.wait(6)
    heard = {
        who: "\n".join(house.chat.lines(who)).count("Hear this.") for who in ("boss", "ada", "cy", "dee")
    }
    assert heard == {"boss": 1, "ada": 1, "cy": 1, "dee": 0}
    [row] = await rows(house, t.announcement)
    assert (row["told"], row["done_at"] is not None) == (3, True)


async def test_it_waits_while_much_of_it_waits_to_leave_and_is_behind_answers(house, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 1)
    monkeypatch.setattr(announcer, "ROOM", 1)
    await everybody(house)
    await house.store.run(lambda tx, now: announcements.begin(tx, now, 1, {"": "Hear this."}))
    step = step_of(house)
    await step.step()
    await step.step()
    queued = await rows(house, t.delivery, t.delivery.c.once.like("announcement:%"))
    assert len(queued) == 1
    assert queued[0]["urgency"] == announcer.MIRRORED


async def test_it_can_be_stopped_and_not_by_who_is_no_operator_any_more(house, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 1)
    await house.says("/admin announce Hello.", sender="boss")
    house.inbox.use(replace(house.house, operators=frozenset()))
    press(house, "Send")
    await house.settle()
    assert await rows(house, t.announcement) == []
    house.inbox.use(house.house)
    await house.says("/admin announce Hello.", sender="boss")
    press(house, "Send")
    await house.settle()
    await step_of(house).step()
    await house.says("/admin announce stop", sender="boss")
    await told(house, step_of(house))
    assert [row["told"] for row in await rows(house, t.announcement)] == [1]


# --- figures -----------------------------------------------------------------------------------


async def test_figures_count_what_was_sent_by_hand_and_by_rules_and_say_no_word_of_it(house):
    await house.says("/sync north to south")
    await house.says("/home on north")
    await house.poll()
    await house.wait(2)
    await house.says(f"+north {SECRET_WORDS}")
    await house.wait(2)
    await house.poll()
    await house.wait(2)
    while await house.store.run(figures.roll):
        pass
    again = await rows(house, t.figure)
    await house.store.run(figures.roll)
    assert await rows(house, t.figure) == again, "counting twice counts nothing twice"
    found = await house.store.read(figures.look)
    assert found["users"] == {
        "all": 2, "operators": 1, "blocked": 0, "active_7_days": 2, "active_30_days": 2, "syncing": 1,
    }  # fmt: skip
    assert found["registered"] == {"24_hours": 2, "7_days": 2, "30_days": 2}
    assert found["shares"] == {"active": 1.0, "syncing": 0.5}
    assert found["accounts"] == {"north": 1, "south": 1}
    assert found["targets"] == [
        {"network": "north", "posts_30_days": 1, "synced_30_days": 0},
        {"network": "south", "posts_30_days": 1, "synced_30_days": 1},
    ]
    [month] = found["months"].values()
    assert (month["posted"], month["synced"]) == (1, 1)
    assert "octarine" not in json.dumps(found)
    await house.says("/admin stats", sender="boss")
    told = house.chat.last("boss").splitlines()
    assert told[0] == "Users: 2, operators: 1, blocked: 0"
    assert "South: one post in 30 days, 1 of them by sync rules" in told
    assert "octarine" not in "\n".join(told)


async def test_who_was_silent_for_long_is_not_counted_as_active(house):
    await house.wait(31 * DAY)
    await house.says("/help", sender="boss")
    found = await house.store.read(figures.look)
    assert (found["users"]["all"], found["users"]["active_30_days"]) == (2, 1)


# --- the command line, beside the running house -------------------------------------------------


@pytest.fixture
def shell(house, tmp_path):
    """Runs `bridgebot` on the house's database, while the house has it open."""
    return beside(
        tmp_path, "operators: [chat:boss]\nadapters:\n  chat: {use: console}\n  north: {use: pebble}\n"
    )


async def test_users_are_listed_shown_and_ruled_from_the_command_line(house, shell):
    code, said = await shell("users", "list", "--json")
    listed = json.loads(said)
    assert (code, [one["addresses"] for one in listed]) == (0, [["chat:boss"], ["chat:ada"]])
    assert listed[1]["accounts"] == {"north": 1, "south": 1}
    assert "addresses=chat:ada  accounts=north:1,south:1" in (await shell("users", "list", "ada"))[1]
    code, said = await shell("users", "show", "2")
    assert (code, "role: user" in said) == (0, True)
    assert (await shell("users", "show", "99")) == (1, "There is no user 99.\n")
    assert (await shell("users", "block", "2")) == (0, "User 2 is blocked.\n")
    before = house.chat.lines("ada")
    await house.says("/help")
    assert house.chat.lines("ada") == before, "it counts at once in the bot that runs"
    assert (await shell("users", "unblock", "2", "--json"))[0] == 0
    assert (await shell("users", "promote", "2")) == (0, "User 2 is an operator.\n")
    await house.says("/admin invites")
    assert house.chat.last() == "No invitation is open."
    assert (await shell("users", "demote", "2")) == (0, "User 2 is a user like others.\n")
    code, said = await shell("users", "demote", "1")
    assert (code, "is listed under `operators`" in said) == (1, True)
    assert "users block 2 ok" in await log(house)


async def test_the_log_and_the_figures_are_printed_beside_a_running_bot(house, shell):
    code, said = await shell("audit", "export", "--json")
    lines = json.loads(said)
    assert code == 0
    assert [line["action"] for line in lines][:2] == ["admitted", "admitted"]
    assert list(lines[0]) == ["id", "at", "user", "action", "target", "result"]
    code, said = await shell("audit", "export", "--since", "2100-01-01")
    assert (code, said) == (0, "")
    code, said = await shell("audit", "export", "--since", "yesterday")
    assert (code, "I cannot read the time" in said) == (78, True)
    code, said = await shell("stats", "--json")
    assert (code, json.loads(said)["users"]["all"]) == (0, 2)


async def test_a_long_log_is_read_a_page_at_a_time(house, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 3)
    for _ in range(10):
        await house.store.run(lambda tx, now: keep.audit(tx, now, None, "counted", ""))
    found = await house.store.read(lambda tx, now: list(audit.since(tx, None)))
    assert len([entry for entry in found if entry.action == "counted"]) == 10
    assert [entry.id for entry in found] == sorted({entry.id for entry in found})
