"""The fake Mastodon, judged by Mastodon.py: what the library expects of a server, this one does."""

import asyncio

import pytest
import pytest_asyncio
from mastodon import (
    MastodonAPIError,
    MastodonBadGatewayError,
    MastodonInternalServerError,
    MastodonNetworkError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonUnauthorizedError,
)

from tests.servers.mastodon import Fault
from tests.servers.mastodon_client import client, served
from tests.servers.mastodon_things import FLAVOURS


@pytest_asyncio.fixture
async def town():
    async with served() as (server, ada):
        yield server, ada


async def soon(queue):
    return await asyncio.wait_for(queue.get(), 60)


async def test_a_registered_app_logs_in_with_the_code_that_the_page_shows(town):
    server, ada = town
    assert (await ada("me")).acct == "ada"
    assert (await ada("app_verify_credentials")).name == "A second client"
    lin = await client(server, "lin")
    assert (await lin("me")).acct == "lin"
    await ada("revoke_access_token", allow_http=True)
    ada.api.access_token = next(iter(server.tokens))
    with pytest.raises(MastodonUnauthorizedError):
        await ada("me")


async def test_a_post_has_what_was_said_of_it(town):
    server, ada = town
    parent = server.person("lin").post("a question")
    post = await ada(
        "status_post",
        "an answer for @lin about #Tea",
        in_reply_to_id=parent.id,
        visibility="unlisted",
        spoiler_text="careful",
        language="zh",
    )
    assert (str(post.in_reply_to_id), post.visibility, post.language) == (parent.id, "unlisted", "zh")
    assert (post.spoiler_text, post.sensitive) == ("careful", True)
    assert [one.acct for one in post.mentions] == ["lin"]
    assert [one.name for one in post.tags] == ["tea"]
    assert post.application.name == "A second client"
    assert [one.id for one in (await ada("status_context", parent.id)).descendants] == [post.id]


async def test_the_same_key_gives_the_same_post_for_an_hour(town):
    server, ada = town
    first = await ada("status_post", "once", idempotency_key="k")
    assert (await ada("status_post", "once", idempotency_key="k")).id == first.id
    server.advance(3601)
    assert (await ada("status_post", "once", idempotency_key="k")).id != first.id


async def test_an_edit_leaves_a_trace_and_a_deletion_gives_the_text_back(town):
    _, ada = town
    post = await ada("status_post", "helo")
    assert post.edited_at is None
    edited = await ada("status_update", post.id, "hello", spoiler_text="soft")
    assert (edited.content, edited.spoiler_text) == ("<p>hello</p>", "soft")
    assert edited.edited_at is not None
    assert [one.content for one in await ada("status_history", post.id)] == ["<p>helo</p>", "<p>hello</p>"]
    assert (await ada("status_source", post.id)).text == "hello"
    assert (await ada("status_delete", post.id)).text == "hello"
    with pytest.raises(MastodonNotFoundError):
        await ada("status", post.id)


async def test_pages_lead_back_to_the_oldest_and_forward_to_the_newest(town):
    server, ada = town
    posts = [server.person("ada").post(f"post {number}") for number in range(7)]
    ids = [one.id for one in reversed(posts)]
    first = await ada("account_statuses", server.person("ada").id, limit=3)
    second = await ada("fetch_next", first)
    third = await ada("fetch_next", second)
    assert [str(one.id) for page in (first, second, third) for one in page] == ids
    assert await ada("fetch_next", third) is None
    assert [str(one.id) for one in await ada("fetch_previous", third)] == ids[3:6]
    everything = await ada("fetch_remaining", first)
    assert [str(one.id) for one in everything] == ids


async def test_notifications_say_who_did_what(town):
    server, ada = town
    lin, post = server.person("lin"), await ada("status_post", "look")
    lin.favourite(str(post.id))
    lin.boost(str(post.id))
    lin.follow(server.person("ada"))
    lin.post("hi @ada")
    told = await ada("notifications")
    assert [one.type for one in told] == ["mention", "follow", "reblog", "favourite"]
    assert [str(one.status.id) for one in told[2:]] == [str(post.id)] * 2
    assert {one.account.acct for one in told} == {"lin"}
    assert [one.type for one in await ada("notifications", types=["mention"])] == ["mention"]
    assert len(await ada("notifications", exclude_types=["mention", "follow"])) == 2
    server.person("ada").notified("severed_relationships", lin)
    assert (await ada("notifications"))[0].type == "severed_relationships"
    lin.favourite(str(post.id), False)
    lin.unboost(str(post.id))
    lin.follow(server.person("ada"), False)
    left = [one.type for one in await ada("notifications")]
    assert left == ["severed_relationships", "mention"], "what is taken back is told no longer"


async def test_people_are_found_and_followed(town):
    server, ada = town
    assert (await ada("account_lookup", "lin")).acct == "lin"
    with pytest.raises(MastodonNotFoundError):
        await ada("account_lookup", "far_away@far.example")
    assert (await ada("search_v2", "@far_away@far.example", resolve=False)).accounts == []
    found = (await ada("search_v2", "@far_away@far.example", resolve=True)).accounts
    assert [one.acct for one in found] == ["far_away@far.example"]
    zoe = await ada("account_follow", server.person("zoe").id)
    assert (zoe.following, zoe.requested) == (False, True)
    assert (await ada("account_follow", found[0].id)).following
    assert not (await ada("account_unfollow", found[0].id)).following


async def test_a_list_shows_its_members(town):
    server, ada = town
    lin = server.person("lin")
    made = await ada("list_create", "friends")
    with pytest.raises(MastodonNotFoundError):
        await ada("list_accounts_add", made.id, [lin.id])
    await ada("account_follow", lin.id)
    await ada("list_accounts_add", made.id, [lin.id])
    post = lin.post("for my friends")
    server.person("stranger").post("for nobody")
    assert [str(one.id) for one in await ada("timeline_list", made.id)] == [post.id]
    assert [one.title for one in await ada("lists")] == ["friends"]


async def test_marks_are_set_and_taken_back(town):
    server, ada = town
    post = server.person("lin").post("look")
    for name, key in (("favourite", "favourited"), ("reblog", "reblogged"), ("bookmark", "bookmarked")):
        for on in (True, True, False, False):
            await ada(f"status_{name}" if on else f"status_un{name}", post.id)
            assert (await ada("status", post.id))[key] is on


async def test_a_film_is_not_ready_at_once(town):
    _, ada = town
    film = await ada("media_post", b"film", "video/mp4", description="a film", synchronous=False)
    assert film.url is None
    with pytest.raises(MastodonAPIError, match="not finished processing"):
        await ada("status_post", "too early", media_ids=[film.id])
    while not film.url:
        film = await ada("media", film.id)
    post = await ada("status_post", "look", media_ids=[film.id])
    assert [one.description for one in post.media_attachments] == ["a film"]
    picture = await ada("media_post", b"picture", "image/png", description="a picture")
    assert picture.url


async def test_the_stream_tells_by_events(town):
    server, ada = town
    lin = server.person("lin")
    await ada("account_follow", lin.id)
    server.streams.heartbeat = 0.05
    async with ada.listening() as came:
        while (await soon(came))[0] != "heartbeat":
            pass
        post = lin.post("news for @ada")
        lin.edit(post, "newer for @ada")
        lin.delete(post)
        told = []
        while len(told) < 4:
            if (one := await soon(came))[0] != "heartbeat":
                told.append(one)
    assert [name for name, _ in told] == ["update", "notification", "status.update", "delete"]
    assert "newer" in told[2][1].content
    assert str(told[3][1]) == post.id


async def test_the_websocket_tells_the_same(town):
    server, ada = town
    lin = server.person("lin")
    await ada("account_follow", lin.id)
    handle = await ada("stream_open_websocket")
    try:
        async with ada.listening(websocket_handle=handle) as came:
            while not server.streams.channels():
                await asyncio.sleep(0.01)
            post = lin.post("by the socket")
            name, status = await soon(came)
        assert (name, str(status.id)) == ("update", post.id)
    finally:
        await asyncio.to_thread(handle.close)


ERRORS = {
    Fault.UNAUTHORIZED: MastodonUnauthorizedError,
    Fault.FORBIDDEN: MastodonAPIError,
    Fault.NOT_FOUND: MastodonNotFoundError,
    Fault.RATE: MastodonRatelimitError,
    Fault.INVALID: MastodonAPIError,
    Fault.ERROR: MastodonInternalServerError,
    Fault.BAD_GATEWAY: MastodonBadGatewayError,
    Fault.HTML: MastodonAPIError,
    Fault.CUT_AFTER: MastodonNetworkError,
    Fault.CUT_BEFORE: MastodonNetworkError,
    Fault.TRUNCATED: MastodonNetworkError,
}
ACTED = {Fault.CUT_AFTER, Fault.TRUNCATED}


@pytest.mark.parametrize("fault", ERRORS)
async def test_each_fault_is_known_for_what_it_is(town, fault):
    server, ada = town
    server.fail(fault, method="POST", path="/statuses$", times=None)
    await ada("me")
    with pytest.raises(ERRORS[fault]):
        await ada("status_post", "into the fault")
    assert len(server.world.statuses) == (fault in ACTED)
    await server.heal()
    assert await ada("status_post", "and on")


async def test_while_nobody_listens_nothing_is_answered(town):
    server, ada = town
    await server.refuse()
    with pytest.raises(MastodonNetworkError):
        await ada("me")
    await server.heal()
    assert (await ada("me")).acct == "ada"


async def test_a_text_that_is_too_long_or_empty_is_refused_in_words(town):
    _, ada = town
    with pytest.raises(MastodonAPIError, match="Text character limit of 500 exceeded"):
        await ada("status_post", "x" * 501)
    with pytest.raises(MastodonAPIError, match="Text can't be blank"):
        await ada("status_post", "  ")
    with pytest.raises(MastodonNotFoundError):
        await ada("status_post", "to nobody", in_reply_to_id=1)


@pytest.mark.parametrize("flavour", sorted(FLAVOURS))
async def test_what_each_software_is_here_the_library_can_use(flavour):
    async with served(flavour) as (server, ada):
        lin = server.person("lin")
        assert (await ada("account_follow", lin.id)).following
        picture = await ada("media_post", b"picture", "image/png", description="a picture")
        post = await ada("status_post", "look", media_ids=[picture.id], visibility="public")
        assert [one.description for one in post.media_attachments] == ["a picture"]
        lin.favourite(str(post.id))
        answer = lin.post("hi @ada", reply_to=server.world.statuses[str(post.id)])
        home = {str(one.id) for one in await ada("timeline_home")}
        assert home == {str(post.id), answer.id}
        told = [(one.type, one.account.acct) for one in await ada("notifications")]
        assert set(told) == {("mention", "lin"), ("favourite", "lin")}
        around = await ada("status_context", post.id)
        assert [str(one.id) for one in around.descendants] == [answer.id]
        await ada("status_bookmark", answer.id)
        assert [str(one.id) for one in await ada("bookmarks")] == [answer.id]
        await ada("status_delete", post.id)
        with pytest.raises(MastodonNotFoundError):
            await ada("status", post.id)
