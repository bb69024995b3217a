"""What could not leave for long, and what reached the bot long after it was written: nothing goes unasked."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time

import pytest
import pytest_asyncio

from tests.journeys.networks.travellers import BOTH
from tests.journeys.people import CODE, within
from tests.servers.bot import Bot
from tests.servers.prosody import DOMAIN

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = 3600.0


async def stays_away(bot: Bot, seconds: float) -> None:
    """The bot is down for so long, as far as what waits can tell."""
    await bot.dies()
    with contextlib.closing(sqlite3.connect(bot.folder / "bridgebot.db")) as database:
        earlier = int(seconds * 1e6)
        database.execute("UPDATE delivery SET created_at = created_at - ? WHERE state = 'queued'", [earlier])
        database.commit()
    await bot.starts()


@pytest_asyncio.fixture(loop_scope="module")
async def olga(meet):
    """Somebody on Telegram, which says when a message was written, however late it hands it over."""
    olga = await meet("olga", "telegram")
    await olga.settles()
    return olga


def writes(traveller, text: str, minutes: float) -> int:
    """A message of some time ago that Telegram hands over now."""
    return traveller.talker.person.posts({"text": text, "date": int(time.time() - 60 * minutes)})


async def waiting_posts(ada, masto, *texts: str) -> None:
    """Mastodon no longer accepts the token; Plaza takes what is posted."""
    masto.expire(ada.name)
    for text in texts:
        held = rf"^#{CODE} public .*✗ Mastodon: it waits: /relink mastodon"
        await ada.talker.asks(f"/post {text}", held)
    await ada.talker.hears(r"^Mastodon no longer accepts mastodon\.")


async def test_after_more_than_an_hour_a_relinked_account_gets_what_is_chosen(ada, masto, bot):
    await waiting_posts(ada, masto, "one 一", "two 二", "three 三")
    await stays_away(bot, 2 * HOUR)
    await ada.links("/relink mastodon", r"works again\. What waited up to an hour is sent now\.")
    asked = await ada.talker.hears(r"^3 things waited for Mastodon \(mastodon\) and were not sent\.")
    assert "one 一 (2 h)" in asked.text
    ada.talker.chooses(asked, "Choose", "choose")
    first = await ada.talker.hears(r"^3 wait for Mastodon .* This one is 2 h old\. Send it\?\n.*: one 一")
    ada.talker.chooses(first, "Send", "send")
    second = await ada.talker.hears(r"^2 wait for Mastodon (.|\n)*: two 二")
    ada.talker.chooses(second, "Drop", "drop")
    third = await ada.talker.hears(r"^The last one for Mastodon (.|\n)*: three 三")
    ada.talker.chooses(third, "Send", "send")
    await within(lambda: ada.texts() == ["one 一", "three 三"], ada.texts)
    await ada.talker.hears(rf"^#{CODE} public .*– Mastodon: not sent")
    await ada.plaza_has("one 一", "two 二", "three 三")
    await ada.talker.caught_up()
    assert ada.texts() == ["one 一", "three 三"]


async def test_a_question_about_what_is_held_outlives_the_process(ada, masto, bot):
    await waiting_posts(ada, masto, "kept 留着")
    await stays_away(bot, 2 * HOUR)
    await ada.links("/relink mastodon", r"works again\.")
    asked = await ada.talker.hears(r"^One thing waited for Mastodon")
    await bot.sleeps()
    ada.talker.chooses(asked, "Send all", "send all")
    await ada.both_have("kept 留着")


async def test_the_button_of_an_expired_token_begins_to_relink(olga, masto):
    masto.expire(olga.name)
    await olga.talker.asks("/post waits 等", r"✗ Mastodon: it waits")
    told = await olga.talker.hears(r"^Mastodon no longer accepts mastodon\.")
    olga.talker.chooses(told, "Re-link")
    address = await olga.talker.hears(r"(http://127\.0\.0\.1:\d+/oauth/authorize\S+)")
    code = await olga.there.consents(address.found[0])
    await olga.talker.asks(code, r"works again\. What waited is sent now\.")
    await olga.both_have("waits 等")


async def test_messages_of_the_time_when_the_bot_was_down_are_one_question(olga, bot):
    await bot.dies()
    lines = [writes(olga, f"/post while away {number} 离线", 40 - number) for number in range(5)]
    olga.talker.person.edits(lines[1], "/post while away, mended 改过")
    olga.talker.says("/post in time 及时")
    await bot.starts()
    await olga.talker.hears(BOTH)
    asked = await olga.talker.hears(r"^While I was away you wrote 5 messages\.")
    assert olga.texts() == ["in time 及时"]
    await within(lambda: "mended 改过" in olga.talker.chat()[asked.id], lambda: olga.talker.chat()[asked.id])
    assert sum("While I was away" in line for line in olga.talker.chat().values()) == 1
    olga.talker.chooses(asked, "Post all")
    rest = [f"while away {number} 离线" for number in (0, 1, 2, 3, 4)]
    rest[1] = "while away, mended 改过"
    await olga.both_have("in time 及时", *rest)


async def test_one_more_that_comes_late_is_taken_into_the_open_question(olga):
    writes(olga, "/post first 先", 30)
    asked = await olga.talker.hears(r"^This reached me late, .*")
    writes(olga, "/post second 后", 29)
    await within(lambda: "you wrote 2 messages" in olga.talker.chat()[asked.id], lambda: "a change")
    olga.talker.chooses(asked, "Drop")
    await olga.talker.hears(r"^Nothing was posted\.$")
    await olga.talker.caught_up()
    assert olga.texts() == []


async def test_a_pause_is_asked_about_whatever_its_length(ada):
    await ada.talker.asks("/pause", r"^Paused: nothing of yours leaves")
    await ada.talker.asks("/post not so fast 慢", r"✗ Plaza: it waits: you paused everything, /resume")
    await ada.talker.asks("/resume", r"^Goes on\. 2 things had waited")
    for network in ("Plaza", "Mastodon"):
        await ada.talker.hears(rf"^One thing waited for {network}")
    for _ in range(2):  # in words the latest question is answered first
        await ada.talker.asks("send all", r"^It is sent now\.$")
    await ada.both_have("not so fast 慢")


def backdate(prosody, name: str, text: str, seconds: int) -> None:
    """Let the server's archive say that the bot's messages with these words were written earlier."""
    archive = prosody.folder / "data" / DOMAIN / "archive" / f"{name}.list"
    items = re.split(r"(?m)^(?=item\()", archive.read_text())
    for place, item in enumerate(items):
        if text in item:
            items[place] = re.sub(
                r'(\["when"\] = )(\d+)', lambda at: f"{at[1]}{int(at[2]) - seconds}", item, count=1
            )
    archive.write_text("".join(items))


async def test_what_an_xmpp_server_kept_while_the_bot_was_down_is_one_question(meet, bot, prosody):
    ada = await meet("ada", "xmpp")
    await ada.settles()
    await bot.dies()
    for number in range(5):
        ada.talker.says(f"/post kept {number} 存")
    await ada.talker.client.ask(DOMAIN, "get", "<ping xmlns='urn:xmpp:ping'/>")
    backdate(prosody, bot.jid.partition("@")[0], "/post kept", 1200)
    await bot.starts()
    asked = await ada.talker.hears(r"^While I was away you wrote 5 messages\.")
    assert "answer: Post all · Choose · Drop" in asked.text
    assert ada.texts() == []
    ada.talker.says("post all")
    await ada.both_have(*(f"kept {number} 存" for number in range(5)))
