"""The whole schema. What is encrypted has the type `Sealed`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bridgebot.store.attempts import link_request as link_request
from bridgebot.store.columns import Json, Sealed, metadata
from bridgebot.store.columns import Time as Time
from bridgebot.store.tables_of_operators import announcement as announcement
from bridgebot.store.tables_of_operators import audit as audit
from bridgebot.store.tables_of_operators import figure as figure
from bridgebot.store.tables_of_operators import guess as guess
from bridgebot.store.tables_of_operators import invite as invite
from bridgebot.store.tables_of_operators import quota as quota
from bridgebot.store.tables_of_operators import visit as visit
from bridgebot.store.tables_of_people import alias as alias
from bridgebot.store.tables_of_people import happening as happening
from bridgebot.store.tables_of_people import mute as mute
from bridgebot.store.tables_of_people import reached as reached


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _ref(table: str, *, null: bool = False, name: str | None = None, index: bool = False) -> sa.Column[int]:
    return sa.Column(name or f"{table}_id", sa.ForeignKey(f"{table}.id"), nullable=null, index=index)


def _stands(state: str) -> Any:
    """A constant that stands in the text of a statement: only so is it seen that an index holds."""
    return sa.literal(state, literal_execute=True)


def _partial(name: str, where: sa.ColumnElement[bool], *columns: sa.Column[Any]) -> None:
    """An index of few rows among very many. What PostgreSQL is told stands in the migrations alone: said
    here, it would have its dialect imported, which takes 2 MiB.
    """
    sa.Index(f"ix_{columns[0].table.name}_{name}", *columns, sqlite_where=where)


user = sa.Table(
    "user",
    metadata,
    _id(),
    sa.Column("role", sa.Text, nullable=False),  # user, operator, blocked
    sa.Column("role_by", sa.Text),  # what made an operator one: list, claim, promotion
    sa.Column("language", sa.Text),  # chosen by the person; None: what the chat network reports
    sa.Column("timezone", sa.Text),
    sa.Column("plain", sa.Text),  # what plain text is: post, ask, command; None: not asked yet
    sa.Column("asks_left", sa.Integer, nullable=False),  # of the first posts, shown before they leave
    sa.Column("quiet", sa.Text),  # 22:00-07:00
    sa.Column("next_audience", sa.Text),  # for the next post only
    sa.Column("next_warning", sa.Text),
    sa.Column("next_language", sa.Text),
    sa.Column("describes", sa.Boolean),  # wants to be asked for descriptions of pictures
    sa.Column("reacts", sa.Boolean),  # lets reactions to what the bot shows set marks
    sa.Column("paused_at", Time),
    sa.Column("created_at", Time, nullable=False, index=True),
)

person = sa.Table(
    "person",
    metadata,
    _id(),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    _ref("user", null=True, index=True),  # None: a stranger
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("answered_at", Time),  # when a stranger was last told that they are one
    sa.UniqueConstraint("adapter", "native_id"),
)

chat = sa.Table(
    "chat",
    metadata,
    _id(),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("direct", sa.Boolean, nullable=False),
    sa.Column("broadcast", sa.Boolean),  # set: a channel, what stands there is of no person
    sa.Column("title", sa.Text, nullable=False),
    _ref("person", null=True, index=True),  # whose direct chat it is
    sa.Column("open", sa.Boolean, nullable=False),  # False: the bot is not in it any more
    sa.Column("off_at", Time),  # set by /off: nothing is delivered here, it is kept
    sa.Column("replies_at", Time),  # set: a group's administrators let native answers publish
    sa.Column("digest_at", Time),  # set: more came than the chat can carry, so items are gathered
    sa.Column("pictures", sa.Boolean),  # False: told by their addresses alone; None: nobody said so
    sa.UniqueConstraint("adapter", "native_id", "topic"),
)

account = sa.Table(
    "account",
    metadata,
    _id(),
    _ref("user", index=True),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("server", sa.Text, nullable=False),
    sa.Column("host", sa.Text),  # where it is kept, where that is not its server
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("name", sa.Text, nullable=False),  # the user's own short name for it, `plaza`
    sa.Column("credentials", Sealed, nullable=False),
    sa.Column("begun_with", Sealed),  # the first answer when it was linked, for the next time
    sa.Column("limits", Json, nullable=False),
    sa.Column("scopes", Json, nullable=False),  # what the network granted, in its own words
    sa.Column("state", sa.Text, nullable=False),  # active, expired, unlinked
    sa.Column("created_at", Time, nullable=False),
    sa.UniqueConstraint("user_id", "adapter", "server", "native_id"),
    sa.Index("ix_account_state", "adapter", "state", "server"),
)

timeline = sa.Table(
    "timeline",
    metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("server", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("argument", sa.Text, nullable=False),  # of a feed only a mark: see `address`
    sa.Column("address", Sealed),  # a feed's argument: it may hold a password
    _ref("account", null=True, index=True),  # who reads it; None: anybody
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("cursor", sa.Text),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("held", sa.Text),  # why it is not read: auth, gone
)

route = sa.Table(
    "route",
    metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # source>target
    _ref("user", index=True),
    sa.Column("verb", sa.Text, nullable=False),  # default, follow, mirror, sync
    _ref("timeline", null=True, index=True),
    _ref("chat", null=True, name="source_chat_id", index=True),
    _ref("chat", null=True, index=True),
    _ref("account", null=True, index=True),
    sa.Column("filters", Json, nullable=False),
    sa.Column("since", Time, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # active, paused, ended
    sa.Column("picky", sa.Boolean),  # set: posts are weighed for it one by one
    sa.Column("carried", Json(none_as_null=True)),  # with a cap: when it carried what in the last hour
)

_partial("picky", route.c.picky.is_not(None), route.c.timeline_id)  # beside thousands of chats

news = sa.Table(  # timelines whose row, or the routes from it, changed: see `store.news`
    "news",
    metadata,
    _id(),
    sa.Column("timeline_id", sa.Integer, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice
)

post = sa.Table(
    "post",
    metadata,
    _id(),
    _ref("user", null=True),  # set: written by this user
    sa.Column("adapter", sa.Text, nullable=False),  # where it was first met
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author_handle", sa.Text, nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("warning", sa.Text),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("spans", Json),  # emphasis in the text: [start, end, kind, url]
    sa.Column("media", Json),  # [kind, url, description]
    sa.Column("files", Json),  # what its writer put beside it in a chat, as `model.Enclosure`
    sa.Column("poll", Json(none_as_null=True)),  # as `model.Poll`, without what somebody chose
    sa.Column("quote", Json(none_as_null=True)),  # as `model.Quote`, and `post`: its row here, if it has one
    sa.Column("uri", sa.Text, unique=True),
    sa.Column("url", sa.Text),
    _ref("post", null=True, name="parent_id"),
    sa.Column("memo", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # counts edits
    sa.Column("created_at", Time, nullable=False),
    sa.Column("edited_at", Time),
    sa.Column("deleted_at", Time),
    sa.Column("awaits", sa.Text),  # realm and id of what it answers, while that is not known here
)

copy = sa.Table(
    "copy",
    metadata,
    _id(),
    _ref("post"),
    sa.Column("role", sa.Text, nullable=False),  # original, mirror, receipt
    sa.Column("realm", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("adapter", sa.Text, nullable=False),
    _ref("chat", null=True),
    _ref("account", null=True),  # whose it is, for a copy on a social network
    _ref("delivery", null=True),  # that made it; None: it was met
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the post that it shows
    sa.Column("url", sa.Text),
    sa.Column("gone_at", Time),
    sa.Column("met_at", Time),  # when somebody was first seen to like or boost it there
    sa.UniqueConstraint("realm", "native_id"),
    sa.Index("ix_copy_post", "post_id", "realm"),
)

sighting = sa.Table(
    "sighting",
    metadata,
    _ref("timeline"),
    _ref("post", index=True),
    sa.Column("seen_at", Time, nullable=False),
    sa.PrimaryKeyConstraint("timeline_id", "post_id"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    _id(),
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    _ref("chat", null=True),
    _ref("user", null=True),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # done, failed
    sa.Column("problem", sa.Text),
    sa.Column("fingerprint", sa.Text),  # of the text, to notice it twice; of a reaction the emoji that act
    sa.Column("kept", Sealed),  # what came, where the adapter could not read it or it is read in a moment
    sa.Column("sent_at", Time),
    sa.Column("received_at", Time, nullable=False),
    _ref("inbox", null=True, name="undone_by"),
    sa.UniqueConstraint("adapter", "event"),
    sa.Index("ix_inbox_chat", "chat_id", "received_at"),
)

_partial("undone_by", inbox.c.undone_by.is_not(None), inbox.c.undone_by)
_partial("strangers", inbox.c.user_id.is_(None), inbox.c.received_at)  # what is not kept for ever
_partial("reactions", inbox.c.kind == _stands("reaction"), inbox.c.chat_id, inbox.c.native_id)

delivery = sa.Table(
    "delivery",
    metadata,
    _id(),
    sa.Column("once", sa.Text, unique=True),  # what must not be queued a second time
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    _ref("delivery", null=True, name="after_id"),
    _ref("post", null=True, index=True),
    _ref("chat", null=True),  # by its lane it is found, as an account is
    _ref("account", null=True),
    _ref("route", null=True),
    _ref("inbox", null=True, name="cause_id"),
    _ref("user", null=True),
    _ref("digest", null=True),  # that keeps it until somebody asks for it
    sa.Column("arguments", Json, nullable=False),
    sa.Column("result", Json),
    sa.Column("error", Json),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),  # of the lane's lease under which it was claimed
    sa.Column("due_at", Time, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("ended_at", Time),
    sa.Column("nameless_at", Time),  # when a person said that it is out; nobody knows as what
)

for _column in (post.c.user_id, post.c.parent_id, post.c.awaits, copy.c.account_id, copy.c.delivery_id):
    _partial(_column.name, _column.is_not(None), _column)
for _column in (delivery.c.after_id, delivery.c.cause_id):
    _partial(_column.name, _column.is_not(None), _column)

# What waits, in its order: an entry goes when it does.
QUEUED = delivery.c.state == _stands("queued")
# What was begun, or waits for somebody's word. An index of all that has not ended, or of all states, would
# be written for each of the ten thousand chats that a post is queued for.
STANDING = sa.and_(delivery.c.ended_at.is_(None), delivery.c.state != _stands("queued"))
# To go through all of either. That no lane and no state is empty is said because SQLite, which knows nothing
# of how few they are, would else rather read the whole table.
ALL_QUEUED = sa.and_(QUEUED, delivery.c.lane > _stands(""))
NOT_ENDED = sa.or_(ALL_QUEUED, sa.and_(STANDING, delivery.c.state > _stands("")))
_partial("lane", QUEUED, delivery.c.lane, delivery.c.urgency)
_partial("standing", STANDING, delivery.c.state, delivery.c.created_at)
_partial("nameless", delivery.c.nameless_at.is_not(None), delivery.c.account_id)
_partial("kept", delivery.c.digest_id.is_not(None), delivery.c.chat_id)

digest = sa.Table(
    "digest",
    metadata,
    _id(),
    sa.Column("token", sa.Text, nullable=False, unique=True),  # what its button carries
    _ref("chat", index=True),
    sa.Column("since", Time, nullable=False),  # when the first of its items came
    sa.Column("until", Time, nullable=False),  # when they were gathered
)

part = sa.Table(
    "part",
    metadata,
    _ref("delivery"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("payload", Json, nullable=False),
    sa.Column("native_ids", Json),  # set: the network has it
    sa.PrimaryKeyConstraint("delivery_id", "number"),
)

lane = sa.Table(
    "lane",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("realm", sa.Text, nullable=False),  # what its calls go to: a chat adapter, or a server
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("leased_until", Time),
    sa.Column("wait_until", Time),
    sa.Column("held", sa.Text),  # why nothing leaves: auth, gone
    sa.Column("due_at", Time),  # when to look at it: something may go, or a lease ends; None: nothing waits
    sa.Column("urgency", sa.Integer, nullable=False),  # of the most urgent that waits
)

_partial("urgency", lane.c.due_at.is_not(None), lane.c.urgency, lane.c.due_at, lane.c.realm)

short_id = sa.Table(
    "short_id",
    metadata,
    _ref("chat"),
    sa.Column("n", sa.Integer, nullable=False),
    _ref("post"),
    sa.PrimaryKeyConstraint("chat_id", "n"),
    sa.UniqueConstraint("chat_id", "post_id"),
)

question = sa.Table(
    "question",
    metadata,
    _id(),
    sa.Column("token", sa.Text, nullable=False, unique=True),  # what its buttons carry
    _ref("chat"),
    _ref("user"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("arguments", Sealed, nullable=False),  # may hold what a step of linking keeps
    sa.Column("options", Json, nullable=False),  # keys of the answers; empty: any text is one
    _ref("inbox", null=True, name="cause_id"),
    sa.Column("state", sa.Text, nullable=False),  # open, answered, expired
    sa.Column("expires_at", Time, nullable=False),
)

_partial("cause_id", question.c.cause_id.is_not(None), question.c.cause_id)
_partial("open", question.c.state == "open", question.c.chat_id)

button = sa.Table(
    "button",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),  # what the buttons under one message carry
    _ref("chat"),
    _ref("post"),
    sa.Column("kind", sa.Text, nullable=False),  # item, receipt: what the message is
    sa.UniqueConstraint("chat_id", "post_id", "kind"),
)

budget = sa.Table(
    "budget",
    metadata,
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("server", sa.Text, nullable=False),  # of an account; "": of a chat, or of the bot itself
    sa.Column("place", sa.Text, nullable=False),  # native id of the chat or account; "": all of them
    sa.Column("rate", sa.Text, nullable=False),  # the declared rate's name
    sa.Column("next_at", Time, nullable=False),  # when the next call would be due if all came evenly
    sa.Column("held_until", Time),  # the network said so: nothing before
    sa.PrimaryKeyConstraint("adapter", "server", "place", "rate"),
)

adapter_state = sa.Table(
    "adapter_state",
    metadata,
    sa.Column("adapter", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("value", Sealed, nullable=False),
    sa.PrimaryKeyConstraint("adapter", "key"),
)

health = sa.Table(
    "health",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # of an adapter
    sa.Column("state", sa.Text, nullable=False),  # up, starting, down, aside
    sa.Column("since", Time, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("seen_at", Time, nullable=False),
)
