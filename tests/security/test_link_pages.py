"""The pages of linking as people see them, in a real browser that runs no script of theirs.

Checked by our own measures of WCAG 2.2 AA: contrast, names, headings, language, width, focus.
"""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from tests.servers.chromium import chromium
from tests.servers.link_pages import linking_house

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]

# The lowest contrast of any text on the page (WCAG 2.2, 1.4.3): by the colours as they are computed.
CONTRAST = """
const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 };
const parse = s => s.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const ground = one => { for (; one; one = one.parentElement) {
  const c = parse(getComputedStyle(one).backgroundColor); if (c.length < 4 || c[3] > 0) return c }
  return [255, 255, 255] };
const texts = [...document.querySelectorAll('body *')].filter(one =>
  [...one.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
return Math.min(...texts.map(one => {
  const a = light(parse(getComputedStyle(one).color)), b = light(ground(one));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }));
"""
STRUCTURE = """
const headings = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => h.tagName);
return { lang: document.documentElement.lang, headings, mains: document.querySelectorAll('main').length,
  title: document.title, scripts: document.scripts.length, links: document.links.length,
  nameless: [...document.querySelectorAll('button, input:not([type=hidden])')]
    .filter(b => !b.innerText.trim()).length,
  small: [...document.querySelectorAll('button')].filter(b => b.getBoundingClientRect().height < 44).length,
  wide: document.documentElement.scrollWidth,
  outside: [...document.body.querySelectorAll('*')]
    .filter(o => o.getBoundingClientRect().right > 320.5).length }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linked(tmp_path_factory):
    async with linking_house(tmp_path_factory.mktemp("pages")) as linked:
        for name in ("ada", "mallory"):
            await linked.house.user(name)
        yield linked


@pytest_asyncio.fixture(loop_scope="module", params=["en-US", "zh-CN"])
async def see(request, linked):
    """Ask a browser without holding up the server that it asks."""
    with chromium(language=request.param) as browser:

        async def see(act, *arguments):
            return await asyncio.to_thread(getattr(browser, act), *arguments)

        await see("size", 320)
        see.language, see.driver = request.param, browser.driver
        yield see


async def sound(see, language: str) -> None:
    """The page that is open now can be read by everybody."""
    found = await see("run", STRUCTURE)
    assert found["lang"] == language
    assert found["headings"] == ["H1"]
    assert (found["mains"], found["scripts"], found["nameless"], found["small"]) == (1, 0, 0, 0)
    assert found["title"].endswith("bridgebot")
    assert (found["wide"], found["outside"]) == (320, 0), "something is wider than 320 pixels"
    for scheme in ("light", "dark"):
        await see("scheme", scheme)
        assert await see("run", CONTRAST) >= 4.5


async def test_every_page_can_be_read_at_320_pixels_by_day_and_by_night(linked, see):
    language = {"en-US": "en", "zh-CN": "zh-CN"}[see.language]
    address = await linked.address()
    await see("open", address)
    await sound(see, language)
    focus = "const b = document.querySelector('button'); b.focus({focusVisible: true});"
    assert await see("run", f"{focus} return getComputedStyle(b).outlineStyle") == "solid"
    north = linked.house.social("north").network
    asked = await linked.house.store.read(_consent)
    await see("run", "document.querySelector('form').requestSubmit()")
    # North is a name that nothing answers to: what counts is that the browser was let go there.
    await _until(lambda: see("run", "return location.href"), lambda href: linked.site not in href)
    await see("open", north.consent(asked, "ada"))
    await sound(see, language)
    await linked.house.settle()
    await see("open", await see("run", "return location.href"))
    await sound(see, language)
    code = "".join(letter for letter in await see("text", ".code") if letter.isdigit())
    assert len(code) == 6
    await linked.house.says(code)
    await see("open", await see("run", "return location.href"))
    await sound(see, language)
    await linked.house.says("no")
    await see("open", await see("run", "return location.href"))
    await sound(see, language)
    refused = [problem for problem in await see("problems") if "Content Security" in problem]
    assert refused == []


async def test_the_page_of_the_code_looks_again_by_itself(linked, see):
    """Without any script: what the chat does next is seen."""
    address = await linked.address("mallory")
    await see("open", address)
    asked = await linked.house.store.read(_consent)
    await see("run", "document.querySelector('form').requestSubmit()")
    await _until(lambda: see("run", "return location.href"), lambda href: linked.site not in href)
    await see("open", linked.house.social("north").network.consent(asked, "mallory"))
    waiting = await see("text", "h1")
    await linked.house.settle()
    await _until(lambda: see("text", "h1"), lambda title: title != waiting)
    assert await see("text", ".code")


def _consent(tx, _now):
    from bridgebot.store import links
    from bridgebot.store import tables as t

    (request,) = links.found(tx, t.link_request.c.state == "sent")
    return request.kept.consent.url


async def _until(look, true) -> None:
    async with asyncio.timeout(60):
        while not true(await look()):
            await asyncio.sleep(0.1)
