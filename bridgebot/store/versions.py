"""What one's own posts said before they were edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.rows import Post, many
from bridgebot.store.tx import Tx

version = sa.Table(
    "version",
    metadata,
    sa.Column("post_id", sa.ForeignKey("post.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # as `post.version` counted it
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("warning", sa.Text),
    sa.Column("at", t.Time, nullable=False),  # when it was written
    sa.PrimaryKeyConstraint("post_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    text: str  # "": wiped, for it was too old
    warning: str | None
    at: datetime


def keep(tx: Tx, post: Post) -> None:
    """Keep what a post says now, before it is changed."""
    values = {
        "post_id": post.id,
        "number": post.version,
        "text": post.text,
        "warning": post.warning,
        "at": post.edited_at or post.created_at,
    }
    tx.insert_or_ignore(version, values)


def of_post(tx: Tx, post_id: int) -> list[Version]:
    """The earlier versions, the first one first; not what it says now."""
    query = sa.select(version).where(version.c.post_id == post_id).order_by(version.c.number)
    return many(tx.connection, Version, query)


def forget_old(tx: Tx, before: datetime) -> int:
    """Wipe the words of versions that were written before; returns how many. Their times stay."""
    return tx.update(version, version.c.at < before, version.c.text != "", text="", warning=None)
