"""A post in as many parts as its network asks for, or its beginning with a link to all of it."""

from __future__ import annotations

from collections.abc import Iterable

from bridgebot import flow, render
from bridgebot.adapter import Network
from bridgebot.errors import Rejected
from bridgebot.flow import Manner
from bridgebot.model import Draft, Limits
from bridgebot.store import Tx, people
from bridgebot.store.rows import Account, Delivery, Post


def drafts(
    tx: Tx,
    post: Post,
    account: Account,
    network: Network,
    manner: Manner,
    whole: Draft,
    creates: Iterable[Delivery] | None = None,
) -> list[Draft]:
    """`whole` as the account's server takes it: one post, a thread, or a beginning where the route prefers
    that and all of it stands elsewhere (in a preview it would, by these `creates`). Raises Rejected for a
    warning that leaves no room.
    """
    limits = account.fits
    _must_leave_room(whole, limits)
    labels = network.social is not None and "link" in network.social.markup
    thread = render.thread(whole, limits, labels=labels)
    if len(thread) == 1 or not manner.cut:
        return list(thread)
    address = flow.whole_at(tx, post, account) or _to_be(tx, post, account, creates or ())
    short = render.teaser(whole, limits, address, suffix=manner.suffix) if address is not None else None
    return [short] if short is not None else list(thread)


def _to_be(tx: Tx, post: Post, account: Account, creates: Iterable[Delivery]) -> str | None:
    """What stands for the address where all of it would stand: a preview shows that there will be one."""
    for create in creates:
        if create.account_id not in (None, account.id):
            other = people.account(tx, create.account_id or 0)
            if not flow.is_cut(tx, post, other, create.route_id, create.arguments.get("chat")):
                return f"https://{other.server}/…"
    return None


def _must_leave_room(whole: Draft, limits: Limits) -> None:
    """A warning counts with every part: a long one would make a thread of crumbs."""
    length = limits.length(whole.warning) + limits.length(limits.warning_frame) if whole.warning else 0
    most = limits.max_length // 2
    if length > most and length + limits.length(whole.text) > limits.max_length:
        raise Rejected("error-warning-too-long", over=length - most, length=length, limit=most)
