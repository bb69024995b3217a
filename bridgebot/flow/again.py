"""Doing again what did not come about, or what was taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from bridgebot.adapter import Network
from bridgebot.errors import Withheld
from bridgebot.flow.audiences import as_meant, must_warn, refusal
from bridgebot.flow.changes import NARROWED, again, cancel, follow_up, is_unwanted, target, untouched
from bridgebot.flow.circles import WHOSE
from bridgebot.flow.receipts import touch_receipts
from bridgebot.model import Audience
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.deliveries import ANSWER, FOLLOW_UP, Order
from bridgebot.store.rows import Delivery, Post

# Errors after which the same would end the same: what it was about is gone, or the network cannot do it.
USELESS = ("TargetGone", "Unsupported")
GENERATION = "generation"  # of what brings a post to a place where it was before
_KEPT = ("audience", "boosted_by", WHOSE)  # arguments that hold for every generation
WANTING = ("skip-no-parent", "error-after-failed")  # keys of errors: what had to be there before was not
# How a delivery goes on when it is tried again. `settle`: it may be out, so that must be found out first.
Way = Literal["send", "settle", "not"]


def way(tx: Tx, networks: Mapping[str, Network], delivery: Delivery) -> Way:
    """Whether trying a delivery again can help, and how."""
    if delivery.chat_id is not None:
        return "send" if _was_withheld(tx, delivery) else "not"
    if delivery.account_id is None or people.account(tx, delivery.account_id).state == "unlinked":
        return "not"
    if delivery.action == "create" and is_unwanted(tx, delivery):
        return "not"
    if delivery.state == "unconfirmed":
        return "settle"
    if delivery.state == "parked":
        return "send"
    if delivery.state != "failed" or (delivery.error or {}).get("kind") in USELESS:
        return "not"
    if delivery.action == "create":
        return _way_of_create(tx, networks, delivery)
    return "send" if _stands(tx, delivery) else "not"


def _was_withheld(tx: Tx, delivery: Delivery) -> bool:
    """Whether a rule only did not carry a post into a chat."""
    withheld = delivery.state == "failed" and (delivery.error or {}).get("kind") == Withheld.__name__
    return withheld and posts.post(tx, delivery.post_id or 0).deleted_at is None


def _way_of_create(tx: Tx, networks: Mapping[str, Network], create: Delivery) -> Way:
    """What was refused or left out; an answer goes where what it answers is, or is about to be."""
    post = posts.post(tx, create.post_id or 0)
    account = people.account(tx, create.account_id or 0)
    network = networks.get(account.adapter)
    audience, warning = as_meant(tx, post)
    said = create.arguments.get("audience")
    warned = bool(warning) or must_warn(post.emphasis, network)
    meant = Audience(said) if said else audience
    if post.deleted_at is not None or refusal(meant, warned, post.parent_id is not None, network):
        return "not"
    before = deliveries.delivery(tx, create.after_id) if create.after_id is not None else None
    if before is not None and before.state in ("failed", "cancelled") and before.action != "delete":
        return "not"
    if (
        post.parent_id is not None
        and before is None
        and not posts.in_realm(tx, post.parent_id, account.server)
    ):
        return "not"
    return "settle" if _may_be_out(tx, create) else "send"


def _may_be_out(tx: Tx, create: Delivery) -> bool:
    """A call had no answer once and a later one was refused: the first may have been heard."""
    return bool(create.arguments.get("unanswered"))


def _stands(tx: Tx, change: Delivery) -> bool:
    """Whether what an edit or a deletion is about is there; of several edits only the last is tried."""
    made_by = target(change)
    later = [c for c in deliveries.changes(tx, change) if c.id > change.id and target(c) == made_by]
    superseded = any(c.action == "delete" or change.action == "edit" for c in later if c.state != "cancelled")
    return made_by is not None and bool(posts.copies_of_delivery(tx, made_by)) and not superseded


def failed_parts(tx: Tx, networks: Mapping[str, Network], post: Post) -> Sequence[tuple[Delivery, Way]]:
    """What of a post did not come about on networks and can be tried again."""
    found = []
    for create in deliveries.creates(tx, post.id):
        work = [create, *(c for c in deliveries.changes(tx, create) if c.state in ("failed", "parked"))]
        found += [(one, how) for one in work if (how := way(tx, networks, one)) != "not"]
    return found


def send_again(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """Queue once more what failed or was parked: never what is out.

    What was refused is asked for as something new, with new keys; what only was not heard is sent as
    it was frozen, with the same key.
    """
    if delivery.state == "failed":
        _renew(tx, delivery)
    before = deliveries.delivery(tx, delivery.after_id) if delivery.after_id is not None else None
    if before is not None and before.action == "delete" and before.state in ("failed", "parked"):
        send_again(tx, now, before)
    elif before is not None and before.state == "failed" and delivery.action != "create":
        deliveries.change(
            tx, delivery.id, after_id=None, arguments=delivery.arguments | {"made_by": before.id}
        )
    times = deliveries.delivery(tx, delivery.id).arguments | {"again": delivery.arguments.get("again", 0) + 1}
    attempts = 1 if deliveries.parts(tx, delivery.id) else 0  # 0 means that nothing of it is frozen
    values = {"state": "queued", "due_at": now, "attempts": attempts, "error": None}
    deliveries.change(tx, delivery.id, arguments=times, **values)
    if delivery.post_id is not None:
        _catch_up(tx, now, delivery)
        touch_receipts(tx, now, posts.post(tx, delivery.post_id), None)
        if delivery.action == "create":
            _those_behind(tx, now, delivery)


def _those_behind(tx: Tx, now: datetime, create: Delivery) -> None:
    """Parts of a thread that did not come about for want of this one go after it."""
    for answer in posts.children(tx, create.post_id or 0):
        made = [d for d in deliveries.creates(tx, answer.id) if d.account_id == create.account_id]
        for waiting in made[-1:]:
            wanting = waiting.state == "failed" and (waiting.error or {}).get("key") in WANTING
            if wanting and answer.deleted_at is None and not is_unwanted(tx, waiting):
                deliveries.change(tx, waiting.id, after_id=create.id)
                send_again(tx, now, deliveries.delivery(tx, waiting.id))


def _renew(tx: Tx, delivery: Delivery) -> None:
    """Rendered anew if nothing of it is out; else the parts that are missing get new keys."""
    parts = deliveries.parts(tx, delivery.id)
    out = any(part.native_ids is not None for part in deliveries.seen(parts))
    if out and delivery.action == "create":
        missing = [part.number for part in parts if part.native_ids is None]
        deliveries.rekey(tx, delivery.id, missing)
    else:
        deliveries.thaw(tx, delivery.id)


def _catch_up(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """The post was edited while the rest of its thread was missing: that goes there afterwards."""
    if delivery.action != "create" or delivery.state != "failed":
        return
    post = posts.post(tx, delivery.post_id or 0)
    out = posts.copies_of_delivery(tx, delivery.id)
    if any(copy.version < post.version for copy in out):
        again = delivery.arguments.get("again", 0) + 1
        follow_up(tx, now, delivery, "edit", f"v{post.version}:{again}", None)


def drop(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """Give up what is parked or unconfirmed: nothing sends it any more."""
    cancel(tx, now, delivery)
    if delivery.state == "unconfirmed":  # it may be out, and is never blindly sent again
        arguments = delivery.arguments | {"unanswered": True}
        error = {"key": "error-unconfirmed"}
        deliveries.change(tx, delivery.id, state="failed", arguments=arguments, error=error)
    if delivery.post_id is not None:
        touch_receipts(tx, now, posts.post(tx, delivery.post_id), None)


def post_anew(
    tx: Tx,
    now: datetime,
    create: Delivery,
    *,
    after_id: int | None,
    cause_id: int | None,
    urgency: int = ANSWER,
    anew: bool = False,
) -> int | None:
    """A new generation of what a delivery once brought: another delivery, so with other keys."""
    number = len(deliveries.of_post(tx, create.post_id or 0, "create"))
    said = {name: create.arguments[name] for name in _KEPT if name in create.arguments}
    return deliveries.queue(
        tx,
        now,
        Order(
            action="create",
            lane=create.lane,
            urgency=urgency,
            once=f"create:{create.post_id}:{_place(tx, create)}:{number}",
            after_id=after_id,
            post_id=create.post_id,
            chat_id=create.chat_id,
            account_id=create.account_id,
            route_id=create.route_id,
            cause_id=cause_id,
            user_id=create.user_id,
            arguments=said | {GENERATION: number} | ({"anew": True} if anew else {}),
        ),
    )


def _place(tx: Tx, create: Delivery) -> str:
    if create.account_id is None:
        return f"chat:{create.chat_id}"
    account = people.account(tx, create.account_id)
    return f"{account.server}:{account.native_id}"


def bring_back(tx: Tx, now: datetime, create: Delivery) -> bool:
    """Undo a deletion: one that has not left or did not work is dropped, for nobody is to try it again; else
    the post comes there once more.
    """
    deletions = [c for c in deliveries.changes(tx, create) if c.action == "delete" and c.id > create.id]
    deletions = [change for change in deletions if change.state != "cancelled"]
    for change in deletions:
        if untouched(tx, change) or (change.state == "failed" and not change.arguments.get(NARROWED)):
            deliveries.end(tx, now, change.id, "cancelled")
    left = [c for c in deletions if deliveries.delivery(tx, c.id).state != "cancelled"]
    if create.state == "cancelled" or any(change.state != "failed" for change in left):
        after = left[-1].id if left and left[-1].state in deliveries.OPEN else None
        return post_anew(tx, now, create, after_id=after, cause_id=create.cause_id) is not None
    _edit_anew(tx, now, create)
    return bool(deletions)


def _edit_anew(tx: Tx, now: datetime, create: Delivery) -> None:
    """The last edit was dropped for a deletion that was dropped in turn: it is due once more."""
    edits = [c for c in deliveries.changes(tx, create) if c.action == "edit" and target(c) == create.id]
    if edits and edits[-1].state == "cancelled" and not untouched(tx, create):
        version = posts.post(tx, create.post_id or 0).version
        follow_up(tx, now, create, "edit", f"v{version}:{len(edits)}", None)


# --- where a post cannot be edited -------------------------------------------------------------


def post_over(
    tx: Tx, now: datetime, create: Delivery, *, unless_answered: bool, cause_id: int | None
) -> None:
    """Delete a post and post it anew with the words that it has by then.

    The create is queued in the unit in which the deletion has ended: a crash between the two loses nothing.
    """
    made = follow_up(tx, now, create, "delete", again(tx, create), cause_id)
    if made is not None:
        arguments = {"anew": True} | ({"unless_answered": True} if unless_answered else {})
        deliveries.change(tx, made, arguments=arguments)
        touch_receipts(tx, now, posts.post(tx, create.post_id or 0), cause_id)


def after_deletion(tx: Tx, now: datetime, deletion: Delivery) -> None:
    """It is deleted: post it anew, unless it was taken back meanwhile. Answers wait for the new one."""
    create = deliveries.delivery(tx, target(deletion) or 0)
    post = posts.post(tx, deletion.post_id or 0)
    later = [c for c in deliveries.changes(tx, create) if c.action == "delete" and c.id > deletion.id]
    if post.deleted_at is not None or any(change.state != "cancelled" for change in later):
        return
    made = post_anew(
        tx, now, create, after_id=deletion.id, cause_id=deletion.cause_id, urgency=FOLLOW_UP, anew=True
    )
    for waiting in deliveries.waiting_on(tx, deletion.id):
        if waiting.id != made and waiting.post_id != post.id:
            deliveries.change(tx, waiting.id, after_id=made)


def still_there(tx: Tx, now: datetime, deletion: Delivery) -> None:
    """It could not be deleted: answers that waited for the new one go under the old one."""
    for waiting in deliveries.waiting_on(tx, deletion.id):
        if waiting.post_id != deletion.post_id:
            deliveries.change(tx, waiting.id, after_id=None, due_at=now)


__all__ = [
    "GENERATION",
    "after_deletion",
    "bring_back",
    "drop",
    "failed_parts",
    "post_anew",
    "post_over",
    "send_again",
    "still_there",
    "way",
]
