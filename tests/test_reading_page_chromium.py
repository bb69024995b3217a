"""The reading page as people see it: on a narrow phone, by night, with large letters, by keyboard alone.

Checked by our own measures of WCAG 2.2 AA, as the pages of linking are.
"""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image
from selenium.webdriver.common.keys import Keys

from bridgebot.testing.fakes import MemorySocial
from tests import picture
from tests.record import ROOT
from tests.security.test_link_pages import CONTRAST
from tests.servers.chromium import chromium
from tests.servers.reader_pages import reading_house

STRUCTURE = """
const named = one => one.innerText.trim() || one.getAttribute('aria-label')
  || (one.labels && [...one.labels].map(label => label.innerText).join('').trim());
const reached = [...document.querySelectorAll(
  'a, button, summary, select, textarea, input:not([type=hidden])')];
return { lang: document.documentElement.lang, mains: document.querySelectorAll('main').length,
  headings: [...document.querySelectorAll('h1,h2')].map(h => h.tagName).sort().join(' '),
  scripts: document.scripts.length, ids: document.querySelectorAll('[id]').length
    - new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size,
  nameless: reached.filter(one => !named(one)).map(one => one.outerHTML),
  small: [...document.querySelectorAll('button, .act, summary, select')]
    .filter(b => b.getClientRects().length && b.getBoundingClientRect().height < 43).length,
  wide: document.documentElement.scrollWidth,
  outside: [...document.body.querySelectorAll('*')].filter(o => o.getBoundingClientRect().right > 320.5)
    .map(o => o.outerHTML.slice(0, 80)) }
"""
LARGE = "document.documentElement.style.fontSize = '200%'"  # what a reader's own settings do


@pytest.mark.nightly
@pytest.mark.chromium
async def test_everybody_can_read_it_on_a_narrow_phone(tmp_path):
    socials = (MemorySocial(name="mastodon"), MemorySocial(name="bluesky"))
    async with reading_house(tmp_path, socials=socials) as reading:
        await picture.live(reading)
        address = await reading.address()
        with chromium() as browser:

            async def see(act, *arguments):
                return await asyncio.to_thread(getattr(browser, act), *arguments)

            await see("size", 320)
            await see("open", address)
            await _sound(see, "en", "H1")
            await see("run", "document.querySelector('form').requestSubmit()")
            async with asyncio.timeout(60):
                while not await see("run", "return !!document.querySelector('article')"):
                    await asyncio.sleep(0.05)
            await _sound(see, "en", "H1")
            await _by_keyboard(see, browser)
            await reading.house.says("/language zh-CN")
            await see("open", f"{reading.site}/read?kind=posts")
            await _sound(see, "zh-CN", "H1")
            post = await see("run", "return document.querySelectorAll('article')[4].id.slice(1)")
            await see("open", f"{reading.site}/read/post/{post}")
            await _sound(see, "zh-CN", "H1 H2 H2")
            problems = [one for one in await see("problems") if "favicon" not in one]
            assert problems == []


async def _sound(see, language: str, headings: str) -> None:
    """The page that is open now, by day and by night, in small letters and large ones."""
    await see("run", "document.querySelectorAll('details').forEach(one => one.open = true)")
    found = await see("run", STRUCTURE)
    assert (found["lang"], found["headings"], found["mains"]) == (language, headings, 1)
    assert (found["scripts"], found["ids"], found["small"]) == (0, 0, 0)
    assert found["nameless"] == []
    assert (found["wide"], found["outside"]) == (320, [])
    for scheme in ("light", "dark"):
        await see("scheme", scheme)
        assert await see("run", CONTRAST) >= 4.5
    await see("run", LARGE)
    large = await see("run", STRUCTURE)
    assert (large["wide"], large["outside"]) == (320, [])
    await see("run", "document.documentElement.style.fontSize = ''")


async def _by_keyboard(see, browser) -> None:
    """The first stop leads past the filters to the posts, and whatever has the focus shows it."""
    await see("run", "document.activeElement.blur()")
    page = browser.driver.switch_to
    await asyncio.to_thread(lambda: page.active_element.send_keys(Keys.TAB))
    focus = "const one = document.activeElement;"
    shows = "return [one.getAttribute('href'), getComputedStyle(one).outlineStyle]"
    assert await see("run", f"{focus} {shows}") == ["#posts", "solid"]


def test_the_picture_in_the_documents_is_one_of_this_page_and_small():
    file = ROOT / "docs" / "reading.png"
    shown = Image.open(io.BytesIO(file.read_bytes()))
    assert shown.size == (picture.WIDTH, picture.HEIGHT - picture.TOP)
    assert file.stat().st_size < 60_000
    assert "(reading.png)" in (ROOT / "docs" / "reading.md").read_text("utf-8")
