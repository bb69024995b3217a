"""What administrators allow in their group beyond `/post`: native answers, marks by button, and pictures."""

from __future__ import annotations

from bridgebot.commands import compose, grammar, showing
from bridgebot.commands.wishes import wish
from bridgebot.dialog import Talk
from bridgebot.model import ANYBODY, Message
from bridgebot.store import keep, people, posts
from bridgebot.store.rows import Post

_REPLIES = ("replies", "回复")
_ON, _OFF = ("on", "开"), ("off", "关", "停")


def here(exchange: Talk, argument: str, message: Message) -> None:
    """/here: what holds in this group; /here replies on or off: whether native answers publish;
    /here pictures on or off: whether pictures are shown.
    """
    words = argument.lower().split()
    if exchange.chat.direct:
        exchange.say("group-only", name="here")
    elif not words:
        replies = exchange.text("here-replies-on" if exchange.chat.replies_at else "here-replies-off")
        exchange.write(f"{replies}\n{exchange.text('here-pictures', how=showing.stands(exchange))}")
    elif not exchange.administers:
        exchange.say("admins-only")
    elif showing.is_meant(words):
        showing.switch(exchange, words[1])
    elif len(words) != 2 or words[0] not in _REPLIES or words[1] not in (*_ON, *_OFF):
        exchange.say("usage-here")
    else:
        _switch(exchange, on=words[1] in _ON)


def _switch(exchange: Talk, *, on: bool) -> None:
    tx, chat = exchange.tx, exchange.chat
    people.set_chat(tx, chat.id, replies_at=exchange.now if on else None)
    target = f"chat {chat.id}"
    keep.audit(tx, exchange.now, exchange.user.id, "group-replies", target, "on" if on else "off")
    exchange.say("here-replies-on" if on else "here-replies-off")


def answered(exchange: Talk, reading: grammar.Reading, message: Message) -> bool:
    """Whether a message natively answers an item where that publishes: then it is a reply to it."""
    if not isinstance(reading, grammar.Text | grammar.Greeting):
        return False
    found = _item(exchange, message.reply_to)
    if found is None or not may_act(exchange, found):
        return False
    text = reading.text if isinstance(reading, grammar.Text) else message.text
    compose.command_post(exchange, message, wish(exchange, message, text, parent=found.id))
    return True


def may_act(exchange: Talk, found: Post) -> bool:
    """Whether who speaks may answer and mark this in the group, with an account of their own."""
    allowed, sender = exchange.chat.replies_at is not None, exchange.sender
    inside = sender is not None and not sender.outside
    return allowed and inside and found.seen_by in ANYBODY and found.deleted_at is None


def _item(exchange: Talk, message_id: str | None) -> Post | None:
    """The mirrored post that a message of the bot's shows; its receipts and other words are none."""
    copy = posts.copy_at(exchange.tx, exchange.chat.realm, message_id) if message_id is not None else None
    if copy is None or copy.role != posts.MIRROR or copy.chat_id != exchange.chat.id:
        return None
    return posts.post(exchange.tx, copy.post_id)
