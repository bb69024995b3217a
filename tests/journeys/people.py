"""People in a conversation with the bot: they write, read what stands in their chat, and open pages."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import aiohttp

from tests.servers.bot import Bot, xmpp
from tests.servers.prosody import DOMAIN, PASSWORDS, Prosody
from tests.servers.xmpp_person import NS, PersonClient

PATIENCE = 90.0  # seconds for an answer: a timeline is read once a minute, and a busy machine is slow
CODE = r"#?([2-9bcdfghjkmnpqrstvwxyz]{3,7})"  # a short id, with or without its mark
RECEIPT = rf"^{CODE} public ✓ Plaza (http\S+)"
REPLY = "<reply xmlns='urn:xmpp:reply:0' id='{0}' to='{1}'/>"
QUOTE = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='{0}'/></fallback>"
CORRECT = "<replace xmlns='urn:xmpp:message-correct:0' id='{0}'/>"
RETRACT = (
    "<retract xmlns='urn:xmpp:message-retract:1' id='{0}'/>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>"
    "<store xmlns='urn:xmpp:hints'/>"
)
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Heard:
    """One message of the bot."""

    id: str
    text: str  # without the quote for older clients
    reply_to: str | None
    corrects: str | None
    retracts: str | None
    found: tuple[str, ...] = ()  # the groups of the pattern that was waited for


@dataclass(frozen=True)
class Receipt:
    """What became of a post."""

    message: str  # the person's own, by its id
    heard: Heard

    @property
    def code(self) -> str:
        return self.heard.found[0]

    @property
    def url(self) -> str:
        return self.heard.found[1]


class Talker(ABC):
    """Somebody in a chat with the bot, on whichever chat network."""

    name: str

    def __init__(self) -> None:
        self._taken: set[object] = set()  # what an expectation has used up

    # --- writing: as the network has it ---

    @abstractmethod
    def says(self, text: str) -> str:
        """Write to the bot; the message's id."""

    @abstractmethod
    def answers(self, heard: Heard, text: str) -> str:
        """A native reply to a message of the bot."""

    @abstractmethod
    def corrects(self, message: str, text: str) -> str:
        """Edit an own message."""

    @abstractmethod
    def chooses(self, heard: Heard, label: str, words: str | None = None) -> None:
        """Press a button under a message; where there are none, write the words (or the label)."""

    @abstractmethod
    def reacts(self, heard: Heard, *emojis: str) -> None:
        """One's reaction to a message of the bot is this from now on."""

    @abstractmethod
    def takes_back(self, post: Receipt) -> None:
        """Undo a post in the way that is native here."""

    # --- reading ---

    @abstractmethod
    def _heard(self) -> list[tuple[object, Heard]]:
        """Everything that the bot said and how it changed it, each with a key of its own."""

    @abstractmethod
    def chat(self) -> dict[str, str]:
        """What stands in the chat: the bot's messages by their id, changed and taken away as it said."""

    def shows(self, heard: Heard) -> str:
        """What can be read of a message before something is unfolded."""
        return self.chat()[heard.id]

    async def hears(self, pattern: str, where: Callable[[Heard], bool] = lambda heard: True) -> Heard:
        """Wait for a message that nothing has waited for yet and in which this is found."""
        return await within(lambda: self._next(pattern, where), lambda: f"{pattern} in {self.unheard()}")

    async def asks(self, text: str, pattern: str) -> Heard:
        """Write, and wait for the answer."""
        self.says(text)
        return await self.hears(pattern)

    async def posts(self, text: str, command: str = "/post ") -> Receipt:
        """Post, and wait until the receipt says where."""
        message = self.says(command + text)
        return Receipt(message, await self.hears(RECEIPT, lambda heard: heard.reply_to == message))

    async def joins(self) -> None:
        """An account on Plaza under the person's own name; plain text is for posting."""
        await self.asks(f"/join {self.name}", rf"@{self.name}.*(is yours here|在这里归你了)")
        await self.asks("/settings plain post", r"/settings plain ask")
        self._taken |= {key for key, _ in self._heard()}  # the welcome

    async def follows(self, other: Talker) -> None:
        await self.asks(f"/follow @{other.name}", rf"✓ you follow @{other.name} on Plaza")

    async def reads(self, writer: Talker, text: str) -> Heard:
        """Wait for somebody's post as it stands in this chat; its short id is what was found."""
        return await self.hears(rf"^@{writer.name} on Plaza \[{CODE}\][^:]*: {text}$")

    async def caught_up(self) -> list[str]:
        """Wait until nothing of this person's is under way; what the bot said that nothing waited for."""
        while "Nothing" not in (await self.asks("/status", r"^(Nothing|One|\d+)\b.* waits?\.")).text:
            await asyncio.sleep(0.1)
        return self.unheard()

    def unheard(self) -> list[str]:
        return [heard.text for key, heard in self._heard() if key not in self._taken]

    async def stands(self, wanted: Callable[[dict[str, str]], bool]) -> dict[str, str]:
        """Wait until the chat looks like that."""
        await within(lambda: wanted(self.chat()) or None, lambda: str(self.chat()))
        return self.chat()

    def _next(self, pattern: str, where: Callable[[Heard], bool]) -> Heard | None:
        for key, heard in self._heard():
            found = re.search(pattern, heard.text, re.MULTILINE)
            if found is not None and key not in self._taken and where(heard):
                self._taken.add(key)
                return replace(heard, found=found.groups())
        return None


class Someone(Talker):
    """A person with an XMPP client, in the direct chat with the bot; or in a room, which `bot` is then."""

    def __init__(
        self, client: PersonClient, bot: str, language: str | None = None, kind: str = "chat"
    ) -> None:
        super().__init__()
        self.client = client
        self.name = client.name
        self.jid = client.jid
        self.identity = f"XMPP {client.jid}"  # as the bot tells whose chat it is
        self.bot = bot
        self.kind = kind
        self._attributes = f"xml:lang='{language}'" if language else ""

    def in_room(self, room: str) -> Someone:
        """The same person in a room."""
        return Someone(self.client, room, kind="groupchat")

    # --- writing ---

    def says(self, text: str | None, *parts: str, **more: str) -> str:
        given = {"kind": self.kind, "attributes": self._attributes, **more}
        return self.client.send(self.bot, text, *parts, **given)

    def answers(self, heard: Heard, text: str) -> str:
        """A native reply, with the quote that clients put there for older ones."""
        quoted = "".join(f"> {line}\n" for line in heard.text.splitlines())
        reply = REPLY.format(heard.id, self.bot)
        return self.says(quoted + text, reply, QUOTE.format(len(quoted)))

    def corrects(self, message: str, text: str) -> str:
        return self.says(text, CORRECT.format(message))

    def retracts(self, message: str) -> str:
        return self.says("This person attempted to retract a previous message.", RETRACT.format(message))

    def chooses(self, heard: Heard, label: str, words: str | None = None) -> None:
        self.says(words or label)

    def reacts(self, heard: Heard, *emojis: str) -> None:
        given = "".join(f"<reaction>{emoji}</reaction>" for emoji in emojis)
        reactions = f"<reactions xmlns='urn:xmpp:reactions:0' id='{heard.id}'>{given}</reactions>"
        self.says(None, reactions, "<store xmlns='urn:xmpp:hints'/>")

    def takes_back(self, post: Receipt) -> None:
        self.retracts(post.message)

    # --- reading ---

    def chat(self) -> dict[str, str]:
        lines: dict[str, str] = {}
        for _, heard in self._heard():
            if heard.retracts is not None:
                lines.pop(heard.retracts, None)
            elif heard.corrects is None:
                lines[heard.id] = heard.text
            elif heard.corrects in lines:
                lines[heard.corrects] = heard.text
        return lines

    def _heard(self) -> list[tuple[object, Heard]]:
        own = [one for one in self.client.messages if one.get("from", "").partition("/")[0] == self.bot]
        return [(id(one), read(one)) for one in own if one.find(f"{NS}body") is not None]


def read(message: ET.Element) -> Heard:
    """A message as a client that knows replies, corrections and retractions shows it."""
    body = message.findtext(f"{NS}body") or ""
    quote = message.find("{urn:xmpp:fallback:0}fallback[@for='urn:xmpp:reply:0']/{urn:xmpp:fallback:0}body")
    return Heard(
        message.get("id", ""),
        body if quote is None else body[int(quote.get("end", "0")) :],
        _named(message, "{urn:xmpp:reply:0}reply"),
        _named(message, "{urn:xmpp:message-correct:0}replace"),
        _named(message, "{urn:xmpp:message-retract:1}retract"),
    )


def _named(message: ET.Element, tag: str) -> str | None:
    element = message.find(tag)
    return None if element is None else element.get("id")


async def within(look: Callable[[], object], what: Callable[[], str]):
    """Look again and again until there is something; what was waited for, if that never comes."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := look()):
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"never came: {what()}") from None


def enrol(prosody: Prosody, name: str) -> str:
    """An XMPP account under a name that nobody had before; the name."""
    name = f"{name}{uuid4().hex[:6]}"
    PASSWORDS[name] = f"{name} secret"
    prosody.register(name, DOMAIN, PASSWORDS[name])
    return name


async def on_xmpp(
    stack: AsyncExitStack, prosody: Prosody, bot: Bot, name: str, language: str | None = None
) -> Someone:
    """Somebody with XMPP, connected until `stack` ends, to whom the bot can be seen."""
    client = await stack.enter_async_context(PersonClient(prosody, enrol(prosody, name)))
    client.subscribe(bot.jid)
    await client.sees(bot.jid)  # what is written before the bot's first start is history
    return Someone(client, bot.jid, language)


def with_account(prosody: Prosody, bot: Bot) -> dict[str, Any]:
    """A new XMPP account for a bot; the options of its adapter."""
    name = enrol(prosody, "bot")
    bot.jid = f"{name}@{DOMAIN}"
    return xmpp(prosody, bot.jid, PASSWORDS[name])


class Pages:
    """What anybody can read over HTTP."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def status(self, url: str) -> int:
        async with self.session.get(url) as response:
            return response.status

    async def text(self, url: str) -> str:
        async with self.session.get(url) as response:
            assert response.status == 200, f"{response.status} {url}"
            return await response.text()

    async def becomes(self, url: str, wanted: Callable[[int, str], bool]) -> None:
        """Wait until status and text of a page are like that."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with self.session.get(url) as response:
                        if wanted(response.status, await response.text()):
                            return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never became what was wanted: {url}") from None

    async def feed(self, base: str, name: str) -> list[str]:
        """The texts of somebody's public posts, oldest first."""
        async with self.session.get(f"{base}/@{name}/feed.json") as response:
            items = (await response.json(content_type=None))["items"]
        return [item["content_text"] for item in reversed(items)]
