"""The fake of Bluesky's servers, asked by a client that others wrote, and where it must say no."""

import asyncio

import aiohttp
import pytest
from lexrpc.client import Client

from tests.servers import bluesky_lexicons as lexicons
from tests.servers.bluesky import serve

POST = "app.bsky.feed.post"
NOW = "2026-11-27T10:00:00.000Z"


def session_of(server, name):
    """What createSession gives, as lexrpc's client asks for it."""
    person = server.person(name)
    client = Client(server.url)
    return client.com.atproto.server.createSession(
        {"identifier": person.who.handle, "password": person.password}
    )


def signed_in(server, name):
    made = session_of(server, name)
    return made["did"], Client(server.url, access_token=made["accessJwt"], refresh_token=made["refreshJwt"])


async def called(server, nsid, *, token="", body=None, **params):
    """Status and body of a call, without a client between."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as http:
        method = "GET" if body is None else "POST"
        async with http.request(method, f"{server.url}/xrpc/{nsid}", json=body, params=params) as answer:
            return answer.status, await answer.json(content_type=None)


async def test_a_client_of_others_posts_and_reads():
    async with serve() as server:
        await asyncio.to_thread(posts_and_reads, server)


def posts_and_reads(server):
    """lexrpc holds every answer to the lexicons itself."""
    did, ada = signed_in(server, "ada")
    record = {"$type": POST, "text": "你好", "createdAt": NOW}
    made = ada.com.atproto.repo.createRecord({"repo": did, "collection": POST, "record": record})
    assert (
        ada.com.atproto.repo.getRecord(repo=did, collection=POST, rkey=made["uri"][-13:])["value"] == record
    )
    ref = {"uri": made["uri"], "cid": made["cid"]}
    lins, lin = signed_in(server, "lin")
    like = {"$type": "app.bsky.feed.like", "subject": ref, "createdAt": NOW}
    lin.com.atproto.repo.createRecord({"repo": lins, "collection": "app.bsky.feed.like", "record": like})
    follow = {"$type": "app.bsky.graph.follow", "subject": did, "createdAt": NOW}
    lin.com.atproto.repo.createRecord({"repo": lins, "collection": "app.bsky.graph.follow", "record": follow})
    (item,) = lin.app.bsky.feed.getTimeline(limit=5)["feed"]
    assert (item["post"]["record"]["text"], item["post"]["likeCount"]) == ("你好", 1)
    told = ada.app.bsky.notification.listNotifications()["notifications"]
    assert sorted(one["reason"] for one in told) == ["follow", "like"]
    assert lin.app.bsky.feed.getPosts(uris=[made["uri"]])["posts"][0]["author"]["handle"] == "ada.sky.test"
    ada.com.atproto.repo.deleteRecord({"repo": did, "collection": POST, "rkey": made["uri"][-13:]})
    assert lin.app.bsky.feed.getTimeline(limit=5)["feed"] == []


async def test_a_record_stands_once_and_is_not_overwritten():
    async with serve() as server:
        made = await asyncio.to_thread(session_of, server, "ada")
        where = {"repo": made["did"], "collection": POST, "rkey": lexicons.tid(1_700_000_000_000_000)}

        async def put(text, **more):
            record = {"$type": POST, "text": text, "createdAt": NOW}
            body = {**where, "record": record, **more}
            return await called(server, "com.atproto.repo.putRecord", token=made["accessJwt"], body=body)

        status, first = await put("one", swapRecord=None)
        assert status == 200
        status, again = await put("one", swapRecord=None)
        assert (status, again["uri"], again["cid"], "commit" in again) == (
            200,
            first["uri"],
            first["cid"],
            False,
        )
        status, refused = await put("two", swapRecord=None)
        assert (status, refused["error"]) == (400, "InvalidSwap")
        status, changed = await put("two", swapRecord=first["cid"])
        assert (status, changed["cid"] != first["cid"]) == (200, True)
        assert (await put("three"))[0] == 200


@pytest.mark.parametrize(
    "record",
    [
        {"text": "no time"},
        {"text": "x" * 301, "createdAt": NOW},
        {"text": "👩‍👩‍👧‍👦" * 130, "createdAt": NOW},  # few characters, too many bytes
        {
            "text": "é",
            "createdAt": NOW,
            "facets": [{"index": {"byteStart": 1, "byteEnd": 2}, "features": []}],
        },
        {"text": "hi", "createdAt": NOW, "langs": ["not a language"]},
        {"text": "hi", "createdAt": NOW, "reply": {"root": {"uri": "at://x"}}},
        {"$type": "app.bsky.feed.like", "text": "hi", "createdAt": NOW},
    ],
    ids=["time", "graphemes", "bytes", "facet", "language", "reply", "type"],
)
async def test_what_no_lexicon_allows_is_refused(record):
    async with serve() as server:
        made = await asyncio.to_thread(session_of, server, "ada")
        body = {"repo": made["did"], "collection": POST, "record": record}
        status, said = await called(
            server, "com.atproto.repo.createRecord", token=made["accessJwt"], body=body
        )
        assert (status, said["error"]) == (400, "InvalidRequest")
        assert server.person("ada").posts() == []


async def test_calls_are_held_to_the_lexicons_too():
    async with serve() as server:
        for nsid, params in (
            ("app.bsky.feed.getAuthorFeed", {}),
            ("app.bsky.feed.getAuthorFeed", {"actor": "not a handle"}),
            ("app.bsky.feed.getAuthorFeed", {"actor": "ada.sky.test", "limit": "101"}),
            ("app.bsky.feed.getAuthorFeed", {"actor": "ada.sky.test", "strange": "1"}),
        ):
            assert (await called(server, nsid, **params))[0] == 400
        assert (await called(server, "app.bsky.feed.inventFeed"))[0] == 501
        assert (await called(server, "app.bsky.feed.getTimeline"))[1]["error"] == "AuthMissing"
        assert (await called(server, "app.bsky.feed.searchPosts", q="x"))[0] == 403


async def test_tokens_end_and_are_renewed():
    async with serve() as server:
        made = await asyncio.to_thread(session_of, server, "ada")
        assert (await called(server, "com.atproto.server.getSession", token=made["accessJwt"]))[0] == 200
        server.advance(2 * 3600 + 1)
        status, said = await called(server, "com.atproto.server.getSession", token=made["accessJwt"])
        assert (status, said["error"]) == (400, "ExpiredToken")
        status, said = await called(server, "com.atproto.server.getSession", token=made["refreshJwt"])
        assert (status, said["error"]) == (400, "InvalidToken")
        bearer = {"Authorization": f"Bearer {made['refreshJwt']}"}
        renew = f"{server.url}/xrpc/com.atproto.server.refreshSession"
        async with aiohttp.ClientSession(headers=bearer) as http, http.post(renew) as answer:
            fresh = await answer.json()
        assert (await called(server, "com.atproto.server.getSession", token=fresh["accessJwt"]))[0] == 200
