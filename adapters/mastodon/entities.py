"""What servers of the Mastodon API send, as far as it is read here.

Only what no server leaves out is required. Everything else has a default, since Mastodon's own
versions and GoToSocial, Takahe, Pleroma or Akkoma leave out different things; unknown fields are
passed over, and words from an open list (visibilities, kinds of notification) are plain texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Author(msgspec.Struct, frozen=True):
    """Whoever wrote or did something: what is read of an account that stands in a post."""

    id: str
    acct: str  # without a host: somebody of this server
    username: str | None = None
    display_name: str | None = None
    url: str | None = None


class Account(Author, frozen=True):
    """Somebody, as others see them."""

    avatar: str | None = None
    note: str | None = None
    locked: bool | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None


class Mention(msgspec.Struct, frozen=True):
    """Somebody whom a post names."""

    id: str
    acct: str
    username: str | None = None
    url: str | None = None


class Media(msgspec.Struct, frozen=True):
    """A picture, film or sound."""

    id: str
    type: str = "unknown"
    url: str | None = None  # None: the server still works on it
    remote_url: str | None = None
    preview_url: str | None = None
    description: str | None = None


class Option(msgspec.Struct, frozen=True):
    """A choice of a poll."""

    title: str
    votes_count: int | None = None  # None: not shown before the end


class Poll(msgspec.Struct, frozen=True):
    """A poll, as the reader sees it."""

    id: str = ""
    options: list[Option] = []
    expires_at: datetime | None = None
    expired: bool | None = None
    multiple: bool | None = None
    voters_count: int | None = None
    voted: bool | None = None  # also of one's own; None: to nobody in particular
    own_votes: list[int] | None = None


class Filter(msgspec.Struct, frozen=True):
    """A rule of the reader's own, kept on the server."""

    title: str = ""
    context: list[str] = []  # `home`, `notifications`, `public`, `thread`, `account`
    filter_action: str = "warn"  # `hide`, or since 4.4 `blur` for pictures


class Filtered(msgspec.Struct, frozen=True):
    """That a filter matches a post, wherever it is shown."""

    filter: Filter


class Quoted(msgspec.Struct, frozen=True):
    """A post that another one shows: what is read of it."""

    id: str | None = None
    account: Author | None = None
    content: str | None = None  # HTML
    spoiler_text: str | None = None
    uri: str | None = None
    url: str | None = None
    mentions: list[Mention] | None = None
    filtered: list[Filtered] | None = None


class Pleroma(msgspec.Struct, frozen=True):
    """What Pleroma says beside the rest."""

    quote: Any = None
    quote_url: str | None = None


class Application(msgspec.Struct, frozen=True):
    """With what a post was written."""

    name: str | None = None


class Status(msgspec.Struct, frozen=True):
    """A post, or a boost of one (`reblog`)."""

    id: str
    created_at: datetime
    account: Author
    content: str | None = None  # HTML
    spoiler_text: str | None = None
    sensitive: bool | None = None
    visibility: str | None = None
    language: str | None = None
    uri: str | None = None
    url: str | None = None
    in_reply_to_id: str | None = None
    edited_at: datetime | None = None
    reblog: Status | None = None
    mentions: list[Mention] | None = None
    media_attachments: list[Media] | None = None
    poll: Poll | None = None
    quote: Any = None  # of Mastodon 4.4; of Akkoma and others the post itself
    pleroma: Pleroma | None = None
    filtered: list[Filtered] | None = None
    application: Application | None = None  # of people of this server, if they do not keep it to themselves


class StatusSource(msgspec.Struct, frozen=True):
    """The words of a post as they were typed."""

    text: str
    content_type: str | None = None  # of GoToSocial, Pleroma and Akkoma: what they make of the words


class Quotable(msgspec.Struct, frozen=True):
    """Whether the reader may quote a post (Mastodon since 4.5)."""

    quote_approval: Approval | None = None


class Approval(msgspec.Struct, frozen=True):
    current_user: str = "unknown"  # `automatic`, `manual`, `denied`, `unknown`


class Uploaded(msgspec.Struct, frozen=True):
    """A file that was handed over."""

    id: str
    url: str | None = None  # None: the server still works on it


class Notification(msgspec.Struct, frozen=True):
    """Something that happened to the account."""

    id: str
    type: str
    created_at: datetime
    account: Author | None = None  # a warning of the moderators is by nobody
    status: Status | None = None


class Named(msgspec.Struct, frozen=True):
    """All that is needed of a thing which cannot be read: where a page goes on."""

    id: str


class Relationship(msgspec.Struct, frozen=True):
    """How the account stands to somebody."""

    id: str
    following: bool = False
    requested: bool | None = None


class PeopleList(msgspec.Struct, frozen=True):
    id: str
    title: str = ""


class Context(msgspec.Struct, frozen=True):
    """The thread around a post."""

    ancestors: list[msgspec.Raw] = []
    descendants: list[msgspec.Raw] = []


class Search(msgspec.Struct, frozen=True):
    accounts: list[msgspec.Raw] = []
    statuses: list[msgspec.Raw] = []


class StatusLimits(msgspec.Struct, frozen=True):
    max_characters: int | None = None
    characters_reserved_per_url: int | None = None
    max_media_attachments: int | None = None


class MediaLimits(msgspec.Struct, frozen=True):
    supported_mime_types: list[str] | None = None
    description_limit: int | None = None  # characters; since 4.4
    image_size_limit: int | None = None  # bytes
    image_matrix_limit: int | None = None  # pixels
    video_size_limit: int | None = None  # bytes


class PollLimits(msgspec.Struct, frozen=True):
    max_options: int | None = None
    max_characters_per_option: int | None = None
    max_option_chars: int | None = None  # Pleroma's word for it
    min_expiration: int | None = None  # seconds
    max_expiration: int | None = None


class Urls(msgspec.Struct, frozen=True):
    streaming: str | None = None  # /api/v2/instance
    streaming_api: str | None = None  # /api/v1/instance


class Configuration(msgspec.Struct, frozen=True):
    statuses: StatusLimits | None = None
    media_attachments: MediaLimits | None = None
    polls: PollLimits | None = None
    urls: Urls | None = None


class Instance(msgspec.Struct, frozen=True):
    """A server on itself: `/api/v2/instance`, or `/api/v1/instance` of older ones."""

    version: str
    domain: str | None = None  # v2: the host in its people's handles
    account_domain: str | None = None  # GoToSocial: the same, where `domain` is the API's host
    uri: str | None = None  # v1: the same; an address with some servers
    source_url: str | None = None
    configuration: Configuration | None = None
    urls: Urls | None = None
    api_versions: dict[str, Any] | None = None  # by software; since 4.3
    most_characters: int | None = msgspec.field(default=None, name="max_toot_chars")  # Pleroma, and below
    poll_limits: PollLimits | None = None
    upload_limit: int | None = None  # bytes
    description_limit: int | None = None


class Hidden(msgspec.Struct, frozen=True):
    """What holds a secret: its repr says no more than its kind."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class App(Hidden, frozen=True):
    """A registered client."""

    client_id: str
    client_secret: str


class Token(Hidden, frozen=True):
    access_token: str
    scope: str = ""  # what was granted; "": all that was asked for (RFC 6749, 5.1)


class Metadata(msgspec.Struct, frozen=True):
    """What a server says of its consent (RFC 8414); Mastodon does since 4.3."""

    issuer: str = ""
    scopes_supported: list[str] = []
    authorization_response_iss_parameter_supported: bool = False


class Event(msgspec.Struct, frozen=True):
    """One message of a stream; `payload` is JSON in a text, or an id."""

    event: str
    payload: Any = None
