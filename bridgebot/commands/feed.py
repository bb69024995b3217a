"""/feed: what newspapers, blogs and the like tell the world, into a chat; without an account anywhere."""

from __future__ import annotations

from bridgebot.commands import reading
from bridgebot.commands.reading import FEED, Read
from bridgebot.commands.whereabouts import is_address
from bridgebot.dialog import Talk
from bridgebot.model import Message

_OFF = frozenset({"off", "stop", "关", "停"})


def feed(exchange: Talk, argument: str, message: Message) -> None:
    """/feed: the feeds there are; /feed ADDRESS: one more; /feed off NUMBER | ADDRESS | TITLE: no more."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    words = [word.strip("<>") for word in argument.split()]
    rest = [word for word in words if word.lower() not in _OFF]
    if not words:
        _list(exchange)
    elif len(rest) < len(words):
        _stop(exchange, " ".join(rest))
    elif len(words) != 1:
        exchange.say("usage-feed")
    else:
        _begin(exchange, words[0])


def _begin(exchange: Talk, word: str) -> None:
    want: reading.Want = "follow" if exchange.chat.direct else "mirror"
    if not reading.look_for(exchange, word, want, FEED):
        known = any(FEED & n.social.anonymous for n in exchange.house.networks.values() if n.social)
        exchange.say("usage-feed" if known else "feed-no-network")


def _list(exchange: Talk) -> None:
    """Their titles and hosts, never their addresses: those may be secrets, and others may look on."""
    mine = _mine(exchange)
    if not mine:
        exchange.say("feed-list-none")
        return
    lines = [f"{number}. {read.words}" for number, read in enumerate(mine, start=1)]
    exchange.write("\n".join([exchange.text("feed-list-head"), *lines, exchange.text("feed-list-foot")]))


def _mine(exchange: Talk) -> list[Read]:
    """In one's own chat one's own, wherever they arrive; in a group what arrives there."""
    return reading.feeds(exchange) if exchange.chat.direct else reading.here(exchange, FEED)


def _stop(exchange: Talk, which: str) -> None:
    mine = _mine(exchange)
    if which.isascii() and which.isdigit():
        found = mine[int(which) - 1] if 0 < int(which) <= len(mine) else None
    else:
        found = reading.named(mine, which)
    if found is not None:
        reading.stop(exchange, found)
    elif not is_address(which) or not reading.look_for(exchange, which, "unfollow", FEED):
        exchange.say("source-not-here", what=reading.called(which))
