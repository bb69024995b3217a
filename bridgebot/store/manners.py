"""What routes say of how a post is to look where they bring it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Route
from bridgebot.store.tx import Tx

_R = t.route.c
_ROUTE = Query(Route, lambda route_id: sa.select(t.route).where(_R.id == route_id))
_DEFAULTS = Query(
    Route,
    lambda user_id: (
        sa.select(t.route)
        .where(_R.user_id == user_id, _R.source_chat_id.is_not(None), _R.state == "active")
        .where(sa.type_coerce(_R.filters, sa.Text) != sa.literal_column("'{}'"))  # few say anything
        .order_by(_R.id)
    ),
)


def of_route(tx: Tx, route_id: int) -> dict[str, Any]:
    """The options of a route, also of one that has ended: what it brought is still there."""
    found = tx.row(t.route, _ROUTE, route_id)
    return found.filters if found is not None else {}


def of_defaults(tx: Tx, user_id: int, account_id: int) -> dict[int, dict[str, Any]]:
    """By the chat, the options with which what the user posts there goes to an account; few have any."""
    made = [one for one in _DEFAULTS.known_many(tx, user_id) if one.account_id == account_id]
    return {one.source_chat_id: one.filters for one in made if one.source_chat_id is not None}
