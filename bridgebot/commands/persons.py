"""Following and looking up people, and what a locked account decides."""

from __future__ import annotations

from typing import Any

from bridgebot.commands import grammar, quotas
from bridgebot.commands.acts import able, act, acting
from bridgebot.commands.finding import code, meant, meant_with_text
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import faces, people
from bridgebot.store.rows import Account


def follow(exchange: Talk, argument: str, message: Message) -> None:
    """/follow @lin: her posts arrive in this chat."""
    _follow(exchange, argument, message, on=True)


def unfollow(exchange: Talk, argument: str, message: Message) -> None:
    _follow(exchange, argument, message, on=False)


def _follow(exchange: Talk, argument: str, message: Message, *, on: bool) -> None:
    handle = _handle(exchange, argument, message, "usage-follow")
    account = with_ability(exchange, "follow", handle) if handle else None
    if handle is not None and account is not None and not (on and quotas.is_met(exchange, "follows")):
        act(
            exchange,
            "follow",
            account,
            {"handle": local(handle, account), "on": on, "into_chat": exchange.chat.id},
        )


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
    """/whois @lin."""
    handle = _handle(exchange, argument, message, "usage-whois")
    account = with_ability(exchange, "whois", handle) if handle else None
    if handle is not None and account is not None:
        act(exchange, "whois", account, {"handle": local(handle, account)}, look=True)


def search(exchange: Talk, argument: str, message: Message) -> None:
    """/search WORDS: posts in which they stand."""
    words = argument.strip()
    account = with_ability(exchange, "search") if words else None
    if not words:
        exchange.say("usage-search")
    elif account is not None:
        act(exchange, "search", account, {"words": words}, look=True)


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
