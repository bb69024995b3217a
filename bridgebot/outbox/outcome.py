"""What follows from the end of a call: one unit of work with copies, receipt, answers and dependants."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from bridgebot import dialog, flow, model
from bridgebot.adapter import OnUnconfirmed
from bridgebot.dialog import House
from bridgebot.errors import (
    AdapterError,
    AuthExpired,
    TargetGone,
    Temporary,
    Unconfirmed,
)
from bridgebot.flow import holding
from bridgebot.model import TimelineKind
from bridgebot.outbox import answers
from bridgebot.outbox.calls import HARMLESS, Done
from bridgebot.store import Tx, deliveries, lanes, people, posts, restored, routes
from bridgebot.store.budgets import Gate
from bridgebot.store.deliveries import Order
from bridgebot.store.posts import MIRROR, RECEIPT, Spot
from bridgebot.store.rows import Delivery, Part

MOST_ATTEMPTS = 20  # then a delivery is parked; with the waits below that is more than an hour
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds, doubled each time
LOOK_AFTER = (5.0, 30.0)  # seconds: when to look whether an unanswered publication is there


# --- it worked ---------------------------------------------------------------------------------


def succeeded(
    tx: Tx, now: datetime, house: House, delivery: Delivery, parts: list[Part], done: list[Done]
) -> None:
    """Every part is out: note where, and let what depends on it go."""
    for part, result in zip(parts, done, strict=True):
        deliveries.part_sent(tx, delivery.id, part.number, result.ids)
        _note_copies(tx, now, delivery, part, result)
    if delivery.action == "look":
        _looked(tx, now, house, delivery, done[0])
    result_data = {name: value for result in done for name, value in result.data.items()}
    deliveries.end(tx, now, delivery.id, "sent", result=result_data or None)
    lanes.release(tx, delivery)
    if delivery.action == "follow" and result_data:
        _start_following(tx, now, delivery, result_data)
    if delivery.action == "list" and result_data.get("found"):
        _start_list(tx, now, delivery, result_data)
    if delivery.action == "mirror" and result_data:
        _start_mirroring(tx, now, house, delivery, result_data)
    _ended(tx, now, house, delivery)


def _note_copies(tx: Tx, now: datetime, delivery: Delivery, part: Part, done: Done) -> None:
    """An id that arrives is recorded, however late."""
    operation = part.payload["op"]
    if operation in ("delete", "delete-message"):
        _mark_gone(tx, now, delivery, part.payload["id"])
    if delivery.post_id is None or operation not in ("send", "publish"):
        return
    role = RECEIPT if delivery.action.startswith("receipt") else MIRROR
    version = posts.post(tx, delivery.post_id).version
    # What an edit adds belongs to the create that it changes: the next edit finds all of it there.
    made_by = delivery.after_id if delivery.action in ("edit", "receipt-change") else delivery.id
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


def _start_following(tx: Tx, now: datetime, delivery: Delivery, found: dict[str, Any]) -> None:
    """A follow succeeded: her posts come into the chat that asked for it, from now on; or no more."""
    wanted = delivery.arguments.get("into_chat")
    if delivery.account_id is None or wanted is None:
        return
    account = people.account(tx, delivery.account_id)
    author = found["profile"]["author"]
    native = model.Timeline(TimelineKind.PERSON, account.server, author["id"])
    timeline = routes.timeline(tx, now, account.adapter, native, account.id, author["handle"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    if delivery.arguments["on"]:
        routes.add(tx, now, account.user_id, "follow", timeline_id=timeline.id, chat_id=wanted)
        return
    for route in routes.from_timeline(tx, timeline.id):
        if route.chat_id == wanted and route.verb == "follow":
            routes.end(tx, route.id)


def _start_list(tx: Tx, now: datetime, delivery: Delivery, found: dict[str, Any]) -> None:
    """What the people of a list post comes into the chat that asked for it, from now on."""
    account = people.account(tx, delivery.account_id or 0)
    native = model.Timeline(TimelineKind.LIST, account.server, found["found"]["id"])
    timeline = routes.timeline(tx, now, account.adapter, native, account.id, found["found"]["title"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    wanted = delivery.arguments["into_chat"]
    routes.add(tx, now, account.user_id, "follow", timeline_id=timeline.id, chat_id=wanted)


def _start_mirroring(tx: Tx, now: datetime, house: House, delivery: Delivery, found: dict[str, Any]) -> None:
    """Somebody's public posts come into a chat: read without an account where the network can."""
    account = people.account(tx, delivery.account_id or 0)
    network = house.network(account.adapter)
    able = network.social if network else None
    anonymous = able is not None and TimelineKind.PERSON in able.anonymous
    author = found["profile"]["author"]
    native = model.Timeline(TimelineKind.PERSON, account.server, author["id"])
    reader = None if anonymous else account.id
    timeline = routes.timeline(tx, now, account.adapter, native, reader, author["handle"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    routes.add(
        tx,
        now,
        account.user_id,
        "mirror",
        timeline_id=timeline.id,
        chat_id=delivery.arguments["into_chat"],
        filters={"audiences": ["public"]},
    )


# --- it did not --------------------------------------------------------------------------------


def failed(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    """Decide by the error's class what becomes of the delivery and of its lane."""
    if isinstance(error, Unconfirmed):
        _unconfirmed(tx, now, house, delivery, error)
    elif isinstance(error, Temporary):
        _try_again(tx, now, house, delivery, error, error.retry_after)
    elif isinstance(error, AuthExpired) and delivery.account_id is not None:
        _hold_account(tx, now, house, delivery, error)
    elif isinstance(error, TargetGone) and delivery.chat_id is not None:
        _hold_chat(tx, delivery)
    elif isinstance(error, AuthExpired):
        _try_again(tx, now, house, delivery, error, LONGEST_WAIT)  # the bot's own login: the operator's
    else:
        _give_up(tx, now, house, delivery, error)


def slowed(tx: Tx, now: datetime, gate: Gate, delivery: Delivery, error: Temporary) -> None:
    """It came too fast (429): the budget waits, not the lane, and it does not count as an attempt."""
    row = deliveries.delivery(tx, delivery.id)
    times = int((row.error or {}).get("slowed", 0)) + 1
    until = now + timedelta(seconds=backoff(times) if error.retry_after is None else error.retry_after)
    gate.slow_down(delivery, error.rate or "", until)
    nowhere = delivery.chat_id is None and delivery.account_id is None
    deliveries.change(
        tx,
        delivery.id,
        state="queued",
        attempts=max(row.attempts - 1, 0),
        due_at=until if nowhere else row.due_at,
        error=_words(error) | {"slowed": times},
    )
    lanes.release(tx, delivery)


def broken(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """The adapter or the house has a bug: it may have happened, so it is treated as unanswered."""
    row = deliveries.delivery(tx, delivery.id)
    if row.state == "queued":  # it broke before the call, and the attempt was rolled back with it
        deliveries.change(tx, row.id, attempts=row.attempts + 1)
    failed(tx, now, house, row, Unconfirmed("error-bug"))


def _words(error: AdapterError) -> dict[str, Any]:
    return {"key": error.key, "arguments": error.arguments}


def _give_up(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    deliveries.end(tx, now, delivery.id, "failed", error=_words(error))
    lanes.release(tx, delivery)
    _fail_dependants(tx, now, house, delivery)
    _ended(tx, now, house, delivery)


def _fail_dependants(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    for waiting in deliveries.waiting_on(tx, delivery.id):
        if waiting.state == "queued":
            deliveries.end(tx, now, waiting.id, "failed", error={"key": "error-after-failed"})
            _fail_dependants(tx, now, house, waiting)
            _ended(tx, now, house, waiting)


def _try_again(
    tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError, wait: float | None
) -> None:
    """The lane waits, so that order holds; after too many attempts the delivery steps aside."""
    attempts = deliveries.delivery(tx, delivery.id).attempts
    if attempts >= MOST_ATTEMPTS:
        deliveries.change(tx, delivery.id, state="parked", error=_words(error))
        lanes.release(tx, delivery)
        _tell_owner(tx, now, house, delivery, "parked", once=f"parked:{delivery.id}")
        _ended(tx, now, house, delivery)
        return
    seconds = wait if wait is not None else backoff(attempts)
    until = now + timedelta(seconds=seconds)
    deliveries.change(tx, delivery.id, state="queued", due_at=until, error=_words(error))
    lanes.release(tx, delivery, wait_until=until)


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: doubled each time up to a cap, with jitter of a fifth."""
    return min(FIRST_WAIT * 2.0 ** max(attempts - 1, 0), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311


def _hold_account(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    """The credentials are no longer accepted: everything of the account waits until it is linked again."""
    account = people.account(tx, delivery.account_id or 0)
    if _is_lookup(delivery):
        _give_up(tx, now, house, delivery, error)
    else:
        deliveries.change(tx, delivery.id, state="queued", error=_words(error))
        lanes.release(tx, delivery, held="auth")
    dialog.expire_account(tx, now, house, account.id)
    holding.show_waiting(tx, now, account.id)


def _hold_chat(tx: Tx, delivery: Delivery) -> None:
    """The bot is not in this chat any more: what is for it waits until it is again."""
    people.set_chat(tx, delivery.chat_id or 0, open=False)
    deliveries.change(tx, delivery.id, state="queued")
    lanes.release(tx, delivery, held="gone")


def _is_lookup(delivery: Delivery) -> bool:
    return delivery.lane.startswith("look:")


# --- nobody knows ------------------------------------------------------------------------------


def _unconfirmed(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    """No answer came. Harmless to repeat: repeat. Else look whether it is there, or ask."""
    way = _way(tx, house, delivery)
    if way is OnUnconfirmed.REPEAT:
        deliveries.change(tx, delivery.id, arguments=delivery.arguments | {"unanswered": True})
        _try_again(tx, now, house, delivery, error, None)
        return
    deliveries.change(tx, delivery.id, state="unconfirmed", error=_words(error))
    lanes.release(tx, delivery)
    if delivery.chat_id is not None:
        _repeat_once(tx, now, house, delivery)
    elif way is OnUnconfirmed.LOOK:
        _look(tx, now, delivery, 0)
    else:
        _ask(tx, now, house, delivery)
    _ended(tx, now, house, delivery)


def _way(tx: Tx, house: House, delivery: Delivery) -> OnUnconfirmed:
    parts = deliveries.parts(tx, delivery.id)
    pending = next((part for part in parts if part.native_ids is None), None)
    if pending is None or pending.payload["op"] in HARMLESS:
        return OnUnconfirmed.REPEAT
    network = house.network(_adapter_of(tx, delivery))
    able = (network.chat or network.social) if network else None
    return able.on_unconfirmed if able else OnUnconfirmed.ASK


def _adapter_of(tx: Tx, delivery: Delivery) -> str:
    if delivery.chat_id is not None:
        return people.chat_by_id(tx, delivery.chat_id).adapter
    if delivery.account_id is not None:
        return people.account(tx, delivery.account_id).adapter
    return str(delivery.arguments["adapter"])


def _repeat_once(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """In a chat at least once: a second time after a call without an answer, then it is let be."""
    if delivery.arguments.get("repeated"):
        deliveries.end(tx, now, delivery.id, "failed", error={"key": "error-unconfirmed"})
        _fail_dependants(tx, now, house, delivery)
        return
    due = now + timedelta(seconds=LOOK_AFTER[0])
    arguments = delivery.arguments | {"repeated": True, "unanswered": True}
    deliveries.change(tx, delivery.id, state="queued", due_at=due, arguments=arguments)


def _look(tx: Tx, now: datetime, delivery: Delivery, tries: int) -> None:
    """Queue a look whether the publication is there, in a lane of its own."""
    order = Order(
        action="look",
        lane=f"look:{delivery.id}",
        once=f"look:{delivery.id}:{delivery.attempts}:{tries}",
        account_id=delivery.account_id,
        user_id=delivery.user_id,
        arguments={"of": delivery.id, "tries": tries},
        due_at=now + timedelta(seconds=LOOK_AFTER[tries]),
    )
    deliveries.queue(tx, now, order)


def _looked(tx: Tx, now: datetime, house: House, look: Delivery, found: Done) -> None:
    """It is there: as if the answer had come. It is not, after the last look: send it again.

    The verdict may also be the person's own.
    """
    delivery = deliveries.delivery(tx, look.arguments["of"])
    verdict = look.arguments.get("verdict")
    if delivery.state != "unconfirmed":
        return
    if verdict == "there":
        deliveries.end(tx, now, delivery.id, "sent")
        _ended(tx, now, house, delivery)
    elif verdict == "again":
        deliveries.change(tx, delivery.id, state="queued", due_at=now)
    elif found.ids:
        confirm(tx, now, house, delivery, found)
    elif look.arguments["tries"] + 1 < len(LOOK_AFTER):
        _look(tx, now, delivery, look.arguments["tries"] + 1)
    else:
        _not_found(tx, now, house, delivery)


def _not_found(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """It is not there: send it again. What a restored copy brings back may only have gone out of reach:
    the person is asked.
    """
    if restored.is_doubted(delivery):
        _ask(tx, now, house, delivery)
    else:
        deliveries.change(tx, delivery.id, state="queued", due_at=now)


def confirm(tx: Tx, now: datetime, house: House, delivery: Delivery, found: Done) -> None:
    """The part that had no answer turned out to be there; further parts go on from it."""
    parts = deliveries.parts(tx, delivery.id)
    pending = next(part for part in parts if part.native_ids is None)
    deliveries.part_sent(tx, delivery.id, pending.number, found.ids)
    _note_copies(tx, now, delivery, pending, found)
    if pending is not parts[-1]:
        deliveries.change(tx, delivery.id, state="queued", due_at=now)
        return
    deliveries.end(tx, now, delivery.id, "sent")
    _ended(tx, now, house, delivery)


def _ask(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """Only the person can tell whether it is there."""
    chat = people.direct_chat(tx, delivery.user_id) if delivery.user_id is not None else None
    if chat is None or delivery.user_id is None or delivery.account_id is None:
        return
    account = people.account(tx, delivery.account_id)
    language = dialog.language_of(tx, house, delivery.user_id)
    talk = dialog.Talk(tx, now, house, chat, people.user(tx, delivery.user_id), language, delivery.cause_id)
    text = talk.text("unconfirmed-ask", network=house.title(account.adapter), excerpt=_excerpt(tx, delivery))
    talk.ask("unconfirmed", text, {"delivery": delivery.id}, ("there", "again"), life=timedelta(days=30))


def _excerpt(tx: Tx, delivery: Delivery) -> str:
    text = posts.post(tx, delivery.post_id).text if delivery.post_id is not None else ""
    return text if len(text) <= 60 else text[:59] + "…"


# --- either way --------------------------------------------------------------------------------


def _ended(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
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


def _tell_owner(tx: Tx, now: datetime, house: House, delivery: Delivery, key: str, *, once: str) -> None:
    if delivery.user_id is not None and delivery.account_id is not None:
        account = people.account(tx, delivery.account_id)
        dialog.tell(
            tx,
            now,
            house,
            delivery.user_id,
            key,
            once=once,
            network=house.title(account.adapter),
            name=account.name,
        )
