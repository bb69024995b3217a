"""People: following, looking up, requests of a locked account, reports, and what a hostile name can do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.model import Author
from bridgebot.store import tables as t
from bridgebot.testing.chat_side import EVERYTHING
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

LIN = "@lin@north.example"
EVIL = Author("u-evil", "@evil\u202e@north.example", "bot\u200b\x1b[2J\u2066: ✓ posted", None)
HARMFUL = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b-\x1f]")


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        house.social("north").network.person("lin")
        yield house


def network(house):
    return house.social("north").network


def follows(house) -> set[tuple[str, str]]:
    return {(a.removeprefix("u-"), b.removeprefix("u-")) for a, b in network(house).follows}


async def routes(house) -> list[str]:
    return await house.store.read(
        lambda tx, now: list(
            tx.connection.execute(
                sa.select(t.route.c.verb).where(
                    t.route.c.state == "active", t.route.c.timeline_id.is_not(None)
                )
            ).scalars()
        )
    )


@pytest.mark.parametrize("typed", ["@lin", "lin", "@lin@north.example", "lin@north"])
async def test_following_makes_the_route_and_the_posts_arrive(house, typed):
    await house.says(f"/follow {typed}")
    assert house.chat.last() == "✓ you follow @lin@north.example (Lin) on North; the posts arrive here."
    assert follows(house) == {("ada", "lin")}
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("lin", "news")
    await house.poll()
    assert house.chat.last() == "@lin@north.example on North [2k7]: news"


async def test_unfollowing_ends_the_route(house):
    await house.says("/follow @lin")
    await house.poll()
    await house.says("/unfollow @lin")
    assert house.chat.last() == "✓ you no longer follow @lin@north.example (Lin) on North."
    assert await routes(house) == []
    await house.wait(1)
    house.social("north").add_post("lin", "news")
    await house.poll()
    assert not [line for line in house.chat.lines() if "news" in line]


async def test_the_author_of_a_shown_post_is_followed_by_its_id_or_a_native_answer(house):
    await house.says("/tag news")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("lin", "some #news")
    await house.poll()
    await house.says("/follow 2k7")
    assert follows(house) == {("ada", "lin")}
    shown = next(line for line in house.chat.messages() if "some #news" in line.text)
    await house.says("/unfollow", reply_to=shown.id)
    assert follows(house) == set()
    await house.says("/follow 7zz")
    assert house.chat.last().startswith("I know no post “7zz”")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/follow", "/follow @name"),
        ("/follow !!", "/follow @name"),
        ("/whois", "/whois @name"),
        ("/approve", "/approve @name or /reject @name"),
        ("/follow @ghost", "✗ North: It is not there any more"),
        ("/whois @ghost", "✗ North: It is not there any more"),
        ("/lock maybe", "/lock on or /lock off"),
    ],
)
async def test_wrong_use_is_explained_once(house, typed, told):
    before = len(house.chat.lines())
    await house.says(typed)
    assert house.chat.last().startswith(told)
    assert len(house.chat.lines()) == before + 1


async def test_the_account_is_chosen_by_the_network_in_the_handle(house):
    await house.user("ada", "south")
    house.social("south").network.person("mei")
    await house.says("/follow @mei@south.example")
    assert "on South" in house.chat.last()
    await house.says("/follow mei@south")
    assert "on South" in house.chat.last()


async def test_a_locked_account_is_followed_after_its_approval(house):
    await house.user("bo", "north")
    await house.says("/lock on", sender="bo")
    assert house.chat.last("bo") == "✓ follows of you on North wait for your word (/requests)."
    await house.says("/follow @bo")
    assert house.chat.last() == (
        "✓ @bo@north.example (Bo) on North must let you follow; then the posts arrive here."
    )
    await house.says("/requests", sender="bo")
    assert house.chat.last("bo") == (
        "They want to follow you on North (/approve @name, /reject @name):\n  @ada@north.example (Ada)"
    )
    await house.says("/approve @ada", sender="bo")
    assert house.chat.last("bo") == "✓ @ada@north.example (Ada) follows you now."
    await house.says("/requests", sender="bo")
    assert house.chat.last("bo") == "Nobody waits to follow you."
    await house.poll()
    await house.wait(1)
    await house.says("for my followers", sender="bo")
    await house.poll()
    assert [line for line in house.chat.lines() if line.endswith(": for my followers")]


async def test_a_refused_follow_stays_refused(house):
    await house.user("bo", "north")
    await house.says("/lock", sender="bo")
    await house.says("/follow @bo")
    await house.says("/reject @ada", sender="bo")
    assert house.chat.last("bo") == "✓ @ada@north.example (Ada) does not follow you."
    assert follows(house) == set()
    await house.says("/lock off", sender="bo")
    assert house.chat.last("bo") == "✓ anybody may follow you on North."
    assert network(house).locked == set()


async def test_notifications_arrive_once(house):
    await house.says("/mentions on")
    await house.says("a post")
    await house.poll()
    await house.wait(2)
    post = house.social("north").posts[0]
    for kind in ("follow", "follow-request", "favourite", "boost"):
        about = post.id if kind in ("favourite", "boost") else None
        house.social("north").notify("ada", kind, "lin", about)
    for _ in range(3):
        await house.poll()
    told = [line for line in house.chat.lines() if line.startswith(("@lin", "★ @lin", "🔁 @lin"))]
    assert told == [
        "@lin@north.example (Lin) follows you on North.",
        f"{LIN} wants to follow you on North: /approve {LIN} or /reject {LIN}",
        "★ @lin@north.example (Lin) likes 2k7 (North)",
        "🔁 @lin@north.example (Lin) boosted 2k7 (North)",
    ]


async def test_whois_shows_who_that_is(house):
    await house.says("/follow @lin")
    await house.says("/whois @lin")
    assert house.chat.last() == (
        "@lin@north.example (Lin) on North\n0 posts · 1 follower · follows 0\nhttps://north.example/@lin"
    )


async def test_whois_shows_their_picture_where_the_chat_shows_pictures(house):
    address = "https://north.example/pictures/lin.png"
    network(house).pictures["u-lin"] = address
    await house.says("/whois @lin")
    shown = house.chat.messages()[-1]
    assert ([one.url for one in shown.shown], address in shown.text) == ([address], False)
    assert shown.text.startswith("@lin@north.example (Lin) on North")


async def test_elsewhere_whois_ends_with_the_pictures_address(tmp_path):
    chat = MemoryChat(name="chat", capabilities=replace(EVERYTHING, shows=None))
    async with TestHouse(tmp_path, chat=chat) as house:
        await house.user("ada", "north")
        network(house).person("lin")
        network(house).pictures["u-lin"] = "https://north.example/pictures/lin.png"
        await house.says("/whois @lin")
        assert house.chat.last().split("\n")[-1] == "https://north.example/pictures/lin.png"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", f"https://x.example/{'x' * 500}"]
)
async def test_what_is_no_address_of_a_picture_is_none(house, address):
    network(house).pictures["u-lin"] = address
    await house.says("/whois @lin")
    assert house.chat.messages()[-1].shown == ()
    assert address not in house.chat.last()


async def test_a_report_reaches_those_who_moderate(house):
    await house.says("/tag news")
    await house.poll()
    await house.wait(1)
    post = house.social("north").add_post("lin", "buy #news")
    await house.poll()
    shown = house.chat.messages()[-1].id
    await house.says("/report 2k7 it is spam")
    assert house.chat.last() == "✓ 2k7 was reported to those who moderate North."
    await house.says("/report spam again", reply_to=shown)
    reports = network(house).reports
    assert [(r.post.id, r.comment) for r in reports] == [(post.id, "it is spam"), (post.id, "spam again")]


# --- hostile names -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_hostile_name_can_neither_turn_a_line_round_nor_pass_for_the_bot(house, language):
    house.chat.person("ada", language=language)
    network(house).people["u-evil"] = EVIL
    follow = {("u-ada", "u-evil")}
    await house.says("/mentions on")
    await house.says("/home on")
    await house.poll()
    await house.wait(2)
    network(house).follows |= follow
    post = house.social("north").add_post("@evil", "line one\n#2k7 public ✓ North\n\u202edesrever")
    house.social("north").notify("ada", "follow", "evil")
    house.social("north").add_post("lin", "see", reply_to=post.id)
    await house.poll()
    for typed in ("/whois @evil", "/follow @evil", "/unfollow @evil", "/thread 2k7", "/re 2k7 no", "/routes"):
        await house.says(typed)
        await house.wait(2)
    shown = "\n".join(house.chat.lines())
    assert "evil@north.example" in shown
    assert [line for line in shown.split("\n") if HARMFUL.search(line)] == []
    assert [line for line in shown.split("\n") if line.startswith("#2k7 public")] == []


async def test_a_hostile_bio_stays_behind_its_mark(house, monkeypatch):
    social = house.social("north")
    real = type(social)._profile

    def profile(self, author):
        return replace(real(self, author), bio="I am\r✓ posted\u2028#2k7 public ✓ North\x1b[2J")

    monkeypatch.setattr(type(social), "_profile", profile)
    await house.says("/whois @lin")
    lines = house.chat.last().split("\n")
    assert [line for line in lines if "posted" in line or "#2k7" in line] == [
        "│ ✓ posted",
        "│ #2k7 public ✓ North[2J",
    ]
