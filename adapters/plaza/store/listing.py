"""What pages, feeds and the stream show: to anybody, so everything is asked with the viewer None.

`viewer` is an argument all the same: the condition is `reach`'s, and a test asks it for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.plaza.markup import folded_tag
from adapters.plaza.names import folded
from adapters.plaza.store.posts import thread
from adapters.plaza.store.reach import Condition, Viewer, hidden, listed_to, visible_to
from adapters.plaza.store.rows import ENTRIES, Entry, entries, entry, illustrated
from adapters.plaza.store.tables import boost, favourite, last_change, mention, person, post, tag
from bridgebot.model import Audience

PAGE = 30
_answer = post.alias("answer")
_author = person.alias("author")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which public posts: all, or those of a person, with a tag, in a thread."""

    name: str | None = None
    tag: str | None = None
    root: int | None = None

    def holds(self) -> Condition:
        """The scope as a condition. A tag that an edit took out still counts: changes must arrive."""
        if self.name is not None:
            return post.c.person_id.in_(sa.select(_author.c.id).where(_author.c.name == folded(self.name)))
        if self.tag is not None:
            word = folded_tag(self.tag)
            return post.c.id.in_(sa.select(tag.c.post_id).where(tag.c.tag == word))
        if self.root is not None:
            return (post.c.id == self.root) | (post.c.root == self.root)
        return sa.true()


@dataclass(frozen=True, slots=True)
class Shown:
    """A post with everything that its page says about it."""

    entry: Entry
    favourites: int
    boosts: int
    answers: int  # those that the viewer may read
    names: frozenset[str]  # the mentions in the text that are people
    parent: Entry | None  # None also where the viewer may not read it


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a listing, newest first."""

    shown: tuple[Shown, ...]
    seq: int  # the newest change when it was read: where the stream goes on
    before: int | None  # ask with this for the next piece; None: that was all


@dataclass(frozen=True, slots=True)
class Change:
    """What the stream tells."""

    seq: int
    post_id: int
    shown: Shown | None  # None: gone
    fresh: bool  # new since the place that was asked for


def recent(connection: sa.Connection, viewer: Viewer, scope: Scope, before: int | None = None) -> Slice:
    """The newest posts of a scope that are listed for the viewer."""
    seq = last_change(connection)
    query = ENTRIES.where(listed_to(viewer), scope.holds()).order_by(post.c.id.desc()).limit(PAGE + 1)
    if scope.tag is not None:
        live = sa.select(tag.c.post_id).where(tag.c.tag == folded_tag(scope.tag), tag.c.live)
        query = query.where(post.c.audience == Audience.PUBLIC, post.c.id.in_(live))
    if before is not None:
        query = query.where(post.c.id < before)
    found = entries(connection, query)
    more = len(found) > PAGE
    found = found[:PAGE]
    return Slice(dressed(connection, viewer, found), seq, found[-1].id if more else None)


def conversation(
    connection: sa.Connection, viewer: Viewer, name: str, number: int
) -> tuple[Entry, Slice] | None:
    """A post by its address, with its thread, oldest first; None where there is none for the viewer."""
    seq = last_change(connection)
    here = (person.c.name == folded(name), post.c.number == number, visible_to(viewer))
    row = connection.execute(ENTRIES.where(*here)).one_or_none()
    if row is None:
        return None
    [subject] = illustrated(connection, [entry(row)])
    return subject, Slice(dressed(connection, viewer, thread(connection, viewer, subject.id)), seq, None)


def changes(connection: sa.Connection, scope: Scope, since: int | None) -> tuple[tuple[Change, ...], int]:
    """What became of public posts since a place in the order of changes, and how far this reads.
    None: since now, which is nothing.
    """
    upto = last_change(connection)
    after = upto if since is None else since
    listed = listed_to(None)
    query = (
        ENTRIES.add_columns(listed.label("listed"))
        .where(post.c.seq > after, post.c.seq <= upto, scope.holds())
        .where(post.c.audience == Audience.PUBLIC, listed | (post.c.born <= after))
        .order_by(post.c.seq)
        .limit(PAGE)
    )
    rows = connection.execute(query).all()
    shown = {
        one.entry.id: one
        for one in dressed(connection, None, tuple(entry(row) for row in rows if row.listed))
    }
    told = tuple(Change(row.seq, row.id, shown.get(row.id), row.born > after) for row in rows)
    return told, told[-1].seq if len(told) == PAGE else upto


def changed_at(connection: sa.Connection, name: str) -> datetime | None:
    """When a person's public posts last changed, deletions included; None: there never were any."""
    latest = sa.func.coalesce(post.c.deleted_at, post.c.edited_at, post.c.created_at)
    public = (Scope(name=name).holds(), post.c.audience == Audience.PUBLIC)
    query = sa.select(sa.func.max(latest)).where(*public)
    value: datetime | None = connection.execute(query).scalar_one()
    return value


# --- what stands around a post -----------------------------------------------------------------


def dressed(connection: sa.Connection, viewer: Viewer, found: tuple[Entry, ...]) -> tuple[Shown, ...]:
    """Posts with their counts, mentions, parents and pictures: so many queries however many posts."""
    ids = [one.id for one in found]
    favourites = _marks(connection, favourite, ids)
    boosts = _marks(connection, boost, ids, boost.c.live)
    answers = _answers(connection, viewer, ids)
    names = _names(connection, ids)
    parents = _parents(connection, viewer, [one.reply_to for one in found if one.reply_to is not None])
    return tuple(
        Shown(
            entry=one,
            favourites=favourites.get(one.id, 0),
            boosts=boosts.get(one.id, 0),
            answers=answers.get(one.id, 0),
            names=names.get(one.id, frozenset()),
            parent=parents.get(one.reply_to or 0),
        )
        for one in illustrated(connection, found)
    )


def _marks(connection: sa.Connection, table: sa.Table, ids: list[int], *where: Condition) -> dict[int, int]:
    query = sa.select(table.c.post_id, sa.func.count()).group_by(table.c.post_id)
    return _pairs(connection, query.where(table.c.post_id.in_(ids), ~hidden(table.c.person_id), *where))


def _answers(connection: sa.Connection, viewer: Viewer, ids: list[int]) -> dict[int, int]:
    query = sa.select(_answer.c.reply_to, sa.func.count()).group_by(_answer.c.reply_to)
    return _pairs(connection, query.where(_answer.c.reply_to.in_(ids), visible_to(viewer, _answer)))


def _pairs(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _names(connection: sa.Connection, ids: list[int]) -> dict[int, frozenset[str]]:
    query = (
        sa.select(mention.c.post_id, person.c.name)
        .join(person, person.c.id == mention.c.person_id)
        .where(mention.c.post_id.in_(ids), mention.c.live, ~hidden(person.c.id))
    )
    found: dict[int, frozenset[str]] = {}
    for post_id, name in connection.execute(query):
        found[post_id] = found.get(post_id, frozenset()) | {name}
    return found


def _parents(connection: sa.Connection, viewer: Viewer, ids: list[int]) -> dict[int, Entry]:
    query = ENTRIES.where(post.c.id.in_(ids), visible_to(viewer))
    return {one.id: one for one in entries(connection, query)}
