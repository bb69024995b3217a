"""Browsers in which somebody is signed in, and the addresses that sign one in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.access import digest, session, signin
from adapters.plaza.store.rows import Member, member
from adapters.plaza.store.tables import person

ADDRESS_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=30)
BROWSER_AT_MOST = 200  # characters of what a browser calls itself


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    id: int
    member: Member
    browser: str
    created_at: datetime


def offer(connection: sa.Connection, now: datetime, me: Member, secret: str) -> None:
    """Keep an address that signs one browser in; addresses and sessions whose time is over go."""
    connection.execute(sa.delete(session).where(session.c.created_at <= now - SESSION_LIFE))
    connection.execute(sa.delete(signin).where(signin.c.created_at <= now - ADDRESS_LIFE))
    connection.execute(sa.insert(signin).values(digest=digest(secret), person_id=me.id, created_at=now))


def offered_to(connection: sa.Connection, now: datetime, secret: str) -> Member | None:
    """Who would be signed in by this address; None for one that was used, is too old, or never was."""
    query = sa.select(person).join(signin, signin.c.person_id == person.c.id)
    row = connection.execute(query.where(*_good(now, secret), ~person.c.suspended)).one_or_none()
    return None if row is None else member(row)


def begin(connection: sa.Connection, now: datetime, address: str, cookie: str, browser: str) -> Member | None:
    """Use an address up, and sign in the browser that will show this cookie; None as above."""
    who = offered_to(connection, now, address)
    used = connection.execute(sa.delete(signin).where(*_good(now, address))).rowcount
    if who is None or used == 0:
        return None
    connection.execute(
        sa.insert(session).values(
            digest=digest(cookie), person_id=who.id, browser=browser[:BROWSER_AT_MOST], created_at=now
        )
    )
    return who


def _good(now: datetime, secret: str) -> tuple[sa.ColumnElement[bool], ...]:
    return signin.c.digest == digest(secret), signin.c.created_at > now - ADDRESS_LIFE


def signed_in(connection: sa.Connection, now: datetime, cookie: str) -> Session | None:
    """Who is signed in in the browser that shows this cookie."""
    mine = (session.c.digest == digest(cookie), *_alive(now))
    row = connection.execute(_SESSIONS.where(*mine, ~person.c.suspended)).one_or_none()
    return None if row is None else _session(row)


def of_person(connection: sa.Connection, now: datetime, me: Member) -> tuple[Session, ...]:
    """The browsers in which a person is signed in, the newest first."""
    query = _SESSIONS.where(session.c.person_id == me.id, *_alive(now)).order_by(session.c.id.desc())
    return tuple(_session(row) for row in connection.execute(query))


def end(connection: sa.Connection, now: datetime, me: Member, session_id: int) -> None:
    """Sign a browser of one's own out."""
    mine = (session.c.id == session_id, session.c.person_id == me.id, session.c.ended_at.is_(None))
    connection.execute(sa.update(session).where(*mine).values(ended_at=now))


def _alive(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return session.c.ended_at.is_(None), session.c.created_at > now - SESSION_LIFE


_SESSIONS = sa.select(
    person,
    session.c.id.label("session_id"),
    session.c.browser,
    session.c.created_at.label("began_at"),
).join(session, session.c.person_id == person.c.id)


def _session(row: Any) -> Session:
    return Session(row.session_id, member(row), row.browser, row.began_at)
