"""One message on every network: from a chat to Mastodon and Bluesky and back into chats, and by a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio

from bridgebot.testing.pictures import png
from tests.journeys.networks.skies import becomes, linked, stand
from tests.journeys.networks.travellers import CONSENT, SHARED, new_name, resident, uploaded
from tests.journeys.people import CODE, Talker, within
from tests.servers.bluesky_resident import Resident
from tests.servers.mastodon_person import Someone as Elsewhere

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
POSTED = rf"^#{CODE} public(?=.* ✓ Mastodon (http\S+))(?=.* ✓ Bluesky (http\S+))"
URL = "{jabber:x:oob}x/{jabber:x:oob}url"
CHATS = pytest.mark.parametrize("chat", ["telegram", "xmpp"])
ONE = pytest.mark.parametrize("chat", ["telegram"])


@dataclass(frozen=True)
class Both:
    """Somebody in a chat with two accounts, and the same person with other apps."""

    talker: Talker
    masto: Elsewhere
    sky: Resident

    def statuses(self):
        return [one for one in self.masto.server.world.statuses.values() if one.author is self.masto.who]


@pytest_asyncio.fixture(loop_scope="module")
async def ada(meet, masto, chat):
    talker, sky = await meet("ada", chat)
    await linked(talker, sky)
    address = await talker.asks(f"/link mastodon {masto.domain}", CONSENT)
    there = resident(masto, talker.name)
    await talker.asks(await there.consents(address.found[0]), r"on Mastodon is yours here")
    return Both(talker, there, sky)


@pytest_asyncio.fixture(loop_scope="module")
async def carried(ada, masto, bot):
    """The same, whose posts on Mastodon a rule carries to Bluesky."""
    path = ("GET", f"/api/v1/accounts/{ada.masto.id}/statuses")
    before = masto.asked.count(path)
    await ada.talker.asks("/sync mastodon to bluesky", r"What you post on mastodon goes to bluesky too")
    await within(lambda: masto.asked.count(path) > before, lambda: "the first read, which brings no history")
    return ada


async def fetched(url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.read()


@CHATS
async def test_pictures_go_to_both_networks_and_come_back_into_both_chats(ada, meet, sky, bot):
    bo, _ = await meet("bo", "xmpp")
    lin, _ = await meet("lin", "telegram")
    await bo.asks(f"/follow {ada.masto.handle}", r"^✓ \S+ .*arrives here from now on")
    await bo.asks(f"/follow {ada.sky.handle}", r"^✓ \S+ .*arrives here from now on")
    await lin.asks(f"/follow {ada.sky.handle}", r"^✓ \S+ .*arrives here from now on")
    await bot.sleeps()
    if hasattr(ada.talker, "person"):
        ada.talker.person.shows_photo(
            "/post 两块\nalt: a red stone\nalt: 一块蓝色的石头", content=RED, album="1"
        )
        ada.talker.person.shows_photo(content=BLUE, album="1")
    else:
        urls = [await uploaded(ada.talker.client, content) for content in (RED, BLUE)]
        shared = zip(urls, ("a red stone", "一块蓝色的石头"), strict=True)
        ada.talker.says("/post 两块", *(SHARED.format(url, words) for url, words in shared))
    await ada.talker.hears(POSTED)
    [status], [post] = ada.statuses(), await ada.sky.posts()
    assert [one["description"] for one in status.media] == ["a red stone", "一块蓝色的石头"]
    assert [one["_content"] for one in status.media] == [RED, BLUE]
    assert [one["alt"] for one in post.embed["images"]] == ["a red stone", "一块蓝色的石头"]
    assert [await ada.sky.content(one["image"]) for one in post.embed["images"]] == [RED, BLUE]

    await sky.settled()
    await bot.sleeps()
    words = rf"\[{CODE}\]: 两块\n🖼 a red stone\n🖼 一块蓝色的石头$"
    seen = await lin.hears(rf"^{ada.sky.handle} on Bluesky {words}")
    [line] = [line for line in lin.person.sees() if str(line.id) == seen.id]
    await within(
        lambda: sum(len(line.media) for line in lin.person.sees()) == 2, lambda: f"{lin.person.sees()}"
    )
    assert line.text.endswith("一块蓝色的石头")
    await bo.hears(rf"^({ada.masto.handle} on Mastodon|{ada.sky.handle} on Bluesky) {words}")

    def shown() -> list[str]:
        mine = [one for one in bo.client.messages if one.get("from", "").startswith(bot.jid)]
        return [url for one in mine if (url := one.findtext(URL)) is not None]

    await within(lambda: len(shown()) == 2, lambda: f"{shown()}: twins are shown once")
    for url in shown():
        assert (await fetched(url)).startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF"))


@CHATS
async def test_a_rule_carries_a_post_with_all_that_is_in_it(carried, masto, sky):
    ada = carried
    lin = await sky.person(new_name("lin"))
    friend = resident(masto, new_name("lin"))
    await ada.talker.asks(f"/alias {friend.handle} = {lin.handle}", rf"{lin.handle}")
    text = f"两块石头 https://stones.example/seen #tea for {friend.handle} & @nobody@far.example"
    red, blue = ada.masto.picture(RED, "a red stone"), ada.masto.picture(BLUE, "一块蓝色的石头")
    ada.masto.post(text, media=[red, blue], warning="石头 stones", language="zh")
    await ada.talker.hears(rf"^↔ #{CODE} from Mastodon: ")
    await becomes(ada.sky.texts, lambda texts: len(texts) == 1)
    [post] = await ada.sky.posts()
    assert post.text == (
        "CW: 石头 stones\n\n两块石头 https://stones.example/seen #tea "
        f"for {lin.handle} & @\u2060nobody@far.example"
    )
    cut = {words: one["$type"].partition("#")[2] for words, one in post.cut().items()}
    assert cut == {"https://stones.example/seen": "link", "#tea": "tag", lin.handle: "mention"}
    assert post.cut()[lin.handle]["did"] == lin.did
    assert [one["val"] for one in post.value["labels"]["values"]] == ["graphic-media"]
    assert post.value["langs"] == ["zh"]
    assert [one["alt"] for one in post.embed["images"]] == ["a red stone", "一块蓝色的石头"]
    assert [await ada.sky.content(one["image"]) for one in post.embed["images"]] == [RED, BLUE]


@CHATS
async def test_a_rule_carries_a_thread_a_quote_an_edit_and_a_deletion(carried, masto):
    ada = carried
    one = ada.masto.post("one 一")
    two = ada.masto.post("two 二", reply_to=one)
    three = ada.masto.post("three 三", reply_to=two)
    await stand(ada.sky, "one 一", "two 二", "three 三")
    first, second, third = await ada.sky.posts()
    assert second.value["reply"] == {"root": first.ref, "parent": first.ref}
    assert third.value["reply"] == {"root": first.ref, "parent": second.ref}

    ada.masto.post("look 看", quotes=one)
    await becomes(ada.sky.texts, lambda texts: len(texts) == 4)
    shown = (await ada.sky.posts())[-1]
    assert shown.embed.get("record") == first.ref or re.search(r"\nRE: https?://\S+$", shown.text)

    ada.masto.edit(three, "three 三!")
    await becomes(ada.sky.texts, lambda texts: "three 三!" in texts and "three 三" not in texts)
    again = next(post for post in await ada.sky.posts() if post.text == "three 三!")
    assert again.value["reply"] == {"root": first.ref, "parent": second.ref}
    ada.masto.delete(three)
    await becomes(ada.sky.texts, lambda texts: not any("three" in text for text in texts))
    await ada.talker.caught_up()
    assert len(ada.statuses()) == 3


@ONE
async def test_rules_both_ways_make_no_circle(carried, masto, sky, bot):
    ada = carried
    await ada.talker.asks("/sync bluesky to mastodon", r"What you post on bluesky goes to mastodon too")
    await bot.sleeps()
    ada.masto.post("written on Mastodon 🚲")
    await becomes(ada.sky.texts, lambda texts: texts == ["written on Mastodon 🚲"])
    await ada.sky.shows("written on Bluesky 🦋 #tea", (RED, "a red stone"))
    await sky.settled()
    await bot.sleeps()
    await within(lambda: len(ada.statuses()) == 2, lambda: str(ada.statuses()))
    status = ada.statuses()[-1]
    assert status.text == "written on Bluesky 🦋 #tea"
    assert [one["description"] for one in status.media] == ["a red stone"]
    for _ in range(2):
        await sky.settled()
        await bot.sleeps()
    await ada.talker.caught_up()
    assert len(ada.statuses()) == 2
    assert await ada.sky.texts() == ["written on Mastodon 🚲", "written on Bluesky 🦋 #tea"]
