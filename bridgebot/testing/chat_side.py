"""What stands under the in-memory chat adapter: its network, and what people do there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, Context, OnUnconfirmed, Shows
from bridgebot.model import Chat, FileLimits, Limits, Markup, Media, Origin, OutgoingMessage, Person, Span
from bridgebot.testing.bare import bare_context
from bridgebot.testing.chat_network import BOT, ChatNetwork, Line
from bridgebot.testing.faults import Faults

EVERYTHING = ChatCapabilities(
    limits=Limits(4096),
    groups=True,
    administers=True,
    replies=True,
    buttons=True,
    markup=frozenset(get_args(Markup)),
    shows=Shows(
        FileLimits(types=frozenset({*FileLimits().types, "video/mp4", "audio/ogg"}), video_bytes=10_000),
        caption=Limits(200),
        buttons=True,
        by_address=True,
        hides=True,
    ),
    address=True,
    check=True,
    edit=True,
    delete=True,
    files=True,
    delete_theirs=True,
    edits_in=True,
    deletions_in=True,
    reactions_in=True,
    on_unconfirmed=OnUnconfirmed.ASK,
    needs_connection=True,
)


class MemoryChatConfig(AdapterConfig):
    """No options."""


class MemoryChatBase(ChatAdapter[MemoryChatConfig], Faults):
    """Everything but the contract's methods."""

    title = "Memory"

    def __init__(
        self,
        config: MemoryChatConfig | None = None,
        context: Context | None = None,
        *,
        name: str = "chat",
        capabilities: ChatCapabilities = EVERYTHING,
        network: ChatNetwork | None = None,
    ) -> None:
        ChatAdapter.__init__(self, config or MemoryChatConfig(), context or bare_context(name))
        Faults.__init__(self)
        self.capabilities = capabilities  # type: ignore[misc] # one class serves tests with and without
        self.network = network or ChatNetwork(clock=self.context.clock)
        self.connected = asyncio.Event()

    def _emphasis(self, message: OutgoingMessage) -> tuple[Span, ...]:
        """The core asks for no kind that is not declared."""
        assert self.capabilities.markup >= {span.kind for span in message.spans}
        return message.spans

    def _limits(self, message: OutgoingMessage) -> Limits:
        """Of the words. The core shows only what is declared, and as much of it, in ways that are."""
        shows, media = self.capabilities.shows, message.media
        if not media:
            return self.capabilities.limits
        assert shows is not None
        assert len(media) <= shows.files.count
        assert not message.buttons or (shows.buttons and len(media) == 1)
        assert shows.hides or not any(one.hidden for one in media)
        assert shows.by_address or not any(one.url for one in media)
        assert not message.text or shows.caption is not None
        return shows.caption or self.capabilities.limits

    # --- the other side, for tests of the core ---

    def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        chat: str | None = None,
        reply_to: str | None = None,
        addressed: bool = True,
        sent_at: datetime | None = None,
        spans: Sequence[Span] = (),
        files: Sequence[bytes | tuple[bytes, Media]] = (),
        origin: Origin | None = None,
    ) -> str:
        """Somebody writes: in the direct chat with the bot, or in the group `chat`. Returns the native id."""
        return self.network.say(
            text,
            sender=sender,
            chat=chat,
            reply_to=reply_to,
            addressed=addressed,
            sent_at=sent_at,
            spans=spans,
            files=files,
            origin=origin,
        )

    def edit_line(self, line_id: str, text: str, *, spans: Sequence[Span] = ()) -> None:
        """A person edits an earlier message."""
        self.network.edit(line_id, text, spans)

    def delete_line(self, line_id: str) -> None:
        """A person deletes an earlier message."""
        self.network.delete(line_id)

    def react(self, line_id: str, *emojis: str, sender: str = "ada") -> None:
        """A person's reaction to a message is this now."""
        self.network.react(line_id, *emojis, sender=sender)

    def press(self, label: str, *, sender: str = "ada", chat: str | None = None) -> None:
        """Somebody presses the newest button that is labelled so, or whose data it is; KeyError: none is."""
        for line in reversed(self.messages(chat or sender)):
            for button in line.buttons:
                if label in (button.label, button.data):
                    return self.network.press(line.id, button.data, sender=sender)
        raise KeyError(label)

    def group(self, id: str, *, title: str = "", topic: str = "") -> Chat:
        """Make a group chat; then `say(…, chat=id)`."""
        return self.network.chat(id, group=True, title=title, topic=topic)

    def broadcast(self, id: str, *, title: str = "") -> Chat:
        """Make a channel, which the bot is in; then `say(…, sender=id, chat=id)` is a post of the channel."""
        self.network.people[id] = Person(id, title, weak=True)
        made = self.network.chat(id, group=True, title=title, broadcast=True)
        self.change(id, "joined")
        return made

    def person(
        self,
        id: str,
        *,
        name: str = "",
        weak: bool = False,
        admin: bool = False,
        outside: bool = False,
        language: str | None = None,
    ) -> Person:
        """Say more about a person than the id."""
        known = self.network.person(id, name=name)
        self.network.people[id] = replace(
            known, name=name or known.name, weak=weak, admin=admin, outside=outside, language=language
        )
        return self.network.people[id]

    def change(
        self, chat: str, change: Literal["joined", "gone", "moved"], *, by: str = "ada", to: str = ""
    ) -> None:
        """The bot's place in a chat changes."""
        self.network.change(chat, change, by=by, to=to)

    def messages(self, chat: str = "ada") -> list[Line]:
        """The bot's messages that stand in a chat now, oldest first: edited ones as edited."""
        return self.network.lines(chat, sender=BOT)

    def lines(self, chat: str = "ada") -> list[str]:
        """Their texts."""
        return [line.text for line in self.messages(chat)]

    def last(self, chat: str = "ada") -> str:
        """The text of the newest one; empty if there is none."""
        return next(reversed(self.lines(chat)), "")

    def drop(self) -> None:
        """Cut the connection: `run` ends by `Temporary`; the next `run` connects again."""
        self.network.drop()

    async def settled(self, timeout: float = 5) -> None:
        """Wait until everything that people did is committed by the bot. TimeoutError after `timeout` s."""
        async with asyncio.timeout(timeout):
            await self.network.idle.wait()
