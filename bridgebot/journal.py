"""What is told of what comes in and of deliveries: a line in the log and a count, never a word of theirs.

Every line bears a *trace*: one id from the message in a chat to its last copy. `m12` is number 12 of
what came in; `p7` a post that was met in a timeline; `d5` a delivery that neither brought about.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridgebot.adapter import ChatAdapter, SocialAdapter
from bridgebot.errors import AdapterError, AuthExpired, TargetGone, Temporary, Unconfirmed, Withheld
from bridgebot.log import Log
from bridgebot.meter import Meter
from bridgebot.model import Incoming, Unreadable
from bridgebot.store.rows import Delivery

_in, _out = Log("bridgebot.inbox"), Log("bridgebot.outbox")

REMEMBERED = 10_000  # posts of which it is known which message made them

AnyAdapter = ChatAdapter[Any] | SocialAdapter[Any]


class Journal:
    """Of one house; without a meter nothing is counted."""

    def __init__(self, meter: Meter | None = None) -> None:
        self._meter = meter or Meter()
        self._made_by: dict[int, int] = {}  # post → number of what came in and made it

    # --- coming in ---

    def took(self, adapter: str, thing: Incoming, number: int | None) -> None:
        """It is committed, or (without a number) had come before."""
        kind = type(thing).__name__.lower()
        if number is None:
            self._meter.received(adapter, kind, "repeated")
            _in.debug("inbox.repeated", adapter=adapter, kind=kind)
        elif isinstance(thing, Unreadable):
            self._meter.received(adapter, kind, "failed")
            _in.warning("inbox.unreadable", **_coming(number, adapter, kind))
        else:
            self._meter.received(adapter, kind, "accepted")
            if _in.shows(logging.INFO):
                _in.info("inbox.accepted", **_coming(number, adapter, kind))

    def put_aside(self, adapter: str, thing: Incoming, number: int | None, bug: Exception) -> None:
        """It could not be handled, and is kept."""
        kind = type(thing).__name__.lower()
        self._meter.received(adapter, kind, "failed")
        _in.error("inbox.bug", **_coming(number, adapter, kind), exc_info=bug)

    # --- going out ---

    def remember(self, makers: Mapping[int, int]) -> None:
        """Which message made which post, from before the start."""
        self._made_by |= makers

    def trace(self, delivery: Delivery) -> str:
        """The id under which all is told that one message, or one post of others, brought about."""
        post, cause = delivery.post_id, delivery.cause_id
        if cause is not None:
            return f"m{cause}"
        if post is None:
            return f"d{delivery.id}"
        made_by = self._made_by.get(post)
        return f"p{post}" if made_by is None else f"m{made_by}"

    def _note(self, delivery: Delivery) -> None:
        """Which message made a post: its later deliveries may name no cause."""
        post, cause, known = delivery.post_id, delivery.cause_id, self._made_by
        if post is None or cause is None or delivery.action != "create" or post in known:
            return
        known[post] = cause
        if len(known) > REMEMBERED:
            del known[next(iter(known))]

    def sent(self, delivery: Delivery, adapter: AnyAdapter | None, now: datetime) -> None:
        """The network has all of it."""
        self._tell(logging.INFO, delivery, adapter, now, "sent")

    def failed(
        self,
        delivery: Delivery,
        adapter: AnyAdapter | None,
        now: datetime,
        error: AdapterError,
        *,
        most_attempts: int,
    ) -> None:
        """An attempt ended by an error. Its key is told; its arguments may name somebody."""
        if isinstance(error, Temporary) and error.retry_after is not None and adapter is not None:
            self._meter.limited(adapter.context.name)
        if isinstance(error, Withheld):
            self._meter.withheld(error.key.removeprefix("skip-"))
        result = _result(delivery, error, most_attempts)
        level = logging.INFO if result in ("retried", "withheld") else logging.WARNING
        self._tell(level, delivery, adapter, now, result, error.key)

    def carried(self, adapter: str, way: str, size: int) -> None:
        """Bytes of a file: `in` from an adapter (`-`: from an address), or `out` to one."""
        self._meter.carried(adapter or "-", way, size)

    def broken(self, delivery: Delivery) -> None:
        """An adapter or the house has a bug; called where it is handled."""
        facts = {"trace": self.trace(delivery), "delivery": delivery.id, "action": delivery.action}
        _out.exception("outbox.bug", **facts)

    def _tell(
        self,
        level: int,
        delivery: Delivery,
        adapter: AnyAdapter | None,
        now: datetime,
        result: str,
        problem: str | None = None,
    ) -> None:
        seconds = (now - delivery.created_at).total_seconds()
        name = "-" if adapter is None else adapter.context.name
        self._meter.delivered(name, _kind(delivery), result, seconds)
        self._note(delivery)
        if not _out.shows(level):
            return
        facts: dict[str, Any] = {
            "trace": self.trace(delivery),
            "adapter": name,
            "action": delivery.action,
            "delivery": delivery.id,
            "post": delivery.post_id,
            "attempt": delivery.attempts,
            "seconds": round(seconds, 3),
            "problem": problem,
        }
        told = {fact: value for fact, value in facts.items() if value is not None}
        _out.log(level, f"outbox.{result}", **told)


def _coming(number: int | None, adapter: str, kind: str) -> dict[str, str]:
    return {"trace": "-" if number is None else f"m{number}", "adapter": adapter, "kind": kind}


def _result(delivery: Delivery, error: AdapterError, most_attempts: int) -> str:
    """What becomes of the attempt, by its error."""
    if isinstance(error, Unconfirmed):
        return "unconfirmed"
    if isinstance(error, Withheld):
        return "withheld"
    if isinstance(error, Temporary):
        return "parked" if delivery.attempts >= most_attempts else "retried"
    if isinstance(error, AuthExpired):  # without an account it is the bot's own login, tried again
        return "retried" if delivery.account_id is None else "held"
    return "held" if isinstance(error, TargetGone) and delivery.chat_id is not None else "failed"


def _kind(delivery: Delivery) -> str:
    """What it is for those who count."""
    if delivery.action != "create":
        return "other"
    return "post" if delivery.account_id is not None else "item"
