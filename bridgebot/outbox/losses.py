"""What of a post could not be carried to a network as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot import flow
from bridgebot.dialog import House
from bridgebot.model import Markup
from bridgebot.outbox import enclosed, worded
from bridgebot.store import Tx, people
from bridgebot.store.rows import Account, Delivery, Post

_EMPHASIS: tuple[Markup, ...] = ("bold", "italic", "strike", "code")
KINDS = ("emphasis", "warning", "media", "files", "poll", "poll-time", "quote", "names")
NOT_THERE = ("failed", "cancelled")


def losses(tx: Tx, house: House, post: Post, creates: Sequence[Delivery], language: str) -> tuple[str, ...]:
    """One sentence for each kind of loss, which names the networks. `creates` are all that bring the post to
    them, or would.
    """
    beside = post.emphasis or post.attachments or post.files or post.poll or post.quote
    if not beside and not worded.calls(post.text):
        return ()  # plain words are carried everywhere
    lost: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for create in creates:
        account = people.account(tx, create.account_id or 0)
        if create.state not in NOT_THERE:
            for kind in _lost(tx, house, post, account, create, creates):
                lost[kind].append(house.title(account.adapter))
    return tuple(
        house.texts(language, f"loss-{kind}", networks=", ".join(networks))
        for kind, networks in lost.items()
        if networks
    )


def _lost(
    tx: Tx, house: House, post: Post, account: Account, create: Delivery, creates: Sequence[Delivery]
) -> list[str]:
    """The kinds of loss on one network."""
    network = house.network(account.adapter)
    known = network.social.markup if network is not None and network.social is not None else frozenset()
    used, ballot = {span.kind for span in post.emphasis}, flow.ballot(post, account, network)
    lost = {
        "emphasis": bool(used & set(_EMPHASIS) - known),
        "warning": not post.warning and flow.must_warn(post.emphasis, network),
        "media": not post.files and enclosed.lost(post, account, network),
        "files": bool(post.files) and enclosed.lost(post, account, network),
        "poll": bool(post.poll) and ballot is None,
        "poll-time": ballot is not None and not flow.is_as_long(post, ballot),
        "quote": bool(post.quote) and flow.quoted(tx, post, account, network, create) is None,
        "names": worded.is_silent(tx, house, create, post, account, creates),
    }
    return [kind for kind in KINDS if lost[kind]]
