"""The schema. `migrations/` makes the same; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Time(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 (UTC)."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _person(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.ForeignKey("plaza_person.id"), nullable=False, **options)


def _post(**options: Any) -> sa.Column[int]:
    return sa.Column("post_id", sa.ForeignKey("plaza_post.id"), nullable=False, **options)


# One row, `change`: the order of everything that timelines show. A unit that takes the next value
# holds the row until its commit, so no smaller value can become visible after a larger one.
counter = sa.Table(
    "plaza_counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

# Rows are never removed: a name belongs to one account for ever.
person = sa.Table(
    "plaza_person",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("skeleton", sa.Text, nullable=False, unique=True),
    sa.Column("token", sa.Text),  # SHA-256 of the credentials; none: the account is closed
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False),
    sa.Column("closed_at", Time),
    sa.Column("posts", sa.Integer, nullable=False),  # numbers given to posts so far
    sa.Column("created_at", Time, nullable=False),
)

# Rows are never removed: a deleted post keeps its place (and not its text) so that threads hold.
post = sa.Table(
    "plaza_post",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _person("person_id"),
    sa.Column("number", sa.Integer, nullable=False),  # of the author's posts: /@lin/1
    sa.Column("key", sa.Text, nullable=False),  # of the publication: the same again is the same post
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("warning", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("reply_to", sa.ForeignKey("plaza_post.id"), index=True),
    sa.Column("root", sa.ForeignKey("plaza_post.id"), index=True),  # of the thread; none: it is one itself
    sa.Column("born", sa.BigInteger, nullable=False, index=True, unique=True),  # the change that made it
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),  # the last change to it
    sa.Column("created_at", Time, nullable=False),
    sa.Column("edited_at", Time),
    sa.Column("deleted_at", Time),
    sa.UniqueConstraint("person_id", "number"),
    sa.UniqueConstraint("person_id", "key"),
)

# An upload, and from when a post shows it on, a picture under that post. Ids are given once: an upload that
# was forgotten must not be another one for whoever still has its id.
picture = sa.Table(
    "plaza_picture",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _person("person_id", index=True),
    sa.Column("under", sa.ForeignKey("plaza_post.id"), index=True),  # the post; none: nothing shows it yet
    sa.Column("position", sa.Integer, nullable=False),  # among the pictures of its post, from 0
    sa.Column("key", sa.Text, nullable=False),  # of the upload: the same again is the same picture
    sa.Column("address", sa.Text, nullable=False, unique=True),  # cannot be guessed
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("alt", sa.Text, nullable=False),
    sa.Column("covered", sa.Boolean, nullable=False),  # until somebody wants to see it
    sa.Column("created_at", Time, nullable=False),
    sa.UniqueConstraint("person_id", "key"),
    sqlite_autoincrement=True,
)

# What it holds, apart: nothing that reads posts passes by it.
picture_file = sa.Table(
    "plaza_picture_file",
    metadata,
    sa.Column("picture_id", sa.ForeignKey("plaza_picture.id"), primary_key=True, autoincrement=False),
    _person("person_id", index=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),  # as it is taken along: `12.png`
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# `live` is false for what was taken back, in an edit or a boost: those who have the post by it must
# still hear what becomes of it.
mention = sa.Table(
    "plaza_mention",
    metadata,
    _post(primary_key=True),
    _person("person_id", primary_key=True, index=True),
    sa.Column("live", sa.Boolean, nullable=False),
)

tag = sa.Table(
    "plaza_tag",
    metadata,
    _post(primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True, index=True),
    sa.Column("live", sa.Boolean, nullable=False),
)

follow = sa.Table(
    "plaza_follow",
    metadata,
    _person("person_id", primary_key=True),
    _person("target_id", primary_key=True, index=True),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("at", Time, nullable=False),
)

favourite = sa.Table(
    "plaza_favourite",
    metadata,
    _person("person_id", primary_key=True),
    _post(primary_key=True, index=True),
    sa.Column("at", Time, nullable=False),
)

# What somebody wants to find again: shown to nobody else, and counted nowhere.
bookmark = sa.Table(
    "plaza_bookmark",
    metadata,
    _person("person_id", primary_key=True),
    _post(primary_key=True, index=True),
    sa.Column("at", Time, nullable=False),
)

boost = sa.Table(
    "plaza_boost",
    metadata,
    _person("person_id", primary_key=True),
    _post(primary_key=True, index=True),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("at", Time, nullable=False),
)

notification = sa.Table(
    "plaza_notification",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _person("person_id"),  # who is told
    sa.Column("kind", sa.Text, nullable=False),  # follow, follow-request, favourite, boost
    _person("by_id"),
    sa.Column("subject", sa.Integer, nullable=False),  # the post's id; 0: none
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("at", Time, nullable=False),
    sa.UniqueConstraint("person_id", "kind", "by_id", "subject"),
)

report = sa.Table(
    "plaza_report",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _post(),
    _person("person_id"),  # who complains
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("settled_at", Time),
    sa.UniqueConstraint("post_id", "person_id"),
)

quota = sa.Table(
    "plaza_quota",
    metadata,
    _person("person_id", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # post, follow, report
    sa.Column("since", Time, nullable=False),  # when the running hour or day began
    sa.Column("spent", sa.Integer, nullable=False),
)


def insert_or_ignore(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:
    """Insert; False when a unique index has such a row already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(statement).rowcount == 1


def next_change(connection: sa.Connection, places: int = 1) -> int:
    """The next place in the order of changes; with `places`, the last of so many."""
    moved = sa.update(counter).where(counter.c.name == "change").values(value=counter.c.value + places)
    value: int = connection.execute(moved.returning(counter.c.value)).scalar_one()
    return value


def last_change(connection: sa.Connection) -> int:
    """The place of the newest change."""
    value: int = connection.execute(sa.select(counter.c.value).where(counter.c.name == "change")).scalar_one()
    return value
