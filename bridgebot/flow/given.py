"""What a place is given of a post: where its writer brings it has the newest words at once, and so has what
is met on networks. Who follows a user knows the post from a network, by a copy that this bot made there: what
they are shown is what that copy says, and changes when it has changed.
"""

from __future__ import annotations

from bridgebot.errors import Rejected, TargetGone
from bridgebot.store import Tx, faces, people, posts, routes, versions
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Copy, Delivery, Post


def as_given(tx: Tx, post: Post, create: Delivery) -> Post:
    """A post as the place is given it that a delivery brings it to. Raises Rejected where it stands no more
    where that place knows it from.
    """
    version = version_given(tx, post, create)
    if version is None:
        raise Rejected(TargetGone().key)
    return versions.as_of(tx, post, version)


def version_given(tx: Tx, post: Post, create: Delivery) -> int | None:
    """Which version of it that is; None: it stands no more where the place knows it from."""
    known = known_from(tx, post, create)
    if known is None:
        return post.version
    there = (version_at(tx, post, server) for server in known)
    return max((version for version in there if version is not None), default=None)


def known_from(tx: Tx, post: Post, create: Delivery) -> frozenset[str] | None:
    """The servers by whose timelines a place knows a post of a user's; None: by none, or it is the writer who
    has it there, by a rule or to read.
    """
    route = routes.route(tx, create.route_id) if create.route_id is not None else None
    if post.user_id is None or route is None or route.timeline_id is None:
        return None
    chat = people.chat_by_id(tx, create.chat_id) if create.chat_id is not None else None
    if route.user_id == post.user_id and (
        chat is None or people.owner_of(tx, chat) == post.user_id or route.verb in routes.CARRYING
    ):
        return None
    first = routes.timeline_by_id(tx, route.timeline_id).server
    return frozenset({first, *(faces.servers(tx, chat.id, post.id) if chat is not None else ())})


def version_at(tx: Tx, post: Post, server: str) -> int | None:
    """Which version of a post stands on a server; None: none."""
    standing = posts.in_realm(tx, post.id, server)
    if not standing:
        return None
    newest = [copy for copy in standing if copy.delivery_id == standing[-1].delivery_id]
    return min(version_of(post, copy) for copy in newest)


def version_of(post: Post, copy: Copy) -> int:
    """Which version of its post a copy shows. What was met is what the network says of it, and newest."""
    met = copy.role == ORIGINAL or copy.delivery_id is None
    return post.version if met else copy.version
