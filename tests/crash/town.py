"""A person between a chat and three networks, whose bot dies: one conversation, and what is seen of it.

Mastodon keeps the keys of publications, GoToSocial ignores them (there the bot must look), Plaza lies in
the bot's own database. Somebody whom the person follows posts on Mastodon and is shown in the chat.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bridgebot.adapter import AdapterConfig
from tests.crash.bots import MortalBot, Nursery
from tests.crash.laws import Begun, Evidence, Line, Mirrored, Standing, Wrote, arrived
from tests.journeys.networks.travellers import OnTelegram, Traveller, new_name, resident
from tests.journeys.people import Pages, Someone, Talker, enrol, with_account
from tests.servers.bot import telegram_bot
from tests.servers.mastodon import serve as serve_mastodon
from tests.servers.mastodon_person import Someone as Elsewhere
from tests.servers.prosody import Prosody
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram
from tests.servers.xmpp_person import PersonClient

SETTLES = 60.0  # seconds in which everything must have ended
# Where adapters keep to their networks' rates, these servers take a hundred times as much.
SWIFT = {"pace": 100} if "pace" in AdapterConfig.model_fields else {}
OPEN = ("queued", "sending", "unconfirmed")


@dataclass
class Town:
    """One bot with its servers and its people; trials follow one another, nothing is set back."""

    bot: MortalBot
    talker: Talker
    there: dict[str, Traveller]  # the person on each Mastodon server, by its domain
    lin: Elsewhere  # whom the person follows
    pages: Pages
    telegram: TelegramServer | None
    begun: list[Begun] = field(default_factory=list)  # of this trial
    deaths: int = 0
    kills: int = 0  # of those deaths, from outside
    _starting: bool = False

    # --- a life and its end ---

    @contextlib.asynccontextmanager
    async def dying_at(self, boundary: int | None) -> AsyncIterator[None]:
        """The bot lives and dies at this boundary; then it is started as usual and lives on."""
        self.begun, self.deaths, self.kills = [], 0, 0
        await self.bot.lives_until(boundary)
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if not self.deaths:  # it came to no such moment, and must not come to it with nobody watching
                await self.bot.dies()

    async def killed_after(self, moments: list[float]) -> None:
        """It is killed from outside, so many seconds after each of its starts."""
        for seconds in moments:
            await becomes(self._lives)
            await asyncio.sleep(seconds)
            self.kills += 1
            self.bot.ends()
            await becomes(lambda: self.deaths == self.kills)

    def _lives(self) -> bool:
        return self.bot.running and not self._starting

    async def _watch(self) -> None:
        while True:
            while self.bot.running:
                await asyncio.sleep(0.01)
            self._starting = True
            self.note_begun()
            self.deaths += 1
            await self.bot.starts()
            self._starting = False

    def note_begun(self) -> None:
        """What was under way when it died: only that may come a second time."""
        query = (
            "SELECT d.action, d.chat_id, p.payload FROM delivery d JOIN part p ON p.delivery_id = d.id"
            " WHERE d.state = 'sending'"
        )
        with contextlib.closing(sqlite3.connect(self.bot.folder / "bridgebot.db")) as database:
            for action, chat, payload in database.execute(query):
                self.begun.append(_begun(action, chat is not None, json.loads(payload)))

    def open_deliveries(self) -> list[str]:
        """What has not ended."""
        file = f"file:{self.bot.folder / 'bridgebot.db'}?mode=ro"
        query = f"SELECT id, action, state FROM delivery WHERE state IN {OPEN}"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
            return [" ".join(map(str, row)) for row in database.execute(query)]

    # --- what is seen ---

    def heard(self) -> set[object]:
        """What the bot has said so far."""
        return {key for key, _ in self.talker._heard()}

    def receipt(self, message: str) -> tuple[str, str]:
        """The last receipt of a message as it stands, and its id."""
        chat = self.talker.chat()
        ids = [one.id for _, one in self.talker._heard() if one.reply_to == message and one.id in chat]
        return (chat[ids[-1]], ids[-1]) if ids else ("", "")

    async def has_receipt(self, message: str) -> None:
        """Wait until its receipt says how everything ended. That it never does is for the laws to say."""
        await becomes(lambda: _ended(self.receipt(message)[0]))

    async def evidence(self, before: set[object], standing: dict[str, set[str]], told: Told) -> Evidence:
        """Wait until everything has come to rest; then look at all of it."""
        await becomes(lambda: self._rests(before, told))
        places = {}
        for place, posts in (await self.places()).items():
            places[place] = [one for one in posts if one.url not in standing.get(place, ())]
        return Evidence(
            wrote=told.wrote,
            mirrored=told.mirrored,
            answers=told.answers,
            lines=self._lines(before),
            places=places,
            begun=self.begun,
            deaths=max(self.deaths - (self.kills or self.bot.killed_at() is not None), 0),
            traces=self.bot.traces(),
            open=self.open_deliveries(),
            unheard=0 if self.telegram is None else len(self.telegram.updates),
        )

    async def standing(self) -> dict[str, set[str]]:
        """The addresses of the person's posts."""
        return {place: {one.url for one in posts} for place, posts in (await self.places()).items()}

    async def places(self) -> dict[str, list[Standing]]:
        """The person's posts on each network, oldest first."""
        found = {
            domain: [Standing(_url(domain, one), one.text) for one in traveller.statuses()]
            for domain, traveller in self.there.items()
        }
        items = await self._feed()
        plaza = [Standing(item["url"], item["content_text"]) for item in reversed(items)]
        return {**found, self.bot.base: plaza}

    async def _feed(self) -> list[dict[str, Any]]:
        """The person's posts on Plaza; its pages are away while the bot is, and it may die in this moment."""
        address = f"{self.bot.base}/@{self.talker.name}/feed.json"
        async with asyncio.timeout(SETTLES):
            while True:
                try:
                    async with self.pages.session.get(address) as answer:
                        found: list[dict[str, Any]] = (await answer.json(content_type=None))["items"]
                        return found
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    def _lines(self, before: set[object]) -> list[Line]:
        chat = self.talker.chat()
        new = [one for key, one in self.talker._heard() if key not in before]
        firsts = [one for one in new if one.corrects is None and one.retracts is None]
        return [Line(one.id, one.text, chat.get(one.id), one.reply_to) for one in firsts]

    def _rests(self, before: set[object], told: Told) -> bool:
        if not self._lives() or self.open_deliveries() or (self.telegram and self.telegram.updates):
            return False
        return arrived(Evidence(told.wrote, told.mirrored, lines=self._lines(before)))


def _begun(action: str, to_chat: bool, payload: dict[str, Any]) -> Begun:
    text = payload.get("message", payload.get("draft", {})).get("text", "")
    return Begun(action, text, to_chat, payload.get("reply_to"))


def _ended(receipt: str) -> bool:
    return bool(receipt) and "…" not in receipt


def _url(domain: str, status: Any) -> str:
    return f"https://{domain}/@{status.author.username}/{status.id}"


async def becomes(so: Callable[[], bool], seconds: float = SETTLES) -> bool:
    """Wait until it is so; False: it never was."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not so():
                await asyncio.sleep(0.02)
            return True
    return False


# --- the story --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What people did, and what must come of it."""

    wrote: list[Wrote]
    mirrored: list[Mirrored]
    answers: tuple[str, ...] = ()


Story = Callable[["Town", str], Awaitable[Told]]


async def story(town: Town, tag: str) -> Told:
    """Posts both ways, edited on both sides, one of them taken back. It goes on whoever dies meanwhile."""
    talker, lin = town.talker, town.lin
    one = talker.says(f"/post one-{tag} 早上好")
    first, _ = lin.post(f"tea-1-{tag} 欢迎"), lin.post(f"tea-2-{tag} 🍵")
    await town.has_receipt(one)
    talker.corrects(one, f"/post one-{tag} 晚上好")
    lin.edit(first, f"tea-1-{tag} 再见")
    two, three = talker.says(f"/post two-{tag}"), talker.says(f"/post three-{tag}")
    lin.post(f"tea-3-{tag}")
    await town.has_receipt(two)
    await taken_back(town, two)
    await town.has_receipt(three)
    wrote = [
        Wrote(one, f"one-{tag}", f"one-{tag} 晚上好"),
        Wrote(two, f"two-{tag}", None),
        Wrote(three, f"three-{tag}", f"three-{tag}"),
    ]
    teas = [f"tea-1-{tag} 再见", f"tea-2-{tag} 🍵", f"tea-3-{tag}"]
    # A button is answered in words; the receipt of a message that was retracted says enough.
    answers = ("is being taken back",) if town.telegram else ()
    return Told(wrote, [Mirrored(text.split()[0], text) for text in teas], answers)


async def taken_back(town: Town, message: str) -> None:
    """As the chat network has it: the button of the receipt, or a retraction."""
    if isinstance(town.talker, OnTelegram):
        receipt = town.receipt(message)[1]
        if receipt:  # that there is none, the laws say, with all that there is
            town.talker.person.presses(int(receipt), "Undo")
    elif isinstance(town.talker, Someone):
        town.talker.retracts(message)


async def burst(town: Town, tag: str, size: int = 5) -> Told:
    """As much as people write in a second, on both sides."""
    told = Told([], [])
    for number in range(size):
        mine, theirs = f"mine-{number}-{tag}", f"theirs-{number}-{tag}"
        told.wrote.append(Wrote(town.talker.says(f"/post {mine}"), mine, mine))
        town.lin.post(theirs)
        told.mirrored.append(Mirrored(theirs, theirs))
        await asyncio.sleep(0.02)
    return told


async def trial(town: Town, tag: str, boundary: int | None, tell: Story = story) -> Evidence:
    """The story with a death in it, and what stands everywhere afterwards."""
    before = town.heard()
    if not town.bot.running:
        await town.bot.starts()
    standing = await town.standing()
    await town.bot.dies()
    async with town.dying_at(boundary):
        return await town.evidence(before, standing, await tell(town, tag))


async def under_fire(town: Town, tag: str, moments: list[float]) -> Evidence:
    """A burst, and kills from outside while it lasts and is worked off."""
    before = town.heard()
    if not town.bot.running:
        await town.bot.starts()
    standing = await town.standing()
    await town.bot.dies()
    async with town.dying_at(None):
        fire = asyncio.create_task(town.killed_after(moments))
        told = await burst(town, tag)
        await fire
        return await town.evidence(before, standing, told)


# --- the town itself --------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def founded(folder: Path, nursery: Nursery, prosody: Prosody | None = None) -> AsyncIterator[Town]:
    """A town on Telegram, or on XMPP where a Prosody is given. Everybody has met; the bot runs."""
    async with contextlib.AsyncExitStack() as stack:
        masto = await stack.enter_async_context(serve_mastodon("mastodon", "masto.example"))
        gotosocial = await stack.enter_async_context(serve_mastodon("gotosocial", "gts.example"))
        telegram = None if prosody else await stack.enter_async_context(serve_telegram())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        bot = MortalBot(folder, nursery)
        stack.callback(bot.kill)
        for server in (masto, gotosocial):
            server.budgets.enforced = False
        servers = {one.domain: one.url for one in (masto, gotosocial)}
        chat = {"tg": telegram_bot(telegram)} if telegram else {"jabber": with_account(prosody, bot)}
        plaza = {"use": "plaza", "posts_per_hour": 1_000_000}
        adapters = {**chat, "plaza": plaza, "mastodon": {"use": "mastodon", "servers": servers}}
        bot.configure(
            {name: {**options, **SWIFT} for name, options in adapters.items()},
            quotas={"posts": 1_000_000},  # one person writes a day's worth every minute here
        )
        await bot.starts()
        talker = on_telegram(telegram) if telegram else await on_xmpp(stack, prosody, bot)
        pages = Pages(session)
        there = {
            one.domain: Traveller(talker, "", one, resident(one, talker.name), pages, bot.base)
            for one in (masto, gotosocial)
        }
        lin = resident(masto, new_name("lin"))
        await there[masto.domain].settles()
        await there[gotosocial.domain].links()
        await talker.asks(f"/follow {lin.handle}", r"you follow")
        yield Town(bot, talker, there, lin, pages, telegram)


def on_telegram(telegram: TelegramServer) -> OnTelegram:
    name = new_name("ada")
    return OnTelegram(telegram.person("Ada", name, "en").met(), name)


async def on_xmpp(stack: contextlib.AsyncExitStack, prosody: Prosody, bot: MortalBot) -> Someone:
    client = PersonClient(prosody, enrol(prosody, "ada"))
    await stack.enter_async_context(client)
    client.subscribe(bot.jid)
    await client.sees(bot.jid)  # what is written before the bot's first start is history
    return Someone(client, bot.jid)
