"""/schedule: a post for later. It waits here, whatever the networks offer: so it is the same on all of them,
can be changed until it leaves, and is asked about where it would come much too late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bridgebot import dialog
from bridgebot.commands import compose, late, quotas
from bridgebot.commands.grammar import times
from bridgebot.commands.wishes import (
    Wish,
    anywhere_to_go,
    as_written,
    chats,
    forget_next,
    meant_for,
    publish_asked,
    titles,
    visible,
    wish,
    with_targets,
)
from bridgebot.dialog import House, Talk
from bridgebot.flow import holding
from bridgebot.model import Message
from bridgebot.render import one_line
from bridgebot.store import Tx, deliveries, people, scheduled, talk
from bridgebot.store.rows import Delivery
from bridgebot.store.rows import replace as row_with

KIND = "scheduled"  # of the question that shows what waits, with [Cancel] and [Now]
ASKED_LATE = "scheduled-late"  # of the question whether it is still meant
LONGEST = timedelta(days=366)
MOST = 50  # of one user
EXCERPT = 60  # graphemes of each, in a list
UNHEARD = ("blocked", "leaving")


# --- making ------------------------------------------------------------------------------------


def schedule(exchange: Talk, argument: str, message: Message) -> None:
    """/schedule TIME TEXT."""
    began = message.sent_at if late.is_late(exchange.now, message.sent_at) else exchange.now
    due = times.read(argument, began, _zone(exchange))
    if due is None or not visible(due.text):
        exchange.say("usage-schedule")
    elif due.at <= exchange.now:
        exchange.say("schedule-past", when=when(exchange, due.at))
    elif due.at - exchange.now > LONGEST:
        exchange.say("schedule-far")
    elif len(scheduled.of_user(exchange.tx, exchange.user.id)) >= MOST:
        exchange.say("schedule-too-many", most=MOST)
    else:
        _keep(exchange, with_targets(exchange, wish(exchange, message, due.text)), due)


def _keep(exchange: Talk, wanted: Wish, due: times.Due) -> None:
    """Where it goes and who will read it is settled now, as it is shown."""
    chosen = anywhere_to_go(exchange, wanted) if compose.is_postable(exchange, wanted) else None
    if chosen is None:
        return
    audience, warning = meant_for(exchange, wanted)
    settled = replace(
        wanted,
        named=[account.id for account in chosen],
        excluded=[],
        chats=[into.chat.id for into in chats(exchange, wanted)],
        audience=audience.value,
        warning=warning,
        language=exchange.user.next_language or wanted.language,
    )
    forget_next(exchange)
    arguments = {"wish": asdict(settled), "chat": exchange.chat.id}
    made = scheduled.add(exchange.tx, exchange.now, exchange.user.id, due.at, exchange.cause_id, arguments)
    if made is not None:
        _show(exchange, deliveries.delivery(exchange.tx, made), moved=due.moved)


def _show(exchange: Talk, waiting: Delivery, *, moved: bool = False) -> None:
    """The time in words, where it goes, and [Cancel] [Now] until then."""
    wanted = _wish(waiting)
    audience, warning = meant_for(exchange, wanted)
    text = exchange.text(
        "schedule-set",
        number=waiting.arguments["number"],
        when=when(exchange, waiting.due_at),
        networks=exchange.listed(titles(exchange, wanted, audience, warning)),
        audience=exchange.text(f"audience-{audience.value}"),
        text=as_written(exchange, "\n".join(compose.whole(wanted, warning))),
    )
    notes = [exchange.text("schedule-moved")] if moved else []
    notes += [exchange.text("schedule-zone", zone=_zone(exchange))] if not exchange.user.timezone else []
    arguments = {"delivery": waiting.id, "message": wanted.message, "parent": None}
    life = waiting.due_at - exchange.now + timedelta(days=1)
    options = ("unschedule", "now")
    exchange.ask(KIND, "\n".join([text, *notes]), arguments, options, hint=False, life=life)


def when(exchange: Talk, at: datetime) -> str:
    """`tomorrow at 09:00`, `Tuesday, 2026-12-01 at 09:00`: in the user's time zone."""
    zone = ZoneInfo(_zone(exchange))
    there, today = at.astimezone(zone), exchange.now.astimezone(zone).date()
    days = (there.date() - today).days
    key = {0: "when-today", 1: "when-tomorrow"}.get(days, "when-later")
    day = there.strftime("%Y-%m-%d")
    return exchange.text(key, time=there.strftime("%H:%M"), day=day, weekday=there.isoweekday())


def _zone(exchange: Talk) -> str:
    return exchange.user.timezone or exchange.house.timezone


def _wish(waiting: Delivery) -> Wish:
    kept = waiting.arguments["wish"]
    return Wish(**{f.name: kept[f.name] for f in fields(Wish) if f.name in kept})


def wish_of(tx: Tx, delivery_id: int) -> Wish:
    """The post that this waits with."""
    return _wish(deliveries.delivery(tx, delivery_id))


# --- what waits --------------------------------------------------------------------------------


def show(exchange: Talk, argument: str, message: Message) -> None:
    """/scheduled; /scheduled cancel 2; /scheduled now 2."""
    waiting = scheduled.of_user(exchange.tx, exchange.user.id)
    what, _, number = argument.strip().lower().partition(" ")
    named = [one for one in waiting if str(one.arguments["number"]) == number.strip().lstrip("#")]
    if not what:
        _list(exchange, waiting)
    elif what not in _OPTIONS:
        exchange.say("usage-scheduled")
    elif not named:
        exchange.say("schedule-none-such")
    else:
        _do(exchange, named[0], _OPTIONS[what])


_OPTIONS = {"cancel": "unschedule", "取消": "unschedule", "now": "now", "立即": "now", "现在": "now"}


def _list(exchange: Talk, waiting: Sequence[Delivery]) -> None:
    if not waiting:
        exchange.say("scheduled-none")
        return
    lines = [
        exchange.text(
            "scheduled-line",
            number=one.arguments["number"],
            when=when(exchange, one.due_at),
            text=one_line(_wish(one).text, EXCERPT),
        )
        for one in waiting
    ]
    exchange.write("\n".join([exchange.text("scheduled-head"), *lines, exchange.text("scheduled-how")]))


def pressed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """[Cancel] [Now]."""
    waiting = scheduled.waiting(exchange.tx, exchange.user.id, arguments["delivery"])
    if waiting is None:
        exchange.say("question-over")
    else:
        _do(exchange, waiting, option)


def _do(exchange: Talk, waiting: Delivery, option: str) -> None:
    _over(exchange, waiting)
    deliveries.end(exchange.tx, exchange.now, waiting.id, "cancelled")
    if option == "now":
        publish_asked(alone(exchange), replace(_wish(waiting), written=exchange.now.timestamp()))
    else:
        exchange.say("schedule-cancelled", when=when(exchange, waiting.due_at))


def alone(exchange: Talk) -> Talk:
    """Without what was chosen for the next post since: it is about another one."""
    chosen = {"next_audience": None, "next_warning": None, "next_language": None}
    return replace(exchange, user=row_with(exchange.user, **chosen))


def _over(exchange: Talk, waiting: Delivery) -> None:
    """The question with its buttons has no meaning any more."""
    for question in talk.open_of_user(exchange.tx, exchange.now, exchange.user.id, KIND):
        if talk.arguments(exchange.tx, question)["delivery"] == waiting.id:
            dialog.close(exchange.tx, exchange.now, exchange.house, question)


def withdraw(exchange: Talk, message_id: str, *, quietly: bool = False) -> bool:
    """A message was taken back or changed; whether it was one whose post waits here."""
    here = scheduled.of_user(exchange.tx, exchange.user.id)
    found = [
        one
        for one in here
        if one.arguments["wish"]["message"] == message_id and one.arguments["chat"] == exchange.chat.id
    ]
    for one in found:
        _over(exchange, one)
        deliveries.end(exchange.tx, exchange.now, one.id, "cancelled")
        if not quietly:
            exchange.say("schedule-cancelled", when=when(exchange, one.due_at))
    return bool(found)


# --- its time has come -------------------------------------------------------------------------


def due(tx: Tx, now: datetime, house: House, waiting: Delivery) -> None:
    """The post is made; what nobody may mean any more is asked about, and what may not be is not made."""
    chat, user = people.chat_by_id(tx, waiting.arguments["chat"]), people.user(tx, waiting.user_id or 0)
    if user.role in UNHEARD:
        return
    exchange = alone(replace(dialog.on_its_own(tx, now, house, chat, user.id), cause_id=waiting.cause_id))
    wanted = replace(_wish(waiting), written=now.timestamp())
    _over(exchange, waiting)
    if now - waiting.due_at > holding.PATIENCE or _may_be_out(house, waiting):
        compose.confirm(exchange, wanted, "confirm-scheduled", kind=ASKED_LATE, life=timedelta(days=1))
    elif quotas.is_met_by_posts(exchange):
        opens = quotas.posts_open_at(exchange)  # that was just said; it goes by itself then
        scheduled.add(tx, now, user.id, opens, waiting.cause_id, waiting.arguments)
    else:
        publish_asked(exchange, wanted)


def _may_be_out(house: House, waiting: Delivery) -> bool:
    """Whether it was due in a time of which, since a copy was put back, nobody knows what was done."""
    return house.restored is not None and house.restored.holds(waiting.due_at)
