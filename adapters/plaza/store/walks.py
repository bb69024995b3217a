"""Listings as apps walk through them: by id, in both directions, newest first on each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from adapters.plaza.markup import folded_tag
from adapters.plaza.store.cards import Line
from adapters.plaza.store.reach import (
    Condition,
    Viewer,
    followed_by,
    hidden,
    listed_to,
    mentioning,
    visible_to,
)
from adapters.plaza.store.rows import ENTRIES, entry
from adapters.plaza.store.tables import bookmark, boost, favourite, notification, person, picture, post, tag
from adapters.plaza.store.timelines import By, by_circle
from bridgebot.errors import TargetGone
from bridgebot.model import Audience

_booster = person.alias("booster")


@dataclass(frozen=True, slots=True)
class Cut:
    """Which piece: below `below`, above `above`; `upwards` the lowest of those, else the highest."""

    limit: int
    below: int | None = None
    above: int | None = None
    upwards: bool = False

    def of(self, query: sa.Select[Any], place: sa.ColumnElement[int]) -> sa.Select[Any]:
        if self.below is not None:
            query = query.where(place < self.below)
        if self.above is not None:
            query = query.where(place > self.above)
        return query.order_by(place if self.upwards else place.desc()).limit(self.limit)


@dataclass(frozen=True, slots=True)
class Only:
    """Which of a person's posts."""

    boosts: bool = True
    replies: bool = True
    tag: str = ""
    media: bool = False  # those with pictures alone


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person is told."""

    place: int
    kind: str  # as `notification.kind`, or `mention`
    by: By
    line: Line | None


P = TypeVar("P", Line, Event)


def home(connection: sa.Connection, viewer: int, cut: Cut) -> tuple[Line, ...]:
    """What the circle wrote and boosted."""
    wrote = (by_circle(viewer), post.c.audience != Audience.DIRECT, visible_to(viewer))
    boosted = boost.c.person_id.in_(followed_by(viewer)) | (boost.c.person_id == viewer)
    return _piece(cut, [*_posts(connection, cut, *wrote), *_boosts(connection, viewer, cut, boosted)])


def public(connection: sa.Connection, cut: Cut, *, media: bool = False) -> tuple[Line, ...]:
    """What anybody may be shown, answers left out; with `media`, what has pictures alone."""
    where = (_for_all(), post.c.reply_to.is_(None))
    return _piece(cut, _posts(connection, cut, *where, *([_with_pictures()] if media else [])))


def _with_pictures() -> Condition:
    return sa.exists().where(picture.c.under == post.c.id)


def tagged(
    connection: sa.Connection, words: Sequence[str], cut: Cut, *, media: bool = False
) -> tuple[Line, ...]:
    """What anybody may be shown, with one of these tags; with `media`, what has pictures alone."""
    folded = [folded_tag(word) for word in words]
    with_it = sa.select(tag.c.post_id).where(tag.c.tag.in_(folded), tag.c.live)
    where = (_for_all(), post.c.id.in_(with_it))
    return _piece(cut, _posts(connection, cut, *where, *([_with_pictures()] if media else [])))


def _for_all() -> Condition:
    return sa.and_(listed_to(None), post.c.audience == Audience.PUBLIC)


def of_person(connection: sa.Connection, viewer: Viewer, who: int, only: Only, cut: Cut) -> tuple[Line, ...]:
    """What somebody wrote and boosted, as far as the viewer may be shown it."""
    mine: list[Any] = [post.c.person_id == who, listed_to(viewer)]
    if not only.replies:
        parent = post.alias("answered")
        own = sa.select(parent.c.id).where(parent.c.person_id == who)
        mine.append(post.c.reply_to.is_(None) | post.c.reply_to.in_(own))
    if only.tag:
        with_it = sa.select(tag.c.post_id).where(tag.c.tag == folded_tag(only.tag), tag.c.live)
        mine.append(post.c.id.in_(with_it))
    if only.media:
        mine.append(_with_pictures())
    lines = list(_posts(connection, cut, *mine))
    if only.boosts and not only.tag and not only.media:
        lines += _boosts(connection, viewer, cut, boost.c.person_id == who)
    return _piece(cut, lines)


def favourites(connection: sa.Connection, me: int, cut: Cut) -> tuple[Line, ...]:
    """What one marked, by the posts' own order."""
    return _marked_by(connection, favourite, me, cut)


def bookmarks(connection: sa.Connection, me: int, cut: Cut) -> tuple[Line, ...]:
    """What one wants to find again, in the same order."""
    return _marked_by(connection, bookmark, me, cut)


def _marked_by(connection: sa.Connection, table: sa.Table, me: int, cut: Cut) -> tuple[Line, ...]:
    marked = sa.select(table.c.post_id).where(table.c.person_id == me)
    return _piece(cut, _posts(connection, cut, post.c.id.in_(marked), visible_to(me)))


def found(connection: sa.Connection, viewer: Viewer, words: Sequence[str], limit: int) -> tuple[Line, ...]:
    """What the viewer may be shown with all of these words in it."""
    said = [post.c.text.icontains(word, autoescape=True) for word in words]
    cut = Cut(limit)
    return _piece(cut, _posts(connection, cut, listed_to(viewer), *said))


def by_path(connection: sa.Connection, viewer: Viewer, name: str, number: int) -> tuple[Line, ...]:
    """A post by its address, if it is there for the viewer."""
    cut = Cut(1)
    here = (person.c.name == name, post.c.number == number, visible_to(viewer))
    return _piece(cut, _posts(connection, cut, *here))


def at(connection: sa.Connection, viewer: Viewer, place: int) -> Line:
    """The post or boost of this id. Raises TargetGone where there is none for the viewer."""
    cut = Cut(1)
    lines = [
        *_posts(connection, cut, post.c.born == place, visible_to(viewer)),
        *_boosts(connection, viewer, cut, boost.c.seq == place),
    ]
    if not lines:
        raise TargetGone("plaza-post-gone")
    return lines[0]


def boost_by(connection: sa.Connection, me: int, post_id: int) -> Line:
    """One's own boost of a post. Raises TargetGone."""
    lines = list(_boosts(connection, me, Cut(1), boost.c.person_id == me, boost.c.post_id == post_id))
    if not lines:
        raise TargetGone("plaza-post-gone")
    return lines[0]


def _posts(connection: sa.Connection, cut: Cut, *where: Any) -> Iterable[Line]:
    for row in connection.execute(cut.of(ENTRIES.where(*where), post.c.born)):
        one = entry(row)
        yield Line(one.born, one)


def _boosts(connection: sa.Connection, viewer: Viewer, cut: Cut, *where: Any) -> Iterable[Line]:
    query = (
        ENTRIES.add_columns(boost.c.seq.label("place"), boost.c.at)
        .add_columns(_booster.c.id.label("by_id"), _booster.c.name.label("by_name"))
        .join(boost, boost.c.post_id == post.c.id)
        .join(_booster, _booster.c.id == boost.c.person_id)
        .where(boost.c.live, ~hidden(boost.c.person_id), visible_to(viewer), *where)
    )
    for row in connection.execute(cut.of(query, boost.c.seq)):
        yield Line(row.place, entry(row), By(row.by_id, row.by_name, row.at))


def _piece(cut: Cut, lines: Iterable[P]) -> tuple[P, ...]:
    """Of several listings the piece that was asked for, newest first."""
    ordered = sorted(lines, key=lambda line: line.place, reverse=True)
    return tuple(ordered[-cut.limit :] if cut.upwards else ordered[: cut.limit])


# --- the thread of a post ----------------------------------------------------------------------


def around(
    connection: sa.Connection, viewer: Viewer, line: Line
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The posts that a post answers, from the first on, and those that answer it, branch by branch;
    without what the viewer may not read, whose answers stay.
    """
    root = line.entry.root
    together = (post.c.id == root) | (post.c.root == root)
    links = connection.execute(sa.select(post.c.id, post.c.reply_to).where(together).order_by(post.c.id))
    parents: dict[int, int | None] = {row.id: row.reply_to for row in links}
    cut = Cut(len(parents) or 1)
    readable = {one.entry.id: one for one in _posts(connection, cut, together, visible_to(viewer))}
    above, below = _above(parents, line.entry.id), _below(parents, line.entry.id)
    return (
        tuple(readable[one] for one in above if one in readable),
        tuple(readable[one] for one in below if one in readable),
    )


def _above(parents: dict[int, int | None], post_id: int) -> list[int]:
    found: list[int] = []
    parent = parents.get(post_id)
    while parent is not None:
        found.insert(0, parent)
        parent = parents.get(parent)
    return found


def _below(parents: dict[int, int | None], post_id: int) -> list[int]:
    answers: dict[int | None, list[int]] = {}
    for one, parent in parents.items():
        answers.setdefault(parent, []).append(one)
    found: list[int] = []
    waiting = list(reversed(answers.get(post_id, [])))
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(answers.get(found[-1], []))
    return found


# --- what a person is told ---------------------------------------------------------------------


def told(connection: sa.Connection, me: int, kinds: frozenset[str], cut: Cut) -> tuple[Event, ...]:
    """Mentions and answers, follows, favourites and boosts; of posts that are still there."""
    events = [*_marks(connection, me, kinds, cut)]
    if "mention" in kinds:
        theirs = (post.c.person_id != me, post.c.id.in_(mentioning(me)), visible_to(me))
        for line in _posts(connection, cut, *theirs):
            by = By(line.entry.person_id, line.entry.name, line.entry.created_at)
            events.append(Event(line.place, "mention", by, line))
    return _piece(cut, events)


def _marks(connection: sa.Connection, me: int, kinds: frozenset[str], cut: Cut) -> Iterable[Event]:
    there = sa.select(post.c.id).where(visible_to(me))
    query = (
        sa.select(notification, person.c.name)
        .join(person, person.c.id == notification.c.by_id)
        .where(notification.c.person_id == me, notification.c.kind.in_(kinds))
        .where(~hidden(notification.c.by_id))
        .where((notification.c.subject == 0) | notification.c.subject.in_(there))
    )
    rows = connection.execute(cut.of(query, notification.c.seq)).all()
    subjects = [row.subject for row in rows if row.subject]
    posts = {one.entry.id: one for one in _posts(connection, Cut(len(rows) or 1), post.c.id.in_(subjects))}
    for row in rows:
        by = By(row.by_id, row.name, row.at)
        yield Event(row.seq, row.kind, by, posts.get(row.subject))


def people_named(connection: sa.Connection, words: str, limit: int) -> tuple[int, ...]:
    """Whose names hold these words, the shortest first."""
    here = (person.c.name.contains(words, autoescape=True), ~hidden(person.c.id))
    query = sa.select(person.c.id).where(*here).order_by(sa.func.length(person.c.name), person.c.id)
    return tuple(connection.execute(query.limit(limit)).scalars())
