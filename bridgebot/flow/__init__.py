"""The one door by which posts come in, and what follows from that: deliveries.

Everything here runs inside a unit of work and calls no adapter. What is once only is a unique
index with insert-or-ignore; time and the networks' abilities are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridgebot.flow import threads, twins
from bridgebot.flow.again import (
    GENERATION,
    Way,
    after_deletion,
    bring_back,
    drop,
    failed_parts,
    post_anew,
    post_over,
    send_again,
    still_there,
    way,
)
from bridgebot.flow.audiences import as_meant, may_enter, must_warn, on_word, refusal
from bridgebot.flow.beside import (
    UNQUOTED,
    ballot,
    chosen,
    has_poll,
    is_as_long,
    poll_address,
    quote_address,
    quoted,
)
from bridgebot.flow.capping import hold_over
from bridgebot.flow.changes import (
    brings,
    cancel,
    delete,
    drop_changes,
    edit,
    is_unwanted,
    note_change,
    show_anew,
    sweep,
    target,
    tidy,
    unshare,
    untouched,
)
from bridgebot.flow.circles import WHOSE, WITHHELD
from bridgebot.flow.fanout import (
    Into,
    Networks,
    Target,
    carry,
    facts_of,
    fire,
    to_accounts,
    to_chats,
    why_not,
)
from bridgebot.flow.given import as_given, version_of
from bridgebot.flow.leave import leave
from bridgebot.flow.manner import Manner, manner
from bridgebot.flow.met import Met, met_in_timeline, met_there
from bridgebot.flow.names import Names, names
from bridgebot.flow.onlookers import bring_in_line, gone
from bridgebot.flow.originals import is_cut, whole_at
from bridgebot.flow.receipts import (
    RECEIPT_AFTER,
    refresh_receipt,
    refresh_stale,
    settled,
    touch_receipts,
)
from bridgebot.flow.standing import is_written_with, standing
from bridgebot.flow.targets import able, actor, addressees, choose, holders, reader
from bridgebot.flow.threads import carried_thread
from bridgebot.model import changed
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Chat, Post, Timeline, listed, plain, poll_row, quote_row


def accept(
    tx: Tx,
    now: datetime,
    met: Met,
    networks: Networks,
    *,
    timeline: Timeline | None = None,
    targets: Iterable[Target] = (),
    into: Sequence[Into] = (),
    cause_id: int | None = None,
    home: Chat | None = None,
    by: int | None = None,
) -> Post:
    """Take in a post: find or make it, note the sighting, and queue what follows from a first one; its
    receipt too, in its writer's chat, where that is given as `home`. `by` is the user who posts it, where
    that is not whose post it is.

    That one rule is the duplicate check, the echo check, the crash repair and the fan-out.
    """
    met, post = _find(tx, met, timeline)
    new = post is None
    if post is None:
        post = _make(tx, met)
    elif post.deleted_at is None:
        post = note_change(tx, now, post, met, networks, _reader(tx, timeline))
    if timeline is None or posts.sight(tx, now, timeline.id, post.id):
        shown = to_chats(tx, now, post, into, cause_id=cause_id) if into else []
        to_accounts(
            tx,
            now,
            post,
            targets,
            networks,
            urgency=deliveries.ANSWER,
            cause_id=cause_id,
            new=new,
            home=home,
            by=by,
            waits=bool(shown),
        )
        if timeline is not None and post.deleted_at is None:
            fire(tx, now, post, met, timeline, networks)
    return post


def _reader(tx: Tx, timeline: Timeline | None) -> int | None:
    """The user with whose account a timeline is read."""
    if timeline is None or timeline.account_id is None:
        return None
    return people.account(tx, timeline.account_id).user_id


def _find(tx: Tx, met: Met, timeline: Timeline | None) -> tuple[Met, Post | None]:
    """By the place where it was met, else by its canonical address (then this is one more copy)."""
    copy = posts.copy_at(tx, met.spot.realm, met.spot.native_id)
    if copy is not None and met.instead is not None:
        met = changed(met, spot=replace(met.spot, native_id=met.instead), instead=None)
        return _find(tx, met, timeline)
    if copy is not None:
        return met, posts.post(tx, copy.post_id)
    known = twins.find(tx, met, timeline)
    if known is None and posts.by_uri(tx, met.uri) is not None:
        met = changed(met, uri=None)  # the address is taken by what is not surely the same
    return met, known


def _make(tx: Tx, met: Met) -> Post:
    post = posts.make(tx, **_columns(met))
    posts.add_copy(tx, post.id, ORIGINAL, met.spot)
    if met.user_id is not None and met.spot.chat_id is None:
        threads.adopt(tx, post, met.spot)
    return post


def unmade(met: Met) -> Post:
    """The post that would be made of it: nothing is written, and it has no number."""
    return Post(id=0, version=0, deleted_at=None, **_columns(met))


def _columns(met: Met) -> dict[str, Any]:
    return {
        "user_id": met.user_id,
        "adapter": met.spot.adapter,
        "author_id": met.author.id,
        "author_handle": met.author.handle,
        "author_name": met.author.name,
        "text": met.text,
        "spans": listed(met.spans),
        "media": listed(met.media),
        "files": plain(met.files) if met.files else None,
        "poll": poll_row(met.poll),
        "quote": quote_row(met.quote, met.quoted_id),
        "warning": met.warning,
        "audience": met.audience.value,
        "language": met.language,
        "uri": met.uri,
        "url": met.spot.url,
        "parent_id": met.parent_id,
        "awaits": met.awaits,
        "memo": met.memo,
        "created_at": met.created_at,
        "edited_at": met.edited_at,
    }


__all__ = [
    "GENERATION",
    "RECEIPT_AFTER",
    "UNQUOTED",
    "WHOSE",
    "WITHHELD",
    "Into",
    "Manner",
    "Met",
    "Names",
    "Networks",
    "Target",
    "Way",
    "able",
    "accept",
    "actor",
    "addressees",
    "after_deletion",
    "as_given",
    "as_meant",
    "ballot",
    "bring_back",
    "bring_in_line",
    "brings",
    "cancel",
    "carried_thread",
    "carry",
    "choose",
    "chosen",
    "delete",
    "drop",
    "drop_changes",
    "edit",
    "facts_of",
    "failed_parts",
    "gone",
    "has_poll",
    "hold_over",
    "holders",
    "is_as_long",
    "is_cut",
    "is_unwanted",
    "is_written_with",
    "leave",
    "manner",
    "may_enter",
    "met_in_timeline",
    "met_there",
    "must_warn",
    "names",
    "note_change",
    "on_word",
    "poll_address",
    "post_anew",
    "post_over",
    "quote_address",
    "quoted",
    "reader",
    "refresh_receipt",
    "refresh_stale",
    "refusal",
    "send_again",
    "settled",
    "show_anew",
    "standing",
    "still_there",
    "sweep",
    "target",
    "tidy",
    "to_accounts",
    "to_chats",
    "touch_receipts",
    "unmade",
    "unshare",
    "untouched",
    "version_of",
    "way",
    "whole_at",
    "why_not",
]
