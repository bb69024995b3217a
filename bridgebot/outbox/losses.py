"""What of a post could not be carried to a network as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot import flow
from bridgebot.dialog import House
from bridgebot.model import Markup, TimelineKind
from bridgebot.outbox import enclosed, worded
from bridgebot.store import Tx, people, posts
from bridgebot.store.rows import Account, Delivery, Post
from bridgebot.texts import listed

_EMPHASIS: tuple[Markup, ...] = ("bold", "italic", "strike", "code")
KINDS = ("emphasis", "warning", "media", "files", "no-files", "poll", "poll-time", "quote", "names", "cut")
NOT_THERE = ("failed", "cancelled")
SHORT = 60  # code points: such a text fits everywhere
PARTS = "parts"  # said of a create that is none yet: into how many posts it would go


def losses(tx: Tx, house: House, post: Post, creates: Sequence[Delivery], language: str) -> tuple[str, ...]:
    """One sentence for each kind of loss, which names the networks. `creates` are all that bring the post to
    them, or would.
    """
    plain = not (post.emphasis or post.attachments or post.files or post.poll or post.quote)
    plain = plain and not worded.calls(post.text)
    if plain and len(post.text) <= SHORT:
        return ()  # plain words are carried everywhere
    lost: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for create in creates:
        account = people.account(tx, create.account_id or 0)
        if create.state in NOT_THERE:
            continue
        if plain:
            kinds = ["cut"] if _is_cut(tx, post, account, create) else []
        else:
            kinds = _lost(tx, house, post, account, create, creates)
        for kind in kinds:
            lost[kind].append(house.title(account.adapter))
    return tuple(
        house.texts(language, f"loss-{kind}", networks=listed(language, networks))
        for kind, networks in lost.items()
        if networks
    )


def _lost(
    tx: Tx, house: House, post: Post, account: Account, create: Delivery, creates: Sequence[Delivery]
) -> list[str]:
    """The kinds of loss on one network."""
    network = house.network(account.adapter)
    able = network.social if network is not None else None
    known, kinds = (able.markup, able.timelines) if able is not None else (frozenset(), frozenset())
    used, ballot = {span.kind for span in post.emphasis}, flow.ballot(post, account, network)
    fewer, takes = enclosed.lost(tx, create, post, account, network), enclosed.limits(account, network)
    lost = {
        "emphasis": bool(used & set(_EMPHASIS) - known),
        "warning": not post.warning and flow.must_warn(post.emphasis, network),
        "media": not post.files and fewer,
        "files": bool(post.files) and fewer and takes is not None,
        "no-files": bool(post.files) and fewer and takes is None,
        "poll": bool(post.poll) and ballot is None,
        "poll-time": ballot is not None and not flow.is_as_long(post, ballot),
        "quote": bool(post.quote) and flow.quoted(tx, post, account, network, create) is None,
        "cut": len(post.text) > SHORT and _is_cut(tx, post, account, create),
        # Where nobody hears of being named, nothing is lost.
        "names": TimelineKind.MENTIONS in kinds
        and worded.is_silent(tx, house, create, post, account, creates),
    }
    return [kind for kind in KINDS if lost[kind]]


def _is_cut(tx: Tx, post: Post, account: Account, create: Delivery) -> bool:
    """Whether only the beginning of a long post is there, with a link to all of it, and not a thread."""
    limits = account.fits.beside(post.warning, account.fits.warning_frame) if post.warning else account.fits
    if limits.fits(post.text) or not flow.manner(tx, create, post, account).cut:
        return False
    return (create.arguments.get(PARTS) or len(posts.brought(tx, post.id, account.id))) == 1
