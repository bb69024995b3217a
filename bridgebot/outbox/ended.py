"""What is written down when a delivery has ended: copies, and who must be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridgebot import dialog, flow
from bridgebot.dialog import House
from bridgebot.errors import AdapterError
from bridgebot.outbox import answers
from bridgebot.outbox.calls import Done
from bridgebot.render import quoted
from bridgebot.store import Tx, deliveries, outcomes, people, posts, routes
from bridgebot.store.posts import MIRROR, RECEIPT
from bridgebot.store.rows import Delivery, Part


def words(error: AdapterError) -> dict[str, Any]:
    """An error as it is stored: its class says later whether trying again can help."""
    return {"key": error.key, "arguments": quoted(error.arguments), "kind": type(error).__name__}


def note_copies(tx: Tx, now: datetime, calls: Iterable[tuple[Delivery, Part, Done]]) -> None:
    """An id that arrives is recorded, however late."""
    made: list[outcomes.Made] = []
    for delivery, part, done in calls:
        operation, version = part.payload["op"], part.payload.get("version", 0)
        if operation in ("delete", "delete-message"):
            _mark_gone(tx, now, delivery, part.payload["id"])
        elif operation in ("edit", "edit-message") and version:
            posts.note_shown(tx, _realm(tx, delivery), part.payload["id"], version)
        if delivery.post_id is None or operation not in ("send", "publish"):
            continue
        role = RECEIPT if delivery.action.startswith("receipt") else MIRROR
        # What an edit adds belongs to the create that it changes: the next edit finds all of it there.
        made_by = flow.target(delivery) if delivery.action in ("edit", "receipt-change") else delivery.id
        made += [(delivery.id, role, id, done.url, made_by, part.number, version) for id in done.ids]
    outcomes.note_made(tx, made)


def _mark_gone(tx: Tx, now: datetime, delivery: Delivery, native_id: str) -> None:
    copy = posts.copy_at(tx, _realm(tx, delivery), native_id)
    if copy is not None:
        posts.mark_gone(tx, now, copy.id)


def _realm(tx: Tx, delivery: Delivery) -> str:
    """Where ids of what is there are unique."""
    if delivery.chat_id is not None:
        return people.chat_by_id(tx, delivery.chat_id).realm
    if delivery.account_id is None:
        raise LookupError(f"delivery {delivery.id} has no place")
    return people.account(tx, delivery.account_id).server


def fail_dependants(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """What stood after it fails with a sentence; what is out of it all the same is still taken back."""
    for waiting in deliveries.waiting_on(tx, delivery.id):
        if waiting.state != "queued":
            continue
        deliveries.end(tx, now, waiting.id, "failed", error={"key": "error-after-failed"})
        if waiting.action == "delete":
            flow.sweep(tx, now, delivery, cause_id=waiting.cause_id)
        fail_dependants(tx, now, house, waiting)
        ended(tx, now, house, [waiting])


def ended(tx: Tx, now: datetime, house: House, over: Sequence[Delivery]) -> None:
    """Tell who waits for them: the receipts of posts, or the chats that asked."""
    for delivery in over:
        if delivery.action == "unlink" and delivery.account_id is not None:
            people.unlink(tx, delivery.account_id)
    # What comes into chats is told of only where a rule brings it; that is seen when the receipt is written.
    shown = {one.post_id for one in over if one.post_id is not None and _goes_out(tx, one)}
    if shown:
        flow.refresh_stale(tx, now, outcomes.stale_receipts(tx, now, shown))
    for delivery in over:
        if _moves(delivery):
            server = people.account(tx, delivery.account_id or 0).server
            flow.bring_in_line(tx, now, posts.post(tx, delivery.post_id or 0), server)
        if "answer" in delivery.arguments:
            _answer(tx, now, house, delivery)
        if answers.is_open_look_up(delivery):
            _forget(tx, delivery)


def _moves(delivery: Delivery) -> bool:
    """Whether others may have known the post before from where this was done."""
    if delivery.account_id is None or delivery.post_id is None:
        return False
    again = delivery.action == "create" and flow.GENERATION in delivery.arguments
    return again or delivery.action in ("edit", "delete")


def _goes_out(tx: Tx, delivery: Delivery) -> bool:
    """Whether receipts speak of it."""
    if delivery.account_id is not None or delivery.route_id is None or delivery.chat_id is None:
        return delivery.account_id is not None
    chat = people.chat_by_id(tx, delivery.chat_id)
    return not chat.direct and routes.route(tx, delivery.route_id).verb in routes.CARRYING


def _forget(tx: Tx, delivery: Delivery) -> None:
    """What was looked for and what was found may be a secret, the address of somebody's feed: once that is
    over only this stays, where it was asked and whether it was asked on.
    """
    if deliveries.delivery(tx, delivery.id).state in deliveries.ENDED:
        said = delivery.arguments
        stays = {"adapter": said["adapter"], "server": said["server"], "passed_on": bool(said.get("then"))}
        deliveries.change(tx, delivery.id, arguments=stays, result=None)
        deliveries.wipe_parts(tx, delivery.id)


def _can_be_taken_back(delivery: Delivery) -> bool:
    """Whether a button below the answer takes back what was done."""
    done = delivery.action in ("mute", "block") and delivery.state == "sent"
    return done and delivery.arguments["on"] and not delivery.arguments.get("undo")


def _answer(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    fresh = deliveries.delivery(tx, delivery.id)
    text = answers.answer(tx, house, fresh)
    if text is None:
        return
    chat = people.chat_by_id(tx, fresh.arguments["answer"])
    if _can_be_taken_back(fresh) and fresh.user_id is not None:
        exchange = dialog.on_its_own(tx, now, house, chat, fresh.user_id)
        told = replace(exchange, cause_id=fresh.cause_id)
        told.ask("kept-off", text, {"delivery": fresh.id}, ("undo",), hint=False)
    else:
        language = dialog.language_of(tx, house, fresh.user_id) if fresh.user_id else house.language
        why, face = fresh.cause_id, answers.picture(fresh)
        dialog.notice(tx, now, chat, text, language, user_id=fresh.user_id, cause_id=why, picture=face)
