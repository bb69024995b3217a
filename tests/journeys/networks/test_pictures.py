"""Pictures out of chats and into chats: with their words and descriptions, and once, whatever happens."""

from __future__ import annotations

import json

import aiohttp
import pytest
import pytest_asyncio

from bridgebot.testing.pictures import png
from tests.journeys.networks.travellers import SHARED, uploaded
from tests.journeys.people import CODE, within
from tests.servers.mastodon import Fault

pytestmark = pytest.mark.asyncio(loop_scope="module")

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
POSTED = rf"^#{CODE} public(?=.* ✓ Mastodon (http\S+))"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_before(bot, masto):
    yield
    await masto.heal()
    if not bot.running:
        await bot.starts()


def described(ada) -> list[list[str | None]]:
    """What is said of the pictures of one's posts on the server, post by post."""
    return [[one["description"] for one in status.media] for status in ada.statuses()]


async def on_plaza(ada) -> list[tuple[bytes, str]]:
    """What the last post on Plaza shows to anybody: the pictures, and what is said of them."""
    feed = json.loads(await ada.pages.text(f"{ada.plaza}/@{ada.name}/feed.json"))
    shown = feed["items"][0]["attachments"]
    return [(await fetched(one["url"]), one["title"]) for one in shown]


async def test_an_album_with_words_and_descriptions_is_one_post(meet, masto):
    ada = await meet("ada", "telegram", masto)
    await ada.settles()
    person = ada.talker.person
    person.shows_photo("/post 两块石头\nalt: a red stone\nalt: 一块蓝色的石头", content=RED, album="1")
    person.shows_photo(content=BLUE, album="1")
    receipt = await ada.talker.hears(POSTED)
    assert ada.texts() == ["两块石头"]
    assert described(ada) == [["a red stone", "一块蓝色的石头"]]
    await ada.plaza_has("两块石头")
    assert await on_plaza(ada) == [(RED, "a red stone"), (BLUE, "一块蓝色的石头")]
    assert "pictures" not in receipt.text, "nothing was lost"
    await ada.talker.asks("/alt 2 it is green", r"^Picture 2 of")
    await within(lambda: described(ada) == [["a red stone", "it is green"]], lambda: f"{described(ada)}")


@pytest.mark.nightly
async def test_killed_between_the_picture_and_its_post(meet, masto, bot):
    ada = await meet("ada", "telegram", masto)
    await ada.settles()
    masto.fail(Fault.HANG, method="POST", path=r"/api/v1/statuses$")
    before = masto.asked.count(("POST", "/api/v1/statuses"))
    uploads = masto.asked.count(("POST", "/api/v2/media"))
    ada.talker.person.shows_photo("/post 只一次\nalt: once", content=RED)
    await within(
        lambda: masto.asked.count(("POST", "/api/v1/statuses")) > before, lambda: "an attempt to publish"
    )
    await bot.dies()
    await masto.heal()
    await bot.starts()
    await ada.talker.hears(POSTED)
    await ada.talker.caught_up()
    assert (ada.texts(), described(ada)) == (["只一次"], [["once"]])
    assert masto.asked.count(("POST", "/api/v2/media")) == uploads + 1, "what is there is not brought again"


# --- from and to XMPP, by its own files ----------------------------------------------------------

URL = "{jabber:x:oob}x/{jabber:x:oob}url"


def shared(client, bot) -> list[str]:
    """The addresses of what the bot showed on XMPP, in their order."""
    mine = [one for one in client.messages if one.get("from", "").startswith(bot.jid)]
    return [url for one in mine if (url := one.findtext(URL)) is not None]


async def fetched(url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.read()


async def test_a_picture_from_xmpp_goes_out_with_its_words_and_description(meet, masto):
    ada = await meet("ada", "xmpp", masto)
    await ada.settles()
    url = await uploaded(ada.talker.client, RED)
    ada.talker.says("/post 一块石头", SHARED.format(url, "a red stone"))
    await ada.talker.hears(POSTED)
    assert (ada.texts(), described(ada)) == (["一块石头"], [["a red stone"]])
    [[stone]] = [status.media for status in ada.statuses()]
    assert stone["_content"] == RED
    await ada.plaza_has("一块石头")
    assert await on_plaza(ada) == [(RED, "a red stone")]


async def test_pictures_go_by_plaza_from_each_chat_into_the_other(meet, bot):
    """The bot has no public address here, and its own is one that nobody may name: see `bridgebot.http`."""
    ada, bo = await meet("ada", "telegram"), await meet("bo", "xmpp")
    for one in (ada, bo):
        await one.talker.joins()
    for reader, other in ((ada, bo), (bo, ada)):
        await reader.talker.asks(f"/follow @{other.name}@plaza", r"^✓ you follow")
    client, telegram = bo.talker.client, ada.talker.person
    telegram.shows_photo("/post from Telegram\nalt: a red stone", content=RED)
    await bo.talker.hears(rf"^@{ada.name} on Plaza \[{CODE}\]: from Telegram\n🖼 a red stone$")
    await within(lambda: len(shared(client, bot)) == 1, lambda: f"{shared(client, bot)}")
    assert [await fetched(url) for url in shared(client, bot)] == [RED]
    url = await uploaded(client, BLUE)
    bo.talker.says("/post from XMPP", SHARED.format(url, "一块蓝色的石头"))
    item = await ada.talker.hears(rf"^@{bo.name} on Plaza \[{CODE}\]: from XMPP\n🖼 一块蓝色的石头$")
    [line] = [line for line in telegram.sees() if str(line.id) == item.id]
    assert line.media == (("photo", BLUE, False),)


async def test_pictures_come_into_both_chats_with_their_descriptions(meet, masto, telegram, bot):
    ada, bo, lin = await meet("ada", "telegram"), await meet("bo", "xmpp"), await meet("lin", "telegram")
    for one in (ada, bo, lin):
        await one.settles()
    for reader in (bo, lin):
        await reader.talker.asks(f"/follow {ada.there.handle}", r"^✓ you follow")
    person = ada.talker.person
    person.shows_photo("/post 两块\nalt: a red stone\nalt: 一块蓝色的石头", content=RED, album="2")
    person.shows_photo(content=BLUE, album="2")
    await ada.talker.hears(POSTED)
    words = rf"^{ada.there.handle} on Mastodon \[{CODE}\]: 两块\n🖼 a red stone\n🖼 一块蓝色的石头$"
    for reader in (bo, lin):
        await reader.talker.hears(words)
    client = bo.talker.client
    await within(lambda: len(shared(client, bot)) == 2, lambda: f"{shared(client, bot)}")
    assert [await fetched(url) for url in shared(client, bot)] == [RED, BLUE]

    def seen():
        return [content for line in lin.talker.person.sees() for _, content, _ in line.media]

    await within(lambda: seen() == [RED, BLUE], lambda: f"{len(seen())} pictures")
    [first, second] = [one for status in ada.statuses() for one in status.media]
    telegram.world.web[first["url"]] = RED  # Telegram's servers find it there by themselves
    grete = masto.person(f"grete{ada.name}")
    await lin.talker.asks(f"/follow {grete.handle}", r"^✓ you follow")
    grete.post("一块", media=[first], warning="石头")
    item = await lin.talker.hears(r"石头")
    [line] = [line for line in lin.talker.person.sees() if str(line.id) == item.id]
    assert line.media == (("photo", RED, True),), "behind a warning it is covered"
    assert second["url"] not in str(lin.talker.chat())
