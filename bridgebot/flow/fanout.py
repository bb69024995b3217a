"""What follows from a first sighting: one delivery for each place that does not have the post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bridgebot.adapter import Network
from bridgebot.flow.audiences import as_meant, leaves_by_rule, must_warn, refusal
from bridgebot.flow.beside import ballot
from bridgebot.flow.met import Met
from bridgebot.flow.originals import whole_first
from bridgebot.flow.receipts import receipt, receipt_order, settled
from bridgebot.flow.threads import behind, goes_on
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, following, people, posts, routes
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.muting import Voices
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post, Timeline

Networks = Mapping[str, Network]
AFTER_THE_POLL = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Target:
    """An account that a post is to go to, and what brought that about."""

    account: Account
    route_id: int | None = None
    audience: Audience | None = None  # as what it stands there, where its writer said another than the post's


@dataclass(frozen=True, slots=True)
class Sight:
    """What routes go by when a timeline shows a post."""

    since: datetime  # when it came to stand there
    voices: Voices
    boosted: bool = False
    answers: bool = False


def fire(tx: Tx, now: datetime, post: Post, met: Met, timeline: Timeline, networks: Networks) -> None:
    """Queue one delivery for each route that fires, into chats and accounts alike."""
    since, by = min(met.shown_at, now), met.boost.by.handle if met.boost else None
    voices = (timeline.server, met.author.id, met.boost.by.id if met.boost else met.author.id)
    following.into_chats(tx, now, timeline.id, post.id, post.seen_by, since, by, voices)
    waiting = [(post, Sight(since, voices, boosted=met.boost is not None, answers=met.answers))]
    while waiting:
        one, sight = waiting.pop(0)
        if _carry(tx, now, one, sight, timeline, networks) and one.user_id is not None:
            waiting += [(answer, _sight(answer, timeline, now)) for answer in behind(tx, one, timeline.id)]


def _sight(answer: Post, timeline: Timeline, now: datetime) -> Sight:
    """Of a part of a thread that came before what it answers, which is carried only now."""
    voices = (timeline.server, answer.author_id, answer.author_id)
    return Sight(min(answer.created_at, now), voices, answers=True)


def _carry(tx: Tx, now: datetime, post: Post, sight: Sight, timeline: Timeline, networks: Networks) -> bool:
    """By rules to accounts, each of which has a receipt; whether that brought something about."""
    found = routes.into_accounts(
        tx, timeline.id, post.seen_by, sight.since, sight.voices, boosted=sight.boosted
    )
    own = post.user_id is not None  # what somebody else wrote comes by a boost
    carried = [route for route in found if leaves_by_rule(post.seen_by, route.filters, own=own)]
    targets = [Target(people.account(tx, route.account_id or 0), route.id) for route in carried]
    if sight.answers:
        targets = [target for target in targets if goes_on(tx, post, target.account)]
    if not to_accounts(tx, now, post, targets, networks, urgency=MIRRORED):
        return False
    for user_id in dict.fromkeys(route.user_id for route in carried):  # theirs who made the rules
        home = people.direct_chat(tx, user_id) if post.user_id is not None else None
        if home is not None:
            receipt(tx, now, post, home, user_id=user_id)
    return True


def to_accounts(
    tx: Tx,
    now: datetime,
    post: Post,
    targets: Iterable[Target],
    networks: Networks,
    *,
    urgency: int,
    cause_id: int | None = None,
    new: bool = False,
    home: Chat | None = None,
    by: int | None = None,
) -> bool:
    """Queue the post for accounts, and its receipt in the chat `home`; False when all of the accounts have
    it, or a delivery of it, already. A `new` post stands nowhere.
    """
    wanted = [one for one in targets if new or not posts.stands_in(tx, post.id, account_id=one.account.id)]
    parents = [_parent_in(tx, post, target.account) for target in wanted]
    problems = [
        _problem(tx, post, target, parent, networks) for target, parent in zip(wanted, parents, strict=True)
    ]
    orders = [
        _order(post, target, parent, urgency, cause_id)
        for target, parent in zip(wanted, parents, strict=True)
    ]
    if post.poll is not None:
        orders = _polls_first(now, post, wanted, orders, networks)
    with_rules = [(one.account, one.route_id) for one in wanted]
    orders = whole_first(tx, now, post, with_rules, orders, home.id if home is not None else None)
    if home is not None and post.user_id is not None:
        ended = (None not in problems) and (new or settled(tx, post.id))
        orders.append(
            receipt_order(tx, now, post, home, user_id=by or post.user_id, settled=ended, cause_id=cause_id)
        )
    queued = deliveries.queue_all(tx, now, orders)[: len(wanted)]
    for made, problem in zip(queued, problems, strict=True):
        if made is not None and problem is not None:
            deliveries.end(tx, now, made, "failed", error={"key": problem})
    return any(made is not None for made in queued)


def _order(
    post: Post, target: Target, parent: Copy | Delivery | None, urgency: int, cause_id: int | None
) -> Order:
    account = target.account
    return Order(
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
        arguments={"audience": target.audience.value} if target.audience is not None else {},
    )


def _polls_first(
    now: datetime, post: Post, wanted: Sequence[Target], orders: Sequence[Order], networks: Networks
) -> list[Order]:
    """Where a poll can only be told in words it goes a moment later, so that it can say where one votes. It
    waits for no answer: it is not to fail with the poll.
    """
    has_it = [ballot(post, one.account, networks.get(one.account.adapter)) is not None for one in wanted]
    later = now + AFTER_THE_POLL if any(has_it) else now
    return [
        order if there else replace(order, due_at=later) for order, there in zip(orders, has_it, strict=True)
    ]


def _problem(
    tx: Tx, post: Post, target: Target, parent: Copy | Delivery | None, networks: Networks
) -> str | None:
    """Why the network cannot have the post, or None."""
    network, answers = networks.get(target.account.adapter), post.parent_id is not None
    audience, warning = as_meant(tx, post)
    warned = bool(warning) or must_warn(post.emphasis, network)
    problem = refusal(target.audience or audience, warned, answers, network)
    return "skip-no-parent" if problem is None and answers and parent is None else problem


def why_not(tx: Tx, post: Post, account: Account, networks: Networks) -> str | None:
    """Why the post would not go to an account, or None: as it is decided when it is queued."""
    return _problem(tx, post, Target(account), _parent_in(tx, post, account), networks)


def _parent_in(tx: Tx, post: Post, account: Account) -> Copy | Delivery | None:
    """What a reply stands under in the account's realm: the parent's copy, or its coming delivery."""
    if post.parent_id is None:
        return None
    found = posts.in_realm(tx, post.parent_id, account.server)
    if found:
        return _goes_anew(tx, post.parent_id, account) or found[-1]
    creates = deliveries.creates(tx, post.parent_id)
    return next((d for d in creates if d.account_id == account.id and d.state in deliveries.OPEN), None)


def _goes_anew(tx: Tx, post_id: int, account: Account) -> Delivery | None:
    """The deletion under way after which the post comes there anew: what answers it waits for that."""
    going = [d for d in deliveries.of_post(tx, post_id, "delete") if d.account_id == account.id]
    return next((d for d in going if d.arguments.get("anew") and d.state in deliveries.OPEN), None)
