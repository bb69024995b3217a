"""Everything that is shown with the posts of a page, by a few statements however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bridgebot.store import people, reading, versions
from bridgebot.store import tables as t
from bridgebot.store.columns import to_json
from bridgebot.store.posts import RECEIPT
from bridgebot.store.reading import Sighted, Source
from bridgebot.store.rows import Account, Post, Row, many
from bridgebot.store.tx import Tx


class There(Row, frozen=True):
    """A post on one network, as one of the accounts there wrote it, if that is somebody's here."""

    post_id: int
    adapter: str
    realm: str
    url: str | None
    handle: str | None
    author_id: str | None  # by which that account is known there
    version: int | None  # of the post that it shows; None: it was met there, and is newest


@dataclass(frozen=True, slots=True)
class Beside:
    """The post that another one answers or shows; `post` is None where it may not be read, or is gone."""

    post: Post | None
    who: str  # handle
    is_open: bool = False  # whether it has a page of its own here
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as a user's own page shows it."""

    post: Post
    mine: bool
    who: str  # handle, as whom this reader knows its writer
    there: tuple[There, ...]  # where it stands, of what this reader may know
    url: str | None
    sighted: Sighted
    is_open: bool = True  # whether it has a page of its own here
    parent: Beside | None = None
    quoted: Beside | None = None
    marked: frozenset[str] = frozenset()  # what the reader has set on it
    actor: Account | None = None  # that can act on it
    source: Source | None = None  # what brought it first, as far as the reader follows that still


@dataclass(frozen=True, slots=True)
class _Rows:
    """What was read for all of them together."""

    tx: Tx
    user_id: int
    accounts: Sequence[Account]
    sources: Mapping[int, Source]
    posts: Mapping[int, Post]
    there: Mapping[int, Sequence[There]]
    brought: Mapping[int, set[str]]  # the servers that showed each to the reader
    marked: Mapping[int, frozenset[str]]
    open_: Collection[int]  # what has a page of its own here
    beside: Collection[int]  # what may be shown beside another post
    off: Collection[tuple[str, str]]  # of whom the reader wants to see nothing: server and id there
    off_handles: Collection[str]


def entries(
    tx: Tx, user_id: int, sighted: Sequence[Sighted], sources: Iterable[Source], *, around: bool = False
) -> list[Entry]:
    """These posts in their order, without those that are deleted, and of whom the user keeps off. `around`:
    they are a thread, some of which may be read as what another one answers.
    """
    ids = [one.place.post for one in sighted]
    posts = _posts(tx, ids)
    near = {one for post in posts.values() for one in (post.parent_id, post.shown_id) if one is not None}
    others = _posts(tx, near - posts.keys())
    known = posts | others
    rows = _Rows(
        tx,
        user_id,
        people.accounts(tx, user_id),
        {source.id: source for source in sources},
        known,
        _there(tx, known),
        reading.brought(tx, user_id, known),
        _marked(tx, user_id, ids),
        reading.readable(tx, user_id, known),
        reading.readable(tx, user_id, near | (set(ids) if around else set()), beside=True),
        *reading.kept_off(tx, user_id),
    )
    found = [_entry(rows, posts[one.place.post], one) for one in sighted if one.place.post in posts]
    return [one for one in found if _is_shown(rows, one)]


def _is_shown(rows: _Rows, one: Entry) -> bool:
    post, readable = one.post, one.is_open or one.post.id in rows.beside
    twice = one.mine and one.sighted.source is not None  # it stands where its writer wrote it
    off = _is_off(rows, post) or one.sighted.boosted_by in rows.off_handles
    return readable and post.deleted_at is None and not (twice or off or _is_gone(rows, one))


def _is_gone(rows: _Rows, one: Entry) -> bool:
    """Whether another user's post stands no more where the reader knows it from."""
    post = one.post
    return post.user_id not in (None, rows.user_id) and bool(rows.brought.get(post.id)) and not one.there


def _is_off(rows: _Rows, post: Post) -> bool:
    there = rows.there.get(post.id, ())
    return any((copy.realm, copy.author_id or post.author_id) in rows.off for copy in there)


def _entry(rows: _Rows, post: Post, sighted: Sighted) -> Entry:
    mine = post.user_id == rows.user_id
    there = _known(rows, post)
    who, url = _face(post, there)
    source = rows.sources.get(sighted.source) if sighted.source is not None else None
    return Entry(
        _as_known(rows.tx, rows.user_id, post, there),
        mine,
        who,
        tuple(there),
        url,
        sighted,
        post.id in rows.open_,
        _beside(rows, post, post.parent_id),
        _beside(rows, post, post.shown_id),
        rows.marked.get(post.id, frozenset()),
        _actor(rows, post, source),
        source,
    )


def _known(rows: _Rows, post: Post, under: Post | None = None) -> list[There]:
    """Where it stands, as far as that was shown to the reader; `under` is what answers or shows it, where the
    post itself was not.
    """
    there = rows.there.get(post.id, ())
    if post.user_id == rows.user_id:
        return list(there)
    servers = rows.brought.get(post.id) or (rows.brought.get(under.id) if under is not None else None)
    return [one for one in there if one.realm in (servers or ())]


def _as_known(tx: Tx, user_id: int, post: Post, there: Sequence[There]) -> Post:
    """As it stands where the reader knows it from: of others' posts no words that are not there yet."""
    shown = [one.version if one.version is not None else post.version for one in there]
    return post if post.user_id in (None, user_id) or not shown else versions.as_of(tx, post, max(shown))


def _face(post: Post, there: Sequence[There]) -> tuple[str, str | None]:
    """As whom the reader knows the writer, and where it can be read. What else a writer is who uses this bot
    too stays their own: see `faces`.
    """
    url = next((one.url for one in there if one.url), None)
    if post.user_id is None:
        return post.author_handle, post.url or url
    return next((one.handle for one in there if one.handle), ""), url


def _beside(rows: _Rows, under: Post, post_id: int | None) -> Beside | None:
    post = rows.posts.get(post_id) if post_id is not None else None
    if post is None or post.deleted_at is not None or post.id not in rows.beside or _is_off(rows, post):
        return None if post_id is None else Beside(None, "")
    there, mine = _known(rows, post, under), post.user_id == rows.user_id
    shown = _as_known(rows.tx, rows.user_id, post, there)
    return Beside(shown, _face(post, there)[0], post.id in rows.open_, mine)


def _actor(rows: _Rows, post: Post, source: Source | None) -> Account | None:
    """The account that acts on it, as `flow.actor` chooses: that which brought it, else one of its server."""
    realms = {one.realm for one in rows.there.get(post.id, ())}
    can = [account for account in rows.accounts if account.server in realms]
    return next((one for one in can if source and one.id == source.account_id), can[0] if can else None)


# --- the statements ----------------------------------------------------------------------------


def _posts(tx: Tx, ids: Iterable[int]) -> dict[int, Post]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = many(tx.connection, Post, sa.select(t.post).where(t.post.c.id.in_(wanted)))
    return {post.id: post for post in found}


_THERE = """
SELECT c.post_id, c.adapter, c.realm, c.url, a.handle, a.native_id,
    CASE WHEN c.role != 'original' AND c.delivery_id IS NOT NULL THEN c.version END, c.delivery_id
FROM json_each(:ids) i CROSS JOIN copy c ON c.post_id = i.value LEFT JOIN account a ON a.id = c.account_id
WHERE c.role != :receipt AND c.chat_id IS NULL AND c.gone_at IS NULL ORDER BY c.id
"""


def _there(tx: Tx, ids: Iterable[int]) -> dict[int, list[There]]:
    """Their copies on social networks; of a thread its first part, whatever files were sent before it."""
    found: defaultdict[int, list[There]] = defaultdict(list)
    given = {"ids": to_json(sorted(ids)), "receipt": RECEIPT}
    begun: set[int] = set()
    for *fields, delivery_id in tx.connection.execute(sa.text(_THERE), given):
        there = There(*fields)
        if delivery_id is None or delivery_id not in begun:
            found[there.post_id].append(there)
            begun |= {delivery_id} - {None}
    return found


_MARKED = """
SELECT d.post_id, d.action, json_extract(d.arguments, '$.on') AS is_on
FROM json_each(:ids) i CROSS JOIN delivery d ON d.user_id = :user AND d.post_id = i.value
WHERE d.action IN ('favourite', 'boost', 'bookmark') AND d.state NOT IN ('failed', 'cancelled') ORDER BY d.id
"""


def _marked(tx: Tx, user_id: int, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The user's last word on each, as far as it may have been carried out."""
    last: dict[tuple[int, str], bool] = {}
    for row in tx.connection.execute(sa.text(_MARKED), {"ids": to_json(ids), "user": user_id}):
        last[row.post_id, row.action] = bool(row.is_on)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for (post_id, action), is_on in last.items():
        if is_on:
            found[post_id].add(action)
    return {post_id: frozenset(actions) for post_id, actions in found.items()}


# --- what became of something that was asked from the page --------------------------------------


def outcome(tx: Tx, user_id: int, event: str) -> list[str] | None:
    """The states of what an event of the user's led to on networks; None: there was no such event."""
    i, d = t.inbox.c, t.delivery.c
    adapters = sa.select(t.person.c.adapter).where(t.person.c.user_id == user_id)
    where = (i.adapter.in_(adapters), i.event == event, i.user_id == user_id)
    cause: Any = tx.scalar(sa.select(i.id).where(*where))
    if cause is None:
        return None
    query = sa.select(d.state).where(d.cause_id == cause, d.account_id.is_not(None)).order_by(d.id)
    return tx.scalars(query)
