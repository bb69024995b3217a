"""`bridgebot demo`: the whole bot in one terminal, with two networks and two neighbours.

The terminal is the chat. What is shown is the real program: only the people next door are played,
as a person's client would, through their own accounts.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet

from bridgebot import config, dialog, model
from bridgebot.adapter import SocialAdapter
from bridgebot.app import App
from bridgebot.commands import settling
from bridgebot.config import Settings
from bridgebot.config.settings import WebSettings
from bridgebot.dialog import Talk
from bridgebot.errors import AdapterError, ConfigError
from bridgebot.model import Account, Draft, Person, Post, Timeline, TimelineKind
from bridgebot.store import Tx, people, posts
from bridgebot.texts import Texts

PORT = 8790
TERMINAL, FIRST, SECOND = "console", "plaza", "pebble"
MUSING_EVERY = 45.0  # seconds between two posts of a neighbour on the first network
REST = 0.1  # seconds: what must stay quiet for so long, three times, is at rest
PATIENCE = 50  # such looks, until what a neighbour answered is taken to be read by nobody any more


async def run(*, language: str, script: Path | None) -> int:
    """The demo until the terminal closes, or until the script is played; returns the exit code."""
    lines = None
    if script is not None:
        try:
            lines = (await asyncio.to_thread(script.read_text, "utf-8")).splitlines()
        except OSError as error:
            words = Texts()(language, "demo-script-missing", file=str(script), error=error.strerror or "?")
            _complain(words)
            return 2
    with tempfile.TemporaryDirectory(prefix="bridgebot-demo-") as folder:
        async with _house(Path(folder), language, typed=script is None) as demo:
            return await demo.play(lines) if lines is not None else await demo.converse()


def _complain(words: str) -> None:
    sys.stderr.write(f"{words}\n")


@contextlib.asynccontextmanager
async def _house(folder: Path, language: str, *, typed: bool) -> AsyncIterator[Demo]:
    app = await _started(folder, language, typed=typed)
    demo = Demo(app, language)
    try:
        await demo.move_in()
        yield demo
    finally:
        await demo.close()
        await app.stop()


async def _started(folder: Path, language: str, *, typed: bool) -> App:
    """With the pages where the person at the terminal expects them, else where there is room for them."""
    for web in (WebSettings(port=PORT, public_url=f"http://127.0.0.1:{PORT}"), WebSettings(port=0)):
        app = App(_settings(folder, language, web, typed=typed))
        try:
            await app.start()
        except ConfigError:
            if not web.port:
                raise
        else:
            break
    return app


def _settings(folder: Path, language: str, web: WebSettings, *, typed: bool) -> Settings:
    """A bot of its own in a temporary folder."""
    return Settings(
        database=f"sqlite:///{folder / 'demo.db'}",
        secret_keys=(Fernet.generate_key().decode(),),
        adapters=(
            config.adapter(TERMINAL, input=typed),
            config.adapter(FIRST),
            config.adapter(SECOND),
        ),
        language=language,
        access="open",
        web=web,
    )


class Demo:
    """The person at the terminal, and the neighbours."""

    def __init__(self, app: App, language: str) -> None:
        self.app = app
        self.language = language
        self.terminal: Any = app.adapters[TERMINAL]
        self.neighbours: Neighbours | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def move_in(self) -> None:
        """Accounts for everybody, then the first line."""
        first, second = self._social(FIRST), self._social(SECOND)
        mine = [await _join(first, "you"), await _join(second, "you")]
        self.neighbours = Neighbours(first, self._text)
        await self.neighbours.move_in("@you")
        await self.app.store.run(lambda tx, now: self._adopt(tx, now, mine))
        self.app.wake()
        await self._until(self.app.poller.quiet)
        self._announce(self._text("demo-header", network=first.title, url=self.app.web.base))
        await self.app.store.run(lambda tx, now: self._greet(tx, now, mine))
        self.app.wake()
        await self._at_rest()
        self.app.connect()
        self._tasks.append(asyncio.create_task(self.neighbours.watch()))

    async def converse(self) -> int:
        """Somebody sits at the terminal; ends when they leave."""
        if self.neighbours is not None:
            self._tasks.append(asyncio.create_task(self.neighbours.muse()))
        await self.terminal.closed.wait()
        await self._at_rest()
        self._announce(self._text("demo-bye"))
        return 0

    async def play(self, lines: list[str]) -> int:
        """Play a script, each line when nothing is due any more; 0 when every line was answered."""
        code = 0
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            before = self.terminal.terminal.sent
            await self.terminal.feed(line)
            await self._at_rest()
            if self.terminal.terminal.sent == before:
                _complain(self._text("demo-script-unanswered", number=number, line=line))
                code = 1
        return code

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _social(self, name: str) -> SocialAdapter[Any]:
        adapter = self.app.adapters[name]
        if not isinstance(adapter, SocialAdapter):
            raise TypeError(name)
        return adapter

    def _announce(self, text: str) -> None:
        """A line of the demo's own, said by nobody."""
        self.terminal.terminal.write(f"{text}\n")

    def _text(self, key: str, /, **arguments: str | int) -> str:
        return self.app.texts(self.language, key, **arguments)

    def _adopt(self, tx: Tx, now: datetime, mine: list[Account]) -> None:
        """The person at the terminal is a user whose plain text is posted, with both accounts."""
        person = people.person(tx, TERMINAL, Person(self.terminal.config.person))
        chat = people.chat(tx, TERMINAL, model.Chat(self.terminal.config.person, direct=True), person.id)
        user = people.new_user(tx, now, "user", plain="post")
        people.set_person(tx, person.id, user_id=user.id)
        people.set_user(tx, user.id, language=self.language)
        exchange = Talk(tx, now, self.app.house, chat, people.user(tx, user.id), self.language)
        for native in mine:
            limits = self._social(native.server).capabilities.limits
            settling.settle_in(exchange, people.link(tx, now, user.id, native.server, native, limits))

    def _greet(self, tx: Tx, now: datetime, mine: list[Account]) -> None:
        person = people.person(tx, TERMINAL, Person(self.terminal.config.person))
        chat = people.direct_chat(tx, person.user_id or 0)
        first, second = (self._social(native.server) for native in mine)
        text = self._text(
            "demo-hello",
            handle=mine[0].handle,
            first=first.title,
            second=second.title,
            limit=second.capabilities.limits.max_length,
        )
        if chat is not None:
            dialog.notice(tx, now, chat, text, self.language, user_id=person.user_id)

    async def _at_rest(self) -> None:
        """Until nothing is under way or due soon, and the neighbours' answers have come."""
        quiet = 0
        while quiet < 3:
            still = await self.app.outbox.idle(timedelta(seconds=3)) and self.app.poller.quiet()
            quiet = quiet + 1 if still and await self._are_heard() else 0
            await asyncio.sleep(REST)

    async def _are_heard(self) -> bool:
        """Whether the neighbours have read everything, and what they answered has come here."""
        if self.neighbours is None:
            return True
        await self.neighbours.look()
        said, there = self.neighbours.said, self.neighbours.lin.server
        for one in list(said):
            copy = await self.app.store.read(lambda tx, now, id=one: posts.copy_at(tx, there, id))  # type: ignore[misc]
            said[one] -= 1
            if copy is not None or said[one] <= 0:
                del said[one]
        return not said

    async def _until(self, true: Any) -> None:
        async with asyncio.timeout(30):
            while not true():  # noqa: ASYNC110 - what is asked has no event of its own
                await asyncio.sleep(0.02)


async def _join(network: SocialAdapter[Any], name: str) -> Account:
    account = await network.link(None, name)
    if not isinstance(account, Account):
        raise TypeError(f"{network.title} makes no accounts by name")
    return account


class Neighbours:
    """Lin and Mei, who live on the first network and answer what they read there."""

    def __init__(self, network: SocialAdapter[Any], text: Any) -> None:
        self._network = network
        self._text = text
        self._posts = 0
        self._seen: set[str] = set()
        self._looking = asyncio.Lock()
        self.said: dict[str, int] = {}  # answers that have not come, and how often they are looked for yet

    async def move_in(self, friend: str) -> None:
        self.lin, self.mei = await _join(self._network, "lin"), await _join(self._network, "mei")
        self._home = Timeline(TimelineKind.HOME, self.lin.server)
        await self._network.follow(self.lin, friend, True)

    async def watch(self) -> None:
        """Answer what the friend posts, as it comes."""
        async for _ in self._network.listen(self._home, self.lin):
            await self.look()

    async def look(self) -> None:
        """Answer what the friend has posted since the last look."""
        async with self._looking:
            with contextlib.suppress(AdapterError):
                for post in await self._network.latest(self._home, self.lin):
                    if post.id not in self._seen and post.author.id not in (self.lin.id, self.mei.id):
                        self._seen.add(post.id)
                        await self._answer(post)

    async def _answer(self, post: Post) -> None:
        """The first post is welcomed, the second is greeted from next door; then they listen."""
        if post.reply_to is not None:
            return
        self._posts += 1
        if self._posts == 1:
            await self._say(self.lin, "demo-lin-welcome", post.id)
        elif self._posts == 2:
            await self._say(self.mei, "demo-mei-hello", post.id)

    async def muse(self) -> None:
        """Something to follow: a thought now and then."""
        for number in (1, 2, 3):
            await asyncio.sleep(MUSING_EVERY)
            await self._say(self.lin if number % 2 else self.mei, f"demo-musing-{number}", None)

    async def _say(self, who: Account, key: str, reply_to: str | None) -> None:
        draft = Draft(self._text(key), reply_to=reply_to)
        made = await self._network.publish(who, draft, key=str(uuid4()))
        if reply_to is not None:
            self.said[made.id] = PATIENCE
