"""Complaints, and what those who moderate can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from adapters.plaza.store import tokens
from adapters.plaza.store.people import DAY, Budget, named, renew, spend
from adapters.plaza.store.posts import get, wipe
from adapters.plaza.store.rows import ENTRIES, Entry, Member, entry, illustrated
from adapters.plaza.store.tables import insert_or_ignore, person, post, report
from bridgebot.errors import Rejected, TargetGone

COMMENT_AT_MOST = 1000  # characters; what is longer is cut


@dataclass(frozen=True, slots=True)
class Complaint:
    """A report that nobody has settled."""

    id: int
    entry: Entry
    by_id: int
    by_name: str
    comment: str
    at: datetime


def complain(
    connection: sa.Connection, now: datetime, me: Member, post_id: int, comment: str, per_day: int
) -> None:
    """Report a post that one may read; a second report of the same post changes nothing.

    Raises TargetGone, and Rejected beyond the quota.
    """
    get(connection, me.id, post_id)
    comment = comment.strip()[:COMMENT_AT_MOST]
    if not insert_or_ignore(connection, report, post_id=post_id, person_id=me.id, comment=comment, at=now):
        return
    if spend(connection, now, me, Budget("report", per_day, DAY)):
        raise Rejected("plaza-reports-spent", limit=per_day)


def complaints(connection: sa.Connection) -> tuple[Complaint, ...]:
    """What nobody has settled, oldest first; the post whatever its audience: who reported it
    showed it to those who moderate.
    """
    by = person.alias("by")
    query = (
        ENTRIES.add_columns(report.c.id.label("report_id"), by.c.id.label("by_id"))
        .add_columns(by.c.name.label("by_name"), report.c.comment, report.c.at)
        .join(report, report.c.post_id == post.c.id)
        .join(by, by.c.id == report.c.person_id)
        .where(report.c.settled_at.is_(None), post.c.deleted_at.is_(None))
        .order_by(report.c.id)
    )
    rows = connection.execute(query).all()
    shown = {one.id: one for one in illustrated(connection, [entry(row) for row in rows])}
    return tuple(
        Complaint(row.report_id, shown[row.id], row.by_id, row.by_name, row.comment, row.at) for row in rows
    )


def remove(connection: sa.Connection, now: datetime, post_id: int) -> None:
    """Take a post away, with its reports. Raises TargetGone where there never was one."""
    if connection.execute(sa.select(post.c.id).where(post.c.id == post_id)).first() is None:
        raise TargetGone("plaza-post-gone")
    wipe(connection, now, post_id)


def suspend(connection: sa.Connection, now: datetime, handle: str, on: bool) -> tuple[int, ...]:
    """Hide an account or lift that; returns the posts that went. Hiding settles the reports about it, and
    ends for good what acts for it: apps and browsers must be let in anew.

    Raises TargetGone.
    """
    who = named(connection, handle, suspended=True)
    connection.execute(sa.update(person).where(person.c.id == who.id).values(suspended=on))
    if not on or who.suspended:
        return ()
    tokens.end_all(connection, now, who)
    renew(connection, who)
    theirs = sa.select(post.c.id).where(post.c.person_id == who.id)
    connection.execute(sa.update(report).where(report.c.post_id.in_(theirs)).values(settled_at=now))
    return tuple(connection.execute(theirs.where(post.c.deleted_at.is_(None))).scalars())
