"""Words that chats and social networks share: audiences, kinds of timelines, emphasis."""

from __future__ import annotations

import enum
from typing import Literal

from bridgebot.model.values import Made


class Audience(enum.StrEnum):
    """Who may read a post, from the widest to the narrowest."""

    PUBLIC = "public"
    UNLISTED = "unlisted"  # anybody who has the address; in no listing
    FOLLOWERS = "followers"
    DIRECT = "direct"  # the people mentioned

    @property
    def rank(self) -> int:
        """0 for the widest; a reply never has a lower rank than its parent."""
        return _RANKS[self]

    def narrowed_to(self, other: Audience) -> Audience:
        """The narrower of the two."""
        return self if self.rank >= other.rank else other


_RANKS = {audience: rank for rank, audience in enumerate(Audience)}
ANYBODY = (Audience.PUBLIC, Audience.UNLISTED)  # what may leave a chat that others read


class TimelineKind(enum.StrEnum):
    """What a timeline shows; `argument` says whose or which."""

    OWN = "own"  # what the account itself posted, wherever it did
    HOME = "home"
    MENTIONS = "mentions"  # posts that mention or answer the account, and its notifications
    PERSON = "person"  # argument: the person's native id
    TAG = "tag"  # argument: the tag without #
    LIST = "list"  # argument: the list's native id
    FEED = "feed"  # argument: the feed's address
    BOOKMARKS = "bookmarks"  # what the account has put aside: looked up, and not read on


# --- text with emphasis ------------------------------------------------------------------------

Markup = Literal["bold", "italic", "strike", "code", "spoiler", "link"]


class Span(Made, frozen=True, gc=False):
    """A stretch of a text that is set apart. Spans may overlap; positions are code points."""

    start: int
    end: int  # behind the last code point
    kind: Markup
    url: str | None = None  # with `link`: where it leads
