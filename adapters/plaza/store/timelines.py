"""Timelines: everything that happened after a place in the order of changes.

Each creation, edit and deletion takes the next place within the unit that does it, so nothing can
ever land behind a cursor, and changes come through the same pages as what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from adapters.plaza.markup import folded_tag, number
from adapters.plaza.store.reach import (
    Condition,
    Posts,
    Viewer,
    followed_by,
    hidden,
    mentioning,
    visible_to,
    was_listed_to,
    was_visible_to,
)
from adapters.plaza.store.rows import ENTRIES, Entry, entry, illustrated
from adapters.plaza.store.tables import boost, last_change, notification, person, post, tag
from bridgebot.errors import TargetGone
from bridgebot.model import Audience, Timeline, TimelineKind

PAGE = 40
LATEST = 20


@dataclass(frozen=True, slots=True)
class By:
    """Who did something."""

    id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A notification."""

    id: int
    kind: str
    by: By
    subject: int  # the post's id; 0: none


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing on a timeline: a post as it is now, a post that is gone, or a notification."""

    seq: int
    entry: Entry | None = None
    boosted: By | None = None  # with `entry`: why it is here
    gone: int | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which changes are read: those after `after`, up to `upto`."""

    after: int
    upto: int

    def holds(self, column: sa.ColumnElement[int]) -> Condition:
        return sa.and_(column > self.after, column <= self.upto)


@dataclass(frozen=True, slots=True)
class Read:
    """One page of a timeline."""

    happenings: tuple[Happening, ...]
    cursor: int
    more: bool


def read(connection: sa.Connection, viewer: Viewer, timeline: Timeline, after: int | None) -> Read:
    """What happened since; with None, nothing but where to go on from. Raises TargetGone for a person
    who is not there.
    """
    # Before everything else: what is committed while this reads belongs to the next page.
    upto = last_change(connection)
    window = Window(upto if after is None else after, upto)
    found = sorted(_happenings(connection, viewer, timeline, window), key=lambda one: one.seq)
    if not found:
        _exists(connection, timeline)  # only now: who was suspended leaves posts that are gone
    taken = found[:PAGE]
    more = len(found) > PAGE
    return Read(_illustrated(connection, taken), taken[-1].seq if more else upto, more)


def _illustrated(connection: sa.Connection, taken: Sequence[Happening]) -> tuple[Happening, ...]:
    entries = illustrated(connection, [one.entry for one in taken if one.entry is not None])
    whole = {one.id: one for one in entries}
    return tuple(replace(one, entry=whole[one.entry.id]) if one.entry else one for one in taken)


def latest(connection: sa.Connection, viewer: Viewer, timeline: Timeline) -> tuple[Entry, ...]:
    """What it shows now, the newest first. Raises TargetGone for a person who is not there."""
    everything = Window(0, last_change(connection))  # from before the first: what was once so does not count
    here = (_shows(viewer, timeline, everything), visible_to(viewer))
    query = ENTRIES.where(*here).order_by(post.c.id.desc()).limit(LATEST)
    found = illustrated(connection, (entry(row) for row in connection.execute(query)))
    if not found:
        _exists(connection, timeline)
    return found


def concerns(connection: sa.Connection, viewer: Viewer, timeline: Timeline, post_id: int) -> bool:
    """Whether a change of this post is one of this timeline's."""
    everything = Window(last_change(connection), last_change(connection))
    here = (post.c.id == post_id, _shows(viewer, timeline, everything), was_visible_to(viewer))
    return connection.execute(sa.select(post.c.id).where(*here)).first() is not None


def _happenings(
    connection: sa.Connection, viewer: Viewer, timeline: Timeline, window: Window
) -> Iterable[Happening]:
    changed = _changed(connection, viewer, timeline, window)
    if timeline.kind is TimelineKind.HOME:
        return chain(changed, _boosted(connection, viewer, window))
    if timeline.kind is TimelineKind.MENTIONS:
        return chain(changed, _told(connection, viewer, window))
    return changed


def _exists(connection: sa.Connection, timeline: Timeline) -> None:
    if timeline.kind is TimelineKind.PERSON:
        there = sa.select(person.c.id).where(person.c.id == number(timeline.argument), ~hidden(person.c.id))
        if connection.execute(there).first() is None:
            raise TargetGone("plaza-person-gone")


# --- posts -------------------------------------------------------------------------------------


def _changed(
    connection: sa.Connection, viewer: Viewer, timeline: Timeline, window: Window
) -> Iterable[Happening]:
    visible = visible_to(viewer)
    query = (
        ENTRIES.add_columns(visible.label("visible"))
        .where(window.holds(post.c.seq), _shows(viewer, timeline, window), was_visible_to(viewer))
        # What came and went unseen is no news.
        .where(visible | (post.c.born <= window.after))
        .order_by(post.c.seq)
        .limit(PAGE + 1)
    )
    for row in connection.execute(query):
        one = entry(row)
        yield Happening(one.seq, entry=one) if row.visible else Happening(one.seq, gone=one.id)


def _shows(viewer: Viewer, timeline: Timeline, window: Window) -> Condition:
    """Whether a post belongs to the timeline, readable or not."""
    match timeline.kind:
        case TimelineKind.OWN:
            return post.c.person_id == viewer
        case TimelineKind.HOME:
            return _home(viewer, window)
        case TimelineKind.MENTIONS:
            mine = sa.select(_parent.c.id).where(_parent.c.person_id == viewer)
            addressed = post.c.id.in_(mentioning(viewer, ever=True)) | post.c.reply_to.in_(mine)
            return sa.and_(post.c.person_id != viewer, addressed)
        case TimelineKind.PERSON:
            return sa.and_(post.c.person_id == number(timeline.argument), was_listed_to(viewer))
        case _:
            return _tagged(folded_tag(timeline.argument), window)


_parent = post.alias("parent")


def _home(viewer: Viewer, window: Window) -> Condition:
    """What the circle wrote, and what those followed have boosted so far."""
    followed = followed_by(viewer)
    passed_on = sa.select(boost.c.post_id).where(boost.c.person_id.in_(followed), boost.c.seq <= window.after)
    shown = sa.or_(by_circle(viewer), post.c.id.in_(passed_on))
    return sa.and_(post.c.audience != Audience.DIRECT, shown)


def by_circle(viewer: Viewer) -> Condition:
    """Own posts, and those of people followed; their answers only to people followed as well."""
    followed = followed_by(viewer)

    def in_circle(posts: Posts) -> Condition:
        return sa.or_(posts.c.person_id == viewer, posts.c.person_id.in_(followed))

    answered = sa.select(_parent.c.id).where(in_circle(_parent))
    to_circle = sa.or_(post.c.reply_to.is_(None), post.c.reply_to.in_(answered))
    return sa.or_(post.c.person_id == viewer, sa.and_(in_circle(post), to_circle))


def _tagged(word: str, window: Window) -> Condition:
    """Public posts with the tag; where an edit took it out, only for those who had the post."""
    tagged = sa.select(tag.c.post_id).where(tag.c.tag == word)
    live = post.c.id.in_(tagged.where(tag.c.live))
    before = sa.and_(post.c.id.in_(tagged), post.c.born <= window.after)
    return sa.and_(post.c.audience == Audience.PUBLIC, live | before)


# --- boosts and notifications ------------------------------------------------------------------


def _boosted(connection: sa.Connection, viewer: Viewer, window: Window) -> Iterable[Happening]:
    booster = person.alias("booster")
    query = (
        ENTRIES.add_columns(booster.c.id.label("by_id"), booster.c.name.label("by_name"))
        .add_columns(boost.c.seq.label("boost_seq"), boost.c.at)
        .join(boost, boost.c.post_id == post.c.id)
        .join(booster, booster.c.id == boost.c.person_id)
        .where(window.holds(boost.c.seq), boost.c.person_id.in_(followed_by(viewer)))
        .where(boost.c.live, ~hidden(boost.c.person_id), visible_to(viewer))
        .order_by(boost.c.seq)
        .limit(PAGE + 1)
    )
    for row in connection.execute(query):
        yield Happening(row.boost_seq, entry=entry(row), boosted=By(row.by_id, row.by_name, row.at))


def _told(connection: sa.Connection, viewer: Viewer, window: Window) -> Iterable[Happening]:
    query = (
        sa.select(notification, person.c.name)
        .join(person, person.c.id == notification.c.by_id)
        .where(window.holds(notification.c.seq), notification.c.person_id == viewer)
        .where(~hidden(notification.c.by_id))
        .order_by(notification.c.seq)
        .limit(PAGE + 1)
    )
    for row in connection.execute(query):
        by = By(row.by_id, row.name, row.at)
        yield Happening(row.seq, told=Told(row.id, row.kind, by, row.subject))
