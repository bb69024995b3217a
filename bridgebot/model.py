"""The nouns of the house: frozen, typed, no I/O.

Ids of type `str` are native: what a network calls a thing. Times are aware and in UTC.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridgebot.wording import Limits as Limits
from bridgebot.wording import Unit as Unit
from bridgebot.wording import canonical as canonical


class Audience(enum.StrEnum):
    """Who may read a post, from the widest to the narrowest."""

    PUBLIC = "public"
    UNLISTED = "unlisted"  # anybody who has the address; in no listing
    FOLLOWERS = "followers"
    DIRECT = "direct"  # the people mentioned

    @property
    def rank(self) -> int:
        """0 for the widest; a reply never has a lower rank than its parent."""
        return list(Audience).index(self)

    def narrowed_to(self, other: Audience) -> Audience:
        """The narrower of the two."""
        return self if self.rank >= other.rank else other


ANYBODY = (Audience.PUBLIC, Audience.UNLISTED)  # what may leave a chat that others read


class TimelineKind(enum.StrEnum):
    """What a timeline shows; `argument` says whose or which."""

    OWN = "own"  # what the account itself posted, wherever it did
    HOME = "home"
    MENTIONS = "mentions"  # posts that mention or answer the account, and its notifications
    PERSON = "person"  # argument: the person's native id
    TAG = "tag"  # argument: the tag without #
    LIST = "list"  # argument: the list's native id
    FEED = "feed"  # argument: the feed's address


# --- text with emphasis ------------------------------------------------------------------------

Markup = Literal["bold", "italic", "strike", "code", "spoiler", "link"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that is set apart. Spans may overlap; positions are code points."""

    start: int
    end: int  # behind the last code point
    kind: Markup
    url: str | None = None  # with `link`: where it leads


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
    # Why it cannot be a post: it is more than text, or somebody else's words. It is answered, with its
    # `text` left empty; one event for all parts of an album.
    unfit: Literal["media", "forwarded"] | None = None


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


Incoming = Message | Edit | Deletion | Press | ChatChanged | Unreadable


# --- what goes out to a chat network -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` is opaque and at most 64 bytes."""

    data: str
    label: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What the bot says: fits the chat's limits, is shown as it stands (no markup in it acts)."""

    text: str
    reply_to: str | None = None  # native id in the same chat
    buttons: tuple[Button, ...] = ()  # only where the chat declares buttons
    language: str | None = None
    spans: tuple[Span, ...] = ()  # only of the kinds that the chat declares in `markup`


# --- social networks ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post."""

    id: str  # stable native id on the post's server
    handle: str  # as people write it there: `@lin`, `@ada@example.social`
    name: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person on a social network, as looked up."""

    author: Author
    bio: str = ""
    locked: bool = False  # follows wait for the person's approval
    pending: bool = False  # our follow waits for it
    followers: int | None = None
    following: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A linked account: who one is on a network, and what proves it."""

    id: str  # stable native id
    handle: str  # `@ada`, `@ada@example.social`
    server: str  # the realm of its post ids: a host, or the adapter's name for an embedded network
    name: str = ""
    url: str | None = None
    credentials: str = field(default="", repr=False)  # the adapter's own format; encrypted at rest
    scopes: tuple[str, ...] = ()  # what the network granted, in its own words; empty: it knows no such thing


@dataclass(frozen=True, slots=True)
class Timeline:
    """A source of posts."""

    kind: TimelineKind
    server: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it exists, fitted to the network that gets it."""

    text: str
    audience: Audience = Audience.PUBLIC
    warning: str | None = None  # content warning; None: none
    language: str | None = None  # BCP 47
    reply_to: str | None = None  # native id on the same server
    spans: tuple[Span, ...] = ()  # only of the kinds that the network declares in `markup`


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, film or sound under a post, as the network shows it."""

    kind: Literal["image", "video", "audio", "file"]
    url: str  # for people, to open
    alt: str = ""  # its description; "": none was given


@dataclass(frozen=True, slots=True)
class Boost:
    """Why somebody else's post stands in a timeline."""

    by: Author
    at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """A post as a network shows it."""

    id: str  # unique on its server
    author: Author
    text: str  # plain text, line breaks kept
    audience: Audience
    created_at: datetime
    uri: str | None = None  # canonical across servers, where the network has such a thing
    url: str | None = None  # for people, to open
    warning: str | None = None
    language: str | None = None
    reply_to: str | None = None  # native id of the parent on the same server
    edited_at: datetime | None = None
    boost: Boost | None = None  # set where a boost brought it
    spans: tuple[Span, ...] = ()
    media: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list of people that an account keeps on its network: the source of a LIST timeline."""

    id: str  # the timeline's argument
    title: str


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that happened to an account and is no post."""

    id: str  # unique within the timeline
    kind: Literal["follow", "follow-request", "favourite", "boost"]
    by: Author
    at: datetime
    post: str | None = None  # native id of the account's post that it is about


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody's complaint about a post, for those who moderate."""

    id: str
    post: Post
    by: Author
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One read of a timeline."""

    posts: tuple[Post, ...]  # new and changed ones, oldest first
    cursor: str  # where the next read goes on; opaque to everybody but the adapter
    more: bool = False  # True: read again at once
    gone: tuple[
        str, ...
    ] = ()  # native ids of deleted posts, the first deleted first, where the network tells
    notifications: tuple[Notification, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """A stream's word that one post is new, changed or gone; it is fetched by its id."""

    post: str | None  # None: something that is no post happened; the timeline is read


# --- linking an account ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A step of linking: ask the person this, and call `link` again with the answer."""

    key: str  # a text
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    secret: bool = False  # the answer is deleted from the chat where that is possible
    progress: str = field(default="", repr=False)  # kept, encrypted, and handed to the next step


@dataclass(frozen=True, slots=True)
class Browser:
    """A step of linking: send the person to this address, then ask for what it shows them."""

    url: str
    key: str  # the question that goes with it
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    progress: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a network may send the person's browser back to: an address of this one attempt to link."""

    url: str  # the same at every step of the attempt
    state: str = field(repr=False)  # goes with the browser there and back


@dataclass(frozen=True, slots=True)
class Consent:
    """A step of linking: the person's browser goes to the network's own page of consent, and comes back
    with a code, which is the answer to this step.
    """

    url: str = field(repr=False)  # with the redirect's address and state, and a challenge of PKCE (S256)
    scopes: tuple[str, ...]  # texts, one for each thing that is asked for
    issuer: str  # who must have sent the browser back, where the answer says who did; "": nobody knows
    progress: str = field(default="", repr=False)
    names_issuer: bool = False  # the server promised that its answers say it (RFC 9207)
