"""A user goes: nothing of theirs leaves any more. What follows is done step by step, see `leaving`."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridgebot.flow.changes import cancel
from bridgebot.store import Tx, grants, leavings, routes

DELETING = timedelta(minutes=10)  # so long what is to be deleted out there may take


def leave(tx: Tx, now: datetime, user_id: int, chat_id: int, *, posts_too: bool) -> bool:
    """Stop everything of a user at once, what comes in too. False where that was begun before.

    `posts_too`: what the bot put on networks for them is deleted there first.
    """
    if not leavings.begin(tx, now, user_id, chat_id, posts=posts_too, until=now + DELETING):
        return False
    for route in routes.of_user(tx, user_id):
        routes.end(tx, route.id)
    grants.lapse(tx, now)
    for waiting in leavings.waiting(tx, user_id):
        cancel(tx, now, waiting)
    return True
