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


FLAVOURS = {
    "mastodon": Flavour(),
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
    ),
    "takahe": Flavour(
        "takahe", "takahe/0.11.0", honours_keys=False, streaming=False, schedules=False, iso_reset=False
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
    application: dict[str, Any] | None = None
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
class PeopleList:
    id: str
    owner: Person
    title: str
    replies_policy: str = "list"
    exclusive: bool = False
    members: list[Person] = field(default_factory=list)


def order(id: str) -> tuple[int, str]:
    """Ids compare as numbers, ULIDs as texts: both by length, then by sign."""
    return len(id), id


def newest(things: Iterable[Any]) -> list[Any]:
    return sorted(things, key=lambda one: order(one.id), reverse=True)
