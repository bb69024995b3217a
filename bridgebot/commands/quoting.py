"""/quote: a post of one's own that shows another one."""

from __future__ import annotations

from bridgebot.commands.compose import command_post
from bridgebot.commands.finding import code, meant_with_text
from bridgebot.commands.wishes import visible, wish
from bridgebot.dialog import Talk
from bridgebot.model import ANYBODY, Audience, Message
from bridgebot.render import clean_url
from bridgebot.store import faces, posts
from bridgebot.store.rows import Post


def quote(exchange: Talk, argument: str, message: Message) -> None:
    """/quote ID TEXT, or /quote TEXT as the answer to a post. It is no answer: it goes where posts go."""
    found, text = meant_with_text(exchange, argument, message)
    if found is None:
        return
    problem, address = _problem(exchange, found), _address(exchange, found)
    if not visible(text):
        exchange.say("usage-quote")
    elif problem is not None:
        exchange.say(problem, code=code(exchange, found))
    elif address is None:
        exchange.say("quote-no-address", code=code(exchange, found))
    else:
        handle = faces.face(exchange.tx, found, exchange.chat).handle
        shown = {"post": found.id, "url": address, "handle": handle}
        command_post(exchange, message, wish(exchange, message, text, quote=shown))


def _problem(exchange: Talk, found: Post) -> str | None:
    """Why it must not be shown to others: a text key, or None. Whoever may read somebody's post for followers
    are other people than one's own followers.
    """
    if found.deleted_at is not None:
        return "deleted-already"
    own = found.user_id == exchange.user.id and found.seen_by is Audience.FOLLOWERS
    return None if own or found.seen_by in ANYBODY else "quote-not-public"


def _address(exchange: Talk, found: Post) -> str | None:
    """Where people can read it: of another user's post only what was shown here."""
    if found.user_id not in (None, exchange.user.id):
        urls = [faces.face(exchange.tx, found, exchange.chat).url]
    else:
        urls = [found.url, *(copy.url for copy in posts.copies(exchange.tx, found.id))]
    return next((clean_url(url) for url in urls if url), None)
