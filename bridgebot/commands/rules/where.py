"""One post, one place more or less: by buttons behind [Where…], or by /undo ID NAME."""

from __future__ import annotations

from bridgebot import flow
from bridgebot.commands.finding import code
from bridgebot.dialog import Talk
from bridgebot.flow import Target
from bridgebot.store import deliveries, people
from bridgebot.store.deliveries import ANSWER
from bridgebot.store.rows import Account, Delivery, Post


def show(exchange: Talk, found: Post) -> None:
    """The receipt bears a button for each account."""
    _receipt(exchange, found, where=True)


def back(exchange: Talk, found: Post) -> None:
    """The receipt is as it was."""
    _receipt(exchange, found)


def add(exchange: Talk, found: Post, account_id: int) -> None:
    """One more place: it was never there, or was taken back from there."""
    account = _mine(exchange, account_id)
    if account is None or found.deleted_at is not None:
        exchange.say("question-over")
        return
    tx, now, cause = exchange.tx, exchange.now, exchange.cause_id
    before = next((d for d in deliveries.creates(tx, found.id) if d.account_id == account_id), None)
    if before is not None and before.state == "failed":
        flow.send_again(tx, now, before)
    elif before is not None:
        flow.bring_back(tx, now, before)
    else:
        networks, targets = exchange.house.networks, [Target(account)]
        flow.to_accounts(tx, now, found, targets, networks, urgency=ANSWER, cause_id=cause)
    _receipt(exchange, found)


def take(exchange: Talk, found: Post, account_id: int) -> None:
    """One place less; the others keep it."""
    account = _mine(exchange, account_id)
    create = flow.standing(exchange.tx, found, account_id) if account is not None else None
    if create is None or found.deleted_at is not None:
        exchange.say("question-over")
        return
    flow.unshare(exchange.tx, exchange.now, create, cause_id=exchange.cause_id)
    _receipt(exchange, found)


def take_named(exchange: Talk, found: Post, name: str) -> None:
    """/undo ID NAME."""
    account = people.account_named(exchange.tx, exchange.user.id, name)
    create = flow.standing(exchange.tx, found, account.id) if account is not None else None
    if account is None or create is None:
        exchange.say("undo-nowhere", code=code(exchange, found), name=name)
        return
    flow.unshare(exchange.tx, exchange.now, create, cause_id=exchange.cause_id)
    place = exchange.house.title(account.adapter)
    exchange.say("where-taking", code=code(exchange, found), place=place)


def _mine(exchange: Talk, account_id: int) -> Account | None:
    accounts = people.accounts(exchange.tx, exchange.user.id)
    return next((account for account in accounts if account.id == account_id), None)


def _receipt(exchange: Talk, found: Post, *, where: bool = False) -> None:
    """It is written anew in the chat of whoever pressed."""
    told = [d for d in deliveries.of_post(exchange.tx, found.id, "receipt") if _is_here(exchange, d)]
    for receipt in told:
        flow.refresh_receipt(exchange.tx, exchange.now, receipt, exchange.cause_id, where=where)


def _is_here(exchange: Talk, receipt: Delivery) -> bool:
    return receipt.chat_id == exchange.chat.id
