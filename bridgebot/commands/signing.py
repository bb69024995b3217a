"""Signing a browser in on a network's own pages, for people who have no password there."""

from __future__ import annotations

from bridgebot.commands.acts import able, act
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import people
from bridgebot.store.rows import Account


def sign_in(exchange: Talk, argument: str, message: Message) -> None:
    """/signin [NAME]: an address that is good once, for ten minutes."""
    mine = people.accounts(exchange.tx, exchange.user.id)
    can = [account for account in mine if account.state == "active" and able(exchange, account, "sign_in")]
    account = _meant(can, argument.strip().lower())
    if account is not None:
        act(exchange, "sign-in", account, {}, look=True)
    elif can:
        exchange.say("usage-signin", names=", ".join(one.name for one in can))
    else:
        exchange.say("cannot-do-anywhere" if mine else "no-accounts")


def _meant(can: list[Account], name: str) -> Account | None:
    if not name:
        return can[0] if len(can) == 1 else None
    return next((account for account in can if account.name == name), None)
