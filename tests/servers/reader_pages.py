"""A house whose reading page people reach, and browsers that are signed in to it."""

from __future__ import annotations

import contextlib
import re
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from bridgebot.config import WebSettings
from bridgebot.texts import Texts
from bridgebot.web import Web
from bridgebot.web.reader import ReadingPage
from tests.house import TestHouse
from tests.servers.link_pages import Browser, Page
from tests.servers.prosody import free_port

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/read/in/[\w-]+")
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def hidden(page: Page, action: str) -> dict[str, str]:
    """What the first form that leads there bears."""
    form = next(f for f in re.findall(r"<form.*?</form>", page.text, re.S) if f'action="{action}"' in f)
    return {name: unescape(value) for name, value in _FIELD.findall(form)}


@dataclass
class Reader:
    """Somebody at their page."""

    browser: Browser
    site: str

    async def opens(self, path: str = "/read") -> Page:
        return await self.browser.opens(path if path.startswith("http") else f"{self.site}{path}")

    async def sends(self, action: str, fields: dict[str, str], **headers: str) -> Page:
        """A form, as a browser sends it."""
        said = {"Origin": "null", "Sec-Fetch-Site": "same-origin"} | headers
        return await self.browser.ask("POST", f"{self.site}{action}", headers=said, data=fields)

    async def does(self, what: str, post: int, *, text: str | None = None, path: str = "/read") -> Page:
        """A button under a post, pressed on the page at `path`; where that leads."""
        action = f"/read/post/{post}"
        fields = hidden(await self.opens(path), action) | {"do": what}
        answer = await self.sends(action, fields | ({} if text is None else {"text": text}))
        return answer if answer.status != 303 else await self.opens(answer.leads_to)

    async def ids(self, path: str = "/read") -> list[int]:
        """The posts on a page, in their order."""
        return [int(n) for n in re.findall(r'<article id="p(\d+)"', (await self.opens(path)).text)]

    def cookies(self) -> dict[str, str]:
        return {one.key: one.value for one in self.browser.session.cookie_jar}


class Reading:
    """A house with reading pages."""

    def __init__(
        self, house: TestHouse, site: str, browsers: contextlib.AsyncExitStack, routes: list[str]
    ) -> None:
        self.house = house
        self.routes = routes  # the patterns of all that it serves
        self.site = site
        self._browsers = browsers

    async def reader(self) -> Reader:
        """A browser that is not signed in."""
        jar = aiohttp.CookieJar(unsafe=True)
        session = await self._browsers.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Reader(Browser(session), self.site)

    async def address(self, sender: str = "ada") -> str:
        await self.house.says("/read", sender=sender)
        return ADDRESS.findall(self.house.chat.last(sender))[0]

    async def signed_in(self, sender: str = "ada") -> Reader:
        """A browser that is."""
        reader, address = await self.reader(), await self.address(sender)
        assert (await reader.browser.presses(address)).leads_to == "/read"
        await self.house.settle()
        return reader


_EMPTY: list[bytes] = []  # a database without rows: to make one takes longer than most tests here


async def _furnish(folder: Path) -> None:
    if not _EMPTY:
        with tempfile.TemporaryDirectory() as other:
            async with TestHouse(Path(other)):
                pass
            _EMPTY.append((Path(other) / "house.db").read_bytes())
    (folder / "house.db").write_bytes(_EMPTY[0])


@contextlib.asynccontextmanager
async def reading_house(folder, *, public: str | None = None, **more):
    """`public`: where people are told that it is, where that is not where it listens."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    more |= {"public_url": public or site}
    await _furnish(folder)
    async with contextlib.AsyncExitStack() as stack:
        house = await stack.enter_async_context(TestHouse(folder, **more))
        web = Web(WebSettings(port=port, public_url=site), Texts())
        routes = web.routes("bridgebot")
        ReadingPage(
            routes, house.store, lambda: house.house, house.inbox.receive, lambda: None, public or site
        )
        await web.start()
        stack.push_async_callback(web.stop)
        browsers = await stack.enter_async_context(contextlib.AsyncExitStack())
        patterns = [one.path for one in web._taken if f"{one.path}/".startswith("/read/")]
        yield Reading(house, site, browsers, patterns)


def path_of(page: Page) -> str:
    """Where a page leads, without the place on it."""
    return urlsplit(page.leads_to)._replace(fragment="").geturl()
