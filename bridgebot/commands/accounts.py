"""A person's accounts: where plain posts go, linking and unlinking. How it stands with them: `standing`."""

from __future__ import annotations

import dataclasses
from typing import Any

from bridgebot import flow
from bridgebot.commands import proving, quotas
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import deliveries, grants, keep, links, people, routes
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Account
from bridgebot.texts import parted


def default_ids(exchange: Talk) -> list[int]:
    """The default targets of this chat."""
    outgoing = routes.from_chat(exchange.tx, exchange.chat.id, exchange.user.id)
    return [route.account_id for route in outgoing if route.account_id is not None]


def default_names(exchange: Talk) -> str:
    """The names of the default targets of this chat."""
    return exchange.listed(people.account(exchange.tx, a).name for a in default_ids(exchange)) or "–"


def default(exchange: Talk, argument: str, message: Message) -> None:
    """/default NAME…: the accounts that plain posts of this chat go to. What a rule says of one that stays
    one is kept, and so are the chats that rules lead to.
    """
    names = parted(argument)
    chosen = [people.account_named(exchange.tx, exchange.user.id, name) for name in names]
    if not names or None in chosen:
        mine = people.accounts(exchange.tx, exchange.user.id)
        exchange.say("usage-default", names=exchange.listed(account.name for account in mine) or "–")
        return
    wanted = [account.id for account in chosen if account is not None]
    for route in routes.from_chat(exchange.tx, exchange.chat.id, exchange.user.id):
        if route.account_id is not None and route.account_id not in wanted:
            routes.end(exchange.tx, route.id)
    for account in chosen:
        if account is not None:
            routes.add(
                exchange.tx,
                exchange.now,
                exchange.user.id,
                "default",
                source_chat_id=exchange.chat.id,
                account_id=account.id,
            )
    exchange.say("default-set", names=exchange.listed(a.name for a in chosen if a is not None))


def link(exchange: Talk, argument: str, message: Message) -> None:
    """/link NETWORK [what its first question asks]."""
    if not exchange.chat.direct:
        _in_private(exchange, argument, message)
        return
    which, _, answer = argument.strip().partition(" ")
    linkable = [network for network in exchange.house.networks.values() if network.linkable]
    network = next((n for n in linkable if which.lower() in (n.name, n.title.lower())), None)
    if network is None:
        exchange.say("usage-link", networks=exchange.listed(n.title for n in linkable) or "–")
        return
    _begin_linking(exchange, network.name, answer.strip() or None)


def _in_private(exchange: Talk, argument: str, message: Message) -> None:
    """In a group nothing is linked, and nothing is said of it: it goes on where nobody else reads. What
    stands behind the network's name is asked for there; it may be a secret.
    """
    direct = people.direct_chat_at(exchange.tx, exchange.user.id, exchange.chat.adapter)
    if direct is None:
        exchange.say("direct-only", name="link")
        return
    exchange.say("link-in-private")
    private = dataclasses.replace(exchange, chat=direct)
    link(private, argument.strip().partition(" ")[0], message)


def join(exchange: Talk, argument: str, message: Message) -> None:
    """/join NAME [NETWORK]: a new account on a network that makes one here."""
    name, _, which = argument.strip().partition(" ")
    able = [n for n in exchange.house.networks.values() if n.social and n.social.join]
    if which.strip():
        able = [n for n in able if which.strip().lower() in (n.name, n.title.lower())]
    if not able:
        exchange.say("cannot-join")
    elif not name:
        exchange.say("usage-join", networks=exchange.listed(n.title for n in able))
    else:
        _begin_linking(exchange, able[0].name, name)


def _begin_linking(exchange: Talk, adapter: str, answer: str | None) -> None:
    network = exchange.house.networks[adapter]
    mine = [a for a in people.accounts(exchange.tx, exchange.user.id) if a.adapter == adapter]
    if network.social and network.social.join and mine:
        exchange.say("joined-already", network=network.title, handle=mine[0].handle)
        return
    if not quotas.is_met(exchange, "accounts") and not quotas.is_met(exchange, "links"):
        _ask_the_network(exchange, adapter, answer)


def _ask_the_network(exchange: Talk, adapter: str, answer: str | None) -> None:
    """The adapter's turn; a question of an earlier attempt would swallow what is written next."""
    if links.rests(exchange.tx, exchange.now, exchange.user.id):
        exchange.say("link-code-resting")
        return
    proving.make_room(exchange, adapter)
    links.begin(exchange.tx, exchange.now, exchange.user.id, exchange.chat.id, adapter, answer)


def relink(exchange: Talk, argument: str, message: Message) -> None:
    """/relink NAME: prove an account again after its token expired."""
    account = _named(exchange, argument)
    if account is not None:
        relink_account(exchange, account)


def relink_account(exchange: Talk, account: Account) -> None:
    """Begin to prove it again, where that can be done."""
    network = exchange.house.networks.get(account.adapter)
    if network is None or network.social is None:
        exchange.say("error-not-configured")
    elif network.social.join and not account.scopes:  # linking would make a second account
        exchange.say("relink-made-here", handle=account.handle, network=network.title)
    else:
        _ask_the_network(exchange, account.adapter, people.begun_with(exchange.tx, account))


def relink_pressed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Re-link]: as /relink NAME, unless that was done by other ways meanwhile."""
    account = people.account(exchange.tx, arguments["account"])
    if account.state == "expired" and account.user_id == exchange.user.id:
        relink_account(exchange, account)
    else:
        exchange.say("question-over")


def unlink(exchange: Talk, argument: str, message: Message) -> None:
    """/unlink NAME, after a question that says what is lost."""
    account = _named(exchange, argument)
    if account is not None:
        ask_to_unlink(exchange, account)


def ask_to_unlink(exchange: Talk, account: Account) -> None:
    network = exchange.house.networks.get(account.adapter)
    can_make = network is not None and network.social is not None and network.social.join
    made_here = can_make and not account.scopes  # else a network's token, which is only given back
    text = exchange.text(
        "unlink-ask-close" if made_here else "unlink-ask",
        handle=account.handle,
        network=exchange.house.title(account.adapter),
    )
    exchange.ask("unlink", text, {"account": account.id}, ("unlink", "no"))


def unlink_asked(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """What was asked before an account is unlinked: its rules end, and what waits for it goes."""
    if option == "no":
        exchange.say("unlink-kept")
        return
    account = people.account(exchange.tx, arguments["account"])
    if account.user_id != exchange.user.id or account.state not in people.ACTIVE:
        exchange.say("question-over")
        return
    for route in routes.of_account(exchange.tx, account.id):
        routes.end(exchange.tx, route.id)
    for waiting in deliveries.queued_for(exchange.tx, account.id):
        flow.cancel(exchange.tx, exchange.now, waiting)
    order = Order(
        action="unlink",
        lane=f"look:{exchange.cause_id}:unlink",
        urgency=ANSWER,
        account_id=account.id,
        user_id=exchange.user.id,
        arguments={},
    )
    deliveries.queue(exchange.tx, exchange.now, order)
    people.set_account(exchange.tx, account.id, state="unlinked")
    grants.withdraw_offers(exchange.tx, exchange.user.id)
    grants.lapse(exchange.tx, exchange.now)
    keep.audit(exchange.tx, exchange.now, exchange.user.id, "unlinked", f"{account.adapter} {account.handle}")
    exchange.say("unlinked", handle=account.handle, network=exchange.house.title(account.adapter))


def _named(exchange: Talk, argument: str) -> Account | None:
    account = people.account_named(exchange.tx, exchange.user.id, argument.strip())
    if account is None:
        mine = people.accounts(exchange.tx, exchange.user.id)
        exchange.say("no-such-account", names=exchange.listed(a.name for a in mine) or "–")
    return account
