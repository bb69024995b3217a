"""What is asked of a network when nobody knows whether a publication or a vote came about."""

from __future__ import annotations

from typing import Any

from bridgebot.dialog import House
from bridgebot.outbox import enclosed
from bridgebot.store import Tx, deliveries, posts
from bridgebot.store.rows import Delivery


def look(tx: Tx, house: House, delivery: Delivery) -> list[dict[str, Any]]:
    """Whether a publication, or a vote, is there: asked of the network, or known from a timeline."""
    if "verdict" in delivery.arguments:
        return [{"op": "found", "id": "", "url": None}]
    if "found" in delivery.arguments:
        native_id, url = delivery.arguments["found"]
        return [{"op": "found", "id": native_id, "url": url}]
    sought = deliveries.delivery(tx, delivery.arguments["of"])
    parts = deliveries.parts(tx, sought.id)
    pending = next((part for part in parts if part.native_ids is None), None)
    if pending is None:  # a timeline showed it before this look had its turn
        return [{"op": "found", "id": "", "url": None}]
    payload = enclosed.filled(pending.payload, [(p.payload, p.native_ids or ()) for p in parts])
    if pending.payload["op"] == "vote":
        return [{"op": "voted", "id": pending.payload["id"]}]
    others = posts.made_since(tx, sought.account_id or 0, sought.created_at)
    which = {"key": pending.key, "since": sought.created_at.isoformat(), "but": others}
    return [{"op": "find", "draft": payload["draft"], **which}]
