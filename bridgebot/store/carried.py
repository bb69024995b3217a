"""What was said lately beside a post that a rule is about to carry on.

Nothing is kept for this: the words of the posts themselves are compared. So a post costs nothing here until a
rule carries it, and whatever is forgotten is forgotten here, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement, listed
from bridgebot.store.rows import Post, Row
from bridgebot.store.tx import Tx

MOST = 200  # posts of either kind that are looked at


class Lately(Row, frozen=True):
    """A post that may say the same as another."""

    id: int
    text: str
    created_at: datetime


def lately(tx: Tx, post: Post, user_id: int, timeline_id: int | None, since: datetime) -> list[Lately]:
    """What a user wrote, on any network, and what this timeline showed: the newest first, without what was
    taken back.
    """
    return _LATELY.many(tx, post.id, user_id, timeline_id, since)


def _lately(post_id: Any, user_id: Any, timeline_id: Any, since: Any) -> sa.Select[Any]:
    p, s = t.post.alias("own").c, t.sighting.c
    own = sa.select(p.id).where(p.user_id == user_id).order_by(p.id.desc()).limit(MOST).subquery()
    shown = (
        sa.select(s.post_id).where(s.timeline_id == timeline_id).order_by(s.post_id.desc()).limit(MOST)
    ).subquery()
    either = sa.union(sa.select(own.c.id), sa.select(shown.c.post_id))
    where = (
        t.post.c.id.in_(either),
        t.post.c.id != post_id,
        t.post.c.created_at >= sa.type_coerce(since, t.Time),
        t.post.c.deleted_at.is_(None),
        sa.not_(t.post.c.memo),
    )
    return sa.select(t.post).where(*where).order_by(t.post.c.id.desc())


_LATELY = Query(Lately, _lately)


def by_route(tx: Tx, route_id: int, post_ids: Iterable[int]) -> dict[int, datetime]:
    """Which of these posts a route carried, or would have, and when."""
    found: dict[int, datetime] = {}
    for post_id, at in _BY_ROUTE.rows(tx, json.dumps(list(post_ids)), route_id):
        found.setdefault(post_id, at)
    return found


_D = t.delivery.c
_BY_ROUTE = Statement(
    lambda post_ids, route_id: (
        sa.select(_D.post_id, _D.created_at)
        .where(_D.post_id.in_(listed(post_ids)), _D.action == "create", _D.route_id == route_id)
        .order_by(_D.id)
    )
)
