"""The fake Mastodon's streams."""

import asyncio
import json

import aiohttp
import pytest

from tests.servers.mastodon_caller import town


@pytest.mark.parametrize("shown", ["header", "query", "protocol"])
async def test_a_websocket_takes_the_token_in_three_places(shown):
    async with town() as (server, ada):
        url = f"{server.streaming_url}/api/v1/streaming?stream=user:notification"
        options = {
            "header": {"headers": {"Authorization": f"Bearer {ada.token}"}},
            "query": {"params": {"access_token": ada.token, "stream": "user:notification"}},
            "protocol": {"protocols": (ada.token,)},
        }[shown]
        async with ada.session.ws_connect(url, **options) as socket:
            server.person("lin").follow(server.person("ada"))
            told = await asyncio.wait_for(socket.receive_json(), 60)
        assert (told["stream"], told["event"]) == (["user:notification"], "notification")
        assert json.loads(told["payload"])["type"] == "follow"
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            await ada.session.ws_connect(url, headers={"Authorization": "Bearer no"})


async def test_each_stream_carries_its_own():
    async with town() as (server, ada):
        lin, me = server.person("lin"), server.person("ada")
        me.follow(lin)
        friends = me.list("friends", lin)
        url = f"{server.streaming_url}/api/v1/streaming"
        headers = {"Authorization": f"Bearer {ada.token}"}
        async with ada.session.ws_connect(url, headers=headers) as socket:
            for asked in ({"stream": "list", "list": friends.id}, {"stream": "hashtag", "tag": "tea"}):
                await socket.send_json({"type": "subscribe", **asked})
            while len(server.streams.channels()) < 2:
                await asyncio.sleep(0.01)
            server.person("stranger").post("nothing for here")
            first, second = lin.post("friends"), server.person("stranger").post("#Tea")
            told = [await asyncio.wait_for(socket.receive_json(), 60) for _ in range(2)]
            assert [(one["stream"], json.loads(one["payload"])["id"]) for one in told] == [
                (["list", friends.id], first.id),
                (["hashtag", "tea"], second.id),
            ]
            server.streams.cut()
            assert (await asyncio.wait_for(socket.receive(), 60)).type is aiohttp.WSMsgType.CLOSE


async def test_a_narrow_post_reaches_only_those_who_may_read_it():
    async with town() as (server, ada):
        lin, me = server.person("lin"), server.person("ada")
        me.follow(lin)
        url = f"{server.streaming_url}/api/v1/streaming?stream=user"
        headers = {"Authorization": f"Bearer {ada.token}"}
        async with ada.session.ws_connect(url, headers=headers) as socket:
            lin.post("for @grete alone", visibility="direct")
            lin.post("#tea", visibility="private")
            told = await asyncio.wait_for(socket.receive_json(), 60)
        assert json.loads(told["payload"])["visibility"] == "private"


async def test_a_stream_needs_the_scope_and_the_argument():
    async with town(scopes="read:notifications") as (server, ada):
        theirs = server.person("lin").list("friends")
        for path, expected in (
            ("user", 401),
            ("user/notification", 200),
            ("list", 401),
            ("hashtag", 400),
            ("nonsense", 404),
        ):
            url = f"{server.url}/api/v1/streaming/{path}"
            async with ada.session.get(url, headers={"Authorization": f"Bearer {ada.token}"}) as answer:
                assert answer.status == expected, path
        assert (await ada.refused("GET", "/api/v1/streaming/user", token=None))[0] == 401
        wide = server.person("ada").token()
        path = f"/api/v1/streaming/list?list={theirs.id}"
        assert (await ada.refused("GET", path, token=wide))[0] == 404


async def test_what_happens_while_nobody_listens_is_told_to_nobody():
    async with town() as (server, ada):
        url, headers = f"{server.url}/api/v1/streaming/user", {"Authorization": f"Bearer {ada.token}"}
        me = server.person("ada")
        async with ada.session.get(url, headers=headers) as stream:
            assert await stream.content.readline() == b":)\n"
            server.streams.cut()
            me.post("lost")
            assert await stream.read() == b""
        server.streams.heartbeat = 0.05
        async with ada.session.get(url, headers=headers) as stream:
            assert [await stream.content.readline() for _ in range(2)] == [b":)\n", b":thump\n"]
            post = me.post("heard")
            while (line := await stream.content.readline()) == b":thump\n":
                pass
            assert line == b"event: update\n"
            assert post.id in (await stream.content.readline()).decode()
