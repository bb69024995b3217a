"""The stage of the chat contract, and the protocol of a chat network seen from its people."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from bridgebot.adapter import ChatAdapter, ChatCapabilities
from bridgebot.model import Button, Chat, Message, OutgoingMessage, Span
from bridgebot.testing.contract import TEXTS, Contract, Remote, Stage
from bridgebot.testing.inbox import Inbox
from bridgebot.testing.pictures import Seen


class ChatFailure(enum.StrEnum):
    """What a chat network can be told to do wrong; `failures` says which of these it knows."""

    DROP = "drop"  # cuts the connection now; the next one works
    LOST_ANSWER = "lost answer"  # the next message of the bot gets no acknowledgement
    RATE = "rate"  # the next one is refused: too many, try again in 7 seconds
    REJECTED = "rejected"  # the next one is refused for good
    CLOSED = "closed"  # the direct chat with ada no longer takes messages of the bot
    REMOVED = "removed"  # the bot is put out of the group
    LOCKED_OUT = "locked out"  # the bot's own credentials are refused from now on; also cuts the connection


RETRY_AFTER = 7  # seconds, as told with RATE


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the bot as people see it now."""

    id: str  # what `send` must have returned
    text: str
    reply_to: str | None = None  # native id
    buttons: tuple[Button, ...] = ()
    spans: tuple[Span, ...] = ()  # in any order
    media: tuple[Seen, ...] = ()  # what is shown in it: content, and whether that is hidden


class ChatRemote(Remote, Protocol):
    """People on a chat network. `ada` and `lin` each have a direct chat with the bot, and all three
    share one group where the network has groups. Sayings are named by what `say` returned.
    """

    @property
    def failures(self) -> frozenset[ChatFailure]:
        """Which failures this network can be made to show."""

    @property
    def no_file(self) -> str:
        """A `Media.ref` to which there is no file (only with `files`)."""

    async def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        group: bool = False,
        reply_to: str | None = None,
        addressed: bool = True,
        spans: Sequence[Span] = (),
    ) -> str:
        """Somebody writes. `reply_to` is a native id that the bot's `send` returned; in a group the
        bot is named if `addressed`, in the network's own way, outside of `text` or by the reply.
        `spans` is given only with `markup`.
        """

    async def send_files(
        self, contents: Sequence[bytes], text: str = "", *, sender: str = "ada", group: bool = False
    ) -> str:
        """Somebody sends pictures (PNG) together, with `text` beside them (only with `files`); more than one
        only with `albums`, a text only with `captions`.
        """

    async def edit(self, said: str, text: str, *, spans: Sequence[Span] = ()) -> None:
        """Who said it edits it (only with `edits_in`; `spans` only with `markup`)."""

    async def delete(self, said: str) -> None:
        """Who said it takes it back (only with `deletions_in`)."""

    async def stands(self, said: str) -> bool:
        """Do people still see what somebody said? (only with `delete_theirs`)"""

    async def press(self, message_id: str, data: str, *, sender: str = "ada") -> None:
        """Somebody presses a button of the bot's message (only with `buttons`)."""

    async def react(self, message_id: str, *emojis: str, sender: str = "ada") -> None:
        """Somebody's reaction to a message in their direct chat, of the bot's or their own, is this from now
        on; without emoji it is taken back (only with `reactions_in`).
        """

    async def heard(self, chat: Chat) -> Sequence[Heard]:
        """The bot's messages that stand in this chat now, oldest first."""

    async def publish_file(self, content: bytes) -> str:
        """Put a picture (PNG) where the network finds it; its address (only with `shows.by_address`)."""

    async def fail(self, failure: ChatFailure) -> None:
        """Make it go wrong."""


ChatStage = Stage[ChatAdapter, ChatRemote]  # type: ignore[type-arg] # of any configuration


class ChatContractBase(Contract[ChatAdapter, ChatRemote]):  # type: ignore[type-arg] # of any configuration
    """What an author may have to say about a network before the promises can be tested on it."""

    texts: ClassVar[Sequence[str]] = TEXTS  # take out only what the network itself cannot carry
    edges: ClassVar[bool] = True  # False: the network takes away white space at the edges of a text
    weak_in_groups: ClassVar[bool] = False  # True: people in groups are only nicks
    keeps: ClassVar[bool] = True  # the network keeps what people wrote while the bot was away
    repeats: ClassVar[bool] = True  # it hands out again what was not acknowledged
    albums: ClassVar[bool] = True  # several pictures can be sent together
    captions: ClassVar[bool] = True  # words can stand beside a picture

    def carried(self, text: str) -> str:
        """The text as this network can carry it."""
        return text if self.edges else text.strip()


def can(stage: ChatStage) -> ChatCapabilities:
    """What the adapter declares."""
    return stage.adapter.capabilities


async def meet(
    stage: ChatStage, inbox: Inbox, text: str = "hello", *, sender: str = "ada", group: bool = False
) -> Message:
    """Somebody speaks first, so that there is a chat to answer in."""
    await stage.remote.say(text, sender=sender, group=group)
    return await inbox.hears(text)


async def shown(stage: ChatStage, chat: Chat, count: int) -> Sequence[Heard]:
    """Wait until so many messages of the bot stand in the chat, and give them back."""

    async def look() -> Sequence[Heard]:
        heard = await stage.remote.heard(chat)
        return heard if len(heard) >= count else ()

    heard = await stage.eventually(look, f"{count} messages of the bot")
    assert len(heard) == count, f"{len(heard)} messages stand there instead of {count}"
    return heard


async def tell(stage: ChatStage, chat: Chat, text: str, **more: object) -> str:
    """Send a text; the id that came back for it."""
    ids = await stage.adapter.send(chat, OutgoingMessage(text, **more))  # type: ignore[arg-type]
    assert isinstance(ids, tuple), "send returns a tuple of ids"
    assert ids, "send returns at least one id"
    assert all(isinstance(id, str) and id for id in ids), "an id is a text"
    return ids[0]
