"""Somebody's post as a chat is shown it."""

from __future__ import annotations

from dataclasses import dataclass

from bridgebot.model import Attachment, Audience, Markup, Poll, Span
from bridgebot.render.links import honest
from bridgebot.render.media import media_lines
from bridgebot.render.plain import MARK, clean_name, foreign, handle, one_line
from bridgebot.render.polls import poll_lines
from bridgebot.render.receipts import GAP, Receipt, can_be_undone, outcome_words
from bridgebot.render.rich import Rich, joined
from bridgebot.texts import Texts, spaced

QUOTED = 60  # graphemes of what is answered, or was synced
LONG = 280  # graphemes: a longer text is shown with its address
_HOLE = "\ue000"  # where the text goes; names are without characters of private use


@dataclass(frozen=True, slots=True)
class Quote:
    """What a post answers, or shows."""

    handle: str
    text: str
    warning: str | None = None
    spans: tuple[Span, ...] = ()
    url: str | None = None  # its permalink, where that is to be told


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
    spans: tuple[Span, ...] = ()
    media: tuple[Attachment, ...] = ()
    exhibited: frozenset[int] = frozenset()  # of these, which can be seen beside the text, by their numbers
    markup: frozenset[Markup] = frozenset()  # the kinds of emphasis that the chat shows
    shows: Quote | None = None  # the post that it shows
    poll: Poll | None = None
    chosen: tuple[int, ...] = ()  # what whoever reads it chose, from 0
    poll_ends: str = ""  # when the poll ends, in the reader's time zone; "": it does not by itself
    vote_hint: bool = False  # say how to vote, for there are no buttons


def mirror(item: Item, language: str, texts: Texts) -> Rich:
    """`@lin on Plaza [3bd]: 欢迎!`; what follows the first line is the bot's own only behind ↩, ↪, ↗, 📊 or
    the sign of a picture, film or sound.

    Further lines of the author's bear a mark, which no emphasis covers. A text behind a content warning
    is a spoiler, and where the chat has none left to its address. A deleted post keeps its head and
    loses its words.
    """
    head = _head(item, language, texts)
    if item.deleted:
        return Rich(texts(language, "mirror-deleted", head=head))
    before, _, behind = texts(language, "mirror-line", head=head, text=_HOLE).partition(_HOLE)
    lines: list[Rich | str] = [joined("", (before, _body(item), behind))]
    if item.poll is not None:
        lines.append(_poll_line(item, item.poll, language, texts))
    if item.shows is not None:
        lines.append(_shown_line(item.shows))
    if item.quote is not None:
        lines.append(f"↩ {handle(item.quote.handle)}: {_quoted(item.quote)}")
    if item.url and _needs_address(item):
        lines.append(f"↗ {item.url}")
    return joined("\n", lines)


def said(item: Item) -> Rich:
    """The post by itself, for where its writer speaks and nobody else: no head, no id, and of a warning what
    it hides only where the chat can hide it.
    """
    hides = "spoiler" in item.markup
    words = [line.under("spoiler") if item.warning and hides else line for line in _words(item)]
    poll = poll_lines(item.poll, ()) if item.poll is not None else []
    lines: list[Rich | str] = [f"⚠ {clean_name(item.warning)}"] if item.warning else []
    if not item.warning or hides or not item.url:
        lines += [*words, *poll, *media_lines(item.media)]
    if item.shows is not None:
        lines.append(_shown_line(item.shows))
    if item.warning and item.url and not hides:
        lines.append(f"↗ {item.url}")
    return joined("\n", lines)


def _poll_line(item: Item, poll: Poll, language: str, texts: Texts) -> str:
    """`📊 3 voters · until 2026-12-01 18:30 · /vote 3bd 1`."""
    parts = [texts(language, "poll-voters", count=poll.voters)] if poll.voters else []
    if poll.closed:
        parts.append(texts(language, "poll-over"))
    elif item.poll_ends:
        parts.append(texts(language, "poll-until", time=item.poll_ends))
    if poll.multiple and not poll.closed:
        parts.append(texts(language, "poll-multiple"))
    if item.vote_hint:
        parts.append(texts(language, "poll-hint", code=item.code))
    return f"📊 {' · '.join(parts)}".rstrip()


def _shown_line(shows: Quote) -> str:
    """`↪ @lin: 欢迎! https://…`."""
    who = f"{handle(shows.handle)}: " if shows.handle else ""
    return f"↪ {who}{' '.join(part for part in (_quoted(shows), shows.url) if part)}"


def _head(item: Item, language: str, texts: Texts) -> str:
    who = handle(item.handle)
    if item.boosted_by is not None:
        who = texts(language, "mirror-boosted", by=handle(item.boosted_by), who=who)
    head = texts(language, "mirror-head", who=who, network=item.network, code=item.code)
    if item.audience in (Audience.FOLLOWERS, Audience.DIRECT):
        head = spaced(head, texts(language, f"mirror-{item.audience.value}"))
    return spaced(head, texts(language, "mirror-edited")) if item.edited and not item.deleted else head


def _body(item: Item) -> Rich:
    """The author's words and media; behind a warning only the warning, if they can be read at an address
    and the chat cannot hide them.
    """
    hides = "spoiler" in item.markup
    words, media = _words(item), [Rich(line) for line in media_lines(item.media, item.exhibited)]
    if item.poll is not None:
        media = [*(Rich(line) for line in poll_lines(item.poll, item.chosen)), *media]
    if not item.warning:
        return joined("\n", [*([joined(f"\n{MARK}", words)] if words else ()), *media])
    warning = f"⚠ {clean_name(item.warning)}"
    if item.url and not hides:
        return Rich(warning)
    if hides:
        words, media = ([line.under("spoiler") for line in lines] for lines in (words, media))
    return joined("\n", [warning, *(MARK + line for line in words), *media])


def _words(item: Item) -> list[Rich]:
    """The lines of the text, none for a post that is only a picture, with the emphasis of the chat."""
    text = foreign(Rich(item.text, item.spans)).strip("\n")
    if "spoiler" not in item.markup:
        text = text.covered()
    return honest(text).only(item.markup).split("\n") if text.text else []


def _quoted(quote: Quote) -> str:
    if quote.warning:
        return f"⚠ {clean_name(quote.warning)}"
    return one_line(str(foreign(Rich(quote.text, quote.spans).covered())), QUOTED)


def _needs_address(item: Item) -> bool:
    text = foreign(item.text).strip()
    if not item.warning and item.url and item.url in text.split():
        return False  # it stands there
    covers = "spoiler" not in item.markup and Rich(item.text, item.spans).has("spoiler")
    return bool(item.warning) or covers or "\n" in text or len(text) > LONG


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
    hints = []
    if told.undo and can_be_undone(told):
        hints.append(texts(language, "synced-undo", code=told.code, account=written.account))
    if told.undo and told.retry:
        hints.append(texts(language, "receipt-retry", code=told.code))
    if hints:
        line = f"{line}{GAP}{' · '.join(hints)}"
    return "\n".join([line, *(f"  {loss}" for loss in told.losses)])
