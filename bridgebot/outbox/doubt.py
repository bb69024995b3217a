"""A call without an answer: it is repeated, looked for or asked about, as the network's adapter declares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bridgebot import asking, flow
from bridgebot.adapter import OnUnconfirmed
from bridgebot.dialog import House
from bridgebot.outbox import started
from bridgebot.outbox.calls import HARMLESS, Done
from bridgebot.outbox.ended import ended, fail_dependants, note_copies
from bridgebot.store import Tx, deliveries, people, restored
from bridgebot.store.deliveries import Order
from bridgebot.store.rows import Delivery, Part

LOOK_AFTER = (5.0, 30.0)  # seconds: when to look whether an unanswered publication is there


def way(tx: Tx, house: House, delivery: Delivery) -> OnUnconfirmed:
    """How it is settled whether the part without an answer is out."""
    pending = _pending(tx, delivery)
    if pending is None or pending.payload["op"] in HARMLESS:
        return OnUnconfirmed.REPEAT
    network = house.network(_adapter_of(tx, delivery))
    if pending.payload["op"] == "vote":  # its key makes nothing harmless; whoever voted is shown it
        social = network.social if network else None
        return OnUnconfirmed.LOOK if social is not None and social.get else OnUnconfirmed.ASK
    able = (network.chat or network.social) if network else None
    return able.on_unconfirmed if able else OnUnconfirmed.ASK


def may_be_seen(tx: Tx, delivery: Delivery) -> bool:
    """Whether people may see what the part without an answer brought: a file alone is seen by nobody."""
    pending = _pending(tx, delivery)
    return pending is None or bool(deliveries.seen([pending]))


def _pending(tx: Tx, delivery: Delivery) -> Part | None:
    """The first part that is not out, as far as anybody knows."""
    return next((part for part in deliveries.parts(tx, delivery.id) if part.native_ids is None), None)


def _adapter_of(tx: Tx, delivery: Delivery) -> str:
    if delivery.chat_id is not None:
        return people.chat_by_id(tx, delivery.chat_id).adapter
    if delivery.account_id is not None:
        return people.account(tx, delivery.account_id).adapter
    return str(delivery.arguments["adapter"])


def settle(tx: Tx, now: datetime, house: House, delivery: Delivery, how: OnUnconfirmed) -> None:
    """Find out what became of a delivery in the state `unconfirmed`."""
    if delivery.chat_id is not None:
        _repeat_once(tx, now, house, delivery)
    elif how is OnUnconfirmed.LOOK:
        _look(tx, now, delivery, 0)
    else:
        _ask(tx, now, house, delivery)


def _repeat_once(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """In a chat at least once: a second time after a call without an answer, then it is let be."""
    if delivery.arguments.get("repeated"):
        deliveries.end(tx, now, delivery.id, "failed", error={"key": "error-unconfirmed"})
        fail_dependants(tx, now, house, delivery)
        return
    due = now + timedelta(seconds=LOOK_AFTER[0])
    arguments = delivery.arguments | {"repeated": True, "unanswered": True}
    deliveries.change(tx, delivery.id, state="queued", due_at=due, arguments=arguments)


def _look(tx: Tx, now: datetime, delivery: Delivery, tries: int) -> None:
    """Queue a look whether the publication is there, in a lane of its own."""
    again = delivery.arguments.get("again", 0)
    order = Order(
        action="look",
        lane=f"look:{delivery.id}",
        once=f"look:{delivery.id}:{again}:{delivery.attempts}:{tries}",
        account_id=delivery.account_id,
        user_id=delivery.user_id,
        arguments={"of": delivery.id, "tries": tries},
        due_at=now + timedelta(seconds=LOOK_AFTER[tries]),
    )
    deliveries.queue(tx, now, order)


def looked(tx: Tx, now: datetime, house: House, look: Delivery, found: Done) -> Delivery | None:
    """It is there: as if the answer had come. It is not, after the last look: returned, to be tried again.

    The verdict may also be the person's own.
    """
    delivery = deliveries.delivery(tx, look.arguments["of"])
    verdict = look.arguments.get("verdict")
    if delivery.state == "sent" and found.ids and verdict is None:
        _named_late(tx, now, house, look, delivery, found)
    if delivery.state != "unconfirmed":
        return None
    if verdict == "there":
        _is_there(tx, now, house, delivery)
    elif verdict == "again":
        _send_again(tx, now, house, delivery)
    elif found.ids:
        confirm(tx, now, house, delivery, found, look.arguments.get("part"))
    elif look.arguments["tries"] + 1 < len(LOOK_AFTER):
        _look(tx, now, delivery, look.arguments["tries"] + 1)
    else:
        return _not_found(tx, now, house, delivery)
    return None


def _not_found(tx: Tx, now: datetime, house: House, delivery: Delivery) -> Delivery | None:
    """It is not there: it is tried again. What a restored copy brings back may only have gone out of reach:
    the person is asked.
    """
    if restored.is_doubted(delivery):
        _ask(tx, now, house, delivery)
        return None
    return delivery if _send_again(tx, now, house, delivery) else None


def _ask(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """Only the person can tell whether it is there."""
    key = "unconfirmed-vote-ask" if delivery.action == "vote" else "unconfirmed-ask"
    asking.ask_owner(tx, now, house, delivery, "unconfirmed", key, ("there", "again"))


def _send_again(tx: Tx, now: datetime, house: House, delivery: Delivery) -> bool:
    """It is not there; what was taken back meanwhile need not come there any more: False."""
    begun = any(part.native_ids for part in deliveries.seen(deliveries.parts(tx, delivery.id)))
    wanted = begun or delivery.action != "create" or not flow.is_unwanted(tx, delivery)
    if wanted:
        deliveries.change(tx, delivery.id, state="queued", due_at=now)
    else:
        flow.cancel(tx, now, delivery)
        ended(tx, now, house, [delivery])
    _no_more_questions(tx, now, house, delivery)
    return wanted


def confirm(
    tx: Tx, now: datetime, house: House, delivery: Delivery, found: Done, number: int | None = None
) -> None:
    """The part that had no answer turned out to be there; further parts go on from it."""
    parts = deliveries.parts(tx, delivery.id)
    waiting = next(part.number for part in parts if part.native_ids is None)
    part = parts[waiting if number is None else number]
    deliveries.part_sent(tx, delivery.id, part.number, found.ids)
    note_copies(tx, now, [(delivery, part, found)])
    if part.number >= waiting:
        _goes_on(tx, now, house, delivery, part, found.data)


def _is_there(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """A person saw it: it is out, under an id that nobody here knows yet."""
    pending = _pending(tx, delivery)
    if pending is not None:
        deliveries.part_sent(tx, delivery.id, pending.number, ())
        if delivery.action != "vote":  # a vote has no name, and no timeline shows it
            deliveries.change(tx, delivery.id, nameless_at=now)
        _goes_on(tx, now, house, delivery, pending)


def _goes_on(
    tx: Tx,
    now: datetime,
    house: House,
    delivery: Delivery,
    part: Part,
    data: dict[str, Any] | None = None,
) -> None:
    """That part is out: the next one follows, or the delivery has ended."""
    _no_more_questions(tx, now, house, delivery)
    if part.number < len(deliveries.parts(tx, delivery.id)) - 1:
        deliveries.change(tx, delivery.id, state="queued", due_at=now)
        return
    deliveries.end(tx, now, delivery.id, "sent", result=data or None)
    if data:
        started.start(tx, now, house, delivery, data)
    flow.tidy(tx, now, delivery)
    ended(tx, now, house, [delivery])


def _named_late(tx: Tx, now: datetime, house: House, look: Delivery, delivery: Delivery, found: Done) -> None:
    """A person said that it is there, and now a timeline showed it: from here on it can be changed."""
    parts = deliveries.parts(tx, delivery.id)
    part = parts[look.arguments["part"]] if "part" in look.arguments else deliveries.seen(parts)[0]
    if not part.native_ids:
        deliveries.part_sent(tx, delivery.id, part.number, found.ids)
        deliveries.change(tx, delivery.id, nameless_at=None)
        note_copies(tx, now, [(delivery, part, found)])
        flow.tidy(tx, now, delivery)
        ended(tx, now, house, [delivery])


def _no_more_questions(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    if delivery.user_id is not None:
        asking.put_aside(tx, now, house, delivery.user_id, "unconfirmed", delivery.id)


__all__ = ["LOOK_AFTER", "confirm", "looked", "may_be_seen", "settle", "way"]
