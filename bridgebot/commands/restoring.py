"""What was written while nobody remembers: between a copy of the database and its being put back."""

from __future__ import annotations

from bridgebot import dialog
from bridgebot.dialog import Talk
from bridgebot.model import Message


def is_unsure(exchange: Talk, message: Message) -> bool:
    """Whether the bot may have acted on a message already, and does not remember it."""
    gap = exchange.house.restored
    return gap is not None and gap.holds(message.sent_at)


def tell(exchange: Talk) -> None:
    """Say so once in each direct chat; nothing is done."""
    gap = exchange.house.restored
    if gap is None or not exchange.chat.direct:
        return
    times = {"since": f"{gap.since:%Y-%m-%d %H:%M}", "until": f"{gap.until:%Y-%m-%d %H:%M}"}
    dialog.notice(
        exchange.tx,
        exchange.now,
        exchange.chat,
        exchange.text("restored-unsure", **times),
        exchange.language,
        user_id=exchange.user.id,
        once=f"restored:{exchange.chat.id}:{gap.until.isoformat()}",
    )
