"""Receipts: queued once for a post, changed as its deliveries end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bridgebot.store import Tx, deliveries, outcomes, posts
from bridgebot.store.deliveries import FOLLOW_UP, Order
from bridgebot.store.rows import Chat, Delivery, Post

RECEIPT_AFTER = timedelta(seconds=1.5)  # a receipt waits so long for all deliveries to end


def receipt(
    tx: Tx, now: datetime, post: Post, chat: Chat, *, user_id: int, cause_id: int | None = None
) -> None:
    """Queue the receipt of a post in its owner's chat, once; it gives the post its short id there."""
    order = receipt_order(
        tx, now, post, chat, user_id=user_id, settled=settled(tx, post.id), cause_id=cause_id
    )
    deliveries.queue(tx, now, order)


def receipt_order(
    tx: Tx,
    now: datetime,
    post: Post,
    chat: Chat,
    *,
    user_id: int,
    settled: bool,
    cause_id: int | None = None,
) -> Order:
    posts.name(tx, chat.id, post.id)
    return Order(
        action="receipt",
        lane=f"chat:{chat.id}",
        urgency=FOLLOW_UP,
        once=f"receipt:{post.id}:{chat.id}",
        post_id=post.id,
        chat_id=chat.id,
        cause_id=cause_id,
        user_id=user_id,
        due_at=now if settled else now + RECEIPT_AFTER,
    )


def settled(tx: Tx, post_id: int) -> bool:
    """Whether everything that publishes, changes or deletes the post on networks has ended."""
    return outcomes.settled(tx, post_id)


def touch_receipts(tx: Tx, now: datetime, post: Post, cause_id: int | None) -> None:
    for shown in deliveries.of_post(tx, post.id, "receipt"):
        refresh_receipt(tx, now, shown, cause_id)


def refresh_receipt(
    tx: Tx, now: datetime, shown: Delivery, cause_id: int | None = None, *, where: bool = False
) -> None:
    """What a receipt says has changed: bring a waiting one forward, or queue one change of it.

    At most one waits: while a change is queued, a further one would say the same. `where`: its buttons are to
    say where else the post can go.
    """
    if shown.post_id is None or shown.state in ("cancelled", "failed", deliveries.HELD):
        return
    due = now if settled(tx, shown.post_id) else now + RECEIPT_AFTER
    if shown.state == "queued":
        _bring_forward(tx, shown, due)
        return
    waiting = [d for d in deliveries.waiting_on(tx, shown.id) if d.action == "receipt-change"]
    if any(d.state == "queued" for d in waiting):
        for d in waiting:
            _bring_forward(tx, d, now if where else due)
            if where:
                deliveries.change(tx, d.id, arguments={"where": True})
    else:
        deliveries.queue(
            tx,
            now,
            Order(
                action="receipt-change",
                lane=shown.lane,
                urgency=FOLLOW_UP,
                after_id=shown.id,
                post_id=shown.post_id,
                chat_id=shown.chat_id,
                cause_id=cause_id,
                user_id=shown.user_id,
                arguments={"where": True} if where else {},
                due_at=now if where else due,
            ),
        )


def refresh_stale(tx: Tx, now: datetime, stale: Sequence[Delivery]) -> None:
    """The same for receipts of which `outcomes.stale_receipts` says that they do not say what has ended: one
    that waits and has not begun is among them only when all has ended, and may go now.
    """
    waiting = [one for one in stale if one.state == "queued" and not one.fence]
    if waiting:
        deliveries.bring_forward(tx, waiting, now)
    for one in stale:
        if one.state != "queued" or one.fence:
            refresh_receipt(tx, now, one)


def _bring_forward(tx: Tx, waiting: Delivery, due: datetime) -> None:
    """An earlier attempt may have frozen words that are no longer true: they are written anew."""
    if waiting.fence and waiting.state == "queued" and not _begun(tx, waiting):
        deliveries.thaw(tx, waiting.id)
    if due < waiting.due_at:
        deliveries.bring_forward(tx, [waiting], due)


def _begun(tx: Tx, waiting: Delivery) -> bool:
    return any(part.native_ids for part in deliveries.parts(tx, waiting.id))
