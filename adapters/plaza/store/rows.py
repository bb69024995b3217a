"""Rows as frozen values, and how posts are read, with their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.tables import person, picture, post
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
class Picture:
    """An upload, or a picture under a post."""

    id: int
    address: str
    type: str  # of its content
    size: int  # bytes
    width: int
    height: int
    alt: str  # its description; "": none was given
    covered: bool

    @property
    def path(self) -> str:
        """Where the site gives it, to whoever knows that."""
        return f"{PICTURES}/{self.file_name(self.address)}"

    def file_name(self, stem: str) -> str:
        """With the end that fits its content."""
        return f"{stem}.{ENDS[self.type]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A post with its author's name. `illustrated` adds the pictures."""

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
    has_pictures: bool
    pictures: tuple[Picture, ...] = ()

    @property
    def covered(self) -> bool:
        """Whether its pictures are not to be seen at once, though there is no warning in words."""
        return self.warning is None and any(one.covered for one in self.pictures)

    @property
    def path(self) -> str:
        """Where the site shows it."""
        return f"/@{self.name}/{self.number}"

    @property
    def changed_at(self) -> datetime:
        return self.edited_at or self.created_at


PICTURES = "/plaza/pictures"
ENDS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
SHOWN = sa.select(
    picture.c.id,
    picture.c.address,
    picture.c.type,
    picture.c.size,
    picture.c.width,
    picture.c.height,
    picture.c.alt,
    picture.c.covered,
)

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
    # Of most posts there is nothing more to ask.
    sa.exists().where(picture.c.under == post.c.id).label("has_pictures"),
).join_from(post, person, person.c.id == post.c.person_id)


def entry(row: Any) -> Entry:
    """A row that begins with the columns of ENTRIES."""
    values = list(row[:15])
    values[5] = Audience(values[5])
    values[14] = bool(values[14])
    return Entry(*values)


def entries(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Entry, ...]:
    return tuple(entry(row) for row in connection.execute(query))


def picture_of(row: Any) -> Picture:
    """A row that begins with the columns of SHOWN."""
    return Picture(*row[:8])


def illustrated(connection: sa.Connection, found: Iterable[Entry]) -> tuple[Entry, ...]:
    """Posts with their pictures, in the order in which these are seen: one query, and where no post has any,
    none.
    """
    all_of_them = tuple(found)
    ids = [one.id for one in all_of_them if one.has_pictures]
    if not ids:
        return all_of_them
    there: dict[int, tuple[Picture, ...]] = {}
    query = SHOWN.add_columns(picture.c.under).where(picture.c.under.in_(ids)).order_by(picture.c.position)
    for row in connection.execute(query):
        there[row.under] = (*there.get(row.under, ()), picture_of(row))
    return tuple(replace(one, pictures=there.get(one.id, ())) for one in all_of_them)


def member(row: Any) -> Member:
    return Member(row.id, row.name, row.locked, row.suspended, row.posts, row.created_at)
