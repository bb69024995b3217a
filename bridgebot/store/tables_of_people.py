"""The part of the schema that is about what others do, and what of it was read; `tables` names all of it."""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store.columns import Time, metadata

happening = sa.Table(  # somebody liked, boosted, followed; each of them is told once in a chat
    "happening",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # follow, follow-request, favourite, boost
    sa.Column("about", sa.Text, nullable=False),  # what it happened to: lines are gathered by it
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),  # server and native id
    sa.Column("by_handle", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("seen_at", Time, nullable=False, index=True),
    sa.Column("line_id", sa.ForeignKey("delivery.id"), index=True),  # the notice that tells it
    sa.UniqueConstraint("chat_id", "kind", "about", "by_id"),
)

mute = sa.Table(  # whose posts a user is not shown, whatever a network still gives
    "mute",
    metadata,
    sa.Column("server", sa.Text, primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True, index=True),
    sa.Column("kind", sa.Text, primary_key=True),  # mute, block
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("since", Time, nullable=False),
)

alias = sa.Table(  # what one person is called on several networks, as a user said
    "alias",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False),
    sa.Column("person", sa.Integer, nullable=False),  # counted for each user
    sa.Column("handle", sa.Text, nullable=False),  # in lower case
    sa.UniqueConstraint("user_id", "handle"),
)

reached = sa.Table(  # how far a user has read a timeline on their page: see `store.unread`
    "reached",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column(
        "timeline_id", sa.ForeignKey("timeline.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("at", sa.BigInteger, nullable=False),  # when the last post that was read came, in microseconds
    sa.Column("post", sa.Integer, nullable=False),  # its id
)
