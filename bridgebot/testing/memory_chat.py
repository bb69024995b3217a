"""A chat adapter in memory: for tests of the core, and the smallest one that keeps the whole contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bridgebot.adapter import Receive
from bridgebot.errors import Rejected, TargetGone, Temporary, Unsupported
from bridgebot.model import (
    Chat,
    ChatChanged,
    Deletion,
    Edit,
    Exhibit,
    Incoming,
    Message,
    OutgoingMessage,
    Press,
    Reaction,
)
from bridgebot.testing.chat_network import BOT, Happening
from bridgebot.testing.chat_side import MemoryChatBase
from bridgebot.testing.pictures import Seen

PIECE = 50  # bytes of a file at a time


class MemoryChat(MemoryChatBase):
    """A chat network and the bot on it, in one object.

    `capabilities` takes away what a test wants missing. Two adapters on one `network` are a bot
    before and after a restart. What people do is written without await (`say`, `edit_line`, …);
    `await settled()` waits until the bot has committed all of it.
    """

    # --- the contract ---

    async def run(self, receive: Receive) -> None:
        await self._call("run", (receive,), self._connect)
        try:
            while True:
                happening = await self.network.next()
                if happening is None:
                    raise Temporary()
                if (thing := self._thing(happening)) is not None:
                    await receive(thing, state={"last": thing.event})
                self.network.acknowledge(happening.number)
        finally:
            self.connected.clear()

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        media = [(one, await self._read(one)) for one in message.media]
        return await self._call("send", (chat, message), lambda: (self._send(chat, message, media),))

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        if not self.capabilities.edit:
            raise Unsupported()
        await self._call("edit", (chat, message_id, message), lambda: self._edit(chat, message_id, message))

    async def delete(self, chat: Chat, message_id: str) -> None:
        if not self.capabilities.delete:
            raise Unsupported()
        await self._call("delete", (chat, message_id), lambda: self._delete(chat, message_id))

    async def download(self, ref: str) -> AsyncIterator[bytes]:
        if not self.capabilities.files:
            raise Unsupported()
        content = await self._call("download", (ref,), lambda: self._content(ref))
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]

    async def address(self, start: str) -> str:
        if not self.capabilities.address:
            raise Unsupported()
        return f"https://memory.invalid/bot?start={start}"

    async def administers(self, chat: Chat, person: str) -> bool:
        if not self.capabilities.administers:
            raise Unsupported()
        return await self._call("administers", (chat, person), lambda: self._administers(chat, person))

    async def check(self) -> None:
        if not self.capabilities.check:
            raise Unsupported()
        await self._call("check", (), self._answers)

    def _administers(self, chat: Chat, person: str) -> bool:
        here, known = self.network.chats.get(chat.id), self.network.people.get(person)
        if here is None or here.direct or chat.id in self.network.closed:
            return False
        return known is not None and known.admin

    def _content(self, ref: str) -> bytes:
        if ref not in self.network.files:
            raise TargetGone()
        return self.network.files[ref]

    # --- in ---

    def _connect(self) -> None:
        self.network.broken = False
        self.connected.set()

    def _thing(self, happening: Happening) -> Incoming | None:
        if happening.sender.id == BOT:  # the network tells everybody, the one who wrote too
            return None
        head = (f"e{happening.number}", happening.chat, happening.sender)
        match happening.kind:
            case "said":
                return self._message(happening)
            case "edited":
                words = (happening.text, happening.spans)
                return Edit(*head, happening.line, *words) if self.capabilities.edits_in else None
            case "deleted":
                return Deletion(*head, happening.line) if self.capabilities.deletions_in else None
            case "reacted":
                now = (happening.emojis, happening.at)
                return Reaction(*head, happening.line, *now) if self.capabilities.reactions_in else None
            case "pressed":
                return Press(*head, happening.line, happening.data)
            case "joined" | "gone" | "moved":
                return ChatChanged(head[0], happening.chat, happening.kind, happening.data or None)

    def _message(self, happening: Happening) -> Message:
        return Message(
            event=f"e{happening.number}",
            chat=happening.chat,
            sender=happening.sender,
            id=happening.line,
            text=happening.text,
            sent_at=happening.at,
            reply_to=happening.reply_to if self.capabilities.replies else None,
            addressed=happening.addressed,
            spans=happening.spans,
            media=happening.media if self.capabilities.files else (),
            origin=happening.origin,
        )

    # --- out ---

    async def _read(self, exhibit: Exhibit) -> bytes | None:
        """What it holds; None: the network is to fetch it."""
        return None if exhibit.read is None else b"".join([piece async for piece in exhibit.read()])

    def _send(
        self, chat: Chat, message: OutgoingMessage, media: Sequence[tuple[Exhibit, bytes | None]]
    ) -> str:
        self._check(chat, message)
        spans, shown = self._emphasis(message), [self._seen(*one) for one in media]
        return self.network.put(chat.id, message.text, message.reply_to, message.buttons, spans, shown)

    def _seen(self, exhibit: Exhibit, content: bytes | None) -> Seen:
        """What people see; where nothing is at an address, the message is refused with all that it shows."""
        found = self.network.fetched(exhibit.url or "") if content is None else content
        if found is None:
            raise Rejected()
        return Seen(found, exhibit.hidden, exhibit.file.kind, exhibit.url, exhibit.file.alt)

    def _edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        self._check(chat, message)
        try:
            self.network.replace(message_id, message.text, message.buttons, self._emphasis(message))
        except KeyError as error:
            raise TargetGone() from error

    def _delete(self, chat: Chat, message_id: str) -> None:
        self._reachable(chat)
        self.network.remove(message_id)

    def _check(self, chat: Chat, message: OutgoingMessage) -> None:
        self._reachable(chat)
        if not self._limits(message).fits(message.text):
            raise Rejected()

    def _answers(self) -> None:
        if not self.connected.is_set():
            raise Temporary()

    def _reachable(self, chat: Chat) -> None:
        if self.capabilities.needs_connection and not self.connected.is_set():
            raise Temporary()
        if chat.id in self.network.closed:
            raise TargetGone()
