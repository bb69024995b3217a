"""What one does with a post: favourite, boost, edit, delete, undo, address, thread."""

from __future__ import annotations

from typing import Any

from bridgebot import flow
from bridgebot.adapter import SocialCapabilities
from bridgebot.commands.compose import code, find_post
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import deliveries, faces, people, posts, talk
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Account, Copy, Delivery, Post

UNDOABLE = ("create", "favourite", "boost", "follow")


# --- favourite, boost --------------------------------------------------------------------------


def favourite(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "favourite", on=True)


def unfavourite(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "favourite", on=False)


def boost(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "boost", on=True)


def unboost(exchange: Talk, argument: str, message: Message) -> None:
    _switch(exchange, argument, message, "boost", on=False)


def _switch(exchange: Talk, argument: str, message: Message, action: str, *, on: bool) -> None:
    found = meant(exchange, argument, message)
    if found is None:
        return
    account, copy = acting(exchange, found)
    if account is None or copy is None:
        exchange.say("no-account-for-post", code=code(exchange, found))
    elif not able(exchange, account, action):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
    else:
        arguments = {"id": copy.native_id, "on": on, "code": code(exchange, found)}
        act(exchange, action, account, arguments, post_id=found.id)


def meant(exchange: Talk, argument: str, message: Message) -> Post | None:
    """The post that a command is about: named, or answered natively; says so when there is none."""
    if argument.strip():
        found = find_post(exchange, argument.split()[0])
    else:
        found = posts.by_message(exchange.tx, exchange.chat, message.reply_to)
    if found is None:
        exchange.say("no-such-post", which=argument.strip() or "?")
    return found


def acting(exchange: Talk, found: Post) -> tuple[Account | None, Copy | None]:
    """The user's account that can act on the post, and the copy in that account's realm."""
    tx, user_id = exchange.tx, exchange.user.id
    reader = flow.reader(tx, found, user_id)
    mine = people.accounts(tx, user_id)
    ordered = sorted(mine, key=lambda account: account.id != reader)
    for account in ordered:
        copies = posts.in_realm(tx, found.id, account.server)
        if copies:
            return account, copies[0]
    return None, None


def able(exchange: Talk, account: Account, what: str) -> bool:
    """Whether the account's network declares this ability."""
    network = exchange.house.network(account.adapter)
    capabilities: SocialCapabilities | None = network.social if network else None
    return bool(capabilities and getattr(capabilities, what))


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


def edit(exchange: Talk, argument: str, message: Message) -> None:
    """/edit ID TEXT."""
    which, _, text = argument.strip().partition(" ")
    found = _own(exchange, which, message)
    if found is None:
        return
    if not text.strip():
        exchange.say("usage-edit")
        return
    flow.edit(
        exchange.tx,
        exchange.now,
        found,
        text.lstrip(),
        found.warning,
        exchange.house.networks,
        at=exchange.now,
        cause_id=exchange.cause_id,
    )
    if not deliveries.creates(exchange.tx, found.id):
        exchange.say("edited", code=code(exchange, found))


def delete(exchange: Talk, argument: str, message: Message) -> None:
    """/del ID, or as the answer to one's own post or its receipt."""
    found = _own(exchange, argument, message)
    if found is not None:
        _delete(exchange, found)


def _own(exchange: Talk, which: str, message: Message) -> Post | None:
    found = meant(exchange, which, message)
    if found is None:
        return None
    if found.user_id != exchange.user.id:
        exchange.say("not-yours", code=code(exchange, found))
        return None
    if found.deleted_at is not None:
        exchange.say("deleted-already", code=code(exchange, found))
        return None
    return found


def _delete(exchange: Talk, found: Post) -> None:
    """The receipt says how it went; where there is none, a sentence does."""
    flow.delete(exchange.tx, exchange.now, found, cause_id=exchange.cause_id)
    if not deliveries.of_post(exchange.tx, found.id, "receipt"):
        exchange.say("deleted", code=code(exchange, found))


def undo(exchange: Talk, argument: str, message: Message) -> None:
    """/undo: take back the last thing done here."""
    last = talk.last_undoable(exchange.tx, exchange.chat.id, exchange.user.id, UNDOABLE)
    if last is None:
        exchange.say("nothing-to-undo")
        return
    talk.set_inbox(exchange.tx, last.id, undone_by=exchange.cause_id)
    done = [d for d in deliveries.of_cause(exchange.tx, last.id) if d.action in UNDOABLE]
    for post_id in dict.fromkeys(d.post_id for d in done if d.action == "create"):
        found = posts.post(exchange.tx, post_id or 0)
        if found.deleted_at is None:
            _delete(exchange, found)
    for delivery in done:
        if delivery.action != "create":
            _invert(exchange, delivery)


def _invert(exchange: Talk, delivery: Delivery) -> None:
    """Each action names its inverse; one that has not left yet is simply cancelled."""
    account = people.account(exchange.tx, delivery.account_id or 0)
    arguments = delivery.arguments | {"on": not delivery.arguments["on"], "undo": True}
    if delivery.state == "queued":
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
    if found.user_id not in (None, exchange.user.id):
        urls = [faces.face(exchange.tx, found, exchange.chat).url]
    else:
        urls = [found.url, *(copy.url for copy in posts.copies(exchange.tx, found.id))]
    return list(dict.fromkeys(url for url in urls if url))


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
