"""Plaza as readers see it, in a real browser."""

import asyncio

import pytest
import pytest_asyncio

from bridgebot.testing.clock import ManualClock
from tests.servers.chromium import chromium
from tests.servers.plaza import town as make_town

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]

HARM = "<script>alert('no')</script><img src=x onerror=alert('no')>"
LONG = "w" * 300 + " https://long.example/" + "p" * 300


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town():
    async with make_town(ManualClock(), posts_per_hour=1000) as town:
        yield town


@pytest.fixture(scope="module")
def browser(town):
    """It takes the town so that it closes first: an open page keeps its event stream."""
    with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def see(town, browser):
    """Ask the browser without holding up the server that it asks."""

    async def see(act, *arguments):
        return await asyncio.to_thread(act, *arguments)

    await see(browser.scripts, True)
    await see(browser.scheme, "light")
    await see(browser.size, 900)
    return see


async def until(look, what):
    async with asyncio.timeout(60):
        while not (seen := await look()):
            await asyncio.sleep(0.05)
    return seen


async def test_post_appears_changes_and_goes_without_reload(town, browser, see):
    await see(browser.open, town.context.routes.url("/"))
    await see(browser.run, "window.mark = 'same page'")
    post = await town.post("lin", f"hello {HARM}", warning="careful")
    selector = f"#post-{post.id}"

    async def shown():
        return await see(browser.text, selector)

    assert "@lin" in await until(shown, "the post")
    assert (
        await see(browser.run, "return document.querySelector('#stream').firstElementChild.id")
        == f"post-{post.id}"
    )
    await see(browser.run, f"document.querySelector('{selector} details').open = true")
    assert HARM in await shown()
    assert (
        await see(
            browser.run, f"return document.querySelectorAll('{selector} script, {selector} img').length"
        )
        == 0
    )
    await town.edit("lin", post, "hello again")
    await until(lambda: _has(shown, "hello again"), "the edit")
    await town.delete("lin", post)
    await until(lambda: _lacks(shown), "the deletion")
    assert await see(browser.run, "return window.mark") == "same page"
    assert await see(browser.problems) == []


async def _has(shown, words):
    return words in await shown()


async def _lacks(shown):
    return not await shown()


async def test_answer_appears_at_the_end_of_the_thread(town, browser, see):
    post = await town.post("lin", "a question")
    await see(browser.open, post.url)
    answer = await town.post("ada", "an answer", reply_to=post.id)
    await town.post("ada", "elsewhere")
    ids = "return [...document.querySelectorAll('article')].map(one => one.id).join()"

    async def both():
        return await see(browser.run, ids) == f"post-{post.id},post-{answer.id}"

    await until(both, "the answer")
    await town.edit("lin", post, "another question")
    await until(lambda: _has(lambda: see(browser.text, "article.subject"), "another question"), "the edit")


async def test_what_people_write_never_acts(town, browser, see):
    post = await town.post("lin", HARM + " javascript:alert(1)")
    await see(browser.open, post.url)
    assert HARM in await see(browser.text, "article")
    links = await see(browser.run, "return [...document.links].map(one => one.protocol)")
    assert set(links) <= {"http:", "https:"}
    # A dialog that had opened would make this fail, and a refused script would be complained about.
    assert await see(browser.run, "return document.scripts.length") == 1
    assert await see(browser.problems) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("path", ["/", "/@lin", "/@lin/1", "/tags/tea", "/@nobody"])
async def test_narrow_screen(town, browser, see, path, language):
    """Nothing is wider than 320 pixels, whatever people write (WCAG 2.2, 1.4.10)."""
    await town.post("lin", f"{LONG} #tea #{'t' * 90}", warning=LONG[:150])
    await see(browser.size, 320)
    await see(browser.open, town.context.routes.url(f"{path}?lang={language}"))
    await see(browser.run, "document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert await see(browser.run, "return document.documentElement.scrollWidth") == 320
    elements = "[...document.body.querySelectorAll('*')]"
    outside = f"return {elements}.filter(one => one.getBoundingClientRect().right > 320.5).length"
    assert await see(browser.run, outside) == 0
    await see(browser.problems)  # the missing page is a 404 on purpose


async def test_dark_mode(town, browser, see):
    await see(browser.open, town.context.routes.url("/"))
    ground = "return getComputedStyle(document.body).backgroundColor"
    day = await see(browser.run, ground)
    await see(browser.scheme, "dark")
    assert (day, await see(browser.run, ground)) == ("rgb(251, 248, 243)", "rgb(21, 24, 26)")


async def test_without_scripts(town, browser, see):
    """Everything can be read and opened; times stand in UTC."""
    post = await town.post("lin", "plain to read", warning="careful")
    await see(browser.scripts, False)
    await see(browser.open, post.url)
    summary = await see(browser.driver.find_element, "css selector", "article.subject summary")
    text = await see(browser.driver.find_element, "css selector", "article.subject .text")
    assert not await see(text.is_displayed)
    await see(summary.click)
    assert await see(text.is_displayed)
    assert await see(lambda: text.text) == "plain to read"
    when = await see(browser.driver.find_element, "css selector", "article.subject time")
    assert await see(lambda: when.text) == "2026-03-01 12:00 UTC"


async def test_keyboard(town, browser, see):
    """The first stop is the link that skips to the posts, and what has the focus is seen."""
    await see(browser.open, town.context.routes.url("/"))
    await see(lambda: browser.driver.switch_to.active_element.send_keys("\ue004"))
    where = "const at = document.activeElement"
    seen = "getComputedStyle(at).outlineStyle, at.getBoundingClientRect().width > 50"
    assert await see(browser.run, f"{where}; return [at.className, {seen}]") == ["skip", "solid", True]
