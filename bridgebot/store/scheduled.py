"""Posts that wait for their time. Each is a delivery that makes the post when it is due; until then there is
none, so nothing can show, carry or count it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bridgebot.store import deliveries, held
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

ACTION = "schedule"


def lane(user_id: int) -> str:
    """All of a user's wait in one, so that they are found without looking at what others have waiting."""
    return f"{ACTION}:{user_id}"


def of_user(tx: Tx, user_id: int) -> list[Delivery]:
    """What waits, the next due first."""
    return sorted(held.waiting(tx, lane(user_id)), key=lambda one: (one.due_at, one.id))


def add(
    tx: Tx, now: datetime, user_id: int, due_at: datetime, cause_id: int | None, arguments: dict[str, Any]
) -> int | None:
    """Let something wait; its number is what people call it by, unique among what waits."""
    taken = [one.arguments["number"] for one in of_user(tx, user_id)]
    order = Order(
        action=ACTION,
        lane=lane(user_id),
        urgency=ANSWER,
        cause_id=cause_id,
        user_id=user_id,
        arguments=arguments | {"adapter": "", "number": max(taken, default=0) + 1},
        due_at=due_at,
    )
    return deliveries.queue(tx, now, order)


def waiting(tx: Tx, user_id: int, delivery_id: int) -> Delivery | None:
    """One of the user's, if it still waits."""
    return next((one for one in of_user(tx, user_id) if one.id == delivery_id), None)
