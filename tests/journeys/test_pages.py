"""A reader's open page shows what was typed in the chat a moment ago."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.people import PATIENCE
from tests.servers.chromium import chromium

pytestmark = pytest.mark.chromium
HARM = "<script>alert(1)</script> & <img src=x onerror=alert(2)>"


async def until(browser, script: str):
    async with asyncio.timeout(2 * PATIENCE):
        while not (seen := await asyncio.to_thread(browser.run, script)):
            await asyncio.sleep(0.05)
    return seen


async def test_a_post_typed_in_the_chat_appears_changes_and_goes(ada, bot):
    with chromium() as browser:
        await asyncio.to_thread(browser.open, f"{bot.base}/")
        await asyncio.to_thread(browser.run, "window.mark = 'the same page'")
        message = ada.says(f"hello {HARM}")
        await ada.hears(r"Shall I post this\?")
        ada.says("yes")
        await until(browser, f"return document.body.innerText.includes({f'hello {HARM}'!r})")
        assert await asyncio.to_thread(
            browser.run, "return document.querySelectorAll('main script, main img').length === 0"
        )
        ada.corrects(message, "calmer words")
        await until(browser, "return document.body.innerText.includes('calmer words')")
        await until(browser, "return !document.body.innerText.includes('onerror')")
        ada.retracts(message)
        await until(browser, "return !document.body.innerText.includes('calmer words')")
        assert await asyncio.to_thread(browser.run, "return window.mark") == "the same page"
        assert await asyncio.to_thread(browser.problems) == []
