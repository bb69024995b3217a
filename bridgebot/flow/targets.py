"""Where a post of one's own goes."""

from __future__ import annotations

from collections.abc import Iterable

from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.rows import Post


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


def reader(tx: Tx, post: Post, user_id: int) -> int | None:
    """The user's account that answers a post: the one whose timeline brought it, else one of its realm."""
    brought = posts.reader_of(tx, post.id, user_id)
    if brought is not None:
        return brought
    realms = {copy.realm for copy in posts.copies(tx, post.id)}
    return next((a.id for a in people.accounts(tx, user_id) if a.server in realms), None)
