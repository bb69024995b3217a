"""/preview: a post as every network would have it, before anything leaves.

What it shows is written when it is sent, by the very functions that freeze a post's parts: see the outbox.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from bridgebot import dialog
from bridgebot.commands import scheduling
from bridgebot.commands.compose import is_postable
from bridgebot.commands.finding import answered
from bridgebot.commands.wishes import Wish, anywhere_to_go, is_open, meant_for, wish, with_targets
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import Tx, deliveries, talk
from bridgebot.store.rows import Question

KIND = "preview"  # of the question that shows it
# Questions about one post that did not leave yet.
_WAITING = ("confirm", KIND, "plain-mode", "near", "words", scheduling.KIND, scheduling.ASKED_LATE)


def preview(exchange: Talk, argument: str, message: Message) -> None:
    """/preview TEXT, as /post takes it; without a text what waits for an answer, with other targets if they
    are named.
    """
    parent = answered(exchange, message)
    read = with_targets(
        exchange, wish(exchange, message, argument, parent=parent.id if parent is not None else None)
    )
    waiting = _waiting(exchange, message) if not read.shows else None
    if waiting is not None and waiting.kind == scheduling.KIND:
        _show_scheduled(exchange, waiting)
        return
    if waiting is not None:
        read = _with_names(wish_of(talk.arguments(exchange.tx, waiting)), read)
    if not read.shows:
        exchange.say("usage-preview")
    elif is_postable(exchange, read) and is_open(exchange, meant_for(exchange, read)[0]):
        _show(exchange, read, waiting)


def _show(exchange: Talk, wanted: Wish, waiting: Question | None) -> None:
    """With [Post] and [No]; an earlier question about the same is over, for it is posted once."""
    if anywhere_to_go(exchange, wanted) is None:
        return
    if waiting is not None:
        dialog.close(exchange.tx, exchange.now, exchange.house, waiting)
    exchange.ask(KIND, "", asdict(wanted), ("post", "no"))


def _show_scheduled(exchange: Talk, waiting: Question) -> None:
    """What has a time goes to what was settled then, by itself: the buttons stay [Cancel] [Now]."""
    arguments = talk.arguments(exchange.tx, waiting) | {"preview": True}
    dialog.close(exchange.tx, exchange.now, exchange.house, waiting)
    life = waiting.expires_at - exchange.now
    exchange.ask(scheduling.KIND, "", arguments, ("unschedule", "now"), hint=False, life=life)


def shown(tx: Tx, question: Question) -> Wish | None:
    """The post that a question shows as networks would have it; None: it shows none so."""
    if question.kind not in (KIND, scheduling.KIND):
        return None
    arguments = talk.arguments(tx, question)
    if question.kind == KIND:
        return wish_of(arguments)
    return scheduling.wish_of(tx, arguments["delivery"]) if arguments.get("preview") else None


def wish_of(arguments: dict[str, Any]) -> Wish:
    """What a question is about."""
    return Wish(**{f.name: arguments[f.name] for f in fields(Wish) if f.name in arguments})


def _with_names(wanted: Wish, named: Wish) -> Wish:
    if not named.named and not named.excluded:
        return wanted
    return replace(wanted, named=named.named, excluded=named.excluded)


def _waiting(exchange: Talk, message: Message) -> Question | None:
    """The question that a native answer is to, or to whose message; else the latest here."""
    tx = exchange.tx
    open_ = talk.open_questions(tx, exchange.now, exchange.chat.id, exchange.user.id)
    asked = [question for question in open_ if question.kind in _WAITING]
    if message.reply_to is None:
        return asked[0] if asked else None
    return next((one for one in asked if message.reply_to in _messages(exchange, one)), None)


def _messages(exchange: Talk, question: Question) -> list[str]:
    """The message that a question is about, and those that ask it."""
    notice = deliveries.by_once(exchange.tx, f"question:{question.id}")
    parts = deliveries.parts(exchange.tx, notice.id) if notice is not None else []
    about = str(talk.arguments(exchange.tx, question)["message"])
    return [about, *(native_id for part in parts for native_id in part.native_ids or ())]
