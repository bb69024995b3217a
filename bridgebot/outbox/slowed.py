"""What follows from a 429: the budget that it is about waits, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridgebot.errors import Temporary
from bridgebot.outbox.begin import pending
from bridgebot.outbox.ended import words
from bridgebot.outbox.outcome import backoff, say_until, until_when
from bridgebot.store import Tx, deliveries, lanes
from bridgebot.store.budgets import Gate
from bridgebot.store.rows import Delivery


def slowed(tx: Tx, now: datetime, gate: Gate, delivery: Delivery, error: Temporary) -> None:
    """It came too fast (429): the budget waits, not the lane, and it does not count as an attempt."""
    row = deliveries.delivery(tx, delivery.id)
    times = int((row.error or {}).get("slowed", 0)) + 1
    until = now + timedelta(seconds=error.retry_after or backoff(times))  # 0 says nothing
    gate.slow_down(delivery, error.rate or "", until, pending(deliveries.parts(tx, delivery.id)))
    nowhere = delivery.chat_id is None and delivery.account_id is None
    deliveries.change(
        tx,
        delivery.id,
        state="queued",
        attempts=max(row.attempts - 1, 0),
        due_at=until if nowhere else row.due_at,
        error=words(error) | {"slowed": times} | until_when(error.retry_after, until),
    )
    lanes.release(tx, delivery)
    if until_when(error.retry_after, until):
        say_until(tx, now, delivery)
