"""People whom anybody may read: how they are named, where they are, and which servers want an account."""

import contextlib
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters import mastodon
from adapters.mastodon.public import ADDRESSES, whose_of
from adapters.mastodon.wire import Wire
from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.model import Timeline, TimelineKind
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.context import house
from tests.servers.mastodon import serve


@contextlib.asynccontextmanager
async def reading(flavour="mastodon", **hosts):
    """The adapter, with nobody linked; `hosts` are sites beside the server, by their first label."""
    async with serve(flavour) as server, house(mastodon) as context:
        server.budgets.enforced = False
        server.person("grete")
        servers = {server.domain: server.url} | {f"{name}.example": url for name, url in hosts.items()}
        yield mastodon.Adapter(mastodon.Config(servers=servers), context), server


@contextlib.asynccontextmanager
async def site(answer=None, *, status=200, text="<h1>A blog</h1>"):
    """A site that is no server of this kind, and what it says about people."""
    asked = []

    async def anything(request):
        asked.append(f"{request.path}?{request.query_string}")
        return web.Response(status=status, text=text, content_type="text/html")

    async def webfinger(request):
        asked.append(request.query["resource"])
        return web.json_response(answer)

    app = web.Application()
    if answer is not None:
        app.router.add_get("/.well-known/webfinger", webfinger)
    app.router.add_route("*", "/{path:.*}", anything)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), asked


def points_to(href):
    return {"links": [{"rel": "self", "type": "application/activity+json", "href": href}]}


@pytest.mark.parametrize(
    ("address", "user", "host"),
    [
        ("@ada@example.social", "ada", "example.social"),
        ("ada@example.social", "ada", "example.social"),
        ("@Ada.B_2@Social.Example.ORG", "Ada.B_2", "social.example.org"),
        ("https://example.social/@ada", "ada", "example.social"),
        ("https://example.social/@ada/", "ada", "example.social"),
        ("https://example.social/users/ada", "ada", "example.social"),
        ("https://example.social/@bo@far.example", "bo", "far.example"),
        ("@ada@bücher.example", "ada", "xn--bcher-kva.example"),
    ],
)
def test_whom_an_address_means(address, user, host):
    whose = whose_of(address, Wire(None, ManualClock(), {}))
    assert (whose.user, whose.host) == (user, host)


@pytest.mark.parametrize(
    "word",
    ["ada", "@ada", "@lin.bsky.social", "example.org", "https://example.org/", "https://example.org/feed.xml",
     "https://example.social/@ada/1234", "https://127.0.0.1/@ada", "@ada@127.0.0.1", "@ada@localhost",
     "http://example.social/@ada", "https://me:pw@example.social/@ada", "https://example.social:8443/@ada",
     "@ada@example.social/../x", "mailto:ada@example.social"],
)  # fmt: skip
def test_what_is_no_address_of_somebody(word):
    assert not any(re.fullmatch(address.pattern, word) for address in ADDRESSES)


async def test_a_handle_whose_host_is_not_the_server():
    answer = points_to("https://masto.example/users/grete")
    async with site(answer, status=404) as (url, asked), reading(blog=url) as (adapter, server):
        [source] = await adapter.sources("@grete@blog.example")
        assert source.timeline == Timeline(TimelineKind.PERSON, server.domain, server.person("grete").id)
        assert asked[-1] == "acct:grete@blog.example"
        assert (await adapter.sources("https://masto.example/@grete"))[0].timeline == source.timeline


@pytest.mark.parametrize(
    ("href", "error", "key"),
    [
        ("https://127.0.0.1/users/grete", Rejected, "mastodon-server-number"),
        ("https://[::1]/users/grete", Rejected, "mastodon-server-wrong"),
        ("https://blog.example/users/grete", TargetGone, "mastodon-nobody"),
        ("", TargetGone, "mastodon-nobody"),
    ],
)
async def test_a_host_that_sends_its_readers_elsewhere(href, error, key):
    async with site(points_to(href), status=404) as (url, _), reading(blog=url) as (adapter, _server):
        with pytest.raises(error) as info:
            await adapter.sources("@grete@blog.example")
        assert info.value.key == key


@pytest.mark.parametrize("status", [200, 404])
async def test_a_site_that_is_no_server_has_nobody(status):
    async with site(status=status) as (url, _), reading(blog=url) as (adapter, _server):
        with pytest.raises(TargetGone):
            await adapter.sources("@grete@blog.example")


async def test_a_server_that_cannot_be_reached_may_be_later():
    async with reading(blog="http://127.0.0.1:1") as (adapter, _):
        with pytest.raises(Temporary) as info:
            await adapter.sources("@grete@blog.example")
        assert info.value.key == "http-unreachable"


async def test_a_server_that_wants_an_account_says_how_to_get_in():
    async with reading("gotosocial") as (adapter, server):
        for call in (adapter.sources, lambda handle: adapter.whois(None, handle)):
            with pytest.raises(Rejected) as info:
                await call(f"@grete@{server.domain}")
            said = adapter.context.texts("en", info.value.key, **info.value.arguments)
            assert said == (
                f"{server.domain} shows this only to people who have an account there: "
                f"/link {adapter.context.name} {server.domain}"
            )
        assert not [path for _, path in server.asked if "webfinger" in path]


async def test_the_newest_posts_without_an_account():
    async with reading() as (adapter, server):
        grete = server.person("grete")
        posts = [grete.post(f"number {n}").id for n in range(3)]
        grete.post("for few", visibility="private")
        [source] = await adapter.sources(f"@grete@{server.domain}")
        shown = await adapter.latest(source.timeline, None)
        assert [post.id for post in shown] == posts[::-1]
