"""As whom a chat knows the writer of a post.

A post of one of our own users was written in a chat, or on another network; whoever follows one of
its copies knows that account alone. What else the writer is stays the writer's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.store.posts import RECEIPT, named_in
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Account, Chat, Copy, Post, one
from bridgebot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Face:
    """A post as one network shows it."""

    adapter: str  # the adapter's name
    handle: str
    url: str | None
    copy: Copy | None = None  # that the chat knows it from; None: it is known by itself


def face(tx: Tx, post: Post, chat: Chat, *, under: Post | None = None) -> Face:
    """The post as the timelines that come into this chat show it; `under` names a reply to it that
    they brought, where they did not bring the post itself.
    """
    copy = _brought(tx, post, chat, post) or (_brought(tx, post, chat, under) if under else None)
    account = _account(tx, copy) if copy is not None else None
    if copy is None or account is None:
        return Face(post.adapter, post.author_handle, post.url)
    return Face(copy.adapter, account.handle, copy.url, copy)


def is_brought(tx: Tx, post: Post, chat: Chat, reader: int) -> bool:
    """Whether a timeline that comes into this chat showed the post, one of this user's or of anybody."""
    return _IS_BROUGHT.value(tx, chat.id, post.id, reader) is not None


def servers(tx: Tx, chat_id: int, post_id: int) -> list[str]:
    """The servers whose timelines showed the post to this chat."""
    return [server for _, server in _SERVERS.rows(tx, chat_id, post_id)]


def last_by(tx: Tx, chat_id: int, handle: str) -> Post | None:
    """The last post by this handle that was shown in this chat."""
    wanted = "@" + handle.lower().lstrip("@")
    by = sa.or_(
        sa.func.lower(t.post.c.author_handle) == wanted, t.post.c.id.in_(_written_as(chat_id, wanted))
    )
    query = named_in(chat_id).where(by, t.post.c.deleted_at.is_(None))
    return one(tx.connection, Post, query.order_by(t.short_id.c.n.desc()))


def _written_as(chat_id: int, handle: str) -> sa.Select[tuple[int]]:
    """The ids of the posts that timelines brought into this chat as those of this account."""
    shown = _sightings(chat_id).subquery()
    here = sa.and_(shown.c.server == t.copy.c.realm, shown.c.post_id == t.copy.c.post_id)
    return (
        sa.select(t.copy.c.post_id)
        .join(t.account, t.account.c.id == t.copy.c.account_id)
        .join(shown, here)
        .where(t.copy.c.role != RECEIPT, sa.func.lower(t.account.c.handle) == handle)
    )


def _brought(tx: Tx, post: Post, chat: Chat, sighted: Post) -> Copy | None:
    """The post's copy on a network whose timeline showed `sighted` to this chat: the newest that stands."""
    return _BROUGHT.one(tx, post.id, chat.id, sighted.id)


def _account(tx: Tx, copy: Copy) -> Account | None:
    return people.account(tx, copy.account_id) if copy.account_id is not None else None


def _sightings(chat_id: Any) -> sa.Select[tuple[int, str]]:
    """What the timelines that come, or came, into this chat have shown."""
    return (
        sa.select(t.sighting.c.post_id, t.timeline.c.server)
        .join(t.timeline, t.timeline.c.id == t.sighting.c.timeline_id)
        .join(t.route, t.route.c.timeline_id == t.timeline.c.id)
        .where(t.route.c.chat_id == chat_id)
    )


def _copy_of(post_id: Any, chat_id: Any, sighted: Any) -> sa.Select[Any]:
    servers = sa.select(_sightings(chat_id).where(t.sighting.c.post_id == sighted).subquery().c.server)
    where = (t.copy.c.post_id == post_id, t.copy.c.role != RECEIPT, t.copy.c.realm.in_(servers))
    newest = (t.copy.c.gone_at.is_not(None), t.copy.c.delivery_id.desc(), t.copy.c.id)
    return sa.select(t.copy).where(*where).order_by(*newest)


_BROUGHT = Query(Copy, _copy_of)
_IS_BROUGHT = Statement(
    lambda chat_id, post_id, reader: (
        _sightings(chat_id)
        .outerjoin(t.account, t.account.c.id == t.timeline.c.account_id)
        .where(t.sighting.c.post_id == post_id)
        .where(sa.or_(t.account.c.id.is_(None), t.account.c.user_id == reader))
    )
)
_SERVERS = Statement(lambda chat_id, post_id: _sightings(chat_id).where(t.sighting.c.post_id == post_id))
