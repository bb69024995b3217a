"""What a message is: a command, the answer to an open question, or a post to be.

One that answers what is not known, while something is being sent into its chat, is kept and read a moment
later: people see a message of the bot before the bot knows its id. So is a reaction to that. Nothing else
waits for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bridgebot import commands, dialog, outline
from bridgebot.commands import access, compose, connecting, enclosing, grammar, here, late, me, reactions
from bridgebot.commands.scheduling import UNHEARD
from bridgebot.dialog import House, Talk
from bridgebot.model import Edit, Message, Reaction
from bridgebot.store import Tx, deliveries, people, posts, talk
from bridgebot.store.deliveries import ANSWER, Order
from bridgebot.store.rows import Delivery

ACTION = "hear"  # what has a message read that was kept
LOOKS = (0.1, 0.2, 0.4, 0.8, 1.6)  # seconds before each look whether what it answers is known by now


def hear(exchange: Talk, thing: Message | Reaction) -> None:
    """Read it, or keep it for a moment."""
    if _comes_too_soon(exchange, thing):
        talk.keep(exchange.tx, exchange.cause_id or 0, thing)
        _look_later(exchange, 0)
    else:
        _read(exchange, thing)


def _comes_too_soon(exchange: Talk, thing: Message | Reaction) -> bool:
    """Whether what it answers, or is a reaction to, may be what is just being sent here."""
    about = thing.id if isinstance(thing, Reaction) else thing.reply_to
    if about is None or posts.by_message(exchange.tx, exchange.chat, about) is not None:
        return False
    return deliveries.is_under_way(exchange.tx, f"chat:{exchange.chat.id}")


def _look_later(exchange: Talk, looks: int) -> None:
    order = Order(
        action=ACTION,
        lane=f"{ACTION}:{exchange.chat.id}",
        urgency=ANSWER,
        cause_id=exchange.cause_id,
        user_id=exchange.user.id,
        arguments={"adapter": "", "chat": exchange.chat.id, "looks": looks},
        due_at=exchange.now + timedelta(seconds=LOOKS[looks]),
    )
    deliveries.queue(exchange.tx, exchange.now, order)


def due(tx: Tx, now: datetime, house: House, waiting: Delivery) -> None:
    """Read what was kept, unless what it is about may still become known; after the last look it is read as
    it is.
    """
    cause_id = waiting.cause_id or 0
    thing = talk.kept(tx, cause_id)
    if thing is None:
        return  # it was taken back
    exchange = replace(_exchange(tx, now, house, waiting), sender=thing.sender)
    looks = waiting.arguments["looks"] + 1
    if looks < len(LOOKS) and _comes_too_soon(exchange, thing):
        _look_later(exchange, looks)
        return
    talk.keep(tx, cause_id, None)
    if exchange.user.role not in UNHEARD:
        _read(exchange, thing)


def put_aside(tx: Tx, now: datetime, house: House, waiting: Delivery) -> None:
    """It could not be read, by a bug: it counts as failed, and its sender is told."""
    exchange = _exchange(tx, now, house, waiting)
    talk.set_inbox(tx, exchange.cause_id or 0, state="failed", problem="error-bug", kept=None)
    if exchange.chat.direct:
        exchange.say("message-failed", number=exchange.cause_id or 0)


def _exchange(tx: Tx, now: datetime, house: House, waiting: Delivery) -> Talk:
    chat = people.chat_by_id(tx, waiting.arguments["chat"])
    alone = dialog.on_its_own(tx, now, house, chat, waiting.user_id or 0)
    return replace(alone, cause_id=waiting.cause_id)


def changed(exchange: Talk, edit: Edit) -> bool:
    """Whether it changes a message that was kept: that is read as it stands then."""
    kept = talk.kept_as(exchange.tx, exchange.now, exchange.chat.id, edit.id)
    if kept is not None:
        cause_id, message = kept
        talk.keep(exchange.tx, cause_id, replace(message, text=edit.text, spans=edit.spans))
    return kept is not None


def withdrawn(exchange: Talk, message_id: str) -> bool:
    """Whether a message was taken back that was kept: it is never read."""
    kept = talk.kept_as(exchange.tx, exchange.now, exchange.chat.id, message_id)
    if kept is not None:
        talk.keep(exchange.tx, kept[0], None)
    return kept is not None


def _read(exchange: Talk, thing: Message | Reaction) -> None:
    if isinstance(thing, Reaction):
        reactions.reacted(exchange, thing)
    else:
        _read_words(exchange, thing)


def _read_words(exchange: Talk, message: Message) -> None:
    """Command, answer or post: the order matters, see CONVERSATION 1."""
    if message.unfit is not None:
        if exchange.chat.direct:
            exchange.say(f"unfit-{message.unfit}")
        elif message.unfit == "late":  # the rest of its album was for the bot
            exchange.say("unfit-late-group")
        return
    if message.media and (refusal := enclosing.refusal(exchange, message)) is not None:
        exchange.write(refusal)
        return
    reading = grammar.read(message.text, commands.VOCABULARY)
    if not exchange.chat.direct:
        _in_group(exchange, message, reading)
        return
    if isinstance(reading, grammar.Command):
        commands.run(exchange, reading, message)
    elif connecting.is_code(exchange, message.text):
        commands.run(exchange, grammar.Command("connect", message.text.strip()), message)
    elif outline.is_outline(message.text):  # a list of feeds is no post
        commands.run(exchange, grammar.Command("opml", message.text.strip()), message)
    elif me.code_given(exchange, message.text) is not None:
        commands.run(exchange, grammar.Command("start", access.code(message.text)), message)
    elif late.is_late(exchange.now, message.sent_at) or not _is_answer(exchange, reading, message):
        compose.plain(exchange, reading, message)


def _is_answer(exchange: Talk, reading: grammar.Reading, message: Message) -> bool:
    """Whether it answers a question of the bot; a picture answers none."""
    return not message.media and commands.answer(exchange, reading, message)


def _in_group(exchange: Talk, message: Message, reading: grammar.Reading) -> None:
    """Silent unless addressed: by a command, by name, or by the answer to a question of the bot."""
    if isinstance(reading, grammar.Command):
        commands.run(exchange, reading, message)
    elif _is_answer(exchange, reading, message) or here.answered(exchange, reading, message):
        return
    elif message.addressed and isinstance(reading, grammar.Near):
        exchange.say("near-command", name=reading.name)
    elif message.addressed:
        exchange.say("group-how-to")
