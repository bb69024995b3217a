"""Linking over the bot's own pages, as the chat sees it: an address, a code that is typed, a last question.

Whoever holds the account consents in a browser, and whoever holds the chat types what that browser shows:
only both together make the account that person's here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

from bridgebot import model
from bridgebot.commands import settling
from bridgebot.dialog import House, Talk, close, on_its_own
from bridgebot.model import Limits
from bridgebot.store import Tx, links, people, talk
from bridgebot.store.links import Arguments, LinkRequest
from bridgebot.store.rows import Question

OPEN, CODE, CONFIRM = "link-open", "link-code", "link-confirm"
KINDS = ("link", OPEN, CODE, CONFIRM)  # questions of linking: each knows its request
_CODE = re.compile(r"(?<![0-9])([0-9]{3})[ -]?([0-9]{3})(?![0-9])")
_DIGITS = re.compile(r"[0-9 -]+")


def conversation(tx: Tx, now: datetime, house: House, request: LinkRequest) -> Talk:
    """The exchange in the chat in which the attempt was begun."""
    return on_its_own(tx, now, house, people.chat_by_id(tx, request.chat_id), request.user_id)


def owner_of(house: House, request: LinkRequest) -> str:
    """Whose the account will be, by the id that the chat network verified: `Telegram 4711`."""
    return f"{house.title(request.owner_adapter)} {request.owner_id}".strip()


def send(exchange: Talk, request: LinkRequest, address: str) -> None:
    """The bot's own address, which names what is asked for and who will own it."""
    network = exchange.house.title(request.adapter)
    text = f"{exchange.text('link-open', network=network)}\n{address}"
    exchange.ask(OPEN, text, {"request": request.id}, ("cancel",), hint=False, life=links.LIFE)


def prove(exchange: Talk, request: LinkRequest, account: model.Account, limits: Limits) -> None:
    """The adapter's last step succeeded: the browser shows a code, which is awaited here from now on."""
    if links.prove(exchange.tx, exchange.now, request, account, limits):
        put_aside(exchange, request.id)
        text = exchange.text("link-code", network=exchange.house.title(request.adapter))
        _ask_code(exchange, request.id, text)


def _ask_code(exchange: Talk, request_id: int, text: str) -> None:
    exchange.ask(CODE, text, {"request": request_id}, life=links.LIFE)


def typed(exchange: Talk, arguments: dict[str, Any], text: str) -> None:
    """What was written while the code is awaited. What is no code counts as no try, and is posted nowhere."""
    request_id, code = arguments["request"], _code(text)
    if code is None:
        _ask_code(exchange, request_id, exchange.text("link-code-shape"))
        return
    outcome, left = links.typed(exchange.tx, exchange.now, exchange.user.id, request_id, code)
    match outcome:
        case "right":
            _ask_last(exchange, request_id)
        case "wrong":
            _ask_code(exchange, request_id, exchange.text("link-code-wrong", left=left))
        case "over":
            exchange.say("question-over")
        case _:
            exchange.say(f"link-code-{outcome}")


def _code(text: str) -> str | None:
    """The code in an answer, also in other digits or in two halves; a number that is none is a wrong one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _CODE.search(plain)
    if match is not None:
        return match[1] + match[2]
    return plain if _DIGITS.fullmatch(plain) else None


def _ask_last(exchange: Talk, request_id: int) -> None:
    request = links.of_user(exchange.tx, exchange.user.id, request_id, "confirm")
    if request is None or request.kept.account is None:
        return
    names = {"handle": request.kept.account.handle, "network": exchange.house.title(request.adapter)}
    text = exchange.text("link-confirm", **names)
    exchange.ask(CONFIRM, text, {"request": request_id}, ("yes", "no"), life=links.LIFE)


def confirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """The last question was answered."""
    request = links.of_user(exchange.tx, exchange.user.id, arguments["request"], "confirm")
    if request is None or request.kept.account is None or request.expires_at <= exchange.now:
        exchange.say("question-over")
    elif option == "yes":
        limits = request.kept.limits or Limits(500)
        account = settling.linked(exchange, request, request.kept.account, limits)
        exchange.say("link-how-to-revoke", name=account.name, server=account.server)
    else:
        links.end(exchange.tx, request.id, why=("link-page-refused", {}))
        exchange.say("link-refused", handle=request.kept.account.handle)


def opened(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Cancel] under the address."""
    links.stop(exchange.tx, exchange.user.id, arguments["request"])
    exchange.say("cancelled-link")


def failed(exchange: Talk, request: LinkRequest, key: str, arguments: Arguments) -> None:
    """It went wrong in the browser, or behind it: both sides are told why, unless it was over before."""
    if links.of_user(exchange.tx, request.user_id, request.id) is None:
        return
    put_aside(exchange, request.id)
    links.end(exchange.tx, request.id, why=(key, arguments))
    reason = exchange.text(key, **arguments)
    exchange.say("link-failed", network=exchange.house.title(request.adapter), reason=reason)


def put_aside(exchange: Talk, request_id: int) -> None:
    """Close what was asked about this request."""
    for question in _questions(exchange):
        if talk.arguments(exchange.tx, question)["request"] == request_id:
            close(exchange.tx, exchange.now, exchange.house, question)


def make_room(exchange: Talk, adapter: str) -> None:
    """Another attempt begins: end an earlier one at this network, and what would swallow its answers."""
    asked = talk.open_of_user(exchange.tx, exchange.now, exchange.user.id)  # in another chat of theirs, too
    for question in (question for question in asked if question.kind in KINDS):
        request_id = talk.arguments(exchange.tx, question).get("request")
        if request_id is None:
            continue
        other = links.of_user(exchange.tx, exchange.user.id, request_id)
        if question.kind in ("link", CODE) or other is None or other.adapter == adapter:
            close(exchange.tx, exchange.now, exchange.house, question)
            links.stop(exchange.tx, exchange.user.id, request_id, "link-page-anew")


def _questions(exchange: Talk) -> list[Question]:
    asked = talk.open_questions(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    return [question for question in asked if question.kind in KINDS]
