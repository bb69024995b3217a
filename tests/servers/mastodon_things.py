"""What a Mastodon server keeps: people, posts and what happened; and how servers differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.servers import mastodon_text as texts


@dataclass(frozen=True)
class Flavour:
    """In what the servers that speak Mastodon's API differ where it hurts."""

    name: str = "mastodon"
    version: str = "4.7.3"
    max_characters: int = 500
    honours_keys: bool = True  # `Idempotency-Key`
    ulids: bool = False
    sse: bool = True
    streaming: bool = True
    needs_user_agent: bool = False  # 418 without
    too_long: int = 422
    default_visibility: str = "public"
    repeats: bool = False  # a page may show one status twice
    schedules: bool = True
    iso_reset: bool = True
    style: texts.Style = texts.MASTODON
    anonymous: bool = True  # what is public is read without a token
    quotes: str = "mastodon"  # the shape of a quote: `mastodon`, `pleroma`, `akkoma`; "": there are none
    media: str = "mastodon"  # which answers an upload has: see `mastodon_media`
    choices: tuple[int, int] = (4, 50)  # of a poll: how many, and how long each
    open_for: tuple[int, int] = (
        300,
        31 * 86400,
    )  # seconds that a poll may take (poll_expiration_validator.rb)
    edits_polls: bool = True  # an edit without the poll takes it away
    refuses_keys: bool = False  # a key that was seen before is an error
    text_only: bool = True  # a post needs no picture
    directs: bool = True  # there are direct posts
    flakes: bool = False  # ids are FlakeIDs
    granular: bool = False  # offers the narrow scopes, and says so
    newest_instance: bool = True  # /api/v2/instance
    links: bool = True  # pages name the next one in a header
    markup: bool = False  # `content_type` says what is made of the words, and `/source` tells it
    missing: str = "$^"  # paths with their methods that are not there


FLAVOURS = {
    "mastodon": Flavour(granular=True),
    # docs/api/swagger.yaml, docs/api/ratelimiting.md and internal/middleware/useragent.go of GoToSocial
    "gotosocial": Flavour(
        "gotosocial",
        "0.19.1+git-2ff0a7d",
        5000,
        honours_keys=False,
        ulids=True,
        sse=False,
        needs_user_agent=True,
        too_long=400,
        default_visibility="unlisted",
        repeats=True,
        iso_reset=False,
        anonymous=False,
        style=texts.GOTOSOCIAL,
        markup=True,
        quotes="",
    ),
    # api/urls.py and api/views of Takahe
    "takahe": Flavour(
        "takahe",
        "takahe/0.11.0",
        honours_keys=False,
        streaming=False,
        schedules=False,
        iso_reset=False,
        quotes="",
        media="ready",
        edits_polls=False,
    ),
    # docs/development/API/differences_in_mastoapi_responses.md and lib/pleroma/web/mastodon_api of each
    "pleroma": Flavour(
        "pleroma",
        "2.7.2 (compatible; Pleroma 2.9.1)",
        5000,
        flakes=True,
        sse=False,
        iso_reset=False,
        quotes="pleroma",
        edits_polls=False,
        media="accepted",
        style=texts.PLEROMA,
        markup=True,
    ),
    "akkoma": Flavour(
        "akkoma",
        "2.7.2 (compatible; Akkoma 3.17.0)",
        5000,
        flakes=True,
        sse=False,
        iso_reset=False,
        quotes="akkoma",
        choices=(20, 200),
        open_for=(0, 31536000),
        edits_polls=False,
        media="accepted",
        newest_instance=False,
        style=texts.PLEROMA,
        markup=True,
    ),
    # app/Http/Controllers/Api/V1/StatusCreateController.php, ApiV2Controller.php
    "pixelfed": Flavour(
        "pixelfed",
        "3.5.3 (compatible; Pixelfed 0.12.7)",
        honours_keys=False,
        refuses_keys=True,
        streaming=False,
        schedules=False,
        quotes="",
        media="later",
        text_only=False,
        directs=False,
        missing=r"PUT /api/v1/statuses/.*|POST /api/v1/reports|.* /api/v1/polls/.*",
    ),
    # mastoapi.c
    "snac": Flavour(
        "snac",
        "4.0.0 (not true; really snac/2.80)",
        100000,
        honours_keys=False,
        streaming=False,
        quotes="",
        choices=(8, 50),
        media="ready",
        newest_instance=False,
        links=False,
        missing=r"POST /api/v1/(reports|accounts/[^/]+/(un)?mute|polls/.*)|PUT /api/v1/statuses/.*",
    ),
}


@dataclass(eq=False)
class Person:
    """Somebody, here or elsewhere."""

    id: str
    username: str
    host: str | None  # None: here
    created_at: datetime
    display_name: str = ""
    password: str = ""
    note: str = ""
    locked: bool = False
    bot: bool = False
    language: str = "en"
    shows_application: bool = True
    picture: str = ""

    @property
    def acct(self) -> str:
        return self.username if self.host is None else f"{self.username}@{self.host}"


@dataclass(eq=False)
class Version:
    """A status as it was at one time."""

    text: str
    spoiler: str
    sensitive: bool
    created_at: datetime
    media: list[dict[str, Any]]


@dataclass(eq=False)
class Status:
    """A post, or a boost of one."""

    id: str
    author: Person
    text: str
    visibility: str
    created_at: datetime
    spoiler: str = ""
    sensitive: bool = False
    language: str | None = None
    reply_to: Status | None = None
    reply_to_id: str | None = None
    boosts: Status | None = None
    edited_at: datetime | None = None
    media: list[dict[str, Any]] = field(default_factory=list)
    poll: dict[str, Any] | None = None
    quotes: Status | None = None
    quote_state: str = "accepted"  # or what became of it: `pending`, `rejected`, `revoked`, `deleted`
    quote_policy: str = "public"  # who may quote this one: or `followers`, `nobody`, `manual` (is asked)
    application: dict[str, Any] | None = None
    content_type: str = "text/plain"
    mentioned: list[Person] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    @property
    def tags(self) -> list[str]:
        return texts.hashtags(self.text)


@dataclass(eq=False)
class Notification:
    id: str
    to: Person
    type: str
    by: Person
    created_at: datetime
    status: Status | None = None


@dataclass(eq=False)
class Filter:
    """What somebody wants hidden, or warned of."""

    id: str
    owner: Person
    title: str
    words: tuple[str, ...]
    context: tuple[str, ...] = ("home",)
    action: str = "warn"


@dataclass(eq=False)
class PeopleList:
    id: str
    owner: Person
    title: str
    replies_policy: str = "list"
    exclusive: bool = False
    members: list[Person] = field(default_factory=list)


def order(id: str) -> tuple[int, str]:
    """Ids compare as numbers, ULIDs and FlakeIDs as texts: all by length, then by sign."""
    return len(id), id


def newest(things: Iterable[Any]) -> list[Any]:
    return sorted(things, key=lambda one: order(one.id), reverse=True)
