"""From posts and outcomes to what people read. Pure: no I/O, no time, no state."""

from bridgebot.render.codes import is_short_id, short_id, short_number
from bridgebot.render.fit import fit, messages, thread
from bridgebot.render.items import Item, Quote, mirror, synced
from bridgebot.render.plain import canonical, clean_name, one_line, unpinged
from bridgebot.render.receipts import Outcome, Receipt, State, receipt

__all__ = [
    "Item",
    "Outcome",
    "Quote",
    "Receipt",
    "State",
    "canonical",
    "clean_name",
    "fit",
    "is_short_id",
    "messages",
    "mirror",
    "one_line",
    "receipt",
    "short_id",
    "short_number",
    "synced",
    "thread",
    "unpinged",
]
