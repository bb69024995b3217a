"""What a place is given of a post: its writer's own places have the newest words at once, and so has what
is met on networks. Anybody else knows a post of a user's from a network, by a copy that this bot made there:
their places show what that copy says, and change when it has changed.
"""

from __future__ import annotations

from bridgebot.errors import Rejected, TargetGone
from bridgebot.store import Tx, posts, routes, versions
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
    server = known_from(tx, post, create)
    return post.version if server is None else version_at(tx, post, server)


def known_from(tx: Tx, post: Post, create: Delivery) -> str | None:
    """The server by whose timeline somebody else's place knows a post of a user's; None: by no such."""
    if post.user_id is None or create.user_id == post.user_id or create.route_id is None:
        return None
    timeline_id = routes.route(tx, create.route_id).timeline_id
    return routes.timeline_by_id(tx, timeline_id).server if timeline_id is not None else None


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
