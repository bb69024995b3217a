"""Bluesky from the chat: linked with an app password, posted to, followed, answered, killed in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from bridgebot.testing.pictures import png
from tests.journeys.networks.travellers import SHARED, OnTelegram, new_name, uploaded
from tests.journeys.people import CODE, Someone, Talker, enrol, with_account, within
from tests.servers.bluesky import BlueskyServer, Fault, serve
from tests.servers.bluesky_person import Someone as Elsewhere
from tests.servers.bluesky_world import LIKE, REPOST
from tests.servers.bot import Bot, telegram_bot
from tests.servers.xmpp_person import PersonClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

POSTED = rf"^#{CODE} public.* ✓ Bluesky (https://bsky\.app/profile/\S+)"
RED = png((200, 30, 30))
PUT = r"com\.atproto\.repo\.putRecord$"
Meet = Callable[[str, str], Awaitable[tuple[Talker, Elsewhere]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sky() -> AsyncIterator[BlueskyServer]:
    async with serve() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(prosody, telegram, sky, tmp_path_factory) -> AsyncIterator[Bot]:
    """One process on two chat networks, with Bluesky alone."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    bot.configure(
        {
            "jabber": with_account(prosody, bot),
            "tg": telegram_bot(telegram),
            "bluesky": {"use": "bluesky", **sky.options},
        }
    )
    await bot.starts()
    yield bot
    bot.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def meet(prosody, telegram, sky, bot) -> AsyncIterator[Meet]:
    """Somebody in a chat, and the same person with another app."""
    async with contextlib.AsyncExitStack() as stack:

        async def talker(name: str, chat: str) -> Talker:
            if chat == "telegram":
                own = new_name(name)
                return OnTelegram(telegram.person(name.title(), own, "en").met(), own)
            client = PersonClient(prosody, enrol(prosody, name))
            await stack.enter_async_context(client)
            client.subscribe(bot.jid)
            await client.sees(bot.jid)  # what is written before the bot's first start is history
            return Someone(client, bot.jid, "en")

        async def meet(name: str, chat: str) -> tuple[Talker, Elsewhere]:
            found = await talker(name, chat)
            there = sky.person(found.name)
            there.who.passwords[app_password()] = "a test"
            return found, there

        yield meet


def app_password() -> str:
    """As the network makes them."""
    letters = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz234567") for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


async def linked(talker: Talker, there: Elsewhere) -> str:
    """Link, as one does; the id of the message that held the password."""
    await talker.asks(f"/link bluesky {there.handle}", rf"app password for {there.handle}")
    message = talker.says(there.password)
    await talker.hears(rf"^{there.handle} on Bluesky is yours here")
    await talker.asks("/settings plain post", r"/settings plain ask")
    return message


async def posts(talker: Talker, text: str) -> str:
    """Post, and give the address on the receipt."""
    message = talker.says(f"/post {text}")
    return (await talker.hears(POSTED, lambda heard: heard.reply_to == message)).found[1]


def texts(there: Elsewhere) -> list[str]:
    return [one.text for one in there.posts()]


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
