"""Where a network will not show the post that another one quotes, that one names it by its address."""

from __future__ import annotations

from datetime import datetime

from bridgebot import flow
from bridgebot.errors import AdapterError, Rejected, TargetGone
from bridgebot.store import Tx, deliveries, lanes
from bridgebot.store.rows import Delivery


def is_refused(tx: Tx, delivery: Delivery, error: AdapterError) -> bool:
    """Whether a publication that shows another post was surely refused: by its writer, by the network, or
    since it is gone. A call without an answer may have been heard: then nothing else is posted.
    """
    if delivery.action != "create" or delivery.account_id is None:
        return False
    if not isinstance(error, Rejected | TargetGone) or delivery.arguments.get("unanswered"):
        return False
    parts = deliveries.parts(tx, delivery.id)
    pending = next((part.payload for part in parts if part.native_ids is None), {})
    return pending.get("op") == "publish" and pending["draft"].get("quote") is not None


def instead(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """It goes once more, with the address in words; if something else was wrong, that is refused, too."""
    deliveries.thaw(tx, delivery.id)
    arguments = delivery.arguments | {flow.UNQUOTED: True}
    deliveries.change(
        tx, delivery.id, state="queued", due_at=now, attempts=0, error=None, arguments=arguments
    )
    lanes.release(tx, delivery)
