"""The table of attempts to link an account: `store.links` says what their states mean."""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store.columns import Sealed, Time, metadata

link_request = sa.Table(
    "link_request",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("progress", Sealed, nullable=False),  # all that the attempt must remember
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("page", sa.Text, index=True, unique=True),  # digest of what the address in the chat ends in
    sa.Column("back", sa.Text, index=True, unique=True),  # digest of what its redirect is known by
    sa.Column("browser", sa.Text),  # digest of the cookie of the one browser that may go on
    sa.Column("tries", sa.Integer, nullable=False),  # wrong codes that were typed
    sa.Column("expires_at", Time, nullable=False),
)

UNDER_WAY = link_request.c.state.not_in(("done", "ended"))
sa.Index("ix_link_request_open", link_request.c.expires_at, sqlite_where=UNDER_WAY)
