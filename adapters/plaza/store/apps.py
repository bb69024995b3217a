"""Programs that were introduced, and how one proves that it is the one."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.access import app, code, digest, token

ENDED = timedelta(days=30)  # a token that ended is forgotten after it
UNUSED = timedelta(days=1)  # an app that nobody let in is forgotten after it


@dataclass(frozen=True, slots=True)
class NewApp:
    """How a program introduces itself; checked already."""

    name: str
    website: str | None
    redirects: tuple[str, ...]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class App:
    """A program that was introduced."""

    id: int
    client_id: str
    name: str
    website: str | None
    redirects: tuple[str, ...]
    scopes: frozenset[str]


def register(connection: sa.Connection, now: datetime, new: NewApp, client_id: str, secret: str) -> App:
    """Make an app, and forget those that nobody let in."""
    _tidy(connection, now)
    connection.execute(
        sa.insert(app).values(
            client_id=client_id,
            secret=digest(secret),
            name=new.name,
            website=new.website,
            redirects="\n".join(new.redirects),
            scopes=" ".join(sorted(new.scopes)),
            created_at=now,
        )
    )
    made = known(connection, client_id)
    assert made is not None
    return made


def _tidy(connection: sa.Connection, now: datetime) -> None:
    connection.execute(sa.delete(code).where(code.c.created_at <= now - UNUSED))
    connection.execute(sa.delete(token).where(token.c.revoked_at <= now - ENDED))
    used = app.c.id.in_(sa.select(token.c.app_id)) | app.c.id.in_(sa.select(code.c.app_id))
    connection.execute(sa.delete(app).where(app.c.created_at <= now - UNUSED, ~used))


def known(connection: sa.Connection, client_id: str) -> App | None:
    """The app of this id."""
    row = connection.execute(sa.select(app).where(app.c.client_id == client_id)).one_or_none()
    return None if row is None else _app(row)


def proven(connection: sa.Connection, client_id: str, secret: str | None) -> App | None:
    """The app of this id; None also where a secret is given and is not its own."""
    row = connection.execute(sa.select(app).where(app.c.client_id == client_id)).one_or_none()
    if row is None or (secret is not None and not hmac.compare_digest(row.secret, digest(secret))):
        return None
    return _app(row)


def _app(row: Any) -> App:
    redirects, scopes = tuple(row.redirects.split("\n")), frozenset(row.scopes.split())
    return App(row.id, row.client_id, row.name, row.website, redirects, scopes)
