"""What one's own posts said before they were edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import Json, metadata
from bridgebot.store.posts import MIRROR
from bridgebot.store.rows import Post, many, one, replace
from bridgebot.store.tx import Tx

_BESIDE = ("spans", "media", "files", "poll", "quote")  # columns of a post that go with its words

version = sa.Table(
    "version",
    metadata,
    sa.Column("post_id", sa.ForeignKey("post.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # as `post.version` counted it
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("warning", sa.Text),
    sa.Column("at", t.Time, nullable=False),  # when it was written
    sa.Column("beside", Json(none_as_null=True)),  # what stood beside the words, as `post` has it
    sa.PrimaryKeyConstraint("post_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    text: str  # "": wiped, for it was too old
    warning: str | None
    at: datetime
    beside: dict[str, Any] | None = None


def keep(tx: Tx, post: Post) -> None:
    """Keep what a post says now, before it is changed."""
    values = {
        "post_id": post.id,
        "number": post.version,
        "text": post.text,
        "warning": post.warning,
        "at": post.edited_at or post.created_at,
        "beside": {name: getattr(post, name) for name in _BESIDE},
    }
    tx.insert_or_ignore(version, values)


def of_post(tx: Tx, post_id: int) -> list[Version]:
    """The earlier versions, the first one first; not what it says now."""
    query = sa.select(version).where(version.c.post_id == post_id).order_by(version.c.number)
    return many(tx.connection, Version, query)


def as_of(tx: Tx, post: Post, number: int) -> Post:
    """A post as it was; as it is now, of what nothing is kept."""
    if number == post.version:
        return post
    where = (version.c.post_id == post.id, version.c.number == number)
    then = one(tx.connection, Version, sa.select(version).where(*where))
    if then is None:
        return post
    edited_at = then.at if number else None
    beside = then.beside or {"spans": None}  # older versions of the house kept the words alone
    return replace(post, text=then.text, warning=then.warning, version=number, edited_at=edited_at, **beside)


def forget_old(tx: Tx, before: datetime) -> int:
    """Wipe the words of versions that were written before; returns how many. Their times stay, and so does
    what stands on a network still.
    """
    standing = sa.select(t.copy.c.id).where(
        t.copy.c.post_id == version.c.post_id,
        t.copy.c.version == version.c.number,
        t.copy.c.role == MIRROR,
        t.copy.c.account_id.is_not(None),
        t.copy.c.gone_at.is_(None),
    )
    where = (version.c.at < before, version.c.text != "", sa.not_(sa.exists(standing)))
    return tx.update(version, *where, text="", warning=None, beside=None)
