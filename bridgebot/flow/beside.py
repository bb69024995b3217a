"""What a post has beside its words, as one network can have it: its poll, and the post that it shows."""

from __future__ import annotations

from bridgebot.adapter import Network
from bridgebot.flow.targets import able
from bridgebot.model import Ballot, Limits, Poll
from bridgebot.store import Tx, deliveries, posts
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Account, Copy, Delivery, Post

DAY = 86400  # seconds that a poll is open where nobody said how long
UNQUOTED = "unquoted"  # said of a create: its network refused to show the quoted post


def ballot(post: Post, account: Account, network: Network | None) -> Ballot | None:
    """The post's poll as the account's network is asked for it; None where it takes none, or not this one."""
    poll = post.votable
    if poll is None or not able(account, network, "polls") or not _fits(poll, account.fits):
        return None
    least, most = account.fits.poll_shortest, account.fits.poll_longest
    return Ballot(poll.choices, min(max(_seconds(post, poll), least), most), poll.multiple)


def is_as_long(post: Post, ballot: Ballot) -> bool:
    """Whether a poll is open on a network for as long as it was meant to be."""
    return post.votable is None or _seconds(post, post.votable) == ballot.seconds


def _seconds(post: Post, poll: Poll) -> int:
    return round((poll.ends_at - post.created_at).total_seconds()) if poll.ends_at is not None else DAY


def chosen(tx: Tx, post: Post, user_id: int) -> tuple[int, ...]:
    """What the user voted for by this bot, from 0; empty: they did not, as far as is known."""
    votes = [one for one in deliveries.of_post(tx, post.id, "vote") if one.user_id == user_id]
    return next((tuple(one.arguments["choices"]) for one in votes if one.state == "sent"), ())


def _fits(poll: Poll, limits: Limits) -> bool:
    long = max((len(choice) for choice in poll.choices), default=0)
    return 2 <= len(poll.choices) <= limits.choices and long <= limits.choice_length


def poll_address(tx: Tx, post: Post) -> str | None:
    """Where the poll can be seen and voted in, as far as is known now."""
    if post.user_id is None:
        return post.url
    shown = [copy.url for copy in posts.copies(tx, post.id) if copy.url and has_poll(tx, copy)]
    return next(iter(shown), post.url)


def has_poll(tx: Tx, copy: Copy) -> bool:
    """Whether a copy of a post with a poll is that poll, and not its words: the network told of one when it
    was published, or was asked for one and never answered.
    """
    if copy.delivery_id is None or "poll" in (deliveries.delivery(tx, copy.delivery_id).result or {}):
        return True
    drafts = (part.payload.get("draft") or {} for part in deliveries.parts(tx, copy.delivery_id))
    return any("poll" in draft for draft in drafts)


def quoted(
    tx: Tx, post: Post, account: Account, network: Network | None, create: Delivery | None = None
) -> str | None:
    """The native id, on the account's server, of the post that this one shows; None where it cannot be shown
    there, but only named by its address: also because the network refused when `create` asked for it.
    """
    if post.quote is None or not able(account, network, "quotes"):
        return None
    if create is not None and create.arguments.get(UNQUOTED):
        return None
    if post.shown_id is not None:
        there = posts.in_realm(tx, post.shown_id, account.server)
        return there[0].native_id if there else None
    met_here = any(c.role == ORIGINAL and c.realm == account.server for c in posts.copies(tx, post.id))
    return post.quote["id"] if met_here else None


def quote_address(tx: Tx, post: Post, account: Account) -> str | None:
    """The address of the post that this one shows: the one on the account's server, where it has one."""
    if post.quote is None:
        return None
    there = posts.in_realm(tx, post.shown_id, account.server) if post.shown_id is not None else []
    return next((copy.url for copy in there if copy.url), post.quote["url"] or None)
