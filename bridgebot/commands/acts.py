"""What one does with a post: favourite, boost, edit, delete, undo, address, thread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bridgebot import flow
from bridgebot.commands import lent
from bridgebot.commands.finding import code, meant, split_first
from bridgebot.commands.rules import where
from bridgebot.dialog import Talk
from bridgebot.model import ANYBODY, Audience, Message
from bridgebot.render import clean_url, handle, one_line
from bridgebot.store import deliveries, faces, people, posts, talk
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Account, Copy, Delivery, Inbox, Post

MARKS = {"favourite": "★", "boost": "🔁", "bookmark": "🔖"}
SWITCHES = (*MARKS, "follow", "mute", "block")
UNDOABLE = ("create", *SWITCHES)
UNDO_UNASKED = timedelta(minutes=10)  # older things are named and asked about first
LOOK_BACK = 100  # messages among which /undo looks for one with something left to take back
EXCERPT = 40  # graphemes of a post that is named in a question


# --- favourite, boost, bookmark --------------------------------------------------------------------------


def favourite(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "favourite", on=True)


def unfavourite(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "favourite", on=False)


def boost(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "boost", on=True)


def unboost(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "boost", on=False)


def bookmark(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "bookmark", on=True)


def unbookmark(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "bookmark", on=False)


def _switch(exchange: Talk, argument: str, message: Message, action: str, *, on: bool) -> None:
    found = meant(exchange, argument, message)
    if found is not None:
        switch(exchange, found, action, on=on)


def is_on(exchange: Talk, found: Post, action: str) -> bool:
    """Whether the user's last word on this was on."""
    last = last_word(exchange, found, action)
    return last is not None and bool(last.arguments["on"])


def last_word(exchange: Talk, found: Post, action: str) -> Delivery | None:
    """What the user said last of a mark, as far as it may have been carried out."""
    done = deliveries.of_post(exchange.tx, found.id, action)
    mine = [d for d in done if d.user_id == exchange.user.id and d.state not in ("failed", "cancelled")]
    return mine[-1] if mine else None


def switch(exchange: Talk, found: Post, action: str, *, on: bool) -> None:
    """Set a mark on a post, or take it off, with the account that can."""
    account, copy = acting(exchange, found)
    if account is None or copy is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
    elif not able(exchange, account, action):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
    else:
        arguments = {"id": copy.native_id, "on": on, "code": code(exchange, found)}
        act(exchange, action, account, arguments, post_id=found.id)


def acting(exchange: Talk, found: Post) -> tuple[Account | None, Copy | None]:
    """The user's account that can act on the post, and the copy in that account's realm."""
    return flow.actor(exchange.tx, found, exchange.user.id)


def able(exchange: Talk, account: Account, what: str) -> bool:
    """Whether the account's network declares this ability."""
    return flow.able(account, exchange.house.network(account.adapter), what)


def act(
    exchange: Talk,
    action: str,
    account: Account,
    arguments: dict[str, Any],
    *,
    post_id: int | None = None,
    look: bool = False,
) -> int | None:
    """Queue a thing to do with an account; the chat is told when it ended."""
    order = Order(
        action=action,
        lane=f"look:{exchange.cause_id}:{account.id}" if look else f"account:{account.id}",
        urgency=ANSWER,
        post_id=None if look else post_id,
        account_id=account.id,
        cause_id=exchange.cause_id,
        user_id=exchange.user.id,
        arguments=arguments | {"answer": exchange.chat.id},
    )
    return deliveries.queue(exchange.tx, exchange.now, order)


# --- one's own posts ---------------------------------------------------------------------------


def own(exchange: Talk, found: Post | None) -> Post | None:
    """The post if it is the user's and still there; else says so."""
    if found is None:
        return None
    if found.user_id != exchange.user.id:
        exchange.say("not-yours", code=code(exchange, found))
        return None
    if found.deleted_at is not None:
        exchange.say("deleted-already", code=code(exchange, found))
        return None
    return found


def delete(exchange: Talk, found: Post) -> None:
    """What was made of it here goes. The receipt says how it went; a sentence does where there is none, or it
    changes where it stands.
    """
    if only_elsewhere(exchange, found):
        return
    flow.delete(exchange.tx, exchange.now, found, cause_id=exchange.cause_id)
    network = exchange.house.network(exchange.chat.adapter)
    in_place = network is not None and network.chat is not None and network.chat.edit
    if in_place or not deliveries.of_post(exchange.tx, found.id, "receipt"):
        gone = flow.settled(exchange.tx, found.id)
        exchange.say("deleted" if gone else "deleting", code=code(exchange, found))


def written_with(exchange: Talk, found: Post) -> Copy | None:
    """Where a post was written with another app, on an account that was linked."""
    there = (copy for copy in posts.copies(exchange.tx, found.id) if copy.role == posts.ORIGINAL)
    return next((copy for copy in there if copy.account_id is not None and copy.delivery_id is None), None)


def only_elsewhere(exchange: Talk, found: Post) -> bool:
    """Say where a post was written with another app, for there it stays as it is; whether it is on no other
    account: chats show what stands there.
    """
    copy = written_with(exchange, found)
    if copy is None:
        return False
    network = exchange.house.title(copy.adapter)
    exchange.say("stands-elsewhere", code=code(exchange, found), network=network, url=copy.url or "")
    return all(create.account_id is None for create in deliveries.creates(exchange.tx, found.id))


def undo(exchange: Talk, argument: str, message: Message) -> None:
    """/undo: take back the last thing done here; /undo ID: what was done by that post, or by rules with it;
    /undo ID NAME: from this account alone.

    What was done a while ago is named and asked about.
    """
    if argument.strip() or message.reply_to is not None:
        found = own(exchange, meant(exchange, argument, message))
        name = split_first(argument)[1].strip()
        if found is not None and name:
            where.take_named(exchange, found, name)
        elif found is not None:
            undo_post(exchange, found)
        return
    last = _last_done(exchange)
    if last is None:
        exchange.say("nothing-to-undo")
    else:
        _undo(exchange, last)


def undo_post(exchange: Talk, found: Post) -> None:
    """Take back a post that was written here; of one written elsewhere, the copies that rules made."""
    shown = deliveries.of_post(exchange.tx, found.id, "receipt")
    cause = next((d.cause_id for d in shown if d.cause_id is not None), None)
    made_here = talk.inbox(exchange.tx, cause) if cause is not None else None
    made = made_here is not None and found.id in _made_by(exchange, made_here.id)
    if made_here is not None and made and not _is_carried_from_a_group(exchange, found, made_here):
        _undo(exchange, made_here)
    else:
        _undo_copies(exchange, found)


def _is_carried_from_a_group(exchange: Talk, found: Post, made: Inbox) -> bool:
    """Whether it was written where others read, and this is the chat of whoever's rules carried it on."""
    there = people.chat_by_id(exchange.tx, made.chat_id) if made.chat_id is not None else None
    apart = there is not None and not there.direct and exchange.chat.direct
    return apart and bool(flow.carried_thread(exchange.tx, found))


def _undo(exchange: Talk, last: Inbox) -> None:
    if exchange.now - last.received_at > UNDO_UNASKED:
        text = exchange.text("undo-ask", what=exchange.listed(_done_by(exchange, last.id)))
        exchange.ask("undo", text, {"inbox": last.id}, ("undo", "no"))
    else:
        take_back(exchange, last.id)


def _undo_copies(exchange: Talk, found: Post) -> None:
    """The original stays where it was written. What of its thread rules carried there goes with it, the last
    part first, so that nothing stands under a gap.
    """
    thread = flow.carried_thread(exchange.tx, found)
    if thread:
        talk.set_inbox(exchange.tx, exchange.cause_id or 0, undone_by=exchange.cause_id)
    for create in reversed(thread):
        flow.unshare(exchange.tx, exchange.now, create, cause_id=exchange.cause_id)
    others = len({create.post_id for create in thread} - {found.id})
    key = "undoing-copies-of-thread" if others else "undoing-copies" if thread else "nothing-to-undo"
    exchange.say(key, code=code(exchange, found), number=others)


def _last_done(exchange: Talk) -> Inbox | None:
    """The last message here of whose effects something is left: not all was taken back otherwise."""
    found = talk.undoable(exchange.tx, exchange.chat.id, exchange.user.id, UNDOABLE, LOOK_BACK)
    return next((one for one in found if _done_by(exchange, one.id)), None)


def _done_by(exchange: Talk, inbox_id: int) -> list[str]:
    """What a message did, in words that name it."""
    shared = [d.post_id or 0 for d in _shares(exchange, inbox_id)]
    ids = dict.fromkeys([*_made_by(exchange, inbox_id), *shared])
    made = [posts.post(exchange.tx, post_id) for post_id in ids]
    named = [f"#{code(exchange, post)} “{one_line(post.text, EXCERPT)}”" for post in made]
    return named + [_in_words(exchange, switch) for switch in _switches(exchange, inbox_id)]


def _in_words(exchange: Talk, switch: Delivery) -> str:
    on = switch.arguments["on"]
    if switch.action not in MARKS:
        key = f"done-{'' if on else 'un'}{switch.action}"
        return exchange.text(key, who=handle(switch.arguments["handle"]))
    mark = f"{MARKS[switch.action]} {switch.arguments['code']}"
    return mark if on else exchange.text("done-off", what=mark)


def may_take_back(exchange: Talk, inbox_id: int) -> bool:
    """Whether what a message did is theirs to take back, as things stand now."""
    made = [posts.post(exchange.tx, post_id) for post_id in _made_by(exchange, inbox_id)]
    return all(p.user_id == exchange.user.id or lent.may_take_back(exchange, p) for p in made)


def take_back(exchange: Talk, inbox_id: int) -> None:
    """Undo what a message did, each thing by its inverse."""
    talk.set_inbox(exchange.tx, inbox_id, undone_by=exchange.cause_id)
    # The inverse of an inverse would do it again: what takes back is not itself taken back.
    talk.set_inbox(exchange.tx, exchange.cause_id or 0, undone_by=exchange.cause_id)
    for post_id in _made_by(exchange, inbox_id):
        delete(exchange, posts.post(exchange.tx, post_id))
    for create in _shares(exchange, inbox_id):
        _unshare(exchange, create)
    for switch in _switches(exchange, inbox_id):
        _invert(exchange, switch)


def _made_by(exchange: Talk, inbox_id: int) -> list[int]:
    """The posts that a message made, those with its receipt, and that are still there."""
    done = deliveries.of_cause(exchange.tx, inbox_id)
    made = dict.fromkeys(d.post_id for d in done if d.action == "receipt" and d.post_id)
    return [post_id for post_id in made if posts.post(exchange.tx, post_id).deleted_at is None]


def _shares(exchange: Talk, inbox_id: int) -> list[Delivery]:
    """What brought a post that was there before to more places."""
    made = _made_by(exchange, inbox_id)
    done = deliveries.of_cause(exchange.tx, inbox_id)
    brought = [d for d in done if d.action == "create" and d.post_id and d.post_id not in made]
    return [d for d in brought if posts.post(exchange.tx, d.post_id or 0).deleted_at is None]


def _unshare(exchange: Talk, create: Delivery) -> None:
    """Only what the sharing brought goes; a memo is a memo again."""
    post_id = create.post_id or 0
    audience = posts.post(exchange.tx, post_id).audience
    written_here = any(
        one.role == posts.ORIGINAL and one.chat_id for one in posts.copies(exchange.tx, post_id)
    )
    brought = deliveries.creates(exchange.tx, post_id)
    if written_here and all(other.cause_id == create.cause_id for other in brought):
        posts.change(exchange.tx, post_id, memo=True, audience=Audience.DIRECT.value)
    flow.unshare(exchange.tx, exchange.now, create, cause_id=exchange.cause_id)
    kept = (create.result or {}) | {"audience": audience}  # for a redo
    deliveries.change(exchange.tx, create.id, result=kept)
    account = people.account(exchange.tx, create.account_id or 0)
    found = posts.post(exchange.tx, post_id)
    exchange.say("unsharing", code=code(exchange, found), network=exchange.house.title(account.adapter))


def _switches(exchange: Talk, inbox_id: int) -> list[Delivery]:
    """What a message switched on or off and what may have worked."""
    done = deliveries.of_cause(exchange.tx, inbox_id)
    return [d for d in done if d.action in SWITCHES and d.state not in ("failed", "cancelled")]


def _invert(exchange: Talk, delivery: Delivery) -> None:
    """Each action names its inverse; one that has not left yet is simply cancelled."""
    account = people.account(exchange.tx, delivery.account_id or 0)
    arguments = delivery.arguments | {"on": not delivery.arguments["on"], "undo": True}
    if flow.untouched(exchange.tx, delivery):
        flow.cancel(exchange.tx, exchange.now, delivery)
        exchange.say("undone-in-time")
    else:
        made = act(exchange, delivery.action, account, arguments, post_id=delivery.post_id)
        if made is not None:
            deliveries.change(exchange.tx, made, after_id=delivery.id)


# --- looking -----------------------------------------------------------------------------------


def url(exchange: Talk, argument: str, message: Message) -> None:
    """/url ID: every address of a post."""
    found = meant(exchange, argument, message)
    if found is None:
        return
    exchange.write(
        "\n".join(_addresses(exchange, found)) or exchange.text("url-none", code=code(exchange, found))
    )


def _addresses(exchange: Talk, found: Post) -> list[str]:
    """All of one's own post; of another user's only the one that was shown here."""
    if not exchange.chat.direct and found.seen_by not in ANYBODY:
        return []  # whatever it was when it came here
    if found.user_id not in (None, exchange.user.id):
        urls = [faces.face(exchange.tx, found, exchange.chat).url]
    else:
        urls = [found.url, *(copy.url for copy in posts.copies(exchange.tx, found.id))]
    return list(dict.fromkeys(clean_url(url) for url in urls if url))


def thread(exchange: Talk, argument: str, message: Message) -> None:
    """/thread ID: the conversation that a post stands in."""
    found = meant(exchange, argument, message)
    if found is None:
        return
    account, copy = acting(exchange, found)
    if account is None or copy is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
    elif not able(exchange, account, "thread"):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
    else:
        act(exchange, "thread", account, {"id": copy.native_id, "code": code(exchange, found)}, look=True)
