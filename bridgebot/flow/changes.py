"""Edits and deletions: from a post's original to every copy, in order with what creates it there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridgebot.flow.audiences import may_enter
from bridgebot.flow.fanout import Networks
from bridgebot.flow.given import version_given
from bridgebot.flow.met import Met
from bridgebot.flow.receipts import touch_receipts
from bridgebot.model import ANYBODY, Attachment, Audience, Enclosure, Poll, Quote, Span, changed
from bridgebot.store import Tx, deliveries, people, posts, versions
from bridgebot.store.deliveries import FOLLOW_UP, Order
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Delivery, Post, listed, plain, poll_row, quote_row

# Why something goes from where nobody wants it gone: it may not be read there any more, or it is no more
# where that place knows it from. A delivery's argument.
NARROWED, GONE = "narrowed", "gone"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a post's words."""

    media: tuple[Attachment, ...] = ()
    poll: Poll | None = None
    quote: Quote | None = None
    quoted_id: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        quote = quote_row(self.quote, self.quoted_id)
        return {"media": listed(self.media), "poll": poll_row(self.poll), "quote": quote}


def note_change(
    tx: Tx, now: datetime, post: Post, met: Met, networks: Networks, reader: int | None = None
) -> Post:
    """A known post was met again: an edit of the original goes on to every copy, any other stays here.
    `reader` is the user with whose account it was met.
    """
    post = _changed(tx, now, post, met, networks, reader)
    if reader is not None and post.version > 0 and post.seen_by not in ANYBODY:
        _catch_up(tx, now, post, reader)
    return post


def _changed(tx: Tx, now: datetime, post: Post, met: Met, networks: Networks, reader: int | None) -> Post:
    copy = posts.copy_at(tx, met.spot.realm, met.spot.native_id)
    older = met.edited_at and post.edited_at and met.edited_at < post.edited_at
    if copy is None or copy.role != ORIGINAL or older:
        return post
    audience = post.seen_by.narrowed_to(met.audience)
    if _same(post, met) and audience is post.seen_by:
        return _note_votes(tx, post, met)
    if audience is not post.seen_by:
        post = narrow(tx, now, post, audience, reader)
    at, beside = met.edited_at or now, Beside(tuple(met.media), met.poll, met.quote, met.quoted_id)
    return edit(tx, now, post, met.text, met.warning, networks, at=at, spans=met.spans, beside=beside)


def _note_votes(tx: Tx, post: Post, met: Met) -> Post:
    """Votes are no edit: they go nowhere, and are shown when the poll is shown next."""
    poll = poll_row(met.poll)
    if poll is None or poll == post.poll:
        return post
    posts.change(tx, post.id, poll=poll)
    return posts.post(tx, post.id)


def _same(post: Post, met: Met) -> bool:
    """Emphasis, media, polls and quotes count only if the network speaks of an edit: addresses of media
    change by themselves, and of posts that an older version took in none is known.
    """
    if (met.text, met.warning) != (post.text, post.warning):
        return False
    if met.edited_at is None or met.edited_at == post.edited_at:
        return True
    if (listed(met.spans), listed(met.media)) != (post.spans or [], post.media or []):
        return False
    return _asks(met.poll) == _asks(post.votable) and _address(met.quote) == _address(post.shows)


def _asks(poll: Poll | None) -> tuple[tuple[str, ...], bool] | None:
    return (poll.choices, poll.multiple) if poll else None


def _address(quote: Quote | None) -> str | None:
    return quote.url if quote else None


def edit(
    tx: Tx,
    now: datetime,
    post: Post,
    text: str,
    warning: str | None,
    networks: Networks,
    *,
    at: datetime,
    spans: Iterable[Span] = (),
    beside: Beside | None = None,
    files: Sequence[Enclosure] | None = None,
    cause_id: int | None = None,
) -> Post:
    """Change a post and queue the change for every place that has it, or is about to have it. Who knows it
    from a copy on a network is told when that has changed: see `onlookers`.

    Emphasis belongs to the words, so the old goes with them; what stands beside them stays unless something
    else is given.
    """
    if post.user_id is not None:
        versions.keep(tx, post)
    kept = beside.columns if beside is not None else {}
    kept |= {"files": plain(files)} if files else {}
    words = {"text": text, "spans": listed(spans), "warning": warning}
    posts.change(tx, post.id, **words, **kept, edited_at=at, version=post.version + 1)
    post = posts.post(tx, post.id)
    for create in deliveries.creates(tx, post.id):
        if may_be_told(tx, post, create) and version_given(tx, post, create) == post.version:
            change(tx, now, create, f"v{post.version}", cause_id)
    touch_receipts(tx, now, post, cause_id)
    return post


def narrow(tx: Tx, now: datetime, post: Post, audience: Audience, reader: int | None) -> Post:
    """The original is for fewer people now: no copy of it can be made so, and what is too wide is taken away.

    The other way round nothing happens: what was once for few is not made more of by this bot.
    """
    posts.change(tx, post.id, audience=audience.value)
    post = posts.post(tx, post.id)
    for create in deliveries.creates(tx, post.id):
        if create.account_id is not None or not _may_still(tx, post, create, reader):
            take_away(tx, now, create, None, why=NARROWED)
    return post


def may_be_told(tx: Tx, post: Post, create: Delivery) -> bool:
    """Whether a place is for a post as it is now, and has not to be rid of it."""
    return not _is_too_wide(tx, create) and _may_still(tx, post, create)


def _may_still(tx: Tx, post: Post, create: Delivery, reader: int | None = None) -> bool:
    """Whether a place may be told of a post as it is now, as far as that is sure. Who was shown what is for
    few may not be among them any more: they hear of it when an account of theirs shows it.
    """
    if create.chat_id is None or post.seen_by is Audience.PUBLIC:
        return True
    chat = people.chat_by_id(tx, create.chat_id)
    if post.seen_by in ANYBODY or not chat.direct:
        return may_enter(post.seen_by, direct=chat.direct)
    owner = people.owner_of(tx, chat)
    return owner is not None and owner in (post.user_id, reader)


def _catch_up(tx: Tx, now: datetime, post: Post, reader: int) -> None:
    """The reader's own chats show it as it is by now."""
    for create in deliveries.creates(tx, post.id):
        if create.chat_id is None:
            continue
        version = version_given(tx, post, create) or 0
        older = any(copy.version < version for copy in posts.copies_of_delivery(tx, create.id))
        if older and people.owner_of(tx, people.chat_by_id(tx, create.chat_id)) == reader:
            change_to(tx, now, create, version)


def change_to(tx: Tx, now: datetime, create: Delivery, version: int) -> None:
    """One place gets this version, unless that is on its way there or did not work."""
    made = deliveries.by_once(tx, f"edit:{create.id}:v{version}")
    if made is None:
        change(tx, now, create, f"v{version}", None)
    elif made.state == "cancelled":  # for what was not to be there any more, and is
        change(tx, now, create, f"v{version}:{len(deliveries.changes(tx, create))}", None)


def _is_too_wide(tx: Tx, create: Delivery) -> bool:
    """Whether what stands there is taken away for being so: it gets no new words meanwhile."""
    taken = [one for one in deliveries.changes(tx, create) if one.arguments.get(NARROWED)]
    return any(one.state != "cancelled" for one in taken)


def show_anew(tx: Tx, now: datetime, networks: Networks, post: Post, user_id: int, why: str) -> None:
    """What a user's own chats show of a post is written anew, where messages can change."""
    for create in deliveries.creates(tx, post.id):
        if create.chat_id is None:
            continue
        chat = people.chat_by_id(tx, create.chat_id)
        network = networks.get(chat.adapter)
        changes = network is not None and network.chat is not None and network.chat.edit
        if changes and chat.direct and people.owner_of(tx, chat) == user_id:
            change(tx, now, create, why, None)


def change(tx: Tx, now: datetime, create: Delivery, version: str, cause_id: int | None) -> None:
    """One place gets the new text: with the create if surely nothing is out, else after it."""
    if create.state in ("failed", "cancelled"):
        return
    if untouched(tx, create):
        deliveries.thaw(tx, create.id)  # it will be rendered with the new text
        return
    drop_changes(tx, now, create, "edit")  # an older text must not arrive after the newer one
    follow_up(tx, now, create, "edit", version, cause_id)


def delete(tx: Tx, now: datetime, post: Post, *, cause_id: int | None = None) -> None:
    """Delete a post everywhere: what has not left is cancelled, what has is deleted after it arrived."""
    posts.change(tx, post.id, deleted_at=now)
    for create in deliveries.creates(tx, post.id):
        take_away(tx, now, create, cause_id, why=GONE)
    touch_receipts(tx, now, post, cause_id)


def unshare(tx: Tx, now: datetime, create: Delivery, *, cause_id: int | None = None) -> None:
    """Take a post away from the one place that a delivery brought, or is about to bring, it to."""
    take_away(tx, now, create, cause_id)
    touch_receipts(tx, now, posts.post(tx, create.post_id or 0), cause_id)


def take_away(
    tx: Tx, now: datetime, create: Delivery, cause_id: int | None, *, why: str | None = None
) -> None:
    """What a place has of a post, or is about to have, goes. `why`: for another reason than that somebody
    wants it gone there.
    """
    if create.state not in ("failed", "cancelled") and not untouched(tx, create):
        drop_changes(tx, now, create, "edit")
        made = follow_up(tx, now, create, "delete", again(tx, create), cause_id)
        if why is not None and made is not None:
            deliveries.change(tx, made, arguments={why: True})
    else:
        if create.state in ("queued", "parked", deliveries.HELD):
            cancel(tx, now, create)
            if why is not None:
                deliveries.change(tx, create.id, arguments=create.arguments | {why: True})
        sweep(tx, now, create, cause_id=cause_id)


def sweep(tx: Tx, now: datetime, create: Delivery, *, cause_id: int | None = None) -> None:
    """Delete what stands there although what brought it has failed or is not wanted any more: the first
    parts of a thread, an earlier copy, a part whose id came late.
    """
    if create.account_id is None or create.post_id is None:
        return
    going = {target(change) for change in deliveries.changes(tx, create) if _is_going(change)}
    standing = dict.fromkeys(c.delivery_id for c in posts.brought(tx, create.post_id, create.account_id))
    for made_by in standing:
        if made_by is not None and made_by <= create.id and made_by not in going:
            order = _order(create, "delete", cause_id)
            arguments = {"made_by": made_by}
            deliveries.queue(tx, now, changed(order, after_id=None, arguments=arguments))


def tidy(tx: Tx, now: datetime, done: Delivery) -> None:
    """Something came there late: if that place was to be cleared meanwhile, it goes too."""
    create = done if done.action == "create" else deliveries.delivery(tx, done.after_id or done.id)
    if create.action == "create" and is_unwanted(tx, create):
        sweep(tx, now, create)


def is_unwanted(tx: Tx, create: Delivery) -> bool:
    """Whether what a delivery brings was to be deleted meanwhile."""
    later = [change for change in deliveries.changes(tx, create) if change.id > create.id]
    return any(change.action == "delete" and change.state != "cancelled" for change in later)


def target(change: Delivery) -> int | None:
    """The create whose copies an edit or a deletion is about."""
    return change.arguments.get("made_by", change.after_id)


def brings(tx: Tx, delivery: Delivery) -> Delivery:
    """What brings, or brought, the post there that a delivery is about."""
    return delivery if delivery.action == "create" else deliveries.delivery(tx, target(delivery) or 0)


def drop_changes(tx: Tx, now: datetime, create: Delivery, action: str) -> bool:
    """Cancel the edits, or the deletions, that wait for their turn there; whether there were any."""
    waiting = [c for c in deliveries.changes(tx, create) if c.action == action and target(c) == create.id]
    dropped = [change for change in waiting if untouched(tx, change)]
    for change in dropped:
        cancel(tx, now, change)
    return bool(dropped)


def _is_going(change: Delivery) -> bool:
    return change.action == "delete" and change.state in deliveries.OPEN


def again(tx: Tx, create: Delivery) -> str:
    """Tells a deletion from those before it that did not come about."""
    made = [c for c in deliveries.changes(tx, create) if c.action == "delete"]
    over = [change for change in made if change.state in ("cancelled", "failed")]
    return str(len(over)) if over else ""


def cancel(tx: Tx, now: datetime, order: Delivery) -> None:
    """Leave a tombstone, and let go of what stood after it."""
    deliveries.end(tx, now, order.id, "cancelled")
    for waiting in deliveries.waiting_on(tx, order.id):
        cancel(tx, now, waiting)
        if waiting.post_id not in (None, order.post_id) and waiting.account_id is not None:
            touch_receipts(tx, now, posts.post(tx, waiting.post_id or 0), None)  # an answer to it


def untouched(tx: Tx, delivery: Delivery) -> bool:
    """Whether surely nothing of it is out: no attempt, or every one ended `Temporary`, be it parked since.

    What had no answer may be out: it is repeated with the frozen words and the key that make that harmless.
    """
    if delivery.state not in ("queued", deliveries.HELD, "parked") or delivery.arguments.get("unanswered"):
        return False
    return not any(part.native_ids for part in deliveries.seen(deliveries.parts(tx, delivery.id)))


def follow_up(
    tx: Tx, now: datetime, create: Delivery, action: str, version: str, cause_id: int | None
) -> int | None:
    """Queue an edit or a deletion behind what brings the post there."""
    once = f"{action}:{create.id}:{version}"
    return deliveries.queue(tx, now, changed(_order(create, action, cause_id), once=once))


def _order(create: Delivery, action: str, cause_id: int | None) -> Order:
    return Order(
        action=action,
        lane=create.lane,
        urgency=FOLLOW_UP,
        after_id=create.id,
        post_id=create.post_id,
        chat_id=create.chat_id,
        account_id=create.account_id,
        route_id=create.route_id if create.chat_id is not None else None,
        cause_id=cause_id,
        user_id=create.user_id,
    )
