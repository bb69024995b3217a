"""What is read of a Bluesky AppView's answers, by the lexicons app.bsky.* and com.atproto.*.

Only what cannot be done without is required here, and what is not named is passed over. Records are their
authors' own writing, which servers check against the lexicons; what cannot be read costs that one alone.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Struct(msgspec.Struct, frozen=True, rename="camel"):
    """Names on the wire are in camel case; what is not named here is passed over."""


class Ref(Struct, frozen=True):
    """com.atproto.repo.strongRef: a record, and which version of it."""

    uri: str
    cid: str = ""


class Label(Struct, frozen=True):
    """com.atproto.label.defs#label."""

    val: str
    src: str = ""
    neg: bool = False  # takes an earlier label back
    exp: str | None = None


class SelfLabel(Struct, frozen=True):
    val: str


class SelfLabels(Struct, frozen=True):
    values: list[SelfLabel] = []


class Viewer(Struct, frozen=True):
    """How the reader stands to somebody or to a post: addresses of the reader's own records."""

    following: str | None = None
    blocking: str | None = None
    blocked_by: bool = False
    muted: bool = False
    like: str | None = None
    repost: str | None = None
    reply_disabled: bool = False
    embedding_disabled: bool = False


class ProfileView(Struct, frozen=True):
    """app.bsky.actor.defs#profileViewBasic, with what #profileViewDetailed has more."""

    did: str
    handle: str
    display_name: str | None = None
    description: str | None = None
    avatar: str | None = None
    followers_count: int | None = None
    follows_count: int | None = None
    posts_count: int | None = None
    viewer: Viewer | None = None
    labels: list[Label] = []


class Slice(Struct, frozen=True):
    """A stretch of a text, in bytes of UTF-8."""

    byte_start: int
    byte_end: int


class Feature(Struct, frozen=True):
    """What a stretch of a text is: a link, a mention, a tag."""

    kind: str = msgspec.field(name="$type", default="")
    uri: str = ""
    did: str = ""
    tag: str = ""


class Facet(Struct, frozen=True):
    index: Slice
    features: list[Feature] = []


class ReplyRef(Struct, frozen=True):
    root: Ref
    parent: Ref


class PostRecord(Struct, frozen=True):
    """app.bsky.feed.post, as its author wrote it."""

    text: str = ""
    created_at: str = ""
    facets: list[Facet] = []
    reply: ReplyRef | None = None
    langs: list[str] = []
    labels: SelfLabels | None = None
    embed: Any = None  # as written; a view has it as it is shown
    bridgy_original_url: str = ""  # a field of a bridge's own: where it took the post from


class Typed(Struct, frozen=True):
    """One of several things; `$type` says which."""

    kind: str = msgspec.field(name="$type", default="")


class Picture(Struct, frozen=True):
    """A picture of app.bsky.embed.images#view or of app.bsky.embed.gallery#view."""

    fullsize: str
    alt: str = ""


class Card(Struct, frozen=True):
    """app.bsky.embed.external#viewExternal: the page that a post shows."""

    uri: str
    title: str = ""
    description: str = ""


class Embedded(Struct, frozen=True):
    """What app.bsky.embed.record#view shows: a post, or a feed, a list …; or that it may not be seen."""

    kind: str = msgspec.field(name="$type", default="")
    uri: str = ""
    author: ProfileView | None = None
    value: msgspec.Raw = msgspec.Raw()


class Embed(Struct, frozen=True):
    """All that a post's embed may be (`$type`: images, gallery, video, external, record, recordWithMedia)."""

    kind: str = msgspec.field(name="$type", default="")
    images: list[Picture] = []
    items: list[Picture] = []
    external: Card | None = None
    record: msgspec.Raw = msgspec.Raw()
    media: msgspec.Raw = msgspec.Raw()
    alt: str = ""
    playlist: str = ""


class PostView(Struct, frozen=True):
    """app.bsky.feed.defs#postView."""

    uri: str
    author: ProfileView
    record: PostRecord
    indexed_at: str
    cid: str = ""
    embed: msgspec.Raw = msgspec.Raw()
    labels: list[Label] = []
    viewer: Viewer | None = None


class Reason(Struct, frozen=True):
    """Why a post stands in a feed: #reasonRepost or #reasonPin."""

    kind: str = msgspec.field(name="$type", default="")
    by: ProfileView | None = None
    uri: str = ""  # of the repost; older servers leave it out
    indexed_at: str = ""


class FeedItem(Struct, frozen=True):
    """app.bsky.feed.defs#feedViewPost."""

    post: PostView
    reason: Reason | None = None


class Told(Struct, frozen=True):
    """app.bsky.notification.listNotifications#notification."""

    uri: str
    author: ProfileView
    reason: str
    indexed_at: str
    reason_subject: str = ""


class Bookmark(Struct, frozen=True):
    """app.bsky.bookmark.defs#bookmarkView; `item` is the post, or says that it is gone or blocked."""

    item: msgspec.Raw


class Bookmarks(Struct, frozen=True):
    bookmarks: list[msgspec.Raw] = []


class Listing(Struct, frozen=True):
    """A page of any timeline: each kind has its list under a name of its own."""

    cursor: str | None = None
    feed: list[msgspec.Raw] = []
    posts: list[msgspec.Raw] = []
    notifications: list[msgspec.Raw] = []

    @property
    def members(self) -> list[msgspec.Raw]:
        return self.feed or self.posts or self.notifications


class Found(Struct, frozen=True):
    """getPosts, searchPosts."""

    posts: list[msgspec.Raw] = []


class ThreadView(Struct, frozen=True):
    """#threadViewPost; without a post it is #notFoundPost or #blockedPost."""

    post: msgspec.Raw = msgspec.Raw()
    parent: msgspec.Raw = msgspec.Raw()
    replies: list[msgspec.Raw] = []


class Thread(Struct, frozen=True):
    thread: ThreadView


class Generator(Struct, frozen=True):
    """app.bsky.feed.defs#generatorView, and of app.bsky.graph.defs#listView the same."""

    uri: str
    creator: ProfileView
    display_name: str = ""
    name: str = ""
    purpose: str = ""


class Generated(Struct, frozen=True):
    view: Generator


class Lists(Struct, frozen=True):
    lists: list[msgspec.Raw] = []


class ListHead(Struct, frozen=True):
    list: Generator


class Resolved(Struct, frozen=True):
    did: str


class Named(Struct, frozen=True):
    """All that is needed of a thing which cannot be read: where a page goes on."""

    uri: str = ""
    post: Ref | None = None


class Session(Struct, frozen=True):
    """com.atproto.server.getSession."""

    did: str
    handle: str
