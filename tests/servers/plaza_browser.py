"""A browser without scripts on Plaza's pages: it keeps cookies, and sends the forms that it was shown."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
from yarl import URL


@dataclass
class Form:
    """A form of a page."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)  # name and value; "" where it has none


@dataclass(frozen=True)
class Shown:
    """What a browser got."""

    url: str
    status: int
    headers: dict[str, str]
    html: str

    @property
    def forms(self) -> list[Form]:
        reader = _Reader()
        reader.feed(self.html)
        return reader.forms

    def form(self, action: str = "") -> Form:
        return next(form for form in self.forms if form.action.startswith(action))

    @property
    def text(self) -> str:
        reader = _Reader()
        reader.feed(self.html)
        return " ".join(" ".join(reader.words).split())

    @property
    def code(self) -> str:
        reader = _Reader()
        reader.feed(self.html)
        assert reader.code, f"{self.status} {self.text}"
        return reader.code

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def answer(self) -> dict[str, str]:
        """What the app is told in the address that the browser was sent to."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.code = ""
        self._in_code = False

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        elif tag == "input" and self.forms:
            self.forms[-1].fields[given["name"]] = given["value"]
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((given.get("name", ""), given.get("value", "")))
        self._in_code = tag == "code" and given.get("id") == "code"

    def handle_data(self, data):
        self.words.append(data)
        if self._in_code:
            self.code += data

    def handle_endtag(self, tag):
        self._in_code = False


class Browser:
    """One browser with its cookies."""

    def __init__(self, session: aiohttp.ClientSession, public: str = "", listens: str = "") -> None:
        self._session = session
        self._public, self._listens = public, listens

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self._session.cookie_jar}

    def keeps(self, url: str, **cookies: str) -> None:
        """Cookies that somebody else put there."""
        self._session.cookie_jar.update_cookies(cookies, URL(url))

    async def opens(self, url: str, **headers: str) -> Shown:
        return await self._asks("GET", url, headers=headers)

    async def sends(self, url: str, fields: dict[str, str], **headers: str) -> Shown:
        return await self._asks("POST", url, data=fields, headers=headers)

    async def presses(self, page: Shown, action: str = "", **choice: str) -> Shown:
        """Send the form of this action, with the button that was chosen."""
        form = page.form(action)
        return await self.sends(urljoin(page.url, form.action), {**form.fields, **choice})

    async def _asks(self, method: str, url: str, **options) -> Shown:
        asked = url
        if self._public and url.startswith(self._public):  # as its name would be looked up
            asked = self._listens + url.removeprefix(self._public)
        async with self._session.request(method, asked, allow_redirects=False, **options) as answer:
            return Shown(url, answer.status, dict(answer.headers), await answer.text())

    # --- what people do ---

    async def signs_in(self, address: str) -> None:
        """Open the address from the chat, and press its button."""
        signed = await self.presses(await self.opens(address), "/plaza/signin")
        assert signed.status == 303, f"{signed.status} {signed.text}"

    async def consents(self, url: str, *, agree: bool = True) -> Shown:
        """Read who asks, and answer."""
        page = await self.opens(url)
        assert page.status == 200, f"{page.status} {page.text}"
        return await self.presses(page, "/oauth/authorize", decision="yes" if agree else "no")


@contextlib.asynccontextmanager
async def browser(public: str = "", listens: str = "") -> AsyncIterator[Browser]:
    """A browser that nobody has used. `public`: how a site is called that it reaches where it `listens`."""
    trusted = [URL(listens)] if listens else []
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=trusted)  # servers here have no names
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout) as session:
        yield Browser(session, public, listens)
