"""What follows from a first sighting: one delivery for each place that does not have the post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bridgebot import model
from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.flow.beside import ballot
from bridgebot.flow.met import Met
from bridgebot.flow.receipts import receipt, receipt_order, settled
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, following, people, posts, routes
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post, Timeline

Networks = Mapping[str, Network]
AFTER_THE_POLL = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Target:
    """An account that a post is to go to, and what brought that about."""

    account: Account
    route_id: int | None = None


def fire(tx: Tx, now: datetime, post: Post, met: Met, timeline: Timeline, networks: Networks) -> None:
    """Queue one delivery for each route that fires, into chats and accounts alike."""
    since, by = min(met.shown_at, now), met.boost.by.handle if met.boost else None
    voices = (timeline.server, met.author.id, met.boost.by.id if met.boost else met.author.id)
    following.into_chats(tx, now, timeline.id, post.id, post.seen_by, since, by, voices)
    boosted = met.boost is not None
    carried = routes.into_accounts(tx, timeline.id, post.seen_by, since, voices, boosted=boosted)
    targets = [Target(people.account(tx, route.account_id or 0), route.id) for route in carried]
    if met.answers:  # a rule carries an answer only to where what it answers stands
        targets = [target for target in targets if _parent_in(tx, post, target.account) is not None]
    if to_accounts(tx, now, post, targets, networks, urgency=MIRRORED) and post.user_id is not None:
        for user_id in dict.fromkeys(route.user_id for route in carried):  # theirs who made the rules
            home = people.direct_chat(tx, user_id)
            if home is not None:
                receipt(tx, now, post, home, user_id=user_id)


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
        _problem(post, parent, networks.get(target.account.adapter))
        for target, parent in zip(wanted, parents, strict=True)
    ]
    orders = [
        _order(post, target, parent, urgency, cause_id)
        for target, parent in zip(wanted, parents, strict=True)
    ]
    if post.poll is not None:
        orders = _polls_first(now, post, wanted, orders, networks)
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


def _problem(post: Post, parent: Copy | Delivery | None, network: Network | None) -> str | None:
    """Why the network cannot have the post, or None."""
    answers = post.parent_id is not None
    warned = bool(post.warning) or must_warn(post.emphasis, network)
    problem = refusal(post.seen_by, warned, answers, network)
    return "skip-no-parent" if problem is None and answers and parent is None else problem


def must_warn(spans: Iterable[model.Span], network: Network | None) -> bool:
    """Whether words are hidden that this network could hide only by a warning on all of the post. Pure."""
    hides = network is not None and network.social is not None and "spoiler" in network.social.markup
    return not hides and any(span.kind == "spoiler" for span in spans)


def refusal(audience: Audience, warned: bool, answers: bool, network: Network | None) -> str | None:
    """Why a network cannot carry a post as it is meant: a text key, or None. Pure."""
    if network is None or network.social is None:
        return "skip-not-configured"
    able: SocialCapabilities = network.social
    if not able.publish:
        return "skip-read-only"
    if audience not in able.audiences:
        return "skip-audience"
    if warned and not able.warnings:
        return "skip-warning"
    if answers and not able.replies:
        return "skip-no-replies"
    return None


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
