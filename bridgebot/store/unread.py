"""What came since a user was last at their page, and how far they have read: for each timeline, since one may
look at one network or feed alone.

A mark is a place in the list. What came behind it is new as long as its words are kept; one's own posts never
are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import tables as t
from bridgebot.store.columns import to_json
from bridgebot.store.leavings import own_chats
from bridgebot.store.posts import WORDS_KEPT
from bridgebot.store.reading import AGAIN, BY, SPARE, Found, Place, chats, shown
from bridgebot.store.tx import Tx

_R = t.reached.c
OLDEST = Place(0, 0)  # before everything that can come
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVERY_POST = 2**62


def floors(tx: Tx, now: datetime, user_id: int, lines: Iterable[int]) -> dict[int, Place]:
    """Up to where the user has read each of these timelines: what stands behind that is new."""
    rows = tx.connection.execute(sa.select(_R.timeline_id, _R.at, _R.post).where(_R.user_id == user_id))
    read, kept = {line: Place(at, post) for line, at, post in rows}, moment(now - WORDS_KEPT)
    return {line: max(read.get(line, kept), kept) for line in lines}


def moment(when: datetime) -> Place:
    """The place behind everything that came until then. Pure."""
    return Place((when - _EPOCH) // timedelta(microseconds=1), _EVERY_POST)


def reach(tx: Tx, now: datetime, user_id: int, lines: Collection[int], place: Place) -> None:
    """Everything of these timelines that stands up to there was read. Marks go forward only: a page that was
    left open in another window takes none back.
    """
    at, post = min(place, moment(now))
    rows = [{"user_id": user_id, "timeline_id": line, "at": at, "post": post} for line in lines]
    if not rows:
        return
    insert = sqlite.insert(t.reached).values(rows)
    further = sa.tuple_(insert.excluded.at, insert.excluded.post) > sa.tuple_(_R.at, _R.post)
    tx.connection.execute(
        insert.on_conflict_do_update(
            index_elements=[_R.user_id, _R.timeline_id],
            set_={"at": insert.excluded.at, "post": insert.excluded.post},
            where=further,
        )
    )


def begin(tx: Tx, now: datetime, user_id: int) -> None:
    """Who comes to their page for the first time has seen in their chat what there was until now."""
    if tx.scalar(sa.select(_R.user_id).where(_R.user_id == user_id).limit(1)) is not None:
        return
    mine = (t.route.c.user_id == user_id, t.route.c.timeline_id.is_not(None))
    query = sa.select(t.route.c.timeline_id).where(*mine, t.route.c.chat_id.in_(own_chats(user_id)))
    reach(tx, now, user_id, tx.scalars(query.distinct()), moment(now))


# The same window as the list has, from the other end: see `reading`.
_NEW = f"""
WITH line AS (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at,
    json_extract(value, '$[2]') AS post FROM json_each(:lines)),
edge AS (SELECT min(coalesce((
    SELECT s.seen_at FROM sighting s
    WHERE s.timeline_id = line.id AND (s.seen_at, s.post_id) > (line.at, line.post)
    ORDER BY s.seen_at, s.post_id LIMIT 1 OFFSET :most - 1), {_EVERY_POST})) AS at FROM line),
seen AS MATERIALIZED (
    SELECT s.seen_at AS at, s.post_id AS post, s.timeline_id AS line
    FROM line CROSS JOIN sighting s ON s.timeline_id = line.id
    WHERE s.seen_at <= (SELECT at FROM edge) AND (s.seen_at, s.post_id) > (line.at, line.post)
    ORDER BY s.seen_at, s.post_id LIMIT :most)
SELECT seen.at, seen.post, seen.line, {AGAIN.format(one="seen")} AS again, {BY.format(one="seen")} AS by
FROM seen ORDER BY seen.at, seen.post
"""  # noqa: S608 - of constants


def page(tx: Tx, user_id: int, read: Mapping[int, Place], after: Place, most: int) -> Found:
    """So many of what is new, the oldest first, behind a place; fewer where of what came nothing was shown to
    this user. `read` is how far each timeline is, as `floors` tells it.
    """
    lines = [(line, *max(place, after)) for line, place in read.items()]
    if not lines:
        return Found((), None)
    given = {"lines": to_json(lines), "most": most * SPARE, "user": user_id}
    rows = tx.connection.execute(sa.text(_NEW), given | {"chats": to_json(chats(tx, user_id))}).all()
    found = shown(rows)
    if len(found) > most:
        return Found(tuple(found[:most]), found[most - 1].place)
    end = Place(rows[-1].at, rows[-1].post) if len(rows) == most * SPARE else None
    return Found(tuple(found), end)
