"""/accounts and /devices: how it stands with what is linked, who may act for a user, and how to end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bridgebot.commands import accounts, parting
from bridgebot.commands.connecting import named
from bridgebot.commands.polls import span
from bridgebot.dialog import RELINK_LIFE, Talk
from bridgebot.model import Message
from bridgebot.render import clean_name, clean_url, clock, short_id
from bridgebot.store import people, persons, sessions, standing
from bridgebot.store.rows import Account, Person
from bridgebot.store.sessions import Session
from bridgebot.store.standing import Left

ACCOUNT, DEVICES = "account", "devices"  # kinds of questions: offers beside words
Item = tuple[str, int | str]  # what may act for the user: its kind, and its id
MOST = 8  # buttons under /devices; the words name the commands for the others


def show(exchange: Talk, argument: str, message: Message) -> None:
    """/accounts [NAME]: how it stands with what is linked, and which are default targets."""
    mine = people.accounts(exchange.tx, exchange.user.id)
    chosen = (
        people.account_named(exchange.tx, exchange.user.id, argument.strip()) if argument.strip() else None
    )
    if chosen is not None:
        _one(exchange, chosen)
        return
    coming = _coming(exchange, mine)
    if not mine and not coming:
        exchange.say("no-accounts")
        return
    lines = [line for account in mine for line in _lines(exchange, account)]
    text = "\n".join([exchange.text("accounts-head"), *lines, *coming, exchange.text("accounts-foot")])
    expired = next((account for account in mine if account.state == "expired"), None)
    if expired is None:
        exchange.write(text)
    else:
        _offer(exchange, expired, text, ("relink",))


def _one(exchange: Talk, account: Account) -> None:
    """With [Re-link] and [Unlink]; the commands that do the same are named, for chats without buttons."""
    text = "\n".join([*_lines(exchange, account), exchange.text("account-ways", name=account.name)])
    _offer(exchange, account, text, ("relink", "unlink-it"))


def _offer(exchange: Talk, account: Account, text: str, options: Sequence[str]) -> None:
    exchange.ask(ACCOUNT, text, {"account": account.id}, options, hint=False, life=RELINK_LIFE)


def pressed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Re-link] or [Unlink]: of an account that is still the presser's."""
    mine = people.accounts(exchange.tx, exchange.user.id)
    account = next((one for one in mine if one.id == arguments["account"]), None)
    if account is None:
        exchange.say("question-over")
    elif option == "relink":
        accounts.relink_account(exchange, account)
    else:
        accounts.ask_to_unlink(exchange, account)


def _coming(exchange: Talk, mine: Sequence[Account]) -> list[str]:
    """Networks where the first account is being linked now."""
    known = {account.adapter for account in mine}
    fresh = [n for n in exchange.house.networks.values() if n.social and n.name not in known]
    return [
        exchange.text("account-coming", network=network.title)
        for network in fresh
        if standing.is_being_linked(exchange.tx, exchange.now, exchange.user.id, network.name)
    ]


def _lines(exchange: Talk, account: Account) -> list[str]:
    mark = "●" if account.id in accounts.default_ids(exchange) else "○"
    network = exchange.house.title(account.adapter)
    head = f"{mark} {account.name}  {account.handle} ({network}) · {_state(exchange, account)}"
    more = [_scopes(exchange, account), _last_post(exchange, account), *_left(exchange, account)]
    return [head, *(f"    {line}" for line in more if line)]


def _state(exchange: Talk, account: Account) -> str:
    tx, now = exchange.tx, exchange.now
    if standing.is_being_linked(tx, now, exchange.user.id, account.adapter):
        return exchange.text("account-linking")
    if account.state != "active":
        return exchange.text(f"account-{account.state}")
    since = standing.trouble_since(tx, now, account.id)
    if since is not None:
        return exchange.text("account-trouble", since=_when(exchange, since))
    return exchange.text("account-unread" if standing.reads_fail(tx, account.id) else "account-active")


def _scopes(exchange: Talk, account: Account) -> str | None:
    """What the network granted: in plain words where the adapter has some, else in the network's own."""
    network = exchange.house.network(account.adapter)
    plain = dict(network.social.scopes) if network is not None and network.social is not None else {}
    words = (exchange.text(plain[one]) if one in plain else clean_name(one) for one in account.scopes)
    said = dict.fromkeys(words)  # several of a network's words may come to the same
    return exchange.text("account-scopes", scopes=" · ".join(said)) if said else None


def _last_post(exchange: Talk, account: Account) -> str | None:
    last = standing.last_post(exchange.tx, account, exchange.chat.id)
    if last is None:
        return None
    which = f"#{short_id(last.number)}" if last.number is not None else clean_url(last.url or "")
    return exchange.text("account-last-post", which=which, time=_when(exchange, last.at))


def _left(exchange: Talk, account: Account) -> list[str]:
    network = exchange.house.network(account.adapter)
    rates = network.rates if network is not None else ()
    return [_budget(exchange, one) for one in standing.left(exchange.tx, exchange.now, account, rates)]


def _budget(exchange: Talk, left: Left) -> str:
    if left.until is not None:
        return exchange.text("account-none-left", until=_when(exchange, left.until))
    within = span(exchange, round(left.rate.seconds))
    return exchange.text("account-left", calls=left.calls, amount=left.rate.amount, within=within)


def _when(exchange: Talk, at: datetime) -> str:
    return clock(at, exchange.now, exchange.user.timezone or exchange.house.timezone)


# --- devices -----------------------------------------------------------------------------------


def devices(exchange: Talk, argument: str, message: Message) -> None:
    """/devices, /devices here, /devices revoke NUMBER: who and what may act for the user."""
    words = argument.lower().split()
    everybody = persons.of_user(exchange.tx, exchange.user.id)
    linked = people.accounts(exchange.tx, exchange.user.id)
    signed_in = sessions.of_user(exchange.tx, exchange.now, exchange.user.id)
    items: list[Item] = [("person", person.id) for person in everybody]
    items += [("account", account.id) for account in linked]
    items += [("page", one.digest) for one in signed_in]
    if words and words[0] in parting.HERE:
        persons.choose_home(exchange.tx, exchange.user.id, exchange.chat.id)
        exchange.say("devices-home-set")
    elif len(words) == 2 and words[0] in ("revoke", "撤销") and words[1].isdigit():
        _revoke(exchange, items, int(words[1]))
    else:
        first = len(items) - len(signed_in) + 1
        pages = [_page(exchange, number, one) for number, one in enumerate(signed_in, start=first)]
        _list(exchange, everybody, linked, pages, items)


def _list(
    exchange: Talk,
    everybody: Sequence[Person],
    linked: Sequence[Account],
    pages: Sequence[str],
    items: list[Item],
) -> None:
    chats = [_person_line(exchange, number, person) for number, person in enumerate(everybody, start=1)]
    logins = [_login(exchange, number, one) for number, one in enumerate(linked, start=len(everybody) + 1)]
    head = [exchange.text("devices-head"), *chats]
    middle = [exchange.text("devices-logins"), *logins] if logins else []
    middle += [exchange.text("devices-pages"), *pages] if pages else []
    text = "\n".join([*head, *middle, exchange.text("devices-foot")])
    others = [
        n for n, (kind, id) in enumerate(items, start=1) if (kind, id) != ("person", exchange.chat.person_id)
    ]
    options = [f"revoke:{number}" for number in others[:MOST]]
    if options:
        exchange.ask(DEVICES, text, {"items": items}, options, hint=False)
    else:
        exchange.write(text)


def _person_line(exchange: Talk, number: int, person: Person) -> str:
    tx = exchange.tx
    key = "devices-this" if person.id == exchange.chat.person_id else "devices-chat"
    seen = persons.last_seen(tx, person.id)
    home = people.direct_chat(tx, exchange.user.id)
    line = exchange.text(
        key,
        who=named(exchange.house, person.adapter, person.native_id),
        since=_when(exchange, persons.since(tx, person)),
        seen=_when(exchange, seen) if seen is not None else "–",
    )
    mark = f" · {exchange.text('devices-home')}" if home and home.person_id == person.id else ""
    return f"{number}. {line}{mark}"


def _login(exchange: Talk, number: int, account: Account) -> str:
    """The session that the bot has with the network."""
    since = _when(exchange, standing.linked_at(exchange.tx, account.id))
    network = exchange.house.title(account.adapter)
    scopes = _scopes(exchange, account)
    line = exchange.text("devices-login", handle=account.handle, network=network, since=since)
    return f"{number}. {line}" + (f" · {scopes}" if scopes else "")


def _page(exchange: Talk, number: int, session: Session) -> str:
    """A browser that is signed in to the reading page."""
    chat = people.chat_by_id(exchange.tx, session.chat_id)
    times = {"since": _when(exchange, session.since), "until": _when(exchange, session.expires_at)}
    return f"{number}. {exchange.text('devices-page', network=exchange.house.title(chat.adapter), **times)}"


def revoke(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """A button under /devices."""
    _revoke(exchange, [(kind, id) for kind, id in arguments["items"]], int(option.partition(":")[2]))


def _revoke(exchange: Talk, items: Sequence[Item], number: int) -> None:
    """By its number in the list: what is the user's no more is nobody's business."""
    kind, id = items[number - 1] if 0 < number <= len(items) else ("", 0)
    account = next((a for a in people.accounts(exchange.tx, exchange.user.id) if a.id == id), None)
    if kind == "person":
        parting.pressed(exchange, {"persons": [id]}, "disconnect")
    elif kind == "account" and account is not None:
        accounts.ask_to_unlink(exchange, account)
    elif kind == "page" and sessions.end_one(exchange.tx, exchange.user.id, str(id)):
        exchange.say("devices-page-ended")
    else:
        exchange.say("devices-no-such", number=number)


__all__ = ["devices", "pressed", "revoke", "show"]
