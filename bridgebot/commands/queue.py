"""`/admin queue`: what waits, what stands still, and setting it going or giving it up."""

from __future__ import annotations

from datetime import datetime

from bridgebot import asking, flow
from bridgebot.commands import again
from bridgebot.dialog import Talk
from bridgebot.render import clock
from bridgebot.store import deliveries, overview
from bridgebot.store.overview import Stuck
from bridgebot.store.rows import Delivery

SHOWN = 20  # of what stands still


def queue(exchange: Talk, rest: str) -> None:
    """`queue`, `queue retry N|all`, `queue drop N`."""
    word, _, which = rest.lower().partition(" ")
    if not rest:
        _show(exchange)
    elif word in _ACTIONS and which.strip():
        _act(exchange, word, which.strip())
    else:
        exchange.say("usage-queue")


def _show(exchange: Talk) -> None:
    """Numbers, states and errors: never what somebody wrote."""
    found = overview.queue(exchange.tx)
    lines = [f"{state}: {number}" for state, number in found.counts.items()]
    if found.oldest is not None:
        lines.append(exchange.text("queue-oldest", time=_clock(exchange, found.oldest)))
    lines += [exchange.text("queue-held", lane=lane, why=why) for lane, why in found.held.items()]
    lines += [_line(exchange, one) for one in found.stuck[:SHOWN]]
    if len(found.stuck) > SHOWN:
        lines.append(f"… +{len(found.stuck) - SHOWN}")
    if found.stuck:
        lines.append(exchange.text("queue-how"))
    exchange.write("\n".join(lines))


def _line(exchange: Talk, one: Stuck) -> str:
    place = f"{exchange.house.title(one.adapter)} {one.place}".strip()
    since, why = _clock(exchange, one.since), ""
    if one.error is not None:
        why = exchange.text(one.error["key"], **one.error.get("arguments", {}))
    words = {"action": one.action, "state": one.state, "since": since, "reason": why}
    return exchange.text("queue-line", number=one.id, place=place, attempts=one.attempts, **words)


def _clock(exchange: Talk, at: datetime) -> str:
    return clock(at, exchange.now, exchange.user.timezone or exchange.house.timezone)


def _act(exchange: Talk, word: str, which: str) -> None:
    stuck = {str(one.id): one for one in deliveries.stuck(exchange.tx)}
    if which == "all" and word == "retry":
        chosen = [one for one in stuck.values() if one.state == "parked"]
    else:
        chosen = [stuck[which]] if which in stuck else []
    if not chosen:
        exchange.say("queue-no-such", number=which)
    for one in chosen:
        _ACTIONS[word](exchange, one)


def _retry(exchange: Talk, delivery: Delivery) -> None:
    """What is parked goes on; what may be out is looked for, or its writer asked, before anything is sent."""
    if delivery.state == "parked":
        flow.send_again(exchange.tx, exchange.now, delivery)
        _put_aside(exchange, delivery)
        exchange.say("queue-retried-number", number=delivery.id)
    else:
        looking = again.again(exchange, delivery, "settle") == "looking"
        exchange.say("queue-looking" if looking else "queue-asked", number=delivery.id)


def _drop(exchange: Talk, delivery: Delivery) -> None:
    flow.drop(exchange.tx, exchange.now, delivery)
    _put_aside(exchange, delivery)
    exchange.say("queue-dropped-number", number=delivery.id)


def _put_aside(exchange: Talk, delivery: Delivery) -> None:
    for kind in ("parked", "unconfirmed"):
        if delivery.user_id is not None:
            asking.put_aside(exchange.tx, exchange.now, exchange.house, delivery.user_id, kind, delivery.id)


_ACTIONS = {"retry": _retry, "drop": _drop}
