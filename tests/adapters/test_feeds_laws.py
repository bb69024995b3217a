"""Whatever a feed does to itself, each of its entries is shown once: random histories of feeds."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from adapters.feeds import cursor as cursors
from adapters.feeds import known, reading
from adapters.feeds.entities import Entry, Feed, Text
from adapters.feeds.reading import Reading
from adapters.feeds.wire import Answer

START = datetime(2026, 11, 1, tzinfo=UTC)
ADDRESS = "https://stones.example/feed"


@dataclass(frozen=True)
class Article:
    """What an author wrote, whatever its feed makes of it."""

    number: int
    words: int = 0  # which version of them

    def entry(self, guids: int, links: int, dated: bool) -> Entry:
        """As an entry, by the feed's guids and addresses of this time."""
        return Entry(
            guid=f"guid {guids} {self.number}" if guids >= 0 else "",
            link=f"https://stones.example/{links}/{self.number}",
            title=f"Article {self.number}",
            body=Text(f"version {self.words} of {self.number}"),
            published=START + timedelta(hours=self.number) if dated else None,
        )


@dataclass
class Site:
    """A feed with a history."""

    dated: bool
    articles: list[Article]
    shown: list[Article]
    guids: int = 0
    links: int = 0
    written: int = 0
    shown_ever: set[int] = None

    def does(self, act: str, draw) -> None:
        if act == "write":
            for _ in range(draw(some.integers(1, 3))):
                self.articles.insert(0, Article(self.written))
                self.written += 1
        elif act == "edit" and self.articles:
            place = draw(some.integers(0, len(self.articles) - 1))
            self.articles[place] = replace(self.articles[place], words=self.articles[place].words + 1)
        elif act == "new guids":
            self.guids += 1
        elif act == "no guids":
            self.guids = -1
        elif act == "new addresses" and self.guids >= 0:  # both at once, undated, is another law
            self.links += 1
        self.shown = list(self.articles)
        if act == "turn round":
            self.shown.reverse()
        elif act == "cut short":
            self.shown = self.shown[: draw(some.integers(0, len(self.shown)))]
        elif act == "shuffle":
            self.shown = draw(some.permutations(self.shown))

    def feed(self) -> Feed:
        entries = (one.entry(self.guids, self.links, self.dated) for one in self.shown)
        return Feed("Stones", entries=tuple(entries))


def read(site: Site, cursor, now):
    """One read, page by page, each cursor through the database: the posts of it."""
    about = Reading(ADDRESS, Answer(200, {}, b"", ADDRESS, ADDRESS), now)
    if cursor is None:
        return [], reading.first(about, site.feed(), "feed")
    posts = []
    while True:
        page, after = reading.on(about, site.feed(), cursor)
        posts += page.posts
        cursor = cursors.decoded(cursors.encoded(after, ADDRESS), ADDRESS)
        if not page.more:
            return posts, cursor


ACTS = (
    "write",
    "edit",
    "new guids",
    "no guids",
    "new addresses",
    "turn round",
    "cut short",
    "shuffle",
    "rest",
)


@settings(max_examples=150, deadline=None)
@given(some.booleans(), some.integers(0, 8), some.lists(some.sampled_from(ACTS), max_size=12), some.data())
def test_each_entry_is_shown_once_whatever_a_feed_does(dated, old, acts, data):
    site = Site(dated, [], [])
    for _ in range(old):
        site.does("write", lambda strategy: 1)
    _, cursor = read(site, None, START + timedelta(days=30))
    met, ids = {one.number for one in site.shown}, {}
    for step, act in enumerate(acts):
        site.does(act, data.draw)
        posts, cursor = read(site, cursor, START + timedelta(days=30, hours=step + 1))
        new = [post for post in posts if post.edited_at is None]
        wanted = [one for one in site.shown if one.number not in met]
        titles = sorted(post.text.split("\n")[0] for post in new)
        assert titles == sorted(f"Article {one.number}" for one in wanted), act
        met |= {one.number for one in site.shown}
        for post in posts:
            number = int(post.text.split()[1])
            assert ids.setdefault(number, post.id) == post.id, "an edit is told under the post's own id"
        assert len(set(ids.values())) == len(ids)
        assert len(cursor.known) <= 2 * max(len(met), 1) + known.FEWEST


@settings(max_examples=50, deadline=None)
@given(some.integers(1, 10), some.booleans())
def test_an_edit_is_told_once_and_nothing_else_is(number, dated):
    site = Site(dated, [], [])
    for _ in range(number):
        site.does("write", lambda strategy: 1)
    now = START + timedelta(days=30)
    _, cursor = read(site, None, now)
    site.does("edit", lambda strategy: 0)
    posts, cursor = read(site, cursor, now + timedelta(hours=1))
    assert [("version 1" in post.text, post.edited_at is not None) for post in posts] == [(True, True)]
    assert read(site, cursor, now + timedelta(hours=2))[0] == []


@given(some.lists(some.text(max_size=20), min_size=4, max_size=4), some.text(max_size=20))
def test_what_is_known_is_written_down_and_read_again(words, name):
    one = known.Known(known.Marks(*(known.digest(w) for w in words[:3]), known.digest(words[3])[:4]), name)
    one = replace(one, id=known.digest(name))
    assert known.read(one.line()) == one
