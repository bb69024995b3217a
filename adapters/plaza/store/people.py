"""Accounts, what proves them, who follows whom, and how much anybody may do in an hour or a day."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.plaza.markup import number
from adapters.plaza.names import folded, skeleton
from adapters.plaza.scopes import allows
from adapters.plaza.store import tokens
from adapters.plaza.store.access import digest
from adapters.plaza.store.reach import Viewer, hidden, listed_to
from adapters.plaza.store.rows import Member, Seen, member
from adapters.plaza.store.tables import (
    bookmark,
    boost,
    favourite,
    follow,
    insert_or_ignore,
    next_change,
    notification,
    person,
    post,
    quota,
)
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary
from bridgebot.model import Account

DAY = timedelta(days=1)


def join(connection: sa.Connection, now: datetime, name: str, token: str) -> Member:
    """Make an account. Raises Rejected where the name, or one that looks like it, was ever given."""
    made = insert_or_ignore(
        connection,
        person,
        name=name,
        skeleton=skeleton(name),
        token=digest(token),
        locked=False,
        suspended=False,
        posts=0,
        created_at=now,
    )
    if not made:
        raise Rejected("plaza-name-taken", name=name)
    return named(connection, name)


def prove(connection: sa.Connection, account: Account, scope: str) -> Member:
    """The person whose account this is, by the account's own key, which may do everything, or by a token
    with this scope. Raises AuthExpired for credentials that are not theirs or not for this.
    """
    row = connection.execute(sa.select(person).where(person.c.id == number(account.id))).one_or_none()
    if row is None:
        raise AuthExpired()
    if not _is_key(row, account):
        held = tokens.holder(connection, account.credentials)
        if held is None or held.member.id != row.id:
            raise AuthExpired()
        if not allows(held.scopes, scope):
            raise AuthExpired("plaza-scope-missing")
    return member(row)


def _is_key(row: Any, account: Account) -> bool:
    return row.token is not None and hmac.compare_digest(row.token, digest(account.credentials))


def holds_key(connection: sa.Connection, account: Account) -> bool:
    """Whether these are the account's own key, not a token."""
    row = connection.execute(sa.select(person).where(person.c.id == number(account.id))).one_or_none()
    return row is not None and _is_key(row, account)


def acting(connection: sa.Connection, account: Account, scope: str) -> Member:
    """As `prove`, for something that others will see. Raises Rejected for a suspended account."""
    me = prove(connection, account, scope)
    if me.suspended:
        raise Rejected("plaza-suspended")
    return me


def named(connection: sa.Connection, handle: str, *, suspended: bool = False) -> Member:
    """The person of that name. Raises TargetGone; with `suspended` also those are found."""
    query = sa.select(person).where(person.c.name == folded(handle), person.c.closed_at.is_(None))
    row = connection.execute(query).one_or_none()
    if row is None or (row.suspended and not suspended):
        raise TargetGone("plaza-nobody", name=folded(handle))
    return member(row)


def with_names(connection: sa.Connection, names: frozenset[str]) -> dict[str, int]:
    """Which of the names somebody has, and who."""
    query = sa.select(person.c.name, person.c.id).where(person.c.name.in_(names), ~hidden(person.c.id))
    return {row.name: row.id for row in connection.execute(query)}


# --- as seen by others -------------------------------------------------------------------------


def seen(connection: sa.Connection, viewer: Viewer, other: Member) -> Seen:
    """A person with what may be counted for this viewer."""

    def count(table: sa.Table, *where: Any) -> int:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()
        )

    mine = (follow.c.person_id == viewer, follow.c.target_id == other.id, ~follow.c.accepted)
    return Seen(
        member=other,
        followers=count(
            follow, follow.c.target_id == other.id, follow.c.accepted, ~hidden(follow.c.person_id)
        ),
        following=count(
            follow, follow.c.person_id == other.id, follow.c.accepted, ~hidden(follow.c.target_id)
        ),
        posts=count(post, post.c.person_id == other.id, listed_to(viewer)),
        pending=viewer is not None and count(follow, *mine) > 0,
    )


# --- following ---------------------------------------------------------------------------------


def follow_on(connection: sa.Connection, now: datetime, me: Member, other: Member, per_day: int) -> None:
    """Follow, or ask to. A repetition changes nothing. Raises Rejected for oneself and beyond the quota."""
    if me.id == other.id:
        raise Rejected("plaza-follow-self")
    accepted = not other.locked
    if not insert_or_ignore(
        connection, follow, person_id=me.id, target_id=other.id, accepted=accepted, at=now
    ):
        return
    if spend(connection, now, me, Budget("follow", per_day, DAY)):
        raise Rejected("plaza-follows-spent", limit=per_day)
    notify(connection, now, other.id, "follow" if accepted else "follow-request", me.id)


def follow_off(connection: sa.Connection, me: Member, other: Member) -> None:
    connection.execute(sa.delete(follow).where(_follow(me.id, other.id)))


def lock(connection: sa.Connection, me: Member, on: bool) -> None:
    """Requests that wait go on waiting when the lock is taken off."""
    connection.execute(sa.update(person).where(person.c.id == me.id).values(locked=on))


def requests(connection: sa.Connection, me: Member) -> tuple[Member, ...]:
    """Who waits to be let in, those who came first before the others."""
    query = (
        sa.select(person)
        .join(follow, follow.c.person_id == person.c.id)
        .where(follow.c.target_id == me.id, ~follow.c.accepted, ~hidden(person.c.id))
        .order_by(follow.c.at, person.c.id)
    )
    return tuple(member(row) for row in connection.execute(query))


def approve(connection: sa.Connection, me: Member, other: Member, on: bool) -> None:
    """Let a follower in, or out again. Raises TargetGone where nobody asked."""
    asked = _follow(other.id, me.id)
    if not on:
        connection.execute(sa.delete(follow).where(asked))
    elif connection.execute(sa.update(follow).where(asked).values(accepted=True)).rowcount == 0:
        raise TargetGone("plaza-no-request", name=other.name)


def _follow(who: int, whom: int) -> sa.ColumnElement[bool]:
    return sa.and_(follow.c.person_id == who, follow.c.target_id == whom)


def notify(connection: sa.Connection, now: datetime, whom: int, kind: str, by: int, subject: int = 0) -> None:
    """Tell a person, once: taking a favourite back and giving it again is no news."""
    if whom != by:
        insert_or_ignore(
            connection,
            notification,
            person_id=whom,
            kind=kind,
            by_id=by,
            subject=subject,
            seq=next_change(connection),
            at=now,
        )


# --- leaving -----------------------------------------------------------------------------------


def close(connection: sa.Connection, now: datetime, me: Member) -> tuple[int, ...]:
    """Close an account for good: everything of it goes, only the name stays taken. Returns the posts."""
    mine = post.c.person_id == me.id
    standing = sa.and_(mine, post.c.deleted_at.is_(None))
    gone = tuple(connection.execute(sa.select(post.c.id).where(standing)).scalars())
    closed = {"token": None, "closed_at": now, "locked": False}
    connection.execute(sa.update(person).where(person.c.id == me.id).values(closed))
    wiped = {"text": "", "warning": None, "language": None, "deleted_at": now}
    connection.execute(sa.update(post).where(standing).values(wiped))
    _part(connection, me)
    tokens.end_all(connection, now, me)
    renew(connection, me)
    return gone


def _part(connection: sa.Connection, me: Member) -> None:
    """Undo what a person did to others. Who followed goes on doing so: it is how they hear of the end."""
    for table in (favourite, bookmark, quota):
        connection.execute(sa.delete(table).where(table.c.person_id == me.id))
    connection.execute(sa.delete(follow).where(follow.c.person_id == me.id))
    told = (notification.c.by_id == me.id) | (notification.c.person_id == me.id)
    connection.execute(sa.delete(notification).where(told))
    connection.execute(sa.update(boost).where(boost.c.person_id == me.id).values(live=False))


def renew(connection: sa.Connection, author: Member) -> None:
    """Give every post of a person a new place in the order of changes, so that timelines tell of it."""
    highest = connection.execute(sa.select(sa.func.max(post.c.id))).scalar_one() or 0
    start = next_change(connection, highest) - highest
    mine = post.c.person_id == author.id
    connection.execute(sa.update(post).where(mine).values(seq=start + post.c.id))


# --- quotas ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of something one person may do."""

    kind: str
    limit: int
    span: timedelta


def spend(connection: sa.Connection, now: datetime, me: Member, budget: Budget) -> timedelta | None:
    """Note one more; returns None, or how long it takes until there is room again (nothing is noted)."""
    mine = sa.and_(quota.c.person_id == me.id, quota.c.kind == budget.kind)
    insert_or_ignore(connection, quota, person_id=me.id, kind=budget.kind, since=now, spent=0)
    connection.execute(
        sa.update(quota).where(mine, quota.c.since <= now - budget.span).values(since=now, spent=0)
    )
    room = sa.update(quota).where(mine, quota.c.spent < budget.limit).values(spent=quota.c.spent + 1)
    if connection.execute(room).rowcount:
        return None
    since: datetime = connection.execute(sa.select(quota.c.since).where(mine)).scalar_one()
    return since + budget.span - now


def spend_post(connection: sa.Connection, now: datetime, me: Member, per_hour: int) -> None:
    """Raises Temporary, with the time until the hour is over."""
    wait = spend(connection, now, me, Budget("post", per_hour, timedelta(hours=1)))
    if wait is not None:
        raise Temporary("plaza-posts-spent", retry_after=wait.total_seconds(), limit=per_hour)
