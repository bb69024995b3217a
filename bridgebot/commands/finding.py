"""Which post somebody means: named by its id, address or author, or answered natively."""

from __future__ import annotations

from bridgebot.commands import grammar
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import one_line
from bridgebot.store import faces, people, posts
from bridgebot.store.rows import Post

ECHOED = 40  # graphemes of what was typed, when it names nothing


def code(exchange: Talk, found: Post) -> str:
    """The post's short id in this chat."""
    return grammar.short_id(posts.number(exchange.tx, exchange.chat.id, found.id))


def find_post(exchange: Talk, which: str) -> Post | None:
    """A post by short id, address or handle, among those that this chat was shown."""
    word = which.strip().lstrip("#[").rstrip("]")
    tx, chat_id = exchange.tx, exchange.chat.id
    if grammar.is_short_id(word.lower()):
        number = grammar.short_number(word.lower())
        return posts.by_number(tx, chat_id, number) if number is not None else None
    if word.startswith(("http://", "https://")):
        return posts.by_url(tx, chat_id, word) or _elsewhere(exchange, word)
    return faces.last_by(tx, chat_id, word) if grammar.is_handle(word) else None


def _elsewhere(exchange: Talk, url: str) -> Post | None:
    """By its address, of what another direct chat of the same user was shown."""
    if not exchange.chat.direct:
        return None
    chats = people.direct_chats(exchange.tx, exchange.user.id)
    found = (posts.by_url(exchange.tx, chat.id, url) for chat in chats if chat.id != exchange.chat.id)
    return next((post for post in found if post is not None), None)


def meant(exchange: Talk, argument: str, message: Message) -> Post | None:
    """The post that a command is about: named, or answered natively; says so when there is none."""
    first, _ = split_first(argument)
    found = find_post(exchange, first) if first else answered(exchange, message)
    if found is None:
        _say_which(exchange, first)
    return found


def meant_with_text(exchange: Talk, argument: str, message: Message) -> tuple[Post | None, str]:
    """The post, and the text that follows; in a native answer to a post all of it may be text."""
    first, rest = split_first(argument)
    parent = answered(exchange, message)
    bare = not first.startswith(("#", "[", "@", "http")) and not grammar.is_short_id(first.lower())
    # In an answer a bare word is the text's first: `/re lin is right` need not mean Lin's post.
    named = None if not first or (bare and parent is not None) else find_post(exchange, first)
    if named is not None:
        return named, rest
    if parent is None:
        _say_which(exchange, first)
    return parent, argument.strip()


def answered(exchange: Talk, message: Message) -> Post | None:
    """The post that a message answers natively."""
    return posts.by_message(exchange.tx, exchange.chat, message.reply_to)


def split_first(argument: str) -> tuple[str, str]:
    """The first word, and what follows it as typed."""
    words = argument.split(maxsplit=1)
    return (words[0] if words else "", words[1] if len(words) > 1 else "")


def _say_which(exchange: Talk, word: str) -> None:
    if word:
        exchange.say("no-such-post", which=one_line(word, ECHOED))
    else:
        exchange.say("which-post")
