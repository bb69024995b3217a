"""Reading a timeline on from where it was left, without gaps.

Pages are read upwards from an anchor (`min_id`: the posts directly above it; `since_id` would show
the newest and leave a gap). The anchor lies a few posts behind the newest one that was read, since
posts of other servers arrive late and are put in where they belong by their time. What stood
there at the last read is kept in the cursor: so nothing is given twice, an edit is seen, and so is
what is gone. Ids are opaque: they are only ever given back to the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from adapters.mastodon import filters, reading, wire
from adapters.mastodon.entities import Notification as Told
from adapters.mastodon.entities import Status
from adapters.mastodon.wire import Answer, Wire, quoted
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Account, Notification, Page, Post, Timeline, TimelineKind

PAGE = 40  # what is asked for; some servers give at most 20 (notifications of Pleroma)
SHORT = 20  # a page with less is the last one; filters make pages shorter than what was asked for
WINDOW, SMALL_WINDOW = 35, 15  # entries that are read again: fewer than a page, so that new ones fit in
MOST_PAGES = 25  # of one read of a timeline that was short before
LATE = timedelta(minutes=15)  # so much older than the last read may be what comes in a short timeline
_POSTS = frozenset({"mention", "quote"})  # notifications that are somebody's post to the account
STATUSES, NOTIFICATIONS = wire.Members(Status), wire.Members(Told)

Line = Status | Told | msgspec.Raw  # of a page; the last of what cannot be read


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One entry of the window, as it was read."""

    id: str  # of the entry: a post, a boost or a notification
    post: str  # the post's id; "" if it is not one
    edited: str


class Cursor(msgspec.Struct, frozen=True):
    """Where to read on."""

    anchor: str | None  # the entry below the window; None: the timeline was shorter than the window
    since: float  # without an anchor: older entries that were not seen are history
    seen: list[Seen] = []  # the window, oldest first
    on: str | None = None  # not at the end yet: the entry above which reading goes on
    size: int = SMALL_WINDOW  # of the window; it grows where pages are long


_CURSOR = msgspec.json.Decoder(Cursor)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline, read."""

    id: str
    post: Post | None = None
    notification: Notification | None = None
    at: datetime | None = None

    @property
    def seen(self) -> Seen:
        edited = self.post.edited_at if self.post else None
        return Seen(self.id, self.post.id if self.post else "", edited.isoformat() if edited else "")


class Reader:
    """One timeline, for one reader."""

    def __init__(self, api: Wire, timeline: Timeline, account: Account | None) -> None:
        self._wire = api
        self._account = account
        self._timeline = timeline
        self._domain = wire.domain(account) if account else timeline.server
        self._path, self._params = _path(timeline, account)
        self._place = filters.PLACES.get(timeline.kind, filters.OWN)

    async def first(self) -> Page:
        """Only the cursor from which everything later is read."""
        answer = await self._page()
        entries = self._entries(answer.value)
        since = min([answer.at, *(entry.at for entry in entries if entry.at)]) - LATE
        if not entries:  # a home timeline that is only being built is empty, too: what comes is history
            since = answer.at - timedelta(minutes=1)
        start = Cursor(None, since.timestamp(), size=_size(SMALL_WINDOW, len(answer.value)))
        return Page((), _encoded(_moved(start, [entry.seen for entry in entries], None)))

    async def on(self, text: str) -> Page:
        """What came, changed and went since the cursor."""
        cursor = _CURSOR.decode(text)
        entries, at_end, size = await self._above(cursor)
        now = [entry.seen for entry in entries]
        longer = _size(cursor.size, size)
        if now == cursor.seen and at_end and cursor.on is None and longer == cursor.size:
            return Page((), text)  # all as it was
        known = {seen.id: seen for seen in cursor.seen}
        fresh = [entry for entry in entries if known.get(entry.id) != entry.seen]
        missing, listed = _compared(cursor, now, at_end)
        gone = [seen.post for seen in reversed(missing) if seen.post and await self._is_gone(seen.post)]
        onward = None if at_end or not entries else entries[-1].id
        moved = _moved(msgspec.structs.replace(cursor, size=longer), listed, onward)
        return Page(
            posts=_once(entry.post for entry in fresh if entry.post is not None),
            cursor=_encoded(moved),
            more=bool(fresh) and not at_end,
            gone=tuple(dict.fromkeys(gone)),
            notifications=tuple(entry.notification for entry in fresh if entry.notification),
        )

    async def now(self) -> tuple[Post, ...]:
        """What it shows at this moment, the newest first."""
        entries = self._entries((await self._page()).value)
        return tuple(reversed(_once(entry.post for entry in entries if entry.post is not None)))

    async def _above(self, cursor: Cursor) -> tuple[list[Entry], bool, int]:
        """What stands above the anchor, oldest first; whether that is all; how long the page was."""
        if cursor.anchor is None:
            return await self._all(cursor), True, 0
        page = (await self._page(min_id=cursor.on or cursor.anchor)).value
        return self._entries(page), len(page) < SHORT, len(page)

    async def _all(self, cursor: Cursor) -> list[Entry]:
        """A timeline that was short is read from its newest entry down to the oldest that was seen."""
        known = {seen.id for seen in cursor.seen}
        since = datetime.fromtimestamp(cursor.since, UTC)
        found: list[Entry] = []
        below: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            entries = self._entries((await self._page(**below)).value)
            if not entries:
                break
            found = [*entries, *found]
            ids = {entry.id for entry in entries}
            old = any(entry.at and entry.at < since and entry.id not in known for entry in entries)
            if old or (cursor.seen and cursor.seen[0].id in ids):
                break
            below = {"max_id": entries[0].id}
        return [one for one in _distinct(found) if one.id in known or one.at is None or one.at >= since]

    async def _page(self, **where: str) -> Answer[Sequence[Line]]:
        params = {**self._params, "limit": str(PAGE), **where}
        server = self._timeline.server
        kind = NOTIFICATIONS if self._timeline.kind is TimelineKind.MENTIONS else STATUSES
        return await self._wire.dated(self._account, "GET", self._path, kind, server=server, params=params)

    def _entries(self, page: Sequence[Line]) -> list[Entry]:
        """The page oldest first, each entry once: some servers show one twice in a page."""
        if not page:
            return []
        found = (self._entry(line) for line in reversed(page))
        return _distinct(entry for entry in found if entry.id)

    def _entry(self, line: Line) -> Entry:
        """Also what cannot be read is an entry: reading goes on above it."""
        match line:
            case Status():
                return self._status(line)
            case Told():
                return self._told(line)
            case _:
                return Entry(wire.name(line))

    def _status(self, status: Status) -> Entry:
        if self._timeline.kind is TimelineKind.OWN and status.reblog is not None:
            return Entry(status.id)
        return Entry(status.id, self._post(status), at=reading.utc(status.created_at))

    def _post(self, status: Status) -> Post | None:
        """None where the reader's own filters hide it."""
        place = filters.place_of(status, self._place, self._account)
        if filters.hides(status, place):
            return None
        return reading.post(status, self._domain, place)

    def _told(self, told: Told) -> Entry:
        at = reading.utc(told.created_at)
        if told.type in _POSTS and told.status is not None:
            return Entry(told.id, self._post(told.status), at=at)
        return Entry(told.id, notification=reading.notification(told, self._domain), at=at)

    async def _is_gone(self, post_id: str) -> bool:
        """Not shown any more: deleted, or only filtered, muted, unboosted?"""
        path = f"/api/v1/statuses/{quoted(post_id)}"
        try:
            await self._wire.call(self._account, "GET", path, dict[str, Any], server=self._timeline.server)
        except TargetGone:
            return True
        except Rejected:
            return False
        return False


def _path(timeline: Timeline, account: Account | None) -> tuple[str, dict[str, str]]:
    """The path of a timeline, and what always goes with it."""
    match timeline.kind:
        case TimelineKind.HOME:
            return "/api/v1/timelines/home", {}
        case TimelineKind.MENTIONS:
            return "/api/v1/notifications", {}
        case TimelineKind.PERSON:
            return f"/api/v1/accounts/{quoted(timeline.argument)}/statuses", {}
        case TimelineKind.TAG:
            return f"/api/v1/timelines/tag/{quoted(timeline.argument)}", {}
        case TimelineKind.LIST:
            return f"/api/v1/timelines/list/{quoted(timeline.argument)}", {}
        case _:
            own = quoted(account.id if account else "")
            return f"/api/v1/accounts/{own}/statuses", {"exclude_reblogs": "true"}


# --- decisions: pure ---------------------------------------------------------------------------


def _compared(cursor: Cursor, now: Sequence[Seen], at_end: bool) -> tuple[Sequence[Seen], Sequence[Seen]]:
    """Which of the window are not there any more, and all that stands there now."""
    window, there = cursor.seen, {seen.id for seen in now}
    if cursor.on is not None:  # this page lies above the window
        return [], [*(seen for seen in window if seen.id not in there), *now]
    upto = len(window)
    if not at_end:
        upto = max((number for number, seen in enumerate(window, 1) if seen.id in there), default=upto)
    missing = [seen for seen in window[:upto] if seen.id not in there]
    return missing, [*now, *window[upto:]]


def _moved(cursor: Cursor, listed: Sequence[Seen], onward: str | None) -> Cursor:
    """The cursor, once all this was read: the last of it are the new window."""
    anchor, size = cursor.anchor, cursor.size
    if len(listed) > size:
        anchor, listed = listed[-size - 1].id, listed[-size:]
    return Cursor(anchor, cursor.since, list(listed), onward, size)


def _size(size: int, page: int) -> int:
    """How long the window may be where pages are as long as this one: new entries must fit in."""
    return max(size, min(WINDOW, page - 5))


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    return list({entry.id: entry for entry in entries}.values())


def _once(posts: Iterable[Post]) -> tuple[Post, ...]:
    """A post that came by itself and by boosts stands once in a page, by itself if it did."""
    found: dict[str, Post] = {}
    for post in posts:
        if post.id not in found or (found[post.id].boost is not None and post.boost is None):
            found[post.id] = post
    return tuple(found.values())


def _encoded(cursor: Cursor) -> str:
    return msgspec.json.encode(cursor).decode()
