"""Rows of the store as frozen values: what units of work read and hand on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from bridgebot import model
from bridgebot.model import Audience, Limits, TimelineKind

R = TypeVar("R")


def read(cls: type[R], row: sa.RowMapping | None) -> R | None:
    """A dataclass filled from the columns of the same names."""
    if row is None:
        return None
    return cls(**{f.name: row[f.name] for f in dataclasses.fields(cls)})  # type: ignore[arg-type]


def one(connection: sa.Connection, cls: type[R], query: sa.Select[Any]) -> R | None:
    return read(cls, connection.execute(query).mappings().first())


def many(connection: sa.Connection, cls: type[R], query: sa.Select[Any]) -> list[R]:
    return [r for row in connection.execute(query).mappings() if (r := read(cls, row)) is not None]


def listed(values: Iterable[model.Span | model.Attachment]) -> list[list[Any]]:
    """Spans or attachments as a column keeps them."""
    return [list(dataclasses.astuple(value)) for value in values]


@dataclass(frozen=True, slots=True)
class User:
    id: int
    role: str
    language: str | None
    timezone: str | None
    plain: str | None
    asks_left: int
    quiet: str | None
    next_audience: str | None
    next_warning: str | None
    next_language: str | None
    paused_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    adapter: str
    native_id: str
    user_id: int | None
    name: str
    language: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    adapter: str
    native_id: str
    topic: str
    direct: bool
    title: str
    person_id: int | None
    open: bool
    off_at: datetime | None

    @property
    def realm(self) -> str:
        """Where this chat's message ids are unique."""
        return f"{self.adapter}/{self.native_id}"

    def native(self) -> model.Chat:
        return model.Chat(id=self.native_id, direct=self.direct, topic=self.topic, title=self.title)


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    user_id: int
    adapter: str
    server: str
    native_id: str
    handle: str
    display_name: str
    url: str | None
    name: str
    credentials: str = field(repr=False)  # encrypted
    begun_with: str | None = field(repr=False)  # encrypted
    limits: dict[str, Any]
    state: str

    @property
    def fits(self) -> Limits:
        """What its server accepts, as stored when it was linked."""
        return Limits(**(self.limits | {"lacks": frozenset(self.limits.get("lacks", ()))}))

    def native(self, credentials: str) -> model.Account:
        """As the adapter knows it; `credentials` decrypted."""
        return model.Account(
            id=self.native_id,
            handle=self.handle,
            server=self.server,
            name=self.display_name,
            url=self.url,
            credentials=credentials,
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    id: int
    adapter: str
    server: str
    kind: str
    argument: str
    account_id: int | None
    title: str
    cursor: str | None
    due_at: datetime
    failures: int
    held: str | None

    def native(self) -> model.Timeline:
        return model.Timeline(kind=TimelineKind(self.kind), server=self.server, argument=self.argument)

    @property
    def realm(self) -> str:
        """What reading it calls, as lanes name it."""
        return f"{self.adapter}/{self.server}"


@dataclass(frozen=True, slots=True)
class Route:
    id: int
    user_id: int
    verb: str
    timeline_id: int | None
    source_chat_id: int | None
    chat_id: int | None
    account_id: int | None
    filters: dict[str, Any]
    since: datetime


@dataclass(frozen=True, slots=True)
class Post:
    id: int
    user_id: int | None
    adapter: str
    author_id: str
    author_handle: str
    author_name: str
    text: str
    warning: str | None
    audience: str
    language: str | None
    spans: list[list[Any]] | None  # as `model.Span`
    media: list[list[Any]] | None  # as `model.Attachment`
    uri: str | None
    url: str | None
    parent_id: int | None
    memo: bool
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None

    @property
    def seen_by(self) -> Audience:
        return Audience(self.audience)

    @property
    def emphasis(self) -> tuple[model.Span, ...]:
        return tuple(model.Span(*span) for span in self.spans or ())

    @property
    def attachments(self) -> tuple[model.Attachment, ...]:
        return tuple(model.Attachment(*attachment) for attachment in self.media or ())


@dataclass(frozen=True, slots=True)
class Copy:
    id: int
    post_id: int
    role: str
    realm: str
    native_id: str
    adapter: str
    chat_id: int | None
    account_id: int | None
    delivery_id: int | None
    part: int
    version: int
    url: str | None
    gone_at: datetime | None
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    action: str
    state: str
    lane: str
    urgency: int
    after_id: int | None
    post_id: int | None
    chat_id: int | None
    account_id: int | None
    route_id: int | None
    cause_id: int | None
    user_id: int | None
    arguments: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    attempts: int
    fence: int
    due_at: datetime
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    delivery_id: int
    number: int
    key: str
    payload: dict[str, Any]
    native_ids: list[str] | None


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    token: str
    chat_id: int
    user_id: int
    kind: str
    arguments: str = field(repr=False)  # encrypted
    options: list[str]
    cause_id: int | None
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    id: int
    chat_id: int | None
    user_id: int | None
    native_id: str
    fingerprint: str | None
    received_at: datetime
    undone_by: int | None
