"""Whose posts a user is not shown: those they muted or blocked, whatever a network still gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Account, Delivery
from bridgebot.store.tx import Tx

_M = t.mute.c
Voices = tuple[str, str, str]  # a server, and there whose post it is and who boosted it, or the same again


def note(
    tx: Tx, now: datetime, account: Account, kind: str, native_id: str, handle: str, *, on: bool
) -> None:
    """The user who owns the account mutes or blocks somebody on its server, or not any more."""
    key = {"server": account.server, "native_id": native_id, "user_id": account.user_id, "kind": kind}
    if on:
        more = {"adapter": account.adapter, "handle": handle, "since": now}
        tx.insert_or_ignore(t.mute, key | more)
    else:
        tx.connection.execute(sa.delete(t.mute).where(*(t.mute.c[name] == one for name, one in key.items())))


def is_off(tx: Tx, user_id: int, server: str, native_id: str) -> bool:
    """Whether this user is not shown what this person does."""
    return _IS_OFF.value(tx, user_id, server, native_id) is not None


def kept_from(server: Any, *people: Any) -> sa.Select[Any]:
    """The users who are not shown what one of these people posts, as a part of a statement."""
    return sa.select(_M.user_id).where(_M.server == server, _M.native_id.in_(people))


_IS_OFF = Statement(
    lambda user_id, server, native_id: kept_from(server, native_id).where(_M.user_id == user_id)
)


def waiting(tx: Tx, user_id: int, server: str, native_id: str) -> list[Delivery]:
    """What of this person's waits to be shown in a chat of the user's."""
    return _WAITING.many(tx, user_id, server, native_id)


_D, _C, _P = t.delivery.c, t.copy.c, t.post.c
_WAITING = Query(
    Delivery,
    lambda user_id, server, native_id: (
        sa.select(t.delivery)
        .join(t.post, _P.id == _D.post_id)
        .where(
            sa.or_(t.ALL_QUEUED, sa.and_(t.STANDING, _D.state == "held")),
            _D.user_id == user_id,
            _D.action == "create",
            _D.chat_id.is_not(None),
            _P.author_id == native_id,
            sa.exists().where(_C.post_id == _D.post_id, _C.realm == server),
        )
        .order_by(_D.id)
    ),
)
