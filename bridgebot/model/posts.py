"""What stands on social networks: people, accounts, posts, timelines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridgebot.model.values import Made
from bridgebot.model.words import Audience, Span, TimelineKind


class Author(Made, frozen=True, gc=False):
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
    picture: str | None = None  # the address of their picture


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
    host: str | None = None  # where it is kept, in a realm of many hosts; None: at its server

    @property
    def kept_at(self) -> str:
        """The host that its calls go to."""
        return self.host or self.server


@dataclass(frozen=True, slots=True)
class Timeline:
    """A source of posts."""

    kind: TimelineKind
    server: str
    argument: str = field(default="", repr=False)  # whose or which; of a feed a secret, as its address may be


@dataclass(frozen=True, slots=True)
class Ballot:
    """A poll before it exists."""

    choices: tuple[str, ...]  # at least two
    seconds: int = 86400  # how long it is open
    multiple: bool = False  # one may choose several


@dataclass(frozen=True, slots=True)
class File:
    """A picture, film or sound to go out with a post or a message: what adapters are told of it."""

    kind: Literal["image", "video", "audio", "file"]
    type: str  # of its content, as looked at, not as somebody said: `image/png`
    size: int  # bytes
    alt: str = ""  # its description; "": none was given
    width: int | None = None  # pixels, of what is seen
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the network has, to be named by a draft."""

    ref: str  # what `upload` returned: the adapter's own words
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it exists, fitted to the network that gets it."""

    text: str
    audience: Audience = Audience.PUBLIC
    warning: str | None = None  # content warning; None: none
    language: str | None = None  # BCP 47
    reply_to: str | None = None  # native id on the same server
    spans: tuple[Span, ...] = ()  # only of the kinds that the network declares in `markup`
    poll: Ballot | None = None  # only where the network declares `polls`
    quote: str | None = None  # native id, on the same server, of the post that this one shows
    files: tuple[Uploaded, ...] = ()  # in the order in which they are seen


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to a post and still is where somebody put it: in a chat, or at an address."""

    kind: Literal["image", "video", "audio", "file"]
    ref: str = field(
        repr=False
    )  # what `download` wants, or an address; it may open the file to whoever has it
    type: str = ""  # as somebody said; "": nobody did
    size: int | None = None  # bytes, as somebody said
    name: str = ""
    alt: str = ""  # its description; "": none was given
    adapter: str = ""  # whose `download` gives it; "": anybody's who has the address


class Attachment(Made, frozen=True, gc=False):
    """A picture, film or sound under a post, as the network shows it."""

    kind: Literal["image", "video", "audio", "file"]
    url: str  # for people, to open
    alt: str = ""  # its description; "": none was given
    hidden: bool = False  # its author wants it covered until somebody wants to see it


class Boost(Made, frozen=True, gc=False):
    """Why somebody else's post stands in a timeline."""

    by: Author
    at: datetime


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as a network shows it."""

    choices: tuple[str, ...]
    votes: tuple[int | None, ...] = ()  # for each choice; None: not shown before the end, or before one voted
    multiple: bool = False
    ends_at: datetime | None = None  # None: it does not end by itself
    closed: bool = False
    voters: int | None = None  # who voted; None: the network does not say
    voted: tuple[int, ...] = ()  # what the reader chose, from 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A post that another one shows."""

    url: str  # for people, to open
    id: str | None = None  # native id on the same server, where the reader may see it
    handle: str = ""  # whose it is
    text: str = ""


class Post(Made, frozen=True, gc=False):
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
    poll: Poll | None = None
    quote: Quote | None = None
    application: str | None = None  # with what it was written, where the network says so: `Tusky`
    bridged: bool = False  # a bridge or crossposter brought it from elsewhere, as far as can be seen by that


@dataclass(frozen=True, slots=True)
class Source:
    """What anybody may read at an address, without an account: a person's posts, a feed."""

    timeline: Timeline
    title: str  # how people call it
    handle: str = ""  # of a person
    url: str | None = None  # for people, to open


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
    next_in: float | None = None  # seconds in which it is not to be read again; None: as usual
    # The timeline's argument from now on: it lives elsewhere for good. A feed's may hold a password.
    moved: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Hint:
    """A stream's word that one post is new, changed or gone; it is fetched by its id."""

    post: str | None  # None: something that is no post happened; the timeline is read
