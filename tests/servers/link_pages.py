"""A house whose pages people reach, and their browsers, as far as cookies and addresses go."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from html import unescape

import aiohttp
import sqlalchemy as sa

from bridgebot.config import WebSettings
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.texts import Texts
from bridgebot.web import Web
from bridgebot.web.linking import LinkPages
from tests.house import TestHouse
from tests.servers.prosody import free_port

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/l/[\w-]+")


@dataclass(frozen=True)
class Page:
    """What a browser got."""

    status: int
    headers: aiohttp.typedefs.LooseHeaders
    text: str

    @property
    def words(self) -> str:
        return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", self.text, flags=re.S)).split())

    @property
    def leads_to(self) -> str:
        return self.headers.get("Location", "")

    @property
    def code(self) -> str:
        match = re.search(r"\b(\d{3}) (\d{3})\b", self.words)
        return match[1] + match[2] if match else ""


class Browser:
    """One browser. It follows no address by itself, and says where a request comes from as browsers do."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def ask(self, method: str, url: str, *, headers=None, data=None) -> Page:
        async with self.session.request(
            method, url, headers=headers, data=data, allow_redirects=False
        ) as answer:
            return Page(answer.status, answer.headers, await answer.text())

    async def opens(self, url: str, language: str = "en") -> Page:
        return await self.ask("GET", url, headers={"Accept-Language": language})

    async def presses(self, url: str, page: Page | None = None, **headers: str) -> Page:
        """The page's one button."""
        page = page or await self.opens(url)
        proof = re.search(r'name="proof" value="(\w+)"', page.text)
        assert proof, f"there is no button: {page.words}"
        said = {"Origin": "null", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", url, headers=said, data={"proof": proof[1]})


class Linked:
    """A house with pages; what is written in its chat is written by `ada` unless said."""

    def __init__(self, house: TestHouse, site: str, browsers: contextlib.AsyncExitStack) -> None:
        self.house = house
        self.site = site
        self._browsers = browsers

    async def browser(self) -> Browser:
        jar = aiohttp.CookieJar(unsafe=True)
        session = await self._browsers.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Browser(session)

    async def address(self, sender: str = "ada") -> str:
        """Somebody asks for a link: the address that the chat is sent."""
        await self.house.says("/link north", sender=sender)
        return ADDRESS.findall(self.house.chat.last(sender))[0]

    def consents(self, url: str, who: str) -> str:
        """Somebody allows it on the network's page: where their browser is sent back to."""
        return self.house.social("north").network.consent(url, who)

    async def as_far_as_the_code(self, sender: str = "ada", who: str = "ada") -> tuple[Browser, Page, str]:
        """Everything goes well until the code is shown: the browser, its page, and the page's address."""
        browser, address = await self.browser(), await self.address(sender)
        back = self.consents((await browser.presses(address)).leads_to, who)
        shown = self.site + (await browser.opens(back)).leads_to
        await self.house.settle()
        return browser, await browser.opens(shown), shown

    async def rows(self) -> list[tuple[object, ...]]:
        """Every row about linking, to see that nothing changed."""
        tables = (t.link_request, t.account, t.question, t.delivery, t.inbox)
        return await self.house.store.read(
            lambda tx, now: [
                tuple(row) for table in tables for row in tx.connection.execute(sa.select(table))
            ]
        )

    async def accounts(self) -> list[tuple[str, str, int]]:
        """Every account with its state and whose it is."""
        c = t.account.c
        query = sa.select(c.handle, c.state, c.user_id).order_by(c.id)
        return await self.house.store.read(lambda tx, now: [tuple(r) for r in tx.connection.execute(query)])

    async def states(self) -> list[str]:
        query = sa.select(t.link_request.c.state).order_by(t.link_request.c.id)
        return await self.house.store.read(lambda tx, now: tx.scalars(query))

    def tokens(self) -> list[str]:
        """The tokens that the network takes and that consent gave."""
        tokens = self.house.social("north").network.tokens
        return [token for token in tokens if re.fullmatch(r"token-\w+-\d+", token)]


@contextlib.asynccontextmanager
async def linking_house(folder, *, port: int | None = None, before: Linked | None = None, **more):
    """A house and its pages; `before`: the one that was stopped, whose chat and networks go on."""
    port = port or free_port()
    site = f"http://127.0.0.1:{port}"
    if before is not None:
        more |= {
            "clock": before.house.clock,
            "chat": MemoryChat(name="chat", network=before.house.chat.network),
        }
        more["socials"] = tuple(
            MemorySocial(name=s.context.name, network=s.network) for s in before.house.socials
        )
    async with contextlib.AsyncExitStack() as stack:
        house = await stack.enter_async_context(TestHouse(folder, site=site, **more))
        web = Web(WebSettings(port=port, public_url=site), Texts())
        LinkPages(web.routes("bridgebot"), house.store, house.house, lambda: None, site)
        await web.start()
        stack.push_async_callback(web.stop)
        browsers = await stack.enter_async_context(contextlib.AsyncExitStack())
        yield Linked(house, site, browsers)


async def together(*steps):
    """At the same moment."""
    return await asyncio.gather(*steps)
