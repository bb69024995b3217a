"""The one door by which posts come in, and what follows from that: deliveries.

Everything here runs inside a unit of work and calls no adapter. What is once only is a unique
index with insert-or-ignore; time and the networks' abilities are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridgebot import model
from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, people, posts, routes
from bridgebot.store.deliveries import FOLLOW_UP, MIRRORED, Order
from bridgebot.store.posts import MIRROR, ORIGINAL, Spot
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post, Route, Timeline

RECEIPT_AFTER = timedelta(seconds=1.5)  # a receipt waits so long for all deliveries to end

Networks = Mapping[str, Network]


@dataclass(frozen=True, slots=True)
class Met:
    """A post as it was met in one place."""

    spot: Spot
    author: model.Author
    text: str
    audience: Audience
    created_at: datetime
    warning: str | None = None
    language: str | None = None
    edited_at: datetime | None = None
    uri: str | None = None
    user_id: int | None = None  # set: this user wrote it
    parent_id: int | None = None  # the stored post that it answers
    answers: bool = False  # it answers something, known here or not
    memo: bool = False
    boost: model.Boost | None = None

    @property
    def shown_at(self) -> datetime:
        """When it came to stand in the timeline: a route made later does not fire for it."""
        return self.boost.at if self.boost else self.created_at


@dataclass(frozen=True, slots=True)
class Target:
    """An account that a post is to go to, and what brought that about."""

    account_id: int
    route_id: int | None = None


# --- coming in ---------------------------------------------------------------------------------


def accept(
    tx: Tx,
    now: datetime,
    met: Met,
    networks: Networks,
    *,
    timeline: Timeline | None = None,
    targets: Iterable[Target] = (),
    cause_id: int | None = None,
) -> Post:
    """Take in a post: find or make it, note the sighting, and queue what follows from a first one.

    That one rule is the duplicate check, the echo check, the crash repair and the fan-out.
    """
    post = _find(tx, met)
    if post is None:
        post = _make(tx, met)
    elif post.deleted_at is None:
        post = _note_change(tx, now, post, met, networks)
    if timeline is None or posts.sight(tx, now, timeline.id, post.id):
        for target in targets:
            to_account(tx, now, post, target, networks, cause_id=cause_id, urgency=deliveries.ANSWER)
        if timeline is not None and post.deleted_at is None:
            _fire(tx, now, post, met, timeline, networks)
    return post


def met_in_timeline(tx: Tx, timeline: Timeline, post: model.Post) -> Met:
    """A post of a page, with what the store knows of its author and parent."""
    own = people.is_own(tx, timeline.server, post.author.id)
    mine = next((a for a in own if a.id == timeline.account_id), own[0] if own else None)
    parent = posts.copy_at(tx, timeline.server, post.reply_to) if post.reply_to else None
    spot = Spot(
        timeline.server, post.id, timeline.adapter, account_id=mine.id if mine else None, url=post.url
    )
    return Met(
        spot=spot,
        author=post.author,
        text=post.text,
        audience=post.audience,
        created_at=post.created_at,
        warning=post.warning,
        language=post.language,
        edited_at=post.edited_at,
        uri=post.uri,
        user_id=mine.user_id if mine else None,
        parent_id=parent.post_id if parent else None,
        answers=post.reply_to is not None,
        boost=post.boost,
    )


def _find(tx: Tx, met: Met) -> Post | None:
    """By the place where it was met, else by its canonical address (then this is one more copy)."""
    copy = posts.copy_at(tx, met.spot.realm, met.spot.native_id)
    if copy is not None:
        return posts.post(tx, copy.post_id)
    known = posts.by_uri(tx, met.uri)
    if known is not None:
        posts.add_copy(tx, known.id, MIRROR, met.spot, version=known.version)
    return known


def _make(tx: Tx, met: Met) -> Post:
    post_id = posts.add(
        tx,
        {
            "user_id": met.user_id,
            "adapter": met.spot.adapter,
            "author_id": met.author.id,
            "author_handle": met.author.handle,
            "author_name": met.author.name,
            "text": met.text,
            "warning": met.warning,
            "audience": met.audience.value,
            "language": met.language,
            "uri": met.uri,
            "url": met.spot.url,
            "parent_id": met.parent_id,
            "memo": met.memo,
            "created_at": met.created_at,
            "edited_at": met.edited_at,
        },
    )
    posts.add_copy(tx, post_id, ORIGINAL, met.spot)
    return posts.post(tx, post_id)


# --- changes -----------------------------------------------------------------------------------


def _note_change(tx: Tx, now: datetime, post: Post, met: Met, networks: Networks) -> Post:
    """A known post was met again: an edit of the original goes on to every copy, any other stays here."""
    copy = posts.copy_at(tx, met.spot.realm, met.spot.native_id)
    same = (met.text, met.warning) == (post.text, post.warning)
    older = met.edited_at and post.edited_at and met.edited_at < post.edited_at
    if copy is None or copy.role != ORIGINAL or same or older:
        return post
    return edit(tx, now, post, met.text, met.warning, networks, at=met.edited_at or now)


def edit(
    tx: Tx,
    now: datetime,
    post: Post,
    text: str,
    warning: str | None,
    networks: Networks,
    *,
    at: datetime,
    cause_id: int | None = None,
) -> Post:
    """Change a post and queue the change for every place that has it, or is about to have it."""
    posts.change(tx, post.id, text=text, warning=warning, edited_at=at, version=post.version + 1)
    post = posts.post(tx, post.id)
    for create in deliveries.creates(tx, post.id):
        if create.state in ("failed", "cancelled"):
            continue
        if _untouched(tx, create):
            deliveries.thaw(tx, create.id)  # it will be rendered with the new text
            continue
        _follow_up(tx, now, create, "edit", f"v{post.version}", cause_id)
    _touch_receipts(tx, now, post, cause_id)
    return post


def delete(tx: Tx, now: datetime, post: Post, *, cause_id: int | None = None) -> None:
    """Delete a post everywhere: what has not left is cancelled, what has is deleted after it arrived."""
    posts.change(tx, post.id, deleted_at=now)
    for create in deliveries.creates(tx, post.id):
        _take_away(tx, now, create, cause_id)
    _touch_receipts(tx, now, post, cause_id)


def unshare(tx: Tx, now: datetime, create: Delivery, *, cause_id: int | None = None) -> None:
    """Take a post away from the one place that a delivery brought, or is about to bring, it to."""
    _take_away(tx, now, create, cause_id)
    _touch_receipts(tx, now, posts.post(tx, create.post_id or 0), cause_id)


def _take_away(tx: Tx, now: datetime, create: Delivery, cause_id: int | None) -> None:
    if create.state in ("failed", "cancelled"):
        return
    if _untouched(tx, create):
        cancel(tx, now, create)
    else:
        _follow_up(tx, now, create, "delete", "", cause_id)


def gone(tx: Tx, now: datetime, realm: str, native_id: str) -> None:
    """A network says that a post of its own is no more: only the original takes the rest with it."""
    copy = posts.copy_at(tx, realm, native_id)
    if copy is None or copy.gone_at is not None:
        return
    posts.mark_gone(tx, now, copy.id)
    post = posts.post(tx, copy.post_id)
    if copy.role == ORIGINAL and post.deleted_at is None:
        delete(tx, now, post)


def cancel(tx: Tx, now: datetime, order: Delivery) -> None:
    """Leave a tombstone, and let go of what stood after it."""
    deliveries.end(tx, now, order.id, "cancelled")
    for waiting in deliveries.waiting_on(tx, order.id):
        cancel(tx, now, waiting)


def _untouched(tx: Tx, create: Delivery) -> bool:
    """Whether surely nothing of it is out: no attempt, or every one ended `Temporary`."""
    return create.state == "queued" and not any(part.native_ids for part in deliveries.parts(tx, create.id))


def _follow_up(
    tx: Tx, now: datetime, create: Delivery, action: str, version: str, cause_id: int | None
) -> None:
    deliveries.queue(
        tx,
        now,
        Order(
            action=action,
            lane=create.lane,
            urgency=FOLLOW_UP,
            once=f"{action}:{create.id}:{version}",
            after_id=create.id,
            post_id=create.post_id,
            chat_id=create.chat_id,
            account_id=create.account_id,
            cause_id=cause_id,
            user_id=create.user_id,
        ),
    )


# --- fan-out -----------------------------------------------------------------------------------


def _fire(tx: Tx, now: datetime, post: Post, met: Met, timeline: Timeline, networks: Networks) -> None:
    """Queue one delivery for each route that fires, into chats and accounts alike."""
    synced = False
    for route in routes.from_timeline(tx, timeline.id):
        if not fires(route, post.seen_by, met, now):
            continue
        if route.chat_id is not None:
            to_chat(tx, now, post, people.chat_by_id(tx, route.chat_id), route, met.boost)
        elif route.account_id is not None and _in_context(tx, post, met, route.account_id):
            target = Target(route.account_id, route.id)
            synced |= to_account(tx, now, post, target, networks, urgency=MIRRORED)
    if synced and post.user_id is not None:
        home = people.direct_chat(tx, post.user_id)
        if home is not None:
            receipt(tx, now, post, home, user_id=post.user_id)


def _in_context(tx: Tx, post: Post, met: Met, account_id: int) -> bool:
    """Whether a rule may carry the post there: an answer only to where what it answers stands."""
    return not met.answers or _parent_in(tx, post, people.account(tx, account_id)) is not None


def fires(route: Route, audience: Audience, met: Met, now: datetime) -> bool:
    """Whether a route carries a post that was just sighted. Pure.

    Only what is younger than the route; by default only public posts leave for other places.
    """
    if route.since > met.shown_at or route.since > now:
        return False
    if met.boost is not None and not route.filters.get("boosts", True):
        return False
    audiences = route.filters.get("audiences")
    return audiences is None or audience.value in audiences


def to_chat(tx: Tx, now: datetime, post: Post, chat: Chat, route: Route, boost: model.Boost | None) -> None:
    """Queue the post as an item in a chat; a chat that others read is given public posts only."""
    if not chat.direct and post.seen_by is not Audience.PUBLIC:
        return
    if posts.stands_in(tx, post.id, chat_id=chat.id):
        return
    arguments = {"boosted_by": boost.by.handle} if boost else {}
    order = Order(
        action="create",
        lane=f"chat:{chat.id}",
        urgency=MIRRORED,
        once=f"create:{post.id}:chat:{chat.id}",
        post_id=post.id,
        chat_id=chat.id,
        route_id=route.id,
        user_id=route.user_id,
        arguments=arguments,
    )
    deliveries.queue(tx, now, order)


def to_account(
    tx: Tx,
    now: datetime,
    post: Post,
    target: Target,
    networks: Networks,
    *,
    urgency: int,
    cause_id: int | None = None,
) -> bool:
    """Queue the post for an account; False when the account has it, or a delivery of it, already."""
    account = people.account(tx, target.account_id)
    if posts.stands_in(tx, post.id, account_id=account.id):
        return False
    parent = _parent_in(tx, post, account)
    order = Order(
        action="create",
        lane=f"account:{account.id}",
        urgency=urgency,
        once=f"create:{post.id}:{account.server}:{account.native_id}",
        after_id=parent.id if isinstance(parent, Delivery) else None,
        post_id=post.id,
        account_id=account.id,
        route_id=target.route_id,
        cause_id=cause_id,
        user_id=account.user_id,
    )
    made = deliveries.queue(tx, now, order)
    if made is None:
        return False
    problem = refusal(post, networks.get(account.adapter))
    if problem is None and post.parent_id is not None and parent is None:
        problem = "skip-no-parent"
    if problem is not None:
        deliveries.end(tx, now, made, "failed", error={"key": problem})
    return True


def refusal(post: Post, network: Network | None) -> str | None:
    """Why a network cannot carry this post as it is meant: a text key, or None. Pure."""
    if network is None or network.social is None:
        return "skip-not-configured"
    able: SocialCapabilities = network.social
    if not able.publish:
        return "skip-read-only"
    if post.seen_by not in able.audiences:
        return "skip-audience"
    if post.warning and not able.warnings:
        return "skip-warning"
    if post.parent_id is not None and not able.replies:
        return "skip-no-replies"
    return None


def _parent_in(tx: Tx, post: Post, account: Account) -> Copy | Delivery | None:
    """What a reply stands under in the account's realm: the parent's copy, or its coming delivery."""
    if post.parent_id is None:
        return None
    found = posts.in_realm(tx, post.parent_id, account.server)
    if found:
        return found[-1]
    creates = deliveries.creates(tx, post.parent_id)
    return next((d for d in creates if d.account_id == account.id and d.state in deliveries.OPEN), None)


# --- where a post of one's own goes ------------------------------------------------------------


def choose(
    named: Iterable[int],
    excluded: Iterable[int],
    defaults: Iterable[int],
    *,
    reader: int | None = None,
    holders: Iterable[int] | None = None,
) -> list[int]:
    """The accounts that a post goes to. Pure.

    A reply to somebody's post: the account that reads it (`reader`). A reply to one's own: those
    that hold a copy (`holders`). Else those named, else the defaults; less the excluded.
    """
    if reader is not None:
        return [reader]
    chosen = list(holders) if holders is not None else list(named) or list(defaults)
    left_out = set(excluded)
    return [account for account in dict.fromkeys(chosen) if account not in left_out]


def holders(tx: Tx, post: Post, user_id: int) -> list[int]:
    """The user's accounts that hold the post, or are about to."""
    mine = {account.id for account in people.accounts(tx, user_id)}
    have = [copy.account_id for copy in posts.copies(tx, post.id)]
    coming = [d.account_id for d in deliveries.creates(tx, post.id) if d.state in deliveries.OPEN]
    return [account for account in dict.fromkeys(have + coming) if account is not None and account in mine]


def reader(tx: Tx, post: Post, user_id: int) -> int | None:
    """The user's account that answers a post: the one whose timeline brought it, else one of its realm."""
    brought = posts.reader_of(tx, post.id, user_id)
    if brought is not None:
        return brought
    realms = {copy.realm for copy in posts.copies(tx, post.id)}
    return next((a.id for a in people.accounts(tx, user_id) if a.server in realms), None)


# --- receipts ----------------------------------------------------------------------------------


def receipt(
    tx: Tx, now: datetime, post: Post, chat: Chat, *, user_id: int, cause_id: int | None = None
) -> None:
    """Queue the receipt of a post in its owner's chat, once; it gives the post its short id there."""
    posts.number(tx, chat.id, post.id)
    order = Order(
        action="receipt",
        lane=f"chat:{chat.id}",
        urgency=FOLLOW_UP,
        once=f"receipt:{post.id}:{chat.id}",
        post_id=post.id,
        chat_id=chat.id,
        cause_id=cause_id,
        user_id=user_id,
        due_at=now if settled(tx, post.id) else now + RECEIPT_AFTER,
    )
    deliveries.queue(tx, now, order)


def settled(tx: Tx, post_id: int) -> bool:
    """Whether everything that publishes, changes or deletes the post on networks has ended."""
    work = [d for action in ("create", "edit", "delete") for d in deliveries.of_post(tx, post_id, action)]
    return all(d.state in deliveries.ENDED for d in work if d.account_id is not None)


def _touch_receipts(tx: Tx, now: datetime, post: Post, cause_id: int | None) -> None:
    for shown in deliveries.of_post(tx, post.id, "receipt"):
        refresh_receipt(tx, now, shown, cause_id)


def refresh_receipt(tx: Tx, now: datetime, shown: Delivery, cause_id: int | None = None) -> None:
    """What a receipt says has changed: bring a waiting one forward, or queue one change of it.

    At most one waits: while a change is queued, a further one would say the same.
    """
    if shown.post_id is None:
        return
    due = now if settled(tx, shown.post_id) else now + RECEIPT_AFTER
    waiting = [d for d in deliveries.waiting_on(tx, shown.id) if d.action == "receipt-change"]
    if shown.state == "queued":
        deliveries.change(tx, shown.id, due_at=min(shown.due_at, due))
    elif any(d.state == "queued" for d in waiting):
        for d in waiting:
            deliveries.change(tx, d.id, due_at=min(d.due_at, due))
    else:
        deliveries.queue(
            tx,
            now,
            Order(
                action="receipt-change",
                lane=shown.lane,
                urgency=FOLLOW_UP,
                after_id=shown.id,
                post_id=shown.post_id,
                chat_id=shown.chat_id,
                cause_id=cause_id,
                user_id=shown.user_id,
                due_at=due,
            ),
        )
