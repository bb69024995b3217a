"""Threads that go on elsewhere: which answers a rule carries, in which order, and what comes in late.

A rule carries an answer only within one's own thread and only to where what it answers stands: an answer to
somebody else belongs to where they are. Parts of a thread that come before what they answer wait for it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from bridgebot.model import Post as Met
from bridgebot.store import Tx, deliveries, people, posts, routes
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Account, Delivery, Post


def goes_on(tx: Tx, post: Post, account: Account) -> bool:
    """Whether an answer that came in by a timeline goes on in this account. Where a part before it failed,
    it is queued all the same, so that it is named and can be tried again.
    """
    parent = posts.post(tx, post.parent_id) if post.parent_id is not None else None
    if parent is None or parent.user_id is None or parent.user_id != post.user_id:
        return False
    if posts.in_realm(tx, parent.id, account.server):
        return True
    brought = [d for d in deliveries.creates(tx, parent.id) if d.account_id == account.id]
    return bool(brought) and brought[-1].state in (*deliveries.OPEN, "failed")


def awaited(realm: str, native_id: str) -> str:
    """What a post waits for that answers something unknown."""
    return f"{realm} {native_id}"


def adopt(tx: Tx, post: Post, spot: Spot) -> None:
    """Those of its writer's that came before it and answer it are known to do so."""
    for answer in posts.awaiting(tx, awaited(spot.realm, spot.native_id)):
        if answer.user_id == post.user_id:
            posts.change(tx, answer.id, parent_id=post.id, awaits=None)


def behind(tx: Tx, post: Post, timeline_id: int) -> list[Post]:
    """The writer's own answers to a post that this timeline has shown already."""
    return [one for one in posts.answers(tx, post.id, timeline_id) if one.user_id == post.user_id]


def carried_thread(tx: Tx, post: Post) -> list[Delivery]:
    """What rules brought of a post and, to the same accounts, of its writer's thread below it: each part
    before what answers it. Nothing, where nothing of the post itself is there.
    """
    carried = _carried(tx, post)
    places, found, waiting = {_place(create) for create in carried}, [*carried], [post]
    while waiting:
        below = [one for one in posts.children(tx, waiting.pop(0).id) if one.user_id == post.user_id]
        waiting += below
        found += [create for one in below for create in _carried(tx, one) if _place(create) in places]
    return found


def _place(create: Delivery) -> tuple[int | None, int | None]:
    return create.account_id, create.chat_id


def _carried(tx: Tx, post: Post) -> list[Delivery]:
    """To accounts, groups and channels; of somebody else's rules nothing."""
    brought = [create for create in brought_by_rules(tx, post) if create.user_id == post.user_id]
    return [create for create in brought if create.state not in ("failed", "cancelled")]


def brought_by_rules(tx: Tx, post: Post) -> list[Delivery]:
    """What rules carried to accounts, and into groups and channels; not what follows show in chats."""
    made = [d for d in deliveries.creates(tx, post.id) if d.route_id is not None]
    return [d for d in made if d.account_id is not None or _is_carried(tx, d)]


def _is_carried(tx: Tx, create: Delivery) -> bool:
    chat = people.chat_by_id(tx, create.chat_id or 0)
    return not chat.direct and routes.route(tx, create.route_id or 0).verb in routes.CARRYING


def in_order(page: Sequence[Met]) -> Sequence[Met]:
    """A page with each post behind what it answers, and otherwise as it was. Pure."""
    first: dict[str, int] = {}
    for number, post in enumerate(page):
        first.setdefault(post.id, number)
    if all(first.get(post.reply_to or "", -1) < number for number, post in enumerate(page)):
        return page
    placed: dict[int, None] = {}
    for number in range(len(page)):
        placed |= dict.fromkeys(reversed(_up(page, first, placed, number)))
    return [page[number] for number in placed]


def _up(page: Sequence[Met], first: Mapping[str, int], placed: Container[int], number: int) -> list[int]:
    """An entry of a page and what it answers, up to what has its place already."""
    way: dict[int, None] = {}  # what answers itself, round about, ends it
    above: int | None = number
    while above is not None and above not in placed and above not in way:
        way[above] = None
        above = first.get(page[above].reply_to or "")
    return list(way)
