"""How far one place is with a post, and why no further."""

from __future__ import annotations

from datetime import datetime

from bridgebot import render
from bridgebot.dialog import House
from bridgebot.outbox import answers
from bridgebot.render import State
from bridgebot.store import Tx, deliveries, people, put_off
from bridgebot.store.rows import Delivery
from bridgebot.texts import Voice


def state(create: Delivery, later: Delivery | None, held: bool, stands: bool) -> State:
    """The state of one network's part. Pure."""
    if create.state == "sent" or (create.state == "cancelled" and stands):
        return _state_of_what_is_out(later, held)
    if create.state in ("queued", "sending", deliveries.HELD):
        return "held" if held else "sending" if create.state == "sending" else "queued"
    states: dict[str, State] = {"unconfirmed": "unconfirmed", "cancelled": "cancelled", "parked": "held"}
    return states.get(create.state, "failed")


def _state_of_what_is_out(later: Delivery | None, held: bool) -> State:
    if later is None or later.action != "delete" or later.state in ("failed", "parked"):
        return "posted"
    if later.arguments.get("anew"):
        return "queued"
    if later.state == "sent":
        return "deleted"
    return "held" if held else "deleting"


def about_audience(create: Delivery, later: Delivery | None, known: State) -> str | None:
    """What is to be said of who may read it there, as a text key. Pure."""
    if later is not None and later.arguments.get("narrowed") and known in ("deleting", "deleted"):
        return "receipt-narrowed"
    return f"receipt-as-{said}" if known == "posted" and (said := create.arguments.get("audience")) else None


def reason(
    tx: Tx,
    house: House,
    delivery: Delivery,
    known: State,
    language: str,
    account: str,
    waits_for: str | None,
) -> str:
    """What there is to say beside the mark; empty: nothing."""
    say = Voice(language, house.texts)
    if delivery.state == "failed":
        return answers.reason(say, delivery.error)
    if delivery.state == "parked":
        return say("receipt-parked", name=account)
    if known == "held":
        return say(f"receipt-held-{waits_for}", name=account)
    if known == "posted" and delivery.arguments.get("anew"):
        return say("receipt-anew")
    return _why_it_waits(tx, house, delivery, say) if known == "queued" else ""


def _why_it_waits(tx: Tx, house: House, delivery: Delivery, say: Voice) -> str:
    """What went wrong, and where the network named a time, when it is tried again; or what goes first."""
    error = delivery.error or {}
    if not error:
        return say("receipt-behind") if put_off.keeps_waiting(tx, delivery) else ""
    why = answers.reason(say, error)
    if put_off.UNTIL not in error or delivery.user_id is None:
        return why
    zone = people.user(tx, delivery.user_id).timezone or house.timezone
    until = datetime.fromisoformat(error[put_off.UNTIL])
    return say("receipt-until", reason=why, time=render.clock(until, until, zone))
