"""A read of a feed: what it says now, against what it said before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from adapters.feeds import addresses, known, pace
from adapters.feeds.cursor import Cursor
from adapters.feeds.entities import Entry, Feed
from adapters.feeds.known import Met
from adapters.feeds.media import distinct
from adapters.feeds.shown import shown
from adapters.feeds.wire import Answer, links
from bridgebot.model import Audience, Author, Page, Post

AT_ONCE = 500  # posts of a page
MOST_SHOWN = 20  # posts of what stands there now
SKEW = timedelta(minutes=10)  # by which a clock may be ahead
BEFORE = timedelta(days=1)  # how old that is at least which stood there when the feed was first read
GIVEN_UP = 7 * 86400  # seconds for which a feed may be missing before it is gone

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")  # BCP 47, as far as anybody uses it


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read is about."""

    address: str
    answer: Answer
    now: datetime
    last: datetime | None = None  # when it was read before, as far as that is remembered


def first(reading: Reading, feed: Feed, id: str) -> Cursor:
    """From here on everything later is read: what stands there is known, and shown to nobody."""
    met = known.compare(feed.entries, ())
    now = int(reading.now.timestamp())
    cursor = Cursor(feed=id, since=now, at=now)
    return _moved_on(
        cursor, reading, feed, known.remembered(met, (), frozenset(), len(met)), _dates(met, now)
    )


def on(reading: Reading, feed: Feed, cursor: Cursor) -> tuple[Page, Cursor]:
    """What is new and what changed, the oldest first, and the cursor behind it."""
    before = cursor.entries()
    met = known.compare(feed.entries, before)
    edits = [one for one in met if one.is_edited]
    news = [*edits, *_oldest_first([one for one in met if one.is_new])]
    page, rest = news[:AT_ONCE], frozenset(one.id for one in news[AT_ONCE:])
    most = max(cursor.most, len(met))
    writer = Writer(reading, feed, cursor)
    posts = tuple(writer.post(one) for one in page)
    fresh = [int(post.created_at.timestamp()) for post, one in zip(posts, page, strict=True) if one.is_new]
    times = sorted([*cursor.times, *fresh])[-pace.MOST :]
    after = _moved_on(cursor, reading, feed, known.remembered(met, before, rest, most), times)
    if rest:  # to be read again at once, whether it changed or not
        after = msgspec.structs.replace(after, etag="", modified="", body="")
    if posts:
        after = msgspec.structs.replace(after, at=int(reading.now.timestamp()))
    return Page(posts, "", more=bool(rest)), after


def latest(reading: Reading, feed: Feed, id: str) -> tuple[Post, ...]:
    """What stands there now, the newest first; who asks has seen nothing of it."""
    met = _oldest_first(known.compare(feed.entries, ()))
    now = int(reading.now.timestamp())
    writer = Writer(reading, feed, Cursor(feed=id, since=now, at=0))
    return tuple(writer.post(one) for one in reversed(met[-MOST_SHOWN:]))


def _moved_on(
    cursor: Cursor, reading: Reading, feed: Feed, entries: Sequence[known.Known], times: list[int]
) -> Cursor:
    headers = reading.answer.headers
    hub, topic = ("", "") if addresses.is_private(reading.address) else hub_of(reading.answer, feed)
    return msgspec.structs.replace(
        cursor,
        etag=headers.get("ETag", ""),
        modified=headers.get("Last-Modified", ""),
        body=digest(reading.answer.body),
        title=feed.title or cursor.title,
        link=feed.link or cursor.link,
        hub=hub,
        topic=topic,
        asked=feed.period,
        times=times,
        most=max(cursor.most, len(feed.entries)),
        known=[one.line() for one in entries],
        lost=0,
    )


def hub_of(answer: Answer, feed: Feed) -> tuple[str, str]:
    """Where the feed can be subscribed to, and by what name (WebSub, 4: headers before its own words)."""
    said = links(answer.headers)
    hub = addresses.absolute(answer.url, said.get("hub", "")) if said.get("hub") else feed.hub
    topic = addresses.absolute(answer.url, said.get("self", "")) if said.get("self") else feed.topic
    return (hub, topic or answer.url) if hub else ("", "")


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _dates(met: Iterable[Met], now: int) -> list[int]:
    dates = (int(one.entry.published.timestamp()) for one in met if one.entry.published is not None)
    return sorted(date for date in dates if date <= now)[-pace.MOST :]


def _oldest_first(met: Sequence[Met]) -> list[Met]:
    """Feeds are written the newest first; where all bear dates these tell, also of those that are not."""
    turned = list(reversed(met))
    if any(one.entry.published is None for one in turned):
        return turned
    return sorted(turned, key=lambda one: one.entry.published or datetime.min.replace(tzinfo=UTC))


class Writer:
    """Makes posts of the entries of one feed."""

    def __init__(self, reading: Reading, feed: Feed, cursor: Cursor) -> None:
        self._now = reading.now
        self._cursor = cursor
        self._last = max(reading.last or _time(cursor.at), _time(cursor.at))
        self._title = feed.title or cursor.title or addresses.host(reading.address)
        self._link = feed.link or cursor.link or None
        private = addresses.is_private(reading.address)
        # What a private address lets one read is not for the others in a group.
        self._audience = Audience.FOLLOWERS if private else Audience.PUBLIC

    def post(self, met: Met) -> Post:
        entry, text = met.entry, shown(met.entry)
        return Post(
            id=f"{self._cursor.feed}.{met.id}",
            author=Author(self._cursor.feed, self._title, entry.author or self._title, self._link),
            text=text.text,
            audience=self._audience,
            created_at=self._created(entry) if met.is_new else self._stood_at(entry),
            url=entry.link or None,
            language=entry.language if entry.language and _LANGUAGE.fullmatch(entry.language) else None,
            edited_at=None if met.is_new else self._edited(entry),
            spans=text.spans,
            media=distinct(entry.media),
        )

    def _created(self, entry: Entry) -> datetime:
        """When it came to stand there. Its own date is no later than that, and often earlier: blogs write the
        day, and what was a draft for weeks comes out with the day on which it was begun.
        """
        said = entry.published
        return said if said is not None and self._last < said <= self._now + SKEW else self._now

    def _stood_at(self, entry: Entry) -> datetime:
        """What was known before is never news: it is at least as old as the first read."""
        latest = _time(self._cursor.since) - BEFORE
        return min(entry.published or latest, latest)

    def _edited(self, entry: Entry) -> datetime:
        said = entry.updated
        return said if said is not None and self._last < said <= self._now else self._now


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
