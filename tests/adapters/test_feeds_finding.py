"""From what somebody writes to the feeds behind it."""

import contextlib

import pytest

from adapters import feeds
from adapters.feeds import pages
from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.model import TimelineKind
from bridgebot.testing.context import house
from tests.servers.feeds import Document, serving
from tests.servers.feeds_written import TYPES, Channel, Item, write

RSS = Document(write("rss", Channel(title="Stones", page="/about"), [Item("1", title="One")]), TYPES["rss"])


@pytest.fixture
async def server():
    async with serving() as server:
        yield server
        assert server.complaints == []


@contextlib.asynccontextmanager
async def finder(server):
    """What is found: the path of each feed, and its title."""
    async with house(feeds) as context:
        adapter = feeds.Adapter(feeds.Config(sites=(server.origin,)), context)

        async def find(path):
            written = path if ":" in path else server.url(path)
            sources = await adapter.sources(written)
            assert {(one.timeline.kind, one.timeline.server) for one in sources} == {
                (TimelineKind.FEED, "127.0.0.1")
            }
            return [(one.timeline.argument.removeprefix(server.origin), one.title) for one in sources]

        yield find


@pytest.fixture
async def find(server):
    async with finder(server) as find:
        yield find


def page(head, type="text/html"):
    return Document(f"<!DOCTYPE html><html><head>{head}</head><body>Stones</body>".encode(), type)


def alternate(href, title="", kind="application/rss+xml"):
    return f'<LINK href="{href}" type="{kind}" rel="alternate home" title="{title}">'


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_the_address_of_a_feed_is_the_feed(server, find, format):
    server.documents["/f"] = Document(write(format, Channel(), []), "text/plain")
    assert await find("/f") == [("/f", "Stones")]


async def test_a_page_names_its_feed(server, find):
    server.documents["/blog/"] = page('<base href="/base/">' + alternate("feed.xml?a=1&amp;b=2", "x"))
    server.documents["/base/feed.xml"] = RSS
    assert await find("/blog/") == [("/base/feed.xml?a=1&b=2", "Stones")]


async def test_a_page_names_its_feed_in_a_header(server, find):
    server.documents["/"] = page("")
    server.documents["/"].headers = {"Link": '</a.css>; rel=preload, </x/rss>; rel="alternate"; type="x"'}
    server.documents["/x/rss"] = RSS
    assert await find("/") == [("/x/rss", "Stones")]


async def test_of_several_feeds_one_chooses_and_formats_are_no_choice(server, find):
    head = (
        alternate("/posts.rss", "Posts (RSS)")
        + alternate("/posts.atom", "Posts (Atom)", "application/atom+xml")
        + alternate("/comments.rss", "Comments")
        + alternate("/posts.rss", "again")
        + alternate("/wp-json/1", "JSON", "application/json")
        + alternate("javascript:x", "no")
        + '<link rel="stylesheet" type="application/rss+xml" href="/no">'
    )
    server.documents["/"] = page(head)
    assert await find("/") == [("/posts.rss", "Posts (RSS)"), ("/comments.rss", "Comments")]


async def test_where_a_page_names_none_it_is_looked_for(server, find):
    server.documents["/"] = page(
        "<a href='/blog/rss.xml'>RSS</a> <a href='https://elsewhere.example/feed'>x</a>"
    )
    server.documents["/blog/rss.xml"] = RSS
    assert await find("/") == [("/blog/rss.xml", "Stones")]
    server.documents["/deep/page"] = page("")
    server.documents["/atom.xml"] = RSS
    assert await find("/deep/page") == [("/atom.xml", "Stones")]


async def test_a_feed_that_a_page_names_and_that_is_none_is_passed_over(server, find):
    server.documents["/"] = page(alternate("/dead.xml"))
    server.documents["/rss"] = RSS
    assert await find("/") == [("/rss", "Stones")]


async def test_what_moved_for_good_is_found_where_it_is_and_what_did_not_where_it_was(server, find):
    server.documents["/new"] = RSS
    server.redirects |= {"/old": (301, "/new"), "/now": (302, "/new")}
    assert await find("/old") == [("/new", "Stones")]
    assert await find("/now") == [("/now", "Stones")]


async def test_where_there_is_none_it_is_said(server, find):
    server.documents["/page"] = page("")
    server.statuses["/gone"] = (410, {})
    for path in ("/page", "/nothing", "/gone"):
        with pytest.raises(TargetGone) as error:
            await find(path)
        assert error.value.key == "feeds-none"


async def test_a_password_that_is_missing_is_asked_for(server, find):
    server.statuses["/locked"] = (401, {"WWW-Authenticate": "Basic"})
    with pytest.raises(Rejected) as error:
        await find("/locked")
    assert error.value.key == "feeds-locked"


async def test_a_server_that_fails_is_no_page_without_feeds(server, find):
    server.statuses["/busy"] = (503, {"Retry-After": "5"})
    with pytest.raises(Temporary):
        await find("/busy")


@pytest.mark.parametrize("written", ["ftp://example.org/", "feed:", "https://", "x:y"])
async def test_what_is_no_address_is_refused(find, written):
    with pytest.raises(Rejected):
        await find(written)


def test_a_page_that_means_harm_is_looked_at_in_a_moment():
    for harm in (
        "<link " * 100_000,
        "<link rel=" + "'" * 500_000,
        "<a href=" + "x" * 400_000,
        "<!--" * 100_000,
    ):
        assert pages.of(harm, "https://e.org/", {}) == pages.Page()
    many = "".join(alternate(f"/{n}.rss", f"Feed {n} of many, no. {'i' * n}") for n in range(100))
    assert len(pages.of(many, "https://e.org/", {}).named) == pages.MOST
