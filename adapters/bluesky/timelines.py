"""Reading a timeline on from where it was left.

An AppView shows a timeline from its newest entry downwards and gives cursors only for what is older. So it is
read from the top, page by page, until all of the window is there: the newest entries as they were at the last
read, which the cursor keeps. What is not among them and not older is new, also where it was put in late;
what was there and is not any more is looked up: it may be deleted, or only muted or not reposted any more.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from adapters.bluesky import entities, people, places, reading, wire
from adapters.bluesky.entities import Listing
from adapters.bluesky.wire import Wire
from bridgebot.errors import Unsupported
from bridgebot.model import Account, Notification, Page, Post, Timeline, TimelineKind

log = logging.getLogger(__name__)

PAGE = 30
SHOWN = 20  # of what a timeline shows now
WINDOW = 20  # entries that are read again: fewer than a page, so that new ones fit in
RANKED = 3 * PAGE  # of a feed, which may show its entries in any order
MOST_PAGES = 40  # of one read: who was away for so long begins again at the newest
MOST_RANKED = 4
LATE = timedelta(minutes=15)  # so much older than the last read may be what comes in a short timeline
LOOKED_UP = 25  # of what a feed does not show any more


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One entry of the window."""

    id: str  # of the entry: a post, a repost or a notification
    post: str  # the post's id; "" if it is not one


class Cursor(msgspec.Struct, frozen=True):
    """Where to read on."""

    since: float  # older entries that were not seen are history
    seen: list[Seen] = []  # the window, oldest first


_CURSOR = msgspec.json.Decoder(Cursor)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline, read."""

    id: str
    at: datetime | None = None
    post: Post | None = None
    notification: Notification | None = None
    about: str = ""  # the post that a notification tells of, to be looked up

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.post.id if self.post else self.about)


class Reader:
    """One timeline, for one reader."""

    def __init__(self, api: Wire, timeline: Timeline, account: Account | None) -> None:
        self._wire = api
        self._site = api.config.site
        self._account = account
        self._kind = timeline.kind
        self._nsid, self._params = places.place(timeline, account)
        self._ranked = timeline.kind is TimelineKind.FEED

    async def first(self) -> Page:
        """Only the cursor from which everything later is read; of what was put aside, the last of it."""
        if self._kind is TimelineKind.BOOKMARKS:
            return Page(await people.bookmarks(self._wire, _needed(self._account)), "looked up")
        entries, _ = await self._page(None)
        since = min((entry.at for entry in entries if entry.at), default=self._wire.clock.now()) - LATE
        return Page((), _encoded(self._moved(since.timestamp(), entries[::-1])))

    async def on(self, text: str) -> Page:
        """What came and went since the cursor."""
        cursor = _CURSOR.decode(text)
        entries, covered = await self._down(cursor)
        known = {seen.id for seen in cursor.seen}
        listed = self._listed(cursor, entries, known, covered)
        fresh = [entry for entry in listed if entry.id not in known]
        gone = await self._gone(_missing(cursor.seen, entries)) if covered else ()
        kept = [seen for seen in cursor.seen if seen.post not in gone]
        return Page(
            posts=_once(await self._posts(fresh)),
            cursor=_encoded(self._moved(cursor.since, listed, kept)),
            gone=gone,
            notifications=tuple(entry.notification for entry in fresh if entry.notification),
        )

    async def latest(self) -> tuple[Post, ...]:
        """What it shows now, as the app view puts it: the newest first, but for feeds of other orders."""
        if self._kind is TimelineKind.BOOKMARKS:
            return (await people.bookmarks(self._wire, _needed(self._account)))[::-1]
        entries, _ = await self._page(None)
        return _once(await self._posts(entries))[:SHOWN]

    def _listed(
        self, cursor: Cursor, entries: Sequence[Entry], known: Collection[str], covered: bool
    ) -> Sequence[Entry]:
        """What of all that was read belongs to the time after the cursor, oldest first."""
        if self._ranked:
            return (entries if covered else entries[:PAGE])[::-1]
        lowest = max((n for n, entry in enumerate(entries) if entry.id in known), default=-1)
        since = datetime.fromtimestamp(cursor.since, UTC)
        later = (
            entry
            for n, entry in enumerate(entries)
            if n <= lowest or (entry.at is not None and entry.at > since)
        )
        return list(later)[::-1]

    # --- pages ---

    async def _down(self, cursor: Cursor) -> tuple[list[Entry], bool]:
        """From the newest entry down to the window's oldest; and whether that was reached."""
        found: dict[str, Entry] = {}
        below: str | None = None
        for _ in range(MOST_RANKED if self._ranked else MOST_PAGES):
            entries, below = await self._page(below)
            found |= {entry.id: entry for entry in entries if entry.id not in found}
            if below is None or self._enough(cursor, entries, found):
                return list(found.values()), True
        log.info("More came into a timeline than is read at once: what is older is missed")
        return list(found.values()), False

    def _enough(self, cursor: Cursor, entries: Sequence[Entry], found: Collection[str]) -> bool:
        if self._ranked:  # nothing in it is above or below: what was not among the first pages is new
            return any(seen.id in found for seen in cursor.seen)
        if cursor.seen and cursor.seen[0].id in found:
            return True
        since = datetime.fromtimestamp(cursor.since, UTC)
        return bool(entries) and all(entry.at is not None and entry.at < since for entry in entries)

    async def _page(self, below: str | None) -> tuple[list[Entry], str | None]:
        """A page, newest first, and the cursor to what is older, if there is any."""
        onward = [("cursor", below)] if below else []
        params = [*self._params, ("limit", str(PAGE)), *onward]
        page = await self._wire.query(self._account, self._nsid, Listing, params)
        entries = [entry for raw in page.members if (entry := self._entry(raw)) is not None]
        # The end is a page without a cursor, or with nothing on it.
        return entries, page.cursor if page.members and page.cursor != below else None

    def _entry(self, raw: msgspec.Raw) -> Entry | None:
        """Also what cannot be read is an entry, where it has a name; what does not belong here is none."""
        try:
            return self._read(raw)
        except ValueError as error:  # a time that is none
            log.warning("A line of a timeline is passed over: %s", error)
            return _nameless(raw)

    def _read(self, raw: msgspec.Raw) -> Entry | None:
        match self._kind:
            case TimelineKind.MENTIONS:
                told = wire.one(raw, entities.Told)
                return self._told(told) if told else _nameless(raw)
            case TimelineKind.TAG:
                view = wire.one(raw, entities.PostView)
                return self._view(view) if view else _nameless(raw)
        item = wire.one(raw, entities.FeedItem)
        return self._item(item) if item else _nameless(raw)

    def _item(self, item: entities.FeedItem) -> Entry | None:
        reason = item.reason
        if reason is None or reason.kind != reading.REPOST or reason.by is None:
            return self._view(item.post)
        if self._kind is TimelineKind.OWN:
            return None
        name = reason.uri or f"{reason.by.did} {item.post.uri}"
        post = self._shown(item.post, reason)
        return Entry(name, reading.moment(reason.indexed_at), post)

    def _view(self, view: entities.PostView) -> Entry:
        return Entry(view.uri, reading.moment(view.indexed_at), self._shown(view, None))

    def _shown(self, view: entities.PostView, reason: entities.Reason | None) -> Post | None:
        """The post; None where its author, or who reposted it, does not want to be shown to whom nobody
        knows.
        """
        shown = [view.author, *([reason.by] if reason and reason.by else [])]
        if self._account is None and any(reading.hidden(one) for one in shown):
            return None
        return reading.post(view, self._site, reason)

    def _told(self, told: entities.Told) -> Entry:
        at = reading.moment(told.indexed_at)
        if told.reason in reading.POSTS_TOLD:
            return Entry(told.uri, at, about=told.uri)
        return Entry(told.uri, at, notification=reading.notification(told, self._site))

    async def _posts(self, fresh: Sequence[Entry]) -> list[Post]:
        """The posts of new entries; those that a notification only names are looked up."""
        named = [entry.about for entry in fresh if entry.about and entry.post is None]
        views = await people.views(self._wire, self._account, named) if named else {}
        looked = {uri: reading.post(view, self._site) for uri, view in views.items()}
        posts = (entry.post or looked.get(entry.about) for entry in fresh)
        return [post for post in posts if post is not None]

    # --- what is gone ---

    async def _gone(self, missing: Sequence[Seen]) -> tuple[str, ...]:
        """Which posts that were shown are deleted; a post may be shown by several entries."""
        names = list(dict.fromkeys(seen.post for seen in reversed(missing) if seen.post))
        names = names[:LOOKED_UP] if self._ranked else names
        there = await people.views(self._wire, self._account, names) if names else {}
        return tuple(name for name in names if name not in there)

    def _moved(self, since: float, listed: Sequence[Entry], before: Sequence[Seen] = ()) -> Cursor:
        """The cursor, once all this was read: the newest of it are the new window."""
        if self._ranked:
            now = [entry.seen for entry in listed]
            names = {seen.id for seen in now}
            return Cursor(since, [*(seen for seen in before if seen.id not in names), *now][-RANKED:])
        if len(listed) <= WINDOW:
            return Cursor(since, [entry.seen for entry in listed])
        below = listed[-WINDOW - 1].at  # above it everything was read
        return Cursor(below.timestamp() if below else since, [entry.seen for entry in listed[-WINDOW:]])


# --- decisions: pure ---------------------------------------------------------------------------


def _missing(window: Sequence[Seen], entries: Sequence[Entry]) -> Sequence[Seen]:
    """What of the window is not there any more."""
    there = {entry.id for entry in entries}
    return [seen for seen in window if seen.id not in there]


def _needed(account: Account | None) -> Account:
    if account is None:
        raise Unsupported()
    return account


def _once(posts: Iterable[Post]) -> tuple[Post, ...]:
    """A post that came by itself and by reposts stands once in a page, by itself if it did."""
    found: dict[str, Post] = {}
    for post in posts:
        if post.id not in found or (found[post.id].boost is not None and post.boost is None):
            found[post.id] = post
    return tuple(found.values())


def _nameless(raw: msgspec.Raw) -> Entry | None:
    """What cannot be read, by its name alone."""
    named = wire.one(raw, entities.Named)
    if named is None:
        return None
    name = named.uri or (named.post.uri if named.post else "")
    return Entry(name) if name else None


def _encoded(cursor: Cursor) -> str:
    return msgspec.json.encode(cursor).decode()
