"""What a rule held back, since it carries only so many an hour, is asked about in its user's chat, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bridgebot.commands import held
from bridgebot.commands.rules import told
from bridgebot.dialog import Talk
from bridgebot.store import held as kept
from bridgebot.store import routes

KIND = "over-cap"
LIFE = timedelta(days=7)  # what it is about is kept for longer: /held


def ask(exchange: Talk, route_id: int) -> None:
    """How many wait, and what becomes of them."""
    waiting, rule = kept.over_cap(exchange.tx, route_id), routes.route(exchange.tx, route_id)
    if not waiting:
        return
    text = exchange.text(
        "capped",
        count=len(waiting),
        source=told.source(exchange, rule),
        target=told.target(exchange, rule),
        cap=rule.filters.get("cap", 0),
    )
    exchange.ask(KIND, text, {"route": route_id}, ("send", "drop"), life=LIFE)


def answered(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Send] [Drop]: all that the rule holds back by then."""
    waiting = kept.over_cap(exchange.tx, arguments["route"])
    held.decide(exchange, waiting, send=option == "send")
