"""Rows as frozen values, and how posts are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.tables import person, post
from bridgebot.model import Audience


@dataclass(frozen=True, slots=True)
class Member:
    """A person of Plaza."""

    id: int
    name: str
    locked: bool
    suspended: bool
    posts: int  # numbers given so far
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as one viewer sees them."""

    member: Member
    followers: int
    following: int
    posts: int  # those that the viewer may be shown
    pending: bool  # the viewer's follow waits


@dataclass(frozen=True, slots=True)
class Entry:
    """A post with its author's name."""

    id: int
    person_id: int
    name: str
    number: int
    text: str
    audience: Audience
    warning: str | None
    language: str | None
    reply_to: int | None
    root: int  # its own id where it begins the thread
    born: int
    seq: int
    created_at: datetime
    edited_at: datetime | None

    @property
    def path(self) -> str:
        """Where the site shows it."""
        return f"/@{self.name}/{self.number}"

    @property
    def changed_at(self) -> datetime:
        return self.edited_at or self.created_at


ENTRIES = sa.select(
    post.c.id,
    post.c.person_id,
    person.c.name,
    post.c.number,
    post.c.text,
    post.c.audience,
    post.c.warning,
    post.c.language,
    post.c.reply_to,
    sa.func.coalesce(post.c.root, post.c.id).label("root"),
    post.c.born,
    post.c.seq,
    post.c.created_at,
    post.c.edited_at,
).join_from(post, person, person.c.id == post.c.person_id)


def entry(row: Any) -> Entry:
    """A row that begins with the columns of ENTRIES."""
    values = list(row[:14])
    values[5] = Audience(values[5])
    return Entry(*values)


def entries(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Entry, ...]:
    return tuple(entry(row) for row in connection.execute(query))


def member(row: Any) -> Member:
    return Member(row.id, row.name, row.locked, row.suspended, row.posts, row.created_at)
