"""Posts and people with everything that an app shows of them, for one viewer; so many queries however
many there are. What a card holds was read by `reach`, its counts and its parent included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adapters.plaza.store.listing import Shown, dressed
from adapters.plaza.store.people import with_names
from adapters.plaza.store.reach import Viewer, hidden, listed_to
from adapters.plaza.store.rows import Entry, Seen, member
from adapters.plaza.store.tables import bookmark, boost, favourite, follow, person, post, tag
from adapters.plaza.store.timelines import By


@dataclass(frozen=True, slots=True)
class Line:
    """A post in a listing, or a boost of one."""

    place: int  # its id: where it came about in the order of changes
    entry: Entry
    by: By | None = None  # who boosted it


@dataclass(frozen=True, slots=True)
class Card:
    """A line with all that is shown of it."""

    line: Line
    shown: Shown
    author: Seen
    by: Seen | None
    favourited: bool  # by the viewer
    boosted: bool
    bookmarked: bool
    mentions: tuple[tuple[int, str], ...]  # ids and names
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a viewer stands to somebody."""

    person_id: int
    following: bool
    requested: bool
    followed_by: bool
    requested_by: bool


def cards(connection: sa.Connection, viewer: Viewer, lines: Sequence[Line]) -> tuple[Card, ...]:
    """The lines, each with what is shown of it."""
    entries = tuple({line.entry.id: line.entry for line in lines}.values())
    shown = {one.entry.id: one for one in dressed(connection, viewer, entries)}
    ids = list(shown)
    people = seen_by(connection, viewer, [*_authors(entries), *(line.by.id for line in lines if line.by)])
    named = with_names(connection, frozenset().union(*(one.names for one in shown.values())))
    liked = _marked(connection, favourite, viewer, ids)
    passed_on = _marked(connection, boost, viewer, ids, boost.c.live)
    kept = _marked(connection, bookmark, viewer, ids)
    tags = _tags(connection, ids)
    return tuple(
        Card(
            line=line,
            shown=shown[line.entry.id],
            author=people[line.entry.person_id],
            by=people[line.by.id] if line.by else None,
            favourited=line.entry.id in liked,
            boosted=line.entry.id in passed_on,
            bookmarked=line.entry.id in kept,
            mentions=tuple((named[name], name) for name in sorted(shown[line.entry.id].names)),
            tags=tags.get(line.entry.id, ()),
        )
        for line in lines
    )


def _authors(entries: Iterable[Entry]) -> list[int]:
    return [entry.person_id for entry in entries]


def _marked(
    connection: sa.Connection, table: sa.Table, viewer: Viewer, ids: list[int], *where: Any
) -> frozenset[int]:
    mine = (table.c.person_id == viewer, table.c.post_id.in_(ids), *where)
    return frozenset(connection.execute(sa.select(table.c.post_id).where(*mine)).scalars())


def _tags(connection: sa.Connection, ids: list[int]) -> dict[int, tuple[str, ...]]:
    query = sa.select(tag.c.post_id, tag.c.tag).where(tag.c.post_id.in_(ids), tag.c.live).order_by(tag.c.tag)
    found: dict[int, tuple[str, ...]] = {}
    for post_id, word in connection.execute(query):
        found[post_id] = (*found.get(post_id, ()), word)
    return found


# --- people ------------------------------------------------------------------------------------


def seen_by(connection: sa.Connection, viewer: Viewer, ids: Iterable[int]) -> dict[int, Seen]:
    """People, each with what may be counted for this viewer. Who is hidden is not among them."""
    wanted = list(dict.fromkeys(ids))
    rows = connection.execute(sa.select(person).where(person.c.id.in_(wanted), ~hidden(person.c.id)))
    members = {row.id: member(row) for row in rows}
    followers = _counts(
        connection, follow.c.target_id, wanted, follow.c.accepted, ~hidden(follow.c.person_id)
    )
    following = _counts(
        connection, follow.c.person_id, wanted, follow.c.accepted, ~hidden(follow.c.target_id)
    )
    posts = _counts(connection, post.c.person_id, wanted, listed_to(viewer))
    return {
        one: Seen(who, followers.get(one, 0), following.get(one, 0), posts.get(one, 0), pending=False)
        for one, who in members.items()
    }


def _counts(
    connection: sa.Connection, column: sa.ColumnElement[int], ids: list[int], *where: Any
) -> dict[int, int]:
    query = sa.select(column, sa.func.count()).where(column.in_(ids), *where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def standings(connection: sa.Connection, me: int, ids: Sequence[int]) -> tuple[Standing, ...]:
    """How one stands to people, in the order of their ids as given."""
    there = seen_by(connection, me, ids)
    mine = _follows(connection, follow.c.target_id, follow.c.person_id == me, ids)
    theirs = _follows(connection, follow.c.person_id, follow.c.target_id == me, ids)
    return tuple(
        Standing(
            one,
            following=mine.get(one) is True,
            requested=mine.get(one) is False,
            followed_by=theirs.get(one) is True,
            requested_by=theirs.get(one) is False,
        )
        for one in dict.fromkeys(ids)
        if one in there
    )


def _follows(
    connection: sa.Connection, other: sa.ColumnElement[int], mine: Any, ids: Sequence[int]
) -> dict[int, bool]:
    rows = connection.execute(sa.select(other, follow.c.accepted).where(mine, other.in_(list(ids))))
    return {row[0]: bool(row[1]) for row in rows}
