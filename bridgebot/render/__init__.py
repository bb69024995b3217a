"""From posts and outcomes to what people read. Pure: no I/O, no time, no state."""

from bridgebot.render.codes import is_short_id, short_id, short_number
from bridgebot.render.fit import fit, messages
from bridgebot.render.items import Item, Quote, Written, mirror, said, synced
from bridgebot.render.media import media_lines
from bridgebot.render.names import renamed
from bridgebot.render.plain import (
    MARK,
    called,
    clean_name,
    clean_url,
    foreign,
    handle,
    marked,
    one_line,
    quoted,
    unpinged,
)
from bridgebot.render.polls import choice_lines, poll_lines, result_line
from bridgebot.render.receipts import Outcome, Receipt, State, can_be_undone, receipt
from bridgebot.render.rich import Rich, joined
from bridgebot.render.sound import sound
from bridgebot.render.thread import shortened, teaser, thread
from bridgebot.render.times import clock, moment

__all__ = [
    "MARK",
    "Item",
    "Outcome",
    "Quote",
    "Receipt",
    "Rich",
    "State",
    "Written",
    "called",
    "can_be_undone",
    "choice_lines",
    "clean_name",
    "clean_url",
    "clock",
    "fit",
    "foreign",
    "handle",
    "is_short_id",
    "joined",
    "marked",
    "media_lines",
    "messages",
    "mirror",
    "moment",
    "one_line",
    "poll_lines",
    "quoted",
    "receipt",
    "renamed",
    "result_line",
    "said",
    "short_id",
    "short_number",
    "shortened",
    "sound",
    "synced",
    "teaser",
    "thread",
    "unpinged",
]
