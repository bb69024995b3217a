"""People between a chat network and their microblogs: the same conversation on XMPP and on Telegram."""

from __future__ import annotations

import itertools
import json
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from tests.journeys.people import CODE, Heard, Pages, Receipt, Someone, Talker, on_xmpp, within
from tests.servers import mastodon_person as elsewhere
from tests.servers.bot import Bot
from tests.servers.mastodon import MastodonServer
from tests.servers.mastodon_world import Status
from tests.servers.prosody import FILES, Prosody
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_person import Person
from tests.servers.telegram_world import Chat
from tests.servers.xmpp_person import PersonClient

_LANGUAGES = {"en": "en", "zh-CN": "zh-hans"}  # ours, and Telegram's name for it
CONSENT = r"(http://127\.0\.0\.1:\d+/oauth/authorize\S+)"
BOTH = rf"^#{CODE} public(?=.* ✓ Plaza (http\S+))(?=.* ✓ Mastodon (http\S+))"


class OnTelegram(Talker):
    """A person with Telegram, in the direct chat with the bot, or in a group (`where`)."""

    def __init__(self, person: Person, name: str, where: Chat | None = None) -> None:
        super().__init__()
        self.person = person
        self.name = name
        self.where = where
        self.identity = f"Telegram {person.id}"  # as the bot tells whose chat it is

    def in_group(self, where: Chat) -> OnTelegram:
        """The same person in a group."""
        return OnTelegram(self.person, self.name, where)

    # --- writing ---

    def says(self, text: str) -> str:
        return str(self.person.says(text, where=self.where))

    def answers(self, heard: Heard, text: str) -> str:
        return str(self.person.says(text, where=self.where, reply_to=int(heard.id)))

    def corrects(self, message: str, text: str) -> str:
        self.person.edits(int(message), text, where=self.where)
        return message

    def chooses(self, heard: Heard, label: str, words: str | None = None) -> None:
        self.person.presses(int(heard.id), label, where=self.where)

    def reacts(self, heard: Heard, *emojis: str) -> None:
        self.person.reacts(int(heard.id), *emojis, where=self.where)

    def takes_back(self, post: Receipt) -> None:
        """Telegram tells no bot of deletions: the receipt has a button."""
        self.person.presses(int(post.heard.id), "Undo", where=self.where)

    # --- reading ---

    def chat(self) -> dict[str, str]:
        return {str(shown.id): shown.text for shown in self.person.sees(self.where)}

    def shows(self, heard: Heard) -> str:
        """Without what stands behind a spoiler. Telegram counts UTF-16 units."""
        shown = next(one for one in self.person.sees(self.where) if str(one.id) == heard.id)
        units = bytearray(shown.text.encode("utf-16-le"))
        hidden = [one for one in shown.entities if one["type"] == "spoiler"]
        for one in sorted(hidden, key=lambda one: -one["offset"]):
            del units[2 * one["offset"] : 2 * (one["offset"] + one["length"])]
        return units.decode("utf-16-le")

    def _heard(self) -> list[tuple[object, Heard]]:
        return [
            ((shown.id, version), _heard(str(shown.id), text, shown.reply_to, version > 0))
            for shown in self.person.sees(self.where, deleted=True)
            # That buttons went is nothing to hear: only other words are.
            for version, (text, _) in enumerate(itertools.groupby((*shown.history, shown.text)))
        ]


def _heard(id: str, text: str, reply_to: int | None, edited: bool) -> Heard:
    return Heard(id, text, None if reply_to is None else str(reply_to), id if edited else None, None)


@dataclass(frozen=True)
class Traveller:
    """Somebody in a chat, with accounts on a Mastodon server and on Plaza."""

    talker: Talker
    identity: str  # who that is, as the chat network knows it: what the consent page must name
    server: MastodonServer
    there: elsewhere.Someone  # the same person with another app, on that server
    pages: Pages
    plaza: str  # the bot's own address

    @property
    def name(self) -> str:
        return self.talker.name

    # --- beginning ---

    async def links(self, command: str = "/link mastodon {0}", done: str = r"is yours here") -> Heard:
        """Ask for an account to be linked, say yes in the browser, and paste the code."""
        address = await self.talker.asks(command.format(self.server.domain), CONSENT)
        code = await self.there.consents(address.found[0])
        return await self.talker.asks(code, rf"^@{self.name}@{self.server.domain} on Mastodon {done}")

    async def settles(self) -> None:
        """Both accounts; plain text is for posting (the first three times after a question)."""
        await self.links()
        await self.talker.joins()

    # --- posting ---

    async def posts(self, text: str, command: str = "/post ", wanted: str = BOTH) -> Receipt:
        """Post, and wait until the receipt says what was wanted."""
        message = self.talker.says(command + text)
        return Receipt(message, await self.talker.hears(wanted, lambda heard: heard.reply_to == message))

    # --- what stands where ---

    def statuses(self) -> list[Status]:
        """One's own posts on the server, oldest first; no boosts."""
        return [one for one in self._own() if one.boosts is None]

    def polls(self) -> int:
        """How often one's own posts were read."""
        return self.server.asked.count(("GET", f"/api/v1/accounts/{self.there.id}/statuses"))

    def boosts(self) -> list[Status]:
        return [one.boosts for one in self._own() if one.boosts is not None]

    def _own(self) -> list[Status]:
        return [one for one in self.server.world.statuses.values() if one.author is self.there.who]

    async def on_plaza(self) -> list[str]:
        """The texts of one's own posts there, oldest first."""
        return await self.pages.feed(self.plaza, self.name)

    async def both_have(self, *texts: str) -> None:
        """Wait until exactly these stand in both places."""
        await within(lambda: self.texts() == list(texts), lambda: f"{texts} in {self.texts()}")
        await self.plaza_has(*texts)

    async def plaza_has(self, *texts: str) -> None:
        """Wait until exactly these stand on Plaza."""
        feed = f"{self.plaza}/@{self.name}/feed.json"
        await self.pages.becomes(feed, lambda status, body: status == 200 and _contents(body) == list(texts))

    def texts(self) -> list[str]:
        return [one.text for one in self.statuses()]


def _contents(feed: str) -> list[str]:
    return [item["content_text"] for item in reversed(json.loads(feed)["items"])]


def resident(server: MastodonServer, name: str) -> elsewhere.Someone:
    """Somebody who has an account on a server, and a password for it."""
    found = server.person(name)
    found.who.password = f"{name}'s password"
    return found


async def met(
    stack: AsyncExitStack,
    prosody: Prosody,
    telegram: TelegramServer,
    bot: Bot,
    name: str,
    chat: str,
    language: str = "en",
) -> Someone | OnTelegram:
    """Somebody on this chat network, until `stack` ends, who has met the bot."""
    if chat == "xmpp":
        return await on_xmpp(stack, prosody, bot, name, language)
    own = new_name(name)
    return OnTelegram(telegram.person(name.title(), own, _LANGUAGES[language]).met(), own)


def new_name(name: str) -> str:
    return f"{name}{uuid4().hex[:6]}"


def post_of(server: MastodonServer, url: str) -> Status:
    """The post at an address of a server."""
    found = re.search(r"/(\w+)$", url)
    assert found is not None
    return server.world.statuses[found[1]]


def picture(description: str) -> dict[str, Any]:
    """A picture as a status has it."""
    sizes = {name: {"width": 640, "height": 480} for name in ("original", "small")}
    url = "https://masto.example/cat.png"
    known = {"id": "1", "type": "image", "url": url, "preview_url": url, "meta": sizes}
    nothing = dict.fromkeys(("remote_url", "preview_remote_url", "text_url", "blurhash"))
    return {**known, **nothing, "description": description}


# --- files on XMPP -------------------------------------------------------------------------------

UPLOAD = "urn:xmpp:http:upload:0"
SHARED = (
    "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file xmlns='urn:xmpp:file:metadata:0'>"
    "<media-type>image/png</media-type><name>stone.png</name><desc>{1}</desc></file>"
    "<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{0}'/></sources></file-sharing>"
    "<x xmlns='jabber:x:oob'><url>{0}</url></x>"
)


async def uploaded(client: PersonClient, content: bytes) -> str:
    """What a client does with a picture before it tells of it (XEP-0363)."""
    wanted = (
        f"<request xmlns='{UPLOAD}' filename='stone.png' size='{len(content)}' content-type='image/png'/>"
    )
    slot = (await client.ask(FILES, "get", wanted)).find(f"{{{UPLOAD}}}slot")
    put, get = (slot.find(f"{{{UPLOAD}}}{name}") for name in ("put", "get"))
    headers = {one.get("name"): one.text for one in put}
    async with (
        aiohttp.ClientSession() as http,
        http.put(put.get("url"), data=content, headers={**headers, "Content-Type": "image/png"}) as answer,
    ):
        assert answer.status == 201, await answer.text()
    return get.get("url")
