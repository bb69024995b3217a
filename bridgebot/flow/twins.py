"""Whether one address on two servers is one post.

An address is canonical only where nobody lies, and a server is whoever set it up: one that shows the address
of somebody else's post must neither be given that post's words nor put its own into its place. So the server
that an address names is believed; any other only by those who have accounts there, about themselves.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bridgebot.flow.met import Met
from bridgebot.model import Audience
from bridgebot.store import Tx, people, posts
from bridgebot.store.posts import MIRROR, ORIGINAL
from bridgebot.store.rows import Post, Timeline

_WIDE = (Audience.PUBLIC, Audience.UNLISTED)


def find(tx: Tx, met: Met, timeline: Timeline | None) -> Post | None:
    """The post of this address, with one more copy; None where it is unknown, or not surely the same."""
    known = posts.by_uri(tx, met.uri)
    if known is None:
        return None
    origin = next((copy for copy in posts.all_copies(tx, known.id) if copy.role == ORIGINAL), None)
    home = origin.realm if origin is not None else ""
    wide = known.seen_by in _WIDE and met.audience in _WIDE
    if (known.user_id is not None or _names(met.uri, home)) and (wide or _was_shown(tx, known, timeline)):
        posts.add_copy(tx, known.id, MIRROR, met.spot, version=known.version)
    elif wide and _names(met.uri, met.spot.realm):
        _bring_home(tx, known, met)
    elif _one_persons(tx, home, met.spot.realm):
        posts.add_copy(tx, known.id, MIRROR, met.spot, version=known.version)
    else:
        return None
    return posts.post(tx, known.id)


def _names(uri: str | None, server: str) -> bool:
    """Whether an address is one of this server's own. Pure."""
    try:
        return urlsplit(uri or "").netloc.lower() == server.lower()
    except ValueError:  # a bracket without its partner
        return False


def _was_shown(tx: Tx, known: Post, timeline: Timeline | None) -> bool:
    """Whether whoever reads this timeline has the post already, as their own or by another account."""
    if timeline is None or timeline.account_id is None:
        return False
    reader = people.account(tx, timeline.account_id).user_id
    return known.user_id == reader or posts.reader_of(tx, known.id, reader) is not None


def _one_persons(tx: Tx, *servers: str) -> bool:
    """Whether all accounts on these servers are one user's: what they show concerns nobody else."""
    return len(people.users_on(tx, servers)) == 1


def _bring_home(tx: Tx, known: Post, met: Met) -> None:
    """Another server told of it first; from here on the post's own server says what it is."""
    for copy in posts.copies(tx, known.id):
        if copy.role == ORIGINAL:
            posts.demote(tx, copy.id)
    posts.add_copy(tx, known.id, ORIGINAL, met.spot, version=known.version)
    posts.change(
        tx,
        known.id,
        adapter=met.spot.adapter,
        author_id=met.author.id,
        author_handle=met.author.handle,
        author_name=met.author.name,
        audience=met.audience.value,
        url=met.spot.url,
        edited_at=None,
    )
