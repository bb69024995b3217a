"""`/admin reports`, `remove`, `suspend`, `unsuspend`: on networks that are the operator's own."""

from __future__ import annotations

from bridgebot.commands.operator.answers import Done, refused
from bridgebot.dialog import Talk
from bridgebot.store import deliveries
from bridgebot.store.deliveries import ANSWER, Order


def reports(exchange: Talk, rest: str) -> Done:
    """What people reported."""
    return _moderate(exchange, "reports", {})


def remove(exchange: Talk, rest: str) -> Done:
    return _moderate_named(exchange, "remove", "remove", rest, {"id": rest})


def suspend(exchange: Talk, rest: str) -> Done:
    return _moderate_named(exchange, "suspend", "suspend", rest, {"handle": rest, "on": True})


def unsuspend(exchange: Talk, rest: str) -> Done:
    return _moderate_named(exchange, "unsuspend", "suspend", rest, {"handle": rest, "on": False})


def _moderate_named(
    exchange: Talk, word: str, action: str, named: str, arguments: dict[str, str | bool]
) -> Done:
    if named:
        return _moderate(exchange, action, arguments, named.split()[0][:64])
    exchange.say(f"admin-help-{word}")
    return refused()


def _moderate(exchange: Talk, action: str, arguments: dict[str, str | bool], target: str = "") -> Done:
    """On each network that is the operator's own."""
    networks = [n for n in exchange.house.networks.values() if n.social and n.social.moderate]
    if not networks:
        exchange.say("admin-no-network")
        return refused(target)
    for network in networks:
        order = Order(
            action=action,
            lane=f"look:{exchange.cause_id}:{network.name}",
            urgency=ANSWER,
            cause_id=exchange.cause_id,
            user_id=exchange.user.id,
            arguments=arguments | {"adapter": network.name, "answer": exchange.chat.id},
        )
        deliveries.queue(exchange.tx, exchange.now, order)
    return Done(target)
