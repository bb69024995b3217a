"""What waited for long is asked about: one question for each account or chat, only where it was meant for.

The question is the outcome; when its time is over, what it is about stays kept, and `/held` asks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridgebot import dialog
from bridgebot.commands.finding import code
from bridgebot.dialog import House, Talk
from bridgebot.flow import cancel, holding
from bridgebot.model import Message
from bridgebot.render import handle, marked, one_line
from bridgebot.store import Tx, deliveries, held, lanes, people, posts, talk
from bridgebot.store.rows import Account, Chat, Delivery

LIFE = timedelta(days=1)  # of a question; what it is about is kept for longer
LISTED = 5  # of what a question names
EXCERPT = 60  # graphemes of each
WHOLE = 500  # graphemes of a post that is asked about by itself

_MARKS = {"favourite": "★", "boost": "🔁", "bookmark": "🔖"}


# --- it can leave again ------------------------------------------------------------------------


def account_back(tx: Tx, now: datetime, account_id: int) -> None:
    """An account works again, the same as before: what waited up to an hour goes on."""
    lane = f"account:{account_id}"
    lanes.hold(tx, lane, None)
    for look in deliveries.queued_for(tx, account_id):
        if look.action == "look":
            lanes.hold(tx, look.lane, None)
    old = holding.aged(now, holding.asked_about(tx, held.waiting(tx, lane)))
    holding.hold_back(tx, now, old)


def chat_back(tx: Tx, now: datetime, house: House, chat: Chat) -> None:
    """The bot is in a chat again: what waited up to an hour comes, of what is older a little."""
    lane = f"chat:{chat.id}"
    lanes.hold(tx, lane, None)
    waiting = held.waiting(tx, lane)
    for question in holding.over(tx, waiting):
        cancel(tx, now, question)
    old = holding.aged(now, holding.asked_about(tx, waiting))
    asker = _asker(tx, chat, old)
    if asker is not None and chat.off_at is None and people.user(tx, asker).paused_at is None:
        exchange = dialog.on_its_own(tx, now, house, chat, asker)
        _bring(exchange, lane, old, "missed", "missed-some")


def _asker(tx: Tx, chat: Chat, waiting: Sequence[Delivery]) -> int | None:
    """Whose word counts in a chat: its owner's; in a group theirs who let the posts in."""
    owners = [people.owner_of(tx, chat), *(delivery.user_id for delivery in waiting)]
    return next((owner for owner in owners if owner is not None), None) if waiting else None


def here_again(exchange: Talk) -> None:
    """/on: how many were missed, then some of them; the others when they are asked for."""
    lane = f"chat:{exchange.chat.id}"
    waiting = [d for d in held.waiting(exchange.tx, lane) if d.action in deliveries.SHOWN]
    missed = sorted([*held.kept(exchange.tx, lane), *waiting], key=lambda delivery: delivery.id)
    _bring(exchange, lane, missed, "delivery-on", "delivery-on-some")


def resumed(exchange: Talk) -> int:
    """A user's pause is over: nothing that it stopped leaves unasked. How many wait for an answer."""
    stopped = holding.asked_about(exchange.tx, held.waiting_of(exchange.tx, exchange.user.id))
    _ask_about(exchange, stopped)
    return len(stopped)


def unblocked(tx: Tx, now: datetime, house: House, user_id: int) -> None:
    """A user who was blocked may write again."""
    _let_go(tx, now, house, user_id, held.waiting_of(tx, user_id))


def house_back(tx: Tx, now: datetime, house: House) -> None:
    """The operator's pause is over. It was nobody's own wish, so what waited up to an hour goes on."""
    held.open_house(tx, now)
    waiting = held.waiting_since(tx, now - holding.PATIENCE)
    for user_id in dict.fromkeys(d.user_id for d in waiting if d.user_id is not None):
        user = people.user(tx, user_id)
        if user.paused_at is None and user.role != "blocked":
            _let_go(tx, now, house, user_id, [d for d in waiting if d.user_id == user_id])


def _let_go(tx: Tx, now: datetime, house: House, user_id: int, waiting: Iterable[Delivery]) -> None:
    """Ask about what is old, except in lanes that something else still stops."""
    home = people.direct_chat(tx, user_id)
    stopped = lanes.held_lanes(tx)
    free = [delivery for delivery in waiting if delivery.lane not in stopped]
    if home is not None:
        exchange = dialog.on_its_own(tx, now, house, home, user_id)
        _ask_about(exchange, holding.aged(now, holding.asked_about(tx, free)))


def _ask_about(exchange: Talk, waiting: Sequence[Delivery]) -> None:
    """One question for each account, and for each chat some items and a question about the rest."""
    for lane in dict.fromkeys(delivery.lane for delivery in waiting):
        here = [delivery for delivery in waiting if delivery.lane == lane]
        chat_id = here[0].chat_id
        if chat_id is None:
            holding.hold_back(exchange.tx, exchange.now, here)
            ask(exchange, lane)
        elif (chat := people.chat_by_id(exchange.tx, chat_id)).off_at is None:
            there = dialog.on_its_own(exchange.tx, exchange.now, exchange.house, chat, exchange.user.id)
            _bring(there, lane, here, "missed", "missed-some")


def is_asked(exchange: Talk, account: Account) -> bool:
    """Whether something for the account waits for a word."""
    return bool(held.kept(exchange.tx, f"account:{account.id}"))


# --- accounts ----------------------------------------------------------------------------------


def ask(exchange: Talk, lane: str) -> None:
    """Ask what becomes of all that is kept for an account, if anything is."""
    waiting = held.kept(exchange.tx, lane)
    if not waiting:
        return
    lines = [f"· {_line(exchange, delivery)}" for delivery in waiting[:LISTED]]
    lines += ["…"] if len(waiting) > LISTED else []
    text = exchange.text("held-ask", count=len(waiting), account=_account(exchange, waiting[0]))
    options = ("send-all", "choose", "drop")
    _ask(exchange, "held", lane, waiting, "\n".join([text, *lines]), options)


def _ask(
    exchange: Talk, kind: str, lane: str, about: Sequence[Delivery], text: str, options: Sequence[str]
) -> None:
    """An earlier question about the same is over."""
    tx, now = exchange.tx, exchange.now
    for question in talk.open_of_user(tx, now, exchange.user.id):
        if question.kind.startswith("held") and talk.arguments(tx, question)["lane"] == lane:
            dialog.close(tx, now, exchange.house, question)
    arguments = {"lane": lane, "ids": [delivery.id for delivery in about]}
    exchange.ask(kind, text, arguments, options, life=LIFE)


def answered(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Send all] [Choose] [Drop]: of what the question was about and still waits."""
    waiting = held.kept_among(exchange.tx, arguments["ids"])
    if option == "choose":
        _walk(exchange, arguments["lane"], waiting)
    else:
        decide(exchange, waiting, send=option == "send-all")


def answered_one(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Send] [Drop] [Drop the rest] [Later], then the next."""
    lane, [first, *ids] = arguments["lane"], arguments["ids"]
    one, rest = held.kept_among(exchange.tx, [first]), held.kept_among(exchange.tx, ids)
    match option:
        case "send":
            holding.send(exchange.tx, exchange.now, one)
            _walk(exchange, lane, rest)
        case "drop":
            holding.drop(exchange.tx, exchange.now, one)
            _walk(exchange, lane, held.kept_among(exchange.tx, ids))
        case "drop-rest":
            decide(exchange, [*one, *rest], send=False)
        case _:
            exchange.say("held-later", count=len(held.kept(exchange.tx, lane)))


def _walk(exchange: Talk, lane: str, waiting: Sequence[Delivery]) -> None:
    """Ask about the first of these; when there is none left, say so."""
    if not waiting:
        exchange.say("held-done")
        return
    first = waiting[0]
    age = _age(exchange, first)
    text = exchange.text("held-one", left=len(waiting), account=_account(exchange, first), age=age)
    whole = f"{text}\n{_what(exchange, first, WHOLE)}"
    _ask(exchange, "held-one", lane, waiting, whole, ("send", "drop", "drop-rest", "later"))


def decide(exchange: Talk, waiting: Sequence[Delivery], *, send: bool) -> None:
    """All of them the same; what was dropped meanwhile by other ways is not counted."""
    (holding.send if send else holding.drop)(exchange.tx, exchange.now, waiting)
    stopped = _still_stopped(exchange, waiting) if send else None
    if stopped is not None:
        exchange.write(stopped)
    elif waiting:
        exchange.say("held-sent" if send else "held-dropped", count=len(waiting))
    else:
        exchange.say("held-done")


def _still_stopped(exchange: Talk, waiting: Sequence[Delivery]) -> str | None:
    """What keeps these from leaving though they are meant."""
    if waiting and exchange.user.paused_at is not None:
        return exchange.text("status-paused")
    account_id = waiting[0].account_id if waiting else None
    account = people.account(exchange.tx, account_id) if account_id is not None else None
    if account is None or account.state != "expired":
        return None
    return exchange.text("held-expired", count=len(waiting), name=account.name)


def _account(exchange: Talk, delivery: Delivery) -> str:
    account = people.account(exchange.tx, delivery.account_id or 0)
    return f"{exchange.house.title(account.adapter)} ({account.name})"


def _line(exchange: Talk, delivery: Delivery) -> str:
    return exchange.text("held-line", what=_what(exchange, delivery, EXCERPT), age=_age(exchange, delivery))


def _what(exchange: Talk, delivery: Delivery, most: int) -> str:
    """What a delivery would do, in words that name it."""
    if delivery.action in ("create", "edit", "edit-original"):
        post = posts.post(exchange.tx, delivery.post_id or 0)
        words = delivery.arguments.get("text", post.text)
        words = f"⚠ {post.warning} · {words}" if post.warning else words
        shown = marked(words) if most == WHOLE and len(words) <= WHOLE else one_line(words, most)
        key = "held-post" if delivery.action == "create" else "held-edit"
        return exchange.text(key, code=code(exchange, post), text=shown)
    on = delivery.arguments["on"]
    if delivery.action == "follow":
        who = handle(delivery.arguments["handle"])
        return exchange.text("done-follow" if on else "done-unfollow", who=who)
    mark = f"{_MARKS[delivery.action]} {delivery.arguments['code']}"
    return mark if on else exchange.text("done-off", what=mark)


def _age(exchange: Talk, delivery: Delivery) -> str:
    minutes = int((exchange.now - delivery.created_at).total_seconds() // 60)
    if minutes < 60:
        return exchange.text("age-minutes", count=minutes)
    hours = minutes // 60
    return (
        exchange.text("age-hours", count=hours)
        if hours < 48
        else exchange.text("age-days", count=hours // 24)
    )


# --- chats -------------------------------------------------------------------------------------


def _bring(exchange: Talk, lane: str, missed: Sequence[Delivery], all_: str, some: str) -> None:
    """The count first, then a few; the others stay until they are asked for."""
    tx, now = exchange.tx, exchange.now
    shown, rest = missed[: holding.MOST_SHOWN], missed[holding.MOST_SHOWN :]
    holding.send(tx, now, [delivery for delivery in shown if delivery.state == deliveries.HELD])
    holding.hold_back(tx, now, [delivery for delivery in rest if delivery.state != deliveries.HELD])
    if rest:
        _ask_items(exchange, lane, rest, exchange.text(some, count=len(missed), shown=len(shown)))
    elif missed or all_ == "delivery-on":
        exchange.say(all_, count=len(missed))


def _ask_items(exchange: Talk, lane: str, rest: Sequence[Delivery], text: str) -> None:
    _ask(exchange, "held-items", lane, rest, text, ("more", "all", "drop"))


def answered_items(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Five more] [All] [Drop]."""
    waiting = held.kept_among(exchange.tx, arguments["ids"])
    now, later = waiting[: holding.MOST_SHOWN], waiting[holding.MOST_SHOWN :]
    if option == "more" and later:
        holding.send(exchange.tx, exchange.now, now)
        _ask_items(exchange, arguments["lane"], later, exchange.text("items-ask", count=len(later)))
    else:
        decide(exchange, waiting, send=option != "drop")


# --- called up again ---------------------------------------------------------------------------


def held_(exchange: Talk, argument: str, message: Message) -> None:
    """/held: what waits for a word of the user's, and the questions about it anew."""
    waiting = held.kept_of(exchange.tx, exchange.user.id)
    stopped = _stopped(exchange)
    if stopped:
        exchange.write("\n".join(stopped))
    for lane in dict.fromkeys(delivery.lane for delivery in waiting):
        here = [delivery for delivery in waiting if delivery.lane == lane]
        if here[0].chat_id is None:
            ask(exchange, lane)
        else:
            _ask_items(exchange, lane, here, exchange.text("items-ask", count=len(here)))
    if not waiting and not stopped:
        exchange.say("held-none")


def _stopped(exchange: Talk) -> list[str]:
    """What stops things, and how that is mended."""
    tx, user = exchange.tx, exchange.user
    lines = [exchange.text("status-paused")] if user.paused_at is not None else []
    for account in people.accounts(tx, user.id):
        waiting = held.waiting(tx, f"account:{account.id}")
        if waiting and account.state == "expired":
            lines.append(exchange.text("held-expired", count=len(waiting), name=account.name))
    return lines


def status(exchange: Talk) -> list[str]:
    """What /status says of it."""
    tx, user = exchange.tx, exchange.user
    lines = [exchange.text("status-paused")] if user.paused_at is not None else []
    if held.house_stopped(tx):
        lines.append(exchange.text("status-house-paused"))
    kept = len(held.kept_of(tx, user.id))
    return [*lines, exchange.text("status-held", count=kept)] if kept else lines
