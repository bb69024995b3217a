"""Users who asked to be forgotten, and how far that is: a restart goes on where it stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import deliveries
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.rows import Delivery, Row, many, one
from bridgebot.store.tx import Tx

ROLE = "leaving"  # of a user meanwhile: nothing that they write acts any more
LEAVING = "leaving"  # whom `Store.listen` wakes
TRACES = ("", "traces")  # a key of `adapter_state`: rows were erased whose bytes may stand in the file still

leaving = sa.Table(
    "leaving",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),  # where the last word is said
    sa.Column("state", sa.Text, nullable=False),  # deleting, parting, saying, erasing
    sa.Column("posts", sa.Boolean, nullable=False),  # whether their posts on networks are deleted too
    sa.Column("begun_at", t.Time, nullable=False),
    sa.Column("until", t.Time, nullable=False),  # so long this state may take
)

_D = t.delivery.c


class Leaving(Row, frozen=True):
    user_id: int
    chat_id: int
    state: str
    posts: bool
    begun_at: datetime
    until: datetime


def begin(tx: Tx, now: datetime, user_id: int, chat_id: int, *, posts: bool, until: datetime) -> bool:
    """Note it; False where it was noted before."""
    values = {"user_id": user_id, "chat_id": chat_id, "state": "deleting", "posts": posts}
    begun = tx.insert_or_ignore(leaving, values | {"begun_at": now, "until": until})
    tx.change(t.user, user_id, role=ROLE, paused_at=None)
    asked = (t.question.c.user_id == user_id, t.question.c.state == "open")
    tx.update(t.question, *asked, state="answered")
    tx.update(t.link_request, t.link_request.c.user_id == user_id, state="ended")
    tx.news.add(LEAVING)
    return begun


def all_(tx: Tx) -> list[Leaving]:
    return many(tx.connection, Leaving, sa.select(leaving).order_by(leaving.c.begun_at))


def of(tx: Tx, user_id: int) -> Leaving | None:
    return one(tx.connection, Leaving, sa.select(leaving).where(leaving.c.user_id == user_id))


def go_on(tx: Tx, user_id: int, state: str, until: datetime) -> None:
    tx.update(leaving, leaving.c.user_id == user_id, state=state, until=until)


# --- what is still to be done out there ---


def own_chats(user_id: int) -> sa.Select[Any]:
    """The ids of the user's direct chats."""
    persons = sa.select(t.person.c.id).where(t.person.c.user_id == user_id)
    return sa.select(t.chat.c.id).where(t.chat.c.direct, t.chat.c.person_id.in_(persons))


def waiting(tx: Tx, user_id: int) -> list[Delivery]:
    """What of this user waits to go to a network."""
    where = (_D.user_id == user_id, _D.account_id.is_not(None), _D.state.in_(("queued", "held", "parked")))
    return many(tx.connection, Delivery, sa.select(t.delivery).where(*where).order_by(_D.id))


def under_way(tx: Tx, user_id: int, *actions: str) -> int:
    """How many of the user's deliveries are being sent, or wait to be and are one of these."""
    queued = sa.and_(_D.state == "queued", _D.action.in_(actions))
    mine = sa.and_(_D.user_id == user_id, _D.ended_at.is_(None))
    query = sa.select(sa.func.count()).where(mine, sa.or_(_D.state == "sending", queued))
    return int(tx.scalar(query))


def numbers(tx: Tx, user_id: int) -> dict[str, int]:
    """What goes, counted."""

    def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.user_id == user_id, *where)
        return int(tx.scalar(query))

    return {
        "posts": count(t.post, ~t.post.c.memo, t.post.c.deleted_at.is_(None)),
        "memos": count(t.post, t.post.c.memo, t.post.c.deleted_at.is_(None)),
        "accounts": count(t.account, t.account.c.state != "unlinked"),
        "routes": count(t.route, t.route.c.state == "active"),
        "waiting": deliveries.open_of(tx, user_id),
    }


def published(tx: Tx, user_id: int, most: int) -> list[int]:
    """The newest posts that the bot put on networks for this user and that nobody has deleted."""
    made = (_D.user_id == user_id, _D.account_id.is_not(None), _D.action == "create", _D.state == "sent")
    there = sa.select(_D.post_id).where(*made)
    where = (t.post.c.user_id == user_id, t.post.c.deleted_at.is_(None), t.post.c.id.in_(there))
    return tx.scalars(sa.select(t.post.c.id).where(*where).order_by(t.post.c.id.desc()).limit(most))


def shown_to_others(tx: Tx, user_id: int, accounts: list[int], most: int) -> list[Delivery]:
    """What brought posts of these accounts into chats of others, and has not been taken away there."""
    later, copy = t.delivery.alias("later"), t.copy
    taken = sa.exists().where(later.c.after_id == _D.id, later.c.action == "delete")
    of_these = sa.select(copy.c.post_id).where(copy.c.account_id.in_(accounts), copy.c.post_id == _D.post_id)
    mine = sa.select(t.post.c.id).where(t.post.c.user_id == user_id)
    where = (
        _D.post_id.in_(mine),
        _D.action == "create",
        _D.chat_id.is_not(None),
        _D.chat_id.not_in(own_chats(user_id)),
        _D.state.not_in(("failed", "cancelled")),
        sa.exists(of_these),
        ~taken,
    )
    return many(tx.connection, Delivery, sa.select(t.delivery).where(*where).limit(most))


def accounts(tx: Tx, user_id: int) -> list[int]:
    """Those whose credentials are still kept here."""
    where = (t.account.c.user_id == user_id, t.account.c.state != "unlinked")
    return tx.scalars(sa.select(t.account.c.id).where(*where))


def unheard(tx: Tx, user_id: int) -> list[str]:
    """The handles of accounts whose networks did not say that the access is given back."""
    of = t.delivery.join(t.account, t.account.c.id == _D.account_id)
    asked = (_D.user_id == user_id, _D.action == "unlink", _D.once.like("forget:%"), _D.state != "sent")
    return tx.scalars(sa.select(t.account.c.handle).select_from(of).where(*asked).order_by(t.account.c.id))
