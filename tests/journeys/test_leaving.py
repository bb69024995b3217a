"""Taking everything along, and leaving: over a real server, and in the real files of a real process."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Iterator

import pytest

from bridgebot.testing.pictures import png
from tests.journeys.networks.travellers import SHARED, uploaded
from tests.journeys.people import RECEIPT, with_account, within
from tests.servers.bot import Bot


@pytest.fixture(scope="module")
def bot(prosody, tmp_path_factory) -> Iterator[Bot]:
    """A running bot whose pages people reach."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    adapters = {"plaza": {"use": "plaza", "posts_per_hour": 1000}, "pebble": {"use": "pebble"}}
    web = {"listen": f"127.0.0.1:{bot.port}", "public_url": bot.base}
    words = "Run by Boss in a cellar."
    bot.configure({"jabber": with_account(prosody, bot), **adapters}, web=web, privacy=words)
    bot.start()
    yield bot
    bot.kill()


def on_disk(bot: Bot) -> bytes:
    """Every byte of every file of the bot, its log too."""
    return b"".join(file.read_bytes() for file in bot.folder.rglob("*") if file.is_file())


def where(bot: Bot, mark: bytes) -> list[str]:
    """The files in which this stands."""
    return [file.name for file in bot.folder.rglob("*") if file.is_file() and mark in file.read_bytes()]


async def test_everything_is_taken_along_once(ada, pages, bot):
    post = await ada.posts("words to take along")
    await ada.asks("/memo and a memo", r"memo kept")
    await ada.asks("/export", r"Is it you who asks\?")
    offered = await ada.asks("yes", rf"({re.escape(bot.base)}/export/\S+)")
    [url] = offered.found
    assert "Fetch the file" in await pages.text(url)
    async with pages.session.post(url) as file:
        assert file.status == 200
        found = zipfile.ZipFile(io.BytesIO(await file.read()))
    whole = json.loads(found.read("export.json"))
    assert [one["text"] for one in whole["posts"]] == ["words to take along", "and a memo"]
    assert post.url in {copy["url"] for copy in whole["posts"][0]["copies"]}
    assert [one["text"] for one in whole["records"]["plaza/plaza_post"]] == ["words to take along"]
    assert not {"person_id", "key"} & set(whole["records"]["plaza/plaza_post"][0])
    assert await pages.status(url) == 404
    async with pages.session.post(url) as again:
        assert again.status == 404
    await ada.hears(r"fetched just now")
    token = url.rpartition("/")[2].encode()
    assert token not in (bot.folder / "log").read_bytes()


async def test_after_forget_nothing_is_left(ada, lin, pages, bot):
    await lin.follows(ada)
    post = await ada.posts(f"{ada.name} says a canaryword #canarytag")
    await lin.reads(ada, r".*canaryword.*")
    await ada.asks("/memo a canarymemo", r"memo kept")
    assert await pages.status(post.url) == 200
    assert b"canaryword" in on_disk(bot)
    await ada.asks("/forget", r"Take everything along first with /export")
    await ada.asks("stay", r"write this: forget me")
    await ada.asks("forget me", r"^It begins\.")
    await ada.hears(r"^This is my last word to you\.")
    marks = [b"canaryword", b"canarymemo", b"canarytag", ada.name.encode()]
    await within(
        lambda: not [mark for mark in marks if mark in on_disk(bot)],
        lambda: f"{[m for m in marks if m in on_disk(bot)]} in {[f.name for f in bot.folder.rglob('*')]}",
    )
    assert await pages.status(post.url) == 404
    await lin.stands(lambda chat: "canaryword" not in str(chat))
    await lin.asks(f"/join {ada.name}", r"Try again, or /cancel\.$|already")


async def test_a_picture_is_taken_along_and_leaves_with_its_person(ada, pages, bot):
    """Its bytes lie in the bot's own database."""
    content = png((200, 30, 31), 61, 7)
    url = await uploaded(ada.client, content)
    ada.says("/post look\nalt: a canarystone 红", SHARED.format(url, ""))
    await ada.hears(RECEIPT)
    await within(lambda: content in on_disk(bot), lambda: "the picture in the bot's files")
    await ada.asks("/export", r"Is it you who asks\?")
    offered = await ada.asks("yes", rf"({re.escape(bot.base)}/export/\S+)")
    async with pages.session.post(offered.found[0]) as file:
        found = zipfile.ZipFile(io.BytesIO(await file.read()))
    [kept] = json.loads(found.read("export.json"))["records"]["plaza/plaza_picture"]
    [name] = [one for one in found.namelist() if one.startswith("files/plaza/")]
    assert (kept["alt"], found.read(name)) == ("a canarystone 红", content)
    await ada.asks("/forget", r"Take everything along first")
    await ada.asks("stay", r"write this: forget me")
    await ada.asks("forget me", r"^It begins\.")
    await ada.hears(r"^This is my last word to you\.")
    marks = [b"canarystone", content, content[41:-12]]
    await within(
        lambda: not [mark for mark in marks if mark in on_disk(bot)],
        lambda: f"{[mark for mark in marks if mark in on_disk(bot)]} is left in {where(bot, content)}",
    )


async def test_a_kill_in_the_middle_goes_on_to_the_end(meet, bot):
    carl = await meet("carl")
    await carl.joins()
    await carl.posts("the canarysong of carl")
    await carl.asks("/forget", r"Forget you\?")
    await carl.asks("delete", r"write this")
    await carl.asks("forget me", r"^It begins\.")
    for _ in range(3):
        await bot.dies()
        await bot.starts()
        await asyncio.sleep(2)
    marks = [b"canarysong", carl.name.encode()]
    await within(
        lambda: not [mark for mark in marks if mark in on_disk(bot)],
        lambda: f"{[m for m in marks if m in on_disk(bot)]} is left",
    )
    assert bot.troubles() == []


async def test_privacy_is_a_page_too(ada, pages, bot):
    await ada.asks("/privacy", r"(?s)whoever runs the bot can read .*Run by Boss in a cellar\.")
    page = await pages.text(f"{bot.base}/privacy")
    assert "Run by Boss in a cellar." in page
    assert "whoever runs the bot can read" in page
