"""/alias: who is who on several networks, so that a post names the same person on each of them."""

from __future__ import annotations

import regex

from bridgebot.commands import grammar
from bridgebot.dialog import Talk
from bridgebot.flow.names import LONGEST, folded
from bridgebot.model import Message
from bridgebot.render import clean_name
from bridgebot.store import aliases, people

MOST = 500  # handles of one user

_EQUALS = regex.compile(r"\s*(?:[=＝]|\s)\s*")
_OFF = ("off", "关", "停")


def alias(exchange: Talk, argument: str, message: Message) -> None:
    """/alias; /alias @lin@example.social = @lin.bsky.social; /alias @lin.bsky.social off."""
    words = [word for word in _EQUALS.split(argument.strip()) if word]
    if not words:
        _list(exchange)
    elif len(words) != 2:
        exchange.say("usage-alias")
    elif words[1].lower() in _OFF:
        _forget(exchange, words[0])
    else:
        _note(exchange, words[0], words[1])


def _list(exchange: Talk) -> None:
    known = aliases.listed(exchange.tx, exchange.user.id)
    if not known:
        exchange.say("alias-none")
        return
    lines = [f"  {' = '.join(clean_name(handle) for handle in person)}" for person in known]
    exchange.write("\n".join([exchange.text("alias-head"), *lines]))


def _forget(exchange: Talk, word: str) -> None:
    handle = _handle(exchange, word) or folded(word)
    gone = aliases.drop(exchange.tx, exchange.user.id, handle)
    exchange.say("alias-off" if gone else "alias-unknown", who=clean_name(handle))


def _note(exchange: Talk, *words: str) -> None:
    one, other = (_handle(exchange, word) for word in words)
    if one is None or other is None or one == other:
        which = next(
            (word for word in words if grammar.is_handle(word) and _handle(exchange, word) is None), ""
        )
        exchange.say("alias-which" if which else "usage-alias", who=clean_name(which))
    elif sum(map(len, aliases.listed(exchange.tx, exchange.user.id))) >= MOST:
        exchange.say("alias-too-many", most=MOST)
    else:
        aliases.note(exchange.tx, exchange.user.id, (one, other))
        exchange.say("alias-on", one=clean_name(one), other=clean_name(other))


def _handle(exchange: Talk, word: str) -> str | None:
    """A handle that says on which network it is: with its server, which one may call as one's own account
    there, or a domain. None: it does not, or is no handle.
    """
    if not grammar.is_handle(word) or len(word) > LONGEST:
        return None
    name, _, server = word.strip().removeprefix("@").partition("@")
    account = people.account_named(exchange.tx, exchange.user.id, server) if server else None
    if account is not None:
        server = account.handle.removeprefix("@").partition("@")[2] or account.server
    if server:
        return folded(f"{name}@{server}")
    return folded(name) if "." in name else None
