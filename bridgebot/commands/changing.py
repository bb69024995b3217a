"""A message is changed or taken back after it was written: as a post, or before it became one."""

from __future__ import annotations

from dataclasses import replace

from bridgebot import flow
from bridgebot.commands import directly, enclosing, grammar, lent
from bridgebot.commands.compose import PUBLISHING, to_names
from bridgebot.commands.finding import code, split_first
from bridgebot.commands.grammar import polls, times
from bridgebot.commands.vocabulary import VOCABULARY
from bridgebot.commands.wishes import visible
from bridgebot.dialog import Talk, close
from bridgebot.model import Audience, Edit, Message
from bridgebot.render import Rich
from bridgebot.store import deliveries, grants, posts, talk
from bridgebot.store.rows import Post, Question
from bridgebot.store.rows import replace as row_with


def edited(exchange: Talk, edit: Edit) -> None:
    """An edited message edits its post everywhere; an edited command is not run a second time."""
    copy = posts.copy_at(exchange.tx, exchange.chat.realm, edit.id)
    reading = grammar.read(edit.text, VOCABULARY)
    if copy is None:
        if exchange.chat.direct and isinstance(reading, grammar.Command):
            exchange.say("edited-command")
        return
    found = posts.post(exchange.tx, copy.post_id)
    if copy.role != posts.ORIGINAL or found.deleted_at is not None:
        return
    if may_change(exchange, found):
        _change(exchange, found, reading, Rich(edit.text, edit.spans))
    elif lent.is_by(exchange, found):
        exchange.say("group-not-changed", code=code(exchange, found))


def may_change(exchange: Talk, found: Post) -> bool:
    """Whether the post changes with its message: one's own does; of one that was written in a group for
    another's account, the group's rules say it.
    """
    if not exchange.chat.direct and grants.byline(exchange.tx, found.id) is not None:
        return lent.may_change(exchange, found)
    return found.user_id == exchange.user.id


def _change(exchange: Talk, found: Post, reading: grammar.Reading, typed: Rich) -> None:
    whole = _text_of(exchange, found, reading, typed.text)
    if whole is None or grammar.secret(whole) is not None or not (visible(whole) or found.files):
        exchange.say("edit-refused", code=code(exchange, found))
        return
    text, alts = enclosing.split(whole, len(found.files or ()))
    rich, files = typed.tail(whole)[: len(text)], enclosing.described(found.enclosed, alts)
    if (rich, files) != (Rich(found.text, found.emphasis), found.enclosed):
        flow.edit(
            exchange.tx,
            exchange.now,
            found,
            text,
            found.warning,
            exchange.house.networks,
            at=exchange.now,
            spans=rich.spans,
            files=files,
            cause_id=exchange.cause_id,
        )


def _text_of(exchange: Talk, found: Post, reading: grammar.Reading, typed: str) -> str | None:
    """The post in a message: what follows the command and the account names; None for another command, and
    for what cannot be changed of a post.
    """
    match reading:
        case grammar.Text():
            text = reading.text
        case grammar.Command() if reading.name == "reply":
            text = split_first(reading.argument)[1]
        case grammar.Command() if reading.name == "quote":
            first, rest = split_first(reading.argument)
            text = rest if grammar.is_short_id(first.lower().lstrip("#")) else reading.argument
        case grammar.Command() if reading.name == "dm":
            return directly.changed(reading.argument, found.text)
        case grammar.Command() if reading.name == "schedule":
            text = times.rest(reading.argument)
        case grammar.Command() if reading.name == "poll":
            asked, poll = polls.poll(reading.argument), found.votable
            if asked is None or poll is None or asked.choices != poll.choices:
                return None  # nobody may find that what they voted for says something else now
            text = asked.question
        case grammar.Command() if reading.name == "to":
            text = to_names(reading.argument)[1]
        case grammar.Command() if reading.name in PUBLISHING:
            text = reading.argument
        case grammar.Command() | grammar.Near():
            return None
        case _:
            text = typed
    return grammar.targets(text, lent.names(exchange))[2]


# --- before it is a post -----------------------------------------------------------------------


def waiting(exchange: Talk, message_id: str) -> Question | None:
    """The open question about what to do with a message."""
    questions = talk.open_questions(exchange.tx, exchange.now, exchange.chat.id, exchange.user.id)
    about = (q for q in questions if talk.arguments(exchange.tx, q).get("message") == message_id)
    return next(about, None)


def anew(exchange: Talk, question: Question, edit: Edit) -> Message:
    """The edited message as if it had just been written, an answer to the same post, or to what is none, as
    before.
    """
    kept = talk.arguments(exchange.tx, question)
    parent = kept.get("parent")
    here = posts.in_realm(exchange.tx, parent, exchange.chat.realm) if parent is not None else []
    reply_to = here[0].native_id if here else kept.get("answers")
    media = enclosing.media_of(kept.get("files"))
    now, spans = exchange.now, edit.spans
    return Message("", edit.chat, edit.sender, edit.id, edit.text, now, reply_to, spans=spans, media=media)


def as_chosen(exchange: Talk, question: Question) -> Talk:
    """With what was chosen for the post when its message was written, and was used up by that: other words
    are for nobody else.
    """
    kept = talk.arguments(exchange.tx, question)
    if (waits := kept.get("delivery")) is not None:
        kept = deliveries.delivery(exchange.tx, waits).arguments["wish"]
    user = exchange.user
    audiences = [Audience(one) for one in (user.next_audience, kept.get("audience")) if one]
    return replace(
        exchange,
        user=row_with(
            user,
            next_audience=max(audiences, key=lambda one: one.rank).value if audiences else None,
            next_warning=user.next_warning or kept.get("warning"),
            next_language=user.next_language or kept.get("language"),
        ),
    )


def withdraw(exchange: Talk, message_id: str) -> None:
    """A message was taken back that is no post: perhaps one that waits for an answer."""
    question = waiting(exchange, message_id)
    if question is not None and close(exchange.tx, exchange.now, exchange.house, question):
        exchange.say("not-posted")
