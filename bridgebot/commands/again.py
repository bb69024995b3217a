"""Trying again what did not come about, and doing again what was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bridgebot import asking, flow
from bridgebot.adapter import OnUnconfirmed
from bridgebot.commands import acts
from bridgebot.commands.finding import code, meant
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import deliveries, people, posts, talk
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Delivery, Inbox, Post

REDO_WITHIN = timedelta(days=1)  # after it was taken back


# --- retry -------------------------------------------------------------------------------------


def retry(exchange: Talk, argument: str, message: Message) -> None:
    """/retry ID, or as the answer to one's own post or its receipt."""
    found = meant(exchange, argument, message)
    if found is None:
        return
    if found.user_id != exchange.user.id:
        exchange.say("not-yours", code=code(exchange, found))
    else:
        retry_post(exchange, found)


def retry_post(exchange: Talk, found: Post) -> None:
    """Queue the parts of a post that failed; what may be out is looked for, or asked about, first."""
    work = flow.failed_parts(exchange.tx, exchange.house.networks, found)
    if not exchange.chat.direct:  # where its owner's own rules carried it is not the group's affair
        here = {d.account_id for d in deliveries.creates(exchange.tx, found.id) if d.route_id is None}
        work = [(delivery, how) for delivery, how in work if delivery.account_id in here]
    ways = [again(exchange, delivery, how) for delivery, how in work]
    if not ways:
        exchange.say("nothing-to-retry", code=code(exchange, found))
    elif "sent" in ways:
        exchange.say("retrying", code=code(exchange, found))
    elif "looking" in ways:
        exchange.say("retry-looking", code=code(exchange, found))


def again(exchange: Talk, delivery: Delivery, how: flow.Way) -> str:
    """Try one delivery again in the given way; what that means now: sent, looking or asked."""
    if how == "send":
        flow.send_again(exchange.tx, exchange.now, delivery)
        asking.put_aside(exchange.tx, exchange.now, exchange.house, exchange.user.id, "parked", delivery.id)
        return "sent"
    return _settle(exchange, delivery)


def _settle(exchange: Talk, delivery: Delivery) -> str:
    """It may be out: find that out before anything is sent."""
    deliveries.change(exchange.tx, delivery.id, state="unconfirmed")
    network = exchange.house.network(people.account(exchange.tx, delivery.account_id or 0).adapter)
    able = network.social if network is not None else None
    if able is not None and able.find and able.on_unconfirmed is OnUnconfirmed.LOOK:
        deliveries.queue(exchange.tx, exchange.now, look_order(exchange, delivery, tries=0))
        return "looking"
    options = ("there", "again")
    asking.ask_owner(
        exchange.tx, exchange.now, exchange.house, delivery, "unconfirmed", "unconfirmed-ask", options
    )
    return "asked"


def look_order(exchange: Talk, delivery: Delivery, **arguments: str | int) -> Order:
    """A look at what became of a delivery, or somebody's verdict: one module alone decides outcomes."""
    return Order(
        action="look",
        lane=f"look:{exchange.cause_id}:{delivery.id}",
        urgency=ANSWER,
        account_id=delivery.account_id,
        user_id=exchange.user.id,
        arguments={"of": delivery.id, **arguments},
    )


# --- answers to questions about a delivery -------------------------------------------------------


def unconfirmed(exchange: Talk, delivery_id: int, option: str) -> None:
    """The person's verdict on a call that had no answer."""
    delivery = deliveries.delivery(exchange.tx, delivery_id)
    deliveries.queue(exchange.tx, exchange.now, look_order(exchange, delivery, verdict=option))


def parked(exchange: Talk, delivery_id: int, option: str) -> None:
    """What was tried too often is tried again, or let be."""
    delivery = deliveries.delivery(exchange.tx, delivery_id)
    if delivery.state != "parked":
        exchange.say("queue-settled")
    elif option == "drop":
        flow.drop(exchange.tx, exchange.now, delivery)
        exchange.say("queue-dropped")
    else:
        flow.send_again(exchange.tx, exchange.now, delivery)
        exchange.say("queue-retried")


def replace(exchange: Talk, delivery_id: int, option: str) -> None:
    """An edited post stands on a network that cannot edit: it is posted anew, or left as it is."""
    create = deliveries.delivery(exchange.tx, delivery_id)
    post = posts.post(exchange.tx, create.post_id or 0)
    if option == "leave":
        exchange.say("replace-left", code=code(exchange, post))
    elif post.deleted_at is not None or not posts.copies_of_delivery(exchange.tx, create.id):
        exchange.say("deleted-already", code=code(exchange, post))
    else:
        flow.post_over(exchange.tx, exchange.now, create, unless_answered=False, cause_id=exchange.cause_id)
        exchange.say("replacing", code=code(exchange, post))


# --- redo --------------------------------------------------------------------------------------


def redo(exchange: Talk, argument: str, message: Message) -> None:
    """/redo: do again what was last taken back here; /redo ID: that post."""
    if argument.strip() or message.reply_to is not None:
        found = meant(exchange, argument, message)
        if found is None:
            return
        undone = _undone(exchange, _causes(exchange, found)) if found.user_id == exchange.user.id else None
    else:
        undone = talk.last_undone(exchange.tx, exchange.chat.id, exchange.user.id, exchange.now - REDO_WITHIN)
    if undone is None:
        exchange.say("nothing-to-redo")
    else:
        _redo(exchange, undone)


def _causes(exchange: Talk, found: Post) -> list[int]:
    """The messages that may have taken the post back, the latest first."""
    gone = deliveries.of_post(exchange.tx, found.id, "delete")
    made = [
        shown.cause_id for shown in deliveries.of_post(exchange.tx, found.id, "receipt") if shown.cause_id
    ]
    first = [row.undone_by for cause in made if (row := talk.inbox(exchange.tx, cause)) is not None]
    causes = [*(change.cause_id for change in gone), *first]
    return sorted({cause for cause in causes if cause is not None}, reverse=True)


def _undone(exchange: Talk, causes: Iterable[int]) -> Inbox | None:
    """The first of these messages that took something back, was the user's, and is not too old."""
    rows = (talk.inbox(exchange.tx, cause) for cause in causes)
    good = (
        row
        for row in rows
        if row is not None
        and row.undone_by == row.id
        and row.user_id == exchange.user.id
        and row.received_at > exchange.now - REDO_WITHIN
    )
    return next(good, None)


def _redo(exchange: Talk, undone: Inbox) -> None:
    """Each thing that the undo took back, by its inverse; the undo itself then counts no more."""
    talk.set_inbox(exchange.tx, undone.id, undone_by=exchange.cause_id)
    originals = talk.undone_by(exchange.tx, undone.id)
    back = _posts_of(exchange, originals)
    for post_id in back:
        _bring_back(exchange, posts.post(exchange.tx, post_id))
    shared = _shared(exchange, originals, undone)
    for create in shared:
        _share_again(exchange, create)
    switched = [s for row in (*originals, undone) for s in _switches(exchange, row.id, undone.id)]
    for switch in switched:
        _switch_again(exchange, switch)
    if back or shared:
        for row in originals:
            talk.set_inbox(exchange.tx, row.id, undone_by=None)  # it can be taken back once more
    if not (back or shared or switched):
        exchange.say("nothing-to-redo")


def _posts_of(exchange: Talk, originals: list[Inbox]) -> list[int]:
    """The posts that these messages had made and that were taken back whole."""
    done = [d for row in originals for d in deliveries.of_cause(exchange.tx, row.id)]
    made = dict.fromkeys(d.post_id for d in done if d.action == "receipt" and d.post_id)
    return [post_id for post_id in made if posts.post(exchange.tx, post_id).deleted_at is not None]


def _bring_back(exchange: Talk, post: Post) -> None:
    """The post, wherever it was or was about to be."""
    posts.change(exchange.tx, post.id, deleted_at=None)
    for create in deliveries.creates(exchange.tx, post.id):
        _create_again(exchange, create)
    flow.touch_receipts(exchange.tx, exchange.now, post, exchange.cause_id)
    exchange.say("redone-memo" if post.memo else "redoing", code=code(exchange, post))


def _create_again(exchange: Talk, create: Delivery) -> bool:
    account = people.account(exchange.tx, create.account_id) if create.account_id is not None else None
    if account is None or account.state == "unlinked":
        return False
    made = flow.bring_back(exchange.tx, exchange.now, create)
    post = posts.post(exchange.tx, create.post_id or 0)
    flow.bring_in_line(exchange.tx, exchange.now, post, account.server)
    return made


def _shared(exchange: Talk, originals: list[Inbox], undone: Inbox) -> list[Delivery]:
    """What was brought to one more place, by a command or by a rule, and was taken away from there."""
    causes = [row.id for row in originals]
    gone = [d for d in deliveries.of_cause(exchange.tx, undone.id) if d.action == "delete"]
    about = [d for cause in causes for d in deliveries.of_cause(exchange.tx, cause) if d.action == "create"]
    ids = {d.post_id for d in (*gone, *about) if d.post_id is not None}  # sorted: answers come later
    creates = [create for post_id in sorted(ids) for create in deliveries.creates(exchange.tx, post_id)]
    there = [c for c in creates if posts.post(exchange.tx, c.post_id or 0).deleted_at is None]
    taken = {(d.post_id, d.account_id) for d in gone}
    return [
        create
        for create in there
        if (create.post_id, create.account_id) in taken
        or (create.state == "cancelled" and (create.cause_id in causes or create.route_id is not None))
    ]


def _share_again(exchange: Talk, create: Delivery) -> None:
    post = posts.post(exchange.tx, create.post_id or 0)
    if post.memo:  # it had become one again; what it was shared with is not kept
        posts.change(exchange.tx, post.id, memo=False, audience=_audience(create) or post.audience)
    if _create_again(exchange, create):
        flow.touch_receipts(exchange.tx, exchange.now, post, exchange.cause_id)
        exchange.say("redoing", code=code(exchange, post))


def _audience(create: Delivery) -> str | None:
    audience: str | None = (create.result or {}).get("audience")
    return audience


def _switches(exchange: Talk, cause: int, undo: int) -> list[Delivery]:
    """What the undo switched back, and what it cancelled before it left."""
    done = [d for d in deliveries.of_cause(exchange.tx, cause) if d.action in acts.SWITCHES]
    if cause == undo:
        return [d for d in done if d.arguments.get("undo") and d.state not in ("failed", "cancelled")]
    return [d for d in done if d.state == "cancelled"]


def _switch_again(exchange: Talk, switch: Delivery) -> None:
    """As it was first asked for: the inverse of the inverse, behind it."""
    on = bool(switch.arguments["on"]) != bool(switch.arguments.get("undo"))
    arguments = {name: value for name, value in switch.arguments.items() if name != "undo"} | {"on": on}
    account = people.account(exchange.tx, switch.account_id or 0)
    made = acts.act(exchange, switch.action, account, arguments, post_id=switch.post_id)
    if made is not None and switch.state != "cancelled":
        deliveries.change(exchange.tx, made, after_id=switch.id)
