"""What follows from a first sighting: one delivery for each place that does not have the post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bridgebot.adapter import Network
from bridgebot.flow import circles, picking
from bridgebot.flow.audiences import as_meant, leaves_by_rule, may_enter, must_warn, refusal
from bridgebot.flow.beside import ballot
from bridgebot.flow.capping import hold_over
from bridgebot.flow.met import Met
from bridgebot.flow.originals import whole_first
from bridgebot.flow.picking import Facts
from bridgebot.flow.receipts import receipt, receipt_order, settled
from bridgebot.flow.threads import behind, goes_on
from bridgebot.model import Audience, Made, changed, fresh
from bridgebot.store import Tx, deliveries, following, people, posts, routes
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.muting import Voices
from bridgebot.store.routes import CARRYING, SYNC
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post, Route, Timeline

Networks = Mapping[str, Network]
AFTER_THE_POLL = timedelta(seconds=3)


class Target(Made, frozen=True):
    """An account that a post is to go to, and what brought that about."""

    account: Account
    route_id: int | None = None
    history: Mapping[str, Any] = fresh(dict)  # see `circles.history`
    audience: Audience | None = None  # as what it stands there, where its writer said another than the post's


@dataclass(frozen=True, slots=True)
class Sight:
    """What routes go by when a timeline shows a post."""

    since: datetime  # when it came to stand there
    voices: Voices
    boosted_by: str | None = None  # the handle of whoever's boost it is
    answers: bool = False
    met: Met | None = None  # None: it was met before


@dataclass(frozen=True, slots=True)
class Into:
    """A chat that a rule brings a post into."""

    chat: Chat
    route: Route


def fire(tx: Tx, now: datetime, post: Post, met: Met, timeline: Timeline, networks: Networks) -> None:
    """Queue one delivery for each route that fires, into chats and accounts alike."""
    since, by = min(met.shown_at, now), met.boost.by.handle if met.boost else None
    voices = (timeline.server, met.author.id, met.boost.by.id if met.boost else met.author.id)
    following.into_chats(tx, now, timeline.id, post.id, post.seen_by, since, by, voices)
    waiting = [(post, Sight(since, voices, boosted_by=by, answers=met.answers, met=met))]
    while waiting:
        one, sight = waiting.pop(0)
        if _fire(tx, now, one, sight, timeline, networks) and one.user_id is not None:
            waiting += [(answer, _sight(answer, timeline, now)) for answer in behind(tx, one, timeline.id)]


def _sight(answer: Post, timeline: Timeline, now: datetime) -> Sight:
    """Of a part of a thread that came before what it answers, which is carried only now."""
    voices = (timeline.server, answer.author_id, answer.author_id)
    return Sight(min(answer.created_at, now), voices, answers=True)


def _fire(tx: Tx, now: datetime, post: Post, sight: Sight, timeline: Timeline, networks: Networks) -> bool:
    """By the routes that weigh what they carry; whether that brought something about."""
    picky = routes.picky(tx, timeline.id, sight.since, sight.voices)
    if not picky:
        return False
    facts = facts_of(post, sight.since, boosted=sight.boosted_by is not None, answers=sight.answers)
    taken = [one for one in picky if picking.takes(one.filters, facts, synced=one.verb == SYNC)]
    history = circles.history(tx, sight.met, post) if taken and sight.met is not None else {}
    by, answers = sight.boosted_by, sight.answers
    return carry(tx, now, post, taken, networks, boosted_by=by, answers=answers, history=history)


def facts_of(post: Post, shown_at: datetime, *, boosted: bool = False, answers: bool = False) -> Facts:
    """What rules ask of a post."""
    text = f"{post.warning}\n{post.text}" if post.warning else post.text
    media = bool(post.media or post.files)
    return Facts(text, post.seen_by, shown_at, boosted=boosted, answers=answers, media=media)


def carry(
    tx: Tx,
    now: datetime,
    post: Post,
    taken: Sequence[Route],
    networks: Networks,
    *,
    boosted_by: str | None = None,
    answers: bool = False,
    cause_id: int | None = None,
    history: Mapping[str, Any] = MappingProxyType({}),
) -> bool:
    """Bring a post to where these routes lead, and its receipt to those whose rules carry it on; whether that
    brought something about. `history`: see `circles.history`.
    """
    makers = {one.user_id for one in taken}
    own = post.user_id is not None and (boosted_by is None or post.user_id in makers)
    taken = [
        one for one in taken if one.verb not in CARRYING or leaves_by_rule(post.seen_by, one.filters, own=own)
    ]
    targets = [
        Target(people.account(tx, one.account_id), one.id, history)
        for one in taken
        if one.account_id is not None
    ]
    if circles.WHOSE in history:  # it is not copied to where its writer has put it
        targets = [one for one in targets if not posts.in_realm(tx, post.id, one.account.server)]
    into = [Into(people.chat_by_id(tx, one.chat_id), one) for one in taken if one.chat_id is not None]
    if answers:
        targets = [target for target in targets if goes_on(tx, post, target.account)]
        into = [one for one in into if one.route.verb not in CARRYING or _goes_on_in(tx, post, one.chat)]
    made = to_accounts(tx, now, post, targets, networks, urgency=MIRRORED, cause_id=cause_id)
    shown = to_chats(tx, now, post, into, boosted_by=boosted_by, cause_id=cause_id, history=history)
    hold_over(tx, now, post, taken)
    told = [*([target.route_id for target in targets] if made else []), *shown]
    for user_id in dict.fromkeys(one.user_id for one in taken if own and one.id in told):
        _tell(tx, now, post, user_id, cause_id)  # theirs who made the rules
    return bool(told)


def _tell(tx: Tx, now: datetime, post: Post, user_id: int, cause_id: int | None) -> None:
    """The receipt, in the chat of somebody whose rule carries the post; it is not shown there twice."""
    home = people.direct_chat(tx, user_id)
    if home is None:
        return
    item = deliveries.by_once(tx, _once(post, home))
    if item is not None and item.state == "queued" and not item.attempts:
        deliveries.end(tx, now, item.id, "cancelled")
    receipt(tx, now, post, home, user_id=user_id, cause_id=cause_id)


def to_chats(
    tx: Tx,
    now: datetime,
    post: Post,
    into: Iterable[Into],
    *,
    boosted_by: str | None = None,
    cause_id: int | None = None,
    history: Mapping[str, Any] = MappingProxyType({}),
) -> list[int]:
    """Queue the post for each of these chats that never had it and may be shown it; by which rules it comes
    into chats that others read.
    """
    fresh = [one for one in into if not posts.stands_in(tx, post.id, chat_id=one.chat.id)]
    fit = [one for one in fresh if _is_open(one) or may_be_shown(tx, post, one)]
    orders = [_order_into(post, one, boosted_by, cause_id, history) for one in fit]
    made = deliveries.queue_all(tx, now, orders)
    queued = [(one, number) for one, number in zip(fit, made, strict=True) if number is not None]
    for one, number in queued:
        if not may_be_shown(tx, post, one):  # said in the receipt
            deliveries.end(tx, now, number, "failed", error={"key": "skip-group"})
    return [one.route.id for one, _ in queued if _is_open(one)]


def _is_open(into: Into) -> bool:
    """Whether a rule carries a post to where others read it."""
    return not into.chat.direct and into.route.verb in CARRYING


def _order_into(
    post: Post, into: Into, boosted_by: str | None, cause_id: int | None, history: Mapping[str, Any]
) -> Order:
    arguments = {} if boosted_by is None else {"boosted_by": boosted_by}
    return Order(
        action="create",
        lane=f"chat:{into.chat.id}",
        urgency=MIRRORED,
        once=_once(post, into.chat),
        post_id=post.id,
        chat_id=into.chat.id,
        route_id=into.route.id,
        cause_id=cause_id,
        user_id=into.route.user_id,
        arguments=arguments | (_by_rule(history) if _is_open(into) else {}),
    )


def may_be_shown(tx: Tx, post: Post, into: Into) -> bool:
    """Whether a chat may have it: where others read, only what is public; whose reader the route's user is,
    in their own chats alone.
    """
    if post.seen_by is Audience.PUBLIC or not into.chat.direct:
        return may_enter(post.seen_by, direct=into.chat.direct)
    return people.owner_of(tx, into.chat) == into.route.user_id


def _once(post: Post, chat: Chat) -> str:
    return f"create:{post.id}:chat:{chat.id}"


def _goes_on_in(tx: Tx, post: Post, chat: Chat) -> bool:
    """Whether what a post answers is its writer's own and stands in a chat, or is on its way there."""
    parent = posts.known(tx, post.parent_id) if post.parent_id is not None else None
    if parent is None or parent.user_id != post.user_id:
        return False
    coming = deliveries.creates(tx, parent.id)
    return posts.stands_in(tx, parent.id, chat_id=chat.id) or any(
        one.chat_id == chat.id and one.state in deliveries.OPEN for one in coming
    )


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
    waits: bool = False,
) -> bool:
    """Queue the post for accounts, and its receipt in the chat `home`; False when all of the accounts have
    it, or a delivery of it, already. A `new` post stands nowhere. `waits`: it is on its way to chats, too.
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
        ended = not waits and (None not in problems) and (new or settled(tx, post.id))
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
        arguments=_arguments(target),
    )


def _arguments(target: Target) -> dict[str, Any]:
    arguments = {"audience": target.audience.value} if target.audience is not None else {}
    return arguments if target.route_id is None else arguments | _by_rule(target.history)


def _by_rule(history: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule carries is not brought to where its like stands."""
    return {"unless_there": True, **history}


def _polls_first(
    now: datetime, post: Post, wanted: Sequence[Target], orders: Sequence[Order], networks: Networks
) -> list[Order]:
    """Where a poll can only be told in words it goes a moment later, so that it can say where one votes. It
    waits for no answer: it is not to fail with the poll.
    """
    has_it = [ballot(post, one.account, networks.get(one.account.adapter)) is not None for one in wanted]
    later = now + AFTER_THE_POLL if any(has_it) else now
    return [
        order if there else changed(order, due_at=later) for order, there in zip(orders, has_it, strict=True)
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
