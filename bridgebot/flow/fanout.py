"""What follows from a first sighting: one delivery for each place that does not have the post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridgebot import model
from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.flow.met import Met
from bridgebot.flow.receipts import receipt
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, people, posts, routes
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post, Route, Timeline

Networks = Mapping[str, Network]


@dataclass(frozen=True, slots=True)
class Target:
    """An account that a post is to go to, and what brought that about."""

    account_id: int
    route_id: int | None = None


def fire(tx: Tx, now: datetime, post: Post, met: Met, timeline: Timeline, networks: Networks) -> None:
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
    answers = post.parent_id is not None
    network = networks.get(account.adapter)
    warned = bool(post.warning) or must_warn(post.emphasis, network)
    problem = refusal(post.seen_by, warned, answers, network)
    if problem is None and answers and parent is None:
        problem = "skip-no-parent"
    if problem is not None:
        deliveries.end(tx, now, made, "failed", error={"key": problem})
    return True


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
