"""XMPP: the bot is an ordinary account on any server; direct chats and rooms.

`session` is the story of one connection; `reading`, `files` and `talk` decide what a stanza is, `intake`
keeps the place up to which everything is handled, `room` knows who is where, `forms` offers the commands.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from adapters.xmpp import forms, writing
from adapters.xmpp.archive import archive_id
from adapters.xmpp.client import Client
from adapters.xmpp.config import Config
from adapters.xmpp.connection import Kind
from adapters.xmpp.files import LARGEST
from adapters.xmpp.memory import BOT, Known, Memory
from adapters.xmpp.session import Session
from bridgebot.adapter import ChatAdapter, ChatCapabilities, Context, OnUnconfirmed, Per, Rate, Receive, Shows
from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.http.fetch import fetch
from bridgebot.model import Chat, Exhibit, FileLimits, Limits, OutgoingMessage

__all__ = ["Adapter", "Config"]

# A file is a message of its own: only where its address is all of the body is it shown by every client. The
# server's limit is found out when it is asked; Prosody takes 10 MB, and so much more in a day.
SHOWS: Final = Shows(
    FileLimits(
        count=1,
        types=frozenset(
            {"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm"}
            | {"audio/mpeg", "audio/mp4", "audio/ogg"}
        ),
        image_bytes=2_000_000,
        video_bytes=10_000_000,
    )
)


class Adapter(ChatAdapter[Config]):
    title = "XMPP"
    capabilities = ChatCapabilities(
        # Stock servers take stanzas of 64 KiB (ejabberd, c2s) or 256 KiB (Prosody). XML may write one
        # byte as five, and longer texts are no longer read in a chat.
        limits=Limits(8000, "bytes"),
        groups=True,
        administers=True,
        replies=True,
        address=True,
        check=True,
        shows=SHOWS,
        edit=True,
        delete=True,
        files=True,
        file_bytes=LARGEST,
        edits_in=True,
        deletions_in=True,
        reactions_in=True,
        # A message that is shown twice does no harm, one that is lost does; XMPP has no key that would
        # make a server drop the second one.
        on_unconfirmed=OnUnconfirmed.REPEAT,
        # Prosody's shipped limit for a client; it stops reading the stream until the time has passed.
        rates=(Rate("stream", Per.BOT, 10_000, 1, unit="bytes"),),
    )
    patience = 30.0  # seconds to wait for the network's word on a message

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._memory = Memory()
        self._session: Session | None = None

    async def run(self, receive: Receive) -> None:
        client = Client(self.config)
        try:
            await client.open()
            session = Session(self.config, self.context, client, receive, self._memory, self.patience)
            self._session = session
            await session.run()
        finally:
            self._session = None
            await client.close()

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        self._check(message)
        session, id = self._reach(chat), writing.new_id()
        if message.media:
            parts = await self._uploaded(session, message.media[0], id)
        else:
            quote = self._quote(chat, message.reply_to) if message.reply_to else None
            parts = writing.text(message.text, id, quote=quote)
        shown = await session.connection.deliver(chat.id, _kind(chat), parts, id)
        room = session.rooms.get(chat.id)
        known_as = archive_id(shown, chat.id) if shown is not None and room and room.vouches else ""
        known = Known(known_as or id, BOT, id, self._author(session, chat), message.text)
        self._memory.note(chat.id, known)
        return (known.id,)

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        self._check(message)
        session, id = self._reach(chat), writing.new_id()
        if self._memory.is_gone(chat.id, message_id):
            raise TargetGone("xmpp-taken-away")
        known = self._memory.get(chat.id, message_id)
        if known is None and not message_id.startswith(writing.OWN):
            raise Rejected("xmpp-too-old")  # a room's id: by it alone nothing can be corrected
        parts = writing.text(message.text, id, corrects=known.attribute if known else message_id)
        await session.connection.deliver(chat.id, _kind(chat), parts, id)
        if known is not None:
            self._memory.alias(chat.id, known, id)

    async def delete(self, chat: Chat, message_id: str) -> None:
        session, id = self._reach(chat), writing.new_id()
        notice = self.context.texts(self.config.language, "xmpp-taken-back")
        await session.connection.deliver(chat.id, _kind(chat), writing.retraction(message_id, id, notice), id)
        self._memory.take_back(chat.id, message_id)

    async def administers(self, chat: Chat, person: str) -> bool:
        if chat.direct:
            return False
        try:
            room = self._reach(chat).rooms.get(chat.id)
        except TargetGone:
            return False
        return room is not None and room.administers(person)

    def download(self, ref: str) -> AsyncIterator[bytes]:
        return fetch(self.context.http, ref, LARGEST)

    async def address(self, start: str) -> str:
        if self._session is None:  # then nobody has logged in; without presence nothing is delivered here
            client = Client(self.config)
            try:
                await client.open()
            finally:
                await client.close()
        jid = self.config.jid.partition("/")[0]
        # RFC 5122: an address as a URI; XEP-0147: what a client does with it.
        return f"xmpp:{quote(jid, safe='@')}?message;body={quote(f'/start {start}', safe='/')}"

    async def check(self) -> None:
        if self._session is None or not self._session.ready:
            raise Temporary("xmpp-unreachable", server=self.config.jid.partition("@")[2].partition("/")[0])
        await self._session.check()

    async def _uploaded(self, session: Session, exhibit: Exhibit, id: str) -> list[ET.Element]:
        """What is in a message that shows something, once that is where people's clients fetch it."""
        name = f"{exhibit.file.kind}.{exhibit.file.type.rpartition('/')[2]}"
        url = await session.uploads.put(exhibit, name)
        return writing.shared(url, exhibit.file, name, id)

    def _check(self, message: OutgoingMessage) -> None:
        if message.media and (message.text or len(message.media) > 1):
            raise Rejected("xmpp-upload-refused", why="one file, and no words")
        limits = self.capabilities.limits
        if not limits.fits(message.text):
            raise Rejected("xmpp-too-long", length=limits.length(message.text), limit=limits.max_length)

    def _reach(self, chat: Chat) -> Session:
        """The session in which this chat can be reached now."""
        if self._session is None or not self._session.ready:
            raise Temporary("xmpp-unreachable", server=self.config.jid.partition("@")[2].partition("/")[0])
        room = self._session.rooms.get(chat.id)
        if not chat.direct and room is None:
            raise TargetGone("xmpp-not-in-room", room=chat.id)
        if room is not None and not room.inside:
            raise Temporary("xmpp-not-in-room", room=chat.id)
        return self._session

    def _quote(self, chat: Chat, reference: str) -> writing.Quote | None:
        if reference.startswith(forms.FILLED):
            return None  # what was filled in as a form stands nowhere in the chat
        known = self._memory.get(chat.id, reference)
        if known is None:
            return writing.Quote(reference)
        return writing.Quote(
            known.id if not chat.direct else known.attribute or known.id, known.author, known.text
        )

    def _author(self, session: Session, chat: Chat) -> str:
        room = session.rooms.get(chat.id)
        return session.connection.jid if room is None else f"{room.jid}/{room.nick}"


def _kind(chat: Chat) -> Kind:
    return "chat" if chat.direct else "groupchat"
