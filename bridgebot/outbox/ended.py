"""What is written down when a delivery has ended: copies, and who must be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bridgebot import dialog, flow
from bridgebot.dialog import House
from bridgebot.errors import AdapterError
from bridgebot.outbox import answers
from bridgebot.outbox.calls import Done
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.posts import MIRROR, RECEIPT, Spot
from bridgebot.store.rows import Delivery, Part


def words(error: AdapterError) -> dict[str, Any]:
    """An error as it is stored: its class says later whether trying again can help."""
    return {"key": error.key, "arguments": error.arguments, "kind": type(error).__name__}


def note_copies(tx: Tx, now: datetime, delivery: Delivery, part: Part, done: Done) -> None:
    """An id that arrives is recorded, however late."""
    operation = part.payload["op"]
    if operation in ("delete", "delete-message"):
        _mark_gone(tx, now, delivery, part.payload["id"])
    if delivery.post_id is None or operation not in ("send", "publish"):
        return
    role = RECEIPT if delivery.action.startswith("receipt") else MIRROR
    version = posts.post(tx, delivery.post_id).version
    # What an edit adds belongs to the create that it changes: the next edit finds all of it there.
    made_by = flow.target(delivery) if delivery.action in ("edit", "receipt-change") else delivery.id
    for native_id in done.ids:
        spot = _spot(tx, delivery, native_id, done.url)
        posts.add_copy(
            tx, delivery.post_id, role, spot, delivery_id=made_by, part=part.number, version=version
        )


def _spot(tx: Tx, delivery: Delivery, native_id: str, url: str | None) -> Spot:
    if delivery.chat_id is not None:
        chat = people.chat_by_id(tx, delivery.chat_id)
        return Spot(chat.realm, native_id, chat.adapter, chat_id=chat.id)
    if delivery.account_id is None:
        raise LookupError(f"delivery {delivery.id} has no place")
    account = people.account(tx, delivery.account_id)
    return Spot(account.server, native_id, account.adapter, account_id=account.id, url=url)


def _mark_gone(tx: Tx, now: datetime, delivery: Delivery, native_id: str) -> None:
    copy = posts.copy_at(tx, _spot(tx, delivery, native_id, None).realm, native_id)
    if copy is not None:
        posts.mark_gone(tx, now, copy.id)


def fail_dependants(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """What stood after it fails with a sentence; what is out of it all the same is still taken back."""
    for waiting in deliveries.waiting_on(tx, delivery.id):
        if waiting.state != "queued":
            continue
        deliveries.end(tx, now, waiting.id, "failed", error={"key": "error-after-failed"})
        if waiting.action == "delete":
            flow.sweep(tx, now, delivery, cause_id=waiting.cause_id)
        fail_dependants(tx, now, house, waiting)
        ended(tx, now, house, waiting)


def ended(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """Tell who waits for it: the receipt of the post, or the chat that asked."""
    if delivery.action == "unlink" and delivery.account_id is not None:
        people.unlink(tx, delivery.account_id)
    if delivery.post_id is not None and delivery.account_id is not None:
        for shown in deliveries.of_post(tx, delivery.post_id, "receipt"):
            flow.refresh_receipt(tx, now, shown)
    if "answer" not in delivery.arguments:
        return
    fresh = deliveries.delivery(tx, delivery.id)
    text = answers.answer(tx, house, fresh)
    if text is not None:
        chat = people.chat_by_id(tx, fresh.arguments["answer"])
        language = dialog.language_of(tx, house, fresh.user_id) if fresh.user_id else house.language
        dialog.notice(tx, now, chat, text, language, user_id=fresh.user_id, cause_id=fresh.cause_id)
