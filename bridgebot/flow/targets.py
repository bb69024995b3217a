"""Where a post of one's own goes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.flow.given import version_of
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, people, posts, versions
from bridgebot.store.rows import Account, Copy, Post

_NAMED = re.compile(r"(?<![\w/@.])@[\w.-]+@[\w-]+(?:\.[\w-]+)+")  # somebody, with the server
_NAME = re.compile(rf"{_NAMED.pattern}|(?<![\w/@.])@\w+(?:[.-]+\w+)*(?![@\w])")
_MOST_NAMED = 10  # a text full of names must not have all of them called


def choose(
    named: Iterable[int],
    excluded: Iterable[int],
    defaults: Iterable[int],
    *,
    reader: int | None = None,
    holders: Iterable[int] | None = None,
) -> list[int]:
    """The accounts that a post goes to. Pure.

    A reply to somebody's post: the account that reads it (`reader`). A reply to one's own: those
    that hold a copy (`holders`). Else those named, else the defaults; less the excluded.
    """
    if reader is not None:
        return [reader]
    chosen = list(holders) if holders is not None else list(named) or list(defaults)
    left_out = set(excluded)
    return [account for account in dict.fromkeys(chosen) if account not in left_out]


def holders(tx: Tx, post: Post, user_id: int) -> list[int]:
    """The user's accounts that hold the post, or are about to."""
    mine = {account.id for account in people.accounts(tx, user_id)}
    have = [copy.account_id for copy in posts.copies(tx, post.id)]
    coming = [d.account_id for d in deliveries.creates(tx, post.id) if d.state in deliveries.OPEN]
    return [account for account in dict.fromkeys(have + coming) if account is not None and account in mine]


def actor(tx: Tx, post: Post, user_id: int) -> tuple[Account | None, Copy | None]:
    """The user's account that can act on the post, and the copy in that account's realm."""
    mine = people.accounts(tx, user_id)
    first = reader(tx, post, user_id) if len(mine) > 1 else None
    for account in sorted(mine, key=lambda account: account.id != first):
        copies = posts.in_realm(tx, post.id, account.server)
        if copies:
            return account, copies[0]
    return None, None


def addressees(tx: Tx, post: Post, account: Account) -> tuple[str, ...]:
    """The handles of those whom a reply answers on the account's server: whoever wrote that, and who is named
    there. None where one's own thread goes on, unless only those named may read it.
    """
    there = posts.in_realm(tx, post.parent_id, account.server) if post.parent_id is not None else []
    if not there:
        return ()
    parent, written_with = posts.post(tx, there[-1].post_id), there[-1].account_id
    own = written_with == account.id
    if own and post.seen_by is not Audience.DIRECT:
        return ()
    # Of somebody else who uses this bot: the account that it was written with.
    author = people.account(tx, written_with).handle if written_with is not None else parent.author_handle
    words = versions.as_of(tx, parent, version_of(parent, there[-1])).text
    return named(author, words, account.handle, anybody=own)


def named(author: str | None, text: str, own: str, *, anybody: bool = False) -> tuple[str, ...]:
    """Whose handles an answer begins with: the author's, and whom the text names, but for oneself.
    `anybody`: also by a name without its server, as people write it themselves. Pure.
    """
    names = (_NAME if anybody else _NAMED).findall(text)
    found = dict.fromkeys([*([author] if author else []), *names])
    apart = {handle.lower(): handle for handle in found if handle.lower() != own.lower()}
    return tuple(apart.values())[:_MOST_NAMED]


def able(account: Account, network: Network | None, what: str) -> bool:
    """Whether the account's network declares this ability, and its server has it."""
    capabilities: SocialCapabilities | None = network.social if network else None
    return bool(capabilities and getattr(capabilities, what)) and what not in account.fits.lacks


def reader(tx: Tx, post: Post, user_id: int) -> int | None:
    """The user's account that answers a post: the one whose timeline brought it, else one of its realm."""
    brought = posts.reader_of(tx, post.id, user_id)
    if brought is not None:
        return brought
    return next((a.id for a in people.accounts(tx, user_id) if posts.in_realm(tx, post.id, a.server)), None)
