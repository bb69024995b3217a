"""Where all of a post stands: for a place that is to have its beginning and a link instead of a thread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bridgebot.flow.audiences import as_meant
from bridgebot.flow.manner import manner_by
from bridgebot.model import ANYBODY, changed
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.deliveries import Order
from bridgebot.store.posts import RECEIPT
from bridgebot.store.rows import Account, Copy, Post

AFTER_THE_WHOLE = timedelta(seconds=3)
_SHORT = 60  # code points: where that is too long, a link would be, too
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)


def whole_at(tx: Tx, post: Post, account: Account) -> str | None:
    """Where anybody can read all of a post, other than on this account: where it was written, else at a copy
    with another account of the same user's that is no beginning itself. None: nowhere, or not yet.
    """
    if as_meant(tx, post)[0] not in ANYBODY:
        return None
    if post.url is not None and _WEB.fullmatch(post.url):
        return post.url
    for copy in posts.copies(tx, post.id):
        if copy.url and copy.role != RECEIPT and _is_whole(tx, post, copy, account):
            return copy.url
    return None


def _is_whole(tx: Tx, post: Post, copy: Copy, account: Account) -> bool:
    if copy.account_id is None or copy.account_id == account.id:
        return False
    other = people.account(tx, copy.account_id)
    if other.user_id != account.user_id:  # whose accounts those are is nobody else's to tell
        return False
    route_id = deliveries.delivery(tx, copy.delivery_id).route_id if copy.delivery_id is not None else None
    return not is_cut(tx, post, other, route_id)


def is_cut(tx: Tx, post: Post, account: Account, route_id: int | None, home_id: int | None = None) -> bool:
    """Whether an account is to have only the beginning of a post, as the rule wants that brings it, or the
    default of the chat where it was written (`home_id`, where no copy says so yet).
    """
    if account.fits.with_warning(post.warning).fits(post.text):
        return False
    return manner_by(tx, post, account, route_id, home_id).cut


def whole_first(
    tx: Tx,
    now: datetime,
    post: Post,
    wanted: Sequence[tuple[Account, int | None]],
    orders: Sequence[Order],
    home_id: int | None,
) -> list[Order]:
    """Where only the beginning of a post goes, it goes a moment later than all of it does elsewhere, so that
    there is an address to link to. It waits for no answer: without one it becomes a thread. `wanted` are the
    accounts of the orders, each with its rule.
    """
    if post.url is not None or post.seen_by not in ANYBODY or len(post.text) <= _SHORT:
        return list(orders)
    cut = [is_cut(tx, post, account, route_id, home_id) for account, route_id in wanted]
    later = now + AFTER_THE_WHOLE
    return [
        changed(order, due_at=max(order.due_at or now, later)) if one else order
        for order, one in zip(orders, cut, strict=True)
    ]
