"""From a form of the reading page to the message that says the same in the chat.

So there is one door: what holds for a command holds here, and what comes of it is told in the chat. A form
bears a name; what it asks for twice is one event, and is done once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import regex

from bridgebot import model
from bridgebot.commands import finding, wishes
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.render import handle
from bridgebot.store import Tx, items, people, posts
from bridgebot.store.rows import Chat, Post
from bridgebot.store.vault import digest
from bridgebot.web.frames import LONGEST_ANSWER, Answering

# What a form may ask for, and the command that says it.
SAYS = {
    "favourite": "/fav",
    "unfavourite": "/unfav",
    "boost": "/boost",
    "unboost": "/unboost",
    "bookmark": "/bookmark",
    "unbookmark": "/unbookmark",
    "reply": "/reply",
}
_NAME = regex.compile(r"[A-Za-z0-9_-]{16,43}")
_NUMBER = regex.compile(r"[0-9]{1,15}")
_EVENT = regex.compile(r"page-[0-9a-f]{32}")
_OPEN = ("queued", "sending", "held", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks for."""

    post_id: int
    does: str  # of SAYS
    form: str  # its name
    text: str = ""
    back: str = ""  # the view of the list that it stood in
    page_of: int | None = None  # the post on whose own page it stood

    @classmethod
    def read(cls, post_id: int, fields: Mapping[str, str]) -> Wish | None:
        """None where it asks for nothing that there is."""
        does, form = fields.get("do", ""), fields.get("form", "")
        text = fields.get("text", "").replace("\r\n", "\n").strip()[:LONGEST_ANSWER]
        if does not in SAYS or not _NAME.fullmatch(form) or (does == "reply" and not text):
            return None
        page_of = int(fields["page"]) if _NUMBER.fullmatch(fields.get("page", "")) else None
        return cls(post_id, does, form, text if does == "reply" else "", fields.get("back", ""), page_of)


def message(exchange: Talk, wish: Wish, browser: str) -> tuple[str, Message] | None:
    """The adapter, and what its person says in their direct chat; None: the bot is in none of theirs."""
    tx, user_id = exchange.tx, exchange.user.id
    chat = _spoken_in(exchange)
    person = people.person_in(tx, chat) if chat is not None else None
    if chat is None or person is None or person.user_id != user_id:
        return None
    told = finding.code(replace(exchange, chat=chat), posts.post(tx, wish.post_id))
    event = f"page-{digest(f'{browser} {wish.form} {wish.does} {wish.post_id} {wish.text}')[:32]}"
    says = f"{SAYS[wish.does]} {told} {wish.text}".rstrip()
    sender = model.Person(person.native_id, person.name, language=person.language)
    return chat.adapter, Message(event, chat.native(), sender, event, says, exchange.now)


def _spoken_in(exchange: Talk) -> Chat | None:
    """The chat from which they signed in, else another of theirs in which the bot is."""
    if exchange.chat.open:
        return exchange.chat
    other = people.direct_chat(exchange.tx, exchange.user.id)
    return other if other is not None and other.open else None


def answering(exchange: Talk, post: Post) -> Answering:
    """As whom an answer would be written, and who would read it: as the command decides."""
    user = exchange.user
    wanted = wishes.Wish("", "", parent=post.id, audience=user.next_audience, warning=user.next_warning)
    audience, warning = wishes.meant_for(exchange, wanted)
    accounts = wishes.targets(exchange, wanted)
    names = (f"{handle(one.handle)} ({exchange.house.title(one.adapter)})" for one in accounts)
    return Answering(tuple(names), audience, warning)


def said(tx: Tx, user_id: int, event: str) -> str | None:
    """What became of what was asked, as a key; None: nothing was, or not by this user."""
    states = items.outcome(tx, user_id, event) if _EVENT.fullmatch(event) else None
    if states is None:
        return None
    if not states:
        return "page-done-chat"
    if any(state in _OPEN for state in states):
        return "page-done-waiting"
    return "page-done-sent" if all(state == "sent" for state in states) else "page-done-failed"
