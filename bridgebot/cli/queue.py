"""What `bridgebot queue` shows and does, also beside a running bot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bridgebot import beside, flow
from bridgebot.cli import show
from bridgebot.cli.terminal import say
from bridgebot.store import Tx, deliveries
from bridgebot.store.rows import Delivery

Act = Callable[[Tx, datetime, Delivery], None]
_ACTS: dict[str, Act] = {"retry": flow.send_again, "drop": flow.drop}


async def act(settings: Any, what: str, which: Iterable[str]) -> dict[str, str]:
    """Retry or drop what stands still; what became of each number, as a key of a text.

    What is unconfirmed may be out: from here nobody can look or be asked, so it is not sent again.
    """
    numbers = tuple(which)

    def unit(tx: Tx, now: datetime) -> dict[str, str]:
        stuck = {str(one.id): one for one in deliveries.stuck(tx)}
        wanted = [n for n, one in stuck.items() if one.state == "parked"] if numbers == ("all",) else numbers
        return {number: _one(tx, now, what, stuck.get(number)) for number in wanted}

    done: dict[str, str] = await beside.run_beside(settings, unit)
    return done


def _one(tx: Tx, now: datetime, what: str, delivery: Delivery | None) -> str:
    if delivery is None:
        return "cli-queue-no-such"
    if what == "retry" and delivery.state != "parked":
        return "cli-queue-unconfirmed"
    _ACTS[what](tx, now, delivery)
    beside.note(tx, now, f"queue {what}", str(delivery.id))
    return f"cli-queue-{what}"


def lines(status: Mapping[str, Any]) -> list[str]:
    """The queue for people: numbers, then what stands still."""
    names = ("queue", "oldest_open_seconds", "held", "stuck")
    return show.lines({name: status[name] for name in names if name in status})


def told(done: Mapping[str, str]) -> list[str]:
    return [say(key, number=number) for number, key in done.items()] or [say("cli-queue-nothing")]
