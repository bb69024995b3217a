"""What follows from a page of a timeline: its posts are accepted and the cursor moves, in one unit of work.

Here is also when a timeline is read next, and what a failed read means. No adapter is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bridgebot import asking, dialog, flow, gathering, model
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary
from bridgebot.flow import holding, renewing, threads
from bridgebot.flow.renewing import Refusal
from bridgebot.model import Page, Post, canonical
from bridgebot.render import clean_name, quoted, sound
from bridgebot.schedule import moment, next_read
from bridgebot.store import Store, Tx, deliveries, people, posts, routes
from bridgebot.store.deliveries import Order
from bridgebot.store.rows import Delivery, Timeline

EVERY = 60.0  # seconds between two polls of a timeline, with or without a stream in front of it
WAIT_FOR_SEND = 1.0  # seconds, when a page may hold the answer to a publication that is under way
LONGEST_WAIT = 3600.0
CLOSED_FOR = timedelta(days=1)  # until a server that wants an account is asked again whether it still does


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of handing a page in."""

    accepted: int
    stopped: bool  # at a post that may be one of our own, still on its way
    fresh: tuple[Post, ...] = ()  # never met before, by any timeline of that server
    due_at: datetime | None = None  # when the timeline is read next


async def handed_in(
    store: Store, house: House, timeline: Timeline, page: Page, every: float = EVERY
) -> Verdict:
    """The same as a unit of its own. One post that no database can keep as it is must not hold up all that
    follow it.
    """
    try:
        return await store.run(lambda tx, now: hand_in(tx, now, house, timeline, page, every))
    except UnicodeEncodeError:
        if sound(page) == page:
            raise
        return await handed_in(store, house, timeline, sound(page), every)


def hand_in(
    tx: Tx, now: datetime, house: House, timeline: Timeline, page: Page, every: float = EVERY
) -> Verdict:
    """Accept a page and move the cursor, in one unit. The first page ever brings no posts."""
    if timeline.cursor is None:
        verdict = Verdict(0, stopped=False)
    else:
        verdict = accept_posts(tx, now, house, timeline, page.posts, page.gone)
        for notification in page.notifications:
            gathering.tell(tx, now, house, timeline, notification)
    if verdict.stopped:
        due = now + timedelta(seconds=WAIT_FOR_SEND)
        routes.set_timeline(tx, timeline.id, due_at=due)
    else:
        due = now if page.more else read_again(timeline.id, page, now, every)
        routes.set_timeline(tx, timeline.id, cursor=page.cursor, due_at=due, failures=0)
        if page.moved is not None:
            routes.moved(tx, timeline, page.moved)
    return replace(verdict, due_at=due)


def read_again(timeline_id: int, page: Page, now: datetime, every: float) -> datetime:
    """When a timeline is read next that gave this page: not before it wants to be."""
    if page.next_in is None or page.next_in <= every:
        return next_read(timeline_id, now, every)
    return moment(timeline_id, now + timedelta(seconds=page.next_in), every)


def says_nothing(timeline: Timeline, page: Page) -> bool:
    """Whether a page leaves everything as it is, so that there is nothing to commit."""
    nothing = not (page.posts or page.gone or page.notifications or page.more or page.moved)
    return nothing and timeline.cursor == page.cursor and timeline.failures == 0


def accept_posts(
    tx: Tx, now: datetime, house: House, timeline: Timeline, met: Sequence[Post], gone: Sequence[str]
) -> Verdict:
    fresh: list[Post] = []
    for number, post in enumerate(threads.in_order(met)):
        known = posts.copy_at(tx, timeline.server, post.id) is not None
        if not known and _may_be_ours(tx, now, timeline, post):
            return Verdict(number, stopped=True, fresh=tuple(fresh))
        if not known:
            fresh.append(post)
        flow.accept(tx, now, flow.met_in_timeline(tx, timeline, post), house.networks, timeline=timeline)
    for native_id in gone:
        flow.gone(tx, now, timeline.server, native_id)
    return Verdict(len(met), stopped=False, fresh=tuple(fresh))


def _may_be_ours(tx: Tx, now: datetime, timeline: Timeline, post: Post) -> bool:
    """Whether the page must stop at this new post: a publication with its author's account is under way.

    One that had no answer is compared: the same text at about the same time settles it.
    """
    for account in people.is_own(tx, timeline.server, post.author.id):
        for delivery in deliveries.open_creates(tx, account.id):
            if delivery.state == "sending":
                return True
            part = _the_one(tx, delivery, post)
            if part is not None:
                if delivery.state != "queued":  # that one is settled by its own next call
                    _settle(tx, now, delivery, part, post)
                return True
    return False


def _the_one(tx: Tx, delivery: Delivery, post: Post) -> int | None:
    """The number of the part without an id that this post seems to be."""
    if post.created_at < delivery.created_at - timedelta(minutes=5):
        return None
    parts = deliveries.parts(tx, delivery.id)
    files = sum(part.payload["op"] == deliveries.UPLOAD for part in parts)
    for part in parts:
        if not part.native_ids and part.payload["op"] == "publish":
            if _is_from(part.payload["draft"], files, post):
                return part.number
            if part.native_ids is None:
                return None  # what follows it was not even tried
    return None


def _is_from(draft: dict[str, Any], files: int, post: Post) -> bool:
    """Whether a post says what a draft said, and asks what it asked; without words, shows as much."""
    if not draft["text"] and files != len(post.media):
        return False
    asked = (draft.get("poll") or {}).get("choices", ())
    seen = post.poll.choices if post.poll is not None else ()
    return canonical(draft["text"]) == canonical(post.text) and tuple(asked) == tuple(seen)


def _settle(tx: Tx, now: datetime, delivery: Delivery, part: int, post: Post) -> None:
    """Queue a look that has its answer already; the outbox settles it as any other."""
    order = Order(
        action="look",
        lane=f"look:{delivery.id}",
        once=f"look:{delivery.id}:{post.id}",
        account_id=delivery.account_id,
        user_id=delivery.user_id,
        arguments={"of": delivery.id, "found": [post.id, post.url], "part": part},
    )
    deliveries.queue(tx, now, order)


def trouble(
    tx: Tx,
    now: datetime,
    house: House,
    timeline: Timeline,
    error: AdapterError,
    tried: model.Account | None = None,
) -> datetime | None:
    """A read failed: when to try again. None: it is held, because its account's credentials are being
    renewed, or have expired, or because it has vanished. `tried`: as which account it was read.
    """
    if isinstance(error, AuthExpired) and timeline.account_id is not None:
        return _refused(tx, now, house, timeline, timeline.account_id, tried)
    if isinstance(error, TargetGone):
        routes.set_timeline(tx, timeline.id, held="gone")
        for route in routes.from_timeline(tx, timeline.id):
            dialog.tell(tx, now, house, route.user_id, "timeline-gone", title=clean_name(timeline.title))
        return None
    failures = timeline.failures + 1
    if isinstance(error, Rejected) and timeline.account_id is None:
        return _closed(tx, now, house, timeline, error)
    due = now + timedelta(seconds=_wait(error, failures))
    routes.set_timeline(tx, timeline.id, due_at=due, failures=failures)
    return due


def _wait(error: AdapterError, failures: int) -> float:
    """Seconds until it is read again: later and later. A server that was only asked too often (429) says
    when; one that fails may want more patience than that, but is not read more often than usual.
    """
    wait: float = min(EVERY * 2.0 ** min(failures - 1, 6), LONGEST_WAIT)
    if not isinstance(error, Temporary) or not error.retry_after:
        return wait
    return error.retry_after if error.rate is not None else max(error.retry_after, wait)


def _closed(tx: Tx, now: datetime, house: House, timeline: Timeline, error: Rejected) -> datetime:
    """Not for anybody any more: whoever reads it is told once, and the server is not asked every minute for
    what it does not give.
    """
    due = now + CLOSED_FOR
    routes.set_timeline(tx, timeline.id, due_at=due, failures=timeline.failures + 1)
    for route in routes.from_timeline(tx, timeline.id):
        language = dialog.language_of(tx, house, route.user_id)
        dialog.tell(
            tx,
            now,
            house,
            route.user_id,
            "timeline-refused",
            once=f"timeline-refused:{timeline.id}:{route.id}:{route.since.isoformat()}",
            title=clean_name(timeline.title),
            network=house.title(timeline.adapter),
            reason=house.texts(language, error.key, **quoted(error.arguments)),
        )
    return due


def _refused(
    tx: Tx, now: datetime, house: House, timeline: Timeline, account_id: int, tried: model.Account | None
) -> datetime | None:
    match renewing.refused(tx, now, house.networks, account_id, tried):
        case Refusal.AGAIN:
            due = now + timedelta(seconds=WAIT_FOR_SEND)
            routes.set_timeline(tx, timeline.id, due_at=due)
            return due
        case Refusal.EXPIRED:
            asking.expire_account(tx, now, house, account_id)
            holding.show_waiting(tx, now, account_id)
    return None
