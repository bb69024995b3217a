"""Signing in, consent and stopping an app, in a real browser, with its own rules and on a small screen."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.by import By

from tests.servers.chromium import Tab, chromium
from tests.servers.plaza import town as make_town
from tests.servers.plaza_apps import Caller, introduce

pytestmark = pytest.mark.chromium

APP = "https://app.example/done"
WORDS = {  # what stands on the pages of the way
    "en-US": (
        "Sign in as @ada",
        "May A second client act for you?",
        "Yes, allow",
        "Stop it",
        "No app acts for you",
    ),
    "zh-CN": (
        "以 @ada 的身份登录",
        "允许“A second client”代你操作吗？",
        "允许",
        "停止授权",
        "没有应用在代你操作",
    ),
}


class Desk(Tab):
    """What somebody does at the desk."""

    async def presses(self, words):
        path = f"//button[normalize-space()='{words}']"
        button = await asyncio.to_thread(self.browser.driver.find_element, By.XPATH, path)
        await asyncio.to_thread(button.click)

    async def comes_to(self, wanted):
        """Wait until this is read, or until the browser was sent to an address that begins so."""
        async with asyncio.timeout(60):
            while True:
                address = await self.address()
                if address.startswith(wanted) or wanted in await self.reads():
                    return address
                await asyncio.sleep(0.1)

    async def fits(self):
        return await asyncio.to_thread(self.browser.run, "return document.documentElement.scrollWidth <= 320")


@pytest.mark.parametrize("language", WORDS)
async def test_the_way_from_the_chat_to_an_app_and_back(language):
    signin, consent, yes, stop, none = WORDS[language]
    async with make_town() as town:
        base = town.context.routes.url("").rstrip("/")
        app = await introduce(town.context.http, base, APP)
        with chromium(language=language) as browser:
            tab = Desk(browser)
            await asyncio.to_thread(browser.size, 320)
            assert signin in await tab.opens(await town.adapter.sign_in(await town.account("ada")))
            assert await tab.fits()
            await tab.presses(signin)
            await tab.comes_to(f"{base}/plaza/apps")
            assert consent in await tab.opens(app.asks())
            assert await tab.fits()
            assert await asyncio.to_thread(browser.problems) == []
            await tab.presses(yes)
            address = await tab.comes_to(APP)  # its policy lets the form lead there, and nowhere else
            got = await app.exchanges(parse_qs(urlsplit(address).query)["code"][0])
            ada = Caller(town.context.http, base, got.body["access_token"])
            assert (await ada.get("/api/v1/accounts/verify_credentials"))["acct"] == "ada"
            assert "A second client" in await tab.opens(f"{base}/plaza/apps")
            assert await tab.fits()
            await tab.presses(stop)
            await tab.comes_to(none)
            assert (await ada("GET", "/api/v1/accounts/verify_credentials")).status == 401
