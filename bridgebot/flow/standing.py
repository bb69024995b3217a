"""Where a post stands, or is about to."""

from __future__ import annotations

from bridgebot.flow.changes import is_unwanted
from bridgebot.store import Tx, deliveries, posts
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Account, Delivery, Post


def standing(tx: Tx, post: Post, account_id: int) -> Delivery | None:
    """What brought the post to an account, or is about to, unless it was taken back from there."""
    made = [create for create in deliveries.creates(tx, post.id) if create.account_id == account_id]
    there = [create for create in made if create.state not in ("failed", "cancelled")]
    return next((create for create in there if not is_unwanted(tx, create)), None)


def is_written_with(tx: Tx, post: Post, account: Account) -> bool:
    """Whether it was posted there by other ways, and is no copy."""
    there = posts.in_realm(tx, post.id, account.server)
    return any(copy.role == ORIGINAL and copy.account_id == account.id for copy in there)
