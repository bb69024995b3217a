"""So many posts an hour by one rule: what is more waits until its user has said what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bridgebot.store import Tx, deliveries, held, routes
from bridgebot.store.deliveries import ANSWER, HELD, Order
from bridgebot.store.rows import Delivery, Post, Route

ACTION = "over-cap"  # what has the question asked, once it is seen how many there are
GATHERING = timedelta(minutes=1)


def hold_over(tx: Tx, now: datetime, post: Post, rules: Iterable[Route]) -> None:
    """Hold back what these rules have just queued of a post beyond their caps, and have that asked about."""
    for rule in rules:
        cap: int = rule.filters.get("cap", 0)
        for create in _just_queued(tx, now, post, rule) if cap else ():
            if not routes.has_room(tx, now, rule.id, cap):
                _hold(tx, now, create, rule)


def _just_queued(tx: Tx, now: datetime, post: Post, rule: Route) -> list[Delivery]:
    """What a rule has brought about in this unit of work; a default leaves its number on none."""
    there = [c for c in deliveries.creates(tx, post.id) if c.state == "queued" and c.created_at == now]
    return [c for c in there if _leads_to(rule, c) and c.route_id in (None, rule.id) and not c.attempts]


def _leads_to(rule: Route, create: Delivery) -> bool:
    return (rule.account_id, rule.chat_id) == (create.account_id, create.chat_id)


def _hold(tx: Tx, now: datetime, create: Delivery, rule: Route) -> None:
    asked = bool(held.over_cap(tx, rule.id))
    arguments = create.arguments | {held.OVER: rule.id}
    deliveries.change(tx, create.id, state=HELD, arguments=arguments)
    if asked:
        return
    order = Order(
        action=ACTION,
        lane=f"look:over:{rule.id}",
        urgency=ANSWER,
        once=f"over:{create.id}",
        user_id=rule.user_id,
        arguments={"adapter": "", "route": rule.id},
        due_at=now + GATHERING,
    )
    deliveries.queue(tx, now, order)
