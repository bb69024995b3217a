"""A running house with every adapter, its web server, people in it, and every route with what fits there."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web
from cryptography.fernet import Fernet

from adapters import console
from bridgebot.app import App
from bridgebot.commands import COMMANDS
from bridgebot.config import load
from bridgebot.model import Chat, Message, Person
from tests.servers.mastodon import serve

PUBLIC = "https://bot.example"
SECRET = "octarine"  # stands in all that is not public
NOT_BY_REQUESTS = {
    "health",
    "timeline",
    "news",
    "adapter_state",
    "budget",
}  # the house's own clock moves these
# What stands in a path: names, numbers, and things of the shape of secrets.
POOL = (
    "ada",
    "bo",
    "nobody",
    "1",
    "2",
    "tea",
    "A" * 22,
    "A" * 43,
    "0" * 32,
    "aaaa-bbbb-cccc-dddd",
    f"{'A' * 32}.png",
)
_HOLE = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
_ADAPTERS: dict[str, dict[str, Any]] = {
    "console": {"use": "console", "input": False},
    "plaza": {"use": "plaza"},
    "pebble": {"use": "pebble"},
    "telegram": {"use": "telegram", "token": f"1:{'a' * 35}", "api": "http://127.0.0.1:9"},
    "xmpp": {"use": "xmpp", "jid": "bot@example.org", "password": "x"},
}


@dataclass
class Site:
    """The house, and what a browser can ask of it."""

    app: App
    folder: Path
    heard: io.StringIO  # what the bot said in all chats
    http: aiohttp.ClientSession
    _number: int = 0

    @property
    def base(self) -> str:
        """Where it listens; what it gives people begins with its public address."""
        runner = self.app.web._runner
        assert runner is not None
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    # --- people ---

    async def says(self, who: str, text: str) -> None:
        self._number += 1
        event, now = f"s{self._number}", self.app.clock.now()
        message = Message(event, Chat(who, direct=True), Person(who, who.title()), event, text, now)
        await self.app.inbox.receive("console", message)
        await self.rests()

    async def rests(self) -> None:
        """Nothing is under way any more."""
        async with asyncio.timeout(20):
            while self._under_way():
                await asyncio.sleep(0.02)

    def _under_way(self) -> int:
        with self.database() as database:
            waiting = (
                "SELECT count(*) FROM delivery WHERE ended_at IS NULL AND state IN ('queued', 'sending')"
            )
            steps = "SELECT count(*) FROM link_request WHERE state = 'step'"
            return sum(database.execute(query).fetchone()[0] for query in (waiting, steps))

    # --- what is stored ---

    @contextlib.contextmanager
    def database(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'bot.db'}?mode=ro", uri=True)) as found:
            yield found

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, those of adapters too."""
        with self.database() as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            kept = [n for (n,) in names if n not in NOT_BY_REQUESTS and not n.startswith("sqlite_")]
            return {name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr) for name in kept}

    # --- routes ---

    def routes(self) -> list[tuple[str, str]]:
        """Method and pattern of every route that is registered."""
        found = self.app.web._app.router.routes()
        return sorted({(r.method, r.resource.canonical if r.resource else "") for r in found})

    def paths(self, *, secret: bool = True) -> list[str]:
        """An address, or several, for every pattern; and those that the bot gave people in their chats, of
        which some are secrets that prove who opens them.
        """
        formatters = {
            resource.canonical: _template(resource) for resource in self.app.web._app.router.resources()
        }
        made = [path for template in formatters.values() for path in filled(template)]
        return list(dict.fromkeys([*made, *self.given()] if secret else made))

    def given(self) -> list[str]:
        """Addresses of this server that were said in chats."""
        found = re.findall(rf"{re.escape(self.app.web.base)}(/[^\s<>\"')]*)", self.heard.getvalue())
        return list(dict.fromkeys(one.rstrip(".,") for one in found))

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        """One request; of a stream only how it begins."""
        url = path if path.startswith("http") else f"{self.base}{path}"
        more = {"allow_redirects": False, **more}
        async with self.http.request(method, url, **more) as response:
            stream = response.content_type == "text/event-stream"
            body = b"" if stream else await response.read()
            return Answer(path, response.status, response.headers, body.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Answer:
    path: str
    status: int
    headers: Any
    text: str


class Uncovered(AssertionError):
    """A route into whose path nothing fits that the tests know."""


def _template(resource: web.AbstractResource) -> str:
    """The pattern as it was declared, expressions included."""
    info = resource.get_info()
    if "pattern" not in info:
        return info["path"]
    pattern = re.sub(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)", r"{\1:\2}", info["pattern"].pattern)
    return re.sub(r"\\(.)", r"\1", pattern) if "{" not in pattern else _unescaped(pattern)


def _unescaped(pattern: str) -> str:
    """What stands outside of the holes is a literal in the pattern."""
    parts, at = [], 0
    for hole in _HOLE.finditer(pattern):
        parts += [re.sub(r"\\(.)", r"\1", pattern[at : hole.start()]), hole.group()]
        at = hole.end()
    return "".join([*parts, re.sub(r"\\(.)", r"\1", pattern[at:])])


def filled(template: str) -> Iterable[str]:
    """The template with whatever fits its holes, the same place of the pool in each."""
    holes = [(hole.group(), hole.group(2) or "[^{}/]+") for hole in _HOLE.finditer(template)]
    choices = []
    for hole, expression in holes:
        literal = [part for part in expression.split("|") if re.fullmatch(r"[\w.-]+", part)]
        fits = [one for one in ("", *literal, *POOL) if re.fullmatch(expression, one)]
        if not fits:
            raise Uncovered(
                f"Nothing of POOL in tests/security/site.py fits {hole} of {template}: "
                "add something that does."
            )
        choices.append(fits)
    for number in range(max(map(len, choices), default=1)):
        path = template
        for (hole, _), fits in zip(holes, choices, strict=True):
            path = path.replace(hole, fits[number % len(fits)], 1)
        yield path


class Forms(HTMLParser):
    """The forms of a page: method, where it goes, and its fields with the hidden ones apart."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, Any]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            method, action = (given.get("method") or "get").upper(), given.get("action") or ""
            self.found.append({"method": method, "action": action, "hidden": {}, "shown": {}})
        elif tag in ("input", "button", "textarea") and given.get("name") and self.found:
            kind = "hidden" if given.get("type") == "hidden" else "shown"
            self.found[-1][kind][given["name"]] = given.get("value") or "x"

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)


@contextlib.asynccontextmanager
async def site(folder: Path, **options: Any) -> AsyncIterator[Site]:
    """`options` are the core's own."""
    keys = folder / "keys"
    keys.touch(mode=0o600)
    keys.write_text(Fernet.generate_key().decode())
    async with serve("mastodon", "masto.example") as server:
        chosen = {
            "database": f"sqlite:///{folder / 'bot.db'}",
            "secret_keys_file": str(keys),
            "access": "open",
            "web": {"listen": "127.0.0.1:0", "public_url": PUBLIC},
            "adapters": _ADAPTERS | {"mastodon": {"use": "mastodon", "servers": {server.domain: server.url}}},
            **options,
        }
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump(chosen))
        async with _running(App(load(file, {})), folder) as made:
            yield made


@contextlib.asynccontextmanager
async def _running(app: App, folder: Path) -> AsyncIterator[Site]:
    await app.start()
    try:
        assert app.problems == {}
        heard = io.StringIO()
        app.adapters["console"].terminal = console.Terminal(io.StringIO(), heard, {})
        app.connect()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
            made = Site(app, folder, heard, http)
            yield made
    finally:
        await app.stop()


async def settle_people(made: Site) -> None:
    """Ada and Bo, with accounts on Plaza; Ada's posts of every audience and a memo."""
    for who in ("ada", "bo"):
        await made.says(who, "/start")
        await made.says(who, f"/join {who} plaza")
        await made.says(who, "/settings plain post")
    await made.says("ada", "/post a public walk #tea")
    for audience in ("followers", "direct"):
        await made.says("ada", f"/vis {audience}")
        await made.says("ada", f"/post {audience} {SECRET} #tea")
    await made.says("ada", f"/memo {SECRET}")
    await _ask_for_addresses(made)


async def _ask_for_addresses(made: Site) -> None:
    """Some commands give one: of a page for linking, a file, a browser's session. Cy says yes to all."""
    for name in COMMANDS:
        await made.says("ada", f"/{name}")
        await made.says("ada", "/cancel")
        await made.says("cy", f"/{name}")
        await made.says("cy", "1")
    await made.says("ada", "/link mastodon masto.example")
