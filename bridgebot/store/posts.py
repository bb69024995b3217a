"""Posts, their copies, where they were sighted, and the short ids by which people name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Chat, Copy, Post, many, one
from bridgebot.store.tx import Tx

ORIGINAL, MIRROR, RECEIPT = "original", "mirror", "receipt"
WORDS_KEPT = timedelta(days=30)  # of other people


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where a post appears."""

    realm: str
    native_id: str
    adapter: str
    chat_id: int | None = None
    account_id: int | None = None
    url: str | None = None


_POST = Query(Post, lambda post_id: sa.select(t.post).where(t.post.c.id == post_id))
_BY_URI = Query(Post, lambda uri: sa.select(t.post).where(t.post.c.uri == uri))


def post(tx: Tx, post_id: int) -> Post:
    found = tx.row(t.post, _POST, post_id)
    if found is None:
        raise LookupError(f"post {post_id}")
    return found


def known(tx: Tx, post_id: int) -> Post | None:
    """The same, where it may have been forgotten since it was named."""
    return tx.row(t.post, _POST, post_id)


def by_uri(tx: Tx, uri: str | None) -> Post | None:
    return _BY_URI.one(tx, uri) if uri else None


def add(tx: Tx, values: dict[str, Any]) -> int:
    return int(tx.insert(t.post, {"memo": False, "version": 0, **values}))


def make(tx: Tx, **values: Any) -> Post:
    """The same, of all its columns; few posts have a poll or show another."""
    values = {"poll": None, "quote": None, "files": None, "awaits": None, **values}
    post = Post(id=add(tx, values), version=0, deleted_at=None, **values)
    tx.known.keep(t.post.name, post)
    return post


def change(tx: Tx, post_id: int, **values: Any) -> None:
    tx.change(t.post, post_id, **values)


def last_with_files(tx: Tx, user_id: int, since: datetime) -> Post | None:
    """The newest post of a user that shows files, if it is not older than that."""
    where = (t.post.c.user_id == user_id, t.post.c.deleted_at.is_(None), t.post.c.created_at >= since)
    query = sa.select(t.post).where(*where, sa.func.json_array_length(t.post.c.files) > 0)
    return one(tx.connection, Post, query.order_by(t.post.c.id.desc()).limit(1))


# --- copies ---


def _copies(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.copy).where(*where).order_by(t.copy.c.id)


_THERE = t.copy.c.gone_at.is_(None)
_COPY_AT = Query(Copy, lambda realm, id: _copies(t.copy.c.realm == realm, t.copy.c.native_id == id))
_COPIES = Query(Copy, lambda post_id: _copies(t.copy.c.post_id == post_id, _THERE))
_IN_REALM = Query(
    Copy,
    lambda post_id, realm: _copies(
        t.copy.c.post_id == post_id, t.copy.c.realm == realm, _THERE, t.copy.c.role != RECEIPT
    ),
)
_ALL_COPIES = Query(Copy, lambda post_id: _copies(t.copy.c.post_id == post_id))
_OF_DELIVERY = Query(
    Copy,
    lambda delivery_id: (
        sa.select(t.copy).where(t.copy.c.delivery_id == delivery_id, _THERE).order_by(t.copy.c.part)
    ),
)


def copy_at(tx: Tx, realm: str, native_id: str) -> Copy | None:
    return _COPY_AT.one(tx, realm, native_id)


def add_copy(
    tx: Tx,
    post_id: int,
    role: str,
    spot: Spot,
    *,
    delivery_id: int | None = None,
    part: int = 0,
    version: int = 0,
) -> bool:
    """Note an appearance; False when this place has it already."""
    values = {
        "post_id": post_id,
        "role": role,
        "realm": spot.realm,
        "native_id": spot.native_id,
        "adapter": spot.adapter,
        "chat_id": spot.chat_id,
        "account_id": spot.account_id,
        "delivery_id": delivery_id,
        "part": part,
        "version": version,
        "url": spot.url,
    }
    return tx.insert_or_ignore(t.copy, values)


def copies(tx: Tx, post_id: int) -> list[Copy]:
    """All that are there, in the order in which they came about."""
    return _COPIES.many(tx, post_id)


def all_copies(tx: Tx, post_id: int) -> list[Copy]:
    """Those that are gone too."""
    return _ALL_COPIES.many(tx, post_id)


def copies_of_delivery(tx: Tx, delivery_id: int) -> list[Copy]:
    return _OF_DELIVERY.many(tx, delivery_id)


def brought(tx: Tx, post_id: int, account_id: int) -> list[Copy]:
    """What deliveries brought to an account and what stands there still, in the order of its parts."""
    where = (
        t.copy.c.post_id == post_id,
        t.copy.c.account_id == account_id,
        t.copy.c.role == MIRROR,
        t.copy.c.delivery_id.is_not(None),
        t.copy.c.gone_at.is_(None),
    )
    query = sa.select(t.copy).where(*where).order_by(t.copy.c.delivery_id, t.copy.c.part, t.copy.c.id)
    return many(tx.connection, Copy, query)


def note_met(tx: Tx, now: datetime, copy_id: int) -> None:
    """Somebody liked or boosted this copy."""
    tx.update(t.copy, t.copy.c.id == copy_id, t.copy.c.met_at.is_(None), met_at=now)


def is_answered(tx: Tx, post_id: int) -> bool:
    """Whether an answer to the post is known that stands somewhere."""
    where = (t.post.c.parent_id == post_id, t.post.c.deleted_at.is_(None))
    return tx.scalar(sa.select(t.post.c.id).where(*where).limit(1)) is not None


_AWAITING = Query(Post, lambda what: sa.select(t.post).where(t.post.c.awaits == what))


def awaiting(tx: Tx, what: str) -> list[Post]:
    """The posts that answer something that was unknown when they came."""
    return _AWAITING.many(tx, what)


def children(tx: Tx, post_id: int) -> list[Post]:
    """The known answers to a post, in the order in which they became known."""
    query = sa.select(t.post).where(t.post.c.parent_id == post_id).order_by(t.post.c.id)
    return many(tx.connection, Post, query)


def answers(tx: Tx, post_id: int, timeline_id: int) -> list[Post]:
    """The known answers to a post, of those that a timeline has shown, in the order in which they came."""
    return _ANSWERS.many(tx, post_id, timeline_id)


_ANSWERS = Query(
    Post,
    lambda post_id, timeline_id: (
        sa.select(t.post)
        .join(t.sighting, t.sighting.c.post_id == t.post.c.id)
        .where(t.post.c.parent_id == post_id, t.sighting.c.timeline_id == timeline_id)
        .where(t.post.c.deleted_at.is_(None))
        .order_by(t.post.c.id)
    ),
)


def stands_in(tx: Tx, post_id: int, *, chat_id: int | None = None, account_id: int | None = None) -> bool:
    """Whether the chat or account has, or once had, a copy of the post."""
    if chat_id is not None:
        return _IN_CHAT.value(tx, post_id, chat_id) is not None
    return _IN_ACCOUNT.value(tx, post_id, account_id) is not None


def _shown(post_id: Any) -> sa.Select[Any]:
    return sa.select(t.copy.c.id).where(t.copy.c.post_id == post_id, t.copy.c.role != RECEIPT).limit(1)


def _same_account(mine: Any) -> sa.Select[Any]:
    """The account as anybody linked it: two users may have linked the same one."""
    this, held = t.account.alias("this"), t.account.alias("held")
    same = sa.and_(held.c.server == this.c.server, held.c.native_id == this.c.native_id)
    return (
        sa.select(1)
        .select_from(held)
        .join(this, same)
        .where(held.c.id == t.copy.c.account_id, this.c.id == mine)
    )


_IN_CHAT = Statement(lambda post_id, chat_id: _shown(post_id).where(t.copy.c.chat_id == chat_id))
_IN_ACCOUNT = Statement(
    lambda post_id, account_id: _shown(post_id).where(sa.exists(_same_account(account_id)))
)


def mark_gone(tx: Tx, now: datetime, copy_id: int) -> None:
    tx.change(t.copy, copy_id, gone_at=now)


def note_shown(tx: Tx, realm: str, native_id: str, version: int) -> None:
    """What stands there shows this version of its post now."""
    tx.update(t.copy, t.copy.c.realm == realm, t.copy.c.native_id == native_id, version=version)


def demote(tx: Tx, copy_id: int) -> None:
    """What was taken for the original is a copy of it."""
    tx.change(t.copy, copy_id, role=MIRROR)


def in_realm(tx: Tx, post_id: int, realm: str) -> list[Copy]:
    """The post's copies where ids of this realm are understood."""
    return _IN_REALM.many(tx, post_id, realm)


# --- sightings ---


def sight(tx: Tx, now: datetime, timeline_id: int, post_id: int) -> bool:
    """Note that a timeline showed the post; True the first time."""
    return tx.insert_or_ignore(t.sighting, {"timeline_id": timeline_id, "post_id": post_id, "seen_at": now})


def made_since(tx: Tx, account_id: int, since: datetime) -> list[str]:
    """The native ids of what deliveries made with this account and ended since then."""
    query = (
        sa.select(t.copy.c.native_id)
        .join(t.delivery, t.delivery.c.id == t.copy.c.delivery_id)
        .where(t.copy.c.account_id == account_id, t.delivery.c.ended_at >= since)
    )
    return tx.scalars(query)


def reader_of(tx: Tx, post_id: int, user_id: int) -> int | None:
    """The user's account whose timeline brought the post, the latest."""
    return _READER_OF.value(tx, post_id, user_id)  # type: ignore[no-any-return]


_READER_OF = Statement(
    lambda post_id, user_id: (
        sa.select(t.timeline.c.account_id)
        .join(t.sighting, t.sighting.c.timeline_id == t.timeline.c.id)
        .join(t.account, t.account.c.id == t.timeline.c.account_id)
        .where(t.sighting.c.post_id == post_id, t.account.c.user_id == user_id)
        .order_by(t.sighting.c.seen_at.desc())
    )
)


# --- short ids ---


def number(tx: Tx, chat_id: int, post_id: int) -> int:
    """The post's number in this chat, counted on at the first mention and never given again."""
    known = _NUMBER.value(tx, chat_id, post_id)
    return int(known if known is not None else _COUNT_ON.value(tx, chat_id, post_id))


def name(tx: Tx, chat_id: int, post_id: int) -> None:
    """See that the post has a number in this chat."""
    _NAME.run(tx, chat_id, post_id)


def _count_on(chat_id: Any, post_id: Any) -> Any:
    n = t.short_id.c.n
    last = sa.select(sa.func.coalesce(sa.func.max(n), 0)).where(t.short_id.c.chat_id == chat_id)
    # In the words of SQLite, the database that there is.
    row = {"chat_id": chat_id, "n": last.scalar_subquery() + 1, "post_id": post_id}
    return sqlite.insert(t.short_id).values(row).on_conflict_do_nothing().inline()


_NAME = Statement(_count_on)
_COUNT_ON = Statement(lambda chat_id, post_id: _count_on(chat_id, post_id).returning(t.short_id.c.n))
_NUMBER = Statement(
    lambda chat_id, post_id: sa.select(t.short_id.c.n).where(
        t.short_id.c.chat_id == chat_id, t.short_id.c.post_id == post_id
    )
)


def by_number(tx: Tx, chat_id: int, n: int) -> Post | None:
    """What this chat calls by the number: other chats' numbers are not looked at."""
    return one(tx.connection, Post, named_in(chat_id).where(t.short_id.c.n == n))


def by_url(tx: Tx, chat_id: int, url: str) -> Post | None:
    """The post at this address, if this chat was shown it."""
    addresses = sa.select(t.copy.c.post_id).where(t.copy.c.url == url)
    where = sa.or_(t.post.c.url == url, t.post.c.uri == url, t.post.c.id.in_(addresses))
    return one(tx.connection, Post, named_in(chat_id).where(where))


def by_message(tx: Tx, chat: Chat, native_id: str | None) -> Post | None:
    """The post that a message of this chat shows, is the source of, or is the receipt of."""
    copy = copy_at(tx, chat.realm, native_id) if native_id else None
    return post(tx, copy.post_id) if copy else None


def named_in(chat_id: int) -> sa.Select[Any]:
    """The posts that have a short id in this chat."""
    return (
        sa.select(t.post)
        .join(t.short_id, t.short_id.c.post_id == t.post.c.id)
        .where(t.short_id.c.chat_id == chat_id)
    )


# --- what is not kept for ever ---


_WORDLESS: dict[str, Any] = {
    "text": "",
    "warning": None,
    "author_name": "",
    "spans": [],
    "media": [],
    "poll": None,
    "quote": None,
}


def forget_old(tx: Tx, before: datetime) -> int:
    """Wipe the words and media of other people's posts that were written before; returns how many.

    Ids, copies and sightings stay: they say what was delivered, and are needed longer than any cursor.
    """
    beside = (t.post.c.poll.is_not(None), t.post.c.quote.is_not(None))
    words = sa.or_(t.post.c.text != "", sa.func.json_array_length(t.post.c.media) > 0, *beside)
    where = (t.post.c.user_id.is_(None), t.post.c.created_at < before, words)
    return tx.update(t.post, *where, **_WORDLESS)


# --- memos ---


def memos(tx: Tx, user_id: int, word: str, limit: int = 10) -> list[Post]:
    """The user's memos that contain the word, newest first."""
    where = [t.post.c.user_id == user_id, t.post.c.memo, t.post.c.deleted_at.is_(None)]
    if word:
        where.append(t.post.c.text.icontains(word, autoescape=True))
    return many(
        tx.connection, Post, sa.select(t.post).where(*where).order_by(t.post.c.id.desc()).limit(limit)
    )
