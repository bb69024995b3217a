"""How much one person may have and do; whoever meets a limit is told when it opens."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from bridgebot.config import Quotas
from bridgebot.dialog import Talk
from bridgebot.render import clock
from bridgebot.store import quotas as store

NAMES = tuple(field.name for field in dataclasses.fields(Quotas))


def most(exchange: Talk, user_id: int, name: str) -> int:
    """The quota of a user: their own, else everybody's."""
    everybodys: int = getattr(exchange.house.quotas, name)
    return store.of_user(exchange.tx, user_id).get(name, everybodys)


def is_met(exchange: Talk, name: str) -> bool:
    """Whether the speaker has as many as they may; then that is said."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    limit = most(exchange, user_id, name)
    if store.count(tx, now, user_id, name) < limit:
        return False
    _say(exchange, name, limit, store.frees_at(tx, now, user_id, name))
    return True


def left(exchange: Talk, name: str) -> int:
    """How many more of these the speaker may have; below 0 where the quota was lowered."""
    user_id = exchange.user.id
    return most(exchange, user_id, name) - store.count(exchange.tx, exchange.now, user_id, name)


def is_met_by_posts(exchange: Talk, owner: int | None = None) -> bool:
    """The same for posts in 24 hours: they are counted only when nobody knows any more how many are left.
    With a lent account they are its `owner`'s.
    """
    allowances, user_id = exchange.house.allowances, owner or exchange.user.id
    if allowances.take(user_id):
        return False
    limit = most(exchange, user_id, "posts")
    posted = store.posted(exchange.tx, user_id, exchange.now - store.DAY, limit)
    if len(posted) >= limit and owner is not None:
        exchange.say("quota-lent")
        return True
    if len(posted) >= limit:
        _say(exchange, "posts", limit, posted[-1] + store.DAY if posted else None)
        return True
    allowances.give(user_id, limit - len(posted))
    return not allowances.take(user_id)


def is_met_by_files(exchange: Talk, files: int, owner: int | None = None) -> bool:
    """The same for so many files more in 24 hours: a post goes with all of its files, or not at all."""
    if not files:
        return False
    user_id = owner or exchange.user.id
    limit = most(exchange, user_id, "media")
    sent = store.enclosed(exchange.tx, user_id, exchange.now - store.DAY)
    room = limit - sum(count for _, count in sent)
    if files <= room:
        return False
    if owner is not None:
        exchange.say("quota-lent")
    else:
        _say(exchange, "media", limit, _opens(sent, files - room) if files <= limit else None)
    return True


def _opens(sent: Sequence[tuple[datetime, int]], wanted: int) -> datetime | None:
    """When so many files are more than 24 hours ago. Pure."""
    for at, count in reversed(sent):
        wanted -= count
        if wanted <= 0:
            return at + store.DAY
    return None


def posts_open_at(exchange: Talk) -> datetime:
    """When the speaker, who has used up the day's posts, may post again; in a day where none are allowed."""
    limit = most(exchange, exchange.user.id, "posts")
    posted = store.posted(exchange.tx, exchange.user.id, exchange.now - store.DAY, limit)
    return (posted[-1] if posted else exchange.now) + store.DAY


def _say(exchange: Talk, name: str, limit: int, opens: datetime | None) -> None:
    zone = exchange.user.timezone or exchange.house.timezone
    if opens is None:
        exchange.say(f"quota-{name}", most=limit)
    else:
        exchange.say(f"quota-{name}-until", most=limit, time=clock(opens, exchange.now, zone))
