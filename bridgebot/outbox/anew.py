"""Where a post cannot be edited, it is deleted and posted anew: unasked only while nobody can mind."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridgebot import asking, flow
from bridgebot.dialog import House
from bridgebot.errors import AdapterError, Rejected, Unsupported
from bridgebot.outbox.ended import ended, words
from bridgebot.store import Tx, deliveries, lanes, people, posts
from bridgebot.store.rows import Delivery

UNASKED = timedelta(minutes=5)  # after it was posted


def instead(tx: Tx, now: datetime, house: House, edit: Delivery) -> None:
    """An edit is due on a network that knows none: the post is replaced, or its writer asked."""
    lanes.release(tx, edit)
    create = deliveries.delivery(tx, flow.target(edit) or 0)
    newest = [
        made for made in deliveries.creates(tx, edit.post_id or 0) if made.account_id == edit.account_id
    ]
    if newest[-1].id != create.id:  # it is on its way anew, with these very words
        deliveries.end(tx, now, edit.id, "cancelled")
    elif not posts.copies_of_delivery(tx, create.id):
        deliveries.end(tx, now, edit.id, "failed", error=words(Rejected("error-no-id")))
    elif not _can_delete(tx, house, edit):
        deliveries.end(tx, now, edit.id, "failed", error=words(Unsupported()))
    elif _nobody_minds(tx, now, house, create):
        deliveries.end(tx, now, edit.id, "cancelled")
        flow.post_over(tx, now, create, unless_answered=True, cause_id=edit.cause_id)
    else:
        deliveries.end(tx, now, edit.id, "failed", error=words(Unsupported("edit-asked")))
        _ask(tx, now, house, create)
    ended(tx, now, house, [edit])


def _can_delete(tx: Tx, house: House, edit: Delivery) -> bool:
    account = people.account(tx, edit.account_id or 0)
    return flow.able(account, house.network(account.adapter), "delete")


def _nobody_minds(tx: Tx, now: datetime, house: House, create: Delivery) -> bool:
    """Posted a moment ago, and as far as is known nobody has answered, liked or boosted it; of who voted in a
    poll nobody is told.
    """
    if create.ended_at is None or now - create.ended_at > UNASKED or _has_poll(tx, house, create):
        return False
    liked = any(copy.met_at for copy in posts.copies_of_delivery(tx, create.id))
    return not liked and not posts.is_answered(tx, create.post_id or 0)


def _has_poll(tx: Tx, house: House, create: Delivery) -> bool:
    account = people.account(tx, create.account_id or 0)
    post = posts.post(tx, create.post_id or 0)
    return flow.ballot(post, account, house.network(account.adapter)) is not None


def _ask(tx: Tx, now: datetime, house: House, create: Delivery) -> None:
    asking.ask_owner(tx, now, house, create, "replace", "replace-ask", ("anew", "leave"))


def not_deleted(tx: Tx, now: datetime, house: House, deletion: Delivery, error: AdapterError) -> None:
    """The old post stays; if only because somebody answered it meanwhile, its writer is asked."""
    flow.still_there(tx, now, deletion)
    if error.key == "edit-answered":
        deliveries.change(tx, deletion.id, error=words(Unsupported("edit-asked")))
        _ask(tx, now, house, deliveries.delivery(tx, flow.target(deletion) or 0))
