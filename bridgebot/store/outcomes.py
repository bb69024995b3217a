"""What the outcomes of many deliveries leave behind: their copies, and receipts that are to be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement, fixed, listed
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

ENDED = ("sent", "failed", "cancelled")
_D = t.delivery.c

# By what delivery, as what, id, URL, whose, part, and which version of the post it shows.
Made = tuple[int, str, str, str | None, int | None, int, int]


def note_made(tx: Tx, made: Iterable[Made]) -> None:
    """Copies that deliveries made, each in the place of its own; what is known there already stays."""
    _NOTE_MADE.run_all(tx, made)


def _note_made(
    delivery_id: Any, role: Any, native_id: Any, url: Any, whose: Any, part: Any, version: Any
) -> Any:
    chat, account = t.chat.c, t.account.c
    values = {
        "post_id": _D.post_id,
        "role": role,
        "realm": sa.func.coalesce(chat.adapter + "/" + chat.native_id, account.server),
        "native_id": native_id,
        "adapter": sa.func.coalesce(chat.adapter, account.adapter),
        "chat_id": _D.chat_id,
        "account_id": _D.account_id,
        "delivery_id": whose,
        "part": part,
        "version": version,
        "url": url,
    }
    place = t.delivery.outerjoin(t.chat, chat.id == _D.chat_id)
    rows = (
        sa.select(*values.values())
        .select_from(place.outerjoin(t.account, account.id == _D.account_id))
        .where(_D.id == delivery_id)
    )
    # In the words of SQLite, the database that there is.
    return sqlite.insert(t.copy).from_select(list(values), rows).on_conflict_do_nothing()


_NOTE_MADE = Statement(_note_made)


def stale_receipts(tx: Tx, now: datetime, post_ids: Iterable[int]) -> list[Delivery]:
    """The receipts of posts of which something has ended, but for those that will say so as it is: nothing
    of them is frozen, and they are due already or wait for the rest.
    """
    return _STALE.many(tx, json.dumps(list(post_ids)), now)


def _stale(post_ids: Any, now: Any) -> sa.Select[Any]:
    waits = sa.and_(_D.state == fixed("queued"), _D.fence == fixed(0))
    fresh = sa.and_(waits, sa.or_(_D.due_at <= now, _is_open(_D.post_id)))
    where = (_D.post_id.in_(listed(post_ids)), _D.action == fixed("receipt"), sa.not_(fresh))
    return sa.select(t.delivery).where(*where).order_by(_D.id)


def one_of(column: Any, values: Iterable[str]) -> Any:
    """Whether a column has one of these values. For an `IN` of more than two, SQLite builds a table anew with
    every run, which costs more than all else in a statement that reads a row or two.
    """
    return sa.or_(*(column == fixed(value) for value in values))


def goes_out(work: Any) -> Any:
    """Whether a delivery brings a post to an account, or by a rule of its user's into a group or a channel;
    what the chats of whoever follows it are given is no part of it. A condition on the columns of deliveries.
    """
    rule, place = t.route.alias("rule"), t.chat.alias("place")
    carries = rule.c.verb.in_([fixed(verb) for verb in ("sync", "default")])
    shared = (rule.c.id == work.route_id, place.c.id == work.chat_id, carries, sa.not_(place.c.direct))
    return sa.or_(work.account_id.is_not(None), sa.exists(sa.select(fixed(1)).where(*shared)))


def _is_open(post_id: Any) -> Any:
    work = t.delivery.alias("work")
    acts, over = one_of(work.c.action, ("create", "edit", "delete")), one_of(work.c.state, ENDED)
    where = (work.c.post_id == post_id, acts, sa.not_(over), goes_out(work.c))
    return sa.exists(sa.select(fixed(1)).select_from(work).where(*where))


_STALE = Query(Delivery, _stale)
_SETTLED = Statement(lambda post_id: sa.select(sa.not_(_is_open(post_id))))


def settled(tx: Tx, post_id: int) -> bool:
    """Whether everything that publishes, changes or deletes the post on networks has ended."""
    return bool(_SETTLED.value(tx, post_id))
