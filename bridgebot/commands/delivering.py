"""`/on` and `/off`: whether anything is delivered in this chat."""

from __future__ import annotations

from datetime import datetime

from bridgebot.commands import held
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import lanes, people, routes


def switch_on(exchange: Talk, argument: str, message: Message) -> None:
    """/on: deliver here again; what was kept comes now."""
    _deliver_here(exchange, None)


def switch_off(exchange: Talk, argument: str, message: Message) -> None:
    """/off: deliver nothing here; it is kept."""
    _deliver_here(exchange, exchange.now)


def _deliver_here(exchange: Talk, off_at: datetime | None) -> None:
    if not exchange.administers:
        exchange.say("admins-only")
        return
    people.set_chat(exchange.tx, exchange.chat.id, off_at=off_at)
    lanes.look_again(exchange.tx, f"chat:{exchange.chat.id}")
    if off_at is None:
        held.here_again(exchange)
    else:
        exchange.say("delivery-off", kept=routes.kept_for(exchange.tx, exchange.chat.id))
