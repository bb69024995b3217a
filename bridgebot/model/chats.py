"""What people say in chats, and what the bot says there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridgebot.model.posts import File
from bridgebot.model.words import Span

# --- what comes in from a chat network ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a chat network."""

    id: str  # stable and verified by the network: a Telegram user id, a bare JID
    name: str = ""  # as shown; never used to recognise anybody
    weak: bool = False  # True: `id` is only a nick in a room, nothing may be owned by it
    admin: bool = False  # administers the group this came from, at this moment
    outside: bool = False  # is not, or not any more, in the group this came from; True where nobody can say
    language: str | None = None  # as the network reports it: `en`, `zh-CN`


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation on a chat network."""

    id: str  # native, stable
    direct: bool  # True: one person and the bot, nobody else can read it
    topic: str = ""  # native id of the thread inside it, where the network has threads
    title: str = ""
    # A channel: what is written there is the channel's, by no person, and whoever writes it administers it.
    # Its `Message` and `Edit` bear the channel as a weak sender.
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film or sound that somebody sent, as their network tells of it."""

    kind: Literal["image", "video", "audio", "file"]
    ref: str = field(repr=False)  # what `download` wants; it may open the file to whoever has it
    type: str = ""  # of its content, as somebody said: `image/png`; "": nobody did
    size: int | None = None  # bytes, as somebody said
    name: str = ""
    alt: str = ""  # its description, where the network has such a thing and somebody gave one


@dataclass(frozen=True, slots=True)
class Origin:
    """Where words that a channel forwards were said first."""

    name: str = ""  # whoever said them, as shown; "": the network does not say
    id: str = ""  # native id of that person or chat; "": the network does not say
    url: str | None = None  # where they stand, for anybody to open


@dataclass(frozen=True, slots=True)
class Message:
    """A person wrote in a chat."""

    event: str  # unique within the adapter; the same event handed in again is harmless
    chat: Chat
    sender: Person
    id: str  # the message's native id within the chat
    text: str  # exactly what the person typed: no fallback bodies, no quotes, nothing stripped
    sent_at: datetime  # when it was written, by the server's time
    reply_to: str | None = None  # native id of the message that this answers natively
    addressed: bool = True  # groups: the bot is named or answered; always True in direct chats
    spans: tuple[Span, ...] = ()  # emphasis that the person's client sent apart from the text
    # Why it cannot be a post: it is what nobody can carry, somebody else's words, or a part of an album that
    # came when the album was handed in already (`reply_to` is the first part of that). It is answered, with
    # its `text` left empty.
    unfit: Literal["media", "forwarded", "late"] | None = None
    media: tuple[
        Media, ...
    ] = ()  # only with `files`; all parts of an album in their order, `text` beside them
    # Of a channel: it forwards what was said elsewhere, there. In any other chat that is `unfit`.
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A person changed an earlier message of theirs."""

    event: str
    chat: Chat
    sender: Person
    id: str  # of the original message, also on a fifth edit
    text: str  # all of the new text
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """A person took back an earlier message of theirs."""

    event: str
    chat: Chat
    sender: Person
    id: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A person reacted to a message of a direct chat by emoji, or took that back."""

    event: str
    chat: Chat
    sender: Person
    id: str  # of the message that is reacted to, as `send` returned it
    emojis: tuple[str, ...]  # all that this person's reaction to it is now; empty: it was taken back
    # When it became so, by the network's time; None: the network does not say, and tells them in their order.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A person pressed one of the bot's buttons."""

    event: str
    chat: Chat
    sender: Person
    id: str  # of the message that carries the button
    data: str  # the button's `data`


@dataclass(frozen=True, slots=True)
class ChatChanged:
    """The bot's place in a chat changed, or the chat got another id."""

    event: str
    chat: Chat
    change: Literal["joined", "gone", "moved"]
    moved_to: str | None = None  # the new native id, with `moved`


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something came that the adapter cannot make sense of: it is kept aside, and the rest goes on."""

    event: str
    raw: str = field(repr=False)  # as it came; kept encrypted for whoever mends the adapter


Incoming = Message | Edit | Deletion | Reaction | Press | ChatChanged | Unreadable


# --- what goes out to a chat network -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` is opaque and at most 64 bytes."""

    data: str
    label: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture, film or sound that a message of the bot shows. One of `url` and `read` is set; in an edit it
    stands there already, and neither is.
    """

    file: File  # its content was looked at where there is `read`; else as somebody said, `size` 0
    url: str | None = field(default=None, repr=False)  # where the network is to fetch it by itself
    read: Callable[[], AsyncIterator[bytes]] | None = field(default=None, repr=False)  # its bytes, each time
    hidden: bool = False  # covered until somebody wants to see it


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What the bot says: fits the chat's limits, is shown as it stands (no markup in it acts)."""

    text: str
    reply_to: str | None = None  # native id in the same chat
    buttons: tuple[Button, ...] = ()  # only where the chat declares buttons
    language: str | None = None
    spans: tuple[Span, ...] = ()  # only of the kinds that the chat declares in `markup`
    media: tuple[Exhibit, ...] = ()  # shown above the text, only as the chat declares in `shows`
