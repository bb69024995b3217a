"""What became of a post of one's own: every version of it, and what happened on each network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bridgebot.commands import lent
from bridgebot.commands.finding import code, meant
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import MARK, clean_url, clock, marked
from bridgebot.store import deliveries, grants, people, posts, talk, versions
from bridgebot.store.rows import Delivery, Post
from bridgebot.texts import spaced

_NOT_TOLD = ("edit", "cancelled")  # another text went there instead


def history(exchange: Talk, argument: str, message: Message) -> None:
    """/history ID, or as the answer to one's own post or its receipt."""
    found = meant(exchange, argument, message)
    if found is None:
        return
    if found.user_id != exchange.user.id:
        exchange.say("not-yours", code=code(exchange, found))
        return
    head = exchange.text("history-head", code=code(exchange, found))
    lines = [head, *_written(exchange, found), *_versions(exchange, found), *_events(exchange, found)]
    exchange.write("\n".join(lines))


def _written(exchange: Talk, found: Post) -> list[str]:
    """By whom and in which group, where the account was lent to it."""
    byline = grants.byline(exchange.tx, found.id)
    if byline is None:
        return []
    chat = people.chat_by_id(exchange.tx, byline.chat_id)
    there = replace(exchange, chat=chat)
    who = lent.person_name(there, byline.author_id) if byline.author_id is not None else "?"
    if byline.approver_id is None:
        return [exchange.text("history-written", who=who, group=lent.title(chat))]
    by = lent.person_name(there, byline.approver_id)
    return [exchange.text("history-let-out", who=who, by=by, group=lent.title(chat))]


def _when(exchange: Talk, at: datetime) -> str:
    return clock(at, exchange.now, exchange.user.timezone or exchange.house.timezone)


def _versions(exchange: Talk, found: Post) -> list[str]:
    """What it said, and since when."""
    said = [(version.at, version.text) for version in versions.of_post(exchange.tx, found.id)]
    said.append((found.edited_at or found.created_at, found.text))
    return [spaced(_when(exchange, at), _words(exchange, text)) for at, text in said]


def _words(exchange: Talk, text: str) -> str:
    return f"{MARK}{marked(text)}" if text else exchange.text("history-wiped")


def _events(exchange: Talk, found: Post) -> list[str]:
    """One line for each thing that was to be done on a network, in the order in which it ended; what has
    not ended stands last.
    """
    work = [
        d
        for action in ("create", "edit", "delete")
        for d in deliveries.of_post(exchange.tx, found.id, action)
    ]
    told = [d for d in work if d.account_id is not None and (d.action, d.state) != _NOT_TOLD]
    ended = sorted(told, key=lambda d: (d.ended_at is None, d.ended_at or d.created_at, d.id))
    return [_event(exchange, delivery) for delivery in ended]


def _event(exchange: Talk, delivery: Delivery) -> str:
    network = exchange.house.title(people.account(exchange.tx, delivery.account_id or 0).adapter)
    at = _when(exchange, delivery.ended_at or delivery.created_at)
    words = [exchange.text("history-event", time=at, network=network, what=_what(exchange, delivery))]
    if delivery.attempts > 1:
        words.append(exchange.text("history-tried", times=delivery.attempts))
    if delivery.action == "create" and delivery.state == "sent":
        copies = posts.copies_of_delivery(exchange.tx, delivery.id)
        words += [clean_url(copy.url) for copy in copies[:1] if copy.url]
    if delivery.error and delivery.state != "sent":
        error = delivery.error
        reason = exchange.text(error["key"], **error.get("arguments", {}))
        words.append(exchange.text("history-because", reason=reason))
    return spaced(*words)


def _what(exchange: Talk, delivery: Delivery) -> str:
    """In one word where it came about, else what was asked for and how far it has come."""
    if delivery.state != "sent":
        state = exchange.text(f"history-{delivery.state}")
        return (
            state if delivery.action == "create" else exchange.text(f"history-{delivery.action}", state=state)
        )
    match delivery.action:
        case "create":
            return exchange.text("history-posted")
        case "edit":
            return exchange.text("history-edited")
        case _:
            return exchange.text("history-taken-back" if _was_undo(exchange, delivery) else "history-deleted")


def _was_undo(exchange: Talk, deletion: Delivery) -> bool:
    cause = talk.inbox(exchange.tx, deletion.cause_id) if deletion.cause_id is not None else None
    return cause is not None and cause.undone_by is not None
