"""Pictures from Telegram to Mastodon: with their words and descriptions, and once, whatever happens."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bridgebot.testing.pictures import png
from tests.journeys.people import CODE, within
from tests.servers.mastodon import Fault

pytestmark = pytest.mark.asyncio(loop_scope="module")

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
POSTED = rf"^#{CODE} public(?=.* ✓ Mastodon (http\S+))"
LOST = "Plaza: does not take all of the pictures"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def as_before(bot, masto):
    yield
    await masto.heal()
    if not bot.running:
        await bot.starts()


def described(ada) -> list[list[str | None]]:
    """What is said of the pictures of one's posts on the server, post by post."""
    return [[one["description"] for one in status.media] for status in ada.statuses()]


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
    assert LOST in receipt.text
    await ada.talker.asks("/alt 2 it is green", r"^Picture 2 of")
    await within(lambda: described(ada) == [["a red stone", "it is green"]], lambda: f"{described(ada)}")


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
