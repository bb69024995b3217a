"""Whom a name in one's own post means, and what they are called where the post goes.

A name is written for one network: the one on which the post stands first. Elsewhere it means somebody else,
or nobody; so there it is written as the same person is called there, where that is known, and else so that it
calls nobody. Known is only what the post's writer said, about themselves by linking accounts, about others by
`/alias`. That somebody else uses this bot with accounts on both networks is theirs to tell, and never used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bridgebot.adapter import Network
from bridgebot.flow.changes import brings
from bridgebot.model import Audience
from bridgebot.store import Tx, aliases, deliveries, grants, people, posts
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Account, Copy, Delivery, Post

LONGEST = 300  # characters of a handle; nobody's is longer


@dataclass(frozen=True, slots=True)
class Side:
    """How names are read where one account is."""

    servers: tuple[
        str, ...
    ]  # what may stand behind the second @ of its own people, as usual first; lower case
    own: str  # the account's handle
    federated: bool = False  # whoever is named with their server is reached, wherever that is
    patterns: tuple[str, ...] = ()  # what people are called there otherwise, for all of a word

    @classmethod
    def of(cls, account: Account, network: Network | None) -> Side:
        """An account's."""
        able = network.social if network is not None else None
        behind = account.handle.removeprefix("@").partition("@")[2]
        return cls(
            tuple(dict.fromkeys(one.lower() for one in (behind, account.server) if one)),
            account.handle,
            federated=able is not None and able.federated,
            patterns=tuple(one.pattern for one in able.addresses) if able is not None else (),
        )

    def knows(self, name: str) -> bool:
        """Whether `@lin.example`, without a server behind it, is how somebody is called there."""
        return (
            "." in name
            and len(name) <= LONGEST
            and any(_pattern(one).fullmatch(name) for one in self.patterns)
        )

    def whole(self, name: str) -> str | None:
        """Whom `@lin` means there, with the server; None: nobody, for all are called by domains there."""
        by_domain = "." in self.own and "@" not in self.own[1:]
        return None if by_domain else f"{name}@{self.servers[0]}"


@dataclass(frozen=True, slots=True)
class Names:
    """What becomes of the names in one post on one network. Pure."""

    there: Side
    origin: Side | None  # for which they were written; None: nobody knows
    mine: tuple[Side, ...] = ()  # of all of the writer's accounts
    same: tuple[frozenset[str], ...] = ()  # handles of one person each, as `folded` has them
    first: bool = True  # False: a rule carries the post on
    # False: nobody is called by another name than was written, for whoever is named may read it.
    elsewhere: bool = True

    def write(self, name: str) -> str | None:
        """What stands there for `@lin` or `@lin@example.social`; None: that name, and it calls nobody."""
        alone = "@" not in name[1:] and not any(side.knows(name) for side in (self.there, *self.mine))
        if alone and self.origin == self.there:
            return name
        whole = name if not alone else self.origin.whole(name) if self.origin is not None else None
        if whole is None:
            return None
        direct = self._on(whole, self.there)
        if direct is not None:
            return None if self._heard(whole) else direct
        if not self.elsewhere:
            return None
        if folded(whole) in self._me():
            return self.there.own  # and none of one's other accounts there
        others = next((one for one in self.same if folded(whole) in one), frozenset())
        return next((new for one in sorted(others) if (new := self._on(one, self.there))), None)

    def _heard(self, whole: str) -> bool:
        """Whether somebody was called by the original, which a rule carries on."""
        if self.first or self.origin is None or self.origin == self.there:
            return False
        return self._on(whole, self.origin) is not None

    def _me(self) -> frozenset[str]:
        """The handles of all of one's own accounts."""
        mine = (side.own if "@" in side.own[1:] else side.whole(side.own) or side.own for side in self.mine)
        return frozenset(folded(one) for one in mine)

    def _on(self, whole: str, side: Side) -> str | None:
        """Somebody as they are called there; None: it is nobody of there."""
        name, _, server = whole[1:].partition("@")
        if not server:
            return whole if side.knows(whole) else None
        if server.lower() in side.servers:
            return whole if "@" in side.own[1:] else f"@{name}"
        home = next((one for one in self.mine if server.lower() in one.servers), None)
        named = "." in server and (home is None or home.federated)  # else some read another name in it
        return whole if side.federated and named else None


def folded(handle: str) -> str:
    """A handle as it is compared: capitals make no difference."""
    return f"@{handle.removeprefix('@').lower()}"


@lru_cache(256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def names(
    tx: Tx,
    networks: Mapping[str, Network],
    delivery: Delivery,
    post: Post,
    account: Account,
    creates: Sequence[Delivery] | None = None,
) -> Names | None:
    """What becomes of the names in a post on the account's network; None: each of them calls nobody, for
    somebody else wrote them. `creates` are all that bring it to networks; None: those that are queued.
    """
    original, by_rule = _original(tx, post), brings(tx, delivery).route_id is not None
    if post.user_id is None or post.user_id != account.user_id or (by_rule and _is_shared(tx, original)):
        return None
    made = creates if creates is not None else deliveries.creates(tx, post.id)
    known = people.accounts(tx, post.user_id)
    first = _first(original, [one for one in made if one.account_id is not None])
    origin = people.account(tx, first) if first is not None else None
    return Names(
        _side(account, networks),
        _side(origin, networks) if origin is not None else None,
        tuple(_side(one, networks) for one in known),
        _said(tx, post),
        first=not by_rule,
        elsewhere=post.seen_by is not Audience.DIRECT,
    )


def _side(account: Account, networks: Mapping[str, Network]) -> Side:
    return Side.of(account, networks.get(account.adapter))


def _original(tx: Tx, post: Post) -> Copy | None:
    """Where it was written, or met; None: nowhere yet."""
    return next((copy for copy in posts.copies(tx, post.id) if copy.role == ORIGINAL), None)


def _is_shared(tx: Tx, original: Copy | None) -> bool:
    """Whether it was written where others write, too: a name there is one of that chat's network."""
    chat_id = original.chat_id if original is not None else None
    return chat_id is not None and not people.chat_by_id(tx, chat_id).direct


def _first(original: Copy | None, made: Sequence[Delivery]) -> int | None:
    """The account for whose network the words were written: where the post was met, and of one that was
    written in a chat where it goes first.
    """
    if original is not None and original.chat_id is None:
        return original.account_id
    typed = [one for one in made if one.route_id is None] or made
    return typed[0].account_id if typed else None


def _said(tx: Tx, post: Post) -> tuple[frozenset[str], ...]:
    """What its owner said who is who; of somebody else's words, written with a lent account, nothing."""
    if post.user_id is None or not (known := aliases.of_user(tx, post.user_id)):
        return ()
    byline = grants.byline(tx, post.id)
    return known if byline is None or byline.author_id == post.user_id else ()
