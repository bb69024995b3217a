"""/forget: every row, file and token of oneself, after a word that nobody types by mistake."""

from __future__ import annotations

from typing import Any

from bridgebot import flow
from bridgebot.commands import confirming
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.store import keep, leavings


def forget(exchange: Talk, argument: str, message: Message) -> None:
    """/forget: say what goes, and offer /export first."""
    numbers = leavings.numbers(exchange.tx, exchange.user.id)
    text = exchange.text("forget-ask", **numbers)
    exchange.ask("forget", text, {"chat": exchange.chat.id}, ("posts-stay", "posts-go", "no"))


def chosen(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """Their posts on networks stay there, or go too; then the word."""
    if option == "no":
        exchange.say("forget-kept")
        return
    kept = {"chat": exchange.chat.id, "posts": option == "posts-go"}
    key = "forget-word-posts" if kept["posts"] else "forget-word-keep"
    exchange.ask("forget-word", exchange.text(key, word=exchange.text("forget-word")), kept)


def typed(exchange: Talk, arguments: dict[str, Any], message: Message) -> None:
    """The word, to the letter, in any language; with another chat, that one is asked last."""
    texts = exchange.house.texts
    words = {texts(language, "forget-word").casefold() for language in texts.languages}
    if message.text.strip().strip("“”\"'「」").casefold() not in words:
        exchange.say("forget-other-word")
        return
    other = confirming.second_chat(exchange)
    if other is None:
        _begin(exchange, exchange.chat.id, posts_too=arguments["posts"])
        return
    kept = {"posts": arguments["posts"]}
    key = "forget-ask-there-posts" if arguments["posts"] else "forget-ask-there"
    confirming.ask_there(exchange, other, "forget-sure", key, kept, ("forget", "no"))


def confirmed(exchange: Talk, arguments: dict[str, Any], option: str) -> None:
    """The other chat said yes, or that it was not they."""
    if option == "no":
        confirming.refuse(exchange, arguments, "forget-kept")
        return
    _begin(exchange, arguments["chat"], posts_too=arguments["posts"])


def _begin(exchange: Talk, chat_id: int, *, posts_too: bool) -> None:
    """From here on nothing of theirs leaves, and nothing that they write does anything."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    waiting = len(leavings.waiting(tx, user_id))
    if flow.leave(tx, now, user_id, chat_id, posts_too=posts_too):
        keep.audit(tx, now, user_id, "forget", "")
        exchange.say("forget-begun", waiting=waiting)
