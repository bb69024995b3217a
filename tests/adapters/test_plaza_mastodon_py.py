"""Mastodon.py on Plaza: a client that nobody here wrote, from the first address to the end of its token."""

import asyncio

import pytest
from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError

from bridgebot.testing.pictures import png
from tests.servers.mastodon_client import SCOPES, Client
from tests.servers.plaza import town as plaza_town
from tests.servers.plaza_browser import browser

RED = png((200, 30, 30))


async def client(town, name):
    """Mastodon.py with a token of this person: app, authorize, token."""
    base = town.context.routes.url("").rstrip("/")
    id, secret = await asyncio.to_thread(Mastodon.create_app, "A client", scopes=SCOPES, api_base_url=base)
    api = Mastodon(client_id=id, client_secret=secret, api_base_url=base, ratelimit_method="throw")
    url = await asyncio.to_thread(api.auth_request_url, scopes=SCOPES, allow_http=True)
    async with browser() as window:
        await window.signs_in(await town.adapter.sign_in(await town.account(name)))
        code = (await window.consents(url)).code
    await asyncio.to_thread(api.log_in, code=code, scopes=SCOPES, allow_http=True)
    return Client(api)


async def test_it_is_let_in_posts_reads_and_leaves():
    async with plaza_town() as town:
        ada, lin = await client(town, "ada"), await client(town, "lin")
        me = await ada("account_verify_credentials")
        assert me.acct == "ada"
        first = await ada("status_post", "hello 你好", visibility="unlisted", idempotency_key="k")
        again = await ada("status_post", "hello 你好", visibility="unlisted", idempotency_key="k")
        assert (first.id, first.content, first.visibility) == (again.id, "<p>hello 你好</p>", "unlisted")
        await lin("account_follow", me)
        answer = await lin("status_reply", first, "hi")
        assert answer.in_reply_to_id == first.id
        context = await ada("status_context", first)
        assert [one.id for one in context.descendants] == [answer.id]
        await lin("status_favourite", first)
        told = await ada("notifications")
        assert [one.type for one in told] == ["favourite", "mention", "follow"]
        edited = await ada("status_update", first, status="changed")
        assert (await lin("status", first)).content == edited.content == "<p>changed</p>"
        assert [one.id for one in await lin("timeline_home")] == [answer.id, first.id]
        await ada("status_delete", first)
        with pytest.raises(MastodonNotFoundError):
            await lin("status", first)
        token = ada.api.access_token
        await ada("revoke_access_token", allow_http=True)
        await lin("account_verify_credentials")
        lin.api.access_token = token
        with pytest.raises(MastodonUnauthorizedError):
            await lin("account_verify_credentials")


async def test_it_walks_through_pages():
    async with plaza_town() as town:
        ada = await client(town, "ada")
        for number in range(7):
            await ada("status_post", f"post {number}")
        page = await ada("timeline_home", limit=3)
        found = [one.content for one in page]
        while page := await ada("fetch_next", page):
            found += [one.content for one in page]
        assert found == [f"<p>post {number}</p>" for number in reversed(range(7))]
        assert [one.acct for one in await ada("account_search", "ada")] == ["ada"]
        assert [one.content for one in (await ada("search_v2", "post 3")).statuses] == ["<p>post 3</p>"]


async def test_it_posts_pictures_and_describes_them():
    async with plaza_town() as town:
        ada, lin = await client(town, "ada"), await client(town, "lin")
        there = await ada("media_post", RED, mime_type="image/png", description="a stone", file_name="a.png")
        await ada("media_update", there, description="a red stone")
        assert (await ada("media", there)).description == "a red stone"
        post = await ada("status_post", "look", media_ids=[there], sensitive=True)
        [seen] = (await lin("status", post)).media_attachments
        assert (seen.type, seen.description, seen.meta.original.width) == ("image", "a red stone", 6)
        anew = ada.api.generate_media_edit_attributes(there, description="an agate")
        edited = await ada("status_update", post, "look", media_attributes=[anew])
        assert edited.media_attachments[0].description == "an agate"
        assert [one.id for one in await lin("account_statuses", post.account, only_media=True)] == [post.id]


async def test_it_reads_what_the_site_says_of_itself():
    async with plaza_town() as town:
        ada = await client(town, "ada")
        instance = await ada("instance")
        assert instance.configuration.statuses.max_characters == 1000
        assert await ada("instance_v1")
        assert await ada("preferences")
        assert await ada("lists") == []
        assert await ada("bookmarks") == []
        assert await ada("custom_emojis") == []
        assert await ada("follow_requests") == []
