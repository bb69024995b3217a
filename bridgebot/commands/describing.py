"""`/alt`: describe a picture of a post that waits for an answer, or of one that was just posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bridgebot import flow
from bridgebot.commands import grammar
from bridgebot.commands.compose import refuse_secret
from bridgebot.commands.finding import answered, code
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import one_line
from bridgebot.store import posts, talk
from bridgebot.store.rows import Post, Question

RECENT = timedelta(days=1)  # how old the last post may be that is meant without being named
SHOWN = 60  # graphemes of a description, said back
LONGEST = 1500  # characters; what a network takes less of is cut there


def alt(exchange: Talk, argument: str, message: Message) -> None:
    """/alt TEXT, /alt N TEXT: of the post that waits, of the one that is answered, else of the last one."""
    number, text = _read(argument)
    secret = grammar.secret(text)
    if not text:
        exchange.say("usage-alt")
    elif secret is not None:
        refuse_secret(exchange, secret)
    elif message.reply_to is None and (waiting := _waiting(exchange)) is not None:
        _describe_waiting(exchange, waiting, number, text[:LONGEST])
    else:
        found = answered(exchange, message) if message.reply_to else _last(exchange)
        _describe(exchange, found, number, text[:LONGEST])


def _read(argument: str) -> tuple[int, str]:
    """Which picture, counted from 1, and its description. Pure."""
    first, _, rest = argument.strip().partition(" ")
    if first.isascii() and first.isdigit() and len(first) < 3 and rest.strip():
        return int(first), " ".join(rest.split())
    return 1, " ".join(argument.split())


def _waiting(exchange: Talk) -> Question | None:
    """The newest open question about a post with pictures."""
    questions = talk.open_questions(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    return next((one for one in questions if talk.arguments(exchange.tx, one).get("files")), None)


def _describe_waiting(exchange: Talk, question: Question, number: int, text: str) -> None:
    arguments: dict[str, Any] = talk.arguments(exchange.tx, question)
    files = arguments["files"]
    if _is_there(exchange, number, len(files)):
        files[number - 1] = files[number - 1] | {"alt": text}
        talk.change_question(exchange.tx, exchange.now, question.id, arguments, question.options)
        exchange.say("alt-noted", number=number, text=one_line(text, SHOWN))


def _last(exchange: Talk) -> Post | None:
    return posts.last_with_files(exchange.tx, exchange.user.id, exchange.now - RECENT)


def _describe(exchange: Talk, found: Post | None, number: int, text: str) -> None:
    mine = found is not None and found.user_id == exchange.user.id and found.deleted_at is None
    if found is None or not mine or not found.files:
        exchange.say("alt-no-picture")
        return
    if not _is_there(exchange, number, len(found.files)):
        return
    files = list(found.enclosed)
    files[number - 1] = replace(files[number - 1], alt=text)
    flow.edit(
        exchange.tx,
        exchange.now,
        found,
        found.text,
        found.warning,
        exchange.house.networks,
        at=exchange.now,
        spans=found.emphasis,
        files=files,
        cause_id=exchange.cause_id,
    )
    exchange.say("alt-changed", number=number, text=one_line(text, SHOWN), code=code(exchange, found))


def _is_there(exchange: Talk, number: int, count: int) -> bool:
    """Whether there is a picture of this number; else that was said."""
    if 1 <= number <= count:
        return True
    exchange.say("alt-number", count=count)
    return False
