"""Bluesky from the chat: linked with an app password, posted to, followed, answered, killed in the middle."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bridgebot.testing.pictures import png
from tests.journeys.networks.skies import POSTED, PUT, linked, posts, receipt, texts
from tests.journeys.networks.travellers import SHARED, new_name, uploaded
from tests.journeys.people import CODE, within
from tests.servers.bluesky import Fault
from tests.servers.bluesky_world import LIKE, REPOST

pytestmark = pytest.mark.asyncio(loop_scope="module")

RED = png((200, 30, 30))


async def test_an_app_password_links_and_is_gone_from_the_chat(meet):
    ada, there = await meet("ada", "telegram")
    message = await linked(ada, there)
    await within(lambda: ada.person.direct.messages[int(message)].deleted, lambda: "the password taken away")
    accounts = await ada.asks("/accounts", rf"● bluesky .*{there.handle}")
    assert "all that an app password allows" in accounts.text


@pytest.mark.parametrize("chat", ["xmpp", "telegram"])
async def test_a_conversation_with_somebody_there(meet, sky, bot, chat):
    ada, there = await meet("ada", chat)
    await linked(ada, there)
    url = await posts(ada, "第一条 👋🏽 https://stones.example/seen #tea")
    (stored,) = there.posts()
    assert stored.text == "第一条 👋🏽 https://stones.example/seen #tea"
    assert url.endswith(stored.uri.rpartition("/")[2])
    words = [
        stored.text.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]] for f in stored.value["facets"]
    ]
    assert [word.decode() for word in words] == ["https://stones.example/seen", "#tea"]

    lin, zoe = sky.person(new_name("lin")), sky.person(new_name("zoe"))
    await ada.asks(f"/follow {lin.handle}", rf"^✓ you follow {lin.handle}")
    root = zoe.post("a question")
    said = lin.post("我知道 🎉", reply_to=root.uri)
    await bot.sleeps()
    item = await ada.hears(rf"^{lin.handle} on Bluesky \[{CODE}\].*我知道 🎉")
    ada.answers(item, "我也是这样想的，谢谢你告诉我")
    question = await ada.hears(r"^Shall I post this\?\nTo Bluesky \(public\):\n我也是这样想的，谢谢你告诉我")
    ada.chooses(question, "Post")
    await ada.hears(rf"^#{CODE} ✓ replied to {lin.handle} on Bluesky")
    answer = there.posts()[-1]
    assert answer.text == "我也是这样想的，谢谢你告诉我"
    assert answer.value["reply"] == {"root": root.ref, "parent": said.ref}

    ada.chooses(item, "⭐", f"/fav {item.found[0]}")
    await ada.hears(rf"^★ {item.found[0]}$")
    ada.chooses(item, "🔁", f"/boost {item.found[0]}")
    await ada.hears(rf"^🔁 {item.found[0]}$")
    for kind in (LIKE, REPOST):
        assert sky.world.about(kind, there.did, said.uri) is not None
    lin.delete(said.uri)
    await bot.sleeps()
    await ada.stands(lambda chat: "我知道" not in str(chat))


async def test_a_correction_is_made_before_the_app_view_knows_the_post(meet, sky):
    ada, there = await meet("ada", "telegram")
    await linked(ada, there)
    sky.world.lags = True
    post = await receipt(ada, "frist 第一")
    ada.corrects(post.message, "/post first 第一")
    await ada.stands(lambda chat: any("posted anew" in line for line in chat.values()))
    sky.world.catch_up()
    assert texts(there) == ["first 第一"]


async def test_a_session_that_is_over_is_renewed_once(meet, sky):
    ada, there = await meet("ada", "xmpp")
    await linked(ada, there)
    sky.advance(2 * 3600 + 1)
    await posts(ada, "still here 还在")
    assert sky.renewals[there.did] == 1
    assert texts(there) == ["still here 还在"]


@pytest.mark.parametrize(
    "fault",
    [Fault.HANG, pytest.param(Fault.CUT_AFTER, marks=pytest.mark.nightly)],
    ids=["before", "after it acted"],
)
async def test_killed_in_the_middle_of_a_publication(meet, sky, bot, fault):
    ada, there = await meet("ada", "telegram")
    await linked(ada, there)
    sky.fail(fault, path=PUT)
    before = sky.asked.count("com.atproto.repo.putRecord")
    ada.says("/post 只一次 once 🌓")
    await within(lambda: sky.asked.count("com.atproto.repo.putRecord") > before, lambda: "an attempt")
    await bot.dies()
    await sky.heal()
    await bot.starts()
    for patience in (1, 2, 4, 8, 16):  # what waits for its time is due when the bot comes back
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not any("✓ Bluesky" in line for line in ada.chat().values()):
                    await asyncio.sleep(0.02)
                break
        await bot.sleeps()
    await ada.caught_up()
    assert texts(there) == ["只一次 once 🌓"]
    assert sum("✓ Bluesky" in line for line in ada.chat().values()) == 1


@pytest.mark.parametrize("chat", ["xmpp", "telegram"])
async def test_pictures_go_there_with_their_descriptions(meet, sky, chat):
    ada, there = await meet("ada", chat)
    await linked(ada, there)
    if chat == "telegram":
        ada.person.shows_photo("/post 石头\nalt: a red stone", content=RED)
    else:
        url = await uploaded(ada.client, RED)
        ada.says("/post 石头", SHARED.format(url, "a red stone"))
    await ada.hears(POSTED)
    (stored,) = there.posts()
    assert stored.text == "石头"
    [image] = stored.value["embed"]["images"]
    assert image["alt"] == "a red stone"
    assert image["image"]["size"] == len(RED)
