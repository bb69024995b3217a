"""Somebody on the fake server, who acts with another app or in a browser."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.servers.mastodon_media import keep
from tests.servers.mastodon_polls import made
from tests.servers.mastodon_things import Filter, PeopleList, Person, Status

WEB = {"name": "Web", "website": None}


class Someone:
    """A person and what they do. Acting is plain and at once; `consents` goes through the real pages."""

    def __init__(self, server: Any, who: Person) -> None:
        self.server = server
        self.who = who

    @property
    def id(self) -> str:
        return self.who.id

    @property
    def handle(self) -> str:
        """As one writes it from anywhere: `@ada@masto.example`."""
        return f"@{self.who.username}@{self.who.host or self.server.domain}"

    # --- posting ---

    def post(
        self,
        text: str,
        *,
        visibility: str = "public",
        reply_to: Status | str | None = None,
        warning: str = "",
        at: datetime | None = None,
        **more: Any,
    ) -> Status:
        """`at`: when it was written, if it only arrives now (a late post of another server)."""
        parent = self._status(reply_to) if reply_to is not None else None
        return self.server.world.post(
            self.who,
            text,
            visibility,
            at=at,
            spoiler=warning,
            sensitive=bool(warning),
            language=more.pop("language", self.who.language),
            reply_to=parent,
            reply_to_id=parent.id if parent else None,
            application=None if self.who.host else WEB,
            **more,
        )

    def picture(self, content: bytes, description: str = "") -> dict[str, Any]:
        """A picture (PNG) that was handed over, for a post's `media`."""
        made = keep(self.server, self.who, "image/png", content)
        made["description"] = description or None
        return made

    def _status(self, which: Status | str) -> Status:
        return self.server.world.statuses[which] if isinstance(which, str) else which

    def edit(self, which: Status | str, text: str, *, warning: str = "") -> None:
        self.server.world.change(self._status(which), text, warning, bool(warning))

    def delete(self, which: Status | str) -> None:
        self.server.world.delete(self._status(which))

    def boost(self, which: Status | str, visibility: str | None = None) -> Status:
        return self.server.world.boost(self.who, self._status(which), visibility)

    def unboost(self, which: Status | str) -> None:
        if (made := self.server.world.boost_by(self.who, self._status(which))) is not None:
            self.server.world.delete(made)

    def bookmark(self, which: Status | str, on: bool = True) -> None:
        self.server.world.bookmark(self.who, self._status(which), on)

    def poll(self, text: str, *choices: str, multiple: bool = False, hidden: bool = False) -> Status:
        """A post with a poll that is open for a day."""
        options, day = list(choices), timedelta(days=1)
        return self.post(text, poll=made(self.server.world, options, day, multiple, hidden))

    def vote(self, which: Status | str, *choices: int) -> None:
        self._status(which).poll["_votes"][self.who] = list(choices)

    def settle(self, which: Status | str, state: str) -> None:
        """Agrees to a quote (`accepted`), or does not (`rejected`), or not any more (`revoked`)."""
        self._status(which).quote_state = state

    def favourite(self, which: Status | str, on: bool = True) -> None:
        self.server.world.favourite(self.who, self._status(which), on)

    # --- people ---

    def mute(self, other: Someone, on: bool = True) -> None:
        self.server.world.keep_off("mute", self.who, other.who, on)

    def block(self, other: Someone, on: bool = True) -> None:
        self.server.world.keep_off("block", self.who, other.who, on)

    def filter(self, title: str, *words: str, context: str = "home", action: str = "warn") -> Filter:
        """Wants posts with these words hidden, or warned of, in these places (several: with spaces)."""
        world = self.server.world
        made = Filter(world.serial(), self.who, title, words, tuple(context.split()), action)
        world.filters.append(made)
        return made

    def follow(self, other: Someone, on: bool = True, **how: Any) -> None:
        """A locked one is only asked."""
        world = self.server.world
        world.follow(self.who, other.who, **how) if on else world.unfollow(self.who, other.who)

    def approve(self, other: Someone) -> None:
        """Lets somebody follow who asked."""
        world = self.server.world
        world.requests.pop((other.who, self.who))
        world.follows[other.who, self.who] = {"reblogs": True, "notify": False}

    def list(self, title: str, *members: Someone) -> PeopleList:
        """A list of people whom one follows."""
        world = self.server.world
        made = PeopleList(world.serial(), self.who, title, members=[one.who for one in members])
        world.lists[made.id] = made
        return made

    def notified(self, type: str, by: Someone, post: Status | str | None = None) -> None:
        """Is told of something; `type` may be one that no client knows."""
        status = self._status(post) if post is not None else None
        self.server.world.notify(self.who, type, by.who, status)

    # --- tokens and pages ---

    def token(self, scopes: str = "read write follow", app: str = "Another app") -> str:
        """A token as if this person had let an app in long ago."""
        made = {
            "id": self.server.world.serial(),
            "name": app,
            "website": None,
            "scopes": scopes.split(),
            "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"],
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            "vapid_key": "",
        }
        return self.server.new_token(made, frozenset(scopes.split()), self.who).value

    async def consents(self, url: str, *, agree: bool = True, password: str | None = None) -> str:
        """Opens the address that an app gave, logs in, says yes, and gives the code that comes of it:
        the one that is shown, or the one in the address that the browser is sent to.
        """
        address = await self.visits(url, agree=agree, password=password)
        if address.startswith("code:"):
            return address.removeprefix("code:")
        return parse_qs(urlsplit(address).query)["code"][0]

    async def visits(self, url: str, *, agree: bool = True, password: str | None = None) -> str:
        """As `consents`; gives the address that the browser is sent back to (`code:…` if one is shown)."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            browser_here = _Browser(browser, self.server)
            page = await browser_here.get(url)
            if page.field("password"):
                word = self.who.password if password is None else password
                page = await browser_here.submit(page, 0, username=self.who.username, password=word)
            assert "would like permission" in page.text, f"no consent page: {page.text}"
            page = await browser_here.submit(page, 0 if agree else 1)
            if (code := re.search(r'class="oauth-code" readonly value="([^"]+)"', page.text)) is not None:
                return f"code:{unescape(code[1])}"
            assert page.address, f"no code and no way back: {page.text}"
            return page.address


class _Page(HTMLParser):
    """A page's forms, and where it wants the browser to go."""

    def __init__(self, text: str, address: str = "") -> None:
        super().__init__()
        self.text = text
        self.address = address
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given["action"], {}))
        elif tag in ("input", "button") and self.forms and "name" in given:
            self.forms[-1][1][given["name"]] = given.get("value", "")

    def field(self, name: str) -> bool:
        return any(name in fields for _, fields in self.forms)


class _Browser:
    """Follows forms and redirections on the server, under the name it has or the address it has."""

    def __init__(self, session: aiohttp.ClientSession, server: Any) -> None:
        self.session = session
        self.server = server

    def _reached(self, url: str) -> str | None:
        """The address of a page of this server; None: it is elsewhere."""
        parts = urlsplit(url)
        if parts.netloc and parts.netloc not in (self.server.domain, urlsplit(self.server.url).netloc):
            return None
        return f"{self.server.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    async def get(self, url: str) -> _Page:
        return await self._open("GET", url)

    async def submit(self, page: _Page, number: int, **filled: str) -> _Page:
        action, fields = page.forms[number]
        return await self._open("POST", action, {**fields, **filled})

    async def _open(self, method: str, url: str, data: dict[str, str] | None = None) -> _Page:
        if (address := self._reached(url)) is None:
            return _Page("", url)
        async with self.session.request(method, address, data=data, allow_redirects=False) as answer:
            if answer.status == 302:
                return await self._open("GET", answer.headers["Location"])
            return _Page(await answer.text())
