"""Rows of the store as frozen values: what units of work read and hand on."""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace as replace

from bridgebot import model
from bridgebot.model import Audience, Limits, TimelineKind

R = TypeVar("R")


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row as a frozen value, with a field for each column that is asked for.

    A frozen dataclass sets each field by a call, and a message makes dozens of rows with twenty fields;
    this is made at once. `replace` of this module makes another one that differs.
    """

    secret: ClassVar[frozenset[str]] = frozenset()  # fields that are never shown

    def __repr__(self) -> str:
        shown = (name for name in self.__struct_fields__ if name not in self.secret)
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def fields(cls: type[Any]) -> tuple[str, ...]:
    """The names of a row's fields, in their order."""
    if issubclass(cls, Row):
        return cls.__struct_fields__
    return tuple(field.name for field in dataclasses.fields(cls))


def read(cls: type[R], row: sa.RowMapping | None) -> R | None:
    """A row filled from the columns of the same names."""
    return None if row is None else cls(*[row[name] for name in fields(cls)])


def one(connection: sa.Connection, cls: type[R], query: sa.Select[Any]) -> R | None:
    return read(cls, connection.execute(query).mappings().first())


def many(connection: sa.Connection, cls: type[R], query: sa.Select[Any]) -> list[R]:
    return [r for row in connection.execute(query).mappings() if (r := read(cls, row)) is not None]


def listed(values: Iterable[model.Span | model.Attachment]) -> list[list[Any]]:
    """Spans or attachments as a column keeps them. Few attachments are hidden: of the others nothing is said,
    so that those that were kept before there was such a thing are still the same.
    """
    return [_fields(value) for value in values]


def _fields(value: model.Span | model.Attachment) -> list[Any]:
    kept = list(model.parts(value))
    return kept[:-1] if isinstance(value, model.Attachment) and not value.hidden else kept


def plain(value: Any) -> Any:
    """A noun of the house as a column keeps it: what JSON has."""
    return msgspec.to_builtins(value, order="deterministic")


def noun(value: Any, kind: Any) -> Any:
    """What `plain` made, as the noun that it was."""
    return msgspec.convert(value, kind)


def poll_row(poll: model.Poll | None) -> dict[str, Any] | None:
    """A poll as posts keep it: what somebody chose is nobody else's."""
    if poll is None:
        return None
    fields: dict[str, Any] = plain(dataclasses.replace(poll, voted=()))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def quote_row(quote: model.Quote | None, post_id: int | None) -> dict[str, Any] | None:
    """A quote as posts keep it; of one that is known here, its own row has the words."""
    if quote is None:
        return None
    kept: dict[str, Any] = plain(quote) | {"post": post_id}
    return kept if post_id is None else kept | {"text": ""}


class User(Row, frozen=True):
    id: int
    role: str
    role_by: str | None
    language: str | None
    timezone: str | None
    plain: str | None
    asks_left: int
    quiet: str | None
    next_audience: str | None
    next_warning: str | None
    next_language: str | None
    describes: bool | None
    reacts: bool | None
    paused_at: datetime | None


class Person(Row, frozen=True):
    id: int
    adapter: str
    native_id: str
    user_id: int | None
    name: str
    language: str | None
    answered_at: datetime | None


class Chat(Row, frozen=True):
    id: int
    adapter: str
    native_id: str
    topic: str
    direct: bool
    title: str
    person_id: int | None
    open: bool
    off_at: datetime | None
    replies_at: datetime | None
    broadcast: bool | None
    pictures: bool | None

    @property
    def realm(self) -> str:
        """Where this chat's message ids are unique."""
        return f"{self.adapter}/{self.native_id}"

    def native(self) -> model.Chat:
        return model.Chat(self.native_id, self.direct, self.topic, self.title, broadcast=bool(self.broadcast))


class Account(Row, frozen=True, dict=True, gc=True):
    id: int
    user_id: int
    adapter: str
    server: str
    host: str | None
    native_id: str
    handle: str
    display_name: str
    url: str | None
    name: str
    credentials: str  # encrypted
    begun_with: str | None  # encrypted
    limits: dict[str, Any]
    scopes: list[str]
    state: str

    secret = frozenset({"credentials", "begun_with"})

    @functools.cached_property
    def fits(self) -> Limits:
        """What its server accepts, as stored when it was linked."""
        limits: Limits = noun(self.limits, Limits)
        return limits

    def native(self, credentials: str) -> model.Account:
        """As the adapter knows it; `credentials` decrypted."""
        return model.Account(
            id=self.native_id,
            handle=self.handle,
            server=sys.intern(self.server),  # thousands share one
            host=sys.intern(self.host) if self.host else None,
            name=self.display_name,
            url=self.url,
            credentials=credentials,
            scopes=tuple(self.scopes),
        )


class Timeline(Row, frozen=True):
    id: int
    adapter: str
    server: str
    kind: str
    argument: str  # a feed's as it is: see `routes`
    account_id: int | None
    title: str
    cursor: str | None
    due_at: datetime
    failures: int
    held: str | None
    address: str | None = None  # encrypted
    host: str | None = None  # its account's

    secret = frozenset({"argument", "address"})

    def native(self) -> model.Timeline:
        return _timeline(self.kind, self.server, self.argument)

    @property
    def realm(self) -> str:
        """What reading it calls, as lanes name it and `traffic` counts calls."""
        return f"{self.adapter}/{self.host or self.server}"


@functools.lru_cache(64)  # one's home is as everybody's there
def _timeline(kind: str, server: str, argument: str) -> model.Timeline:
    return model.Timeline(kind=TimelineKind(kind), server=server, argument=argument)


class Route(Row, frozen=True):
    id: int
    user_id: int
    verb: str
    timeline_id: int | None
    source_chat_id: int | None
    chat_id: int | None
    account_id: int | None
    filters: dict[str, Any]
    since: datetime
    state: str  # active, paused, ended


_AUDIENCES = {audience.value: audience for audience in Audience}


class Post(Row, frozen=True):
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
    files: list[dict[str, Any]] | None  # as `model.Enclosure`
    poll: dict[str, Any] | None  # as `model.Poll`
    quote: dict[str, Any] | None  # as `model.Quote`, and `post`
    uri: str | None
    url: str | None
    parent_id: int | None
    memo: bool
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    awaits: str | None  # realm and id of what it answers, while that is unknown; of one's own only

    secret = frozenset({"files"})

    @property
    def seen_by(self) -> Audience:
        return _AUDIENCES[self.audience]

    @property
    def emphasis(self) -> tuple[model.Span, ...]:
        return tuple(model.Span(*span) for span in self.spans) if self.spans else ()

    @property
    def hides(self) -> bool:
        """Whether something in it may be hidden: words with emphasis, or media."""
        return bool(self.spans or self.media)

    @property
    def attachments(self) -> tuple[model.Attachment, ...]:
        return tuple(model.Attachment(*attachment) for attachment in self.media) if self.media else ()

    @property
    def enclosed(self) -> tuple[model.Enclosure, ...]:
        return tuple(model.Enclosure(**file) for file in self.files or ())

    @property
    def votable(self) -> model.Poll | None:
        """Its poll, as it stood when somebody last looked."""
        poll: model.Poll | None = noun(self.poll, model.Poll) if self.poll else None
        return poll

    @property
    def shows(self) -> model.Quote | None:
        """The post that it shows; an id counts on the server where this one was met."""
        quote: model.Quote | None = noun(self.quote, model.Quote) if self.quote else None
        return quote

    @property
    def shown_id(self) -> int | None:
        """The row of the post that it shows, if that is known here."""
        return self.quote.get("post") if self.quote else None


class Copy(Row, frozen=True):
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


class Delivery(Row, frozen=True):
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


class Part(Row, frozen=True):
    delivery_id: int
    number: int
    key: str
    payload: dict[str, Any]
    native_ids: list[str] | None


class Question(Row, frozen=True):
    id: int
    token: str
    chat_id: int
    user_id: int
    kind: str
    arguments: str  # encrypted
    options: list[str]
    cause_id: int | None
    state: str
    expires_at: datetime

    secret = frozenset({"arguments"})


class Inbox(Row, frozen=True):
    id: int
    kind: str
    chat_id: int | None
    user_id: int | None
    native_id: str
    fingerprint: str | None
    sent_at: datetime | None
    received_at: datetime
    undone_by: int | None
