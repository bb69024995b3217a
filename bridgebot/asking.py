"""Asking whose something is, on the bot's own accord: about what stands still, or an expired account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bridgebot.dialog import RELINK_LIFE, House, Talk, close, language_in, on_its_own
from bridgebot.store import Tx, deliveries, lanes, people, posts, routes, talk
from bridgebot.store.rows import Account, Chat, Delivery

LONG_LIFE = timedelta(days=30)  # of a question about something that waits for its answer
EXCERPT = 60  # characters of a post that is named in a question


def expire_account(tx: Tx, now: datetime, house: House, account_id: int) -> None:
    """Hold an account's lane and timelines, and tell its owner once."""
    account = people.account(tx, account_id)
    lanes.hold(tx, f"account:{account_id}", "auth")
    routes.hold_timelines(tx, account_id, "auth")
    if account.state == "active":
        people.set_account(tx, account_id, state="expired")
        _offer_relink(tx, now, house, account)


def _offer_relink(tx: Tx, now: datetime, house: House, account: Account) -> None:
    """One message, with a button where the chat has them; its words name the command."""
    chat = people.direct_chat(tx, account.user_id)
    if chat is None:
        return
    exchange = on_its_own(tx, now, house, chat, account.user_id)
    network = house.title(account.adapter)
    text = exchange.text("account-expired-notice", network=network, name=account.name)
    exchange.ask("relink", text, {"account": account.id}, ("relink",), hint=False, life=RELINK_LIFE)


def ask_owner(
    tx: Tx, now: datetime, house: House, delivery: Delivery, kind: str, key: str, options: Sequence[str]
) -> None:
    """Ask whose delivery it is what shall become of it, where they wrote it; an older question about it is
    put aside.
    """
    chat = _home(tx, delivery)
    if chat is None or delivery.user_id is None or delivery.account_id is None:
        return
    put_aside(tx, now, house, delivery.user_id, kind, delivery.id)
    account, user = people.account(tx, delivery.account_id), people.user(tx, delivery.user_id)
    language = language_in(tx, house, chat, user.id)
    told = Talk(tx, now, house, chat, user, language, delivery.cause_id)
    names = {"network": house.title(account.adapter), "name": account.name}
    text = told.text(key, **names, excerpt=_excerpt(tx, delivery))
    told.ask(kind, text, {"delivery": delivery.id}, options, life=LONG_LIFE)


def _home(tx: Tx, delivery: Delivery) -> Chat | None:
    """Where the user is spoken to about a delivery: where they asked for it, if that is their own chat."""
    if delivery.user_id is None:
        return None
    cause = talk.inbox(tx, delivery.cause_id) if delivery.cause_id is not None else None
    if cause is not None and cause.chat_id is not None:
        chat = people.chat_by_id(tx, cause.chat_id)
        if chat.direct and chat.open and people.owner_of(tx, chat) == delivery.user_id:
            return chat
    return people.direct_chat(tx, delivery.user_id)


def _excerpt(tx: Tx, delivery: Delivery) -> str:
    """The beginning of its post; of a look, that of the post which is looked for."""
    if "of" in delivery.arguments:
        delivery = deliveries.delivery(tx, delivery.arguments["of"])
    text = posts.post(tx, delivery.post_id).text if delivery.post_id is not None else ""
    line = " ".join(text.split())  # on a line of its own it could pass for the bot's
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def put_aside(tx: Tx, now: datetime, house: House, user_id: int, kind: str, delivery_id: int) -> None:
    """Close the questions of a kind about a delivery: they were settled otherwise."""
    for question in talk.open_of_user(tx, now, user_id):
        if question.kind == kind and talk.arguments(tx, question).get("delivery") == delivery_id:
            close(tx, now, house, question)
