"""Look-ups without an account, where nobody knows which network answers: one is asked after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bridgebot.commands.reading import in_lane, order
from bridgebot.errors import AdapterError, TargetGone, Unsupported
from bridgebot.outbox.answers import is_open_look_up
from bridgebot.outbox.ended import words
from bridgebot.store import Tx, deliveries
from bridgebot.store.rows import Delivery

ATTEMPTS = 3  # somebody waits for the answer: what cannot be reached by then is told


def gives_up(delivery: Delivery, attempts: int) -> bool:
    """Whether what may pass is waited for no longer. While another network can be asked, that is done."""
    return is_open_look_up(delivery) and (attempts >= ATTEMPTS or bool(delivery.arguments.get("then")))


def ask_next(tx: Tx, now: datetime, delivery: Delivery, error: AdapterError) -> None:
    """This network had no answer: the next one is asked, with what is worth telling of this one."""
    others = delivery.arguments.get("then") or []
    if not others or not is_open_look_up(delivery):
        return
    (adapter, address), *later = others
    arguments: dict[str, Any] = delivery.arguments | {"then": later}
    if said := telling(delivery, error):
        arguments |= {"said": said}
    action, cause, user = delivery.action, delivery.cause_id, delivery.user_id
    one = order(action, cause, user, adapter, address, arguments)
    deliveries.queue(tx, now, in_lane(one, delivery.lane) if arguments.get("quiet") else one)


def telling(delivery: Delivery, error: AdapterError) -> dict[str, Any] | None:
    """What a person should hear who hears of one failure only: the first that is more than "not here"."""
    kept: dict[str, Any] | None = delivery.arguments.get("said")
    if kept is None and not isinstance(error, TargetGone | Unsupported):
        return {"adapter": delivery.arguments["adapter"], "error": words(error)}
    return kept
