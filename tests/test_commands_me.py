"""One's own things: accounts, defaults, settings; and what operators may do."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.store import keep
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


@pytest.fixture
async def ruled(tmp_path):
    """Boss runs the bot and its network; Ada uses it."""
    async with TestHouse(tmp_path, access="invite", operators=frozenset({"chat:boss"})) as house:
        await house.says("/start", sender="boss")
        await house.says("/admin invite", sender="boss")
        await house.says(house.chat.last("boss").split(": ")[1])
        await house.user("ada", "north")
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [
            dict(row) for row in tx.connection.execute(sa.select(table).where(*where)).mappings()
        ]
    )


# --- accounts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "Your accounts:\n● north  @ada@north.example (North) · works\n"
            "○ south  @ada@south.example (South) · works\n"
            "● plain posts go there (/default changes that)",
        ),
        (
            "zh-CN",
            "你的账号：\n● north  @ada@north.example (North) · 正常\n"
            "○ south  @ada@south.example (South) · 正常\n"
            "● 普通帖子发到那里（用 /default 更改）",
        ),
    ],
)
async def test_accounts_show_the_default_targets(house, language, told):
    house.chat.person("ada", language=language)
    await house.user("ada", "north", "south")
    await house.says("/default north")
    await house.says("/accounts")
    assert house.chat.last() == told


async def test_default_chooses_where_plain_posts_go(house):
    await house.user("ada", "north", "south")
    await house.says("/default south")
    assert house.chat.last() == "Plain posts of this chat go to: south"
    await house.says("there")
    await house.says("/default south, north")
    await house.says("everywhere")
    assert house.social("north").texts() == ["everywhere"]
    assert house.social("south").texts() == ["there", "everywhere"]


@pytest.mark.parametrize("typed", ["/default", "/default nowhere", "/default north nowhere"])
async def test_a_wrong_default_changes_nothing(house, typed):
    await house.user("ada", "north", "south")
    await house.says(typed)
    assert house.chat.last() == "Name your accounts: /default north, south"
    await house.says("everywhere")
    assert house.social("south").texts() == ["everywhere"]


async def test_unlinking_wipes_what_the_account_had(house):
    await house.user("ada", "north", "south")
    for typed in (
        "/home north",
        "/sync north to south",
        "/sync south to north",
        "/pause",
        "waits for nothing",
    ):
        await house.says(typed)
    secret = (await rows(house, t.account))[0]["credentials"]
    await house.says("/unlink north")
    assert house.chat.last() == (
        "Forget @ada@north.example on North here? Its posts stay there; what waits for it is dropped."
    )
    house.chat.press("Forget it")
    await house.says("/resume")
    await house.says("send all")
    await house.wait(60)
    account = (await rows(house, t.account))[0]
    assert account["state"] == "unlinked"
    assert account["credentials"] != secret
    decrypted = await house.store.read(lambda tx, now: tx.vault.decrypt(account["credentials"]))
    assert decrypted == ""
    assert house.social("north").texts() == []
    assert house.social("south").texts() == ["waits for nothing"]
    await house.says("/routes")
    assert "north" not in house.chat.last().lower().replace("north.example", "")
    assert "token-ada" not in house.social("north").network.tokens


async def test_unlinking_wipes_here_though_the_network_refuses_to_revoke(house):
    from bridgebot.errors import Rejected

    await house.user("ada", "north")
    house.social("north").fail("unlink", Rejected())
    await house.says("/unlink north")
    await house.says("forget it")
    [account] = await rows(house, t.account)
    assert await house.store.read(lambda tx, now: tx.vault.decrypt(account["credentials"])) == ""


async def test_an_unlinked_account_takes_no_further_part(house):
    await house.user("ada", "north")
    await house.says("/unlink north")
    await house.says("no")
    assert house.chat.last() == "Nothing was changed."
    await house.says("/unlink north")
    await house.says("解除")
    for typed in ("/unlink north", "/relink north"):
        await house.says(typed)
        assert house.chat.last() == "There is no account of that name. Yours: –"


async def test_settings_and_timezone(house):
    await house.user("ada", "north")
    await house.says("/settings plain ask")
    assert house.chat.last() == "I ask before I post plain text. /settings plain post changes that."
    await house.says("/timezone asia/shanghai")
    assert house.chat.last() == "Your time zone is Asia/Shanghai."
    await house.says("/settings")
    assert house.chat.last().split("\n")[1:3] == [
        "Language: en (/language) · time zone: Asia/Shanghai (/timezone)",
        "Plain posts go to: north (/default)",
    ]
    await house.says("/timezone Atlantis")
    assert house.chat.last().startswith("It is Asia/Shanghai. Name one like")
    await house.says("/language klingon")
    assert house.chat.last() == "/language en or /language zh-CN"


async def test_status_names_what_needs_the_person(house):
    await house.user("ada", "north")
    await house.says("/status")
    assert house.chat.last() == "Nothing waits.\nnorth: @ada@north.example (North), works"
    house.social("north").expire(house.social("north").account("ada"))
    await house.says("a post")
    await house.says("/status")
    assert house.chat.last() == (
        "One delivery waits.\nnorth: @ada@north.example (North), no longer accepted: /relink"
    )


async def test_start_greets_who_is_known_by_their_accounts(house):
    await house.user("ada", "north")
    await house.says("/start")
    assert house.chat.last().startswith("Hi! You are @ada@north.example (North).")


# --- operators ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["", "users", "invite", "block 1", "queue", "reports", "remove p1", "suspend @x"]
)
async def test_who_is_no_operator_may_do_nothing(ruled, typed):
    await ruled.says(f"/admin {typed}")
    assert ruled.chat.last() == "Only operators of this bot can do that."
    log = [row for row in await rows(ruled, t.audit) if row["user_id"] == 2 and "admin" in row["action"]]
    assert [(row["action"], row["target"], row["result"]) for row in log] == [
        (" ".join(["admin", *typed.split()[:1]]), "", "refused")
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/admin", "What operators can do"),
        ("/admin help", "What operators can do"),
        ("/admin dance", "There is no such word. Nothing was done"),
        ("/admin ivnite", "Did you mean /admin invite? Nothing was done."),
        ("/admin remove", "/admin remove ID"),
        ("/admin suspend", "/admin suspend @name"),
        ("/admin unsuspend ", "/admin unsuspend @name"),
        ("/admin help suspend", "/admin suspend @name"),
    ],
)
async def test_wrong_use_says_what_there_is(ruled, typed, told):
    await ruled.says(typed, sender="boss")
    assert ruled.chat.last("boss").startswith(told)


async def test_operators_act_in_direct_chats_only(ruled):
    ruled.chat.group("den")
    await ruled.says("/admin users", sender="boss", chat="den")
    assert ruled.chat.last("den") == "/admin works in a direct chat with me only."
    [line] = [row for row in await rows(ruled, t.audit) if row["action"] == "admin users"]
    assert line["result"] == "refused"


async def test_users_are_listed_blocked_and_let_in_again(ruled):
    await ruled.says("/admin users", sender="boss")
    assert ruled.chat.last("boss") == (
        "1  chat:boss  operator · seen 12:03\n2  chat:ada  user · North 1 · seen 12:00"
    )
    await ruled.says("/admin block 2", sender="boss")
    assert ruled.chat.last("boss") == "User 2: blocked"
    await ruled.says("/admin unblock 2", sender="boss")
    assert ruled.chat.last("boss") == "User 2: user"
    for wrong in ("1", "7", "ada", ""):
        await ruled.says(f"/admin block {wrong}", sender="boss")
        assert (
            ruled.chat.last("boss") == f"There is no user {wrong or '?'} whom that could be done to. "
            "/admin users shows their numbers and addresses."
        )


async def test_the_queue_shows_numbers_and_held_lanes_but_no_text(ruled):
    ruled.social("north").expire(ruled.social("north").account("ada"))
    await ruled.says("a very private thought")
    await ruled.wait(2)
    await ruled.says("/admin queue", sender="boss")
    shown = ruled.chat.last("boss")
    assert "queued: 1" in shown
    assert "account:1 (auth)" in shown
    assert "private" not in shown


async def test_reports_remove_and_suspend(ruled):
    ruled.social("south").network.clock = ruled.clock
    await ruled.says("/tag news")
    await ruled.poll()
    await ruled.wait(1)
    post = ruled.social("north").add_post("lin", "buy #news")
    await ruled.poll()
    await ruled.says("/report 2k7 spam")
    await ruled.says("/admin reports", sender="boss")
    told = ruled.chat.lines("boss")[-2:]
    assert f"  {post.id}  {post.url}  @lin@north.example ← @ada@north.example: spam" in "\n".join(told)
    assert "No reports on South." in "\n".join(told)
    await ruled.says(f"/admin remove {post.id}", sender="boss")
    assert ruled.social("north").texts() == []
    await ruled.says("/admin suspend @lin", sender="boss")
    assert ruled.social("north").network.suspended == {"u-lin"}
    await ruled.says("/admin unsuspend @lin", sender="boss")
    assert ruled.social("north").network.suspended == set()


async def test_every_use_is_in_the_audit_log_and_no_text_of_a_post(ruled):
    await ruled.says("thoughts of mine")
    uses = ("users", "invite", "block 2", "unblock 2", "queue", "reports", "remove p1", "suspend @ada")
    for use in uses:
        await ruled.says(f"/admin {use}", sender="boss")
    log = await rows(ruled, t.audit, t.audit.c.user_id == 1)
    done = [f"{row['action']} {row['target']}".strip() for row in log if row["action"].startswith("admin ")]
    assert done[-len(uses) :] == [f"admin {use}".replace("invite", "invite 1 7") for use in uses]
    assert "thoughts" not in str(log)


async def test_where_nothing_is_moderated_that_is_said(tmp_path):
    foreign = replace(MemorySocial().capabilities, moderate=False)
    socials = (MemorySocial(name="north", capabilities=foreign),)
    async with TestHouse(tmp_path, socials=socials, operators=frozenset({"chat:boss"})) as house:
        await house.says("/admin reports", sender="boss")
        assert house.chat.last("boss") == "No network here is yours to moderate."


async def test_an_invitation_is_shown_once_and_kept_as_a_digest(ruled):
    await ruled.says("/admin invite", sender="boss")
    told = ruled.chat.last("boss")
    assert told.startswith(f"An invitation for one person, for {keep.CLAIM_DAYS} days: ")
    code = told.split(": ")[1]
    assert code not in str(await rows(ruled, t.invite))
    assert code not in str(await rows(ruled, t.audit))
