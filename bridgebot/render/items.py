"""Somebody's post as a chat is shown it."""

from __future__ import annotations

from dataclasses import dataclass

from bridgebot.model import Audience
from bridgebot.render.plain import clean_name, foreign, marked, one_line, unpinged
from bridgebot.render.receipts import GAP, Receipt, can_be_undone, outcome_words
from bridgebot.texts import Texts

QUOTED = 60  # graphemes of what is answered, or was synced
LONG = 280  # graphemes: a longer text is shown with its address


@dataclass(frozen=True, slots=True)
class Quote:
    """What a post answers."""

    handle: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A post as it stands in one chat."""

    code: str  # short id in this chat
    network: str  # its name as people read it
    handle: str  # of the author
    text: str
    audience: Audience = Audience.PUBLIC
    warning: str | None = None
    url: str | None = None  # permalink
    boosted_by: str | None = None  # handle of whoever's boost brought it
    quote: Quote | None = None  # what it answers
    edited: bool = False
    deleted: bool = False
    shared: bool = False  # True: others read this chat, so nobody may be pinged in it


def mirror(item: Item, language: str, texts: Texts) -> str:
    """`@lin on Plaza [3bd]: 欢迎!`; what follows the first line is the bot's own only behind ↩ or ↗.

    Further lines of the author's bear a mark, and a text behind a content warning is left to its
    address. A deleted post keeps its head and loses its words.
    """
    head = _head(item, language, texts)
    if item.deleted:
        return texts(language, "mirror-deleted", head=head)
    lines = [texts(language, "mirror-line", head=head, text=_body(item))]
    if item.quote is not None:
        who = clean_name(item.quote.handle)
        lines.append(f"↩ {who}: {one_line(foreign(item.quote.text), QUOTED)}")
    if item.url and _needs_address(item):
        lines.append(f"↗ {item.url}")
    shown = "\n".join(lines)
    return unpinged(shown) if item.shared else shown


def _head(item: Item, language: str, texts: Texts) -> str:
    who = clean_name(item.handle)
    if item.boosted_by is not None:
        who = texts(language, "mirror-boosted", by=clean_name(item.boosted_by), who=who)
    head = texts(language, "mirror-head", who=who, network=item.network, code=item.code)
    if item.audience in (Audience.FOLLOWERS, Audience.DIRECT):
        head = f"{head} {texts(language, f'mirror-{item.audience.value}')}"
    return f"{head} {texts(language, 'mirror-edited')}" if item.edited and not item.deleted else head


def _body(item: Item) -> str:
    """The author's words; behind a warning only the warning, if they can be read at an address."""
    text = marked(item.text)
    if not item.warning:
        return text
    warning = f"⚠ {clean_name(item.warning)}"
    return warning if item.url else f"{warning}\n│ {text}"


def _needs_address(item: Item) -> bool:
    text = foreign(item.text).strip()
    return bool(item.warning) or "\n" in text or len(text) > LONG


@dataclass(frozen=True, slots=True)
class Written:
    """A post of one's own that was written elsewhere, and where."""

    network: str  # its name as people read it
    text: str
    account: str  # the writer's own name for the account


def synced(told: Receipt, written: Written, language: str, texts: Texts) -> str:
    """`↔ #7k3 from Pebble: … ✓ Plaza`: a post of one's own that a rule carried on, by its beginning."""
    key = "synced-gone" if told.deleted else "synced"
    excerpt = one_line(foreign(written.text), QUOTED)
    head = texts(language, key, code=f"#{told.code}", network=written.network, text=excerpt)
    line = " ".join([head, *outcome_words(told, language, texts)])
    if not (told.undo and can_be_undone(told)):
        return line
    hint = texts(language, "synced-undo", code=told.code, account=written.account)
    return f"{line}{GAP}{hint}"
