"""What a digest keeps, shown when somebody asks for it."""

from __future__ import annotations

from bridgebot import dialog
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import digests

PAGE = 5  # items at a time


def digest(exchange: Talk, argument: str, message: Message) -> None:
    """/digest: the next items that are kept here; /digest all: all of them, one after another."""
    if not exchange.administers:
        exchange.say("admins-only")
    elif argument.strip().lower() not in ("all", "全部", "所有"):
        show(exchange)
    else:
        exchange.say("digest-all", number=digests.let_go(exchange.tx, exchange.now, exchange.chat.id))


def pressed(exchange: Talk, token: str) -> None:
    """[Show] below a digest; in a group, its administrators' word."""
    if exchange.administers:
        show(exchange, token)
    else:
        exchange.say("admins-only")


def show(exchange: Talk, token: str | None = None) -> None:
    """A few of the items, each with its short id, and below them how many are left."""
    shown = digests.let_go(exchange.tx, exchange.now, exchange.chat.id, PAGE)
    left = digests.kept(exchange.tx, exchange.chat.id)
    if not shown:
        exchange.say("digest-empty")
    elif left:
        dialog.notice(
            exchange.tx,
            exchange.now,
            exchange.chat,
            exchange.text("digest-more", number=left),
            exchange.language,
            user_id=exchange.user.id,
            cause_id=exchange.cause_id,
            digest=token or digests.latest(exchange.tx, exchange.chat.id),
        )
