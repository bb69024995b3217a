"""Reading feeds over HTTP: what costs nothing, what moved, what is gone, what comes and in which order."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from aiohttp import web

from adapters import feeds
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary, Unsupported
from bridgebot.model import Audience, Timeline, TimelineKind
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.context import house
from tests.servers.feeds import Document, serving
from tests.servers.feeds_written import TYPES, Channel, Item, on, write

FEED = "/feed.xml"
LIKE = {"password": ("ada", "pa55word"), "query": "token=t0psecret"}


class Reader:
    """An adapter, its house, and one feed of a server that it reads on and on."""

    def __init__(self, server, context, clock, **options):
        self.server, self.clock, self.context = server, clock, context
        config = {"sites": (server.origin,), "quickest": 0.0, **options}
        self.adapter = feeds.Adapter(feeds.Config(**config), context)
        self.address, self.cursor, self.page = server.url(FEED), None, None
        self.format, self.channel, self.document = "rss", Channel(), {}

    def stands(self, *items, path=FEED):
        """From now on these stand in the feed, the first the newest."""
        body = write(self.format, self.channel, items)
        self.server.documents[path] = Document(body, TYPES[self.format], **self.document)

    async def read(self, after=60):
        """What is read once some seconds have passed."""
        self.clock.skip(after)
        timeline = Timeline(TimelineKind.FEED, "127.0.0.1", self.address)
        self.page = await self.adapter.fetch(timeline, None, self.cursor)
        self.cursor, self.address = self.page.cursor, self.page.moved or self.address
        return self.page

    async def news(self, *items, after=60):
        """The titles, or texts, of what is read once these stand there; edits bear a star."""
        self.stands(*items)
        page = await self.read(after)
        return [("*" if post.edited_at else "") + post.text.split("\n")[0] for post in page.posts]


@contextlib.asynccontextmanager
async def a_reader():
    async with contextlib.AsyncExitStack() as stack:
        clock = ManualClock()
        clock.skip((on(20) - clock.now()).total_seconds())
        server = await stack.enter_async_context(serving())
        context = await stack.enter_async_context(house(feeds, clock=clock))
        yield Reader(server, context, clock)
        assert server.complaints == []


@pytest.fixture
async def reader():
    async with a_reader() as reader:
        yield reader


def item(number, **more):
    given = {
        "guid": f"tag:stones.example,2026:{number}",
        "title": f"Title {number}",
        "text": f"Words {number}",
        "link": f"https://stones.example/{number}",
        "published": on(1) + timedelta(hours=number),
    }
    return Item(**{**given, **more})


# --- what comes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_what_is_new_comes_once_the_oldest_first_in_every_format(reader, format):
    reader.format = format
    assert await reader.news(item(2), item(1)) == []
    assert await reader.news(item(4), item(3), item(2), item(1)) == ["Title 3", "Title 4"]
    assert await reader.news(item(4), item(3), item(2), item(1)) == []
    post = (await reader.read()).posts
    assert post == ()


async def test_a_post_says_what_the_entry_says(reader):
    reader.channel = Channel(title="Stones &amp; more", page="https://stones.example/blog/")
    await reader.news()
    late = item(1, published=on(20), enclosure=("/a/1.mp3", "audio/mpeg"))
    late = replace(late, html='<p>See <a href="/x">this</a></p><img src="i.png" alt="a stone">')
    await reader.news(late, after=86400 * 2)
    (post,) = reader.page.posts
    assert post.text == "Title 1\nSee this\nhttps://stones.example/1"
    assert {(span.kind, span.url) for span in post.spans} == {
        ("bold", None),
        ("link", "https://stones.example/x"),
    }
    assert [(one.kind, one.alt) for one in post.media] == [("audio", ""), ("image", "a stone")]
    assert post.media[1].url == "https://stones.example/i.png"
    assert (post.author.handle, post.author.url) == ("Stones & more", "https://stones.example/blog/")
    assert (post.url, post.audience, post.uri) == ("https://stones.example/1", Audience.PUBLIC, None)


async def test_an_entry_that_changes_comes_as_an_edit(reader):
    await reader.news(item(1))
    assert await reader.news(item(2), item(1)) == ["Title 2"]
    new = reader.page.posts[0]
    assert await reader.news(item(2, text="Other words"), item(1)) == ["*Title 2"]
    assert reader.page.posts[0].id == new.id
    assert "Other words" in reader.page.posts[0].text
    assert await reader.news(item(2, text="Other words"), item(1)) == []


async def test_an_entry_whose_address_changes_with_its_title_is_edited(reader):
    await reader.news(item(2), item(1))
    renamed = item(1, title="A better title", link="https://stones.example/a-better-title")
    assert await reader.news(item(2), renamed) == ["*A better title"]


async def test_entries_that_say_the_same_keep_their_own_names(reader):
    await reader.news()
    one, other = (Item(f"g{n}", text="All is well.", published=on(2)) for n in range(2))
    await reader.news(one, other)
    names = {post.id for post in reader.page.posts}
    await reader.news(other)
    await reader.news(replace(other, text="It is not."))
    assert reader.page.posts[0].id in names
    assert await reader.news(replace(other, text="It is not."), replace(one, text="It is.")) == ["*It is."]
    assert {reader.page.posts[0].id} < names


async def test_what_stood_there_before_and_changes_is_no_news(reader):
    """It comes, as any edit does, and is older than whoever began to follow."""
    await reader.news(item(1, published=None))
    followed = reader.clock.now()
    assert await reader.news(item(1, published=None, text="Other")) == ["*Title 1"]
    assert reader.page.posts[0].created_at < followed


# --- nothing is repeated --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"guid": "{}"},
        {"guid": ""},
        {"link": "https://elsewhere.example/{}"},
        {"guid": "new-{}", "link": "https://elsewhere.example/{}"},
        {"guid": "new-{}", "published": None},
        {"published": on(9)},
        {"guid": "new-{}", "text": "Rewritten {}"},
    ],
    ids=str,
)
async def test_a_feed_that_is_made_anew_repeats_nothing(reader, change):
    before = [item(number) for number in range(5)]
    await reader.news(*before)

    def anew(number):
        return {k: v.format(number) if isinstance(v, str) else v for k, v in change.items()}

    after = [replace(one, **anew(number)) for number, one in enumerate(before)]
    news = await reader.news(*after)
    assert [one for one in news if not one.startswith("*")] == []
    assert bool(news) == ("text" in change)
    assert await reader.news(item(7), *after) == ["Title 7"]


async def test_another_order_and_what_comes_back_repeat_nothing(reader):
    entries = [item(number) for number in range(20)]
    await reader.news(*entries)
    for stands in (reversed(entries), [], entries[5:], entries[::2], [], entries):
        assert await reader.news(*stands) == []


async def test_guids_that_count_places_repeat_nothing(reader):
    def stands(*numbers):
        return [item(number, guid=str(place)) for place, number in enumerate(numbers)]

    await reader.news(*stands(3, 2, 1))
    assert await reader.news(*stands(4, 3, 2)) == ["Title 4"]
    assert await reader.news(*stands(5, 4, 3)) == ["Title 5"]


async def test_entries_that_share_their_guid_or_address_are_told_apart(reader):
    same = {"guid": "same", "link": "https://stones.example/"}
    await reader.news(item(2, **same), item(1, **same))
    assert await reader.news(item(3, **same), item(2, **same), item(1, **same)) == ["Title 3"]
    assert await reader.news(item(4, **same), item(3, **same), item(2, **same)) == ["Title 4"]


async def test_an_entry_that_stands_there_twice_comes_once(reader):
    await reader.news()
    assert await reader.news(item(1), item(1)) == ["Title 1"]
    assert await reader.news(item(1), item(1)) == []


async def test_reading_again_from_the_same_place_gives_the_same(reader):
    await reader.news(item(1))
    before = reader.cursor
    first = await reader.news(item(2), item(1, text="x"))
    ids = [post.id for post in reader.page.posts]
    reader.cursor = before
    assert await reader.news(item(2), item(1, text="x")) == first == ["*Title 1", "Title 2"]
    assert [post.id for post in reader.page.posts] == ids


async def test_more_than_a_page_comes_page_by_page(reader):
    await reader.news()
    reader.stands(*(item(number) for number in range(1200, 0, -1)))
    pages = [await reader.read(0) for _ in range(3)]
    assert [(len(page.posts), page.more) for page in pages] == [(500, True), (500, True), (200, False)]
    found = [int(post.text.split()[1]) for page in pages for post in page.posts]
    assert found == list(range(1, 1201))
    assert (await reader.read()).posts == ()
    assert reader.server.asked(FEED)[-1] == 304


async def test_a_feed_of_thousands_is_remembered_whole_and_in_little_space(reader):
    entries = [item(number) for number in range(5000, 0, -1)]
    await reader.news(*entries)
    assert len(reader.cursor) < 220_000
    assert await reader.news(item(5001), *entries[:20]) == ["Title 5001"]
    assert await reader.news(item(5001), *entries) == []


# --- dates ----------------------------------------------------------------------------------------


async def test_a_date_is_believed_where_it_can_be_true(reader):
    await reader.news()
    start = reader.clock.now()
    dates = {
        "no date": None,
        "of tomorrow": start + timedelta(days=1),
        "long past": on(1),
        "since the last read": start + timedelta(minutes=30),
    }
    await reader.news(*(item(1, guid=name, title=name, published=d) for name, d in dates.items()), after=3600)
    created = {post.text.split("\n")[0]: post.created_at for post in reader.page.posts}
    now = reader.clock.now()
    assert created == {
        "no date": now,
        "of tomorrow": now,
        "long past": now,
        "since the last read": start + timedelta(minutes=30),
    }


async def test_without_dates_the_order_is_the_feeds(reader):
    await reader.news(item(1, published=None))
    stands = [item(number, published=None) for number in (3, 5, 4, 1)]
    assert await reader.news(*stands) == ["Title 4", "Title 5", "Title 3"]


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{"etag": True}, {"etag": False, "modified": on(19)}])
async def test_what_did_not_change_costs_nothing(reader, how):
    reader.document = how
    await reader.news(item(1))
    cursor = reader.cursor
    for _ in range(3):
        await reader.read()
    assert reader.server.asked(FEED) == [200, 304, 304, 304]
    assert [one.sent for one in reader.server.seen][1:] == [0, 0, 0]
    assert reader.cursor == cursor, "so there is nothing to write down"


async def test_a_server_that_knows_no_validators_costs_no_more_than_the_bytes(reader):
    reader.document = {"etag": False}
    await reader.news(item(1))
    cursor = reader.cursor
    assert (await reader.read()).posts == ()
    assert reader.cursor == cursor
    assert reader.server.asked(FEED) == [200, 200]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"headers": {"Cache-Control": "public, max-age=7200", "Age": "200"}}, 7000),
        ({"headers": {"Cache-Control": "max-age=99999999"}}, 86400),
        ({"headers": {"Cache-Control": "no-cache, max-age=7200"}}, 300),
        ({"ttl": 180}, 10800),
        ({}, 300),
    ],
    ids=str,
)
async def test_a_feed_is_left_alone_as_long_as_it_asks(reader, said, seconds):
    busy = [item(number, published=on(20) - timedelta(minutes=number)) for number in range(10)]
    reader.adapter = feeds.Adapter(
        feeds.Config(sites=(reader.server.origin,)), replace(reader.context, name="again")
    )
    reader.document = {"headers": said.get("headers", {})}
    reader.channel = Channel(ttl=said.get("ttl"))
    reader.stands(*busy)
    assert (await reader.read(0)).next_in == seconds
    assert (await reader.read(0)).next_in == seconds, "also where nothing changed"


@pytest.mark.parametrize(
    ("apart", "least", "most"),
    [(timedelta(hours=1), 150, 160), (timedelta(days=1), 3600, 3700), (timedelta(weeks=1), 25000, 26000)],
)
async def test_a_feed_is_read_as_often_as_something_comes(reader, apart, least, most):
    reader.stands(*(item(number, published=on(20) - apart * number) for number in range(10)))
    assert least <= (await reader.read(0)).next_in <= most
    assert (await reader.read(86400 * 300)).next_in == 43200, "it has been quiet for a year"


async def test_a_feed_without_dates_is_read_by_what_was_seen_of_it(reader):
    await reader.news(item(0, published=None))
    assert reader.page.next_in == 1800
    for number in range(1, 5):
        stands = [item(n, published=None) for n in range(number, -1, -1)]
        await reader.news(*stands, after=86400)
    assert reader.page.next_in == 3600


async def test_a_server_that_is_busy_says_when_to_come_back(reader):
    await reader.news(item(1))
    for status in (429, 503):
        reader.server.once = web.Response(status=status, headers={"Retry-After": "777"})
        with pytest.raises(Temporary) as error:
            await reader.read()
        assert error.value.retry_after == 777


# --- where it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
async def test_a_feed_that_moved_for_good_is_read_there_from_now_on(reader, status):
    await reader.news(item(1))
    reader.stands(item(2), item(1), path="/new.xml")
    reader.server.redirects[FEED] = (status, "/new.xml")
    page = await reader.read()
    assert [post.text.split("\n")[0] for post in page.posts] == ["Title 2"]
    assert page.moved == reader.server.url("/new.xml")
    await reader.read()
    assert reader.server.asked(FEED) == [200, status]


async def test_a_feed_that_is_elsewhere_for_now_is_asked_where_it_was(reader):
    reader.stands(item(1), path="/new.xml")
    reader.server.redirects[FEED] = (302, "/new.xml")
    for _ in range(2):
        assert (await reader.read()).moved is None
    assert reader.server.asked(FEED) == [302, 302]
    assert reader.server.asked("/new.xml") == [200, 304]


async def test_a_page_of_words_in_the_place_of_the_feed_moves_nothing(reader):
    await reader.news(item(1))
    reader.server.redirects[FEED] = (301, "/login")
    reader.server.documents["/login"] = Document(b"<html>Log in", "text/html")
    with pytest.raises(Temporary):
        await reader.read()


async def test_gone_is_gone_and_missing_is_so_after_a_week(reader):
    await reader.news(item(1))
    del reader.server.documents[FEED]
    assert (await reader.read()).next_in == 3600
    assert (await reader.read(86400 * 6)).posts == ()
    assert await reader.news(item(2), item(1)) == ["Title 2"], "it is back"
    del reader.server.documents[FEED]
    await reader.read()
    with pytest.raises(TargetGone):
        await reader.read(86400 * 7)
    reader.server.statuses[FEED] = (410, {})
    with pytest.raises(TargetGone):
        await reader.read()


async def test_what_is_missing_from_the_first_is_gone(reader):
    with pytest.raises(TargetGone):
        await reader.read()


# --- secrets --------------------------------------------------------------------------------------


async def test_a_private_feed_is_read_and_its_secrets_are_shown_nowhere(reader, caplog):
    caplog.set_level(0)
    reader.document = LIKE
    reader.address = f"http://ada:pa55word@{reader.server.origin[7:]}{FEED}?token=t0psecret"
    await reader.news(item(1))
    assert await reader.news(item(2), item(1)) == ["Title 2"]
    (post,) = reader.page.posts
    assert post.audience is Audience.FOLLOWERS, "it is not for everybody in a group"
    errors = []
    for answer in (web.Response(status=500), web.Response(status=401), web.Response(text="<html>")):
        reader.server.once = answer
        with pytest.raises(AdapterError) as error:
            await reader.read()
        errors.append(repr(error.value) + str(error.value) + repr(error.value.__cause__))
    assert isinstance(error.value, Temporary)
    shown = [reader.cursor, repr(reader.page), repr(reader.adapter), *errors, *caplog.messages]
    assert not [words for words in shown if "pa55word" in words or "t0psecret" in words]


async def test_a_wrong_password_is_told(reader):
    reader.document = LIKE
    reader.address += "?token=t0psecret"
    reader.stands(item(1))
    with pytest.raises(Rejected) as error:
        await reader.read()
    assert error.value.key == "feeds-locked"


async def test_a_password_goes_to_no_other_server(reader):
    async with serving() as other:
        other.documents["/x.xml"] = Document(write("rss", Channel(), [item(1)]))
        reader.server.redirects[FEED] = (301, other.url("/x.xml"))
        options = {"sites": (reader.server.origin, other.origin)}
        reader.adapter = feeds.Adapter(feeds.Config(**options), replace(reader.context, name="again"))
        reader.address = f"http://ada:pa55word@{reader.server.origin[7:]}{FEED}"
        page = await reader.read()
        assert page.moved == other.url("/x.xml")
        assert "Authorization" not in other.seen[0].headers
        assert other.complaints == []


async def test_the_marks_of_a_feed_hold_after_a_restart_and_are_no_digests_of_its_address(reader):
    name = await reader.adapter.name_of("https://example.org/?token=1")
    again = feeds.Adapter(feeds.Config(), replace(reader.context, name="again"))
    assert await again.name_of("https://example.org/?token=1") == name
    async with house(feeds) as another:
        strange = feeds.Adapter(feeds.Config(), another)
        assert await strange.name_of("https://example.org/?token=1") != name


async def test_many_that_ask_at_once_get_one_key(reader):
    names = await asyncio.gather(*(reader.adapter.name_of("https://example.org/") for _ in range(5)))
    assert len(set(names)) == 1


async def test_what_a_feed_says_of_itself_is_cut_where_nobody_reads_on(reader):
    reader.channel = Channel(title="x" * 100_000)
    await reader.news()
    await reader.news(item(1, title="y" * 100_000, text="z" * 100_000))
    (post,) = reader.page.posts
    assert len(post.text) < 1500
    assert len(post.author.handle) < 400
    assert len(reader.cursor) < 1500


async def test_only_feeds_are_read(reader):
    for kind in set(TimelineKind) - {TimelineKind.FEED}:
        with pytest.raises(Unsupported):
            await reader.adapter.fetch(Timeline(kind, "x", "y"), None, None)


# --- the fake server and the writer, judged by somebody else's parser ---------------------------


@pytest.mark.parametrize("format", ["rss", "atom"])
async def test_the_fake_feeds_are_what_feedparser_takes_for_feeds(reader, format):
    reader.format = format
    reader.channel = Channel(own=reader.address, hub=reader.server.url("/hub"))
    reader.stands(item(1, enclosure=("https://stones.example/1.mp3", "audio/mpeg")))
    found = await reader.adapter._wire.beside(lambda: feedparser.parse(reader.address))
    assert (found.bozo, found.status, found.feed.title) == (False, 200, "Stones")
    assert found.version == {"rss": "rss20", "atom": "atom10"}[format]
    (entry,) = found.entries
    assert (entry.id, entry.title, entry.link) == (item(1).guid, "Title 1", "https://stones.example/1")
    assert entry.enclosures[0].href == "https://stones.example/1.mp3"
    assert {link.rel for link in found.feed.links} >= {"self", "hub"}
    again = await reader.adapter._wire.beside(
        lambda: feedparser.parse(reader.address, etag=found.etag, modified=found.get("modified"))
    )
    assert (again.status, again.entries) == (304, [])
