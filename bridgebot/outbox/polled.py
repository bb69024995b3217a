"""What follows from a vote, and from a poll of one's own: what is shown of it, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bridgebot import flow, model, render
from bridgebot.dialog import House
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Delivery, noun, poll_row

ENDS = "poll-end"  # a look at a poll, shortly after its end
LONGEST = timedelta(days=366)  # who knows what becomes of a poll that is open for longer
AFTER = timedelta(seconds=60)  # servers count votes of other servers a little longer


def follow(tx: Tx, now: datetime, house: House, done: Delivery, found: dict[str, Any]) -> None:
    """A vote was counted, a poll was published, or somebody looked how one ended."""
    poll: model.Poll | None = noun(found.get("poll"), model.Poll | None)
    if poll is None or done.post_id is None:
        return
    if done.action in ("vote", ENDS):
        _shown(tx, now, house, done, poll)
    if not _is_over(poll, now):
        _look_at_its_end(tx, now, house, done, poll)


def _is_over(poll: model.Poll, now: datetime) -> bool:
    return poll.closed or poll.ends_at is None or poll.ends_at <= now


def _shown(tx: Tx, now: datetime, house: House, done: Delivery, poll: model.Poll) -> None:
    """Keep how it stands, and show that to whoever asked. What was written here stands on several networks,
    each with votes of its own.
    """
    post = posts.post(tx, done.post_id or 0)
    if post.user_id is None:
        posts.change(tx, post.id, poll=poll_row(poll))
    if done.user_id is not None:
        flow.show_anew(tx, now, house.networks, post, done.user_id, f"{done.action}{done.id}")


def _look_at_its_end(tx: Tx, now: datetime, house: House, done: Delivery, poll: model.Poll) -> None:
    """Once it is over the result is told, once: by a look of our own, for not every network tells."""
    account = people.account(tx, done.account_id or 0)
    arguments = _arguments(tx, done)
    if poll.ends_at is None or poll.ends_at - now > LONGEST or arguments is None:
        return
    if not flow.able(account, house.network(account.adapter), "get"):
        return
    order = Order(
        action=ENDS,
        lane=f"look:poll:{done.post_id}:{account.id}",
        urgency=ANSWER,
        once=f"{ENDS}:{done.post_id}:{account.id}:{poll.ends_at.isoformat()}",
        post_id=done.post_id,
        account_id=account.id,
        user_id=done.user_id,
        arguments=arguments | {"due": poll.ends_at.isoformat()},
        due_at=poll.ends_at + AFTER,
    )
    deliveries.queue(tx, now, order)


def _arguments(tx: Tx, done: Delivery) -> dict[str, Any] | None:
    """Which poll is looked at, and where that is told; None: nowhere."""
    if done.action in ("vote", ENDS):
        return {name: done.arguments[name] for name in ("id", "code", "answer")} | {"quiet": True}
    home = people.direct_chat(tx, done.user_id) if done.user_id is not None else None
    made = posts.brought(tx, done.post_id or 0, done.account_id or 0)
    if home is None or not made:
        return None
    code = render.short_id(posts.number(tx, home.id, done.post_id or 0))
    return {"id": made[0].native_id, "code": code, "answer": home.id, "quiet": True}
