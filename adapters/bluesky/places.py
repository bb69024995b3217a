"""Where timelines are read, and how people write what can be read there: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from bridgebot.adapter import Address
from bridgebot.model import Account, Timeline, TimelineKind

KINDS: Final = frozenset(TimelineKind)
# The public app view answers searches only for who is signed in.
ANONYMOUS: Final = frozenset({TimelineKind.PERSON, TimelineKind.LIST, TimelineKind.FEED})

GENERATOR, LIST = "app.bsky.feed.generator", "app.bsky.graph.list"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"  # of a domain; atproto.com/specs/handle
_DOMAIN = rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DID = r"did:[a-z]+:[A-Za-z0-9._:%-]+"
_WHO = rf"(?:{_DOMAIN}|{_DID})"
_PAGE = rf"(?:https?://)?bsky\.app/profile/@?(?P<who>{_WHO})(?:/(?P<page>feed|lists)/(?P<key>[\w.:~-]+))?/?"
_URI = rf"at://(?P<did>{_WHO})(?:/(?P<collection>[A-Za-z0-9.-]+)/(?P<rkey>[\w.:~-]+))?"
ADDRESSES: Final = (
    Address(rf"@?{_LABEL}\.bsky\.social", sure=True),
    Address(rf"@{_DID}", sure=True),
    Address(re.sub(r"\?P<\w+>", "", _PAGE), sure=True),
    Address(re.sub(r"\?P<\w+>", "", _URI), sure=True),
    Address(rf"@{_DOMAIN}"),
)
_COLLECTIONS = {"feed": GENERATOR, "lists": LIST}


def place(timeline: Timeline, account: Account | None) -> tuple[str, list[tuple[str, str]]]:
    """The name of the call that reads a timeline, and what always goes with it."""
    about = timeline.argument
    match timeline.kind:
        case TimelineKind.HOME:
            return "app.bsky.feed.getTimeline", []
        case TimelineKind.MENTIONS:
            return "app.bsky.notification.listNotifications", []
        case TimelineKind.BOOKMARKS:  # is looked up, and not read on
            return "app.bsky.bookmark.getBookmarks", []
        case TimelineKind.TAG:
            return "app.bsky.feed.searchPosts", [("q", f"#{about.removeprefix('#')}"), ("sort", "latest")]
        case TimelineKind.LIST:
            return "app.bsky.feed.getListFeed", [("list", about)]
        case TimelineKind.FEED:
            return "app.bsky.feed.getFeed", [("feed", about)]
        case TimelineKind.PERSON:
            return "app.bsky.feed.getAuthorFeed", [("actor", about), ("filter", "posts_with_replies")]
        case TimelineKind.OWN:
            own = account.id if account else about
            return "app.bsky.feed.getAuthorFeed", [("actor", own), ("filter", "posts_with_replies")]


@dataclass(frozen=True, slots=True)
class Named:
    """What an address names: somebody, or a feed or list of theirs."""

    who: str  # a handle without @, or a DID
    collection: str = ""
    key: str = ""


def named(address: str) -> Named | None:
    """What stands at an address that matches one of `ADDRESSES`; None for what can be no timeline."""
    text = unquote(address.strip())
    if found := re.fullmatch(_PAGE, text):
        return Named(found["who"], _COLLECTIONS.get(found["page"] or "", ""), found["key"] or "")
    if found := re.fullmatch(_URI, text):
        collection = found["collection"] or ""
        if collection and collection not in _COLLECTIONS.values():
            return None
        return Named(found["did"], collection, found["rkey"] or "")
    who = text.removeprefix("@")
    return Named(who) if re.fullmatch(_WHO, who) else None
