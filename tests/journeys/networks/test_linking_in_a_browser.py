"""Linking over the bot's own pages: a real browser, and a bot that dies between all steps."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from selenium.webdriver.common.by import By

from tests.journeys.people import with_account, within
from tests.servers.bot import Bot
from tests.servers.chromium import Tab, chromium
from tests.servers.mastodon import MastodonServer
from tests.servers.prosody import Prosody

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]

ADDRESS = r"(http://127\.0\.0\.1:\d+/l/[\w-]{32})$"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    prosody: Prosody, masto: MastodonServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bot]:
    """A bot whose pages people reach."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    bot.configure(
        {
            "jabber": with_account(prosody, bot),
            "plaza": {"use": "plaza"},
            "mastodon": {"use": "mastodon", "servers": {masto.domain: masto.url}},
        },
        web={"public_url": bot.base},
    )
    await bot.starts()
    yield bot
    bot.kill()


class Page(Tab):
    """What somebody does on the pages of linking."""

    async def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            field = await asyncio.to_thread(self.browser.driver.find_element, By.NAME, name)
            await asyncio.to_thread(field.send_keys, value)

    async def presses(self, words: str) -> None:
        path = f"//button[contains(., '{words}')]"
        button = await asyncio.to_thread(self.browser.driver.find_element, By.XPATH, path)
        await asyncio.to_thread(button.click)

    async def comes_to(self, words: str) -> str:
        """Wait until this is read; the page looks again by itself."""

        async def shown() -> str | None:
            text = await self.reads()
            return text if words in text else None

        async with asyncio.timeout(60):
            while (text := await shown()) is None:
                await asyncio.sleep(0.1)
        return text


async def dies_and_comes_back(bot: Bot) -> None:
    await bot.dies()
    await bot.starts()


async def test_an_account_is_linked_though_the_bot_dies_between_all_steps(meet, bot, masto):
    ada = await meet("ada", "xmpp")
    sent = await ada.talker.asks(f"/link mastodon {masto.domain}", ADDRESS)
    await dies_and_comes_back(bot)
    with chromium() as browser:
        tab = Page(browser)
        page = await tab.opens(sent.found[0])
        for words in (ada.identity, "Mastodon", "Not you? Close this page", "acting in its name"):
            assert words in page
        await dies_and_comes_back(bot)
        await tab.presses("Go on to")
        await tab.comes_to("Log in")
        assert (await tab.address()).startswith(masto.url)
        await dies_and_comes_back(bot)
        await tab.fills(username=ada.name, password=ada.there.who.password)
        await tab.presses("Log in")
        assert f"bridgebot for {ada.identity}" in await tab.comes_to("would like permission")
        await tab.presses("Authorize")
        page, shown = await tab.comes_to("six digits"), await tab.address()
        code = re.search(r"\b(\d{3}) (\d{3})\b", page)
        assert code is not None
        await ada.talker.hears(r"shows six digits")
        assert ada.identity in page
        problems = await asyncio.to_thread(browser.problems)  # that nobody has an icon is none
        assert [problem for problem in problems if "favicon" not in problem] == []
        await dies_and_comes_back(bot)
        await ada.talker.asks(
            code[1] + code[2], rf"^@{ada.name}@{masto.domain} on Mastodon becomes yours here\?"
        )
        await dies_and_comes_back(bot)
        await ada.talker.asks("yes", rf"^@{ada.name}@{masto.domain} on Mastodon is yours here")
        await ada.talker.hears(r"/unlink mastodon")
        await tab.opens(shown)  # it looked again while nobody answered, and stopped
        await tab.comes_to("is linked")
    await ada.talker.asks("/settings plain post", r"/settings plain ask")
    ada.talker.says("/post by the web")
    await within(lambda: ada.texts() == ["by the web"], lambda: str(ada.texts()))
    assert bot.troubles() == []


async def test_who_says_no_at_last_has_given_nothing(meet, bot, masto):
    lin = await meet("lin", "xmpp", language="zh-CN")
    before = {value for value, token in masto.tokens.items() if not token.revoked}
    sent = await lin.talker.asks(f"/link mastodon {masto.domain}", ADDRESS)
    with chromium(language="zh-CN") as browser:
        tab = Page(browser)
        await tab.opens(sent.found[0])
        await tab.presses("继续前往")
        await tab.comes_to("Log in")
        await tab.fills(username=lin.name, password=lin.there.who.password)
        await tab.presses("Log in")
        await tab.comes_to("would like permission")
        await tab.presses("Authorize")
        page = await tab.comes_to("六位数字")
        code = re.search(r"\b(\d{3}) (\d{3})\b", page)
        assert code is not None
        await lin.talker.hears(r"六位数字，请在这里输入")
        await lin.talker.asks(code[1] + code[2], rf"让 Mastodon 上的 @{lin.name}@\S+ 在这里归你，对吗？")
        await lin.talker.asks("不", r"没有绑定 @")

        def given_back() -> bool:
            return {value for value, token in masto.tokens.items() if not token.revoked} == before

        await within(given_back, lambda: str(len(masto.tokens)))
        await tab.comes_to("聊天里回答了")
