"""One post into every chat that follows it: the deliveries are one statement, their lanes another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bridgebot.model import Audience
from bridgebot.store import lanes
from bridgebot.store import tables as t
from bridgebot.store.lanes import MIRRORED
from bridgebot.store.muting import Voices
from bridgebot.store.posts import RECEIPT
from bridgebot.store.prepared import Statement
from bridgebot.store.routes import firing, simple
from bridgebot.store.tx import Tx

_R, _D = t.route.c, t.delivery.c


def into_chats(
    tx: Tx,
    now: datetime,
    timeline_id: int,
    post_id: int,
    audience: Audience,
    shown_at: datetime,
    boosted_by: str | None,
    voices: Voices,
) -> int:
    """Queue the post as an item in each chat that a route leads to and that never had it; how many."""
    last = _LAST.value(tx)
    arguments = {} if boosted_by is None else {"boosted_by": boosted_by}
    boosted = boosted_by is not None
    seen = (timeline_id, post_id, audience.value, shown_at, boosted, *voices)
    made = _INTO_CHATS.run(tx, *seen, arguments, now)
    if made:
        lanes.poke_new(tx, last + 1)
    return made


def _into_chats(
    timeline_id: Any,
    post_id: Any,
    audience: Any,
    shown_at: Any,
    boosted: Any,
    server: Any,
    author: Any,
    booster: Any,
    arguments: Any,
    now: Any,
) -> Any:
    lane = "chat:" + sa.cast(_R.chat_id, sa.Text)
    at = sa.type_coerce(now, t.Time)
    row = {
        "once": "create:" + sa.cast(post_id, sa.Text) + ":" + lane,
        "action": "create",
        "state": "queued",
        "lane": lane,
        "urgency": MIRRORED,
        "post_id": post_id,
        "chat_id": _R.chat_id,
        "route_id": _R.id,
        "user_id": _R.user_id,
        "arguments": sa.type_coerce(arguments, _D.arguments.type),
        "attempts": 0,
        "fence": 0,
        "due_at": at,
        "created_at": at,
    }
    shown = sa.select(t.copy.c.chat_id).where(
        t.copy.c.post_id == post_id, t.copy.c.role != RECEIPT, t.copy.c.chat_id.is_not(None)
    )
    where = (
        *firing(timeline_id, shown_at, server, author, booster),
        *simple(audience, boosted),
        # Where others read, only what is public; whose reader the route's user is, in their own chats alone.
        sa.or_(audience == Audience.PUBLIC.value, sa.and_(t.chat.c.direct, sa.exists(_owner()))),
        _R.chat_id.not_in(shown),
    )
    chats = t.route.join(t.chat, t.chat.c.id == _R.chat_id)
    values = [sa.literal(v, literal_execute=True) if isinstance(v, str | int) else v for v in row.values()]
    rows = sa.select(*values).select_from(chats).where(*where).order_by(_R.id)
    # In the words of SQLite, the database that there is.
    return sqlite.insert(t.delivery).from_select(list(row), rows).on_conflict_do_nothing()


def _owner() -> sa.Select[Any]:
    """The person whose chat it is, if they are the route's user."""
    person = t.person.c
    return sa.select(person.id).where(person.id == t.chat.c.person_id, person.user_id == _R.user_id)


_LAST = Statement(lambda: sa.select(sa.func.coalesce(sa.func.max(_D.id), 0)))
_INTO_CHATS = Statement(_into_chats)
