"""What waited while nothing could leave: what of it simply goes on, and what is asked about first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bridgebot.flow.changes import cancel, untouched
from bridgebot.flow.receipts import refresh_receipt, touch_receipts
from bridgebot.store import Tx, deliveries, held, lanes, people, posts, talk
from bridgebot.store.deliveries import HELD
from bridgebot.store.rows import Delivery

PATIENCE = timedelta(hours=1)  # what waited longer is not simply sent afterwards
MOST_SHOWN = 5  # items that come into a chat at once after a time away

# What makes something new to be seen out there. A deletion is never late, and neither is a look.
_ON_NETWORKS = ("create", "edit", "edit-original", "favourite", "boost", "bookmark", "follow")
_IN_CHATS = ("create", "happening", "notice", "receipt")
_AGREED = "agreed"  # argument: when its person last said that it is to be sent


def asked_about(tx: Tx, waiting: Iterable[Delivery]) -> list[Delivery]:
    """Of what waits, that which somebody may not mean any more. What may be out already goes on:
    dropping it would leave half of it there.
    """
    return [d for d in waiting if _is_new(d) and untouched(tx, d)]


def _is_new(delivery: Delivery) -> bool:
    """Whether it makes something new to be seen; a question in a chat asks by itself. Pure."""
    if delivery.account_id is not None:
        return delivery.action in _ON_NETWORKS and not delivery.lane.startswith("look:")
    return delivery.action in _IN_CHATS and "question" not in delivery.arguments


def over(tx: Tx, waiting: Iterable[Delivery]) -> list[Delivery]:
    """Of what waits for a chat, questions that nobody can answer any more."""
    asked = [(delivery, delivery.arguments.get("question")) for delivery in waiting]
    questions = [(delivery, talk.question(tx, number)) for delivery, number in asked if number is not None]
    return [delivery for delivery, question in questions if question is None or question.state != "open"]


def aged(now: datetime, waiting: Iterable[Delivery]) -> list[Delivery]:
    """What waited longer than people remember. Pure."""
    return [delivery for delivery in waiting if now - waits_since(delivery) > PATIENCE]


def waits_since(delivery: Delivery) -> datetime:
    """Since when: since it was written, or since its person last said that it is to be sent. Pure."""
    agreed = delivery.arguments.get(_AGREED)
    return datetime.fromisoformat(agreed) if agreed else delivery.created_at


def hold_back(tx: Tx, now: datetime, chosen: Sequence[Delivery]) -> None:
    """Keep these until somebody says what becomes of them; words that were frozen are written anew."""
    for delivery in chosen:
        deliveries.thaw(tx, delivery.id)
        deliveries.change(tx, delivery.id, state=HELD, error=None)
    show(tx, now, chosen)


def send(tx: Tx, now: datetime, chosen: Sequence[Delivery]) -> None:
    """They are still meant: each takes its turn again, in the order in which it was written."""
    for delivery in chosen:
        arguments = delivery.arguments | {_AGREED: now.isoformat()}
        deliveries.change(tx, delivery.id, state="queued", due_at=now, arguments=arguments)
    show(tx, now, chosen)


def drop(tx: Tx, now: datetime, chosen: Sequence[Delivery]) -> None:
    """They are not meant any more: tombstones, and what stood after them goes too."""
    for delivery in chosen:
        after = deliveries.waiting_on(tx, delivery.id)
        cancel(tx, now, delivery)
        show(tx, now, [delivery, *after])


def show(tx: Tx, now: datetime, changed: Iterable[Delivery]) -> None:
    """The receipts of these say how it stands."""
    for post_id in dict.fromkeys(d.post_id for d in changed if d.account_id is not None and d.post_id):
        touch_receipts(tx, now, posts.post(tx, post_id), None)


def show_waiting(tx: Tx, now: datetime, account_id: int) -> None:
    """An account's lane was stopped: the receipts of what waits in it say so and how it is mended."""
    waiting = deliveries.queued_for(tx, account_id)
    for post_id in dict.fromkeys(d.post_id for d in waiting if d.post_id is not None):
        for shown in deliveries.of_post(tx, post_id, "receipt"):
            refresh_receipt(tx, now, shown)


def why(tx: Tx, create: Delivery) -> str | None:
    """What a delivery that has not left waits for besides its turn: asked, auth, gone, house, paused."""
    if create.state == HELD:
        return "asked"
    if create.state != "queued":
        return None
    if (lane := lanes.is_held(tx, create.lane)) is not None:
        return lane
    if create.user_id is not None and people.user(tx, create.user_id).paused_at is not None:
        return "paused"
    return "house" if held.house_stopped(tx) else None
