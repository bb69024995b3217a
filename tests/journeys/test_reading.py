"""Somebody reads on their phone what they follow, and answers from there; the chat hears of all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from tests.journeys.people import PATIENCE, Someone, with_account
from tests.servers.bot import Bot
from tests.servers.chromium import Tab, chromium
from tests.servers.prosody import Prosody

pytestmark = pytest.mark.chromium
ADDRESS = r"(http://127\.0\.0\.1:\d+/read/in/[\w-]{43})"


@pytest.fixture(scope="module")
def bot(prosody: Prosody, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot whose pages people reach."""
    bot = Bot(tmp_path_factory.mktemp("bot"))
    adapters = {"plaza": {"use": "plaza", "posts_per_hour": 1000}, "pebble": {"use": "pebble"}}
    bot.configure({"jabber": with_account(prosody, bot), **adapters}, web={"public_url": bot.base})
    bot.start()
    yield bot
    bot.kill()


class Phone(Tab):
    """A browser as wide as a phone, in one's hand."""

    async def presses(self, words: str, under: str = "") -> None:
        """A button or link that says this, the first, or that under the post with these words."""
        post = f"//article[contains(., '{under}')]" if under else ""
        path = f"{post}//*[self::button or self::a or self::summary][contains(., '{words}')]"
        await asyncio.to_thread(lambda: self.browser.driver.find_element(By.XPATH, path).click())

    async def types(self, name: str, words: str) -> None:
        field = await asyncio.to_thread(self.browser.driver.find_element, By.NAME, name)
        await asyncio.to_thread(field.send_keys, words)

    async def shows(self, *words: str, without: str = "") -> str:
        """Wait until all of this is read, and the other not any more."""
        async with asyncio.timeout(PATIENCE):
            while True:
                text = await self.reads()
                if all(word in text for word in words) and (not without or without not in text):
                    return text
                await asyncio.sleep(0.1)


async def test_reading_and_answering_on_a_phone(ada: Someone, lin: Someone, bot: Bot):
    await ada.follows(lin)
    await lin.posts("lights in the harbour")
    await ada.reads(lin, "lights in the harbour")
    await lin.posts("nothing but weather")
    await ada.reads(lin, "nothing but weather")
    sent = await ada.asks("/阅读页", ADDRESS)
    with chromium() as browser:
        await asyncio.to_thread(browser.size, 360, 740)
        phone = Phone(browser)
        assert ada.jid in await phone.opens(sent.found[0])
        await phone.presses("Sign in for 30 days")
        text = await phone.shows("lights in the harbour", "nothing but weather")
        assert text.index("nothing but weather") < text.index("lights in the harbour")
        await ada.hears("A browser was signed in to your reading page")
        await phone.presses("Filters and search")
        await phone.types("q", "HARBOUR")
        await phone.presses("Show")
        await phone.shows("lights in the harbour", without="nothing but weather")
        await phone.presses("Like", under="lights in the harbour")
        await phone.shows("Liked")
        await ada.hears(r"^★ ")
        await phone.presses("Answer", under="lights in the harbour")
        await phone.shows(f"You answer as @{ada.name} (Plaza). Who can read it: public.")
        await phone.types("text", "seen from the train")
        await phone.presses("Send")
        await phone.shows("seen from the train")
        await ada.hears(rf"✓ replied to @{lin.name} on Plaza")
        await lin.hears(rf"@{ada.name} on Plaza .*seen from the train")
        wide = await asyncio.to_thread(browser.run, "return document.documentElement.scrollWidth")
        assert wide == 360
        await phone.presses("Sign out")
        await phone.shows("You are not signed in.")
        problems = await asyncio.to_thread(browser.problems)
        assert [one for one in problems if "favicon" not in one and "403" not in one] == []
    assert bot.troubles() == []
