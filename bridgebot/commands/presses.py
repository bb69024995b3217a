"""A button was pressed: the answer to a question, or something to do with the post above it.

What a button carries is opaque; whether its presser may, is looked up now and not when it was shown.
"""

from __future__ import annotations

from collections.abc import Callable

from bridgebot import commands
from bridgebot.commands import acts, again, digest, here, lent, polls
from bridgebot.commands.compose import refuse_reply
from bridgebot.commands.finding import code
from bridgebot.commands.rules import show, where
from bridgebot.dialog import SHARED, Talk
from bridgebot.model import Press
from bridgebot.store import buttons, digests, people, posts, talk
from bridgebot.store.buttons import Button
from bridgebot.store.rows import Post


def press(exchange: Talk, pressed: Press) -> None:
    """Do what the button says, if its presser may."""
    token, _, which = pressed.data.partition(":")
    button = buttons.by_token(exchange.tx, token)
    kept = digests.by_token(exchange.tx, token) if button is None else None
    if kept is not None:
        if kept.chat_id == exchange.chat.id:
            digest.pressed(exchange, token)
    elif button is None:
        _answer(exchange, token, which)
    elif button.chat_id == exchange.chat.id and (do := _doing(which)) is not None:
        found = posts.post(exchange.tx, button.post_id)
        if _may(exchange, button, found):
            do(exchange, found)
        elif button.kind == buttons.ITEM and not exchange.chat.direct:
            exchange.say("here-replies-off")
        else:
            exchange.say("not-yours", code=code(exchange, found))


def _answer(exchange: Talk, token: str, index: str) -> None:
    """An answer to a question; who presses must be who was asked."""
    question = talk.question_by_token(exchange.tx, token)
    if question is None or question.chat_id != exchange.chat.id:
        return
    if question.user_id != exchange.user.id and question.kind not in SHARED:
        return
    if question.state == "answered":
        lent.refuse(exchange, question, "question-answered")
    elif question.state != "open" or question.expires_at <= exchange.now:
        lent.refuse(exchange, question, "question-over")
    elif index.isdigit() and int(index) < len(question.options):
        commands.choose(exchange, question, question.options[int(index)])


def _doing(which: str) -> Callable[[Talk, Post], None] | None:
    """What the button does."""
    what, _, number = which.partition("-")
    if number.isdecimal() and (by_number := _BY_NUMBER.get(what)) is not None:
        return lambda exchange, found: by_number(exchange, found, int(number))
    return _DOES.get(which)


def _may(exchange: Talk, button: Button, found: Post) -> bool:
    """A receipt's buttons are its writer's; an item's are for whoever's direct chat it stands in, and in a
    group for everybody with an account, where its administrators allow that.
    """
    if button.kind == buttons.RECEIPT:
        return found.user_id == exchange.user.id or lent.may_take_back(exchange, found)
    if not exchange.chat.direct:
        return here.may_act(exchange, found)
    return people.owner_of(exchange.tx, exchange.chat) == exchange.user.id


def _reply(exchange: Talk, found: Post) -> None:
    """Ask for the words: what is written next is the answer. In a group that might be meant for anybody."""
    if not exchange.chat.direct or refuse_reply(exchange, found):
        return
    text = exchange.text("reply-ask", code=code(exchange, found))
    exchange.ask("reply", text, {"post": found.id})


def _toggle(action: str) -> Callable[[Talk, Post], None]:
    """The same button sets a mark and takes it off."""

    def run(exchange: Talk, found: Post) -> None:
        acts.switch(exchange, found, action, on=not acts.is_on(exchange, found, action))

    return run


_DOES: dict[str, Callable[[Talk, Post], None]] = {
    "reply": _reply,
    "favourite": _toggle("favourite"),
    "boost": _toggle("boost"),
    "bookmark": _toggle("bookmark"),
    "undo": acts.undo_post,
    "retry": again.retry_post,
    "stop": show.stop_rules,
    "where": where.show,
    "back": where.back,
}
_BY_NUMBER: dict[str, Callable[[Talk, Post, int], None]] = {
    "vote": polls.press,
    "add": where.add,
    "take": where.take,
}
