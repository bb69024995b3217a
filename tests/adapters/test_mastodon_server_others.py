"""The fake's other flavours, and mastodon-mock: where servers of one API differ."""

import aiohttp
import pytest

from tests.servers.mastodon_caller import town
from tests.servers.mastodon_mock import mock


async def test_gotosocial_differs_where_it_hurts():
    async with town("gotosocial") as (server, ada):
        limits = (await ada("GET", "/api/v2/instance"))[1]["configuration"]["statuses"]
        assert limits["max_characters"] == 5000
        key = {"Idempotency-Key": "k"}
        posts = [
            (await ada("POST", "/api/v1/statuses", headers=key, json={"status": "once?"}))[1] for _ in "12"
        ]
        assert posts[0]["id"] != posts[1]["id"]
        assert {post["visibility"] for post in posts} == {"unlisted"}
        assert all(len(post["id"]) == 26 and not post["id"].isdigit() for post in posts)
        assert posts[0]["id"] < posts[1]["id"]
        status, words = await ada.refused("POST", "/api/v1/statuses", json={"status": "x" * 5001})
        assert (status, "5000" in words) == (400, True)
        shown = await ada.ids("/api/v1/timelines/home")
        assert (len(shown), len(set(shown))) == (3, 2)
        path = f"/api/v1/accounts/{server.person('ada').id}/statuses"
        assert (await ada.refused("GET", path, token=None))[0] == 401
        assert (await ada.refused("GET", "/api/v1/streaming/user"))[0] == 404
        ada.session = aiohttp.ClientSession(skip_auto_headers=["User-Agent"])
        async with ada.session:
            assert (await ada.refused("GET", "/api/v2/instance"))[0] == 418


async def test_gotosocial_writes_its_html_in_its_own_way():
    async with town("gotosocial") as (server, ada):
        url = "https://www.example.com/a/path/that/mastodon/would/shorten"
        link = 'rel="nofollow noreferrer noopener" target="_blank"'
        home = f"https://{server.domain}"
        assert (await ada.post(f"one\ntwo @lin #Tea {url}"))["content"] == (
            f'<p>one<br>two <span class="h-card"><a href="{home}/@lin" class="u-url mention" {link}>'
            f'@<span>lin</span></a></span> <a href="{home}/tags/Tea" class="mention hashtag" '
            f'rel="tag nofollow noreferrer noopener" target="_blank">#<span>Tea</span></a> '
            f'<a href="{url}" {link}>{url}</a></p>'
        )


async def test_gotosocial_streams_by_websocket():
    async with town("gotosocial") as (server, ada):
        url = f"{server.streaming_url}/api/v1/streaming?stream=user&access_token={ada.token}"
        async with ada.session.ws_connect(url) as socket:
            post = server.person("ada").post("hello")
            told = await socket.receive_json(timeout=60)
        assert (told["event"], post.id in told["payload"]) == ("update", True)


async def test_takahe_has_no_streams_and_publishes_at_once():
    async with town("takahe") as (server, ada):
        assert (await ada.post("later?", scheduled_at="2090-01-01T00:00:00Z"))["uri"]
        assert (await ada.refused("GET", "/api/v1/streaming/user"))[0] == 404
        configuration = (await ada("GET", "/api/v2/instance"))[1]["configuration"]
        assert "streaming" not in configuration["urls"]
        key = {"Idempotency-Key": "k"}
        for _ in range(2):
            await ada("POST", "/api/v1/statuses", headers=key, json={"status": "once?"})
        assert len(server.world.statuses) == 3


async def test_mastodon_mock_serves_flows_and_faults():
    async with mock() as server:
        asked = {
            "client_name": "an app",
            "redirect_uris": "urn:ietf:wg:oauth:2.0:oob",
            "scopes": "read write",
        }
        app = await server.ask("POST", "/api/v1/apps", json=asked)
        page = f"{server.url}/oauth/authorize?response_type=code&client_id={app['client_id']}"
        client = {name: app[name] for name in ("client_id", "client_secret")}
        code = await server.consents(page, "lin")
        grant = {**client, "grant_type": "authorization_code", "code": code}
        server.tokens["lin"] = (await server.ask("POST", "/oauth/token", data=grant))["access_token"]
        assert (await server.ask("GET", "/api/v1/accounts/verify_credentials", who="lin"))["acct"] == "lin"
        first = await server.post("ada", "once", key="k")
        assert (await server.post("ada", "once", key="k"))["id"] == first["id"]
        await server.fail({"type": "status", "status": 502}, path="/api/v1/timelines/home")
        with pytest.raises(aiohttp.ClientResponseError, match="502"):
            await server.ask("GET", "/api/v1/timelines/home", who="ada")
        home = await server.ask("GET", "/api/v1/timelines/home", who="ada")
        assert [one["id"] for one in home] == [first["id"]]
