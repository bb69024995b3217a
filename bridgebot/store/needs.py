"""Which budgets a delivery takes from, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridgebot.adapter import Per, Rate
from bridgebot.store import people
from bridgebot.store.hints import Key
from bridgebot.store.parts import UPLOAD
from bridgebot.store.rows import Delivery
from bridgebot.store.tx import Tx

GUESS = 500  # bytes that a message takes, until it is rendered
ANY = Rate("", Per.CHAT, 1, 1)  # of a 429 about what no rate is declared for: it takes nothing, it only waits
FRAME = 200  # bytes around the text of a message


@dataclass(frozen=True, slots=True)
class Need:
    """One budget that a call takes from."""

    key: Key
    rate: Rate
    cost: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """When a call may go, and of which budgets it is."""

    at: datetime
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a delivery goes, as budgets know it."""

    adapter: str
    server: str = ""
    place: str = ""  # native id of the chat or account
    group: bool = False
    chat: bool = False


Rates = Mapping[str, tuple[Rate, ...]]  # by adapter


def of(
    tx: Tx, delivery: Delivery, rates: Rates, payload: Mapping[str, Any] | None = None
) -> tuple[Need, ...]:
    """What a delivery, or this one of its calls, takes from. Where no rate is declared a 429 still
    stops the place.
    """
    spot, called = _spot(tx, delivery), method(delivery, payload)
    return (*counting(called, spot, rates), Need((spot.adapter, spot.server, spot.place, ""), ANY, 0))


def of_bots(rates: Rates) -> list[Need]:
    """The budgets that count all that an adapter calls."""
    every = ((name, rate) for name, some in rates.items() for rate in some)
    return [Need((name, "", "", rate.name), rate) for name, rate in every if rate.per is Per.BOT]


def counting(called: str, spot: Spot, rates: Rates) -> Iterable[Need]:
    """The budgets of the rates that count a call of this method. Pure."""
    for rate in rates.get(spot.adapter, ()):
        if rate.operations and called not in rate.operations:
            continue
        key = _counted(rate, spot)
        if key is not None:
            yield Need(key, rate, GUESS if rate.unit == "bytes" else 1)


def _counted(rate: Rate, spot: Spot) -> Key | None:
    """The budget of a rate that counts what goes there; None: it counts other calls."""
    match rate.per:
        case Per.BOT:
            return (spot.adapter, "", "", rate.name)
        case Per.CHAT if spot.chat:
            return (spot.adapter, "", spot.place, rate.name)
        case Per.GROUP if spot.group:
            return (spot.adapter, "", spot.place, rate.name)
        case Per.ACCOUNT if spot.place and not spot.chat:
            return (spot.adapter, spot.server, spot.place, rate.name)
        case Per.SERVER if spot.server and not spot.place:
            return (spot.adapter, spot.server, "", rate.name)
    return None


def method(delivery: Delivery, payload: Mapping[str, Any] | None = None) -> str:
    """The contract's method that a delivery comes to, or this call of it; `un…` where it takes back. Pure."""
    if payload is not None and payload.get("op") == UPLOAD:
        return UPLOAD
    if delivery.chat_id is not None:
        changes = {"edit": "edit", "receipt-change": "edit", "delete": "delete"}
        return changes.get(delivery.action, "send")
    name = _METHODS.get(delivery.action, delivery.action)
    return name if delivery.arguments.get("on", True) else f"un{name}"


# Of other names than the actions.
_METHODS = {
    "create": "publish",
    "look": "find",
    "renew": "refresh",
    "bookmarks": "fetch",
    "poll-end": "get",
    "edit-original": "edit",
    "delete-original": "delete",
}


def size(payload: Mapping[str, Any]) -> int:
    """About how many bytes a frozen call takes. Pure."""
    return FRAME + len(payload.get("message", {}).get("text", "").encode())


def sized(need: Need, size: int) -> Need:
    """The same need when the size of the call is known."""
    return Need(need.key, need.rate, size) if need.rate.unit == "bytes" else need


_BREADTH = [Per.GROUP, Per.CHAT, Per.ACCOUNT, Per.SERVER, Per.HOST, Per.BOT]


def breadth(need: Need) -> tuple[bool, bool, int]:
    """The narrowest first: where a network does not say which limit it was, the others go on."""
    return (need.rate is ANY, not need.rate.operations, _BREADTH.index(need.rate.per))


def _spot(tx: Tx, delivery: Delivery) -> Spot:
    if delivery.chat_id is not None:
        chat = people.chat_by_id(tx, delivery.chat_id)
        return Spot(chat.adapter, "", chat.native_id, group=not chat.direct, chat=True)
    if delivery.account_id is not None:
        account = people.account(tx, delivery.account_id)
        return Spot(account.adapter, account.server, account.native_id)
    server = str(delivery.arguments.get("server", ""))  # that somebody's words name; "": nobody knows yet
    return Spot(str(delivery.arguments.get("adapter", "")), server)
