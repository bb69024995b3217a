"""Following and looking up people, and what a locked account decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridgebot.adapter import Open
from bridgebot.commands import grammar, quotas, reading, whereabouts
from bridgebot.commands.acts import able, act, acting
from bridgebot.commands.finding import code, meant, meant_with_text
from bridgebot.commands.whereabouts import Place
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.store import faces, people
from bridgebot.store.rows import Account


def follow(exchange: Talk, argument: str, message: Message) -> None:
    """/follow @lin: her posts arrive in this chat; with an account that can, else as anybody reads them."""
    word = _whom(exchange, argument, message, "usage-follow")
    if word is None:
        return
    account, where = _way(exchange, "follow", word, reading.ANYTHING)
    if account is None and where:
        reading.look_for(exchange, word, "follow", reading.ANYTHING, where)
    elif account is not None and not quotas.is_met(exchange, "follows"):
        _switch_follow(exchange, account, word, on=True)


def unfollow(exchange: Talk, argument: str, message: Message) -> None:
    """/unfollow @lin: no more, with an account or without."""
    read = reading.named(reading.here(exchange), argument.strip())
    if read is not None:
        reading.stop(exchange, read)
        return
    word = _whom(exchange, argument, message, "usage-unfollow")
    if word is None:
        return
    account, where = _way(exchange, "follow", word, reading.ANYTHING)
    if account is not None:
        _switch_follow(exchange, account, word, on=False)
    elif where:
        reading.look_for(exchange, word, "unfollow", reading.ANYTHING, where)


def _switch_follow(exchange: Talk, account: Account, word: str, *, on: bool) -> None:
    arguments = {"handle": local(word, account), "on": on, "into_chat": exchange.chat.id}
    act(exchange, "follow", account, arguments)


def _way(
    exchange: Talk,
    what: str,
    word: str,
    kinds: frozenset[TimelineKind] | None = None,
    *,
    openly: Open | None = None,
    latest: bool = False,
) -> tuple[Account | None, list[Place]]:
    """With which account this is done, or which networks are asked without one; neither was explained."""
    networks, accounts = exchange.house.networks.values(), people.accounts(exchange.tx, exchange.user.id)
    able_ones = [account for account in accounts if able(exchange, account, what)]
    where = whereabouts.places(networks, word, kinds=kinds, openly=openly, latest=latest)
    known = whereabouts.places(networks, word)
    account = whereabouts.account_for(able_ones, word, known)
    if account is None and not where:
        account = None if whereabouts.is_address(word) or not able_ones else able_ones[0]
        if account is None:
            exchange.say(_why_not(word, accounts, known))
    return account, where


def _why_not(word: str, accounts: Sequence[Account], known: Sequence[Place]) -> str:
    """Why something can be done neither with an account nor without one."""
    if whereabouts.is_address(word) and not known:
        return "source-no-network"
    return "cannot-do-anywhere" if accounts else "no-accounts"


def _whom(exchange: Talk, argument: str, message: Message, usage: str) -> str | None:
    """The person or address named, or the author of the post that is named or answered; else explained."""
    word = argument.strip().split()[0].strip("<>") if argument.strip() else ""
    odd = bool(word) and not grammar.is_handle(word)
    if whereabouts.is_address(word) or (odd and whereabouts.places(exchange.house.networks.values(), word)):
        return word
    return _handle(exchange, argument, message, usage)


def _handle(exchange: Talk, argument: str, message: Message, usage: str) -> str | None:
    """The person named, or the author of the post that is named or answered; None was explained."""
    word = argument.strip().split()[0] if argument.strip() else ""
    if grammar.is_short_id(word.lower()) or (not word and message.reply_to):
        found = meant(exchange, word, message)
        return faces.face(exchange.tx, found, exchange.chat).handle if found else None
    if grammar.is_handle(word):
        return f"@{word.lstrip('@')}"
    exchange.say(usage)
    return None


def with_ability(exchange: Talk, what: str, handle: str = "") -> Account | None:
    """The user's account to do this with: of the network that the handle names, else the first able one."""
    accounts = people.accounts(exchange.tx, exchange.user.id)
    able_ones = [account for account in accounts if able(exchange, account, what)]
    server = handle.lstrip("@").partition("@")[2].lower()
    named = [a for a in able_ones if server in (a.name, a.adapter, a.server.lower())]
    if able_ones:
        return (named or able_ones)[0]
    exchange.say("cannot-do-anywhere" if accounts else "no-accounts")
    return None


def local(handle: str, account: Account) -> str:
    """The handle as the account's own server writes it: without that server's name."""
    name, _, server = handle.lstrip("@").partition("@")
    here = server.lower() in ("", account.name, account.adapter, account.server.lower())
    return f"@{name}" if here else f"@{name}@{server}"


def whois(exchange: Talk, argument: str, message: Message) -> None:
    """/whois @lin: with an account, or where anybody may ask."""
    word = _whom(exchange, argument, message, "usage-whois")
    if word is None:
        return
    account, where = _way(exchange, "whois", word, openly="whois")
    if account is not None:
        act(exchange, "whois", account, {"handle": local(word, account)}, look=True)
    elif where:
        reading.ask(exchange, reading.Asked("whois", word, {}), where)


def get(exchange: Talk, argument: str, message: Message) -> None:
    """/get @lin: her last posts, or those of a feed."""
    word = _whom(exchange, argument, message, "usage-get")
    if word is None:
        return
    account, where = _way(exchange, "latest", word, reading.ANYTHING, latest=True)
    if account is not None:
        act(exchange, "latest", account, {"handle": local(word, account)}, look=True)
    elif where:
        reading.ask(exchange, reading.Asked("latest", word, {}), where)


def search(exchange: Talk, argument: str, message: Message) -> None:
    """/search WORDS: posts in which they stand; without an account on the first network that lets anybody."""
    words, accounts = argument.strip(), people.accounts(exchange.tx, exchange.user.id)
    able_one = next((account for account in accounts if able(exchange, account, "search")), None)
    networks = exchange.house.networks.values()
    openly = [Place(n.name, "", sure=True) for n in networks if n.social and "search" in n.social.openly]
    if not words:
        exchange.say("usage-search")
    elif able_one is not None:
        act(exchange, "search", able_one, {"words": words}, look=True)
    elif openly:
        reading.ask(exchange, reading.Asked("search", words, {"words": words}), openly[:1])
    else:
        exchange.say("cannot-do-anywhere" if accounts else "no-accounts")


def requests(exchange: Talk, argument: str, message: Message) -> None:
    """/requests: who wants to follow."""
    account = with_ability(exchange, "approve")
    if account is not None:
        act(exchange, "requests", account, {}, look=True)


def approve(exchange: Talk, argument: str, message: Message) -> None:
    _decide(exchange, argument, message, on=True)


def reject(exchange: Talk, argument: str, message: Message) -> None:
    _decide(exchange, argument, message, on=False)


def _decide(exchange: Talk, argument: str, message: Message, *, on: bool) -> None:
    handle = _handle(exchange, argument, message, "usage-approve")
    account = with_ability(exchange, "approve", handle) if handle else None
    if handle is not None and account is not None:
        act(exchange, "approve", account, {"handle": local(handle, account), "on": on})


def decide_asked(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Approve] [Reject] below a request, if the account that it is about is still theirs."""
    account = people.account(exchange.tx, arguments["account"])
    if account.user_id != exchange.user.id or account.state not in people.ACTIVE:
        exchange.say("question-over")
    else:
        handle = local(arguments["handle"], account)
        act(exchange, "approve", account, {"handle": handle, "on": option == "approve"})


def lock(exchange: Talk, argument: str, message: Message) -> None:
    """/lock on | off."""
    wanted = argument.strip().lower()
    account = with_ability(exchange, "approve")
    if account is None:
        return
    if wanted not in ("", "on", "off", "开", "关"):
        exchange.say("usage-lock")
        return
    act(exchange, "lock", account, {"on": wanted in ("", "on", "开")})


def report(exchange: Talk, argument: str, message: Message) -> None:
    """/report ID WHY: to those who moderate the network."""
    found, comment = meant_with_text(exchange, argument, message)
    if found is None:
        return
    account, copy = acting(exchange, found)
    if account is None or copy is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
        return
    if not able(exchange, account, "report"):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
        return
    arguments = {"id": copy.native_id, "comment": comment.strip(), "code": code(exchange, found)}
    act(exchange, "report", account, arguments)
