"""How it stands with one linked account: what /accounts says of it, as far as anything is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bridgebot.adapter import Per, Rate
from bridgebot.store import renewals
from bridgebot.store import tables as t
from bridgebot.store.attempts import UNDER_WAY
from bridgebot.store.gcra import pace
from bridgebot.store.rows import Account
from bridgebot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class LastPost:
    """The newest post that stands there by this account."""

    post_id: int
    at: datetime
    url: str | None
    number: int | None  # under which the asking chat knows it


@dataclass(frozen=True, slots=True)
class Left:
    """What the network still lets through of one rate, by the house's own count."""

    rate: Rate
    calls: int
    until: datetime | None  # set: nothing at all before


def linked_at(tx: Tx, account_id: int) -> datetime:
    return tx.scalar(sa.select(t.account.c.created_at).where(t.account.c.id == account_id))  # type: ignore[no-any-return]


def is_being_linked(tx: Tx, now: datetime, user_id: int, adapter: str) -> bool:
    """Whether the user has an attempt to link under way there: for the first time, or once more."""
    link = t.link_request.c
    mine = sa.exists().where(
        link.user_id == user_id, link.adapter == adapter, link.expires_at > now, UNDER_WAY
    )
    return bool(tx.scalar(sa.select(mine)))


def trouble_since(tx: Tx, now: datetime, account_id: int) -> datetime | None:
    """Since when what the account does fails, where that goes on now: a renewal of its credentials, or
    something that was tried and waits to be tried again.
    """
    renewal = renewals.of(tx, account_id)
    began = renewal.since if renewal is not None and renewal.ended_at is None else None
    d = t.delivery.c
    tried = (d.lane == f"account:{account_id}", d.state == "queued", d.ended_at.is_(None), d.attempts > 0)
    waits = tx.scalar(sa.select(sa.func.min(d.created_at)).where(*tried, d.error.is_not(None)))
    return min((at for at in (began, waits) if at is not None), default=None)


def reads_fail(tx: Tx, account_id: int) -> bool:
    """Whether the last read of one of its timelines failed."""
    line = t.timeline.c
    failing = sa.exists().where(line.account_id == account_id, line.failures > 0, line.held.is_(None))
    return bool(tx.scalar(sa.select(failing)))


def last_post(tx: Tx, account: Account, chat_id: int) -> LastPost | None:
    """The newest copy of a post of the user's own."""
    copy, post, short = t.copy.c, t.post.c, t.short_id.c
    number = (
        sa.select(short.n)
        .where(short.chat_id == chat_id, short.post_id == post.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(post.id, post.created_at, copy.url, number)
        .join(t.post, post.id == copy.post_id)
        .where(copy.account_id == account.id, copy.gone_at.is_(None), post.user_id == account.user_id)
        .order_by(copy.id.desc())
        .limit(1)
    )
    row = tx.connection.execute(query).first()
    return None if row is None else LastPost(*row)


def left(tx: Tx, now: datetime, account: Account, rates: Iterable[Rate]) -> list[Left]:
    """Of each rate that counts this account's calls, once something was counted."""
    found = []
    for rate in rates:
        if rate.per is not Per.ACCOUNT or rate.unit != "calls":
            continue
        b = t.budget.c
        key = (b.adapter == account.adapter, b.server == account.server, b.place == account.native_id)
        query = sa.select(b.next_at, b.held_until).where(*key, b.rate == rate.name)
        row = tx.connection.execute(query).first()
        if row is not None:
            held = row[1] if row[1] is not None and row[1] > now else None
            found.append(Left(rate, 0 if held else _calls(rate, row[0], now), held))
    return found


def _calls(rate: Rate, next_at: datetime, now: datetime) -> int:
    """What was taken moved `next_at` on by its share. Pure."""
    taken = max((next_at - now) / pace(rate).interval, 0)
    return max(rate.amount - round(taken), 0)
