"""Codes and tokens: a person's yes to an app, what the app gets for it, and how that ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.access import app, code, digest, session, signin, token
from adapters.plaza.store.apps import App
from adapters.plaza.store.rows import Member, member
from adapters.plaza.store.tables import person

CODE_LIFE = timedelta(minutes=10)
TOUCH = timedelta(hours=1)  # how exactly it is known when a token was last used
MOST = 50  # tokens of one person at a time; the oldest goes


@dataclass(frozen=True, slots=True)
class Yes:
    """What a person said yes to."""

    app_id: int
    redirect: str
    scopes: frozenset[str]
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an app shows for a token."""

    app: App
    code: str = field(repr=False)
    redirect: str
    answers: str | None  # the challenge that its verifier answers; None: it shows none
    authenticated: bool  # by its secret


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, and what it is for."""

    id: int
    member: Member
    app_id: int
    scopes: frozenset[str]
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A token as its person sees it."""

    id: int
    app: str
    website: str | None
    scopes: frozenset[str]
    created_at: datetime
    used_at: datetime | None


def say_yes(connection: sa.Connection, now: datetime, me: Member, yes: Yes, secret: str) -> None:
    """Keep a person's yes as a code."""
    connection.execute(
        sa.insert(code).values(
            digest=digest(secret),
            app_id=yes.app_id,
            person_id=me.id,
            redirect=yes.redirect,
            scopes=" ".join(sorted(yes.scopes)),
            challenge=yes.challenge,
            created_at=now,
        )
    )


def exchange(connection: sa.Connection, now: datetime, offer: Offer, secret: str) -> frozenset[str] | None:
    """Give a token for a code; returns its scopes, None where the code will not do.

    A code that was used before takes back what it gave: one of the two who showed it had stolen it
    (RFC 6749, 4.1.2). Therefore nothing is raised: that must be committed.
    """
    row = connection.execute(sa.select(code).where(code.c.digest == digest(offer.code))).one_or_none()
    if row is None or row.app_id != offer.app.id:
        return None
    if row.used_at is not None:
        _revoke(connection, now, token.c.code == row.digest)
        return None
    if now - row.created_at >= CODE_LIFE or row.redirect != offer.redirect or not _answers(row, offer):
        return None
    connection.execute(sa.update(code).where(code.c.digest == row.digest).values(used_at=now))
    _give(connection, now, row, secret)
    return frozenset(row.scopes.split())


def _answers(row: Any, offer: Offer) -> bool:
    """Whether the app that shows the code is the one that asked: by PKCE where it began with that, which
    one without a secret must. A verifier without a challenge is a request that was tampered with
    (RFC 9700, 4.8.2).
    """
    if row.challenge is None:
        return offer.authenticated and offer.answers is None
    return bool(offer.answers == row.challenge)


def _give(connection: sa.Connection, now: datetime, row: Any, secret: str) -> None:
    connection.execute(
        sa.insert(token).values(
            digest=digest(secret),
            app_id=row.app_id,
            person_id=row.person_id,
            scopes=row.scopes,
            code=row.digest,
            created_at=now,
        )
    )
    mine = sa.and_(token.c.person_id == row.person_id, token.c.revoked_at.is_(None))
    newest = sa.select(token.c.id).where(mine).order_by(token.c.id.desc()).limit(MOST)
    _revoke(connection, now, mine, token.c.id.not_in(newest))


def holder(connection: sa.Connection, secret: str) -> Holder | None:
    """Whose token this is; None for one that is revoked or never was."""
    query = (
        sa.select(person, token.c.id.label("token_id"), token.c.app_id, token.c.scopes, token.c.used_at)
        .join(token, token.c.person_id == person.c.id)
        .where(token.c.digest == digest(secret), token.c.revoked_at.is_(None))
        .where(person.c.closed_at.is_(None), ~person.c.suspended)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Holder(row.token_id, member(row), row.app_id, frozenset(row.scopes.split()), row.used_at)


def touch(connection: sa.Connection, now: datetime, token_id: int) -> None:
    """Note that a token was used."""
    connection.execute(sa.update(token).where(token.c.id == token_id).values(used_at=now))


def is_stale(used_at: datetime | None, now: datetime) -> bool:
    """Whether it is worth noting that a token was used."""
    return used_at is None or now - used_at >= TOUCH


# --- ends --------------------------------------------------------------------------------------


def revoke(connection: sa.Connection, now: datetime, secret: str, app_id: int) -> bool:
    """Revoke a token that this app was given; False where it is another's. One that is not there is no
    error (RFC 7009).
    """
    this = token.c.digest == digest(secret)
    owner = connection.execute(sa.select(token.c.app_id).where(this)).scalar_one_or_none()
    if owner is not None and owner != app_id:
        return False
    _revoke(connection, now, this)
    return True


def give_back(connection: sa.Connection, now: datetime, secret: str) -> bool:
    """Revoke a token by itself; False where it is none (any more)."""
    return _revoke(connection, now, token.c.digest == digest(secret)) > 0


def revoke_one(connection: sa.Connection, now: datetime, me: Member, token_id: int) -> None:
    """Revoke a token of one's own."""
    _revoke(connection, now, token.c.id == token_id, token.c.person_id == me.id)


def end_all(connection: sa.Connection, now: datetime, who: Member) -> None:
    """Let nothing act for a person any more: no app, no browser, no code or address on its way."""
    _revoke(connection, now, token.c.person_id == who.id)
    mine = sa.and_(session.c.person_id == who.id, session.c.ended_at.is_(None))
    connection.execute(sa.update(session).where(mine).values(ended_at=now))
    for table in (code, signin):
        connection.execute(sa.delete(table).where(table.c.person_id == who.id))


def _revoke(connection: sa.Connection, now: datetime, *which: sa.ColumnElement[bool]) -> int:
    gone = sa.update(token).where(token.c.revoked_at.is_(None), *which)
    return connection.execute(gone.values(revoked_at=now)).rowcount


def of_person(connection: sa.Connection, me: Member) -> tuple[Held, ...]:
    """The apps that act for a person, the newest first."""
    query = (
        sa.select(token, app.c.name, app.c.website)
        .join(app, app.c.id == token.c.app_id)
        .where(token.c.person_id == me.id, token.c.revoked_at.is_(None))
        .order_by(token.c.id.desc())
    )
    return tuple(
        Held(row.id, row.name, row.website, frozenset(row.scopes.split()), row.created_at, row.used_at)
        for row in connection.execute(query)
    )
