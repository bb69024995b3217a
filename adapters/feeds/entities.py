"""What a feed says, in whatever format it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridgebot.model import Attachment, Span


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what is set apart in it."""

    text: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a feed."""

    guid: str = ""  # its own word for itself; "": none
    link: str = ""  # absolute; "": none
    title: str = ""  # plain, on one line
    body: Text = Text()
    published: datetime | None = None
    updated: datetime | None = None
    author: str = ""
    media: tuple[Attachment, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it stands."""

    title: str = ""
    link: str = ""  # the page that it is of
    entries: tuple[Entry, ...] = ()  # in its own order
    hub: str = ""  # where it can be subscribed to (WebSub)
    topic: str = field(default="", repr=False)  # by what name there
    period: float = 0.0  # seconds after which it wants to be read again; 0: it does not say


class Unreadable(ValueError):
    """It is no feed, or one that nobody can read."""


class TooMuch(ValueError):
    """It is larger, or nested deeper, than any honest one."""
