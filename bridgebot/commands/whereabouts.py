"""Where something that somebody names can be read: with which account, or on which networks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from bridgebot.adapter import Network, Open
from bridgebot.commands import grammar
from bridgebot.model import TimelineKind
from bridgebot.store.rows import Account

LONGEST = 2000  # characters of an address; nobody's is longer


@dataclass(frozen=True, slots=True)
class Place:
    """A network to ask, and the address as it knows such things."""

    adapter: str
    address: str
    sure: bool  # it is that network's and no other's


def places(
    networks: Iterable[Network],
    word: str,
    *,
    kinds: frozenset[TimelineKind] | None = None,
    openly: Open | None = None,
    latest: bool = False,
) -> list[Place]:
    """The networks whose addresses a word matches: the sure ones first, then the others, both in the order
    of the configuration. Only those where these kinds can be read, or that answer this, without an account.
    """
    found = []
    for network in networks:
        able = network.social
        if able is None or (openly is not None and openly not in able.openly) or (latest and not able.latest):
            continue
        if kinds is not None and not kinds & able.anonymous:
            continue
        place = _at(network, word)
        if place is not None:
            found.append(place)
    return sorted(found, key=lambda place: (not place.sure, _is_guess(word, place)))


def _is_guess(word: str, place: Place) -> bool:
    """Whether a word is only taken for a site because it may be one: who is called so comes first."""
    return is_address(place.address) and not is_address(word)


def _at(network: Network, word: str) -> Place | None:
    """How this network reads the word, surely if it can."""
    addresses = network.social.addresses if network.social else ()
    for address in sorted(addresses, key=lambda one: not one.sure):
        for form in _forms(word):
            if len(form) <= LONGEST and _pattern(address.pattern).fullmatch(form):
                return Place(network.name, form, address.sure)
    return None


def _forms(word: str) -> list[str]:
    """What a word may stand for. With and without an @ in front it is the same (`ada@example.social` is a
    person, and `@example.org` was `example.org` when somebody wrote it), and a site is named without `https`.
    """
    bare = word.removeprefix("@")
    first = bare.partition("/")[0]
    forms = [word, f"@{bare}", bare] if grammar.is_handle(word) else [word]
    if "." in first.strip(".") and not {"@", ":"} & set(first):
        forms.append(f"https://{bare}")
    return list(dict.fromkeys(forms))


@lru_cache(256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def account_for(able: Sequence[Account], word: str, matching: Sequence[Place]) -> Account | None:
    """The account with which to read or follow what a word names: one of the server that it names, else one
    of a network whose handle it is, else, where it is no network's, the first. None: it is read without one.
    """
    server = word.lstrip("@").partition("@")[2].lower()
    named = [one for one in able if server in (one.name, one.adapter, one.server.lower())]
    if named:
        return named[0]
    theirs = {place.adapter for place in matching if place.sure or "@" in word}
    if is_address(word):  # an account is asked for people by their handles alone
        return None
    among = [one for one in able if one.adapter in theirs]
    if among or matching:
        return among[0] if among else None
    return able[0] if able else None


def is_address(word: str) -> bool:
    """Whether it is the address of a page or of a feed."""
    return word.lower().startswith(("https://", "http://"))


def host_of(word: str) -> str:
    """The server that an address or a handle names; "" where it names none. What calls to it count by."""
    try:
        host = urlsplit(word).hostname if "://" in word else None
    except ValueError:
        return ""
    if "://" in word:
        return (host or "").lower()
    name, _, server = word.lstrip("@").rpartition("@")
    return server.lower() if name else (server.partition("/")[0].lower() if "." in server else "")
