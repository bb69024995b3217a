"""How much one person may have and do: what was said otherwise for them, and what they have.

Posts are counted without a statement for each: see `Allowances`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.tx import Tx

DAY = timedelta(days=1)
REMEMBERED = 100_000  # users whose allowance is in memory (100 bytes each) before all are let go


class Allowances:
    """How many more posts each user may surely make before anybody need count again.

    It is a lower bound: a unit that runs twice takes from it twice, a restart forgets it, and then the
    posts are counted once more. So it never lets through more than the rows would, in any 24 hours.
    """

    def __init__(self) -> None:
        self._left: dict[int, int] = {}

    def take(self, user_id: int) -> bool:
        """One post more; False when nobody knows whether it may be."""
        left = self._left.get(user_id, 0)
        if left:
            self._left[user_id] = left - 1
        return left > 0

    def give(self, user_id: int, posts: int) -> None:
        """So many were counted to be left."""
        if len(self._left) >= REMEMBERED:
            self._left.clear()
        self._left[user_id] = posts

    def forget(self, user_id: int | None = None) -> None:
        """Count anew: for this user, or for everybody."""
        if user_id is None:
            self._left.clear()
        else:
            self._left.pop(user_id, None)


# --- what was said for one person ---


def of_user(tx: Tx, user_id: int) -> dict[str, int]:
    """The quotas that are others than everybody's."""
    return {row[0]: row[1] for row in _OF_USER.rows(tx, user_id)}


_OF_USER = Statement(
    lambda user_id: (
        sa.select(t.quota.c.name, t.quota.c.most).where(t.quota.c.user_id == user_id).order_by(t.quota.c.name)
    )
)


def set_for(tx: Tx, user_id: int, name: str, most: int | None) -> None:
    """Say how much it is for this user; None: what it is for everybody."""
    where = (t.quota.c.user_id == user_id, t.quota.c.name == name)
    if most is None:
        tx.connection.execute(sa.delete(t.quota).where(*where))
    elif not tx.insert_or_ignore(t.quota, {"user_id": user_id, "name": name, "most": most}):
        tx.update(t.quota, *where, most=most)


# --- what they have ---


def posted(tx: Tx, user_id: int, since: datetime, most: int) -> list[datetime]:
    """When the user's latest posts came in since then, so many at most, the latest first."""
    return _POSTED.values(tx, user_id, since, most)


def _posted(user_id: Any, since: Any, most: Any) -> sa.Select[Any]:
    """By their receipts, whose time is the bot's own: when a post was written, the writer's client says."""
    d, latest = t.delivery.c, sa.select(t.post.c.id).where(t.post.c.user_id == user_id)
    mine = latest.order_by(t.post.c.id.desc()).limit(sa.type_coerce(most, sa.Integer)).subquery()
    return (
        sa.select(sa.func.min(d.created_at).label("at"))
        .select_from(mine.join(t.delivery, d.post_id == mine.c.id))
        .where(d.action == "receipt", d.created_at > sa.type_coerce(since, t.Time))
        .group_by(mine.c.id)
        .order_by(sa.desc("at"))
    )


_POSTED = Statement(_posted)


def enclosed(tx: Tx, user_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """When the user's posts with files came in since then, and how many files each has; the latest first."""
    d, p = t.delivery.c, t.post.c
    query = (
        sa.select(sa.func.min(d.created_at).label("at"), sa.func.json_array_length(p.files))
        .select_from(t.post.join(t.delivery, d.post_id == p.id))
        .where(p.user_id == user_id, sa.func.json_array_length(p.files) > 0)
        .where(d.action == "receipt", d.created_at > since)
        .group_by(p.id)
        .order_by(sa.desc("at"))
    )
    return [(row[0], int(row[1])) for row in tx.connection.execute(query)]


_FOLLOWS = ("follow",)
_ROUTES = ("mirror", "sync")
_UNDER_WAY = {
    "follows": ("follow", "list", "sources"),
    "routes": ("mirror", "sources"),
}  # what makes a route when it succeeds


def count(tx: Tx, now: datetime, user_id: int, name: str) -> int:
    """How many of these the user has, with those that are being made."""
    match name:
        case "posts":
            return len(posted(tx, user_id, now - DAY, 1_000_000))
        case "media":
            return sum(files for _, files in enclosed(tx, user_id, now - DAY))
        case "accounts":
            return _accounts(tx, user_id)
        case "links":
            return _links(tx, now, user_id)
        case _:
            return _routes(tx, user_id, name)


def _routes(tx: Tx, user_id: int, name: str) -> int:
    r, d = t.route.c, t.delivery.c
    verbs = _FOLLOWS if name == "follows" else _ROUTES
    there = sa.select(sa.func.count()).where(r.user_id == user_id, r.state != "ended", r.verb.in_(verbs))
    wanted = sa.select(sa.func.count()).where(
        d.user_id == user_id, d.action.in_(_UNDER_WAY[name]), d.ended_at.is_(None)
    )
    return int(tx.scalar(there)) + int(tx.scalar(wanted))


def _accounts(tx: Tx, user_id: int) -> int:
    where = (t.account.c.user_id == user_id, t.account.c.state != "unlinked")
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.account).where(*where)))


def _links(tx: Tx, now: datetime, user_id: int) -> int:
    link = t.link_request.c
    where = (link.user_id == user_id, link.state.not_in(("done", "ended")), link.expires_at > now)
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.link_request).where(*where)))


def frees_at(tx: Tx, now: datetime, user_id: int, name: str) -> datetime | None:
    """When the first attempt to link that is under way is over, whatever becomes of it."""
    link = t.link_request.c
    where = (link.user_id == user_id, link.state.not_in(("done", "ended")), link.expires_at > now)
    return tx.scalar(sa.select(sa.func.min(link.expires_at)).where(*where)) if name == "links" else None
