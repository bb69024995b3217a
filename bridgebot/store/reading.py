"""What a user may read on their own page, newest first: what came into their own chats, and what they wrote.

A post is somebody's to read if a route of theirs fired for it, which left a delivery into a direct chat of
theirs, or if it is their own. So one rule (`routes.firing`) says what comes into a chat and what stands here.
Places in the list are keys: when a post came to this user, and its id; what comes later moves none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import to_json
from bridgebot.store.leavings import own_chats
from bridgebot.store.rows import Row, many
from bridgebot.store.tx import Tx

MARKS = ("favourite", "boost", "bookmark")
# What the statements here stand on; tests/test_reading_page.py looks at their plans.
sa.Index("ix_sighting_seen", t.sighting.c.timeline_id, t.sighting.c.seen_at, t.sighting.c.post_id)
sa.Index("ix_post_mine", t.post.c.user_id, t.post.c.created_at, sqlite_where=t.post.c.user_id.is_not(None))
sa.Index(
    "ix_delivery_marks",
    t.delivery.c.user_id,
    t.delivery.c.post_id,
    sqlite_where=t.delivery.c.action.in_(MARKS),
)

SPARE = 3  # so many times as many sightings are looked at as are shown: of some nothing was shown here


class Place(NamedTuple):
    """Where a post stands in the list: when it came, in microseconds since 1970, and its id."""

    at: int
    post: int


NEWEST = Place(2**62, 2**62)  # before anything


class Source(Row, frozen=True):
    """A timeline that a route of the user's reads into a direct chat of theirs."""

    id: int
    adapter: str
    server: str
    kind: str
    title: str
    account_id: int | None
    handle: str | None  # of that account


@dataclass(frozen=True, slots=True)
class Sighted:
    """A post in the list."""

    place: Place
    source: int | None = None  # the timeline that brought it first; None: the user's own post
    boosted_by: str = ""  # handle


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of what a user may read: ids of timelines, and whether their own posts stand among it."""

    sources: tuple[int, ...]
    own: bool
    adapter: str = ""  # own posts that stand on this network; "": on any
    words: tuple[str, ...] = ()  # that all stand in the text, the warning or the author's name
    by: str = ""  # the handle of who wrote it; "": whoever


@dataclass(frozen=True, slots=True)
class Found:
    """What there is from a place on."""

    posts: tuple[Sighted, ...]
    further: Place | None  # where it goes on; None: that was all


def sources(tx: Tx, user_id: int) -> list[Source]:
    """Everything that the user reads in their own chats."""
    mine = sa.or_(t.timeline.c.account_id.is_(None), t.account.c.user_id == user_id)
    query = (
        sa.select(*(t.timeline.c[name] for name in Source.__struct_fields__[:-1]), t.account.c.handle)
        .join(t.route, t.route.c.timeline_id == t.timeline.c.id)
        .outerjoin(t.account, t.account.c.id == t.timeline.c.account_id)
        .where(t.route.c.user_id == user_id, t.route.c.state != "ended", mine)
        .where(t.route.c.chat_id.in_(own_chats(user_id)))
        .order_by(t.timeline.c.adapter, t.timeline.c.kind, t.timeline.c.id)
        .distinct()
    )
    return many(tx.connection, Source, query)


def chats(tx: Tx, user_id: int) -> list[int]:
    """The ids of the user's direct chats."""
    return tx.scalars(own_chats(user_id))


# --- the list ----------------------------------------------------------------------------------

# Of each timeline no more than `most` sightings are looked at, whatever has gathered in it: the window begins
# at the newest of the places where one of them has given so many.
_WINDOW = """
WITH line AS (SELECT value AS id FROM json_each(:lines)),
edge AS (SELECT coalesce(max((
    SELECT s.seen_at FROM sighting s
    WHERE s.timeline_id = line.id AND (s.seen_at, s.post_id) < (:at, :post)
    ORDER BY s.seen_at DESC, s.post_id DESC LIMIT 1 OFFSET :most - 1)), 0) AS at FROM line),
seen AS MATERIALIZED (
    SELECT s.seen_at AS at, s.post_id AS post, s.timeline_id AS line
    FROM line CROSS JOIN sighting s ON s.timeline_id = line.id
    WHERE s.seen_at >= (SELECT at FROM edge) AND (s.seen_at, s.post_id) < (:at, :post)
    ORDER BY s.seen_at DESC, s.post_id DESC LIMIT :most)
"""
# Whether it came by another of these timelines before: there it stands then.
AGAIN = """EXISTS (SELECT 1 FROM sighting e WHERE e.post_id = {one}.post
        AND e.timeline_id IN (SELECT id FROM line) AND (e.seen_at, e.timeline_id) < ({one}.at, {one}.line))"""
# Whose boost brought it into a chat of the user's; NULL where nothing did.
BY = """(SELECT coalesce(json_extract(d.arguments, '$.boosted_by'), '')
        FROM json_each(:chats) c CROSS JOIN delivery d
        ON d.once = 'create:' || {one}.post || ':chat:' || c.value WHERE d.user_id = :user LIMIT 1)"""
_SEEN = f"""{_WINDOW}
SELECT seen.at, seen.post, seen.line, {AGAIN.format(one="seen")} AS again, {BY.format(one="seen")} AS by
FROM seen ORDER BY seen.at DESC, seen.post DESC
"""  # noqa: S608 - of constants
_OWN = """
SELECT p.created_at, p.id FROM post p
WHERE p.user_id = :user AND (p.created_at, p.id) < (:at, :post) AND NOT p.memo AND p.deleted_at IS NULL
    AND (:adapter = '' OR EXISTS (
        SELECT 1 FROM copy c WHERE c.post_id = p.id AND c.adapter = :adapter AND c.gone_at IS NULL))
    {words}
ORDER BY p.created_at DESC, p.id DESC LIMIT :most
"""
_SAID = """(p.text LIKE {word} ESCAPE '\\' OR p.warning LIKE {word} ESCAPE '\\'
    OR p.author_name LIKE {word} ESCAPE '\\' OR p.author_handle LIKE {word} ESCAPE '\\')"""


def page(tx: Tx, user_id: int, wanted: Wanted, before: Place, most: int) -> Found:
    """So many from a place on, or fewer, where of what came nothing was shown to this user."""
    seen, end = _sighted(tx, user_id, wanted, before, most * SPARE)
    own = _own(tx, user_id, wanted, before, most + 1) if wanted.own else []
    return _together(seen, own, end, most)


def _together(seen: Sequence[Sighted], own: Sequence[Sighted], end: Place | None, most: int) -> Found:
    """Both in their order. What lies behind where the looking ended is for the next page. Pure."""
    near = [one for one in own if end is None or one.place >= end]
    listed = sorted((*seen, *near), key=lambda one: one.place, reverse=True)
    shown = tuple(listed[:most])
    return Found(shown, shown[-1].place if len(listed) > most else end)


def _sighted(
    tx: Tx, user_id: int, wanted: Wanted, before: Place, most: int
) -> tuple[list[Sighted], Place | None]:
    """What timelines brought, and where the looking ended; None: at their beginning."""
    if not wanted.sources:
        return [], None
    given = _window(wanted, before, most) | {"user": user_id, "chats": to_json(chats(tx, user_id))}
    rows = tx.connection.execute(sa.text(_SEEN), given).all()
    return shown(rows), Place(rows[-1].at, rows[-1].post) if len(rows) == most else None


def shown(rows: Iterable[Any]) -> list[Sighted]:
    """What came into a chat, where it came first."""
    return [
        Sighted(Place(row.at, row.post), row.line, row.by)
        for row in rows
        if row.by is not None and not row.again
    ]


def _own(tx: Tx, user_id: int, wanted: Wanted, before: Place, most: int) -> list[Sighted]:
    words, given = _condition(wanted)
    given |= {"user": user_id, "adapter": wanted.adapter, "most": most}
    rows = tx.connection.execute(
        sa.text(_OWN.format(words=words)), {**given, "at": before.at, "post": before.post}
    )
    return [Sighted(Place(at, post)) for at, post in rows]


def _window(wanted: Wanted, before: Place, most: int) -> dict[str, Any]:
    return {"lines": to_json(wanted.sources), "at": before.at, "post": before.post, "most": most}


def _condition(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """What makes a post fit the words and its writer, as a part of a statement, and its parameters. As whom
    somebody who uses this bot too is known to others, `faces` says: their row does not.
    """
    given = {f"word{number}": f"%{_plain(word)}%" for number, word in enumerate(wanted.words)}
    said = "".join(f" AND {_SAID.format(word=f':{name}')}" for name in given)
    if not wanted.by:
        return said, dict(given)
    return f"{said} AND p.user_id IS NULL AND p.author_handle = :by", given | {"by": wanted.by}


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- search ------------------------------------------------------------------------------------

# Words are looked for where they stand: an index of words (FTS5) would take a quarter of a millisecond of the
# writer for each post, find no Chinese word of two characters, and keep pieces of what was deleted.
LOOKED_THROUGH = 20_000  # sightings that one search goes through; then it says how far it came
_FITS = """{window},
fits AS MATERIALIZED (SELECT seen.* FROM seen CROSS JOIN post p ON p.id = seen.post
    WHERE p.user_id IS NOT :user {words} ORDER BY seen.at DESC, seen.post DESC LIMIT :page)
SELECT fits.at, fits.post, fits.line, {again} AS again, {by} AS by,
    (SELECT at FROM seen ORDER BY at, post LIMIT 1) AS last_at,
    (SELECT post FROM seen ORDER BY at, post LIMIT 1) AS last_post,
    (SELECT count(*) FROM seen) AS looked
FROM (SELECT 1) LEFT JOIN fits ORDER BY fits.at DESC, fits.post DESC
"""


def search(tx: Tx, user_id: int, wanted: Wanted, before: Place, most: int) -> Found:
    """What fits the words, from a place on, as far back as one search goes."""
    own = _own(tx, user_id, wanted, before, most + 1) if wanted.own else []
    seen, end = _fitting(tx, user_id, wanted, before, most + 1)
    return _together(seen, own, end, most)


def _fitting(
    tx: Tx, user_id: int, wanted: Wanted, before: Place, most: int
) -> tuple[list[Sighted], Place | None]:
    if not wanted.sources:
        return [], None
    words, given = _condition(wanted)
    given |= _window(wanted, before, LOOKED_THROUGH)
    given |= {"user": user_id, "chats": to_json(chats(tx, user_id)), "page": most * SPARE}
    again, by = AGAIN.format(one="fits"), BY.format(one="fits")
    query = _FITS.format(window=_WINDOW.rstrip(), words=words, again=again, by=by)
    rows = tx.connection.execute(sa.text(query), given).all()
    found = shown(rows)
    if len(rows) == most * SPARE:
        return found, Place(rows[-1].at, rows[-1].post)
    last = rows[0]
    return found, Place(last.last_at, last.last_post) if last.looked == LOOKED_THROUGH else None


# --- one post, and those beside it -------------------------------------------------------------

_READABLE = """
SELECT p.id FROM post p WHERE p.id IN (SELECT value FROM json_each(:ids)) AND NOT p.memo AND (
    p.user_id = :user
    OR EXISTS (SELECT 1 FROM json_each(:chats) c CROSS JOIN delivery d
        ON d.once = 'create:' || p.id || ':chat:' || c.value WHERE d.user_id = :user)
    OR (:beside AND p.user_id IS NULL AND p.audience = 'public')
    OR (:beside AND EXISTS (SELECT 1 FROM json_each(:lines) m CROSS JOIN sighting s
        ON s.timeline_id = m.value AND s.post_id = p.id)))
"""


def readable(tx: Tx, user_id: int, ids: Iterable[int], *, beside: bool = False) -> set[int]:
    """Which of these posts the user may read. `beside`: as what another post answers or shows, for which a
    chat of theirs is told public words and what an account of theirs was shown.
    """
    own = [line for line, _, with_account in lines(tx, user_id) if with_account] if beside else []
    given = {"ids": to_json(sorted(set(ids))), "user": user_id, "beside": beside, "lines": to_json(own)}
    rows = tx.connection.execute(sa.text(_READABLE), given | {"chats": to_json(chats(tx, user_id))})
    return {row.id for row in rows}


def lines(tx: Tx, user_id: int) -> list[tuple[int, str, bool]]:
    """Every timeline that brings, or brought, something into the user's own chats or is read with an account
    of theirs: its id, its server, and whether it is of the second kind.
    """
    own = t.account.c.user_id == user_id
    mine = sa.select(t.route.c.timeline_id).where(
        t.route.c.user_id == user_id, t.route.c.chat_id.in_(own_chats(user_id))
    )
    query = (
        sa.select(t.timeline.c.id, t.timeline.c.server, own.is_(True))
        .outerjoin(t.account, t.account.c.id == t.timeline.c.account_id)
        .where(sa.or_(t.timeline.c.id.in_(mine), t.timeline.c.account_id.in_(_accounts(user_id))))
    )
    return [(id_, server, bool(with_account)) for id_, server, with_account in tx.connection.execute(query)]


def _accounts(user_id: int) -> sa.Select[tuple[int]]:
    return sa.select(t.account.c.id).where(t.account.c.user_id == user_id)


_BROUGHT = """
SELECT s.post_id, s.timeline_id FROM json_each(:ids) i CROSS JOIN json_each(:lines) m
CROSS JOIN sighting s ON s.timeline_id = m.value AND s.post_id = i.value
"""


def brought(tx: Tx, user_id: int, ids: Iterable[int]) -> dict[int, set[str]]:
    """The servers whose timelines showed each of these posts to the user: what else is known of where it
    stands, others know.
    """
    servers = {line: server for line, server, _ in lines(tx, user_id)}
    found: dict[int, set[str]] = {}
    given = {"ids": to_json(sorted(set(ids))), "lines": to_json(list(servers))}
    for post_id, line in tx.connection.execute(sa.text(_BROUGHT), given):
        found.setdefault(post_id, set()).add(servers[line])
    return found


MOST_ABOVE, MOST_BELOW = 30, 100  # posts of a thread
_ABOVE = """
WITH RECURSIVE up(id, n) AS (
    SELECT parent_id, 1 FROM post WHERE id = :post
    UNION ALL SELECT p.parent_id, n + 1 FROM up JOIN post p ON p.id = up.id
    WHERE p.parent_id IS NOT NULL AND n < :most)
SELECT id FROM up WHERE id IS NOT NULL
"""
_BELOW = """
WITH RECURSIVE down(id) AS (
    SELECT :post UNION SELECT p.id FROM down JOIN post p ON p.parent_id = down.id LIMIT :most)
SELECT id FROM down WHERE id != :post
"""


def thread(tx: Tx, post_id: int) -> tuple[list[int], list[int]]:
    """The ids of what a post answers, the first of all first, and of what answers it, as far as it is stored.
    Who may read them is another question.
    """
    above = tx.connection.execute(sa.text(_ABOVE), {"post": post_id, "most": MOST_ABOVE}).scalars()
    below = tx.connection.execute(sa.text(_BELOW), {"post": post_id, "most": MOST_BELOW + 1}).scalars()
    return list(above)[::-1], sorted(below)


def kept_off(tx: Tx, user_id: int) -> tuple[set[tuple[str, str]], Collection[str]]:
    """Whom the user muted or blocked: server and native id of each, and their handles there."""
    columns = (t.mute.c.server, t.mute.c.native_id, t.mute.c.handle)
    rows = tx.connection.execute(sa.select(*columns).where(t.mute.c.user_id == user_id)).all()
    return {(row.server, row.native_id) for row in rows}, {row.handle for row in rows}
