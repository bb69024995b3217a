"""Where a post of one's own goes."""

from __future__ import annotations

from collections.abc import Iterable

from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.rows import Account, Copy, Post


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


def addressee(tx: Tx, post: Post, account: Account) -> str | None:
    """The handle of whoever a reply answers on the account's server; none where one's own thread goes on."""
    there = posts.in_realm(tx, post.parent_id, account.server) if post.parent_id is not None else []
    if not there or there[-1].account_id == account.id:
        return None
    written_with = there[-1].account_id  # of somebody else who uses this bot
    if written_with is not None:
        return people.account(tx, written_with).handle
    return posts.post(tx, there[-1].post_id).author_handle


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
