"""What of a post could not be carried to a network as it was written."""

from __future__ import annotations

from collections.abc import Iterable

from bridgebot import flow
from bridgebot.dialog import House
from bridgebot.model import Markup
from bridgebot.outbox import enclosed
from bridgebot.store import Tx, people
from bridgebot.store.rows import Account, Delivery, Post

_EMPHASIS: tuple[Markup, ...] = ("bold", "italic", "strike", "code")
KINDS = ("emphasis", "warning", "media", "files", "poll", "quote")
NOT_THERE = ("failed", "cancelled")


def losses(tx: Tx, house: House, post: Post, creates: Iterable[Delivery], language: str) -> tuple[str, ...]:
    """One sentence for each kind of loss, which names the networks."""
    if not (post.emphasis or post.attachments or post.files or post.poll or post.quote):
        return ()  # plain words are carried everywhere
    lost: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for create in creates:
        account = people.account(tx, create.account_id or 0)
        if create.state not in NOT_THERE:
            for kind in _lost(tx, house, post, account):
                lost[kind].append(house.title(account.adapter))
    return tuple(
        house.texts(language, f"loss-{kind}", networks=", ".join(networks))
        for kind, networks in lost.items()
        if networks
    )


def _lost(tx: Tx, house: House, post: Post, account: Account) -> list[str]:
    """The kinds of loss on one network."""
    network = house.network(account.adapter)
    known = network.social.markup if network is not None and network.social is not None else frozenset()
    used = {span.kind for span in post.emphasis}
    lost = {
        "emphasis": bool(used & set(_EMPHASIS) - known),
        "warning": not post.warning and flow.must_warn(post.emphasis, network),
        "media": not post.files and enclosed.lost(post, account, network),
        "files": bool(post.files) and enclosed.lost(post, account, network),
        "poll": bool(post.poll) and flow.ballot(post, account, network) is None,
        "quote": bool(post.quote) and flow.quoted(tx, post, account, network) is None,
    }
    return [kind for kind in KINDS if lost[kind]]
