"""Keeping somebody off: muted, whose posts one is not shown; blocked, who sees nothing of one either."""

from __future__ import annotations

from typing import Any

from bridgebot.commands import grammar
from bridgebot.commands.acts import able, act, acting, take_back
from bridgebot.commands.finding import code, find_post, meant
from bridgebot.commands.persons import local, with_ability
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import handle as shown
from bridgebot.store import deliveries, faces, people
from bridgebot.store.rows import Account, Post

_OFF = frozenset({"off", "关", "停"})


def mute(exchange: Talk, argument: str, message: Message) -> None:
    """/mute @lin [off] [NAME]: her posts come no more, and she does not learn of it."""
    _mute(exchange, argument, message, on=True)


def unmute(exchange: Talk, argument: str, message: Message) -> None:
    _mute(exchange, argument, message, on=False)


def _mute(exchange: Talk, argument: str, message: Message, *, on: bool) -> None:
    account, who, off = _meant(exchange, argument, message, "mute")
    if account is not None:
        act(exchange, "mute", account, {"handle": who, "on": on and not off})


def block(exchange: Talk, argument: str, message: Message) -> None:
    """/block @lin [off] [NAME]: asked about first, for it ends what follows there are."""
    account, who, off = _meant(exchange, argument, message, "block")
    if account is None:
        return
    if off:
        act(exchange, "block", account, {"handle": who, "on": False})
        return
    network = exchange.house.title(account.adapter)
    text = exchange.text("block-ask", who=shown(who), network=network)
    exchange.ask("block", text, {"account": account.id, "handle": who}, ("block", "no"))


def unblock(exchange: Talk, argument: str, message: Message) -> None:
    account, who, _ = _meant(exchange, argument, message, "block")
    if account is not None:
        act(exchange, "block", account, {"handle": who, "on": False})


def confirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Block] [No]."""
    account = people.account(exchange.tx, arguments["account"])
    if option != "block":
        exchange.say("block-not")
    elif account.user_id != exchange.user.id or account.state not in people.ACTIVE:
        exchange.say("question-over")
    else:
        act(exchange, "block", account, {"handle": arguments["handle"], "on": True})


def taken_back(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Take it back] below what was done."""
    done = deliveries.delivery(exchange.tx, arguments["delivery"])
    if done.user_id != exchange.user.id or done.cause_id is None:
        exchange.say("question-over")
    else:
        take_back(exchange, done.cause_id)


# --- who, and with which account -----------------------------------------------------------------


def _meant(exchange: Talk, argument: str, message: Message, what: str) -> tuple[Account | None, str, bool]:
    """With which account, whom, and whether `off` was said; without an account, why was explained."""
    words = argument.split()
    off = any(word.lower() in _OFF for word in words)
    rest = [word for word in words if word.lower() not in _OFF]
    named = [people.account_named(exchange.tx, exchange.user.id, word) for word in rest]
    chosen = next((account for account in named if account is not None), None)
    who = next((word for word, account in zip(rest, named, strict=True) if account is None), "")
    account, handle = _person(exchange, who, message, what, chosen)
    if account is not None and not able(exchange, account, what):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
        account = None
    return account, handle, off


def _person(
    exchange: Talk, who: str, message: Message, what: str, chosen: Account | None
) -> tuple[Account | None, str]:
    """The account and the handle as that account's server writes it."""
    if grammar.is_short_id(who.lower()) or (not who and message.reply_to):
        found = meant(exchange, who, message)
        return _author(exchange, found, chosen) if found is not None else (None, "")
    if not grammar.is_handle(who):
        exchange.say(f"usage-{what}")
        return None, ""
    shows = find_post(exchange, who) if chosen is None else None
    shown_by = acting(exchange, shows)[0] if shows is not None else None
    account = chosen or shown_by or _there(exchange, who) or with_ability(exchange, what, who)
    return account, local(who, account) if account is not None else ""


def _there(exchange: Talk, who: str) -> Account | None:
    """The account on the very server that a handle names, whatever it can: another one reaches nothing of
    what is read with it.
    """
    server = who.lstrip("@").partition("@")[2].lower()
    mine = people.accounts(exchange.tx, exchange.user.id)
    return next((one for one in mine if server in (one.name, one.adapter, one.server.lower())), None)


def _author(exchange: Talk, found: Post, chosen: Account | None) -> tuple[Account | None, str]:
    account = chosen or acting(exchange, found)[0]
    if account is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
        return None, ""
    return account, local(faces.face(exchange.tx, found, exchange.chat).handle, account)
