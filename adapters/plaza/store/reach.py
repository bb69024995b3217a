"""Who may read which post: one SQL condition behind pages, feeds, streams, timelines and counts.

public      everybody
unlisted    everybody who has the address; listed for the author, followers and those mentioned
followers   the author, accepted followers, those mentioned
direct      the author, those mentioned

A deleted post, or one by a suspended or closed account, is nobody's.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.tables import follow, mention, person, post
from bridgebot.model import Audience

Viewer = int | None  # a person's id; None: anybody
Posts = sa.FromClause  # `post` or an alias of it
Condition = sa.ColumnElement[bool]

_hidden = person.alias("hidden")


def hidden(person_id: sa.ColumnElement[int]) -> Condition:
    """Whether that person is suspended or has closed the account."""
    return person_id.in_(
        sa.select(_hidden.c.id).where(sa.or_(_hidden.c.suspended, _hidden.c.closed_at.is_not(None)))
    )


def visible_to(viewer: Viewer, posts: Posts = post) -> Condition:
    """Whether the viewer may read the post, given its address."""
    return sa.and_(_stands(posts), _anybody(posts) | _entitled(viewer, posts))


def listed_to(viewer: Viewer, posts: Posts = post) -> Condition:
    """Whether the viewer may read the post and may be shown it unasked."""
    return sa.and_(_stands(posts), _listed(viewer, posts))


def was_visible_to(viewer: Viewer, posts: Posts = post) -> Condition:
    """Whether the viewer may read the post or could before it was deleted, hidden or edited:
    who to tell that it is gone.
    """
    return _anybody(posts) | _entitled(viewer, posts, ever=True)


def was_listed_to(viewer: Viewer, posts: Posts = post) -> Condition:
    """As `was_visible_to`, for what the viewer was shown unasked."""
    return _listed(viewer, posts, ever=True)


def followed_by(viewer: Viewer) -> sa.Select[Any]:
    """The ids of those whom the viewer follows."""
    return sa.select(follow.c.target_id).where(follow.c.person_id == viewer, follow.c.accepted)


def mentioning(viewer: Viewer, *, ever: bool = False) -> sa.Select[Any]:
    """The ids of posts that mention the viewer; with `ever`, also those that did before an edit."""
    query = sa.select(mention.c.post_id).where(mention.c.person_id == viewer)
    return query if ever else query.where(mention.c.live)


def _stands(posts: Posts) -> Condition:
    return sa.and_(posts.c.deleted_at.is_(None), sa.not_(hidden(posts.c.person_id)))


def _anybody(posts: Posts) -> Condition:
    return posts.c.audience.in_([Audience.PUBLIC, Audience.UNLISTED])


def _listed(viewer: Viewer, posts: Posts, *, ever: bool = False) -> Condition:
    public = posts.c.audience == Audience.PUBLIC
    unlisted = sa.and_(posts.c.audience == Audience.UNLISTED, _following(viewer, posts))
    return sa.or_(public, unlisted, _entitled(viewer, posts, ever=ever))


def _entitled(viewer: Viewer, posts: Posts, *, ever: bool = False) -> Condition:
    """Whether the viewer may read the post whatever stands in nobody else's way."""
    if viewer is None:
        return sa.false()
    return sa.or_(
        posts.c.person_id == viewer,
        posts.c.id.in_(mentioning(viewer, ever=ever)),
        sa.and_(posts.c.audience == Audience.FOLLOWERS, _following(viewer, posts)),
    )


def _following(viewer: Viewer, posts: Posts) -> Condition:
    return sa.false() if viewer is None else posts.c.person_id.in_(followed_by(viewer))
