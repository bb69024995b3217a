"""Tables of what lets programs and browsers in. Of every secret only the SHA-256 is kept."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from adapters.plaza.store.tables import Time, metadata


def digest(secret: str) -> str:
    """What is stored of a secret. A random one of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()  # a header may hold any byte


def _of(name: str, table: str, **options: object) -> sa.Column[int]:
    return sa.Column(name, sa.ForeignKey(f"{table}.id"), nullable=False, **options)  # type: ignore[arg-type]


# A program, as it introduced itself. Those that nobody let in within a day are removed.
app = sa.Table(
    "plaza_app",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("client_id", sa.Text, nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("website", sa.Text),
    sa.Column("redirects", sa.Text, nullable=False),  # one address on each line
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
)

# A person's yes, on its way to the app. A used one stays for a day, so that a second use is known for one.
code = sa.Table(
    "plaza_code",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _of("app_id", "plaza_app"),
    _of("person_id", "plaza_person", index=True),
    sa.Column("redirect", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("challenge", sa.Text),  # of PKCE, S256
    sa.Column("created_at", Time, nullable=False),
    sa.Column("used_at", Time),
)

# What an app shows to act for a person.
token = sa.Table(
    "plaza_token",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    _of("app_id", "plaza_app", index=True),
    _of("person_id", "plaza_person", index=True),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False, index=True),  # the digest of the code that it was given for
    sa.Column("created_at", Time, nullable=False),
    sa.Column("used_at", Time),
    sa.Column("revoked_at", Time),
)

# A browser in which somebody is signed in.
session = sa.Table(
    "plaza_session",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    _of("person_id", "plaza_person", index=True),
    sa.Column("browser", sa.Text, nullable=False),  # what it calls itself
    sa.Column("created_at", Time, nullable=False),
    sa.Column("ended_at", Time),
)

# An address, told in the person's chat, that signs one browser in.
signin = sa.Table(
    "plaza_signin",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _of("person_id", "plaza_person", index=True),
    sa.Column("created_at", Time, nullable=False),
)
