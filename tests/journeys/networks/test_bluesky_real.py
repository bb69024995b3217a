"""The same story on Bluesky's own servers: what the bot writes there is what others see, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bridgebot.model import Account, Timeline, TimelineKind
from tests.journeys.networks.skies import POSTED
from tests.journeys.networks.travellers import OnTelegram, new_name
from tests.journeys.people import CODE, within
from tests.servers.bluesky_real import RealBluesky
from tests.servers.bluesky_real import serve as serve_bluesky
from tests.servers.bluesky_real_stage import RealRemote
from tests.servers.bluesky_stage import REALM
from tests.servers.bluesky_world import POST
from tests.servers.bot import Bot, telegram_bot

pytestmark = [pytest.mark.nightly, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Iterator[RealBluesky]:
    with serve_bluesky(tmp_path_factory.mktemp("bluesky"), whole=True) as real:
        yield real


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(telegram, real, tmp_path_factory) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path_factory.mktemp("bot"))
    bot.configure({"tg": telegram_bot(telegram), "bluesky": {"use": "bluesky", **real.options}})
    await bot.starts()
    yield bot
    bot.kill()


async def test_a_conversation_on_the_real_network(telegram, real, bot):
    network = RealRemote(real)
    me, grete = await network.member("ada"), await network.member("grete")
    ada = OnTelegram(telegram.person("Ada", new_name("ada"), "en").met(), "ada")
    await ada.asks(f"/link bluesky @{me.handle}", r"app password")
    message = ada.says(me.password)
    await ada.hears(rf"^@{me.handle} on Bluesky is yours here")
    await within(lambda: ada.person.direct.messages[int(message)].deleted, lambda: "the password taken away")
    await ada.asks("/settings plain post", r"/settings plain ask")

    message = ada.says("/post 第一条 👋🏽 https://stones.example/seen #tea")
    await ada.hears(POSTED, lambda heard: heard.reply_to == message)
    assert [one.text for one in await network.posts()] == ["第一条 👋🏽 https://stones.example/seen #tea"]

    await ada.asks(f"/follow @{grete.handle}", rf"^✓ you follow @{grete.handle}")
    home = Timeline(TimelineKind.HOME, REALM)
    account = Account(me.did, f"@{me.handle}", REALM)
    root = await network.add(home, "早上好 🎉", account=account)
    await real.settled()
    await bot.sleeps()
    item = await ada.hears(rf"^@{grete.handle} on Bluesky \[{CODE}\].*早上好 🎉")
    code = item.found[0]
    await ada.asks(f"/re {code} 我也是这样想的", rf"^#{CODE} ✓ replied to @{grete.handle} on Bluesky")
    ada.chooses(item, "⭐", f"/fav {code}")
    await ada.hears(rf"^★ {code}$")
    assert await network.marked("favourite", account, root)
    (answer,) = [one for one in await network.posts() if one.reply_to == root]
    assert (answer.text, answer.author.id) == ("我也是这样想的", me.did)

    await network.delete(root)
    await real.settled()
    await bot.sleeps()
    await ada.stands(lambda chat: "早上好" not in str(chat.get(item.id, "")))
    records = [("repo", me.did), ("collection", POST)]
    kept = await real.call("com.atproto.repo.listRecords", params=records)
    assert len(kept["records"]) == 2
