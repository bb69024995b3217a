"""Making, changing and taking away posts; reading one, and its thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.plaza.markup import Wanted, Written
from adapters.plaza.store import pictures
from adapters.plaza.store.people import notify, spend_post, with_names
from adapters.plaza.store.reach import Viewer, visible_to
from adapters.plaza.store.rows import ENTRIES, Entry, Member, Picture, entries, entry, illustrated
from adapters.plaza.store.tables import (
    bookmark,
    boost,
    favourite,
    insert_or_ignore,
    mention,
    next_change,
    person,
    post,
    report,
    tag,
)
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Audience

THREAD_AT_MOST = 500  # posts of one thread in one answer


def publish(
    connection: sa.Connection, now: datetime, me: Member, written: Written, key: str, per_hour: int
) -> Entry:
    """Publish once: with a key that was used before it is that post.

    Raises Rejected for a reply to more people than its parent had and for a picture that is not there,
    TargetGone for a parent that is not there for this author, Temporary beyond the quota.
    """
    if (known := _published(connection, me, key)) is not None:
        return known
    parent = _parent(connection, me, written)
    spend_post(connection, now, me, per_hour)
    values = _values(connection, now, me, written, key) | {"root": parent.root if parent else None}
    if insert_or_ignore(connection, post, **values):
        made = _by_key(connection, me, key)
        _index(connection, made, written, parent)
        pictures.attach(connection, now, me, made.id, written.pictures)
    return _by_key(connection, me, key)


def _parent(connection: sa.Connection, me: Member, written: Written) -> Entry | None:
    if written.reply_to is None:
        return None
    parent = _visible(connection, me.id, written.reply_to)
    if parent is None:
        raise TargetGone("plaza-parent-gone")
    if written.audience.rank < parent.audience.rank:
        raise Rejected("plaza-reply-wider")
    return parent


def _values(
    connection: sa.Connection, now: datetime, me: Member, written: Written, key: str
) -> dict[str, Any]:
    counted = sa.update(person).where(person.c.id == me.id).values(posts=person.c.posts + 1)
    place = next_change(connection)
    return {
        "person_id": me.id,
        "number": connection.execute(counted.returning(person.c.posts)).scalar_one(),
        "key": key,
        "text": written.text,
        "audience": written.audience,
        "warning": written.warning,
        "language": written.language,
        "reply_to": written.reply_to,
        "born": place,
        "seq": place,
        "created_at": now,
    }


def _published(connection: sa.Connection, me: Member, key: str) -> Entry | None:
    """The post made with this key. Raises TargetGone where it was deleted since: it is not made anew."""
    query = ENTRIES.add_columns(post.c.deleted_at).where(post.c.person_id == me.id, post.c.key == key)
    row = connection.execute(query).one_or_none()
    if row is not None and row.deleted_at is not None:
        raise TargetGone("plaza-post-gone")
    return None if row is None else _whole(connection, row)


def find(connection: sa.Connection, me: Member, key: str) -> Entry | None:
    """The standing post made with this key, None if there is none."""
    mine = (post.c.person_id == me.id, post.c.key == key, post.c.deleted_at.is_(None))
    row = connection.execute(ENTRIES.where(*mine)).one_or_none()
    return None if row is None else _whole(connection, row)


def edit(
    connection: sa.Connection,
    now: datetime,
    me: Member,
    post_id: int,
    written: Written,
    per_hour: int,
    *,
    keeping: bool = False,
) -> Entry:
    """Replace text, warning, language and pictures; with `keeping`, pictures stay that are not named. What is
    the same already is left alone, so a repetition is no second edit. Raises TargetGone, Rejected for
    another's post or a picture that is not there, Temporary beyond the quota.
    """
    old = own(connection, me, post_id)
    if old is None:
        raise TargetGone("plaza-post-gone")
    wanted = _with_kept(old, written.pictures) if keeping else written.pictures
    as_before = _stand(old.pictures, wanted)
    words = (written.text, written.warning, written.language)
    if (old.text, old.warning, old.language) == words and as_before:
        return old
    spend_post(connection, now, me, per_hour)
    if not as_before:
        pictures.rearrange(connection, now, me, post_id, wanted)
    change = sa.update(post).where(post.c.id == post_id)
    connection.execute(
        change.values(
            text=written.text,
            warning=written.warning,
            language=written.language,
            edited_at=now,
            seq=next_change(connection),
        )
    )
    parent = None if old.reply_to is None else _any(connection, old.reply_to)
    _index(connection, old, written, parent)
    return _any(connection, post_id)


def _with_kept(old: Entry, named: Sequence[Wanted]) -> tuple[Wanted, ...]:
    said = {one.id: one for one in named}
    return tuple(said.get(one.id, Wanted(one.id)) for one in old.pictures)


def _stand(there: Sequence[Picture], wanted: Sequence[Wanted]) -> bool:
    """Whether these are the pictures that are there, in their order, and nothing else is said of them."""
    said = [
        (
            one.id,
            one.alt if want.alt is None else want.alt,
            one.covered if want.covered is None else want.covered,
        )
        for one, want in zip(there, wanted, strict=False)
    ]
    same = [one.id for one in there] == [want.id for want in wanted]
    return same and said == [(one.id, one.alt, one.covered) for one in there]


def own(connection: sa.Connection, me: Member, post_id: int) -> Entry | None:
    """A post of one's own, None if it is not there. Raises Rejected where somebody else wrote it
    and one may read it; else nothing tells that it exists.
    """
    found = _visible(connection, me.id, post_id)
    if found is not None and found.person_id != me.id:
        raise Rejected("plaza-not-yours")
    return found


def wipe(connection: sa.Connection, now: datetime, post_id: int, *, to_redraft: bool = False) -> bool:
    """Delete a post: text and pictures go, its place in the thread stays. False if it was gone already.
    `to_redraft`: the pictures wait for another post of its author.
    """
    gone = {"text": "", "warning": None, "language": None, "deleted_at": now, "seq": next_change(connection)}
    standing = sa.and_(post.c.id == post_id, post.c.deleted_at.is_(None))
    if connection.execute(sa.update(post).where(standing).values(gone)).rowcount == 0:
        return False
    connection.execute(sa.update(report).where(report.c.post_id == post_id).values(settled_at=now))
    if to_redraft:
        pictures.release(connection, now, post_id)
    else:
        pictures.drop(connection, post_id)
    return True


# --- marks -------------------------------------------------------------------------------------


def mark_favourite(connection: sa.Connection, now: datetime, me: Member, post_id: int, on: bool) -> Entry:
    """Favourite a post or take it back; a repetition changes nothing. Raises TargetGone."""
    subject = get(connection, me.id, post_id)
    if not on:
        connection.execute(
            sa.delete(favourite).where(favourite.c.person_id == me.id, favourite.c.post_id == post_id)
        )
    elif insert_or_ignore(connection, favourite, person_id=me.id, post_id=post_id, at=now):
        notify(connection, now, subject.person_id, "favourite", me.id, post_id)
    return subject


def mark_bookmark(connection: sa.Connection, now: datetime, me: Member, post_id: int, on: bool) -> Entry:
    """Bookmark a post or take it back; a repetition changes nothing. Nobody is told. Raises TargetGone."""
    subject = get(connection, me.id, post_id)
    mine = (bookmark.c.person_id == me.id, bookmark.c.post_id == post_id)
    if on:
        insert_or_ignore(connection, bookmark, person_id=me.id, post_id=post_id, at=now)
    else:
        connection.execute(sa.delete(bookmark).where(*mine))
    return subject


def mark_boost(connection: sa.Connection, now: datetime, me: Member, post_id: int, on: bool) -> Entry:
    """Boost a post or take it back; a repetition changes nothing.

    Raises TargetGone, and Rejected for a post that its readers may not pass on: only the author
    may show a followers-only post again, to the same followers.
    """
    subject = get(connection, me.id, post_id)
    if on and not _may_boost(me, subject):
        raise Rejected("plaza-boost-narrow")
    if on and _boosted_first(connection, now, me, post_id):
        notify(connection, now, subject.person_id, "boost", me.id, post_id)
        return subject
    mine = (boost.c.person_id == me.id, boost.c.post_id == post_id)
    connection.execute(sa.update(boost).where(*mine).values(live=on))
    return subject


def _boosted_first(connection: sa.Connection, now: datetime, me: Member, post_id: int) -> bool:
    place = next_change(connection)
    return insert_or_ignore(connection, boost, person_id=me.id, post_id=post_id, live=True, seq=place, at=now)


def _may_boost(me: Member, subject: Entry) -> bool:
    if subject.person_id == me.id:
        return subject.audience is not Audience.DIRECT
    return subject.audience in (Audience.PUBLIC, Audience.UNLISTED)


# --- mentions and tags -------------------------------------------------------------------------


def _index(connection: sa.Connection, made: Entry, written: Written, parent: Entry | None) -> None:
    people = with_names(connection, written.names)
    unknown = written.names - people.keys()
    if made.audience is Audience.DIRECT and unknown:
        raise Rejected("plaza-nobody", name=min(unknown))  # a letter must not lose its addressee silently
    addressed = (set(people.values()) | _answered(connection, parent, made)) - {made.person_id}
    _keep(connection, mention, made.id, "person_id", addressed)
    _keep(connection, tag, made.id, "tag", set(written.tags))


def _answered(connection: sa.Connection, parent: Entry | None, made: Entry) -> set[int]:
    """Whom an answer is for though it names nobody: the author of the parent, or, where one goes on
    with one's own post, those whom that was for.
    """
    if parent is None:
        return set()
    if parent.person_id != made.person_id:
        return {parent.person_id}
    same = sa.select(mention.c.person_id).where(mention.c.post_id == parent.id, mention.c.live)
    return set(connection.execute(same).scalars())


def _keep(connection: sa.Connection, table: sa.Table, post_id: int, column: str, wanted: set[Any]) -> None:
    """Make the rows of a post those that are wanted; what was there before stays, not live."""
    here = table.c.post_id == post_id
    connection.execute(sa.update(table).where(here).values(live=table.c[column].in_(wanted)))
    for value in sorted(wanted):
        insert_or_ignore(connection, table, post_id=post_id, live=True, **{column: value})


# --- reading -----------------------------------------------------------------------------------


def get(connection: sa.Connection, viewer: Viewer, post_id: int) -> Entry:
    """One post. Raises TargetGone where there is none for this viewer, for whatever reason."""
    found = _visible(connection, viewer, post_id)
    if found is None:
        raise TargetGone("plaza-post-gone")
    return found


def thread(connection: sa.Connection, viewer: Viewer, post_id: int) -> tuple[Entry, ...]:
    """The thread of a post, oldest first, without what the viewer may not read. Raises TargetGone."""
    subject = get(connection, viewer, post_id)
    together = (post.c.id == subject.root) | (post.c.root == subject.root)
    query = ENTRIES.where(together, visible_to(viewer)).order_by(post.c.id).limit(THREAD_AT_MOST)
    found = illustrated(connection, entries(connection, query))
    return found if subject in found else (*found, subject)


def _visible(connection: sa.Connection, viewer: Viewer, post_id: int) -> Entry | None:
    row = connection.execute(ENTRIES.where(post.c.id == post_id, visible_to(viewer))).one_or_none()
    return None if row is None else _whole(connection, row)


def _any(connection: sa.Connection, post_id: int) -> Entry:
    return _whole(connection, connection.execute(ENTRIES.where(post.c.id == post_id)).one())


def _by_key(connection: sa.Connection, me: Member, key: str) -> Entry:
    mine = (post.c.person_id == me.id, post.c.key == key)
    return _whole(connection, connection.execute(ENTRIES.where(*mine)).one())


def _whole(connection: sa.Connection, row: Any) -> Entry:
    return illustrated(connection, [entry(row)])[0]
