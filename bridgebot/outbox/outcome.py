"""What follows from the end of a call: one unit of work with copies, receipt, answers and dependants."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bridgebot import asking, flow, model
from bridgebot.adapter import OnUnconfirmed
from bridgebot.commands import hearing, scheduling
from bridgebot.dialog import House
from bridgebot.errors import (
    AdapterError,
    AuthExpired,
    TargetGone,
    Temporary,
    Unconfirmed,
    Unsupported,
)
from bridgebot.flow import capping, holding, renewing
from bridgebot.flow.renewing import Refusal
from bridgebot.model import Made
from bridgebot.outbox import anew, chain, doubt, started, theirs, unless, unquoted
from bridgebot.outbox.calls import Done
from bridgebot.outbox.ended import ended, fail_dependants, note_copies, words
from bridgebot.store import Tx, deliveries, lanes, people, put_off, scheduled
from bridgebot.store import parts as frozen_parts
from bridgebot.store.rows import Delivery, Part

MOST_ATTEMPTS = 20  # then a delivery is parked; with the waits below that is about an hour
TOLD_FROM = 60.0  # seconds: a receipt names the time where a network makes one wait so long
LATELY = timedelta(seconds=10)  # what is younger may have a receipt that knew nothing of a wait yet
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds, doubled each time


# --- it worked ---------------------------------------------------------------------------------


class Sent(Made, frozen=True, gc=True):
    """A delivery of which every part is out."""

    delivery: Delivery
    parts: list[Part]
    done: list[Done]  # what each of them brought

    @property
    def data(self) -> dict[str, Any] | None:
        brought = [result.data for result in self.done if result.data]  # nearly always none
        return {name: value for data in brought for name, value in data.items()} if brought else None


def succeeded(tx: Tx, now: datetime, house: House, sent: Sequence[Sent]) -> None:
    """Every part of these is out: note where, and let what depends on them go."""
    calls = [
        (one.delivery, part, done) for one in sent for part, done in zip(one.parts, one.done, strict=True)
    ]
    frozen_parts.parts_sent(tx, [(delivery.id, part.number, done.ids) for delivery, part, done in calls])
    note_copies(tx, now, calls)
    for one in sent:
        if one.delivery.action == "look":
            missing = doubt.looked(tx, now, house, one.delivery, one.done[0])
            if missing is not None:
                _once_more(tx, now, house, missing)
    deliveries.end_sent(tx, now, {one.delivery.id: one.data for one in sent})
    lanes.release_all(tx, [one.delivery for one in sent])
    for one in sent:
        if one.delivery.action == renewing.ACTION:
            _renewed(tx, now, house, one)
        _follows(tx, now, house, one.delivery, one.data)
    ended(tx, now, house, [one.delivery for one in sent])


def _follows(tx: Tx, now: datetime, house: House, delivery: Delivery, data: dict[str, Any] | None) -> None:
    """What some actions bring about."""
    if delivery.action == scheduled.ACTION:
        scheduling.due(tx, now, house, delivery)
    if delivery.action == hearing.ACTION:
        hearing.due(tx, now, house, delivery)
    if delivery.action == capping.ACTION:
        started.ask_over_cap(tx, now, house, delivery)
    if data is not None:
        started.start(tx, now, house, delivery, data)
    if delivery.action == "delete-original":
        started.gone_there(tx, now, delivery)
    theirs.tell(tx, now, house, delivery)
    if delivery.account_id is not None and delivery.action == "edit":
        flow.tidy(tx, now, delivery)
    if delivery.action == "delete" and delivery.arguments.get("anew"):
        flow.after_deletion(tx, now, delivery)


def _renewed(tx: Tx, now: datetime, house: House, one: Sent) -> None:
    """Fresh credentials; those of another account are none."""
    fresh = one.done[0].account
    if fresh is None or not renewing.renewed(tx, now, one.delivery, fresh):
        _not_renewed(tx, now, house, one.delivery, AuthExpired())


# --- it did not --------------------------------------------------------------------------------


def failed(
    tx: Tx,
    now: datetime,
    house: House,
    delivery: Delivery,
    error: AdapterError,
    tried: model.Account | None = None,
) -> None:
    """Decide by the error's class what becomes of the delivery and of its lane. `tried`: as which account
    the call was made.
    """
    if isinstance(error, Unconfirmed):
        _unconfirmed(tx, now, house, delivery, error)
    elif isinstance(error, Temporary):
        _try_again(tx, now, house, delivery, error, error.retry_after)
    elif delivery.action == renewing.ACTION:
        _give_up(tx, now, house, delivery, error)
        _not_renewed(tx, now, house, delivery, error)
    elif isinstance(error, AuthExpired) and delivery.account_id is not None:
        _refused(tx, now, house, delivery, error, tried)
    elif isinstance(error, TargetGone) and delivery.chat_id is not None and not _changes(tx, delivery):
        _hold_chat(tx, delivery)
    elif isinstance(error, Unsupported) and delivery.action == "edit" and delivery.account_id is not None:
        anew.instead(tx, now, house, delivery)
    elif unquoted.is_refused(tx, delivery, error):
        unquoted.instead(tx, now, delivery)
    elif isinstance(error, AuthExpired):
        _try_again(tx, now, house, delivery, error, LONGEST_WAIT)  # the bot's own login: the operator's
    else:
        _give_up(tx, now, house, delivery, error)


def _changes(tx: Tx, delivery: Delivery) -> bool:
    """Whether it was about a message in the chat: that it is gone says nothing of the chat."""
    parts = deliveries.parts(tx, delivery.id)
    pending = next((part for part in parts if part.native_ids is None), None)
    return pending is not None and pending.payload["op"] in ("edit-message", "delete-message")


def broken(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """The adapter or the house has a bug: it may have happened, so it is treated as unanswered."""
    row = deliveries.delivery(tx, delivery.id)
    if row.state == "queued":  # it broke before the call, and the attempt was rolled back with it
        deliveries.change(tx, row.id, attempts=row.attempts + 1)
    if row.action == hearing.ACTION:  # nothing went out
        hearing.put_aside(tx, now, house, row)
        _give_up(tx, now, house, row, AdapterError("error-bug"))
        return
    failed(tx, now, house, row, Unconfirmed("error-bug"))


def _give_up(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    deliveries.end(tx, now, delivery.id, "failed", error=words(error))
    lanes.release(tx, delivery)
    unless.tell(tx, now, house, delivery, error)
    chain.ask_next(tx, now, delivery, error)
    if delivery.arguments.get("anew") and delivery.action == "delete":
        anew.not_deleted(tx, now, house, delivery, error)
    fail_dependants(tx, now, house, delivery)
    ended(tx, now, house, [delivery])


def _try_again(
    tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError, wait: float | None
) -> None:
    """The lane waits, so that order holds; after too many attempts the delivery steps aside."""
    attempts = deliveries.delivery(tx, delivery.id).attempts
    if chain.gives_up(delivery, attempts):
        _give_up(tx, now, house, delivery, error)
        return
    if attempts >= MOST_ATTEMPTS and delivery.action != renewing.ACTION:  # all of the account waits for that
        deliveries.change(tx, delivery.id, error=words(error))
        lanes.release(tx, delivery)
        _park(tx, now, house, delivery)
        return
    seconds = backoff(attempts, wait)
    until = now + timedelta(seconds=seconds)
    deliveries.change(
        tx, delivery.id, state="queued", due_at=until, error=words(error) | until_when(wait, until)
    )
    lanes.release(tx, delivery, wait_until=until)
    if until_when(wait, until):
        say_until(tx, now, delivery)


def _once_more(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """It had no answer and is not there. The looks are a part of the wait, the lane goes on meanwhile; after
    too many attempts it steps aside as well.
    """
    if delivery.attempts >= MOST_ATTEMPTS:
        _park(tx, now, house, delivery)
        return
    wait = max(backoff(delivery.attempts) - sum(doubt.LOOK_AFTER), 0.0)
    deliveries.change(tx, delivery.id, due_at=now + timedelta(seconds=wait))


def _park(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """It was tried too often: it is put aside, and whose it is, is told."""
    deliveries.change(tx, delivery.id, state="parked")
    asking.ask_owner(tx, now, house, delivery, "parked", "parked", ("retry", "drop"))
    ended(tx, now, house, [delivery])


def until_when(wait: float | None, until: datetime) -> dict[str, str]:
    """What a receipt names of a wait that the network asked for, if it is long enough to speak of it."""
    return {put_off.UNTIL: until.isoformat()} if wait is not None and wait >= TOLD_FROM else {}


def say_until(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """The receipt says until when the network makes it wait; those that were written while the network was
    asked for the first time say what they wait for.
    """
    told_before = put_off.UNTIL in (delivery.error or {})
    behind = [] if told_before else put_off.behind(tx, delivery, now - LATELY)
    holding.show(tx, now, [delivery, *behind])


def backoff(attempts: int, asked: float | None = None) -> float:
    """Seconds before the next attempt: doubled each time up to a cap, with jitter of a fifth. What the
    network asked for is a lower bound: one that says "in a second" for minutes must not use up all attempts.
    """
    wait = min(FIRST_WAIT * 2.0 ** max(attempts - 1, 0), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
    return max(wait, asked or 0.0)


def _refused(
    tx: Tx,
    now: datetime,
    house: House,
    delivery: Delivery,
    error: AdapterError,
    tried: model.Account | None,
) -> None:
    """The credentials are no longer accepted. Where the house renews them itself the call is made again
    then, and that it was refused is no attempt.
    """
    verdict = renewing.refused(tx, now, house.networks, delivery.account_id or 0, tried)
    if verdict is Refusal.EXPIRED:
        _hold_account(tx, now, house, delivery, error)
        return
    attempts = deliveries.delivery(tx, delivery.id).attempts
    deliveries.change(tx, delivery.id, state="queued", attempts=max(attempts - 1, 0))
    lanes.release(tx, delivery, held=renewing.HELD if verdict is Refusal.WAIT else None)


def _not_renewed(tx: Tx, now: datetime, house: House, renewal: Delivery, error: AdapterError) -> None:
    """Only the person can help now, unless they did meanwhile: one message, and what waits is kept."""
    account_id = renewal.account_id or 0
    if not renewing.in_vain(tx, now, renewal):
        renewing.let_go(tx, account_id)
        return
    for asked in renewing.waiting(tx, account_id):
        if asked.action == "look":
            lanes.hold(tx, asked.lane, "auth")
        else:
            _give_up(tx, now, house, asked, AuthExpired())
    asking.expire_account(tx, now, house, account_id)
    holding.show_waiting(tx, now, account_id)


def _hold_account(tx: Tx, now: datetime, house: House, delivery: Delivery, error: AdapterError) -> None:
    """The credentials are no longer accepted: everything of the account waits until it is linked again."""
    account = people.account(tx, delivery.account_id or 0)
    if _is_lookup(delivery) and delivery.action != "look":
        _give_up(tx, now, house, delivery, error)
    else:  # a look what became of a publication waits, too: without it that would never be settled
        deliveries.change(tx, delivery.id, state="queued", error=words(error))
        lanes.release(tx, delivery, held="auth")
    asking.expire_account(tx, now, house, account.id)
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
    way = doubt.way(tx, house, delivery)
    if way is OnUnconfirmed.REPEAT:
        if doubt.may_be_seen(tx, delivery):
            deliveries.change(tx, delivery.id, arguments=delivery.arguments | {"unanswered": True})
        _try_again(tx, now, house, delivery, error, None)
        return
    deliveries.change(tx, delivery.id, state="unconfirmed", error=words(error))
    lanes.release(tx, delivery)
    doubt.settle(tx, now, house, delivery, way)
    ended(tx, now, house, [delivery])
