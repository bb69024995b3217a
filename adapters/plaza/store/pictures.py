"""Pictures: uploads that wait for their post, pictures under posts, and what is given to whoever asks.

Their bytes lie in the database: a copy of it has them, and they come and go with their posts in one commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from adapters.plaza.markup import Wanted
from adapters.plaza.store.reach import Condition, hidden
from adapters.plaza.store.rows import SHOWN, Member, Picture, picture_of
from adapters.plaza.store.tables import picture, picture_file, post
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import ANYBODY, File

LIFE = timedelta(hours=24)  # of an upload that no post shows, as with Mastodon
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """How much all pictures together may take, in bytes."""

    person: int  # those of one person
    total: int


@dataclass(frozen=True, slots=True)
class Given:
    """What is given at an address."""

    picture: Picture
    open: bool  # under a post that everybody may read


# --- uploads -----------------------------------------------------------------------------------


def keep(
    connection: sa.Connection, now: datetime, me: Member, file: File, content: bytes, key: str, room: Room
) -> Picture:
    """Keep an upload; with a key that was used before it is that one. Raises Rejected where it is full."""
    sweep(connection, now)
    mine = (picture.c.person_id == me.id, picture.c.key == key)
    known = connection.execute(SHOWN.where(*mine)).one_or_none()
    if known is not None:
        return picture_of(known)
    _has_room(connection, me, file.size, room)
    values = {"type": file.type, "size": file.size, "width": file.width or 0, "height": file.height or 0}
    made = sa.insert(picture).values(
        person_id=me.id, key=key, address=_address(), alt=file.alt, covered=False, position=0, created_at=now
    )
    connection.execute(made.values(values))
    kept = picture_of(connection.execute(SHOWN.where(*mine)).one())
    named = {"picture_id": kept.id, "person_id": me.id, "name": kept.file_name(str(kept.id))}
    connection.execute(sa.insert(picture_file).values(**named, content=content))
    return kept


def _address() -> str:
    return secrets.token_urlsafe(24)  # 192 bits: whoever has it was told it


def _has_room(connection: sa.Connection, me: Member, size: int, room: Room) -> None:
    if _taken(connection, picture.c.person_id == me.id) + size > room.person:
        raise Rejected("plaza-pictures-full-yours", most=room.person // MEGABYTE)
    if _taken(connection) + size > room.total:
        raise Rejected("plaza-pictures-full")


def _taken(connection: sa.Connection, *where: Condition) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(picture.c.size), 0)).where(*where)
    return int(connection.execute(query).scalar_one())


def waiting(connection: sa.Connection, now: datetime, me: Member, picture_id: int) -> Picture:
    """An upload of one's own that no post shows yet. Raises TargetGone."""
    row = connection.execute(SHOWN.where(_waits(now, me, picture_id))).one_or_none()
    if row is None:
        raise TargetGone("plaza-picture-gone")
    return picture_of(row)


def describe(connection: sa.Connection, now: datetime, me: Member, picture_id: int, alt: str) -> Picture:
    """Say something else of it. Raises TargetGone."""
    waiting(connection, now, me, picture_id)
    connection.execute(sa.update(picture).where(picture.c.id == picture_id).values(alt=alt))
    return waiting(connection, now, me, picture_id)


def forget(connection: sa.Connection, me: Member, picture_id: int) -> None:
    """Throw an upload away. Raises TargetGone, and Rejected for one that stands under a post."""
    mine = (picture.c.id == picture_id, picture.c.person_id == me.id)
    row = connection.execute(sa.select(picture.c.under).where(*mine)).one_or_none()
    if row is None:
        raise TargetGone("plaza-picture-gone")
    if row.under is not None:
        raise Rejected("plaza-picture-used")
    _remove(connection, picture.c.id == picture_id)


def sweep(connection: sa.Connection, now: datetime) -> None:
    """Throw away what nobody posted in its time."""
    _remove(connection, sa.and_(picture.c.under.is_(None), picture.c.created_at <= now - LIFE))


def _waits(now: datetime, me: Member, picture_id: int) -> Condition:
    fresh = sa.and_(picture.c.under.is_(None), picture.c.created_at > now - LIFE)
    return sa.and_(picture.c.id == picture_id, picture.c.person_id == me.id, fresh)


def _remove(connection: sa.Connection, which: Condition) -> None:
    gone = sa.select(picture.c.id).where(which)
    connection.execute(sa.delete(picture_file).where(picture_file.c.picture_id.in_(gone)))
    connection.execute(sa.delete(picture).where(which))


# --- under posts -------------------------------------------------------------------------------


def attach(
    connection: sa.Connection, now: datetime, me: Member, post_id: int, wanted: Sequence[Wanted]
) -> None:
    """Put one's uploads under a new post, in this order. Raises Rejected for what is not one's own, not there
    any more, or under a post already.
    """
    for position, one in enumerate(wanted):
        placed = sa.update(picture).where(_waits(now, me, one.id)).values(under=post_id, position=position)
        if connection.execute(placed.values(_said(one))).rowcount == 0:
            raise Rejected("plaza-picture-gone")


def rearrange(
    connection: sa.Connection, now: datetime, me: Member, post_id: int, wanted: Sequence[Wanted]
) -> None:
    """Make these, and no others, the pictures of a post. Raises as `attach` does."""
    named = [one.id for one in wanted]
    here = picture.c.under == post_id
    _remove(connection, sa.and_(here, picture.c.id.not_in(named)))
    for position, one in enumerate(wanted):
        mine = sa.or_(_waits(now, me, one.id), sa.and_(here, picture.c.id == one.id))
        placed = sa.update(picture).where(mine).values(under=post_id, position=position)
        if connection.execute(placed.values(_said(one))).rowcount == 0:
            raise Rejected("plaza-picture-gone")


def _said(one: Wanted) -> dict[str, str | bool]:
    said: dict[str, str | bool] = {}
    if one.alt is not None:
        said["alt"] = one.alt
    if one.covered is not None:
        said["covered"] = one.covered
    return said


def drop(connection: sa.Connection, post_id: int) -> None:
    """The pictures of a post that is gone."""
    _remove(connection, picture.c.under == post_id)


def release(connection: sa.Connection, now: datetime, post_id: int) -> None:
    """Take the pictures from a post that goes, as uploads for another one. Where they were seen they are no
    more: their addresses change.
    """
    for (picture_id,) in connection.execute(sa.select(picture.c.id).where(picture.c.under == post_id)).all():
        free = {"under": None, "address": _address(), "created_at": now}
        connection.execute(sa.update(picture).where(picture.c.id == picture_id).values(free))


# --- giving ------------------------------------------------------------------------------------


def at(connection: sa.Connection, now: datetime, file: str) -> Given | None:
    """What the address leads to, for whoever has it: as long as its post stands and its author is to be seen,
    or as long as it waits for its post.
    """
    address, _, end = file.rpartition(".")
    query = (
        SHOWN.add_columns(post.c.audience)
        .join(post, post.c.id == picture.c.under, isouter=True)
        .where(picture.c.address == address, ~hidden(picture.c.person_id), post.c.deleted_at.is_(None))
        .where(picture.c.under.is_not(None) | (picture.c.created_at > now - LIFE))
    )
    row = connection.execute(query).one_or_none()
    found = None if row is None else picture_of(row)
    if row is None or found is None or found.path.rpartition(".")[2] != end:
        return None
    return Given(found, row.audience in ANYBODY)


def is_known(connection: sa.Connection, file: str) -> bool:
    """Whether this was ever the name of a picture that is kept."""
    query = sa.select(picture.c.id).where(picture.c.address == file.rpartition(".")[0])
    return connection.execute(query).first() is not None


def held(connection: sa.Connection, now: datetime, file: str) -> bytes:
    """The bytes at an address. Raises TargetGone."""
    given = at(connection, now, file)
    found = None if given is None else content(connection, given.picture.id)
    if found is None:
        raise TargetGone("plaza-picture-gone")
    return found


def content(connection: sa.Connection, picture_id: int) -> bytes | None:
    """Its bytes; None: it went in between."""
    query = sa.select(picture_file.c.content).where(picture_file.c.picture_id == picture_id)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)
