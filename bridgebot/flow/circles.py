"""No post travels in a circle: what a rule does not carry, though it would.

Whether two posts are one is known by their ids and addresses (`twins`). What only looks the same is never
made one, edited or deleted for that: it is not carried to where its like stands or goes, its owner is told,
and may have it carried all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bridgebot.flow.breaker import Carried, trips
from bridgebot.flow.met import Met
from bridgebot.likeness import BRIEFLY, SKEW, SOON, WINDOW, Said, alike, both_of
from bridgebot.store import Tx, carried, deliveries, people, posts, routes
from bridgebot.store.carried import Lately
from bridgebot.store.rows import Account, Delivery, Post, Route

# Texts: why something was not carried on.
ECHO, THERE, FAR, CIRCLE, RESTING = "skip-echo", "skip-there", "skip-far", "skip-circle", "skip-resting"
WITHHELD = frozenset({ECHO, THERE, FAR, CIRCLE, RESTING})
ASKED = "withheld"  # of what kind the question is about a post that has no receipt
WHY = "circle"  # as a route keeps why it rests, and of what kind the question is whether it goes on


@dataclass(frozen=True, slots=True)
class Errand:
    """A rule is about to bring a post somewhere."""

    post: Post
    at: datetime  # when that was queued
    route: Route
    account: Account | None = None  # where to: this or a chat
    chat_id: int | None = None
    steps: int = 0  # how far it has come with this one since a bridge brought it; 0: none is known to have
    carried: bool = False  # somebody carried it to where the rule takes it from
    frames: tuple[str, ...] = ()  # what the user's rules write in front of posts, and behind
    lately: Sequence[Lately] = ()  # what may be alike
    when: Mapping[int, datetime] = field(default_factory=dict)  # the rule carried which of those, and when


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a rule does not bring a post there."""

    key: str  # a text
    like: int | None = None  # the post that it looks like


def errand(tx: Tx, delivery: Delivery, post: Post, account: Account | None = None) -> Errand | None:
    """What a delivery is about, if a rule wants it and nobody said that it is meant all the same."""
    asked = delivery.arguments.get("unless_there") and not delivery.arguments.get("again")
    if not asked or delivery.route_id is None:
        return None
    route = routes.route(tx, delivery.route_id)
    mine = routes.of_user(tx, route.user_id)
    frames = (one.filters.get(name) for one in mine for name in ("prefix", "suffix"))
    lately = carried.lately(tx, post, route.user_id, route.timeline_id, post.created_at - WINDOW)
    return Errand(
        post=post,
        at=delivery.created_at,
        route=route,
        account=account,
        chat_id=delivery.chat_id,
        steps=delivery.arguments.get("steps", 0),
        carried=delivery.arguments.get("carried", False),
        frames=tuple(frame for frame in frames if frame),
        lately=lately,
        when=carried.by_route(tx, route.id, [other.id for other in lately]),
    )


def withheld(tx: Tx, one: Errand) -> Withheld | None:
    """Whether the rule has come into a circle, or the place has the like of the post or is about to get it;
    None: it is carried.
    """
    if one.route.state == routes.PAUSED and routes.paused(one.route)[1] == WHY:
        return Withheld(RESTING)
    if one.steps > 1:
        return Withheld(FAR)
    if _goes_round(one):
        return Withheld(CIRCLE)
    texts = made_of(one)
    like = (other.id for other in one.lately if is_like(one, other, texts) and _stands(tx, other.id, one))
    found = next(like, None)
    return Withheld(ECHO, found) if found is not None else None


def _goes_round(one: Errand) -> bool:
    """Whether the breaker opens. What went before the rule was switched on again does not count. Pure."""
    before = [
        Carried(Said(other.text, other.created_at).print(one.frames), one.when[other.id])
        for other in one.lately
        if other.id in one.when and one.when[other.id] >= one.route.since
    ]
    this = Carried(Said(one.post.text, one.post.created_at).print(one.frames), one.at)
    return trips(this, before) is not None


def is_like(one: Errand, other: Lately, earlier: Sequence[Said] = ()) -> bool:
    """Whether a post says the same as this one, or both are likely made of one of these earlier. Pure."""
    said, there = Said(one.post.text, one.post.created_at), Said(other.text, other.created_at)
    time = briefly(one, of_this_rule=other.id in one.when)
    if alike(said, there, one.frames, briefly=time):
        return True
    return any(both_of(text, said, there, one.frames) for text in earlier)


def made_of(one: Errand) -> list[Said]:
    """Earlier texts that this post says the same as. Pure."""
    like = (Said(other.text, other.created_at) for other in one.lately if is_like(one, other))
    return [text for text in like if text.at <= one.post.created_at + SKEW]


def known_there(tx: Tx, one: Errand, realm: str) -> dict[str, bool]:
    """As what the posts stand there, by their native ids, that say the same in however few words; and whether
    this rule brought them: these are then likely said anew.
    """
    said = Said(one.post.text, one.post.created_at)
    same = [
        other.id
        for other in one.lately
        if alike(said, Said(other.text, other.created_at), one.frames, briefly=WINDOW)
    ]
    return {copy.native_id: id in one.when for id in same for copy in posts.in_realm(tx, id, realm)}


def briefly(one: Errand, *, of_this_rule: bool) -> timedelta:
    """Within which time few words are a copy: what the rule brought before is likely said anew, what somebody
    carried to it is likely not. Pure.
    """
    if one.carried:
        return WINDOW
    return BRIEFLY if of_this_rule else SOON


def _stands(tx: Tx, post_id: int, one: Errand) -> bool:
    """Whether a post stands where this one is to go, however it came there, or is on its way."""
    chats, accounts = {one.chat_id} - {None}, set()
    if one.account is not None:
        accounts = {held.id for held in people.is_own(tx, one.account.server, one.account.native_id)}
    there = [
        (copy.account_id, copy.chat_id) for copy in posts.copies(tx, post_id) if copy.role != posts.RECEIPT
    ]
    coming = [
        (d.account_id, d.chat_id) for d in deliveries.creates(tx, post_id) if d.state in deliveries.OPEN
    ]
    return any(account in accounts or chat in chats for account, chat in (*there, *coming))


PROGRAM = "bridgebot"  # as networks name what posts of other houses were written with


WHOSE = "whose"  # of a create: by what name the words say whose they are, for they are somebody else's


def history(tx: Tx, met: Met, post: Post) -> dict[str, Any]:
    """What is known of how a post came to where rules take it from: whether somebody carried it there, how
    many steps it is by rules, the next one counted, from where somebody else's bridge had brought it, and
    whose it is, where that is not who shows it there.
    """
    boosted = met.boost is not None and met.boost.by.id != met.author.id
    known = {WHOSE: post.author_handle or post.author_name} if boosted else {}
    if met.bridged:
        return {**known, "carried": True, "steps": 1}
    copy = posts.copy_at(tx, met.spot.realm, met.spot.native_id)
    if copy is not None and copy.delivery_id is not None:
        before = deliveries.delivery(tx, copy.delivery_id).arguments
        known |= {WHOSE: before[WHOSE]} if WHOSE in before else {}
        return {**known, "steps": before["steps"] + 1} if before.get("steps") else known
    return {**known, "carried": True} if (met.application or "").startswith(PROGRAM) else known
